"""Where on the table the patient rests: from the caller, else the profile, else assumed."""

from dataclasses import dataclass

from dosemap.equipment import PatientPlace, Profile
from dosemap.procedure import Assumption, Provenance
from dosemap.ranges import check_range

_LIMITS_MM = {"head_gap_mm": (-5000.0, 5000.0), "lateral_shift_mm": (-1000.0, 1000.0)}
_WHY_ASSUMED = {
    "head_gap_mm": "no report says where the patient lies: the surface begins this far from the"
    " table's head end",
    "lateral_shift_mm": "no report says where the patient lies: the surface lies centred across"
    " the table",
}


@dataclass(frozen=True, kw_only=True)
class PlaceOnTable:
    """Where the patient rests, and where that is known from."""

    head_gap_mm: float
    """From the table's head end to the end of the patient that lies there."""
    lateral_shift_mm: float
    """From the table's centre line towards the left of a head-first supine patient."""
    assumptions: tuple[Assumption, ...]


def place_on_table(
    profile: Profile | None, *, head_gap_mm: float | None, lateral_shift_mm: float | None
) -> PlaceOnTable:
    """Return where the patient rests on the table.

    Parameters
    ----------
    profile
        The equipment, whose site may state where its patients lie.
    head_gap_mm, lateral_shift_mm
        What the caller knows, mm; ``None`` for what is not known.

    Raises
    ------
    DosemapError
        A length of the caller is impossible.
    """
    habit = profile.patient if profile else None
    gap = _resolve("head_gap_mm", head_gap_mm, habit)
    shift = _resolve("lateral_shift_mm", lateral_shift_mm, habit)
    return PlaceOnTable(
        head_gap_mm=float(gap.value or 0.0),
        lateral_shift_mm=float(shift.value or 0.0),
        assumptions=(gap, shift),
    )


def _resolve(name: str, given: float | None, habit: PatientPlace | None) -> Assumption:
    if given is not None:
        check_range(name, given, _LIMITS_MM[name], "mm")
        return Assumption(
            field=name, value=given, why="given by the caller", provenance=Provenance.USER
        )
    stated: float | None = getattr(habit, name) if habit else None
    if habit is not None and stated is not None:
        return Assumption(
            field=name,
            value=stated,
            why=f"no report says it; profile: {habit.claim.basis}",
            provenance=Provenance.PROFILE,
        )
    return Assumption(field=name, value=0.0, why=_WHY_ASSUMED[name])
