"""Meshes with known size to damage: an egg for a body, a box for a table."""

import numpy as np
from numpy.typing import NDArray

from dosemap.mesh.triangles import TriangleMesh

BODY_MM = (400.0, 240.0, 1700.0)
"""Axes of the egg: width, thickness, height."""


def egg(
    axes_mm: tuple[float, float, float] = BODY_MM,
    *,
    rows: int = 40,
    columns: int = 48,
    centre_mm: tuple[float, float, float] = (0.0, 0.0, 0.0),
) -> TriangleMesh:
    """Return a closed ellipsoid that looks outwards, of 2 (rows - 1) columns triangles."""
    polar = np.pi * np.arange(1, rows) / rows
    azimuth = 2 * np.pi * np.arange(columns) / columns
    rings = np.stack(
        [
            np.outer(np.sin(polar), np.cos(azimuth)),
            np.outer(np.sin(polar), np.sin(azimuth)),
            np.outer(np.cos(polar), np.ones(columns)),
        ],
        axis=-1,
    ).reshape(-1, 3)
    vertices = np.concatenate([rings, [[0, 0, 1], [0, 0, -1]]]) * np.array(axes_mm) / 2
    here = np.arange(columns)
    beside = (here + 1) % columns
    top, bottom = len(rings), len(rings) + 1
    last = (rows - 2) * columns
    triangles = [
        np.stack([np.full(columns, top), here, beside], axis=1),
        np.stack([np.full(columns, bottom), last + beside, last + here], axis=1),
    ]
    for row in range(rows - 2):
        a, b = row * columns + here, row * columns + beside
        triangles += [
            np.stack([a, a + columns, b], axis=1),
            np.stack([b, a + columns, b + columns], axis=1),
        ]
    return TriangleMesh(
        vertices_mm=vertices + np.array(centre_mm), triangles=np.concatenate(triangles)
    )


def box(
    size_mm: tuple[float, float, float], centre_mm: tuple[float, float, float] = (0.0, 0.0, 0.0)
) -> TriangleMesh:
    """Return a closed box of twelve triangles that look outwards."""
    corners = [(x, y, z) for x in (-0.5, 0.5) for y in (-0.5, 0.5) for z in (-0.5, 0.5)]
    triangles = [
        (0, 1, 3), (0, 3, 2), (4, 6, 7), (4, 7, 5), (0, 4, 5), (0, 5, 1),
        (2, 3, 7), (2, 7, 6), (0, 2, 6), (0, 6, 4), (1, 5, 7), (1, 7, 3),
    ]  # fmt: skip
    return TriangleMesh(
        vertices_mm=np.array(corners) * size_mm + np.array(centre_mm),
        triangles=np.array(triangles, dtype=np.int64),
    )


def together(*meshes: TriangleMesh) -> TriangleMesh:
    """Return several meshes as one, not connected."""
    first = np.cumsum([0, *(len(mesh.vertices_mm) for mesh in meshes[:-1])])
    return TriangleMesh(
        vertices_mm=np.concatenate([mesh.vertices_mm for mesh in meshes]),
        triangles=np.concatenate(
            [mesh.triangles + start for mesh, start in zip(meshes, first, strict=True)]
        ),
    )


def loose(mesh: TriangleMesh) -> TriangleMesh:
    """Return each triangle with corners of its own, as STL has them."""
    return TriangleMesh(
        vertices_mm=mesh.vertices_mm[mesh.triangles.ravel()],
        triangles=np.arange(mesh.triangles.size).reshape(-1, 3),
    )


def without(mesh: TriangleMesh, lost: NDArray[np.bool_]) -> TriangleMesh:
    """Return a mesh without some of its triangles; the vertices stay."""
    return mesh.with_triangles(mesh.triangles[~lost])


def flipped(mesh: TriangleMesh, chosen: NDArray[np.bool_]) -> TriangleMesh:
    """Return a mesh with some of its triangles turned over."""
    triangles = mesh.triangles.copy()
    triangles[chosen] = triangles[chosen][:, ::-1]
    return mesh.with_triangles(triangles)


def volume_mm3(mesh: TriangleMesh) -> float:
    """Return the volume inside, positive when the triangles look outwards."""
    return float(mesh.cone_volumes_mm3(np.zeros(3)).sum())


def centres_mm(mesh: TriangleMesh) -> NDArray[np.float64]:
    """Return the middle of each triangle."""
    middles: NDArray[np.float64] = mesh.vertices_mm[mesh.triangles].mean(axis=1)
    return middles
