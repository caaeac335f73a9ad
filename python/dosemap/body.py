"""A patient's body: shape from sex, age, height and mass, pose, and the place of every point."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, get_args

from dosemap import _core
from dosemap.anatomy import Anatomy
from dosemap.errors import DosemapError
from dosemap.patient_size import (
    GROWN_YEARS,
    PatientSize,
    Sex,
    complete_size,
    known_sex,
    plausible_patient,
    years_in_words,
)
from dosemap.posed_body import PosedBody
from dosemap.posture import is_upright, side_against_table
from dosemap.procedure import Assumption, Patient, PatientPosition, Problem, Provenance
from dosemap.ranges import check_range
from dosemap.surface import DEFAULT_SPACING_MM, RestingParts, Surface

AgeClass = Literal["newborn", "1 y", "5 y", "10 y", "15 y", "adult"]
Arms = Literal["down", "board", "crossed", "up", "left_up", "right_up"]

AGE_OF_CLASS: Mapping[AgeClass, float] = {
    "newborn": 0.0,
    "1 y": 1.0,
    "5 y": 5.0,
    "10 y": 10.0,
    "15 y": 15.0,
    "adult": 35.0,
}
"""Ages of ICRP Publication 89's reference persons; the adult is 20 to 50."""

_GIVEN = "given by the caller"
SPACING_RANGE_MM = (3.0, 15.0)
"""Of the vertices of a body."""
_HEAD_TURN_DEG = (-80.0, 80.0)


