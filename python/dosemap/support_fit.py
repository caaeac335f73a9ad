"""Thicknesses of table and pad from transmissions that a site measured."""

from dataclasses import dataclass, replace
from itertools import product

import numpy as np
from numpy.typing import NDArray

from dosemap.equipment import MeasuredTransmission, Profile
from dosemap.errors import DosemapError, ProfileError
from dosemap.procedure import Assumption, Problem, Provenance
from dosemap.spectrum import Spectrum

_STEPS = 40
_STEP_MM = 0.01
"""For the derivative of ln T by a thickness; ln T is smooth over centimetres."""
_CONVERGED_MM = 1e-6
LARGEST_RESIDUAL = 0.05
"""Relative: slabs of two materials fit measured tables within 4 % (docs/methods.md); what is
farther off is a slip, another geometry, or other materials."""


@dataclass(frozen=True, kw_only=True)
class SupportFit:
    """How well the layers of a profile reproduce what was measured."""

    points: int
    rms: float
    largest: float
    """Relative deviations of the transmission."""
    thicknesses_mm: tuple[tuple[str, float], ...]
    basis: str

    def assumption(self) -> Assumption:
        """Return what the map rests on."""
        layers = ", ".join(f"{name} {mm:.2f} mm" for name, mm in self.thicknesses_mm)
        return Assumption(
            field="support_layers",
            value=layers,
            why=f"fitted to {self.points} transmissions of the profile (rms {self.rms:.1%}, largest"
            f" {self.largest:.1%}): {self.basis}",
            provenance=Provenance.PROFILE,
        )

    def problems(self) -> list[Problem]:
        """Return a problem where the layers do not reproduce a measured value."""
        if self.largest <= LARGEST_RESIDUAL:
            return []
        return [
            Problem(
                code="support-fit-poor",
                message="the layers of table and pad do not reproduce the transmissions that the"
                f" equipment profile states: one is off by {self.largest:.0%}; check it, its beam"
                " quality and the materials of the layers",
            )
        ]


def fitted_support(profile: Profile) -> tuple[Profile, SupportFit | None]:
    """Return a profile whose layers have the thicknesses that fit its measured transmissions.

    Least squares of ln T for a beam straight through all layers. With more points than layers
    every thickness is free, but not below 0; with fewer all of them change in proportion.

    Parameters
    ----------
    profile
        The profile; without measured transmissions it is returned as it is.

    Raises
    ------
    ProfileError
        A beam quality or material of the profile is none that the models know.
    """
    support = profile.support
    if support.measured is None:
        return profile, None
    model = _Model(profile, support.measured)
    together = len(support.measured.points) <= len(support.layers)
    thickness_mm = model.fit(together=together)
    deviations = np.expm1(model.residuals(thickness_mm))
    layers = tuple(
        replace(layer, thickness_mm=float(mm), claim=support.measured.claim)
        for layer, mm in zip(support.layers, thickness_mm, strict=True)
    )
    fit = SupportFit(
        points=len(support.measured.points),
        rms=float(np.sqrt(np.mean(deviations**2))),
        largest=float(np.abs(deviations).max()),
        thicknesses_mm=tuple((layer.name, layer.thickness_mm) for layer in layers),
        basis=support.measured.claim.basis,
    )
    return replace(profile, support=replace(support, layers=layers)), fit


class _Model:
    """ln T of the layers for every measured beam quality."""

    def __init__(self, profile: Profile, measured: MeasuredTransmission) -> None:
        layers = profile.support.layers
        self._materials = [layer.material for layer in layers]
        self._start_mm = np.array([layer.thickness_mm for layer in layers])
        self._measured = np.log([point.transmission for point in measured.points])
        try:
            self._spectra = [
                Spectrum(
                    point.kvp,
                    anode_angle_deg=profile.tube.anode_angle_deg,
                    filters=profile.filtration(point.added_filters),
                ).core
                for point in measured.points
            ]
            self.residuals(self._start_mm)
        except DosemapError as error:
            raise ProfileError(f"[support.measured] of the profile: {error}") from error

    def residuals(self, thickness_mm: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return ln T of the model less that of the measurement."""
        layers = list(zip(self._materials, map(float, thickness_mm), strict=True))
        modelled = np.log([spectrum.transmission(layers) for spectrum in self._spectra])
        return np.asarray(modelled - self._measured)

    def fit(self, *, together: bool) -> NDArray[np.float64]:
        """Gauss and Newton, each step the best of those that leave no thickness below 0."""
        thickness_mm = self._start_mm
        directions = [self._start_mm] if together else list(np.eye(len(self._start_mm)))
        for _ in range(_STEPS):
            residuals = self.residuals(thickness_mm)
            slopes = np.column_stack(
                [
                    (self.residuals(thickness_mm + _STEP_MM * way) - residuals) / _STEP_MM
                    for way in directions
                ]
            )
            lowest = np.array([-1.0]) if together else -thickness_mm
            moved = thickness_mm + np.array(directions).T @ _bounded(slopes, -residuals, lowest)
            if np.abs(moved - thickness_mm).max() < _CONVERGED_MM:
                return np.asarray(moved)
            thickness_mm = moved
        return np.asarray(thickness_mm)


def _bounded(
    slopes: NDArray[np.float64], wanted: NDArray[np.float64], lowest: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the step of least squares of which no part lies below its lowest value.

    A support has four layers at most, so that every choice of parts held at their lowest is tried:
    clipping the free solution instead would leave the others where they balanced what is cut off.
    """
    best, least = lowest, np.inf
    for choice in product((True, False), repeat=len(lowest)):
        free = np.array(choice)
        step = lowest.copy()
        rest = wanted - slopes[:, ~free] @ lowest[~free]
        step[free] = np.linalg.lstsq(slopes[:, free], rest)[0]
        misfit = float(np.sum((slopes @ step - wanted) ** 2))
        if (step >= lowest).all() and misfit < least:
            best, least = step, misfit
    return best
