"""Calibration factors of the air-kerma meter, per plane and beam quality."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dosemap.corrections import Corrections, is_possible_factor
from dosemap.equipment import CalibrationPoint, Profile
from dosemap.procedure import Assumption, Event, Problem, Procedure, Provenance
from dosemap.reading.log import event_list
from dosemap.spectrum import Spectrum

_BEYOND = 0.1
"""Share by which a half-value layer may lie outside those of the measured factors."""
_FINDINGS = {
    "not stated": (
        "calibration-not-stated",
        "the calibration factor of the report is asked for, but the report states none for {};"
        " that of the equipment profile is used, else 1",
    ),
    "implausible": (
        "calibration-implausible",
        "the calibration factor that the report states for {} lies outside 0.1 to 10, so a unit was"
        " mixed up; that of the equipment profile is used, else 1",
    ),
    "missing": (
        "calibration-missing",
        "the equipment profile has calibration factors, but none for the plane of {}; 1 is used:"
        " add one",
    ),
    "beyond": (
        "calibration-beyond-measured",
        "the beam quality lies outside those at which the profile's calibration factors were"
        " measured ({}); the nearest factor is used: measure one there",
    ),
}
"""Code and message of each problem, with room for the events."""


@dataclass(frozen=True)
class _Curve:
    """Factors of one plane over the half-value layer, mm Al; one point holds everywhere."""

    layers_mm: tuple[float, ...]
    factors: tuple[float, ...]


class MeterCalibration:
    """The factor of each event: from the caller or the report, else the profile, else 1.

    Between the beam qualities of a profile's factors it is interpolated in the half-value layer,
    by which meters are calibrated (IEC 61674); beyond them the nearest factor holds.
    """

    def __init__(self, corrections: Corrections, profile: Profile | None) -> None:
        self._corrections = corrections
        self._curves: dict[str | None, _Curve] = {}
        self._measured = profile.calibration if profile else None
        self._used: dict[Provenance, dict[int, list[float]]] = {}
        """By where they came from and event."""
        self._found: dict[str, set[int]] = {}
        """Events of each problem."""
        if profile is not None and profile.calibration:
            for plane in {point.plane for point in profile.calibration.points}:
                of_plane = [p for p in profile.calibration.points if p.plane == plane]
                self._curves[plane] = _curve(of_plane, profile)

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
        factor, came_from = self.look_up(event, spectrum)
        self._used.setdefault(came_from, {}).setdefault(event.index, []).append(factor)
        return factor

    def look_up(self, event: Event, spectrum: Spectrum) -> tuple[float, Provenance]:
        """Return the factor for an event and where it comes from; it is not counted as used.

        Parameters
        ----------
        event, spectrum
            As for :meth:`factor`.
        """
        given = self._corrections.calibration_factor(event)
        if given is not None:
            return given, Provenance.USER
        if self._corrections.calibration == "report":
            stated = event.meter_calibration_factor
            if stated is not None and is_possible_factor(stated):
                return stated, Provenance.REPORTED
            self._note("implausible" if stated is not None else "not stated", event)
        curve = self._curves.get(event.acquisition_plane, self._curves.get(None))
        if curve is None:
            if self._curves:
                self._note("missing", event)
            return 1.0, Provenance.ASSUMED
        layer_mm = spectrum.half_value_layer_mm()
        low, high = curve.layers_mm[0], curve.layers_mm[-1]
        is_for_all = len(curve.layers_mm) == 1
        if not is_for_all and not low * (1 - _BEYOND) <= layer_mm <= high * (1 + _BEYOND):
            self._note("beyond", event)
        return float(np.interp(layer_mm, curve.layers_mm, curve.factors)), Provenance.PROFILE

    def _note(self, finding: str, event: Event) -> None:
        self._found.setdefault(finding, set()).add(event.index)

    def provenance_of(self, event: int) -> Provenance:
        """Return where the factor of an event came from."""
        return next(kind for kind, events in self._used.items() if event in events)

    def describe(self) -> str:
        """Return in words what was used."""
        words = {
            Provenance.USER: "given by the user",
            Provenance.REPORTED: "as the report states it",
            Provenance.PROFILE: "profile",
            Provenance.ASSUMED: "uncalibrated",
        }
        parts = [
            f"{self._limits(kind)} ({text})" for kind, text in words.items() if kind in self._used
        ]
        return "; ".join(parts) or "not used"

    def _limits(self, kind: Provenance) -> str:
        factors = [factor for found in self._used[kind].values() for factor in found]
        low, high = min(factors), max(factors)
        return f"{low:.4g}" if low == high else f"{low:.4g} to {high:.4g}"

    def assumptions(self) -> list[Assumption]:
        """Return what a person should know of where the factors came from."""
        basis = self._measured.claim.basis if self._measured else ""
        why = {
            Provenance.USER: "given by the caller",
            Provenance.PROFILE: f"profile: {basis}",
            Provenance.ASSUMED: "the air-kerma meter is taken as calibrated; IEC 60601-2-43 allows"
            " it to be off by 35 %",
        }
        several = len(self._used) > 1
        return [
            Assumption(
                field="calibration_factor",
                value=1.0 if kind is Provenance.ASSUMED else self._limits(kind),
                why=text,
                provenance=kind,
                events=tuple(sorted(self._used[kind])) if several else (),
            )
            for kind, text in why.items()
            if kind in self._used
        ]

    def problems(self, *, of_totals: bool = False) -> list[Problem]:
        """Return where factors that were asked for or measured do not cover an event.

        Parameters
        ----------
        of_totals
            The factors were for the totals of a report without events.
        """
        found = {
            finding: () if of_totals else tuple(sorted(events))
            for finding, events in self._found.items()
        }
        return [
            Problem(
                code=code,
                message=message.format(
                    event_list(found[finding]) if found[finding] else "the totals"
                ),
                events=found[finding],
            )
            for finding, (code, message) in _FINDINGS.items()
            if finding in found
        ]


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


def _curve(points: Sequence[CalibrationPoint], profile: Profile) -> _Curve:
    found = sorted((_layer_mm(point, profile), point.factor) for point in points)
    return _Curve(tuple(layer for layer, _ in found), tuple(factor for _, factor in found))


def _layer_mm(point: CalibrationPoint, profile: Profile) -> float:
    if point.kvp is None:
        return 0.0
    spectrum = Spectrum(
        point.kvp,
        anode_angle_deg=profile.tube.anode_angle_deg,
        filters=profile.filtration(point.added_filters),
    )
    return spectrum.half_value_layer_mm()
