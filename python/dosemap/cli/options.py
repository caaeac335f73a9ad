"""What the options of ``dosemap estimate`` say, read and checked."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

from dosemap.alerts import Level
from dosemap.body import Body
from dosemap.cli.body_options import NOT_DESCRIBED, BodyOptions
from dosemap.cli.choices import choice
from dosemap.corrections import Corrections
from dosemap.equipment import Family, Profile
from dosemap.errors import DosemapError
from dosemap.mesh.units import LengthUnit
from dosemap.placement import PlacementOverrides
from dosemap.posture import side_against_table
from dosemap.procedure import PatientPosition, Procedure
from dosemap.ranges import check_range
from dosemap.schedule import Schedule, Span, parse_schedule
from dosemap.surface import Surface

if TYPE_CHECKING:
    from dosemap.interval import KnownRanges

_SIZES_MM = (2.0, 10_000.0)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The options of one run, read."""

    surface: str
    surface_size_mm: tuple[float, ...]
    body: BodyOptions
    mesh_unit: LengthUnit | None
    mesh_axes: str
    spacing_mm: float
    head_gap_mm: float | None
    lateral_shift_mm: float | None
    equipment: Family | None
    site: tuple[Profile, ...]
    levels: tuple[Level, ...]
    risk: bool
    overrides: PlacementOverrides
    corrections: Corrections
    interval: "KnownRanges | None"
    """What is known beyond the report, where an interval is asked for."""


def surface_of(procedure: Procedure, settings: Settings) -> Surface | Body:
    """Return the surface that was asked for; a body is that of the procedure's patient."""
    size, spacing_mm = settings.surface_size_mm, settings.spacing_mm
    if settings.surface == "body":
        if size:
            raise DosemapError("--surface-size is not for a body: give --height and --mass")
        return Body.for_patient(procedure.patient, spacing_mm=spacing_mm, **settings.body)
    for length_mm in size:
        check_range("--surface-size", length_mm, _SIZES_MM, "mm")
    if settings.body != NOT_DESCRIBED:
        raise DosemapError(
            "--sex, --age, --height, --mass, --thickness-ap, --arms and --head-turned describe a"
            f" body; with --surface {settings.surface} they have no effect: leave out one or the"
            " other"
        )
    if settings.surface == "trunk":
        size = size or (400.0, 200.0, 1760.0)
        width, thickness, length = _of_length("trunk", size, "WIDTHxTHICKNESSxLENGTH")
        return Surface.elliptic_cylinder(
            width_mm=width, thickness_mm=thickness, length_mm=length, spacing_mm=spacing_mm
        )
    if settings.surface == "cylinder":
        diameter, length = _of_length("cylinder", size or (300.0, 1760.0), "DIAMETERxLENGTH")
        return Surface.cylinder(diameter_mm=diameter, length_mm=length, spacing_mm=spacing_mm)
    if settings.surface == "plane":
        width, length = _of_length("plane", size or (400.0, 1760.0), "WIDTHxLENGTH")
        given = settings.overrides.positions(procedure.events)
        candidates = (*given, *(event.patient_position for event in procedure.events))
        first = next((position for position in candidates if position), None)
        return Surface.plane(
            width_mm=width,
            length_mm=length,
            facing="anterior" if side_against_table(first or "HFS") == "front" else "posterior",
            spacing_mm=spacing_mm,
        )
    return _mesh_of(Path(settings.surface), settings)


def _mesh_of(path: Path, settings: Settings) -> Surface:
    if not path.suffix:
        raise DosemapError(
            f"--surface {settings.surface!r} is none of body, trunk, plane, cylinder and no mesh"
            " file (STL, OBJ, PLY, ...)"
        )
    if settings.surface_size_mm:
        raise DosemapError("--surface-size is for trunk, plane and cylinder; a mesh has its own")
    if not path.exists():
        raise DosemapError(f"there is no file {path}; check the path of --surface")
    if settings.mesh_unit is None:
        raise DosemapError("the unit of a mesh is not guessed: add --mesh-unit mm, cm or m")
    return _mesh(path, settings.mesh_unit, settings.mesh_axes)


@cache
def _mesh(path: Path, unit: LengthUnit, axes: str) -> Surface:
    """Read a mesh once, however many reports it carries."""
    return Surface.from_file(path, unit=unit, axes=axes)


def _of_length(surface: str, size: tuple[float, ...], form: str) -> tuple[float, ...]:
    if len(size) != form.count("x") + 1:
        raise DosemapError(f"--surface-size of a {surface} is {form} in mm")
    return size


def numbers(option: str, text: str | None, separator: str) -> tuple[float, ...]:
    """Return numbers of an option with a separator between; none where it is not given."""
    try:
        return tuple(float(part) for part in text.lower().split(separator)) if text else ()
    except ValueError as error:
        raise DosemapError(
            f"{option} {text!r} is not numbers with {separator!r} between"
        ) from error


def calibration_of(text: str | None) -> float | Literal["report"] | None:
    """Return a calibration factor, or that those of the report hold."""
    if text is None:
        return None
    if text == "report":
        return "report"
    try:
        return float(text)
    except ValueError as error:
        raise DosemapError(f"--calibration {text!r} is no number and not 'report'") from error


def offset(text: str | None) -> tuple[float, float, float] | None:
    """Return three lengths X,Y,Z in mm; ``None`` where they are not given."""
    if text is None:
        return None
    lengths = numbers("--table-offset", text, ",")
    if len(lengths) != 3 or not all(abs(length) <= 5000 for length in lengths):
        raise DosemapError(f"--table-offset {text!r} is not three lengths X,Y,Z in mm")
    return lengths[0], lengths[1], lengths[2]


def known_ranges(
    texts: Sequence[str], overrides: PlacementOverrides, *, interval: bool
) -> "KnownRanges | None":
    """Return what ``--known`` and the options for a map say; ``None`` without ``--interval``."""
    if not interval:
        if texts:
            raise DosemapError("--known is for --interval; add that option")
        return None
    from dosemap.interval import KnownRanges  # noqa: PLC0415  (few ask for it)

    known = KnownRanges.parse(texts)
    for name in ("kvp", "field_side_at_1m_mm"):
        value = getattr(overrides, name)
        if value is not None and getattr(known, name) is None:
            known = replace(known, **{name: (value, value)})
    return known


def positions(texts: Sequence[str]) -> Schedule[PatientPosition] | None:
    """Return the patient positions of ``--patient-position``; ``None`` where it is not given."""
    if not texts:
        return None
    option = "--patient-position"
    spans = tuple(
        replace(span, value=str(choice(option, span.value, PatientPosition)))
        for span in parse_schedule(texts, name=option).spans
    )
    return Schedule(cast("tuple[Span[PatientPosition], ...]", spans))
