"""Triangles as arrays, their edges and what hangs together."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, kw_only=True)
class TriangleMesh:
    """Vertices (n, 3), mm, and triangles (m, 3) of vertex numbers, in any state of repair."""

    vertices_mm: "NDArray[np.float64]"
    triangles: "NDArray[np.int64]"

    @cached_property
    def area_vectors_mm2(self) -> "NDArray[np.float64]":
        """Normal of each triangle, as long as its area, (m, 3), mm2."""
        a, b, c = (self.vertices_mm[self.triangles[:, k]] for k in range(3))
        return np.asarray(np.cross(b - a, c - a) / 2)

    @cached_property
    def areas_mm2(self) -> "NDArray[np.float64]":
        """Area of each triangle, (m,), mm2."""
        return np.asarray(np.linalg.norm(self.area_vectors_mm2, axis=1))

    @cached_property
    def edges(self) -> "Edges":
        """Sides of all triangles."""
        return Edges(self.triangles)

    @cached_property
    def pieces(self) -> "NDArray[np.int64]":
        """Number of the piece of each triangle, (m,); triangles of a piece share vertices."""
        corners = self.triangles
        pairs = np.concatenate([corners[:, :2], corners[:, 1:]])
        of_vertex = connected(len(self.vertices_mm), pairs)
        return np.unique(of_vertex[corners[:, 0]], return_inverse=True)[1]

    def cone_volumes_mm3(self, apex_mm: "NDArray[np.float64]") -> "NDArray[np.float64]":
        """Signed volume between each triangle and its apex, (m,), mm3; apexes are (m, 3)."""
        first = self.vertices_mm[self.triangles[:, 0]] - apex_mm
        return np.asarray(np.sum(first * self.area_vectors_mm2, axis=1) / 3)

    def with_triangles(self, triangles: "NDArray[np.int64]") -> "TriangleMesh":
        """Return the same vertices with other triangles."""
        return TriangleMesh(vertices_mm=self.vertices_mm, triangles=triangles)

    def without_unused_vertices(self) -> "TriangleMesh":
        """Return only the vertices that triangles use, in their order."""
        used = np.zeros(len(self.vertices_mm), dtype=bool)
        used[self.triangles] = True
        if used.all():
            return self
        number = np.cumsum(used) - 1
        return TriangleMesh(vertices_mm=self.vertices_mm[used], triangles=number[self.triangles])


class Edges:
    """The sides of triangles: side k of triangle t, from corner k to the next, is number 3 t + k.

    Sides between the same two vertices make one edge; an edge of a closed surface has two.
    """

    def __init__(self, triangles: "NDArray[np.int64]") -> None:
        ends = triangles[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2)
        self.start = ends[:, 0]
        self.end = ends[:, 1]
        self.triangle = np.repeat(np.arange(len(triangles)), 3)
        low, high = ends.min(axis=1), ends.max(axis=1)
        stride = int(triangles.max(initial=0)) + 1
        _, edge, self.sides_per_edge = np.unique(
            low * stride + high, return_inverse=True, return_counts=True
        )
        self._sides_by_edge = np.argsort(edge, kind="stable")
        self._first = np.cumsum(self.sides_per_edge) - self.sides_per_edge
        self.sides_here = self.sides_per_edge[edge]
        """Sides of the edge that each side belongs to."""

    @property
    def open_sides(self) -> "NDArray[np.int64]":
        """Sides that no other triangle shares."""
        return np.flatnonzero(self.sides_here == 1)

    @property
    def pairs(self) -> tuple["NDArray[np.int64]", "NDArray[np.int64]"]:
        """Both sides of every edge that has two."""
        first = self._first[self.sides_per_edge == 2]
        return self._sides_by_edge[first], self._sides_by_edge[first + 1]

    @property
    def unpaired(self) -> int:
        """Number of edges that are not shared by two triangles."""
        return int(np.count_nonzero(self.sides_per_edge != 2))

    @property
    def crowded(self) -> int:
        """Number of edges where more than two triangles meet."""
        return int(np.count_nonzero(self.sides_per_edge > 2))


def connected(count: int, pairs: "NDArray[np.int64]") -> "NDArray[np.int64]":
    """Return a number for each of ``count`` things, equal for those that pairs connect.

    Each round hooks every group to the lowest group that it touches and flattens the chains, so
    that few rounds are needed (Shiloach and Vishkin, J. Algorithms 3 (1982) 57,
    doi:10.1016/0196-6774(82)90008-6).

    Parameters
    ----------
    count
        How many things there are.
    pairs
        Numbers of things that belong together, (n, 2).
    """
    root = np.arange(count)
    while True:
        a, b = root[pairs[:, 0]], root[pairs[:, 1]]
        differs = a != b
        if not differs.any():
            return root
        pairs, a, b = pairs[differs], a[differs], b[differs]
        np.minimum.at(root, np.maximum(a, b), np.minimum(a, b))
        while not np.array_equal(root, flat := root[root]):
            root = flat
