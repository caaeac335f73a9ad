"""Calibration factors of the air-kerma meter, per plane and beam quality."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dosemap.corrections import Corrections
from dosemap.equipment import CalibrationPoint, Profile, Tube
from dosemap.procedure import Assumption, Event, Problem, Procedure, Provenance
from dosemap.reading.log import event_list
from dosemap.spectrum import Spectrum

_BEYOND = 0.1
"""Share by which a half-value layer may lie outside those of the measured factors."""


@dataclass(frozen=True)
class _Curve:
    """Factors of one plane over the half-value layer, mm Al; one point holds everywhere."""

    layers_mm: tuple[float, ...]
    factors: tuple[float, ...]


class MeterCalibration:
    """The factor of each event: from the caller, else the profile, else 1.

    Between the beam qualities of a profile's factors it is interpolated in the half-value layer,
    by which meters are calibrated (IEC 61674); beyond them the nearest factor holds.
    """

    def __init__(self, corrections: Corrections, profile: Profile | None) -> None:
        self._corrections = corrections
        self._curves: dict[str | None, _Curve] = {}
        self._beyond: list[int] = []
        self._without: list[int] = []
        self._used: list[float] = []
        self._points = profile.calibration if profile else None
        if profile is not None and profile.calibration and corrections.calibration is None:
            for plane in {point.plane for point in profile.calibration.points}:
                of_plane = [p for p in profile.calibration.points if p.plane == plane]
                self._curves[plane] = _curve(of_plane, profile.tube)

    def factor(self, event: Event, spectrum: Spectrum) -> float:
        """Return the factor for an event.

        Parameters
        ----------
        event
            The event, for its plane.
        spectrum
            Its filtered spectrum.

        Raises
        ------
        DosemapError
            A function of the caller returned something impossible.
        """
        if not self._curves:
            return self._corrections.calibration_factor(event)
        curve = self._curve_of(event)
        if curve is None:
            self._without.append(event.index)
            return 1.0
        layer_mm = spectrum.half_value_layer_mm()
        low, high = curve.layers_mm[0], curve.layers_mm[-1]
        is_for_all = len(curve.layers_mm) == 1
        if not is_for_all and not low * (1 - _BEYOND) <= layer_mm <= high * (1 + _BEYOND):
            self._beyond.append(event.index)
        factor = float(np.interp(layer_mm, curve.layers_mm, curve.factors))
        self._used.append(factor)
        return factor

    @property
    def provenance(self) -> Provenance:
        """Where the factors come from."""
        if self._curves:
            return Provenance.PROFILE
        is_given = self._corrections.calibration is not None
        return Provenance.USER if is_given else Provenance.ASSUMED

    def describe(self) -> str:
        """Return in words what was used."""
        if not self._curves:
            return self._corrections.describe()["calibration"]
        return f"profile, {_limits(self._used)}"

    def assumptions(self) -> list[Assumption]:
        """Return what a person should know of where the factors came from."""
        if self._curves and self._points is not None:
            return [
                Assumption(
                    field="calibration_factor",
                    value=_limits(self._used),
                    why=f"profile: {self._points.claim.basis}",
                    provenance=Provenance.PROFILE,
                )
            ]
        if self._corrections.calibration is None:
            return [
                Assumption(
                    field="calibration_factor",
                    value=1.0,
                    why="the air-kerma meter is taken as calibrated; IEC 60601-2-43 allows it to"
                    " be off by 35 %",
                )
            ]
        return []

    def problems(self) -> list[Problem]:
        """Return where the profile's factors do not cover an event."""
        problems = []
        if self._without:
            problems.append(
                Problem(
                    code="calibration-missing",
                    message="the equipment profile has calibration factors, but none for the plane"
                    f" of {event_list(tuple(self._without))}; 1 is used: add one",
                    events=tuple(self._without),
                )
            )
        if self._beyond:
            problems.append(
                Problem(
                    code="calibration-beyond-measured",
                    message="the beam quality lies outside those at which the profile's calibration"
                    f" factors were measured ({event_list(tuple(self._beyond))}); the nearest"
                    " factor is used: measure one there",
                    events=tuple(self._beyond),
                )
            )
        return problems

    def _curve_of(self, event: Event) -> _Curve | None:
        return self._curves.get(event.acquisition_plane, self._curves.get(None))


def factors_not_applied(procedure: Procedure, corrections: Corrections) -> list[Problem]:
    """Return a problem where the report states calibration factors that are not applied.

    Whether a factor is still to be applied, reports do not say: it is only where it is asked for.

    Parameters
    ----------
    procedure
        The report.
    corrections
        What the caller asks for.
    """
    stated: dict[float, list[int]] = {}
    for event in procedure.events:
        factor = event.meter_calibration_factor
        if factor is not None and factor != 1:
            stated.setdefault(factor, []).append(event.index)
    if corrections.calibration is not None:
        return []
    return [
        Problem(
            code="calibration-factor-not-applied",
            message=f"the report states a calibration factor of {factor:g}"
            f" ({event_list(tuple(events))}), which is not applied; ask for it (calibration"
            " 'report') if the system does not apply it itself",
            events=tuple(events),
        )
        for factor, events in stated.items()
    ]


def _curve(points: Sequence[CalibrationPoint], tube: Tube) -> _Curve:
    found = sorted((_layer_mm(point, tube), point.factor) for point in points)
    return _Curve(tuple(layer for layer, _ in found), tuple(factor for _, factor in found))


def _layer_mm(point: CalibrationPoint, tube: Tube) -> float:
    if point.kvp is None:
        return 0.0
    strips = (*tube.inherent_filters, *point.added_filters)
    spectrum = Spectrum(
        point.kvp,
        anode_angle_deg=tube.anode_angle_deg,
        filters=[(strip.material, strip.thickness_mm) for strip in strips],
    )
    return spectrum.half_value_layer_mm()


def _limits(factors: Sequence[float]) -> str:
    if not factors:
        return "none"
    low, high = min(factors), max(factors)
    return f"{low:.4g}" if low == high else f"{low:.4g} to {high:.4g}"
