"""The photon spectrum of a beam, its half-value layers and its dose conversion."""

from collections.abc import Iterable
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from dosemap import _core

__all__ = ["DoseMedium", "FilterStrip", "Spectrum"]

FilterStrip = tuple[str, float]
"""Material symbol and thickness in mm, for example ``("Cu", 0.2)``."""

DoseMedium = Literal["skin", "water", "tissue4", "air"]
"""Adult skin and four-component soft tissue of ICRU Report 44, water, dry air."""


def material_symbols() -> list[str]:
    """Return the symbols of the materials that filters and layers can be of."""
    return _core.material_symbols()


class Spectrum:
    """Spectrum of a tungsten tube on the central ray, behind any number of filters.

    Interpolated in a table of unfiltered spectra made with SpekPy (model casim) [1]_, in 1 keV
    bins from 5 to 150 keV (split at the K edges of the filter materials), and attenuated as a
    narrow beam with xraylib's cross sections [2]_. The air between tube and point is left out
    unless it is given as a filter.

    Parameters
    ----------
    kvp
        Tube potential, 40 to 150 kV.
    anode_angle_deg
        Angle of the anode, 8 to 16 degrees.
    filters
        Material symbol and thickness in mm of each filter, the tube's inherent filtration
        included; their order does not matter. Known are Al, Cu, Nb, Mo, Rh, Ag, Sn, Eu, Ta, Au,
        Pb, C (graphite, 1.70 g/cm³), PMMA, water and air.

    Raises
    ------
    DosemapError
        If a value is out of range, a material is not known, or no photon passes the filters.

    References
    ----------
    .. [1] G. Poludniowski et al., "Technical Note: SpekPy v2.0", Med. Phys. 48 (2021) 3630,
       doi:10.1002/mp.14945.
    .. [2] T. Schoonjans et al., "The xraylib library for X-ray-matter interactions",
       Spectrochim. Acta B 66 (2011) 776, doi:10.1016/j.sab.2011.09.011.

    Examples
    --------
    >>> beam = Spectrum(80, anode_angle_deg=12, filters=[("Al", 2.5), ("Cu", 0.1)])
    >>> print(f"{beam.half_value_layer_mm():.2f} mm Al, {beam.mean_energy_kev:.1f} keV")
    4.38 mm Al, 47.9 keV
    >>> print(f"{beam.mu_en_ratio_to_air('skin'):.3f}")
    0.981
    """

    def __init__(
        self, kvp: float, *, anode_angle_deg: float, filters: Iterable[FilterStrip] = ()
    ) -> None:
        self.core = _core.Spectrum(kvp, anode_angle_deg=anode_angle_deg, filters=list(filters))

    @property
    def kvp(self) -> float:
        """Tube potential, kV."""
        return self.core.kvp

    @property
    def energies_kev(self) -> NDArray[np.float64]:
        """Middles of the energy bins, keV, shape (bins,)."""
        return self.core.energies_kev

    @property
    def fluence_per_cm2_mas(self) -> NDArray[np.float64]:
        """Photons per cm², mAs and bin at 1 m from the focal spot, shape (bins,)."""
        return self.core.fluence_per_cm2_mas

    @property
    def air_kerma_weights(self) -> NDArray[np.float64]:
        """Share of each bin in the air kerma, shape (bins,); the shares sum to 1."""
        return self.core.air_kerma_weights

    @property
    def mean_energy_kev(self) -> float:
        """Mean photon energy, weighted with fluence, keV."""
        return self.core.mean_energy_kev

    @property
    def air_kerma_ugy_per_mas_at_1m(self) -> float:
        """Air kerma free in air at 1 m from the focal spot, µGy/mAs.

        A model's output, not a tube's: real tubes differ by tens of per cent (ageing, ripple).
        """
        return self.core.air_kerma_ugy_per_mas_at_1m

    def half_value_layer_mm(self, material: str = "Al") -> float:
        """First half-value layer.

        Parameters
        ----------
        material
            Symbol of the absorber.

        Returns
        -------
        float
            Thickness that halves the air kerma, narrow beam, mm.

        Raises
        ------
        DosemapError
            If the material is not known.
        """
        return self.core.half_value_layer_mm(material)

    def second_half_value_layer_mm(self, material: str = "Al") -> float:
        """Second half-value layer: what halves the air kerma again behind the first.

        Parameters
        ----------
        material
            Symbol of the absorber.

        Returns
        -------
        float
            Thickness, mm.

        Raises
        ------
        DosemapError
            If the material is not known.
        """
        return self.core.second_half_value_layer_mm(material)

    def transmission(self, filters: Iterable[FilterStrip]) -> float:
        """Share of the air kerma that passes more filters, narrow beam.

        Parameters
        ----------
        filters
            Material symbol and thickness in mm of each filter.

        Returns
        -------
        float
            Between 0 and 1.

        Raises
        ------
        DosemapError
            If a material is not known or a thickness is negative or not a number.

        Examples
        --------
        >>> beam = Spectrum(80, anode_angle_deg=12, filters=[("Al", 2.5)])
        >>> hvl_mm = beam.half_value_layer_mm("Cu")
        >>> round(beam.transmission([("Cu", hvl_mm)]), 6)
        0.5
        """
        return self.core.transmission(list(filters))

    def mu_en_ratio_to_air(self, medium: DoseMedium) -> float:
        """Kerma in a medium per air kerma, for the primary photons.

        Parameters
        ----------
        medium
            What takes up the energy.

        Returns
        -------
        float
            Quotient of the mean mass energy-absorption coefficients, medium to air, weighted
            with energy fluence.

        Raises
        ------
        DosemapError
            If the medium is not known.
        """
        return self.core.mu_en_ratio_to_air(medium)
