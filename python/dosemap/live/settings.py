"""What is fixed for a whole session, and what of it stands in for values that frames lack."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4, uuid5

from dosemap.equipment import Profile
from dosemap.errors import DosemapError
from dosemap.frames import DISTANCE_MM
from dosemap.live.columns import ANGLE_SPACES, POSITIONS
from dosemap.procedure import Assumption, PatientPosition, Provenance
from dosemap.ranges import check_range

_SECONDS = (0.0, 86400.0)
_NO_TURN = (
    "detector_rotation_deg",
    "table_horizontal_rotation_deg",
    "table_head_tilt_deg",
    "table_cradle_tilt_deg",
)
_NOT_STATED = "the frames do not state it"


@dataclass(frozen=True, kw_only=True)
class LiveSettings:
    """The settings of a session."""

    patient_position: PatientPosition | None = None
    source_to_reference_point_mm: float | None = None
    head_gap_mm: float | None = None
    lateral_shift_mm: float | None = None
    pedal_gap_s: float = 1.0
    late_s: float = 10.0
    started: datetime | None = None
    study_instance_uid: str | None = None
    session_id: UUID

    def __post_init__(self) -> None:
        if self.patient_position is not None and self.patient_position not in POSITIONS:
            raise DosemapError(
                f"patient_position is {self.patient_position!r}; it must be one of"
                f" {', '.join(POSITIONS)}"
            )
        if self.source_to_reference_point_mm is not None:
            name = "source_to_reference_point_mm"
            check_range(name, self.source_to_reference_point_mm, DISTANCE_MM, "mm")
        check_range("pedal_gap_s", self.pedal_gap_s, _SECONDS, "s")
        check_range("late_s", self.late_s, _SECONDS, "s")

    @classmethod
    def new(cls, **settings: Any) -> "LiveSettings":  # noqa: ANN401  (those of the fields)
        """Return the settings of a session that begins."""
        return cls(session_id=uuid4(), **settings)

    @classmethod
    def from_dict(cls, entry: Mapping[str, Any]) -> "LiveSettings":
        """Return what :meth:`to_dict` gave."""
        started = entry["started"]
        return cls(
            **{
                **entry,
                "started": datetime.fromisoformat(started) if started else None,
                "session_id": UUID(entry["session_id"]),
            }
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the settings as JSON can hold them."""
        started = self.started.isoformat() if self.started else None
        return {**asdict(self), "started": started, "session_id": str(self.session_id)}

    def uid_of(self, name: object) -> str:
        """Return a UID for an irradiation event: the same each time the session is asked.

        Parameters
        ----------
        name
            Number of the press, or why its frames are not mapped.
        """
        return f"2.25.{uuid5(self.session_id, str(name)).int}"

    @property
    def first_position(self) -> PatientPosition:
        """Where the patient lies unless frames say otherwise."""
        return self.patient_position or "HFS"


def defaults(settings: LiveSettings, profile: Profile) -> dict[str, tuple[float, Assumption]]:
    """Return what stands in for each field that frames may lack, and how that is listed.

    Parameters
    ----------
    settings
        Of the session.
    profile
        The equipment.
    """
    position, reference_mm = settings.patient_position, settings.source_to_reference_point_mm
    found = {
        "plane": (0.0, _assumed("acquisition_plane", "single", _NOT_STATED)),
        "patient_position": (
            float(POSITIONS.index(settings.first_position)),
            _given("patient_position", position)
            if position
            else _assumed("patient_position", "HFS", f"{_NOT_STATED}; head-first supine is usual"),
        ),
        "angle_space": (
            float(ANGLE_SPACES.index(profile.angles.space)),
            _of_profile("angle_space", profile.angles.space, profile.angles.claim.basis),
        ),
        "added_filters": (0.0, _assumed("added_filters", "none", "the frames do not tell them")),
        **{name: (0.0, _assumed(name, 0.0, _NOT_STATED)) for name in _NO_TURN},
    }
    if reference_mm is not None:
        name = "source_to_reference_point_mm"
        found[name] = (reference_mm, _given(name, reference_mm))
    if profile.source_to_isocenter is not None:
        name, known = "source_to_isocenter_mm", profile.source_to_isocenter
        found[name] = (
            known.distance_mm,
            _of_profile(name, known.distance_mm, known.claim.basis),
        )
    return found


def _assumed(field: str, value: float | str, why: str) -> Assumption:
    return Assumption(field=field, value=value, why=why)


def _given(field: str, value: float | str) -> Assumption:
    return Assumption(
        field=field, value=value, why="given by the caller", provenance=Provenance.USER
    )


def _of_profile(field: str, value: float | str, basis: str) -> Assumption:
    return Assumption(
        field=field,
        value=value,
        why=f"{_NOT_STATED}; profile: {basis}",
        provenance=Provenance.PROFILE,
    )
