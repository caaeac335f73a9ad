"""Where C-arm and table stand at one moment, and on the way from one moment to another."""

from dataclasses import dataclass

from dosemap.equipment import AngleSpace
from dosemap.procedure import PatientPosition

Point = tuple[float, float, float]
ANGLES = (
    "primary_angle_deg",
    "secondary_angle_deg",
    "detector_rotation_deg",
    "table_horizontal_rotation_deg",
    "table_head_tilt_deg",
    "table_cradle_tilt_deg",
)
"""What turns during an event."""


@dataclass(frozen=True, kw_only=True)
class Pose:
    """C-arm and table, in the package's own spaces and signs."""

    angle_space: AngleSpace
    """Space to which the two positioner angles refer; signs are DICOM's (PS3.3 C.8.7.5)."""
    primary_angle_deg: float
    secondary_angle_deg: float
    detector_rotation_deg: float
    source_to_isocenter_mm: float
    table_origin_in_isocenter_mm: Point
    """Where the origin of table space (top surface, centre line, head end) lies."""
    table_horizontal_rotation_deg: float
    table_head_tilt_deg: float
    table_cradle_tilt_deg: float

    def settings(self) -> dict[str, object]:
        """Return the pose as the compiled module takes it."""
        return {
            "angles_relative_to_patient": self.angle_space == "patient",
            "source_to_isocenter_mm": self.source_to_isocenter_mm,
            "table_origin_in_isocenter_mm": self.table_origin_in_isocenter_mm,
            **{name: getattr(self, name) for name in ANGLES},
        }

    def on_the_way(self, end: "Pose", share: float) -> "Pose":
        """Return the pose after a share (0 to 1) of an even movement to another one."""
        x, y, z = (
            a + share * (b - a)
            for a, b in zip(
                self.table_origin_in_isocenter_mm, end.table_origin_in_isocenter_mm, strict=True
            )
        )
        moved = {
            name: getattr(self, name) + share * (getattr(end, name) - getattr(self, name))
            for name in ANGLES
        }
        return Pose(
            angle_space=self.angle_space,
            source_to_isocenter_mm=self.source_to_isocenter_mm,
            table_origin_in_isocenter_mm=(x, y, z),
            **moved,
        )

    def path_to(self, end: "Pose | None") -> "tuple[Pose, ...]":
        """Return poses on the way to the end, an eighth of it apart; this one where it stands."""
        if end is None:
            return (self,)
        return tuple(self.on_the_way(end, part / 8) for part in range(9))

    def central_ray_on_table(self, position: PatientPosition) -> tuple[Point, Point]:
        """Return focal spot (mm) and direction of the central ray in table space.

        Parameters
        ----------
        position
            How the patient lies; angles of patient space turn with it.
        """
        # Profiles and placement load fast without the compiled module.
        from dosemap._core import central_ray_on_table  # noqa: PLC0415

        (x, y, z), (u, v, w) = central_ray_on_table(self.settings(), position)
        return (x, y, z), (u, v, w)
