"""Sex, age, height and mass of a patient: what is known, and what stands in for the rest."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any, Literal

from dosemap import _core
from dosemap.errors import DosemapError
from dosemap.procedure import Assumption, Patient, Problem, Provenance
from dosemap.ranges import PATIENT_RANGES, check_range

Sex = Literal["F", "M"]

GROWN_YEARS = 20.0
"""Age from which a person is an adult of ICRP Publication 89."""

_REFERENCE = "not known; that of a reference person (ICRP Publication 89)"
_THICKNESS_CM = (5.0, 80.0)
_DECIMALS = {"age_years": 2, "height_cm": 1, "mass_kg": 1}

HEIGHT_OVER_REFERENCE = (0.6, 1.4)
"""Height over that of the reference person of the age: 102 to 210 cm of adults, short stature
included. Outside, age and height are not those of one person."""

MASS_OVER_REFERENCE = (0.4, 3.5)
"""Mass of a child over that of the reference person of the age: 7.6 to 66 kg of 5 years, beyond
the most obese of growth surveys. Outside, age and mass are not those of one person."""


@dataclass(frozen=True, kw_only=True)
class PatientSize:
    """A person of whom all is known or assumed.

    Examples
    --------
    >>> size = complete_size(sex="F", mass_kg=81)
    >>> size.height_cm, [entry.field for entry in size.assumptions]
    (163.0, ['age_years', 'height_cm'])
    """

    sex: Sex | None
    """``None``: not known; the mean of both."""
    age_years: float
    height_cm: float
    mass_kg: float
    assumptions: tuple[Assumption, ...]
    """What was not given."""


def complete_size(
    *,
    sex: Sex | None = None,
    age_years: float | None = None,
    height_cm: float | None = None,
    mass_kg: float | None = None,
    thickness_ap_cm: float | None = None,
) -> PatientSize:
    """Fill in what is not known of a person from reference persons.

    An age that is not known is that of the reference child of this height, else an adult's; a mass
    that of the reference person's body-mass index; a height that of the reference person.

    Parameters
    ----------
    sex, age_years, height_cm, mass_kg
        0 to 120 years, 45 to 210 cm, 2 to 250 kg.
    thickness_ap_cm
        In place of the mass, which is then that of a person of this thickness: antero-posterior, of
        the abdomen, lying, 5 to 80 cm.

    Raises
    ------
    DosemapError
        A value outside its range, or both mass and thickness.
    """
    if thickness_ap_cm is not None and mass_kg is not None:
        raise DosemapError("mass_kg and thickness_ap_cm are both given; give one of them")
    given = {"age_years": age_years, "height_cm": height_cm, "mass_kg": mass_kg}
    for name, value in given.items():
        if value is not None:
            limits, unit = PATIENT_RANGES[name]
            check_range(name, value, limits, unit)
    if thickness_ap_cm is not None:
        check_range("thickness_ap_cm", thickness_ap_cm, _THICKNESS_CM, "cm")
        mass_kg = _core.mass_of_thickness_kg(
            sex=sex,
            age_years=age_years,
            height_mm=_mm(height_cm),
            thickness_mm=10 * thickness_ap_cm,
        )
    years, height_mm, mass = _core.completed_person(
        sex=sex, age_years=age_years, height_mm=_mm(height_cm), mass_kg=mass_kg
    )
    found = {"age_years": years, "height_cm": height_mm / 10, "mass_kg": mass}
    assumptions = [
        Assumption(field=name, value=round(found[name], _DECIMALS[name]), why=_REFERENCE)
        for name, value in given.items()
        if value is None
    ]
    if thickness_ap_cm is not None:
        why = f"that of a person who is {thickness_ap_cm:g} cm thick, as given"
        assumptions[-1] = replace(assumptions[-1], why=why, provenance=Provenance.DERIVED)
    if sex is None:
        why = "not known; a body half way between the sexes"
        assumptions.insert(0, Assumption(field="sex", value=None, why=why))
    return PatientSize(sex=sex, **found, assumptions=tuple(assumptions))


def known_sex(patient: Patient) -> Sex | None:
    """Return the sex of a patient; other ones have the body half way between."""
    return patient.sex if patient.sex != "O" else None


def plausible_patient(
    patient: Patient, *, certain: Collection[str] = ()
) -> tuple[Patient, tuple[Problem, ...]]:
    """Return a patient without what no patient can have, and a problem for each such value.

    Parameters
    ----------
    patient
        As reported.
    certain
        Names of values that the caller has put in place of the report's: they stay.

    Raises
    ------
    DosemapError
        One of the caller's values is outside its range.
    """
    problems = []

    def forget(names: Collection[str], message: str) -> Patient:
        problems.append(Problem(code="patient-value-implausible", message=message))
        missing: dict[str, Any] = dict.fromkeys(names)
        return replace(patient, **missing)

    for name, ((low, high), unit) in PATIENT_RANGES.items():
        value = getattr(patient, name)
        if name in certain:
            check_range(name, value, (low, high), unit)
        elif value is not None and not low <= value <= high:
            patient = forget(
                (name,),
                f"the patient's {name} is {value:g} {unit}, which must lie between {low:g} and"
                f" {high:g}; it counts as not known",
            )
    for pair in _PAIRS:
        # Which of two is wrong is not known: a height in inches is as likely as an age of 0.
        doubtful = [name for name in pair if name not in certain]
        if _fit_together(patient, *pair):
            continue
        first, second = (_in_words(name, getattr(patient, name)) for name in pair)
        if doubtful:
            patient = forget(
                doubtful,
                f"{first} and {second} are not those of one patient;"
                f" {' and '.join(doubtful)} of the report"
                f" {'counts' if len(doubtful) == 1 else 'count'} as not known; state the right"
                f" {'one' if len(doubtful) == 1 else 'ones'}",
            )
        else:
            problems.append(
                Problem(
                    code="patient-value-implausible",
                    message=f"{first} and {second}, both given by the caller, are not those of one"
                    " patient; they are used as given; check them",
                )
            )
    return patient, tuple(problems)


_PAIRS = (("height_cm", "mass_kg"), ("age_years", "height_cm"), ("age_years", "mass_kg"))


def _fit_together(patient: Patient, first: str, second: str) -> bool:
    """Tell whether two values can be those of one person, with a reference person's for the rest.

    True where either is missing. An age is held against the height where that is known; that of a
    child against the mass as well.
    """
    pair: dict[str, float | None] = {name: getattr(patient, name) for name in (first, second)}
    if None in pair.values():
        return True
    sex, years = known_sex(patient), pair.get("age_years")
    height_cm, mass_kg = pair.get("height_cm"), pair.get("mass_kg")
    if mass_kg is None:
        reference_mm = _reference_height_mm(sex, years, mass_kg=None)
        low, high = HEIGHT_OVER_REFERENCE
        return low <= 10 * (height_cm or 0.0) / reference_mm <= high
    if height_cm is None:
        if years is not None and years < GROWN_YEARS:
            low, high = MASS_OVER_REFERENCE
            if not low <= mass_kg / _reference_mass_kg(sex, years) <= high:
                return False
        if patient.height_cm is not None:
            return True
        height_cm = _reference_height_mm(sex, years, mass_kg=mass_kg) / 10
    lightest_kg, heaviest_kg = _core.masses_of_height_kg(10 * height_cm)
    return lightest_kg <= mass_kg <= heaviest_kg


def _reference_height_mm(sex: Sex | None, years: float | None, *, mass_kg: float | None) -> float:
    _, height_mm, _ = _core.completed_person(
        sex=sex, age_years=years, height_mm=None, mass_kg=mass_kg
    )
    return height_mm


def _reference_mass_kg(sex: Sex | None, years: float) -> float:
    _, _, mass_kg = _core.completed_person(sex=sex, age_years=years, height_mm=None, mass_kg=None)
    return mass_kg


def _in_words(name: str, value: float) -> str:
    quantity, _, _ = name.partition("_")
    if name == "age_years":
        return f"{quantity} {years_in_words(value)}"
    return f"{quantity} {value:g} {PATIENT_RANGES[name][1]}"


def years_in_words(years: float) -> str:
    """Return an age in words.

    Examples
    --------
    >>> years_in_words(1), years_in_words(0.25), years_in_words(5)
    ('1 year', '0.25 years', '5 years')
    """
    number = f"{years:.2g}" if years < 100 else f"{years:.3g}"
    return f"{number} year" if number == "1" else f"{number} years"


def _mm(length_cm: float | None) -> float | None:
    return None if length_cm is None else 10 * length_cm
