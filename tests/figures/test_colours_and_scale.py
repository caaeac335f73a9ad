"""Colours that stay in order for every eye, and scales with round numbers."""

import numpy as np
import pytest

from dosemap.figures.colours import LEAST_SHARE, NO_DOSE_RGB, colour_table, dose_colours
from dosemap.figures.scale import DoseScale

# Machado, Oliveira and Fernandes, IEEE Trans. Vis. Comput. Graph. 15 (2009) 1291, severity 1.
DEUTERANOPIA = [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
                [-0.011820, 0.042940, 0.968881]]  # fmt: skip
PROTANOPIA = [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
              [-0.003882, -0.048116, 1.051998]]  # fmt: skip


def lightness(rgb: "np.ndarray") -> "np.ndarray":
    """Return CIE L* of linear RGB (sRGB primaries, D65)."""
    luminance = rgb @ np.array([0.2126, 0.7152, 0.0722])
    return np.asarray(116 * np.cbrt(np.maximum(luminance, 0.008856)) - 16)


@pytest.mark.parametrize("eye", [np.eye(3), DEUTERANOPIA, PROTANOPIA], ids=["all", "deu", "pro"])
def test_more_dose_is_darker_for_every_eye_and_evenly(eye: "np.ndarray") -> None:
    _, colours = colour_table()
    linear = np.where(
        colours / 255 <= 0.04045, colours / 255 / 12.92, ((colours / 255 + 0.055) / 1.055) ** 2.4
    )
    falls = -np.diff(lightness(linear @ np.asarray(eye).T))
    assert (falls > 0).all()
    # No step of 32 more than about twice the mean: no false edges.
    assert falls.max() < 2.2 * falls.mean()


def test_colours_follow_the_dose() -> None:
    doses = np.array([0.0, 0.9 * LEAST_SHARE * 2, 2.0, 5.0])
    found = dose_colours(doses, top_gy=2.0).tolist()
    _, colours = colour_table()
    assert found[0] == found[1] == list(NO_DOSE_RGB)
    assert found[2] == found[3] == colours[-1].astype(int).tolist()


@pytest.mark.parametrize(
    ("highest_gy", "levels_gy", "top_gy", "contours_gy", "unit"),
    [
        (3.33, [3.0], 4.0, (1.0, 2.0), "Gy"),
        (17.3, [3.0], 20.0, (2.0, 5.0, 10.0, 15.0), "Gy"),
        (0.0122, [3.0], 0.015, (0.005, 0.01), "mGy"),
        (4.2e-6, [], 6e-6, (2e-6, 4e-6), "µGy"),
        (2.0, [], 2.0, (0.5, 1.0, 1.5), "Gy"),
    ],
)
def test_scales_end_at_a_round_number_with_round_contours(
    highest_gy: float,
    levels_gy: list[float],
    top_gy: float,
    contours_gy: tuple[float, ...],
    unit: str,
) -> None:
    scale = DoseScale.of(highest_gy, levels_gy)
    assert scale.top_gy == pytest.approx(top_gy, rel=1e-9)
    assert scale.contours_gy == pytest.approx(contours_gy, rel=1e-9)
    assert scale.levels_gy == tuple(level for level in levels_gy if level <= top_gy)
    assert scale.unit == unit


@pytest.mark.parametrize("highest_gy", np.geomspace(1e-9, 900, 60))
def test_every_scale_holds_its_dose_and_has_a_few_contours(highest_gy: float) -> None:
    scale = DoseScale.of(float(highest_gy))
    assert highest_gy <= scale.top_gy * (1 + 1e-9)
    assert scale.top_gy <= 2.01 * highest_gy
    assert 1 <= len(scale.contours_gy) <= 8
    assert all(0 < dose < highest_gy for dose in scale.contours_gy)
