"""What the styles write, read back by code with pydicom alone."""

import math
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import pytest
from pydicom.dataset import Dataset
from rdsr_walker import events, find, find_all, walk

from dosemap.simulate import (
    CollimatedField,
    SimulatedDevice,
    SimulatedEvent,
    SimulatedPatient,
    rdsr_dataset,
)
from dosemap.simulate.cases import single_beam
from preset_reports import coronary_intervention

# Every number is different, so that one item in the place of another is seen.
EVENT = SimulatedEvent(
    patient_position="HFP",
    reference_air_kerma_gy=0.01234,
    kvp=81.0,
    tube_current_ma=123.4,
    pulse_width_ms=6.5,
    pulse_rate_per_s=7.5,
    number_of_pulses=60,
    filters=(("Cu", 0.6),),
    primary_angle_deg=-155.5,
    secondary_angle_deg=-12.25,
    source_to_detector_mm=1010.0,
    table_longitudinal_mm=-21.5,
    table_lateral_mm=451.5,
    table_height_mm=172.5,
    table_head_tilt_deg=1.0,
    table_horizontal_rotation_deg=2.0,
    table_cradle_tilt_deg=3.0,
    field=CollimatedField(left_mm=70.0, right_mm=60.0, top_mm=80.0, bottom_mm=50.0),
)
DEVICE = SimulatedDevice(manufacturer="Maker", model="Model 1", serial_number="17")
PATIENT = SimulatedPatient(sex="F", height_cm=164.5, mass_kg=81.2, age_years=7)


def report(style: str, event: SimulatedEvent = EVENT) -> Dataset:
    return rdsr_dataset(single_beam(event, patient=PATIENT, device=DEVICE), style=style)


def test_azurion_swaps_the_table_axes_and_puts_filters_in_the_maximum() -> None:
    expected = {
        "113751": 451.5 + 1000,  # head-foot, from the beam's position
        "113752": -21.5,
        "113753": 1065 - 172.5,  # above the floor
        "113790": 0,
    }
    assert {code: number("philips_azurion", code)[0] for code in expected} == expected
    event = events(report("philips_azurion"))[0]
    assert [found.value for found in find_all(event, "113758")] == [0, 0]
    assert [found.value for found in find_all(event, "113773")] == [0.6, 1.0]  # copper, aluminium
    # Insets from the detector field of 200 mm: 100 - 50, 70, 60, 80.
    insets = [number("philips_azurion", code, PRIVATE)[0] for code in ("006", "007", "008", "009")]
    assert insets == [50, 30, 40, 20]


def test_ge_swaps_the_table_axes() -> None:
    assert number("ge_innova", "113751")[0] == 451.5 + 100
    assert number("ge_innova", "113752")[0] == -21.5


def test_canon_keeps_directions_and_shifts_zeros() -> None:
    assert number("canon_alphenix", "113751")[0] == -21.5 - 25
    assert number("canon_alphenix", "113752")[0] == 451.5 + 330
    assert number("canon_alphenix", "113753")[0] == 172.5
    # (H x W)(distance / 2320.8)^2 is the area: 130 mm x 130 mm at 1010 mm, in whole mm.
    height, width = (number("canon_alphenix", code)[0] for code in ("113788", "113789"))
    assert height * width * (1010 / 2320.8) ** 2 == pytest.approx(0.13 * 0.13 * 1e6, rel=0.01)


def accumulated_planes(dataset: Dataset) -> list[Dataset]:
    return [found.dataset for found in walk(dataset) if found.code == "113702"]


def number(style: str, code: str, scheme: str = "DCM", **changes: Any) -> tuple[Any, str | None]:
    found = find(events(report(style, replace(EVENT, **changes)))[0], code, scheme)
    return found.value, found.unit


@pytest.mark.parametrize(
    ("code", "value", "unit"),
    [
        ("113738", 0.01234, "Gy"),
        # 0.01234 Gy over 130 mm x 130 mm at 1010 mm, seen at 635 mm.
        ("122130", 0.01234 * 0.13 * 0.13 * (635 / 1010) ** 2, "Gy.m2"),
        ("113733", 81, "kV"),
        ("113734", 123.4, "mA"),
        ("113793", 6.5, "ms"),
        ("113791", 7.5, "{pulse}/s"),
        ("113768", 60, "1"),
        ("113735", 390, "ms"),
        ("113736", 48126, "uA.s"),
        ("113742", 8, "s"),
        ("113766", 0.6, "mm"),
        ("113758", 0.6, "mm"),
        ("113773", 0.6, "mm"),
        ("112011", -155.5, "deg"),
        ("112012", -12.25, "deg"),
        ("113748", 785, "mm"),
        ("113750", 1010, "mm"),
        ("113751", -21.5, "mm"),
        ("113752", 451.5, "mm"),
        ("113753", 172.5, "mm"),
        ("113754", 1, "deg"),
        ("113755", 2, "deg"),
        ("113756", 3, "deg"),
        ("113790", 0.0169, "m2"),
        ("113788", 130, "mm"),
        ("113789", 130, "mm"),
    ],
)
def test_the_template_holds_every_number(code: str, value: float, unit: str) -> None:
    # Ten significant digits are written.
    assert number("dicom", code) == (pytest.approx(value, rel=1e-9), unit)


