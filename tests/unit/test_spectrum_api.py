"""The public spectrum: arguments, errors, array shapes."""

import numpy as np
import pytest

from dosemap._core import DosemapError, material_symbols
from dosemap.spectrum import Spectrum


def beam() -> Spectrum:
    return Spectrum(80, anode_angle_deg=12, filters=[("Al", 2.5)])


def test_arrays_share_the_bins_and_the_weights_sum_to_one() -> None:
    spectrum = beam()
    bins = spectrum.energies_kev.shape
    assert spectrum.fluence_per_cm2_mas.shape == spectrum.air_kerma_weights.shape == bins
    assert spectrum.air_kerma_weights.sum() == pytest.approx(1.0, rel=1e-12)
    mean_kev = np.average(spectrum.energies_kev, weights=spectrum.fluence_per_cm2_mas)
    assert spectrum.mean_energy_kev == pytest.approx(mean_kev, rel=1e-12)
    assert spectrum.kvp == 80


def test_strips_of_one_material_add() -> None:
    once = Spectrum(80, anode_angle_deg=12, filters=[("Al", 2.5)])
    twice = Spectrum(80, anode_angle_deg=12, filters=[("Al", 1.5), ("al", 1.0)])
    np.testing.assert_allclose(once.fluence_per_cm2_mas, twice.fluence_per_cm2_mas, rtol=1e-12)


@pytest.mark.parametrize(
    ("kvp", "angle_deg", "filters", "message"),
    [
        (30, 12, [], "tube potential is 30 kV"),
        (80, 20, [], "anode angle is 20 degrees"),
        (float("nan"), 12, [], "tube potential is NaN kV"),
        (80, 12, [("Cu", -0.1)], "layer thickness is -0.1 mm"),
        (80, 12, [("Cu", float("nan"))], "layer thickness is NaN mm"),
        (80, 12, [("Unobtainium", 1.0)], "known are: Al, Cu"),
        (80, 12, [("Pb", 1000.0)], "nothing of the 80 kV beam passes"),
    ],
)
def test_what_cannot_be_is_refused(
    kvp: float, angle_deg: float, filters: list[tuple[str, float]], message: str
) -> None:
    with pytest.raises(DosemapError, match=message):
        Spectrum(kvp, anode_angle_deg=angle_deg, filters=filters)


def test_questions_about_unknown_things_are_refused() -> None:
    with pytest.raises(DosemapError, match="medium 'bone' is not known"):
        beam().mu_en_ratio_to_air("bone")  # type: ignore[arg-type]
    with pytest.raises(DosemapError, match="material 'Xx' is not known"):
        beam().half_value_layer_mm("Xx")


def test_docstring_lists_every_material() -> None:
    text = Spectrum.__doc__ or ""
    assert all(symbol in text for symbol in material_symbols())
