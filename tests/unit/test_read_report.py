"""What a report says once: planes, totals, patient, device, checks; and sources of bytes."""

from io import BytesIO, StringIO
from pathlib import Path

import pytest
from report_items import Item, cod, codes_of, kerma, num, procedure, txt

from dosemap.equipment import match_profile
from dosemap.errors import DosemapError, ReadError
from dosemap.placement import place_procedure
from dosemap.procedure import Provenance
from dosemap.rdsr import read_rdsr

PHILIPS = "99PHI-IXR-XPER"


def planes() -> list[Item]:
    """Return accumulated data of planes A and B, as a biplane Allura writes them."""
    items: list[Item] = []
    for plane, total, isocenter in (("113620", 1.0, 810.0), ("113621", 2.0, 765.0)):
        at = len(items)
        items += [
            Item("113702", value_type="CONTAINER"),
            cod("113764", plane, parent=at),
            num("113725", total, unit="Gy", parent=at),
            num("113730", 10, unit="s", parent=at),
            num("002", isocenter, unit="mm", parent=at, scheme=PHILIPS),
            txt("113780", "15cm below BeamIsocenter", parent=at),
        ]
    return items


def test_what_each_plane_states_holds_for_its_events() -> None:
    read = procedure(
        [kerma(1), cod("113764", "113620")],
        [kerma(2), cod("113764", "113621")],
        items=planes(),
    )
    assert [e.source_to_isocenter_mm for e in read.events] == [810, 765]
    assert read.events[0].provenance["source_to_isocenter_mm"] is Provenance.PRIVATE
    assert read.events[0].reference_point_definition == "15cm below BeamIsocenter"


def test_an_event_without_plane_takes_no_value_on_which_planes_differ() -> None:
    assert procedure([kerma(3)], items=planes()).events[0].source_to_isocenter_mm is None


def test_totals_are_summed_over_planes() -> None:
    totals = procedure([kerma(3)], items=planes()).totals
    assert (totals.reference_air_kerma_gy, totals.fluoroscopy_time_s) == (3.0, 20.0)
    assert totals.kerma_area_product_gy_m2 is None


def total(gy: float) -> list[Item]:
    return [Item("113702", value_type="CONTAINER"), num("113725", gy, unit="Gy", parent=0)]


@pytest.mark.parametrize(
    ("events", "stated", "differs"),
    [
        ([0.5, 0.5], 1.02, True),  # 2 % off
        ([0.5, 0.5], 1.005, False),  # within 1 %
        ([0.00062, 0.00062], 0.0015, True),
        ([1.3e-5, 5.3e-5], 0.0001, False),  # total written in steps of 100 uGy
        ([1.3e-5, 5.3e-5], 0.00031, True),
        ([0.00031] * 8, 0.00252, False),  # 8 events rounded to 10 uGy each: up to 40 uGy
        ([0.00031] * 8, 0.00262, True),
    ],
)
def test_sum_of_events_against_the_total(
    events: list[float], stated: float, *, differs: bool
) -> None:
    read = procedure(*[[kerma(gy)] for gy in events], items=total(stated))
    assert ("kerma-total-differs" in codes_of(read)) is differs


def test_order_duplicates_and_zero_events_are_told() -> None:
    read = procedure(
        [kerma(0), txt("113769", "1.2"), txt("111526", "20240101120000")],
        [kerma(1), txt("113769", "1.2"), txt("111526", "20240101110000.5")],
        [kerma(0), num("122130", 1e-9, unit="Gym2")],
    )
    by_code = {problem.code: problem.events for problem in read.problems}
    assert by_code["event-uid-repeated"] == (0, 1)
    assert by_code["kerma-zero"] == (0,)
    assert by_code["kerma-rounded-to-zero"] == (2,)
    assert "events-not-in-time-order" in by_code
    assert read.started is not None
    assert read.started.isoformat() == "2024-01-01T11:00:00.500000"


def test_a_wrong_unit_of_the_product_shows_in_the_field_area() -> None:
    read = procedure([kerma(1e-3), num("122130", 100.0, unit="Gy.m2")])
    assert "kerma-area-implausible" in codes_of(read)


@pytest.mark.parametrize(
    ("header", "field", "value"),
    [
        ({"PatientWeight": "0.0"}, "mass_kg", None),
        ({"PatientWeight": "86.2"}, "mass_kg", 86.2),
        ({"PatientSize": "1.68"}, "height_cm", 168.0),
        ({"PatientSize": "168"}, "height_cm", None),
        ({"PatientSize": "0"}, "height_cm", None),
        ({"PatientSize": "3.0"}, "height_cm", None),
        ({"PatientSize": "-1.7"}, "height_cm", None),
        ({"PatientSize": "0.45"}, "height_cm", 45.0),
        ({"PatientWeight": "-70"}, "mass_kg", None),
        ({"PatientWeight": "251"}, "mass_kg", None),
        ({"PatientWeight": "2.0"}, "mass_kg", 2.0),
        ({"PatientAge": "162Y"}, "age_years", None),
        ({"PatientAge": "000Y"}, "age_years", None),
        ({"PatientAge": "000D"}, "age_years", 0.0),
        ({"PatientBirthDate": "20240101", "StudyDate": "20200101"}, "age_years", None),
        ({"PatientAge": "006M"}, "age_years", 0.5),
        ({"PatientBirthDate": "20000101", "StudyDate": "20200101"}, "age_years", 20.0),
    ],
)
def test_patient(header: dict[str, str], field: str, value: float | None) -> None:
    read = procedure([kerma(1)], items=(), **header)
    found = getattr(read.patient, field)
    assert found == (None if value is None else pytest.approx(value, abs=0.01))  # leap days
    assert ("patient-value-implausible" in codes_of(read)) is (value is None)