@pytest.mark.parametrize(
    ("position", "relationship", "modifier"),
    [
        ("HFS", "102540008", "40199007"),
        ("HFP", "102540008", "1240000"),
        ("HFDL", "102540008", "102536004"),
        ("HFDR", "102540008", "102535000"),
        ("FFS", "102541007", "40199007"),
        ("FFP", "102541007", "1240000"),
    ],
)
def test_the_patient_lies_as_told(position: Any, relationship: str, modifier: str) -> None:
    event = events(report("dicom", replace(EVENT, patient_position=position)))[0]
    assert find(event, "113745").value == (relationship, "SCT")
    assert find(event, "113743").value == ("102538003", "SCT")
    assert find(event, "113744").value == (modifier, "SCT")


def test_a_spin_has_end_angles_and_others_do_not() -> None:
    spin = replace(EVENT, event_type="rotational", primary_end_angle_deg=120.0)
    event = events(report("dicom", spin))[0]
    assert find(event, "113739").value == 120
    assert find(event, "113721").value == ("113613", "DCM")
    assert find_all(events(report("dicom"))[0], "113739") == []


def test_two_planes_have_totals_of_their_own() -> None:
    frontal = replace(EVENT, acquisition_plane="A")
    lateral = replace(EVENT, acquisition_plane="B", reference_air_kerma_gy=0.5)
    procedure = replace(single_beam(), events=(frontal, lateral, lateral))
    dataset = rdsr_dataset(procedure, style="dicom")
    accumulated = [found.dataset for found in walk(dataset) if found.code == "113702"]
    totals = {find(plane, "113764").value[0]: find(plane, "113725").value for plane in accumulated}
    assert totals == {"113620": 0.01234, "113621": 1.0}


@pytest.mark.parametrize("style", ["dicom", "siemens_artis", "philips_allura"])
def test_the_header_holds_patient_and_device(style: str) -> None:
    dataset = report(style)
    assert (dataset.PatientSex, dataset.PatientAge) == ("F", "007Y")
    assert (float(dataset.PatientSize), float(dataset.PatientWeight)) == (1.645, 81.2)
    assert dataset.InstitutionName == "DOSEMAP SYNTHETIC"
    assert "SYNTHETIC" in dataset.StudyDescription
    assert "SYNTHETIC" in dataset.SeriesDescription
    assert find(dataset, "121014").value == dataset.Manufacturer == "Maker"
    assert find(dataset, "121015").value == "Model 1"


# Siemens ------------------------------------------------------------------------------------


def test_siemens_rounds_kerma_to_ten_microgray_and_area_product_to_its_step() -> None:
    assert number("siemens_artis", "113738", reference_air_kerma_gy=1.6e-5) == (2e-5, "Gy")
    assert number("siemens_artis", "113738", reference_air_kerma_gy=4e-6) == (0, "Gy")
    value, unit = number("siemens_artis", "122130", kerma_area_product_gy_m2=1.2345e-5)
    assert (value, unit) == (pytest.approx(1.234e-5, abs=1.1e-8), "Gym2")


def test_siemens_field_area_is_in_the_detector_plane() -> None:
    assert number("siemens_artis", "113790") == (0.0169, "m2")


def test_siemens_tells_the_position_in_its_comment_alone() -> None:
    dataset = report("siemens_artis")
    for code in ("113743", "113744", "113745"):
        assert find_all(dataset, code) == []
    comments = [found.value for found in find_all(dataset, "121106")]
    (comment,) = [comment for comment in comments if comment.startswith("<Root>")]
    position = ElementTree.fromstring(comment).find("PatientPosition/Position")
    assert position is not None
    assert position.attrib["SRData"].strip() == "HFP"


def test_siemens_without_copper_says_no_filter() -> None:
    event = events(report("siemens_artis", replace(EVENT, filters=())))[0]
    assert find(event, "113772").value == ("111609", "DCM")
    assert find_all(event, "113757") == []


# Philips ------------------------------------------------------------------------------------

PRIVATE = "99PHI-IXR-XPER"


