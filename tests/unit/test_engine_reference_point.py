"""Reference points that depend on table and patient, the whole way to the map."""

import pytest

from dosemap.checking import check_document
from dosemap.procedure import Procedure
from dosemap.simulate import SimulatedEvent
from dosemap.simulate.content import Code, Item, code, dcm, text
from dosemap.simulate.edits import change
from simulated_reports import AT_PEAK, KERMA_GY, SKIN_MM, artis_procedure, bare_estimate, peak_gy


def report(definition: str, *, primary_angle_deg: float = 0.0) -> Procedure:
    """One beam whose reference point is defined by a code or in words."""

    def defined(_item: Item) -> Item:
        if definition.isdigit():
            return code(dcm("113780"), Code(definition, "DCM", "any words"))
        return text(dcm("113780"), definition)

    event = SimulatedEvent(primary_angle_deg=primary_angle_deg)
    return artis_procedure(event, edits=[change("113780", defined, event=0)])


@pytest.mark.parametrize(
    ("definition", "reference_mm"),
    [
        # The table top is 635 mm from the focal spot below it.
        ("113862", 645.0),
        ("1 cm above the table top", 645.0),
        ("113964", SKIN_MM),
        ("At Surface of Patient", SKIN_MM),
        ("530 mm from focus", 530.0),
    ],
)
def test_dose_is_kerma_times_inverse_square(definition: str, reference_mm: float) -> None:
    result = bare_estimate(report(definition))
    expected_gy = KERMA_GY * (reference_mm / SKIN_MM) ** 2
    assert peak_gy(result) == pytest.approx(expected_gy, rel=AT_PEAK)


@pytest.mark.parametrize(
    ("definition", "primary_deg", "reference_mm"),
    [
        # Tube above the patient: 30 cm above the table top, which lies 150 mm below the isocentre.
        ("113863", 180.0, 785.0 + 150.0 - 300.0),
        # Tube at the patient's right: 15 cm from the centre line, which runs below the isocentre.
        ("113864", 90.0, 785.0 - 150.0),
    ],
)
def test_tubes_above_and_at_the_side(
    definition: str, primary_deg: float, reference_mm: float
) -> None:
    result = bare_estimate(report(definition, primary_angle_deg=primary_deg))
    (found,) = result.events.numbers["source_to_reference_point_mm"]
    assert found == pytest.approx(reference_mm)


def test_a_beam_that_misses_the_patient_has_no_point_on_the_skin() -> None:
    # From the side a flat back is not met.
    result = bare_estimate(report("113964", primary_angle_deg=90.0))
    assert result.reason is not None
    assert "the central ray misses it" in result.reason


def test_the_check_knows_the_patients_surface_too() -> None:
    document = check_document(report("113964"))
    assert document["map"]["available"]
    (row,) = (r for r in document["beam_values"] if r["field"] == "source_to_reference_point_mm")
    # A body of reference size does not lie lower on the pad than a flat back.
    assert SKIN_MM - 1 <= row["minimum"] < SKIN_MM + 60
