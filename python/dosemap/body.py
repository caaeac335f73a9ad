"""A patient's body: shape from sex, age, height and mass, pose, and the place of every point."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from dosemap import _core
from dosemap.errors import DosemapError
from dosemap.procedure import Assumption, Patient, PatientPosition, Problem
from dosemap.ranges import check_range
from dosemap.surface import DEFAULT_SPACING_MM, RestingParts, Surface

Sex = Literal["F", "M"]
AgeClass = Literal["newborn", "1 y", "5 y", "10 y", "15 y", "adult"]
Arms = Literal["down", "board", "crossed", "up", "left_up", "right_up"]

_YEARS: Mapping[AgeClass, float] = {
    "newborn": 0.0,
    "1 y": 1.0,
    "5 y": 5.0,
    "10 y": 10.0,
    "15 y": 15.0,
    "adult": 35.0,
}
"""Ages of ICRP Publication 89's reference persons; the adult is 20 to 50."""

_RANGES: Mapping[str, tuple[tuple[float, float], str]] = {
    "age_years": ((0.0, 120.0), "years"),
    "height_cm": ((45.0, 210.0), "cm"),
    "mass_kg": ((2.0, 250.0), "kg"),
    "thickness_ap_cm": ((5.0, 80.0), "cm"),
    "head_turned_deg": ((-80.0, 80.0), "degrees"),
    "spacing_mm": ((3.0, 15.0), "mm"),
}