def test_allura_table_is_found_from_private_items() -> None:
    dataset = report("philips_allura")
    system = find(dataset, "001", PRIVATE)
    height = find(dataset, "021", PRIVATE)
    assert (system.unit, height.unit) == ("mm", "mm")
    assert system.value - height.value == EVENT.table_height_mm
    lateral = find(dataset, "113752").value
    assert lateral - find(dataset, "015", PRIVATE).value == EVENT.table_lateral_mm
    assert find(dataset, "113751").value == EVENT.table_longitudinal_mm
    assert find_all(dataset, "113753") == []


def test_allura_shutters_are_half_openings_at_one_metre() -> None:
    half = {
        code: number("philips_allura", code, PRIVATE)[0] for code in ("006", "007", "008", "009")
    }
    # Half openings in the detector plane at 1010 mm, scaled to 1000 mm; steps of 0.5 mm.
    expected = {"006": 50 / 1.01, "007": 70 / 1.01, "008": 60 / 1.01, "009": 80 / 1.01}
    assert half == pytest.approx(expected, abs=0.25)


def test_allura_gives_the_detector_distance_of_stored_series_only() -> None:
    fluoroscopy = events(report("philips_allura"))[0]
    stored = events(report("philips_allura", replace(EVENT, event_type="stationary")))[0]
    assert find_all(fluoroscopy, "113750") == []
    assert find(stored, "113750").value == 1010
    assert find(fluoroscopy, "018", PRIVATE).value == find(stored, "018", PRIVATE).value == 1010


def test_allura_names_the_model_in_the_observer_and_the_reference_point_in_words() -> None:
    dataset = report("philips_allura")
    assert "ManufacturerModelName" not in dataset
    texts = {found.value for found in find_all(dataset, "113780")}
    assert texts == {"15cm below BeamIsocenter"}


def test_allura_has_aluminium_beside_copper() -> None:
    event = events(report("philips_allura"))[0]
    materials = [found.value for found in find_all(event, "113757")]
    assert materials == [("C-127F9", "SRT"), ("C-120F9", "SRT")]


def test_allura_refuses_another_reference_point() -> None:
    with pytest.raises(ValueError, match="113860"):
        report("philips_allura", replace(EVENT, reference_point="113861"))


# Reference points ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "distance_mm"), [("113860", 635), ("113861", 710), ("113941", 1010), ("113965", 1000)]
)
def test_area_product_belongs_to_the_reference_point(code: str, distance_mm: float) -> None:
    kerma, _ = number("dicom", "113738", reference_point=code)
    area_product, _ = number("dicom", "122130", reference_point=code)
    assert area_product / kerma == pytest.approx(0.0169 * (distance_mm / 1010) ** 2, rel=1e-8)


def test_a_reference_point_without_a_place_needs_the_area_product() -> None:
    with pytest.raises(ValueError, match="kerma_area_product_gy_m2"):
        report("dicom", replace(EVENT, reference_point="113862"))
    given = replace(EVENT, reference_point="113862", kerma_area_product_gy_m2=2e-5)
    assert find(events(report("dicom", given))[0], "122130").value == 2e-5


# Totals -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("style", "kerma_step_gy", "area_product_step_gy_m2"),
    # Half a step per event, and half a step of the total itself; "dicom" writes ten digits.
    [("dicom", 1e-11, 1e-13), ("siemens_artis", 1e-5, 1e-8), ("philips_allura", 2.3e-6, 1e-13)],
)
def test_totals_are_the_sums_of_the_events(
    style: str, kerma_step_gy: float, area_product_step_gy_m2: float
) -> None:
    procedure = coronary_intervention()
    dataset = rdsr_dataset(replace(procedure, events=procedure.events[:60]), style=style)
    total = {found.code: found.value for found in walk(accumulated_planes(dataset)[0])}
    rows = [{found.code: found.value for found in walk(event)} for event in events(dataset)]
    fluoroscopy = [row for row in rows if "113732" in row]
    acquisitions = [row for row in rows if "113732" not in row]
    assert fluoroscopy
    assert acquisitions
    margin = (len(rows) + 1) / 2
    for code, of in (("113725", rows), ("113728", fluoroscopy), ("113729", acquisitions)):
        expected = math.fsum(row["113738"] for row in of)
        assert total[code] == pytest.approx(expected, abs=margin * kerma_step_gy, rel=1e-9)
    for code, of in (("113722", rows), ("113726", fluoroscopy), ("113727", acquisitions)):
        expected = math.fsum(row["122130"] for row in of)
        assert total[code] == pytest.approx(
            expected, abs=margin * area_product_step_gy_m2, rel=1e-9
        )
    seconds = math.fsum(row["113768"] / row["113791"] for row in fluoroscopy)
    assert total["113730"] == pytest.approx(seconds, abs=0.5)
