"""Sex, age, height and mass of a patient: what is known, and what stands in for the rest."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from dosemap import _core
from dosemap.errors import DosemapError
from dosemap.procedure import Assumption, Patient, Problem, Provenance
from dosemap.ranges import check_range

Sex = Literal["F", "M"]

SIZE_RANGES: Mapping[str, tuple[tuple[float, float], str]] = {
    "age_years": ((0.0, 120.0), "years"),
    "height_cm": ((45.0, 210.0), "cm"),
    "mass_kg": ((2.0, 250.0), "kg"),
}
"""Limits and unit of what a body can be made for."""

GROWN_YEARS = 20.0
"""Age from which a person is an adult of ICRP Publication 89."""

_REFERENCE = "not known; that of a reference person (ICRP Publication 89)"
_THICKNESS_CM = (5.0, 80.0)
_HEIGHT_OF_CHILD = (0.7, 1.3)
"""A child's height over that of the reference child of this age; outside, the age is wrong. Healthy
children lie within 0.87 and 1.13 (three standard deviations of the WHO and CDC charts)."""
_DECIMALS = {"age_years": 2, "height_cm": 1, "mass_kg": 1}


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
            limits, unit = SIZE_RANGES[name]
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


def plausible_patient(patient: Patient) -> tuple[Patient, tuple[Problem, ...]]:
    """Return a patient without what no patient can have, and a problem for each such value."""
    problems = []
    for name, ((low, high), unit) in SIZE_RANGES.items():
        value = getattr(patient, name)
        if value is not None and not low <= value <= high:
            missing: dict[str, Any] = {name: None}
            patient = replace(patient, **missing)
            problems.append(
                f"the patient's {name} is {value:g} {unit}, which must lie between {low:g} and"
                f" {high:g}; it counts as not known"
            )
    height_cm, mass_kg = patient.height_cm, patient.mass_kg
    if height_cm is not None and mass_kg is not None:
        low, high = _core.masses_of_height_kg(10 * height_cm)
        if not low <= mass_kg <= high:
            patient = replace(patient, height_cm=None, mass_kg=None)
            problems.append(
                f"a height of {height_cm:g} cm and a mass of {mass_kg:g} kg are not those of one"
                " patient; both count as not known; state the right ones"
            )
    if not _is_height_of_age(patient):
        problems.append(
            f"an age of {patient.age_years:g} years and a height of {patient.height_cm:g} cm are"
            " not those of one patient; the age counts as not known; state the right one"
        )
        patient = replace(patient, age_years=None)
    code = "patient-value-implausible"
    return patient, tuple(Problem(code=code, message=message) for message in problems)


def _is_height_of_age(patient: Patient) -> bool:
    """Return whether age and height go together, as far as they are known.

    Adults may be of any height; the proportions of an infant at an adult's height are no person's.
    """
    years, height_cm = patient.age_years, patient.height_cm
    if years is None or height_cm is None or years >= GROWN_YEARS:
        return True
    _, reference_mm, _ = _core.completed_person(
        sex=known_sex(patient), age_years=years, height_mm=None, mass_kg=None
    )
    low, high = _HEIGHT_OF_CHILD
    return low <= 10 * height_cm / reference_mm <= high


def _mm(length_cm: float | None) -> float | None:
    return None if length_cm is None else 10 * length_cm
