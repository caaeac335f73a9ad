"""The estimate as a whole: closed forms, sums, several frames and postures."""

import math
from dataclasses import replace

import numpy as np
import pytest

from dosemap import estimate
from dosemap.placement import PlacementOverrides
from dosemap.simulate import SimulatedEvent
from dosemap.surface import Surface
from preset_reports import coronary_intervention
from simulated_reports import (
    AT_PEAK,
    BARE,
    KERMA_GY,
    REFERENCE_MM,
    SKIN_MM,
    artis_procedure,
    bare_estimate,
    dose_gy,
    flat_back,
    peak_gy,
    problem_codes,
)


def test_one_beam_on_a_flat_back_is_kerma_times_inverse_square() -> None:
    result = bare_estimate(artis_procedure())
    assert peak_gy(result) == pytest.approx(KERMA_GY * (REFERENCE_MM / SKIN_MM) ** 2, rel=AT_PEAK)
    assert result.reason is None
    assert result.air_kerma_not_mapped_gy == 0


def test_twice_the_kerma_gives_twice_the_dose_everywhere() -> None:
    procedure = artis_procedure()
    (event,) = procedure.events
    assert event.reference_air_kerma_gy is not None
    assert event.kerma_area_product_gy_m2 is not None
    doubled = replace(
        event,
        reference_air_kerma_gy=2 * event.reference_air_kerma_gy,
        kerma_area_product_gy_m2=2 * event.kerma_area_product_gy_m2,  # so the field stays
    )
    once = estimate(procedure, surface=flat_back())
    twice = estimate(replace(procedure, events=(doubled,)), surface=flat_back())
    # f32 blocks: seven digits.
    np.testing.assert_allclose(dose_gy(twice), 2 * dose_gy(once), rtol=1e-6)
    assert peak_gy(twice) == pytest.approx(2 * peak_gy(once), rel=1e-6)


def test_events_add_up_to_the_peak_and_to_the_map() -> None:
    events = coronary_intervention().events[:12]
    together = estimate(artis_procedure(*events))
    assert together.peak is not None
    doses = together.events.numbers["dose_at_peak_gy"]
    assert np.count_nonzero(doses > 0) > 3
    assert math.fsum(doses) == pytest.approx(together.peak.dose_gy, rel=1e-12)
    listed = [entry["dose_gy"] for entry in together.document["peak"]["events"]]
    assert listed == sorted(listed, reverse=True)
    assert math.fsum(listed) == pytest.approx(together.peak.dose_gy, rel=1e-12)
    alone = [dose_gy(estimate(artis_procedure(event))) for event in events]
    np.testing.assert_allclose(dose_gy(together), np.sum(alone, axis=0), rtol=1e-5, atol=1e-12)


def test_the_peak_is_not_below_the_hottest_square_centimetre_or_any_vertex() -> None:
    result = estimate(artis_procedure(*coronary_intervention().events[:12]))
    assert result.hottest_1cm2_dose_gy is not None
    assert result.hottest_1cm2_dose_gy <= peak_gy(result)
    assert dose_gy(result).max() <= peak_gy(result) * (1 + 1e-6)  # f32 map, f64 peak


def test_area_above_a_dose_is_the_field_on_the_skin() -> None:
    # The field is 200 mm square at the detector, 1050 mm from the focal spot.
    side_cm = 20 * SKIN_MM / 1050
    result = bare_estimate(artis_procedure())
    # Half the dose lies at the field's edge; it is resolved to a patch of 5 mm per side.
    assert result.area_above_cm2(peak_gy(result) / 2) == pytest.approx(side_cm**2, abs=2 * side_cm)
    assert result.area_above_cm2(1.0) == 0


