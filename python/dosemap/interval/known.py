"""What the caller knows beyond the report; every range that is given narrows the interval."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields

from dosemap.calibration import MeterCalibration
from dosemap.corrections import Corrections
from dosemap.equipment import Profile
from dosemap.errors import DosemapError
from dosemap.interval.ranges import Bound, Range
from dosemap.procedure import Provenance
from dosemap.ranges import check_range

Ends = tuple[float, float]
"""Lowest and highest value; twice the same where it is known."""


@dataclass(frozen=True, kw_only=True)
class KnownRanges:
    """Ranges that the caller vouches for, each (lowest, highest).

    ``source_to_detector_mm``, ``source_to_reference_point_mm``, ``field_side_at_1m_mm`` and
    ``kvp`` are used for events of which the report does not state them; the others take the place
    of the program's own bounds.

    Examples
    --------
    >>> KnownRanges(source_to_skin_mm=(550, 650)).source_to_skin_mm
    (550, 650)
    >>> KnownRanges.parse(["skin_to_detector_mm=200-350", "kvp=70"])
    KnownRanges(skin_to_detector_mm=(200.0, 350.0), kvp=(70.0, 70.0))
    """

    source_to_skin_mm: Ends | None = None
    """Focal spot to skin, along the ray."""
    skin_to_detector_mm: Ends | None = None
    """Entrance skin to detector: the patient's thickness along the beam and the gap behind."""
    source_to_detector_mm: Ends | None = None
    source_to_reference_point_mm: Ends | None = None
    field_side_at_1m_mm: Ends | None = None
    """Side of the field, taken as a square, 1000 mm from the focal spot."""
    kvp: Ends | None = None
    incidence_deg: Ends | None = None
    """Angle between the beam and the normal of the skin where the dose is highest."""
    support_transmission: Ends | None = None
    """Share of the air kerma that table and pad let through, their forward scatter included."""
    air_kerma_deviation: Ends | None = None
    """Indicated over true air kerma, less 1: (-0.35, 0.35) is what IEC 60601-2-43 allows."""

    def __post_init__(self) -> None:
        for name, (limits, unit) in _LIMITS.items():
            ends: Ends | None = getattr(self, name)
            if ends is None:
                continue
            for end in ends:
                check_range(name, end, limits, unit)
            if ends[0] > ends[1]:
                raise DosemapError(f"{name} is {ends[0]:g} to {ends[1]:g}; give the lowest first")

    def __repr__(self) -> str:
        given = [f"{f.name}={v}" for f in fields(self) if (v := getattr(self, f.name)) is not None]
        return f"KnownRanges({', '.join(given)})"

    @classmethod
    def parse(cls, texts: Iterable[str]) -> "KnownRanges":
        """Read ``NAME=LOW-HIGH`` or ``NAME=VALUE``; ``..`` in place of ``-`` for negative ends.

        Raises
        ------
        DosemapError
            A text has another form, an unknown or repeated name, or impossible values.
        """
        ranges: dict[str, Ends] = {}
        for text in texts:
            name, _, values = text.partition("=")
            name = name.strip().replace("-", "_")
            if name not in _LIMITS:
                raise DosemapError(f"{text!r} names none of {', '.join(_LIMITS)}")
            if name in ranges:
                raise DosemapError(f"{name} is given twice")
            low, _, high = values.partition(".." if ".." in values else "-")
            try:
                ranges[name] = (float(low), float(high or low))
            except ValueError as error:
                raise DosemapError(f"{text!r} is not NAME=LOW-HIGH or NAME=VALUE") from error
        return cls(**ranges)

    def bound(self, name: str) -> Bound | None:
        """Return what the caller knows of a quantity."""
        ends: Ends | None = getattr(self, name)
        if ends is None:
            return None
        return Bound(
            quantity=name,
            unit=_LIMITS[name][1],
            range=Range(float(ends[0]), float(ends[1])),
            source="given by the caller",
            provenance=Provenance.USER,
        )


@dataclass(frozen=True, kw_only=True)
class Given:
    """What holds for all events of a procedure."""

    profile: Profile | None
    corrections: Corrections
    calibration: MeterCalibration
    known: KnownRanges
    rounded_to_zero_below_gy: float
    """What an air kerma of 0 beside a kerma-area product above 0 can be at most."""


_LIMITS: Mapping[str, tuple[Ends, str]] = {
    "source_to_skin_mm": ((50, 3000), "mm"),
    "skin_to_detector_mm": ((1, 2000), "mm"),
    "source_to_detector_mm": ((200, 3000), "mm"),
    "source_to_reference_point_mm": ((100, 3000), "mm"),
    "field_side_at_1m_mm": ((1, 2000), "mm"),
    "kvp": ((40, 150), "kV"),
    "incidence_deg": ((0, 85), "deg"),
    "support_transmission": ((0.01, 1.2), ""),
    "air_kerma_deviation": ((-0.9, 2.0), ""),
}
"""What the ranges can be, and their unit."""
