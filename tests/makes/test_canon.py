"""Canon Alphenix and Ultimax, from the written report on."""

from dataclasses import replace

import pytest
from make_reports import codes, findings, profile_of, report_of, told

from dosemap.placement import BeamPlacement, PlacementOverrides, place_procedure
from dosemap.procedure import Filter, Procedure, Provenance
from dosemap.simulate import CollimatedField, SimulatedEvent
from dosemap.simulate.content import Item
from dosemap.simulate.edits import change, omit
from simulated_reports import bare_estimate

BEAM = SimulatedEvent(
    source_to_isocenter_mm=700.0,
    table_height_mm=170.0,
    table_longitudinal_mm=-25.0,
    table_lateral_mm=450.0,
    field=CollimatedField.centred(210.0, 157.5),
    reference_air_kerma_gy=16e-6,
    number_of_pulses=7,
    filters=(("Cu", 0.5),),
)
SPIN = replace(
    BEAM,
    event_type="rotational",
    started_s=60.0,
    primary_angle_deg=90.0,
    primary_end_angle_deg=-120.0,
    secondary_end_angle_deg=0.0,
    reference_air_kerma_gy=0.011131,
    pulse_width_ms=6.6,
    number_of_pulses=217,
)
KNOWN = PlacementOverrides(table_offset_mm=(25.0, 0.0, -330.0))
"""Zeros of this one table, which a site has to state."""


def beam_of(procedure: Procedure, event: int = 0) -> BeamPlacement:
    entry = place_procedure(procedure, profile_of(procedure), overrides=KNOWN).placements[event]
    assert isinstance(entry, BeamPlacement), entry
    return entry


def test_table_positions_have_dicom_s_directions_and_unknown_zeros() -> None:
    procedure = report_of("canon_alphenix", BEAM)
    (event,) = procedure.events
    positions = (event.table_longitudinal_position_mm, event.table_lateral_position_mm)
    assert positions == (-50, 780)
    assert beam_of(procedure).table_origin_in_isocenter_mm == (-25, 170, 450)
    reason = bare_estimate(procedure).reason
    assert reason is not None
    assert "and table_lateral_position_mm are the maker's" in reason


def test_the_area_counts_at_the_detector_and_the_sides_do_not_count() -> None:
    procedure = report_of("canon_alphenix", BEAM)
    u_min, u_max, v_min, v_max = beam_of(procedure).field_at_1m_mm
    # 210 x 157.5 mm at 1050 mm. Height and width of the report say 464 x 348 mm.
    assert (u_max - u_min) * (v_max - v_min) == pytest.approx(200 * 150)
    assert procedure.events[0].shutters is None
    # With a kerma that is not too small for it: the ratio of the areas is 1.
    ratio = findings(report_of("canon_alphenix", replace(BEAM, reference_air_kerma_gy=0.01)))
    assert ratio["field-area-by-collimated-field-area"]["numbers"]["median"] == pytest.approx(
        1.0, abs=0.02
    )


@pytest.mark.parametrize("position", ["HFS", "HFP", "FFS", "HFDR"])
def test_the_modifier_of_the_position_stands_beside_it(position: str) -> None:
    event = replace(BEAM, patient_position=position)  # type: ignore[arg-type]
    (read,) = report_of("canon_alphenix", event).events
    assert read.patient_position == position
    assert read.provenance["patient_position"] is Provenance.REPORTED


def test_durations_on_a_scale_of_their_own_become_no_time_at_all() -> None:
    procedure = report_of("canon_alphenix", BEAM, replace(BEAM, started_s=8.0), SPIN)
    for event in procedure.events:
        assert event.irradiation_duration_s is None
        assert event.provenance["irradiation_duration_s"] is Provenance.INVALID
    problem = told(procedure, "durations-implausible")
    assert problem.events == (0, 1, 2)
    assert "100 times what number of pulses and pulse rate give" in problem.message
    assert procedure.totals.fluoroscopy_time_s == pytest.approx(2, abs=0.5)  # the report's own
    assert findings(procedure)["fluoroscopy-time-total"]["status"] == "not possible"


def test_the_total_time_shows_such_durations_too() -> None:
    without_rates = omit("113791")
    procedure = report_of("canon_alphenix", BEAM, edits=[without_rates])
    assert "the total fluoroscopy time allows" in told(procedure, "durations-implausible").message
    assert procedure.events[0].irradiation_duration_s is None


