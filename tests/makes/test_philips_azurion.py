"""Philips Azurion, from the written report on: what of it can be used, and what must not be."""

from dataclasses import replace

import pytest
from make_reports import codes, profile_of, report_of, told

from dosemap.equipment import Profile
from dosemap.placement import BeamPlacement, PlacementOverrides, place_procedure
from dosemap.procedure import Filter, Procedure, Provenance
from dosemap.simulate import CollimatedField, SimulatedEvent
from simulated_reports import bare_estimate

NOTHING = SimulatedEvent(reference_air_kerma_gy=0.0, number_of_pulses=0, started_s=90.0)
BEAM = SimulatedEvent(
    source_to_isocenter_mm=765.0,
    table_longitudinal_mm=-82.0,
    table_height_mm=130.0,
    table_lateral_mm=-288.0,
    field=CollimatedField.centred(126.0, 105.0),
    detector_format_mm=160.0,
)
TABLE_MM = (0.0, 130.0, 400.0)


def where_the_table_is_known(procedure: Procedure, profile: Profile | None = None) -> BeamPlacement:
    placed = place_procedure(
        procedure,
        profile or profile_of(procedure),
        overrides=PlacementOverrides(table_origin_in_isocenter_mm=TABLE_MM),
    )
    (beam,) = (entry for entry in placed.placements if isinstance(entry, BeamPlacement))
    return beam


def test_the_table_axes_are_swapped_and_not_read_as_allura_s() -> None:
    procedure = report_of("philips_azurion", BEAM)
    (event,) = procedure.events
    assert event.table_longitudinal_position_mm == 712  # head-foot
    assert event.table_lateral_position_mm == -82  # left-right
    assert profile_of(procedure).name == "philips_azurion"
    reason = bare_estimate(procedure).reason
    assert reason is not None
    # Which way they count is not known, so there is no map; read as Allura's there would be one.
    assert "which way Azurion's table_lateral_position_mm" in reason
    assert "which way and from where Azurion's table_longitudinal_position_mm" in reason
    as_allura = bare_estimate(procedure, equipment="philips_allura")
    assert "beam-beyond-table" in {p["code"] for p in as_allura.problems}


def test_the_height_above_the_floor_stands_twice() -> None:
    procedure = report_of("philips_azurion", BEAM)
    (event,) = procedure.events
    assert event.table_height_position_mm == 935
    assert event.private["table_height_above_floor_mm"] == 935
    # 1065 mm less 935: read as it stands, 113753 would put the table 935 mm below the isocentre.
    known = Profile.named("philips_allura").table_z
    axes = replace(profile_of(procedure), table_x=known, table_z=known)
    placed = place_procedure(procedure, axes).placements[0]
    assert isinstance(placed, BeamPlacement)
    assert placed.table_origin_in_isocenter_mm[1] == 130


def test_an_area_of_zero_is_not_known_and_said_and_millimetres_are_not_looked_at() -> None:
    procedure = report_of("philips_azurion", BEAM)
    (event,) = procedure.events
    assert event.collimated_field_area_m2 is None
    assert event.provenance["collimated_field_area_m2"] is Provenance.INVALID
    assert "collimated_field_area_m2 is 0" in told(procedure, "value-zero").message
    assert event.shutters is None


def test_insets_are_no_openings() -> None:
    # 126 x 105 mm at 1050 mm: 120 x 100 mm at 1 m, by kerma-area product over kerma alone.
    beam = where_the_table_is_known(report_of("philips_azurion", BEAM))
    u_min, u_max, v_min, v_max = beam.field_at_1m_mm
    assert (u_max - u_min) * (v_max - v_min) == pytest.approx(120 * 100, rel=1e-3)
    assert beam.provenance["field_at_1m_mm"] is Provenance.DERIVED


def test_the_thickness_of_a_filter_stands_in_the_maximum() -> None:
    (event,) = report_of("philips_azurion", replace(BEAM, filters=(("Cu", 0.4),))).events
    expected = (Filter(material="Al", thickness_mm=1.0), Filter(material="Cu", thickness_mm=0.4))
    assert event.filters == expected


def test_events_of_nothing_but_zeros_are_kept_and_counted() -> None:
    procedure = report_of("philips_azurion", BEAM, NOTHING, replace(NOTHING, started_s=99.0))
    assert [event.reference_air_kerma_gy == 0 for event in procedure.events] == [False, True, True]
    assert told(procedure, "kerma-zero").events == (1, 2)
    # Distances of 0, no voltage, molybdenum of 0 mm: not a word, there is no dose.
    assert codes(procedure) == {"kerma-zero", "value-zero"}
    assert told(procedure, "value-zero").events == (0,)
    _, empty, _ = procedure.events
    assert empty.filters == ()
    assert empty.source_to_detector_mm is None
    # The time of the whole examination counts for no fluoroscopy time.
    assert empty.exposure_time_ms == 600
    assert procedure.totals.fluoroscopy_time_s == 10
    assert where_the_table_is_known(procedure).source_to_isocenter_mm == 765


def test_the_reference_point_is_stated_and_agrees_with_its_words() -> None:
    beam = where_the_table_is_known(report_of("philips_azurion", BEAM))
    assert beam.source_to_reference_point_mm == 765 - 150
    assert beam.provenance["source_to_reference_point_mm"] is Provenance.REPORTED


def test_the_thickness_of_the_patient_is_that_of_the_exposure_control() -> None:
    (event,) = report_of("philips_azurion", BEAM).events
    assert event.patient_equivalent_thickness_mm == 300
