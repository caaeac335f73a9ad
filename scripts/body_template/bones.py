"""Bones and joints of the template, merged from those of the MakeHuman default rig."""

from collections.abc import Mapping

import numpy as np
from makehuman import BODY_VERTICES, Floats, Ints, MakeHuman

BONES = (
    "trunk",
    "neck",
    "head",
    "clavicle_l",
    "upper_arm_l",
    "forearm_l",
    "hand_l",
    "thigh_l",
    "shank_l",
    "foot_l",
    "clavicle_r",
    "upper_arm_r",
    "forearm_r",
    "hand_r",
    "thigh_r",
    "shank_r",
    "foot_r",
)
"""In the order of `Bone` in template.rs."""

STARTS = {
    "root": "trunk",
    "spine": "trunk",
    "pelvis": "trunk",
    "breast": "trunk",
    "neck": "neck",
    "clavicle": "clavicle",
    "shoulder": "clavicle",
    "upperarm": "upper_arm",
    "lowerarm": "forearm",
    "wrist": "hand",
    "metacarpal": "hand",
    "finger": "hand",
    "upperleg": "thigh",
    "lowerleg": "shank",
    "foot": "foot",
    "toe": "foot",
}
"""Bone by the first letters of a MakeHuman bone; every other one moves the face."""

JOINTS = {
    "base_of_neck": "joint-neck",
    "base_of_head": "joint-head",
    "sternoclavicular": "joint-l-clavicle",
    "shoulder": "joint-l-shoulder",
    "elbow": "joint-l-elbow",
    "wrist": "joint-l-hand",
    "fingertip": "joint-l-finger-3-4",
    "hip": "joint-l-upper-leg",
    "knee": "joint-l-knee",
    "ankle": "joint-l-ankle",
    "toe_tip": "joint-l-toe-2-4",
}
"""Joints of the midline and the left in the order of `Joint` in template.rs."""


def merged_bone(makehuman_bone: str) -> str:
    """Return the bone of the template that takes the place of a MakeHuman bone."""
    name, _, side = makehuman_bone.partition(".")
    bone = next((ours for start, ours in STARTS.items() if name.startswith(start)), "head")
    central = bone in ("trunk", "neck", "head")
    return bone if central else f"{bone}_{side.lower()}"


def merged_weights(weights: Mapping[str, tuple[Ints, Floats]]) -> Floats:
    """Return the weight of each bone of the template (columns) at each body vertex; sums are 1."""
    table = np.zeros((BODY_VERTICES, len(BONES)))
    for bone, (vertices, shares) in weights.items():
        body = vertices < BODY_VERTICES
        np.add.at(table[:, BONES.index(merged_bone(bone))], vertices[body], shares[body])
    return np.asarray(table / table.sum(axis=1, keepdims=True))


def joints(source: MakeHuman, shape: Floats) -> Floats:
    """Return the joints (mm) of a MakeHuman shape, in the order of JOINTS."""
    cubes = source.cube_centres()
    points = np.array([shape[cubes[cube]].mean(axis=0) for cube in JOINTS.values()])
    points[:2, 0] = 0.0
    return points


OTHER_SIDE = [
    BONES.index(bone[:-1] + {"l": "r", "r": "l"}[bone[-1]]) if bone[-2] == "_" else number
    for number, bone in enumerate(BONES)
]
"""Number of the same bone of the other side."""


def four_heaviest(weights: Floats, midline: int) -> tuple[Ints, Floats]:
    """Return the four largest weights of each vertex, with their bones, scaled to sum to 1.

    The first vertices are on the midline; they follow a bone and its mirror image equally.
    """
    weights = weights.copy()
    weights[:midline] = (weights[:midline] + weights[:midline, OTHER_SIDE]) / 2.0
    order = np.argsort(-weights, axis=1, kind="stable")[:, :4]
    heaviest = np.take_along_axis(weights, order, axis=1)
    for vertex in range(midline):
        images = [OTHER_SIDE[bone] for bone in order[vertex]]
        heaviest[vertex, ~np.isin(images, order[vertex])] = 0.0
    return np.where(heaviest > 0.0, order, 0), heaviest / heaviest.sum(axis=1, keepdims=True)
