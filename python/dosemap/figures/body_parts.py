"""Which skin of a body is unrolled together, and along what."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

import numpy as np

from dosemap.anatomy import region_names
from dosemap.body import Body, template_version

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dosemap.surface import Surface

PartName = Literal["trunk", "head and neck", "left arm", "right arm", "left leg", "right leg"]

_OF_TRUNK = (
    "anterior chest",
    "anterior abdomen",
    "anterior pelvis",
    "posterior torso",
    *(f"{side} {part}" for side in ("left", "right") for part in ("flank", "buttock", "hip")),
)
_OF_HEAD = (
    "top of head",
    "occiput",
    "face",
    "anterior neck",
    "posterior neck",
    *(f"{side} side of {part}" for side in ("left", "right") for part in ("head", "neck")),
)
_OF_ARM = ("shoulder", "upper arm", "elbow", "forearm", "hand")
_OF_LEG = (
    *(f"{side} thigh" for side in ("anterior", "posterior", "medial", "lateral")),
    "knee",
    "lower leg",
)
REGIONS: Mapping[PartName, tuple[str, ...]] = {
    "trunk": _OF_TRUNK,
    "head and neck": _OF_HEAD,
    "left arm": tuple(f"left {part}" for part in _OF_ARM),
    "right arm": tuple(f"right {part}" for part in _OF_ARM),
    "left leg": tuple(f"left {part}" for part in _OF_LEG),
    "right leg": tuple(f"right {part}" for part in _OF_LEG),
}
"""Axillae are shared out (see below); feet and perineum are in no part."""

_FACE_SLOPE = 0.6
"""Sections of the head rise to the front by this, so that each cuts chin and throat once."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Standing:
    """A standing body with the vertices of every body of its spacing, along which all are unrolled.

    An arm that lies across the chest or a bent leg is followed as if it hung down.
    """

    vertices_mm: "NDArray[np.float64]"
    vertebral_levels: "NDArray[np.float64]"
    members: Mapping[PartName, "NDArray[np.bool_]"]
    """Vertices of each part."""

    def height_mm(self, part: PartName) -> "NDArray[np.float64]":
        """Return how far along a part each vertex is, (n_vertex,)."""
        return self._along(np.array([0.0, -_slope(part), 1.0]))

    def depth_mm(self, part: PartName) -> "NDArray[np.float64]":
        """Return how far to the back each vertex is within a section, (n_vertex,)."""
        return self._along(np.array([0.0, 1.0, _slope(part)]))

    def _along(self, direction: "NDArray[np.float64]") -> "NDArray[np.float64]":
        along: NDArray[np.float64] = self.vertices_mm @ (direction / np.linalg.norm(direction))
        return along

    def level_heights_mm(self) -> "dict[str, float]":
        """Return the height of the middle of each vertebra from T1 to S1."""
        chosen = self.members["trunk"] & np.isfinite(self.vertebral_levels)
        level, z = self.vertebral_levels[chosen], self.vertices_mm[chosen, 2]
        names = [*(f"T{i}" for i in range(1, 13)), *(f"L{i}" for i in range(1, 6)), "S1"]
        found = {}
        for number, name in enumerate(names):
            within = np.abs(level - (8.5 + number)) < 0.25
            if within.any():
                found[name] = float(np.median(z[within]))
        return found


def _slope(part: PartName) -> float:
    return _FACE_SLOPE if part == "head and neck" else 0.0


def standing(surface: "Surface") -> Standing | None:
    """Return the body along which a body's skin is unrolled.

    Parameters
    ----------
    surface
        The skin.

    Returns
    -------
    ``None`` where it is no body's, or one of another template's.
    """
    body = surface.body
    if body is None or surface.anatomy is None or body.template != template_version():
        return None
    return _standing(body.spacing_mm)


@lru_cache(maxsize=2)
def _standing(spacing_mm: float) -> Standing:
    skin = Body(arms="down", spacing_mm=spacing_mm).surface("STANDING_BACK")
    anatomy = skin.anatomy
    if anatomy is None:
        raise AssertionError("a body has an anatomy")
    number = {name: index for index, name in enumerate(region_names())}
    members: dict[PartName, NDArray[np.bool_]] = {
        part: np.isin(anatomy.regions, [number[name] for name in names])
        for part, names in REGIONS.items()
    }
    for side, sign in (("left", 1.0), ("right", -1.0)):
        # Of the skin of an axilla what looks away from the body is the trunk's, the rest the arm's.
        axilla = anatomy.regions == number[f"{side} axilla"]
        looks_out = sign * skin.normals[:, 0] > 0
        members["trunk"] |= axilla & looks_out
        arm: PartName = "left arm" if side == "left" else "right arm"
        members[arm] |= axilla & ~looks_out
    return Standing(
        vertices_mm=skin.vertices_mm, vertebral_levels=anatomy.vertebral_levels, members=members
    )
