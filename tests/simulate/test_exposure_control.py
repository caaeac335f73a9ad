"""The exposure control answers thickness, distance and the limits of tube and law."""

import math
from dataclasses import replace
from itertools import pairwise

import pytest

from dosemap.simulate.exposure_control import (
    Exposure,
    FilterStep,
    ModeSettings,
    expose,
    output_ugy_per_mas,
)

SETTINGS = ModeSettings(
    kerma_per_pulse_ugy=12,
    filter_steps=(
        FilterStep(below_kv=80, filters=(("Cu", 0.6),)),
        FilterStep(below_kv=math.inf, filters=(("Cu", 0.1),)),
    ),
    pulse_width_ms=(3.5, 10),
    maximum_current_ma=250,
    maximum_kerma_rate_ugy_per_s=math.inf,
)


def exposure(
    tissue_mm: float = 200, settings: ModeSettings = SETTINGS, **distances: float
) -> Exposure:
    usual = {
        "pulses_per_s": 7.5,
        "source_to_detector_mm": 1000.0,
        "source_to_reference_point_mm": 635.0,
    }
    return expose(tissue_mm, settings, **(usual | distances))


def test_twenty_centimetres_at_a_metre_take_the_stated_kerma() -> None:
    found = exposure()
    assert found.kerma_per_pulse_gy == pytest.approx(12e-6)
    assert found.kvp == 72


def test_thicker_patients_get_more_voltage_less_copper_and_more_kerma() -> None:
    exposures = [exposure(tissue) for tissue in (140, 180, 220, 260)]
    for thin, thick in pairwise(exposures):
        assert thick.kvp > thin.kvp
        assert thick.kerma_per_pulse_gy > thin.kerma_per_pulse_gy
    assert exposures[0].filters == (("Cu", 0.6),)
    assert exposures[-1].filters == (("Cu", 0.1),)


def test_distances_count_by_their_squares() -> None:
    near = exposure().kerma_per_pulse_gy
    assert exposure(source_to_detector_mm=1200).kerma_per_pulse_gy == pytest.approx(1.44 * near)
    # The kerma is stated where the reference point lies; the tube does the same.
    far = exposure(source_to_reference_point_mm=2 * 635)
    assert far.kerma_per_pulse_gy == pytest.approx(near / 4)
    assert far.tube_current_ma == exposure().tube_current_ma


def test_tube_load_gives_the_kerma() -> None:
    found = exposure(230)
    charge_mas = found.tube_current_ma * found.pulse_width_ms / 1000
    kerma_ugy = charge_mas * output_ugy_per_mas(found.kvp, found.filters)
    # Current and width are written to 0.1.
    assert kerma_ugy == pytest.approx(1e6 * found.kerma_per_pulse_gy, rel=2e-3)


def test_the_tube_limit_costs_kerma_instead_of_being_exceeded() -> None:
    within, beyond = exposure(300), exposure(420)
    assert beyond.tube_current_ma <= SETTINGS.maximum_current_ma
    assert beyond.kerma_per_pulse_gy < 2 ** (120 / 30) * within.kerma_per_pulse_gy


def test_the_legal_rate_is_kept() -> None:
    limited = replace(SETTINGS, maximum_kerma_rate_ugy_per_s=1000, maximum_current_ma=1e6)
    found = exposure(400, limited, pulses_per_s=10.0)
    assert found.kerma_per_pulse_gy == pytest.approx(100e-6)


def test_aluminium_filters_like_a_little_copper() -> None:
    assert output_ugy_per_mas(75, (("Al", 3),)) == pytest.approx(63)
    assert output_ugy_per_mas(75, (("Cu", 0.1),)) == pytest.approx(63)
    assert output_ugy_per_mas(75, ()) == pytest.approx(100)
