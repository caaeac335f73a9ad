"""Laws of body measures: their form, their fit, and ellipses of girth, breadth and depth."""

import csv
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from published import ICRP_PERSONS, Law

Array = NDArray[np.float64]

KNOT_BMI = 35.0
"""Above it a measure may have another exponent of BMI."""
REFERENCE = {sex: ICRP_PERSONS[sex][20.0] for sex in "FM"}
"""Height (cm) and mass (kg) of the ICRP adult."""


def bmi(mass_kg: Array | float, height_cm: Array | float) -> Array:
    """Return the body-mass index, kg/m2."""
    return np.asarray(mass_kg / (height_cm / 100.0) ** 2)


def ellipse_perimeter(breadth: Array, depth: Array) -> Array:
    """Return the perimeter of an ellipse of two diameters (Ramanujan; error below 0.01 %)."""
    a, b = breadth / 2.0, depth / 2.0
    return np.asarray(np.pi * (3 * (a + b) - np.sqrt((3 * a + b) * (a + 3 * b))))


def breadth_of(perimeter: float, depth: float) -> float:
    """Return the other diameter of an ellipse, by bisection."""
    low, high = 0.0, perimeter / 2.0
    for _ in range(60):
        middle = (low + high) / 2.0
        if ellipse_perimeter(np.array(middle), np.array(depth)) < perimeter:
            low = middle
        else:
            high = middle
    return low


def fit(sex: str, people: Mapping[str, Array], value_mm: Array, *, knot: bool) -> Law:
    """Fit a law to people with ``mass_kg`` and ``height_cm``."""
    height_cm, mass_kg = REFERENCE[sex]
    index = bmi(people["mass_kg"], people["height_cm"])
    columns = [
        np.ones(index.size),
        np.log(people["height_cm"] / height_cm),
        np.log(index / bmi(mass_kg, height_cm)),
    ]
    if knot:
        columns.append(np.maximum(np.log(index / KNOT_BMI), 0.0))
    solution, *_ = np.linalg.lstsq(np.stack(columns, axis=1), np.log(value_mm), rcond=None)
    more = solution[3] if knot else 0.0
    return Law(np.exp(solution[0]), solution[1], solution[2], solution[2] + more)


def value(law: Law, sex: str, body_mass_index: float) -> float:
    """Return the measure of a person of reference height, mm."""
    height_cm, mass_kg = REFERENCE[sex]
    reference = float(bmi(mass_kg, height_cm))
    below = np.log(min(body_mass_index, KNOT_BMI) / reference)
    above = np.log(max(body_mass_index / KNOT_BMI, 1.0))
    return float(law.at_reference_mm * np.exp(law.bmi * below + law.bmi_obese * above))


def sample(name: str) -> list[dict[str, str]]:
    """Read one of the small samples beside this script."""
    lines = (Path(__file__).parent / name).read_text().splitlines()
    return list(csv.DictReader(line for line in lines if not line.startswith("#")))


@cache
def tape_over_ellipse(girth: str) -> float:
    """Return the mean ratio of a tape girth to the ellipse of breadth and depth (ANSUR II men)."""
    columns = {
        "abdomen_girth": ("waistcircumference", "waistbreadth", "waistdepth"),
        "hip_girth": ("buttockcircumference", "hipbreadth", "buttockdepth"),
    }[girth]
    rows = [[float(row[name]) for name in columns] for row in sample("ansur2_sample.csv")]
    tape, breadth, depth = np.array(rows).T
    return round(float(np.mean(tape / ellipse_perimeter(breadth, depth))), 3)