def test_durations_that_fit_are_kept() -> None:
    def seconds(item: Item) -> Item:
        return replace(item, value=f"{float(str(item.value)) / 100:g}")

    procedure = report_of("canon_alphenix", BEAM, SPIN, edits=[change("113742", seconds)])
    assert codes(procedure) == set()
    assert procedure.events[0].irradiation_duration_s == pytest.approx(7 / 7.5, rel=1e-4)


def test_a_rotation_has_no_number_of_pulses_and_gets_it_from_its_times() -> None:
    procedure = report_of("canon_alphenix", BEAM, SPIN)
    fluoroscopy, spin = procedure.events
    assert spin.exposure_time_ms == pytest.approx(1432.2)
    assert spin.number_of_pulses == 217
    assert spin.provenance["number_of_pulses"] is Provenance.DERIVED
    assert fluoroscopy.provenance["number_of_pulses"] is Provenance.REPORTED


@pytest.mark.parametrize(
    ("exposure_ms", "width_ms"), [("1e308", "1e-300"), ("5", "8"), ("0", "8"), ("1434", "-6.6")]
)
def test_times_that_give_no_number_of_pulses(exposure_ms: str, width_ms: str) -> None:
    times = [
        change(code, lambda item, value=value: replace(item, value=value))  # type: ignore[misc]
        for code, value in (("113824", exposure_ms), ("113793", width_ms))
    ]
    (spin,) = report_of("canon_alphenix", SPIN, edits=times).events
    assert spin.number_of_pulses is None
    assert spin.provenance["number_of_pulses"] is Provenance.MISSING


def test_a_rotation_runs_by_its_numbers_through_zero() -> None:
    beam = beam_of(report_of("canon_alphenix", BEAM, SPIN), event=1)
    assert beam.end is not None
    assert (beam.primary_angle_deg, beam.end.primary_angle_deg) == (90, -120)
    assert (beam.secondary_angle_deg, beam.end.secondary_angle_deg) == (0, 0)


def test_copper_and_a_calibration_that_claims_no_uncertainty() -> None:
    no_uncertainty = change("113763", lambda item: replace(item, value="0"))
    procedure = report_of("canon_alphenix", BEAM, edits=[no_uncertainty])
    assert procedure.events[0].filters == (Filter(material="Cu", thickness_mm=0.5),)
    # The factor is 1 and is not applied; how sure a maker claims to be is not believed.
    assert procedure.events[0].reference_air_kerma_gy == pytest.approx(16e-6)


# --- Ultimax ------------------------------------------------------------------------------------

SHOT = SimulatedEvent(
    event_type="stationary",
    reference_air_kerma_gy=0.005893,
    kerma_area_product_gy_m2=2.482e-4,
    number_of_pulses=8,
    kvp=100.0,
)
FLUORO = replace(
    SHOT,
    event_type="fluoroscopy",
    reference_air_kerma_gy=0.000949,
    kerma_area_product_gy_m2=3.439e-5,
    number_of_pulses=31,
    started_s=12.0,
)


def test_ultimax_has_milligray_and_decigray_square_centimetres() -> None:
    procedure = report_of("canon_ultimax", SHOT, FLUORO)
    shot, fluoroscopy = procedure.events
    assert shot.reference_air_kerma_gy == pytest.approx(0.005893)
    assert shot.kerma_area_product_gy_m2 == pytest.approx(2.482e-4)  # 24.82 dGy.cm2
    assert fluoroscopy.reference_air_kerma_gy == pytest.approx(0.000949)
    assert procedure.totals.reference_air_kerma_gy == pytest.approx(0.006842)
    assert procedure.totals.kerma_area_product_gy_m2 == pytest.approx(2.8259e-4)
    assert codes(procedure) == set()


def test_ultimax_kerma_taken_for_gray_would_be_seen() -> None:
    def said_to_be_gray(item: Item) -> Item:
        assert item.unit is not None
        return replace(item, unit=item.unit._replace(value="Gy"))

    edits = [change("113738", said_to_be_gray, event=event) for event in (0, 1)]
    procedure = report_of("canon_ultimax", SHOT, FLUORO, edits=edits)
    assert {"mean-field-implausible", "kerma-total-differs"} <= codes(procedure)
    assert "0.413 cm2" in told(procedure, "mean-field-implausible").message


def test_ultimax_has_no_geometry_and_a_distance_that_is_none_from_the_source() -> None:
    procedure = report_of("canon_ultimax", FLUORO)
    (event,) = procedure.events
    assert event.source_to_reference_point_mm == 260
    assert event.filters is None
    for field in ("source_to_detector_mm", "source_to_isocenter_mm", "patient_position"):
        assert event.provenance[field] is Provenance.MISSING
    reason = bare_estimate(procedure).reason
    assert reason is not None
    assert "Ultimax" in reason
