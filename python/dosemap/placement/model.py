"""What placing an event yields, and what a caller can add to it."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import get_args

from dosemap.equipment import Family, Profile
from dosemap.errors import DosemapError
from dosemap.placement.pose import Pose
from dosemap.procedure import (
    Assumption,
    Event,
    Filter,
    PatientPosition,
    Problem,
    Procedure,
    Provenance,
)
from dosemap.ranges import check_range
from dosemap.schedule import Schedule, Span

FieldRectangle = tuple[float, float, float, float]


@dataclass(frozen=True, kw_only=True)
class BeamPlacement(Pose):
    """One beam, in the package's own spaces and signs; the pose is that at its start."""

    end: Pose | None
    """Pose at the end; ``None`` for a beam that stands still. Angles run evenly from the numbers of
    the start to those of the end, which may lie beyond 180 degrees."""
    patient_position: PatientPosition
    reference_air_kerma_gy: float
    source_to_reference_point_mm: float
    field_at_1m_mm: FieldRectangle
    """u_min, u_max, v_min, v_max at 1000 mm from the focal spot; with both angles 0, +u points to
    the left of a supine patient (towards primary +90) and +v to the head."""
    kvp: float
    anode_angle_deg: float
    inherent_filters: tuple[Filter, ...]
    added_filters: tuple[Filter, ...]
    provenance: Mapping[str, Provenance]
    """Provenance of the fields above, by name."""


class NotPlaceable(DosemapError):  # noqa: N818  (it is a result as well as an exception)
    """An event's beam cannot be placed; the text says what is missing and how to supply it."""

    def __init__(self, field: str, message: str, *, fields: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.field = field
        """Field of the event or of :class:`BeamPlacement` that is missing or impossible."""
        self.fields = fields or (field,)
        """All of them."""
        self.message = message


@dataclass(frozen=True, kw_only=True)
class PlacementOverrides:
    """What the caller knows and the report may lack.

    ``patient_position`` replaces the report's and ``table_offset_mm`` is added to every table
    position; everything else is used only where the report has no value.
    """

    patient_position: PatientPosition | Schedule[PatientPosition] | None = None
    """One for all events, or a schedule of them (:mod:`dosemap.schedule`)."""
    table_offset_mm: tuple[float, float, float] | None = None
    """Shift of the table along x, y, z of isocenter space; where the profile does not know the
    zero of a position, its zero (0, 0, 0 if that is the isocentre)."""
    table_origin_in_isocenter_mm: tuple[float, float, float] | None = None
    primary_angle_deg: float | None = None
    secondary_angle_deg: float | None = None
    source_to_isocenter_mm: float | None = None
    source_to_reference_point_mm: float | None = None
    field_side_at_1m_mm: float | None = None
    """Side of a square field at 1000 mm from the focal spot."""
    kvp: float | None = None
    added_filters: tuple[Filter, ...] | None = None

    def __post_init__(self) -> None:
        known = get_args(PatientPosition)
        for span in self._position_spans():
            if span.value not in known:
                raise DosemapError(
                    f"patient_position is {span.value!r}; it must be one of {', '.join(known)}"
                )
        for name, (limits, unit) in _LIMITS.items():
            value = getattr(self, name)
            for number in value if isinstance(value, tuple) else (value,):
                if number is not None:
                    check_range(name, number, limits, unit)

    def _position_spans(self) -> tuple[Span[PatientPosition], ...]:
        given = self.patient_position
        if isinstance(given, Schedule):
            return given.spans
        return () if given is None else (Span(given),)

    def positions(self, events: Sequence[Event]) -> tuple[PatientPosition | None, ...]:
        """Return the caller's patient position for every event of a report.

        Raises
        ------
        DosemapError
            The schedule does not fit the events.
        """
        spans = self._position_spans()
        if not spans or not events:
            return (None,) * len(events)
        return Schedule(spans).values(events, name="patient_position")


_LIMITS: Mapping[str, tuple[tuple[float, float], str]] = {
    "table_offset_mm": ((-5000, 5000), "mm"),
    "table_origin_in_isocenter_mm": ((-5000, 5000), "mm"),
    "primary_angle_deg": ((-360, 360), "degrees"),
    "secondary_angle_deg": ((-90, 90), "degrees"),
    "source_to_isocenter_mm": ((100, 3000), "mm"),
    "source_to_reference_point_mm": ((100, 3000), "mm"),
    "field_side_at_1m_mm": ((1, 2000), "mm"),
    "kvp": ((40, 150), "kV"),
}
"""What the caller's numbers can be; spectra are known from 40 to 150 kV."""


@dataclass(frozen=True, kw_only=True)
class PlacedProcedure:
    """A procedure's beams, one entry per event in the order of the events."""

    procedure: Procedure
    profile: Profile | None
    family: Family | None
    """That of the profile, or the one of totals only that was asked for or matched."""
    placements: tuple[BeamPlacement | NotPlaceable, ...]
    assumptions: tuple[Assumption, ...] = ()
    problems: tuple[Problem, ...] = ()
    """Problems of the placement only; those of the report are in ``procedure.problems``."""
    reason: str | None = field(default=None)
    """Why there is no placement at all; ``None`` when at least one event is placed."""

    @property
    def air_kerma_not_placed_gy(self) -> float:
        """Reference air kerma of the events that are not placed, in Gy."""
        return math.fsum(
            event.reference_air_kerma_gy or 0.0
            for event, placed in zip(self.procedure.events, self.placements, strict=True)
            if isinstance(placed, NotPlaceable)
        )
