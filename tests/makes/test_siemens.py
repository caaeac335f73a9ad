"""Siemens Artis (VC14J and VC21C), Luminos R/F tables and ARCADIS, from the written report on."""

from dataclasses import replace

import pytest
from make_reports import beams, codes, placed, report_of, told

from dosemap.checking import check_document
from dosemap.placement import BeamPlacement
from dosemap.procedure import Filter, Procedure, Provenance
from dosemap.simulate import SimulatedEvent
from dosemap.simulate.content import Item
from dosemap.simulate.edits import change, omit
from simulated_reports import AT_PEAK, bare_estimate, peak_gy

SMALL = SimulatedEvent(reference_air_kerma_gy=60e-6)
"""Six steps of the kerma: too coarse for the field by KAP over kerma."""


def only(procedure: Procedure) -> BeamPlacement:
    (beam,) = beams(placed(procedure))
    return beam


def side_mm(beam: BeamPlacement) -> float:
    return beam.field_at_1m_mm[1] - beam.field_at_1m_mm[0]


@pytest.mark.parametrize("style", ["siemens_artis", "siemens_artis_vc14"])
@pytest.mark.parametrize("position", ["HFS", "HFP", "FFS", "FFP", "HFDL"])
def test_the_position_stands_in_the_comment_and_the_table_keeps_its_signs(
    style: str, position: str
) -> None:
    event = SimulatedEvent(
        patient_position=position,  # type: ignore[arg-type]
        table_longitudinal_mm=-25.9,
        table_lateral_mm=525.1,
        table_height_mm=151.8,
        source_to_detector_mm=1200.0,
    )
    procedure = report_of(style, event)
    beam = only(procedure)
    assert beam.patient_position == position
    assert beam.provenance["patient_position"] is Provenance.FREE_TEXT
    # Longitudinal left-right, height down from the isocentre, lateral head-foot.
    assert beam.table_origin_in_isocenter_mm == (-25.9, 151.8, 525.1)
    assert beam.source_to_isocenter_mm == 785
    assert beam.source_to_reference_point_mm == 635


def test_without_the_comment_head_first_supine_is_assumed_and_said() -> None:
    placement = placed(report_of("siemens_artis", edits=[omit("121106")]))
    (beam,) = beams(placement)
    assert beam.patient_position == "HFS"
    assert beam.provenance["patient_position"] is Provenance.ASSUMED
    assert [a.value for a in placement.assumptions if a.field == "patient_position"] == ["HFS"]


def no_xml(text: str) -> str:
    """Return the comment as no XML parser takes it: a bare ampersand, and never closed."""
    return text.replace('<PhysicianName SRData="', '<PhysicianName SRData="å & ').removesuffix(
        "</Root>"
    )


def test_a_comment_that_is_no_xml_still_says_how_the_patient_lay() -> None:
    def damaged(item: Item) -> Item:
        return replace(item, value=no_xml(str(item.value)))

    event = SimulatedEvent(patient_position="FFP")
    procedure = report_of("siemens_artis", event, edits=[change("121106", damaged)])
    assert procedure.events[0].patient_position == "FFP"


def test_the_area_is_that_at_the_detector_where_the_kerma_is_coarse() -> None:
    # 200 mm at 1050 mm from the focal spot.
    assert side_mm(only(report_of("siemens_artis", SMALL))) == pytest.approx(200 / 1.05, rel=1e-4)


def test_vc14_has_no_area_and_uses_kerma_area_product_over_kerma() -> None:
    procedure = report_of("siemens_artis_vc14", SMALL)
    assert procedure.events[0].provenance["collimated_field_area_m2"] is Provenance.MISSING
    placement = placed(procedure)
    (beam,) = beams(placement)
    # KAP is in steps of 0.01 uGy.m2, 1.1 % of this one.
    assert side_mm(beam) == pytest.approx(200 / 1.05, rel=0.006)
    assert any("rounding" in assumption.why for assumption in placement.assumptions)


def test_table_angles_are_not_there_and_taken_as_zero() -> None:
    placement = placed(report_of("siemens_artis"))
    assumed = {entry.field: entry.value for entry in placement.assumptions}
    for motion in ("head_tilt", "horizontal_rotation", "cradle_tilt"):
        assert assumed[f"table_{motion}_deg"] == 0


@pytest.mark.parametrize(
    ("filters", "expected"),
    [((("Cu", 0.6),), (Filter(material="Cu", thickness_mm=0.6),)), ((), ())],
)
def test_copper_or_no_filter_which_names_no_material(
    filters: tuple[tuple[str, float], ...], expected: tuple[Filter, ...]
) -> None:
    procedure = report_of("siemens_artis", SimulatedEvent(filters=filters))  # type: ignore[arg-type]
    beam = only(procedure)
    assert beam.added_filters == expected
    assert beam.inherent_filters == (Filter(material="Al", thickness_mm=3.1),)
    assert codes(procedure) == set()


def test_times_and_units_are_read_as_this_make_writes_them() -> None:
    (event,) = report_of("siemens_artis", SimulatedEvent(reference_air_kerma_gy=4e-5)).events
    assert event.exposure_time_ms == 600  # of the whole event: 75 pulses of 8 ms
    # 0.00004 Gy and 5.9e-007 Gym2, in the hand of a C library with three digits of exponent.
    assert event.reference_air_kerma_gy == pytest.approx(4e-5)
    area_m2 = 0.04 * (635 / 1050) ** 2
    assert event.kerma_area_product_gy_m2 == pytest.approx(4e-5 * area_m2, abs=0.5e-8)
    assert event.started is not None
    assert event.started.isoformat() == "2024-03-14T09:30:00"