@dataclass(frozen=True, kw_only=True)
class Body:
    """A person as a closed surface in patient space, on which doses can be added over years.

    The surface has the same vertices and triangles for every person and pose: vertex i is the same
    anatomical place, so that maps of a patient who has grown or lost weight add. How it is made:
    ``docs/methods/body.md``; how near it comes to people: ``docs/validation/body.md``.

    Parameters
    ----------
    sex
        ``"F"`` or ``"M"``; half way between where it is not known.
    age_years
        0 to 120. Where it is not known, that of the reference child of this height, or an adult's.
    age_class
        Instead of the age: ``"newborn"``, ``"1 y"``, ``"5 y"``, ``"10 y"``, ``"15 y"``,
        ``"adult"``.
    height_cm
        45 to 210, of infants the length; by default that of the reference person of this age.
    mass_kg
        2 to 250; by default that of the reference person, at this height.
    thickness_ap_cm
        In place of the mass, which is then that of a person of this thickness: antero-posterior, of
        the abdomen, measured on the lying patient, 5 to 80 cm.
    arms
        ``"down"`` at the sides, on a ``"board"`` beside the body, ``"crossed"`` on the chest,
        ``"up"`` above the head, ``"left_up"`` or ``"right_up"`` (the other one down). By default
        what is usual: down, but up for a prone patient and one who lies on a side.
    head_turned_deg
        Turn of the head to the patient's left, -80 to 80 degrees.
    spacing_mm
        Distance between vertices on an adult, at most, 3 to 15 mm: the mesh has 15 mm over a whole
        number. Smaller people have closer vertices.

    Raises
    ------
    DosemapError
        A value outside its range, or a mass and a height that are not those of one person
        (body-mass index below 8 or above 100 kg/m2, or more than 60 kg per cubed metre of height).

    Examples
    --------
    >>> body = Body(sex="F", height_cm=164, mass_kg=81, arms="up", spacing_mm=15)
    >>> skin = body.surface("HFS")
    >>> round(skin.core.enclosed_volume_mm3 / 1e6)  # litres
    81
    """

    sex: Sex | None = None
    age_years: float | None = None
    age_class: AgeClass | None = None
    height_cm: float | None = None
    mass_kg: float | None = None
    thickness_ap_cm: float | None = None
    arms: Arms | None = None
    head_turned_deg: float = 0.0
    spacing_mm: float = DEFAULT_SPACING_MM
    notes: tuple[Assumption, ...] = field(default=(), repr=False)
    """What else to list with the assumptions of the surface."""
    problems: tuple[Problem, ...] = field(default=(), repr=False)
    """What was wrong with a report's values."""
    size: PatientSize = field(init=False, repr=False)
    """With what was filled in."""
    core: _core.Body = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        _check_word("sex", self.sex, Sex)
        _check_word("age_class", self.age_class, AgeClass)
        _check_word("arms", self.arms, Arms)
        check_range("head_turned_deg", self.head_turned_deg, _HEAD_TURN_DEG, "degrees")
        check_range("spacing_mm", self.spacing_mm, SPACING_RANGE_MM, "mm")
        if self.age_years is not None and self.age_class is not None:
            raise DosemapError("age_years and age_class are both given; give one of them")
        size = complete_size(
            sex=self.sex,
            age_years=AGE_OF_CLASS[self.age_class] if self.age_class else self.age_years,
            height_cm=self.height_cm,
            mass_kg=self.mass_kg,
            thickness_ap_cm=self.thickness_ap_cm,
        )
        core = _core.Body(
            sex=size.sex,
            age_years=size.age_years,
            height_mm=10 * size.height_cm,
            mass_kg=size.mass_kg,
            spacing_mm=self.spacing_mm,
        )
        object.__setattr__(self, "size", size)
        object.__setattr__(self, "core", core)

    @classmethod
    def for_patient(  # noqa: PLR0913  (all but the first are keywords with a default)
        cls,
        patient: Patient,
        *,
        sex: Sex | None = None,
        age_years: float | None = None,
        height_cm: float | None = None,
        mass_kg: float | None = None,
        thickness_ap_cm: float | None = None,
        arms: Arms | None = None,
        head_turned_deg: float = 0.0,
        spacing_mm: float = DEFAULT_SPACING_MM,
    ) -> "Body":
        """Return the body of a patient as far as a report describes it.

        What is missing is filled in from reference persons and listed in the assumptions of the
        surface; values of the report that no patient has count as missing, which :attr:`problems`
        tells.

        Parameters
        ----------
        patient
            As reported.
        sex, age_years, height_cm, mass_kg, thickness_ap_cm
            What the caller knows better; the thickness replaces the mass.
        arms, head_turned_deg, spacing_mm
            As of the class.

        Raises
        ------
        DosemapError
            One of the caller's values is outside its range or does not go with the others.

        Examples
        --------
        >>> body = Body.for_patient(Patient(sex="M", mass_kg=95.0), spacing_mm=15)
        >>> [entry.field for entry in body.size.assumptions]
        ['age_years', 'height_cm']
        """
        stated: dict[str, Any] = {
            "sex": sex,
            "age_years": age_years,
            "height_cm": height_cm,
            "mass_kg": mass_kg,
        }
        given = {name: value for name, value in stated.items() if value is not None}
        if thickness_ap_cm is not None:
            patient = replace(patient, mass_kg=None)
        known, problems = plausible_patient(replace(patient, **given), certain=given)
        return cls(
            sex=known_sex(known),
            age_years=known.age_years,
            height_cm=known.height_cm,
            mass_kg=known.mass_kg,
            thickness_ap_cm=thickness_ap_cm,
            arms=arms,
            head_turned_deg=head_turned_deg,
            spacing_mm=spacing_mm,
            notes=tuple(
                Assumption(field=name, value=value, why=_GIVEN, provenance=Provenance.USER)
                for name, value in given.items()
            ),
            problems=problems,
        )

    def surface(self, position: PatientPosition = "HFS") -> Surface:
        """Return the skin of the body as it rests in a position.

        Parameters
        ----------
        position
            How the patient lies, stands or sits: with back, front or a side against the table.

        Returns
        -------
        A closed surface. The skin of the trunk lies in the same place for all positions; head, arms
        and legs touch the pad where they can.

        Raises
        ------
        DosemapError
            The position is not known, or the arms cannot be so in it.

        Examples
        --------
        >>> body = Body(sex="M", age_class="10 y", spacing_mm=15)
        >>> prone, supine = body.surface("HFP"), body.surface("HFS")
        >>> len(prone) == len(supine)
        True
        """
        _check_word("position", position, PatientPosition)
        arms = self.arms or _usual_arms(position)
        contact, centred, head_end, feet_end = self.core.resting_parts(position)
        core = self.core.posed(position, arms=arms, head_turned_deg=self.head_turned_deg)
        return Surface(
            core,
            f"{self}, arms {arms.replace('_', ' ')}",
            assumptions=(
                *self.notes,
                *self.size.assumptions,
                self._about_arms(arms, position),
            ),
            resting_parts=RestingParts(
                contact=contact, centred=centred, head_end=head_end, feet_end=feet_end
            ),
            problems=self.problems,
            anatomy=Anatomy.of(self.core),
            body=self._posed(arms, position),
        )

    def _posed(self, arms: Arms, position: PatientPosition) -> PosedBody:
        size = self.size
        return PosedBody(
            sex=size.sex,
            age_years=size.age_years,
            height_cm=size.height_cm,
            mass_kg=size.mass_kg,
            arms=arms,
            head_turned_deg=self.head_turned_deg,
            spacing_mm=self.spacing_mm,
            patient_position=position,
            template=template_version(),
        )

    def _about_arms(self, arms: Arms, position: PatientPosition) -> Assumption:
        if self.arms is not None:
            return Assumption(field="arms", value=arms, why=_GIVEN, provenance=Provenance.USER)
        why = f"no report says where the arms are; usual for {position}"
        return Assumption(field="arms", value=arms, why=why)

    def __str__(self) -> str:
        size = self.size
        sex = {"F": "female ", "M": "male "}.get(size.sex or "", "")
        age = "adult" if size.age_years >= GROWN_YEARS else years_in_words(size.age_years)
        return f"{sex}body, {age}, {size.height_cm:.0f} cm, {size.mass_kg:.3g} kg"


def template_version() -> str:
    """Return the hash of the template of all bodies of this program."""
    return dict(_core.data_tables())["body_template.ply"]


def _usual_arms(position: PatientPosition) -> Arms:
    """Down, but not where the patient would lie on them."""
    lies_on_arms = not is_upright(position) and side_against_table(position) != "back"
    return "up" if lies_on_arms else "down"


def _check_word(name: str, value: str | None, words: object) -> None:
    known = get_args(words)
    if value is not None and value not in known:
        raise DosemapError(f"{name} is {value!r}; it must be one of {', '.join(known)}")
