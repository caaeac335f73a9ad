"""Fingers put together, so that a skin of 15 mm can carry them as one."""

import numpy as np
from makehuman import Floats, MakeHuman
from scipy.spatial.transform import Rotation

FOLLOWS = {1: 0.6, 2: 1.0, 4: 1.0, 5: 1.0}
"""How far each finger (1 is the thumb) turns towards the direction of the third."""


def close_fingers(source: MakeHuman, shape: Floats) -> Floats:
    """Return a symmetric shape with the fingers beside the third and the thumb nearer to it."""
    cubes, weights = source.cube_centres(), source.weights()

    def joint(finger: int, number: int) -> Floats:
        return np.asarray(shape[cubes[f"joint-l-finger-{finger}-{number}"]].mean(axis=0))

    third = joint(3, 4) - joint(3, 1)
    left = shape.copy()
    for finger, share in FOLLOWS.items():
        first = 2 if finger == 1 else 1
        base = joint(finger, first)
        turn = turn_towards(joint(finger, 4) - base, third, share)
        weight = np.zeros(len(shape))
        for bone in range(first, 4):
            vertices, shares = weights[f"finger{finger}-{bone}.L"]
            weight[vertices] += shares
        for number in range(first + 1, 5):
            weight[cubes[f"joint-l-finger-{finger}-{number}"]] = 1.0
        left += weight[:, None] * (turn.apply(shape - base) - (shape - base))
    right = left[source.mirror(len(shape))] * [-1.0, 1.0, 1.0]
    return np.where(shape[:, :1] > 0.0, left, right)


def turn_towards(one: Floats, other: Floats, share: float) -> Rotation:
    """Return the smallest rotation of one direction to another, or a share of it."""
    axis = np.cross(one, other)
    angle = np.arctan2(np.linalg.norm(axis), one @ other)
    return Rotation.from_rotvec(axis / np.linalg.norm(axis) * angle * share)
