"""Region and vertebral level of each skin vertex, by planes and angles in the reference shape."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from bones import BONES, JOINTS
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
    return np.asarray(np.interp(-z_mm, -heights, COORDINATE, left=np.nan, right=np.nan))


REGIONS = (
    "top of head",
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
TRUNK_AND_NECK = REGIONS[4:15]
WITH_MIDLINE = REGIONS[:15]


# Borders: heights as fractions of the stature, angles in degrees from anterior, lengths in mm.
CROTCH = 0.48
ILIAC_SPINE = 0.56
COSTAL_MARGIN = 0.69
FRONT_TO = 57.0
BACK_FROM = 120.0
CLEFT_MM = 12.0
SHOULDER_MM = 95.0
KNEE_MM = 55.0


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
        u, v = (
            (2 * values[vertex] - values[ring].max() - values[ring].min())
            / max(np.ptp(values[ring]), 1.0)
            for values in (x, y)
        )
        angle[vertex] = np.degrees(np.arctan2(u, -v))
    return angle


class Map:
    """The region of each vertex, painted part by part: later parts cover earlier ones."""

    def __init__(self, reference: Reference) -> None:
        self.reference = reference
        self.region = np.full(len(reference.skin), -1)
        self.height = reference.fraction()
        arm = reference.share("upper_arm_l", "forearm_l", "hand_l") > 0.5
        head = reference.share("head") > 0.5
        neck = ~head & (reference.share("neck", "head") > 0.5)
        leg = (self.height < CROTCH) | (reference.share("shank_l", "foot_l") > 0.5)
        self.part = {"arm": arm, "head": head, "neck": neck, "leg": leg}
        self.part["trunk"] = ~(arm | head | neck | leg)

    def put(self, name: str, where: Mask) -> None:
        """Give vertices a region."""
        self.region[where] = REGIONS.index(name)

    def trunk(self) -> None:
        """Paint the trunk by height and by the angle about its axis."""
        trunk, height = self.part["trunk"], self.height
        angle = np.abs(sector(self.reference, trunk))
        self.put("left flank", trunk)
        self.put("posterior torso", trunk & (angle > BACK_FROM))
        self.put("anterior chest", trunk & (angle < FRONT_TO))
        self.put("anterior abdomen", trunk & (angle < FRONT_TO) & (height < COSTAL_MARGIN))
        pelvis = trunk & (height < ILIAC_SPINE)
        self.put("left hip", pelvis)
        self.put("anterior pelvis", pelvis & (angle < FRONT_TO))
        beside = self.reference.skin[:, 0] > CLEFT_MM
        self.put("left buttock", pelvis & (angle > BACK_FROM) & beside)
        self.put("posterior torso", pelvis & (angle > BACK_FROM) & ~beside)
        down = self.reference.normals[:, 2] < -0.6
        medial = self.reference.skin[:, 0] < 45.0
        self.put("perineum", pelvis & down & medial & (height < CROTCH + 0.02))

    def arm(self) -> None:
        """Paint the arm by the share of the way between its joints, then the shoulder."""
        arm, skin = self.part["arm"], self.reference.skin
        shoulder = self.reference.joint("shoulder")
        elbow, wrist = self.reference.joint("elbow"), self.reference.joint("wrist")
        upper, fore = along(skin, shoulder, elbow), along(skin, elbow, wrist)
        self.put("left upper arm", arm)
        self.put("left forearm", arm & (fore > 0.0))
        self.put("left elbow", arm & (upper > 0.84) & (fore < 0.16))
        self.put("left hand", arm & (fore > 1.0))
        near = (arm | self.part["trunk"]) & (np.linalg.norm(skin - shoulder, axis=1) < SHOULDER_MM)
        down = self.reference.normals[:, 2] < -0.25
        self.put("left shoulder", near & ~down & (skin[:, 0] > shoulder[0] - 55.0))
        self.put("left axilla", near & down & (skin[:, 2] < shoulder[2]))

    def head_and_neck(self) -> None:
        """Paint head and neck by the angle about a vertical axis, the head also by height."""
        x, y, z = self.reference.skin.T
        head, neck = self.part["head"], self.part["neck"]
        base = self.reference.joint("base_of_head")
        angle = np.degrees(np.arctan2(x, base[1] - 15.0 - y))
        self.put("left side of head", head)
        self.put("face", head & (angle < 62.0) & (z < base[2] + 120.0))
        self.put("occiput", head & (angle > 120.0))
        up = self.reference.normals[:, 2] > 0.65
        self.put("top of head", head & up & (z > base[2] + 85.0))
        axis_y = np.interp(z, self.reference.joints[:2, 2], self.reference.joints[:2, 1])
        angle = np.degrees(np.arctan2(x, axis_y - y))
        self.put("left side of neck", neck)
        self.put("anterior neck", neck & (angle < 50.0))
        self.put("posterior neck", neck & (angle > 115.0))

    def leg(self) -> None:
        """Paint the leg by height, the thigh also by the angle about its axis."""
        leg = self.part["leg"]
        x, _, z = self.reference.skin.T
        knee, ankle = self.reference.joint("knee"), self.reference.joint("ankle")
        angle = sector(self.reference, leg & (x > 0))
        self.put("perineum", leg & (x == 0.0))
        self.put("left anterior thigh", leg & (np.abs(angle) <= 45))
        self.put("left lateral thigh", leg & (angle > 45) & (angle < 135))
        self.put("left posterior thigh", leg & (np.abs(angle) >= 135))
        self.put("left medial thigh", leg & (angle < -45) & (angle > -135))
        self.put("left lower leg", leg & (z < knee[2]))
        self.put("left knee", leg & (np.abs(z - knee[2]) < KNEE_MM))
        self.put("left foot", leg & (z < ankle[2] + 15.0))


def regions(reference: Reference) -> Ints:
    """Return the region of each vertex of the left half as an index into REGIONS.

    Raises
    ------
    ValueError
        When a vertex is left without a region.
    """
    painted = Map(reference)
    painted.trunk()
    painted.arm()
    painted.head_and_neck()
    painted.leg()
    if np.any(painted.region < 0):
        msg = "a vertex has no region"
        raise ValueError(msg)
    return painted.region


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
# Made by scripts/body_template/make_body_template.py; see there and in regions.py for the borders.
id,words,side,mirrored,midline
"""
