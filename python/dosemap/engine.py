"""The main job: a procedure on a surface gives a skin dose map."""

from dataclasses import dataclass
from os import PathLike

from dosemap.body import Body
from dosemap.calibration import MeterCalibration, factors_not_applied
from dosemap.corrections import Corrections
from dosemap.equipment import Family, Profile, family_for
from dosemap.errors import DosemapError
from dosemap.map_run import MapRun
from dosemap.placement import PlacementOverrides, place_on_table, place_procedure
from dosemap.procedure import Problem, Procedure
from dosemap.result import DoseResult
from dosemap.scenes import Scenes
from dosemap.support_fit import fitted_support
from dosemap.surface import Surface


def estimate(  # noqa: PLR0913  (all but the first are keywords with a default)
    procedure: Procedure,
    *,
    surface: Surface | Body | None = None,
    equipment: Family | str | PathLike[str] | None = None,
    overrides: PlacementOverrides | None = None,
    corrections: Corrections | None = None,
    head_gap_mm: float | None = None,
    lateral_shift_mm: float | None = None,
) -> DoseResult:
    """Estimate the skin dose map of a procedure.

    Parameters
    ----------
    procedure
        A report, from :func:`dosemap.read_rdsr`.
    surface
        The patient's surface; by default a body of the patient's sex, age, height and mass
        (:meth:`Body.for_patient`).
    equipment
        A profile, the path of a site's own or the name of a shipped one; by default the shipped
        one that matches the device. A family of totals only gives totals and its reason.
    overrides
        What the report lacks or has wrong about position, table, angles and beam.
    corrections
        Which factors of the chain are used and what replaces them.
    head_gap_mm
        Distance from the head end of the table to the end of the surface that lies there, mm;
        by default the profile's, else 0, listed as assumed.
    lateral_shift_mm
        Shift of the surface from the table's centre line, mm, towards the left of a head-first
        supine patient; by default the profile's, else 0, listed as assumed.

    Returns
    -------
    The map with everything that explains it. Where no beam can be placed there is no map, and
    ``reason`` says why.

    Raises
    ------
    DosemapError
        An argument is impossible. What is wrong with the report never raises.

    Examples
    --------
    >>> from io import BytesIO
    >>> import dosemap as dm
    >>> from dosemap.simulate import simulate_procedure
    >>> report = BytesIO()
    >>> simulate_procedure(
    ...     "transforaminal_epidural_injection", device="philips_allura"
    ... ).write(report)
    >>> result = dm.estimate(dm.read_rdsr(report.getvalue()))
    >>> 0.003 < result.peak_skin_dose_gy < 0.008
    True
    """
    return prepare(
        procedure,
        surface=surface,
        equipment=equipment,
        overrides=overrides,
        corrections=corrections,
        head_gap_mm=head_gap_mm,
        lateral_shift_mm=lateral_shift_mm,
    ).run.result()


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """An estimate whose map is computed, and the patient on the table it was computed for."""

    run: MapRun
    scenes: Scenes | None
    """``None`` where no profile fits."""


def prepare(  # noqa: PLR0913  (the arguments of estimate)
    procedure: Procedure,
    *,
    surface: Surface | Body | None,
    equipment: Family | str | PathLike[str] | None,
    overrides: PlacementOverrides | None,
    corrections: Corrections | None,
    head_gap_mm: float | None,
    lateral_shift_mm: float | None,
) -> Prepared:
    """Compute the map of an estimate; parameters and errors are those of :func:`estimate`."""
    corrections = corrections or Corrections()
    family, fit = family_for(procedure.device, equipment), None
    if isinstance(family, Profile):
        family, fit = fitted_support(family)
    profile = family if isinstance(family, Profile) else None
    place = place_on_table(profile, head_gap_mm=head_gap_mm, lateral_shift_mm=lateral_shift_mm)
    if surface is None:
        surface = Body.for_patient(procedure.patient)
    if not isinstance(surface, Surface | Body):
        raise DosemapError(
            f"surface is {surface!r}; it must be a Surface (Surface.from_file reads a mesh) or a"
            " Body"
        )
    scenes = (
        Scenes(surface, place=place, support=profile.support, corrections=corrections)
        if profile
        else None
    )
    placed = place_procedure(
        procedure,
        family,
        overrides=overrides,
        skin_distance=scenes.skin_distance_mm if scenes else None,
    )
    problems = [
        *surface.problems,
        *_wrong_equipment(procedure, family),
        *(fit.problems() if fit else []),
        *factors_not_applied(procedure, corrections),
    ]
    run = MapRun(placed, corrections, MeterCalibration(corrections, profile), place, problems)
    if placed.reason is None and profile is not None and scenes is not None:
        run.map_events(profile.support, scenes)
        run.assumptions += [fit.assumption()] if fit else []
    return Prepared(run=run, scenes=scenes)


def _wrong_equipment(procedure: Procedure, profile: Family | None) -> list[Problem]:
    """Return a problem when the caller's profile is by its own rules for another system."""
    if profile is None or not profile.match:
        return []
    if any(rule.specificity(procedure.device) for rule in profile.match):
        return []
    return [
        Problem(
            code="profile-does-not-match",
            message=f"the equipment profile {profile.name} was asked for, but its match rules do"
            " not fit the system of the report; check that it is meant for it (dosemap equipment"
            " check)",
        )
    ]