@pytest.mark.parametrize(
    ("header", "hint"),
    [
        ({"PatientSize": "170"}, "looks like centimetres where DICOM has metres"),
        ({"PatientSize": "1700"}, "looks like millimetres"),
        ({"PatientSize": "17"}, None),
        ({"PatientSize": "0.17"}, None),
        ({"PatientWeight": "81000"}, "looks like grams where DICOM has kilograms"),
        ({"PatientWeight": "400"}, None),
    ],
)
def test_another_unit_is_named_but_not_converted(header: dict[str, str], hint: str | None) -> None:
    read = procedure([kerma(1)], items=(), **header)
    (problem,) = (p for p in read.problems if p.code == "patient-value-implausible")
    assert ("looks like" in problem.message) is (hint is not None)
    assert (hint or "must lie between") in problem.message
    assert read.patient.height_cm is None
    assert read.patient.mass_kg is None


def test_where_the_age_comes_from() -> None:
    dates = {"PatientBirthDate": "20000101", "StudyDate": "20200101"}
    born = procedure([kerma(1)], items=(), **dates)
    assert born.patient.provenance["age_years"] is Provenance.DERIVED
    stated = procedure([kerma(1)], items=(), PatientAge="019Y", **dates)
    assert stated.patient.age_years == 19
    assert stated.patient.provenance["age_years"] is Provenance.REPORTED
    # 0 years stand for nothing; then the dates tell.
    placeholder = procedure([kerma(1)], items=(), PatientAge="000Y", **dates)
    assert placeholder.patient.age_years == pytest.approx(20, abs=0.01)  # leap days
    nothing = procedure([kerma(1)])
    assert nothing.patient.provenance["age_years"] is Provenance.MISSING


def test_a_value_that_is_no_number_is_told_but_not_shown() -> None:
    read = procedure(
        [kerma(1)], PatientSize="Nomen 1.70 m", PatientWeight="nan", PatientAge="Nescio"
    )
    told = [p.message for p in read.problems if p.code == "patient-value-unreadable"]
    assert len(told) == 3
    assert not any(name in text for name in ("Nomen", "Nescio") for text in told)
    assert set(read.patient.provenance.values()) == {Provenance.INVALID}


def test_identifiers_stay_out_of_messages_and_reprs() -> None:
    read = procedure(
        [num("113738", 1, unit="?"), num("112012", 183, unit="deg")],
        PatientName="Nomen^Nescio", PatientID="ID4711", PatientWeight="0", PatientAge="162Y",
    )  # fmt: skip
    said = " ".join(problem.message for problem in read.problems) + repr(read)
    assert len(read.problems) >= 3
    assert "Nomen" not in said
    assert "ID4711" not in said


def test_device_from_the_observer_when_the_header_has_none() -> None:
    read = procedure([kerma(1)], items=[txt("121015", "Allura Xper"), txt("121013", "LAB5")],
                     Manufacturer="Philips Medical Systems")  # fmt: skip
    assert read.device.model == "Allura Xper"
    assert read.device.station_name == "LAB5"


RADIOGRAPH = [kerma(1e-4), cod("113721", "113611")]
ANGLE = num("112011", 0, unit="deg")


@pytest.mark.parametrize(
    ("event", "items", "kind"),
    [
        (RADIOGRAPH, [], "radiography"),
        ([*RADIOGRAPH, ANGLE], [], "projection"),  # a C-arm that took one series
        (RADIOGRAPH, [cod("122142", "113957")], "projection"),
        ([*RADIOGRAPH, ANGLE], [cod("122142", "113958")], "radiography"),
        (RADIOGRAPH, [cod("122142", "113959")], "radiography"),
        (RADIOGRAPH, [num("113730", 3, unit="s")], "projection"),
        ([kerma(1e-4), cod("113721", "113613")], [], "projection"),
        ([kerma(1e-4)], [cod("122142", "113958")], "projection"),  # of unknown type
    ],
)
def test_radiography_is_told_from_fluoroscopy(
    event: list[Item], items: list[Item], kind: str
) -> None:
    assert procedure(event, items=items).report_kind == kind


def test_a_report_without_dose_is_refused() -> None:
    with pytest.raises(ReadError, match="no irradiation event and no totals"):
        procedure()


def test_bad_sources_say_what_to_do(tmp_path: Path) -> None:
    for source, words in [
        (tmp_path / "none.dcm", "there is no file"),
        (tmp_path, "is a folder"),
        (b"not a DICOM file at all", "not a DICOM file"),
        (b"", "not a DICOM file"),
        (StringIO("x"), "binary mode"),
        (7, "a int is no dose report"),
    ]:
        with pytest.raises(DosemapError, match=words) as caught:
            read_rdsr(source)  # type: ignore[arg-type]
        assert str(caught.value).count("\n") == 0


def test_file_object_is_named_in_messages() -> None:
    with pytest.raises(ReadError, match=r"^mine: "):
        read_rdsr(BytesIO(b"nothing"), name="mine")


def test_spot_images_of_a_c_arm_are_not_said_to_be_of_a_system_without_one() -> None:
    read = procedure([kerma(1e-4), cod("113721", "113611")], Manufacturer="Philips Medical Systems",
                     ManufacturerModelName="Veradius")  # fmt: skip
    assert read.report_kind == "radiography"
    reason = place_procedure(read, match_profile(read.device)).reason
    assert reason is not None
    assert "without a C-arm" not in reason
    assert "radiography, or spot images of a C-arm" in reason