def test_a_rotation_from_plus_90_to_minus_120_goes_through_0_and_keeps_its_kerma() -> None:
    # As Canon writes rotations: the tube passes below the patient (primary 0), not above.
    spin = SimulatedEvent(
        event_type="rotational",
        primary_angle_deg=90.0,
        primary_end_angle_deg=-120.0,
        number_of_pulses=300,  # more than steps of the path: shared by time
    )
    trunk = Surface.cylinder(diameter_mm=200, length_mm=1000)
    result = estimate(
        artis_procedure(spin),
        surface=trunk,
        corrections=replace(BARE, inverse_square=False),
        overrides=PlacementOverrides(table_offset_mm=(0.0, -10.0, 0.0)),
    )
    assert result.setup is not None
    ((_, frames, events),) = result.setup.parts
    assert set(events) == {0}
    # docs/methods.md section 3: detector at (sin a, -cos a), so the central ray points there.
    angles = [math.degrees(math.atan2(ray[0], -ray[1])) for ray in frames.central_ray_in_patient]
    steps = np.diff(angles)
    assert len(angles) == 105  # 210 degrees in steps of 2
    np.testing.assert_allclose(steps, -2.0, atol=1e-6)
    assert angles[0] == pytest.approx(89.0)
    assert angles[-1] == pytest.approx(-119.0)
    # With inverse square off every frame lays its own share of the kerma on what it covers.
    kerma = result.event_factors(0)["incident_air_kerma"].to_numpy()
    shares = np.nanmax(kerma, axis=1)
    np.testing.assert_allclose(shares, KERMA_GY / 105, rtol=1e-9)
    assert math.fsum(shares) == pytest.approx(KERMA_GY, rel=1e-12)
    # So the peak lies where many frames overlap, but not all of them.
    assert KERMA_GY / 105 < peak_gy(result) < KERMA_GY


def test_a_spread_rotation_has_a_lower_peak_than_a_still_beam() -> None:
    still = SimulatedEvent(event_type="rotational", primary_angle_deg=-60.0)
    spin = replace(still, primary_end_angle_deg=60.0)
    trunk = Surface.cylinder(diameter_mm=300, length_mm=1000)
    still_result = estimate(artis_procedure(still), surface=trunk)
    assert "rotation-without-end" in problem_codes(still_result)
    assert peak_gy(estimate(artis_procedure(spin), surface=trunk)) < 0.7 * peak_gy(still_result)


def test_a_posture_change_adds_both_maps_on_one_surface() -> None:
    # Supine, then prone with the tube above the table: the back is hit both times. Prone, a
    # flat back that lies on the pad faces up: the tube is 785 mm above the isocentre.
    procedure = artis_procedure(SimulatedEvent(), SimulatedEvent(started_s=60.0))
    supine, prone = procedure.events
    turned = replace(
        procedure,
        events=(
            replace(supine, patient_position="HFS"),
            replace(prone, patient_position="HFP"),
        ),
    )
    result = bare_estimate(turned)
    from_below = KERMA_GY * (REFERENCE_MM / SKIN_MM) ** 2
    from_above = KERMA_GY * (REFERENCE_MM / (785 + 150 - 40)) ** 2
    assert peak_gy(result) == pytest.approx(from_below + from_above, rel=AT_PEAK)
    np.testing.assert_allclose(
        result.events.numbers["dose_at_peak_gy"], [from_below, from_above], rtol=AT_PEAK
    )
    assert result.setup is not None
    assert len(result.setup.parts) == 2
    assert result.document["procedure"]["patient_position"] == "HFP+HFS"
    assert result.event_factors(1)["source_to_skin"].min() == pytest.approx(895, rel=1e-6)


def test_no_result_depends_on_the_order_of_events() -> None:
    events = coronary_intervention().events[:8]
    forth, back = (
        estimate(artis_procedure(*order), surface=flat_back()) for order in (events, events[::-1])
    )
    np.testing.assert_allclose(dose_gy(forth), dose_gy(back), rtol=1e-6, atol=1e-12)
    assert peak_gy(forth) == pytest.approx(peak_gy(back), rel=1e-6)
