"""The skin as a flat map, such as a physicist prints: back, flanks and chest, cut at one line."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from dosemap.errors import DosemapError
from dosemap.figures.body_parts import PartName, Standing, standing
from dosemap.figures.quality import MapQuality, area_vectors_mm2, areas_mm2, signed_areas_mm2
from dosemap.figures.sections import Shape
from dosemap.figures.tube import Unrolled, unroll

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dosemap.surface import Surface

Centre = Literal["back", "front"]

_FLAT_COSINE = 0.97
"""Skin whose normals differ less than 14 degrees from their mean is shown as it is."""
_END_COSINE = 0.9
"""Skin that looks along a tube closes its end and cannot be unrolled with it."""
_MOST_FOLDED, _MOST_DISTORTED = 0.03, 0.15
"""Of an own mesh; a human trunk has 0.01 and 0.05."""


@dataclass(frozen=True, kw_only=True, eq=False)
class UnfoldedPart:
    """One piece of the map, seen from outside the skin, the patient's head up.

    Lengths are along the skin. Horizontally the distance from the middle line at each height is
    true; vertically heights are so far apart that skin has its area. The height with half the skin
    above it is a straight line, others may be curved: a belly is longer than the back behind it.
    """

    name: str
    """``"trunk"``, ``"left arm"`` ...; ``"surface"`` of what is not a body."""
    centre: Centre
    """Side of the patient in the middle. With the back there, the patient's left is on the left of
    the map, with the front on its right."""
    vertex: "NDArray[np.int64]"
    """Vertex of the surface of each point, (n_point,); beside the cut a vertex has two points."""
    horizontal_mm: "NDArray[np.float64]"
    """(n_point,), positive to the right of the map, 0 on the middle line."""
    vertical_mm: "NDArray[np.float64]"
    """(n_point,), positive to the head; of an arm or leg to its upper end."""
    triangles: "NDArray[np.int64]"
    """Points of the corners, (n_triangle, 3); anticlockwise."""
    is_cut: bool = True
    """Whether left and right edge are the same line of the skin."""
    levels: tuple[tuple[str, float], ...] = ()
    """Name and vertical position of the middle of vertebrae on the middle line, mm."""
    quality: MapQuality

    @property
    def points_mm(self) -> "NDArray[np.float64]":
        """Horizontal and vertical position, (n_point, 2), mm."""
        return np.stack([self.horizontal_mm, self.vertical_mm], axis=1)


@dataclass(frozen=True, kw_only=True, eq=False)
class Unfolded:
    """The flat map of a surface; made by :func:`unfold`."""

    parts: tuple[UnfoldedPart, ...]
    left_out: "NDArray[np.bool_]" = field(repr=False)
    """Vertices that are in no part, (n_vertex,)."""

    def part(self, name: str) -> UnfoldedPart:
        """Return a part by its name."""
        return next(part for part in self.parts if part.name == name)


def unfold(
    surface: "Surface", *, centre: Centre = "back", parts: Iterable[PartName] | None = None
) -> Unfolded:
    """Return the flat map of a surface.

    A body's trunk is cut along the midline opposite ``centre`` and unrolled, shoulders and arms cut
    away; head with neck, arms with hands, and legs to the ankles are parts of their own. Feet and
    perineum are left out. A surface that is not a body is one part: a nearly flat one as it is, one
    that is a single tube along the head-foot axis unrolled, without what closes its ends.

    Parameters
    ----------
    surface
        What carries the dose.
    centre
        Side of the patient in the middle of the map.
    parts
        Of a body only these; the rest is then left out.

    Raises
    ------
    DosemapError
        The surface is neither a body nor flat nor one tube; the text says so.

    Examples
    --------
    >>> from dosemap import Surface
    >>> skin = unfold(Surface.cylinder(diameter_mm=300, length_mm=500)).part("surface")
    >>> round(float(np.ptp(skin.horizontal_mm)) / 300, 1)  # once around
    3.1
    """
    body = standing(surface)
    if body is not None:
        names: tuple[PartName, ...] = get_args(PartName) if parts is None else tuple(parts)
        found = [_body_part(surface, body, name, centre) for name in names]
    elif surface.anatomy is not None:
        raise DosemapError(
            "the map cannot be unfolded: the body is of another version of the program, with other"
            " vertices; estimate the report again"
        )
    else:
        found = [_whole(surface, centre)]
    left_out = np.ones(len(surface), dtype=bool)
    for part in found:
        left_out[part.vertex] = False
    return Unfolded(parts=tuple(found), left_out=left_out)


def _body_part(surface: "Surface", body: Standing, name: PartName, centre: Centre) -> UnfoldedPart:
    members = body.members[name]
    triangles = surface.triangles.astype(np.int64)
    own = triangles[members[triangles].sum(axis=1) >= 2]
    x, depth = body.vertices_mm[:, 0], body.depth_mm(name)
    shape = Shape(
        height_mm=body.height_mm(name),
        across_mm=_seen_from(centre, x, depth),
        middle_mm=0.0 if name in ("trunk", "head and neck") else None,
    )
    flat = unroll(surface.vertices_mm, own, shape=shape)
    levels: tuple[tuple[str, float], ...] = ()
    if name == "trunk" and flat.verticals is not None:
        heights = body.level_heights_mm()
        middle = np.zeros(len(heights))
        at = flat.verticals.at(middle, np.array(list(heights.values())))
        levels = tuple(zip(heights, at.tolist(), strict=True))
    return _part(surface, name, centre, flat, levels)


def _seen_from(
    centre: Centre, x: "NDArray[np.float64]", depth: "NDArray[np.float64]"
) -> "NDArray[np.float64]":
    """Return positions within a section: to the right of the map, and towards who looks at it.

    Behind the patient one has the patient's left (+x) on the left, in front of him on the right.
    """
    sign = -1.0 if centre == "back" else 1.0
    return np.stack([sign * x, -sign * depth], axis=1)


def _whole(surface: "Surface", centre: Centre) -> UnfoldedPart:
    normals, areas = surface.normals, surface.areas_mm2
    mean = (normals * areas[:, None]).sum(axis=0)
    mean /= max(float(np.linalg.norm(mean)), 1e-12)
    if (normals @ mean).min() > _FLAT_COSINE:
        return _as_it_is(surface, mean)
    triangles = surface.triangles.astype(np.int64)
    vertices = surface.vertices_mm
    vectors = area_vectors_mm2(vertices, triangles)
    along = np.abs(vectors[:, 2]) / np.maximum(np.linalg.norm(vectors, axis=1), 1e-12)
    triangles = triangles[along < _END_COSINE]
    if len(triangles):
        shape = Shape(
            height_mm=vertices[:, 2],
            across_mm=_seen_from(centre, vertices[:, 0], vertices[:, 1]),
            middle_mm=None,
        )
        part = _part(surface, "surface", centre, unroll(vertices, triangles, shape=shape), ())
        quality = part.quality
        if quality.share_folded < _MOST_FOLDED and quality.share_distorted < _MOST_DISTORTED:
            return part
    raise DosemapError(
        f"the map cannot be unfolded: {surface.description} is neither nearly flat nor one tube"
        " along the head-foot axis; look at it from several sides"
    )


def _as_it_is(surface: "Surface", normal: "NDArray[np.float64]") -> UnfoldedPart:
    """Return a nearly flat surface as one sees it from outside, the head up."""
    head = np.array([0.0, 0.0, 1.0]) if abs(normal[2]) < _END_COSINE else np.array([0.0, -1.0, 0.0])
    right = np.cross(head, normal)
    right /= np.linalg.norm(right)
    up = np.cross(normal, right)
    vertices = surface.vertices_mm - surface.vertices_mm.mean(axis=0)
    flat = Unrolled(
        vertex=np.arange(len(surface)),
        horizontal_mm=vertices @ right,
        vertical_mm=vertices @ up,
        triangles=surface.triangles.astype(np.int64),
        verticals=None,
    )
    centre: Centre = "back" if normal[1] > 0 else "front"
    return _part(surface, "surface", centre, flat, (), is_cut=False)


def _part(  # noqa: PLR0913  (the parts of a part)
    surface: "Surface",
    name: str,
    centre: Centre,
    flat: Unrolled,
    levels: tuple[tuple[str, float], ...],
    *,
    is_cut: bool = True,
) -> UnfoldedPart:
    points = np.stack([flat.horizontal_mm, flat.vertical_mm], axis=1)
    skin_mm2 = areas_mm2(surface.vertices_mm, flat.vertex[flat.triangles])
    return UnfoldedPart(
        name=name,
        centre=centre,
        vertex=flat.vertex,
        horizontal_mm=flat.horizontal_mm,
        vertical_mm=flat.vertical_mm,
        triangles=flat.triangles,
        is_cut=is_cut,
        levels=levels,
        quality=MapQuality.of(signed_areas_mm2(points, flat.triangles), skin_mm2),
    )
