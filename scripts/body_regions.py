"""Region and vertebral level of each skin vertex, by planes and angles in the reference shape."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from body_bones import BONES, JOINTS
from makehuman import Floats, Ints
from numpy.typing import NDArray

Mask = NDArray[np.bool_]

# Heights of the vertebrae with the disc below (mm), adult, from memory of the means of Gilad and
# Nissan 1986 (Spine 11, 154), Busscher et al. 2010 (Eur Spine J 19, 1104) and Kunkel et al. 2011
# (J Anat 219, 375); only the fractions count. C1 is the stretch from the top of the atlas to that
# of the axis, the sacrum and coccyx are vertical extents, as they lie tilted.
CERVICAL = (18.0, 20.0, 17.0, 17.0, 17.0, 17.5, 18.5)
THORACIC = (20.0, 21.0, 21.5, 22.0, 22.5, 23.0, 23.5, 24.5, 25.5, 26.5, 28.0, 30.0)
LUMBAR = (33.5, 35.0, 36.0, 36.5, 36.0)
SACRAL = (24.0, 20.0, 17.0, 15.0, 13.0)
COCCYX = 28.0
TOP = -np.concatenate([[0.0], np.cumsum(CERVICAL + THORACIC + LUMBAR + SACRAL + (COCCYX,))])
COORDINATE = np.arange(1.0, len(TOP) + 1.0)
"""Vertebral coordinate (C1 = 1, T1 = 8, L1 = 20, S1 = 25, coccyx 30 to 31) at each height."""

# Two landmarks fix the scale: the tip of C7 (cervicale), level with the top of T1, at 0.855 of the
# stature, and the top of the iliac crest, level with L4 (coordinate 23.7), at 0.606 of it. ANSUR II
# (Gordon et al. 2014): cervicale height 0.864 of the stature, iliocristale 0.606; the neck of the
# MakeHuman mesh leaves the back 0.01 lower.
CERVICALE = (8.0, 0.855)
ILIAC_CREST = (23.7, 0.606)


def vertebral_coordinate(z_mm: Floats, floor_mm: float, stature_mm: float) -> Floats:
    """Return the vertebral coordinate of heights in the reference shape; NaN beyond the spine."""
    table_z = [np.interp(coordinate, COORDINATE, TOP) for coordinate, _ in (CERVICALE, ILIAC_CREST)]
    z = [floor_mm + fraction * stature_mm for _, fraction in (CERVICALE, ILIAC_CREST)]
    scale = (z[1] - z[0]) / (table_z[1] - table_z[0])
    heights = z[0] + (TOP - table_z[0]) * scale
    return np.interp(-z_mm, -heights, COORDINATE, left=np.nan, right=np.nan)


REGIONS = (
    "vertex of head",
    "occiput",
    "face",
    "left side of head",
    "anterior neck",
    "posterior neck",
    "left side of neck",
    "anterior chest",
    "anterior abdomen",
    "anterior pelvis",
    "posterior torso",
    "perineum",
    "left flank",
    "left buttock",
    "left hip",
    "left shoulder",
    "left axilla",
    "left upper arm",
    "left elbow",
    "left forearm",
    "left hand",
    "left anterior thigh",
    "left posterior thigh",
    "left medial thigh",
    "left lateral thigh",
    "left knee",
    "left lower leg",
    "left foot",
)
"""Regions of the midline and the left; those of the right follow in the same order."""
TRUNK_AND_NECK = REGIONS[4:14] + ("left side of neck",)
WITH_MIDLINE = REGIONS[:15]


@dataclass(frozen=True)
class Reference:
    """The skin in the reference shape, and what its regions are told by."""

    skin: Floats
    normals: Floats
    weights: Floats
    joints: Floats

    def joint(self, name: str) -> Floats:
        """Return a joint of the midline or the left."""
        return np.asarray(self.joints[list(JOINTS).index(name)])

    def share(self, *bones: str) -> Floats:
        """Return the summed weight of bones."""
        return np.asarray(sum(self.weights[:, BONES.index(bone)] for bone in bones))

    def fraction(self) -> Floats:
        """Return the height of each vertex as a fraction of the stature."""
        z = self.skin[:, 2]
        return np.asarray((z - z.min()) / np.ptp(z))


def sector(reference: Reference, part: Mask, window_mm: float = 40.0) -> Floats:
    """Return the angle (degrees) of each vertex of a part about the part's own axis.

    0 is anterior, 90 lateral (left), 180 posterior, -90 medial; slices are taken across z and
    scaled to a circle, so that a flat chest has as much of each as a round one.
    """
    angle = np.full(len(reference.skin), np.nan)
    x, y, z = reference.skin.T
    for vertex in np.flatnonzero(part):
        ring = part & (np.abs(z - z[vertex]) < window_mm / 2)
        spread = [(values[ring].max() + values[ring].min(), np.ptp(values[ring])) for values in (x, y)]
        (x_sum, x_width), (y_sum, y_width) = spread
        u = (2 * x[vertex] - x_sum) / max(x_width, 1.0)
        v = (2 * y[vertex] - y_sum) / max(y_width, 1.0)
        angle[vertex] = np.degrees(np.arctan2(u, -v))
    return angle


def regions(reference: Reference) -> Ints:
    """Return the region of each vertex of the left half as an index into REGIONS."""
    region = np.full(len(reference.skin), -1)

    def put(name: str, where: Mask) -> None:
        region[where] = REGIONS.index(name)

    x, y, z = reference.skin.T
    height = reference.fraction()
    normal = reference.normals
    arm = reference.share("upper_arm_l", "forearm_l", "hand_l") > 0.5
    head = reference.share("head") > 0.5
    neck = ~head & (reference.share("neck", "head") > 0.5)
    leg = (height < 0.480) | (reference.share("shank_l", "foot_l") > 0.5)
    trunk = ~(arm | head | neck | leg)

    angle = np.abs(sector(reference, trunk))
    put("posterior torso", trunk & (angle > 123))
    put("anterior chest", trunk & (angle < 57))
    put("anterior abdomen", trunk & (angle < 57) & (height < 0.69))
    put("anterior pelvis", trunk & (angle < 70) & (height < 0.545))
    put("left flank", trunk & (angle >= 57) & (angle <= 123))
    put("left hip", trunk & (angle >= 70) & (angle <= 115) & (height < 0.565))
    put("left buttock", trunk & (angle > 115) & (height < 0.555) & (x > 12.0))
    put("perineum", trunk & (normal[:, 2] < -0.6) & (height < 0.50) & (x < 45.0))

    shoulder = reference.joint("shoulder")
    from_shoulder = np.linalg.norm(reference.skin - shoulder, axis=1)
    elbow, wrist = reference.joint("elbow"), reference.joint("wrist")
    upper = along(reference.skin, shoulder, elbow)
    fore = along(reference.skin, elbow, wrist)
    put("left upper arm", arm)
    put("left forearm", arm & (fore > 0.0))
    put("left elbow", arm & (upper > 0.84) & (fore < 0.16))
    put("left hand", arm & (fore > 1.0))
    upward = (trunk | arm) & (from_shoulder < 95.0)
    put("left shoulder", upward & (normal[:, 2] > -0.25) & (x > shoulder[0] - 55.0))
    put("left axilla", upward & (normal[:, 2] < -0.25) & (z < shoulder[2]))

    eye = reference.joint("base_of_head")[2] + 45.0
    turn = np.degrees(np.arctan2(np.abs(x), -(y - reference.joint("base_of_head")[1] + 15.0)))
    put("left side of head", head)
    put("face", head & (turn < 62) & (z < eye + 75.0))
    put("occiput", head & (turn > 120))
    put("vertex of head", head & (normal[:, 2] > 0.65) & (z > eye + 40.0))
    neck_axis = np.interp(z, reference.joints[:2, 2], reference.joints[:2, 1])
    around = np.degrees(np.arctan2(np.abs(x), -(y - neck_axis)))
    put("left side of neck", neck)
    put("anterior neck", neck & (around < 50))
    put("posterior neck", neck & (around > 115))

    knee, ankle = reference.joint("knee"), reference.joint("ankle")
    turn = sector(reference, leg & (x > 0))
    put("perineum", leg & (x == 0.0))
    put("left anterior thigh", leg & (np.abs(turn) <= 45))
    put("left lateral thigh", leg & (turn > 45) & (turn < 135))
    put("left posterior thigh", leg & (np.abs(turn) >= 135))
    put("left medial thigh", leg & (turn < -45) & (turn > -135))
    put("left lower leg", leg & (z < knee[2]))
    put("left knee", leg & (np.abs(z - knee[2]) < 55.0))
    put("left foot", leg & (z < ankle[2] + 15.0))
    return region


def along(points: Floats, start: Floats, end: Floats) -> Floats:
    """Return how far points lie along a segment: 0 at its start, 1 at its end."""
    axis = end - start
    return np.asarray((points - start) @ axis / (axis @ axis))


def write_regions(path: Path) -> None:
    """Write the table of regions: those of the midline and the left, then those of the right."""
    left = [name for name in REGIONS if name.startswith("left ")]
    rows = []
    for number, name in enumerate(REGIONS):
        sided = name in left
        mirrored = len(REGIONS) + left.index(name) if sided else number
        midline = "yes" if name in WITH_MIDLINE else "no"
        rows.append(f"{number},{name},{'left' if sided else 'both'},{mirrored},{midline}")
    for number, name in enumerate(left, start=len(REGIONS)):
        midline = "yes" if name in WITH_MIDLINE else "no"
        words = name.replace("left", "right", 1)
        rows.append(f"{number},{words},right,{REGIONS.index(name)},{midline}")
    path.write_text(CSV_HEADER + "\n".join(rows) + "\n")


CSV_HEADER = """\
# Regions of the skin of the body template (body_template.ply): number, words, side, number of the
# region of the mirror image, and whether the distance from the midline says where in it.
# Made by scripts/generate_body_template.py; see there and in body_regions.py for the borders.
id,words,side,mirrored,midline
"""
