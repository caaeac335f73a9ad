"""The patient's surface at rest on the support: one scene per patient position, when asked for."""

from functools import cache

from dosemap import _core
from dosemap.body import Body
from dosemap.corrections import Corrections
from dosemap.equipment import Profile, Support
from dosemap.placement import PlaceOnTable, Pose, SkinDistance, place_on_table
from dosemap.procedure import PatientPosition, Procedure
from dosemap.surface import Surface


def skin_of(procedure: Procedure, profile: Profile) -> SkinDistance:
    """Return what finds the entrance of a central ray on the body of a report's own patient.

    The surface of :func:`dosemap.estimate` where nothing is given; made when it is first asked.

    Parameters
    ----------
    procedure
        The report, for patient.
    profile
        Its equipment, for the pad and where patients lie.
    """

    @cache
    def scenes() -> Scenes:
        return Scenes(
            Body.for_patient(procedure.patient),
            place=place_on_table(profile, head_gap_mm=None, lateral_shift_mm=None),
            support=profile.support,
            corrections=Corrections(),
        )

    return lambda pose, position: scenes().skin_distance_mm(pose, position)


class Scenes:
    """Surface and scene of each position; the same skin, bent differently."""

    def __init__(
        self,
        patient: Surface | Body,
        *,
        place: PlaceOnTable,
        support: Support,
        corrections: Corrections,
    ) -> None:
        self.patient = patient
        self._place = place
        self._support = support
        self._corrections = corrections
        self._made: dict[PatientPosition, tuple[Surface, _core.Scene]] = {}

    def of_another(self, patient: Surface | Body) -> "Scenes":
        """Return the scenes of another patient on the same table."""
        return Scenes(
            patient, place=self._place, support=self._support, corrections=self._corrections
        )

    def surface(self, position: PatientPosition) -> Surface:
        """Return the surface of a position."""
        return self._at(position)[0]

    def scene(self, position: PatientPosition) -> _core.Scene:
        """Return the scene of a position."""
        return self._at(position)[1]

    def skin_distance_mm(self, pose: Pose, position: PatientPosition) -> float | None:
        """Return how far from the focal spot the central ray enters the skin, mm.

        Parameters
        ----------
        pose
            C-arm and table.
        position
            How the patient lies.

        Returns
        -------
        The distance; ``None`` where the ray misses the surface.
        """
        return self.scene(position).central_ray_entrance_mm(pose.settings())

    def _at(self, position: PatientPosition) -> tuple[Surface, _core.Scene]:
        if position not in self._made:
            patient = self.patient
            surface = patient.surface(position) if isinstance(patient, Body) else patient
            self._made[position] = surface, self._scene(surface, position)
        return self._made[position]

    def _scene(self, surface: Surface, position: PatientPosition) -> _core.Scene:
        origin = surface.core.origin_at_rest(
            position,
            support_height_mm=self._support.pad.thickness_mm,
            head_gap_mm=self._place.head_gap_mm,
            lateral_shift_mm=self._place.lateral_shift_mm,
            parts=surface.resting_parts,
        )
        extents = [layer.extent for layer in self._support.layers]
        low, high = (
            [(e.lateral_mm[i], e.vertical_mm[i], e.longitudinal_mm[i]) for e in extents]
            for i in (0, 1)
        )
        return _core.Scene(
            surface.core,
            patient_position=position,
            patient_origin_in_table_mm=(origin[0], origin[1], origin[2]),
            support_boxes_mm=list(zip(low, high, strict=True)),
            inverse_square=self._corrections.inverse_square,
            occlusion=self._corrections.occlusion,
        )
