"""Patients who stand: what the items of the report say, and what the reader makes of it."""

from io import BytesIO

import pytest
from pydicom.dataset import Dataset
from rdsr_walker import events, find, find_all

from dosemap import read_rdsr
from dosemap.procedure import Event
from dosemap.simulate import SimulatedEvent, rdsr_dataset, write_rdsr
from dosemap.simulate.cases import single_beam
from dosemap.simulate.report import Orientation, PatientPosition, UprightModifier


def standing(
    position: PatientPosition = "HFS",
    orientation: Orientation = "erect",
    modifier: UprightModifier | None = None,
) -> SimulatedEvent:
    return SimulatedEvent(
        patient_position=position,
        orientation=orientation,
        upright_modifier=modifier,
        table_head_tilt_deg=45 if orientation == "semi-erect" else 90,
        column_angulation_deg=-10,
    )


def written(event: SimulatedEvent, style: str = "dicom") -> Dataset:
    return events(rdsr_dataset(single_beam(event), style=style))[0]


def read(event: SimulatedEvent) -> Event:
    file = BytesIO()
    write_rdsr(single_beam(event), file, style="dicom")
    return read_rdsr(file.getvalue()).events[0]


def test_the_codes_are_those_of_context_groups_19_and_20() -> None:
    event = written(standing())
    assert find(event, "113743").value == ("C86043", "NCIt")
    assert find(event, "113744").value == ("40199007", "SCT")
    assert find(event, "113754").value == 90
    assert (find(event, "113770").value, find(event, "113770").unit) == (-10, "deg")
    half = written(standing(orientation="semi-erect"))
    assert find(half, "113743").value == ("102539006", "SCT")


def test_systems_of_the_field_write_the_retired_scheme() -> None:
    event = written(standing(modifier="standing"), style="canon_alphenix")
    assert find(event, "113743").value == ("F-10440", "SRT")
    assert find(event, "113744").value == ("F-10320", "SRT")


def test_a_plain_rf_table_knows_its_tilt_and_not_where_the_table_is() -> None:
    event = written(standing(), style="plain_rf")
    assert find(event, "113754").value == 90
    for code in ("112011", "113748", "113751", "113752", "113753"):
        assert find_all(event, code) == []


def test_a_plain_mobile_c_arm_knows_neither_angles_nor_table_nor_position() -> None:
    event = written(SimulatedEvent(reference_point="113861"), style="plain_mobile")
    for code in ("112011", "112012", "113743", "113748", "113751", "113753", "113754", "113770"):
        assert find_all(event, code) == []
    assert find(event, "113750").value == 1050


@pytest.mark.parametrize(
    ("position", "expected"),
    [
        ("HFS", "STANDING_BACK"),
        ("HFP", "STANDING_FRONT"),
        ("HFDL", "STANDING_LEFT"),
        ("HFDR", "STANDING_RIGHT"),
    ],
)
def test_the_side_against_the_table_is_read(position: PatientPosition, expected: str) -> None:
    event = read(standing(position))
    assert event.patient_position == expected
    assert event.table_head_tilt_angle_deg == 90


@pytest.mark.parametrize("modifier", ["standing", "sitting"])
def test_a_side_that_is_not_said_is_not_invented(modifier: UprightModifier) -> None:
    assert read(standing(modifier=modifier)).patient_position is None


def test_a_half_upright_patient_lies_on_the_tilted_table() -> None:
    event = read(standing("HFP", "semi-erect"))
    assert (event.patient_position, event.table_head_tilt_angle_deg) == ("HFP", 45)


def test_an_artis_cannot_say_that_a_patient_stands() -> None:
    with pytest.raises(ValueError, match="upright"):
        written(standing(), style="siemens_artis")