def test_kerma_below_the_step_of_10_ugy_is_counted_and_told() -> None:
    below = SimulatedEvent(reference_air_kerma_gy=4e-6)
    nothing = SimulatedEvent(reference_air_kerma_gy=0.0, number_of_pulses=3)
    procedure = report_of("siemens_artis", below, nothing, SimulatedEvent())
    assert [event.reference_air_kerma_gy for event in procedure.events] == [0, 0, 0.01]
    assert told(procedure, "kerma-rounded-to-zero").events == (0,)
    assert told(procedure, "kerma-zero").events == (1,)
    assert "kerma-total-differs" not in codes(procedure)  # the total has the 4 uGy, within a step
    result = bare_estimate(procedure)
    assert peak_gy(result) == pytest.approx(0.01 * (635 / 675) ** 2, rel=AT_PEAK)
    assert result.document["totals"]["events"] == 3


def test_another_maker_s_name_is_not_taken_for_siemens() -> None:
    edits = [
        change(code, lambda item: replace(item, value="FakeCorp")) for code in ("121014", "113878")
    ]
    procedure = report_of("siemens_artis", edits=edits, header={"Manufacturer": "FakeCorp"})
    reason = bare_estimate(procedure).reason
    assert reason is not None
    assert "no equipment profile fits this system (FakeCorp AXIOM-Artis)" in reason
    asked_for = bare_estimate(procedure, equipment="siemens_artis")
    assert asked_for.skin_dose_gy is not None
    assert any("rules" in str(p["message"]) for p in asked_for.problems)


# --- Luminos ------------------------------------------------------------------------------------

FLUORO = SimulatedEvent(reference_air_kerma_gy=8e-6, number_of_pulses=6)
SHOT = SimulatedEvent(
    event_type="stationary", reference_air_kerma_gy=53e-6, number_of_pulses=1, started_s=14.4
)


def test_luminos_has_totals_and_a_reason_but_no_geometry() -> None:
    procedure = report_of("siemens_luminos", FLUORO, SHOT)
    for field in ("positioner_primary_angle_deg", "source_to_isocenter_mm"):
        assert procedure.events[0].provenance[field] is Provenance.MISSING
    assert procedure.events[0].source_to_detector_mm == 1050
    reason = bare_estimate(procedure).reason
    assert reason is not None
    assert "Luminos" in reason
    assert "no beam angles, no table position" in reason
    # The reference point is 15 cm from an isocentre of which nobody knows where it is.
    found = {check["check"]: check for check in check_document(procedure)["checks"]}
    assert found["reference-point"]["status"] == "doubtful"
    assert "isocenter is not known" in found["reference-point"]["message"]


def test_luminos_rounds_its_total_and_loses_the_kerma_of_fluoroscopy() -> None:
    procedure = report_of("siemens_luminos", FLUORO, SHOT)
    kermas = [event.reference_air_kerma_gy for event in procedure.events]
    assert kermas == pytest.approx([0, 53e-6])
    # 61 uGy in all, written as 100 uGy: rounding, no lost event.
    assert procedure.totals.reference_air_kerma_gy == pytest.approx(1e-4)
    assert codes(procedure) == {"kerma-rounded-to-zero"}
    rounded = told(procedure, "kerma-rounded-to-zero")
    assert rounded.events == (0,)
    assert "the total leaves 4.7e-05 Gy for all such events" in rounded.message


def test_luminos_writes_fractions_of_seconds_and_no_number_of_pulses() -> None:
    _, shot = report_of("siemens_luminos", FLUORO, SHOT).events
    assert shot.started is not None
    assert shot.started.isoformat() == "2024-03-14T09:30:14.400000"
    assert shot.number_of_pulses == 1  # 8 ms of exposure in pulses of 8 ms
    assert shot.provenance["number_of_pulses"] is Provenance.DERIVED


@pytest.mark.parametrize(("tilt_deg", "is_told"), [("0", False), ("-20", True)])
def test_a_tilted_column_is_told(tilt_deg: str, *, is_told: bool) -> None:
    tilted = change("113770", lambda item: replace(item, value=tilt_deg))
    # Without this edit the column stands upright; an edit that alters nothing raises.
    procedure = report_of("siemens_luminos", edits=[tilted] if tilt_deg != "0" else [])
    assert ("geometry-not-followed" in codes(procedure)) is is_told
    if is_told:
        assert "Column Angulation" in told(procedure, "geometry-not-followed").message


def test_a_radiograph_of_the_same_system_gives_its_totals_and_no_map() -> None:
    shot = replace(SHOT, reference_air_kerma_gy=35e-6)
    procedure = report_of("siemens_radiography", shot)
    assert procedure.events[0].reference_air_kerma_gy == pytest.approx(35e-6)
    assert procedure.totals.reference_air_kerma_gy == 0  # 35 uGy in steps of 100
    assert bare_estimate(procedure).reason is not None


# --- ARCADIS ------------------------------------------------------------------------------------


def test_a_summary_of_totals_in_a_private_scheme() -> None:
    event = SimulatedEvent(kerma_area_product_gy_m2=2.359e-5, number_of_pulses=258)
    procedure = report_of("siemens_varic", event)
    assert procedure.events == ()
    assert procedure.totals.kerma_area_product_gy_m2 == pytest.approx(2.359e-5)  # 0.2359 Gy.cm^2
    assert procedure.totals.fluoroscopy_time_s == pytest.approx(34.4)
    assert procedure.totals.reference_air_kerma_gy is None  # there, but "not attempted"
    reason = bare_estimate(procedure).reason
    assert reason is not None
    assert "totals only" in reason