@dataclass(frozen=True, kw_only=True)
class Body:
    """A person as a closed surface in patient space, on which doses can be added over years.

    The surface has the same vertices and triangles for every person and pose: vertex i is the same
    anatomical place, so that maps of a patient who has grown or lost weight add.

    Parameters
    ----------
    sex
        ``"F"`` or ``"M"``; the mean of both where it is not known.
    age_years
        0 to 120. Where it is not known, that of the reference child of this height, or an adult's.
    age_class
        Instead of the age: ``"newborn"``, ``"1 y"``, ``"5 y"``, ``"10 y"``, ``"15 y"``,
        ``"adult"``.
    height_cm
        45 to 210, of infants the length; by default that of the reference person of this age.
    mass_kg
        2 to 250; by default that of the reference person, at this height.
    arms
        ``"down"`` at the sides, on a ``"board"`` beside the body, ``"crossed"`` on the chest,
        ``"up"`` above the head, ``"left_up"`` or ``"right_up"`` (the other one down). By default
        what is usual in a position: down, but up for a prone patient and one who lies on a side.
    head_turned_deg
        Turn of the head to the patient's left, -80 to 80 degrees.
    spacing_mm
        Distance between vertices on an adult, at most, 3 to 15 mm. The mesh is divided into 15 mm
        over a whole number; smaller people have closer vertices.

    Raises
    ------
    DosemapError
        A value outside its range, or a mass and a height that do not belong together (body-mass
        index 8 to 100 kg/m2).

    Examples
    --------
    >>> body = Body(sex="F", height_cm=164, mass_kg=81, arms="up", spacing_mm=15)
    >>> surface = body.surface("HFS")
    >>> round(surface.core.enclosed_volume_mm3 / 1e6)  # litres
    81
    """

    sex: Sex | None = None
    age_years: float | None = None
    age_class: AgeClass | None = None
    height_cm: float | None = None
    mass_kg: float | None = None
    arms: Arms | None = None
    head_turned_deg: float = 0.0
    spacing_mm: float = DEFAULT_SPACING_MM
    assumptions: tuple[Assumption, ...] = field(default=(), repr=False)
    """What was filled in because it was not given; the arms come with the position."""
    problems: tuple[Problem, ...] = field(default=(), repr=False)
    core: _core.Body = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        _check_words(sex=self.sex, age_class=self.age_class, arms=self.arms)
        if self.age_years is not None and self.age_class is not None:
            raise DosemapError("give age_years or age_class, not both")
        for name, (limits, unit) in _RANGES.items():
            value = getattr(self, name, None)
            if value is not None:
                check_range(name, value, limits, unit)
        age_years = _YEARS[self.age_class] if self.age_class else self.age_years
        core = _core.Body(
            sex=self.sex,
            age_years=age_years,
            height_mm=None if self.height_cm is None else 10 * self.height_cm,
            mass_kg=self.mass_kg,
            spacing_mm=self.spacing_mm,
        )
        object.__setattr__(self, "core", core)
        told = {entry.field for entry in self.assumptions}
        missing = [entry for entry in self._filled_in() if entry.field not in told]
        object.__setattr__(self, "assumptions", (*self.assumptions, *missing))

    @classmethod
    def for_patient(
        cls,
        patient: Patient,
        *,
        thickness_ap_cm: float | None = None,
        arms: Arms | None = None,
        head_turned_deg: float = 0.0,
        spacing_mm: float = DEFAULT_SPACING_MM,
    ) -> "Body":
        """Return the body of a patient as far as a report describes it.

        What is missing is filled in from reference persons and listed in :attr:`assumptions`;
        values that no patient has count as missing, which :attr:`problems` tells.

        Parameters
        ----------
        patient
            As reported.
        thickness_ap_cm
            Antero-posterior thickness of the abdomen, measured as the patient lies, 5 to 80 cm:
            replaces the mass by that of a person of this thickness.
        arms, head_turned_deg, spacing_mm
            As of the class.

        Raises
        ------
        DosemapError
            One of the other parameters is outside its range.

        Examples
        --------
        >>> body = Body.for_patient(Patient(sex="M", mass_kg=95.0), spacing_mm=15)
        >>> [entry.field for entry in body.assumptions]
        ['age_years', 'height_cm']
        """
        height_cm, mass_kg, age_years, problems = _plausible(patient)
        sex: Sex | None = patient.sex if patient.sex != "O" else None
        assumptions: tuple[Assumption, ...] = ()
        if thickness_ap_cm is not None:
            limits, unit = _RANGES["thickness_ap_cm"]
            check_range("thickness_ap_cm", thickness_ap_cm, limits, unit)
            mass_kg = _core.mass_of_thickness_kg(
                sex=sex,
                age_years=age_years,
                height_mm=_mm(height_cm),
                thickness_mm=10 * thickness_ap_cm,
            )
            why = f"that of a person with the thickness measured, {thickness_ap_cm:g} cm"
            assumptions = (Assumption(field="mass_kg", value=round(mass_kg, 1), why=why),)
        return cls(
            sex=sex,
            age_years=age_years,
            height_cm=height_cm,
            mass_kg=mass_kg,
            arms=arms,
            head_turned_deg=head_turned_deg,
            spacing_mm=spacing_mm,
            assumptions=assumptions,
            problems=tuple(problems),
        )

    def surface(self, position: PatientPosition = "HFS") -> Surface:
        """Return the skin of the body as it rests in a position.

        Parameters
        ----------
        position
            How the patient lies, stands or sits: back, front or a side against the table.

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
        _check_words(position=position)
        arms = self.arms or _usual_arms(position)
        core, parts = self.core.posed(
            patient_position=position, arms=arms, head_turned_deg=self.head_turned_deg
        )
        assumptions = self.assumptions
        if self.arms is None:
            why = f"no report says where the arms are; usual for {position}"
            assumptions += (Assumption(field="arms", value=arms, why=why),)
        return Surface(
            core,
            f"{self}, arms {arms.replace('_', ' ')}",
            assumptions=assumptions,
            problems=self.problems,
            anatomy=self.core,
            resting_parts=RestingParts(*parts),
        )

    def __str__(self) -> str:
        sex = {"F": "female ", "M": "male "}.get(self.sex or "", "")
        core = self.core
        age = "adult" if core.age_years >= _GROWN_YEARS else f"{core.age_years:.2g} years"
        return f"{sex}body, {age}, {core.height_mm / 10:.0f} cm, {core.mass_kg:.3g} kg"

    def _filled_in(self) -> list[Assumption]:
        """Return what had to be taken from reference persons."""
        core = self.core
        person = "reference person (ICRP Publication 89)"
        values: Mapping[str, tuple[object, float | str, str]] = {
            "sex": (self.sex, "mean of both", "not known"),
            "age_years": (
                self.age_class or self.age_years,
                round(core.age_years, 2),
                f"not known; {'an adult' if core.age_years >= _GROWN_YEARS else person}",
            ),
            "height_cm": (self.height_cm, round(core.height_mm / 10, 1), f"not known; {person}"),
            "mass_kg": (self.mass_kg, round(core.mass_kg, 1), f"not known; {person}"),
        }
        return [
            Assumption(field=name, value=used, why=why)
            for name, (given, used, why) in values.items()
            if given is None
        ]


_GROWN_YEARS = 20.0

_WORDS = {
    "sex": Sex,
    "age_class": AgeClass,
    "arms": Arms,
    "position": PatientPosition,
}


def _check_words(**given: str | None) -> None:
    for name, value in given.items():
        known = get_args(_WORDS[name])
        if value is not None and value not in known:
            raise DosemapError(f"{name} is {value!r}; it must be one of {', '.join(known)}")


def _usual_arms(position: PatientPosition) -> Arms:
    """Arms out of the way of the trunk where they would lie under or beside it in the beam."""
    return "up" if position.startswith(("HFP", "FFP", "HFD", "FFD")) else "down"


def _mm(length_cm: float | None) -> float | None:
    return None if length_cm is None else 10 * length_cm


def _plausible(
    patient: Patient,
) -> tuple[float | None, float | None, float | None, list[Problem]]:
    """Return height, mass and age where a patient can have them, and what cannot be."""
    problems = []
    values: dict[str, float | None] = {}
    for name in ("height_cm", "mass_kg", "age_years"):
        value = getattr(patient, name)
        (low, high), unit = _RANGES[name]
        if value is not None and not low <= value <= high:
            problems.append(
                Problem(
                    code="patient-value-impossible",
                    message=f"{name} is {value:g} {unit}, which no patient is ({low:g} to"
                    f" {high:g}); it counts as not known",
                )
            )
            value = None
        values[name] = value
    height_cm, mass_kg = values["height_cm"], values["mass_kg"]
    if height_cm is not None and mass_kg is not None:
        bmi = mass_kg / (height_cm / 100) ** 2
        low, high = _core.BODY_MASS_INDEX_RANGE
        if not low <= bmi <= high:
            problems.append(
                Problem(
                    code="patient-value-impossible",
                    message=f"height_cm {height_cm:g} and mass_kg {mass_kg:g} do not belong to one"
                    " patient; both count as not known; give the patient's own",
                )
            )
            height_cm = mass_kg = None
    return height_cm, mass_kg, values["age_years"], problems
