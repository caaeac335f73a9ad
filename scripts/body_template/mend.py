"""Smooth the few places where a shape folds, cuts itself or is stretched: armpit, crotch, cleft."""

import numpy as np
import pymeshlab
from makehuman import Floats, Ints
from numpy.typing import NDArray
from skin import Skin, edges, triangle_normals

Mask = NDArray[np.bool_]

FOLD_COSINE = 0.3
"""Two neighbouring triangles whose normals have a smaller cosine are a fold."""
STRETCH = 1.8
"""Most that an edge may be longer against the reference shape than those about it are."""
ABOUT = 40
"""Averagings with the neighbours that tell the stretch about an edge: some six rings."""
ROUNDS = 60
ROUNDS_PER_RING = 8
"""How often the neighbourhood of the faults is smoothed before it is taken one ring wider."""


def mended(skin: Skin, vertices: Floats) -> Floats:
    """Return a shape of the skin, smoothed around its faults until there are none.

    Raises
    ------
    ValueError
        When faults are left.
    """
    pairs = edges(skin.triangles)[0]
    neighbours = triangle_pairs(skin.triangles)
    for attempt in range(ROUNDS):
        faulty = faults(skin, vertices, pairs, neighbours)
        if not faulty.any():
            return vertices
        for _ in range(2 + attempt // ROUNDS_PER_RING):
            touched = faulty[pairs].any(axis=1)
            faulty[pairs[touched].ravel()] = True
        mean = skin.neighbour_mean(vertices)
        vertices = skin.symmetric(np.where(faulty[:, None], (vertices + mean) / 2.0, vertices))
    msg = f"{faulty.sum()} vertices around faults are left"
    raise ValueError(msg)


def triangle_pairs(triangles: Ints) -> Ints:
    """Return the two triangles at each edge."""
    ends = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]])
    order = np.lexsort(np.sort(ends, axis=1).T)
    return (order % len(triangles)).reshape(-1, 2)


def faults(skin: Skin, vertices: Floats, pairs: Ints, neighbours: Ints) -> Mask:
    """Return the vertices of folds, of triangles that cut others and of odd edges."""
    faulty = np.zeros(len(vertices), dtype=bool)
    normals = triangle_normals(vertices, skin.triangles)
    folds = np.sum(normals[neighbours[:, 0]] * normals[neighbours[:, 1]], axis=1) < FOLD_COSINE
    faulty[skin.triangles[neighbours[folds].ravel()].ravel()] = True
    faulty[skin.triangles[crossing(vertices, skin.triangles)].ravel()] = True
    length, before = (
        np.linalg.norm(points[pairs[:, 0]] - points[pairs[:, 1]], axis=1)
        for points in (vertices, skin.vertices)
    )
    stretch = np.log(length / before)
    about = skin.smoothed(vertex_mean(stretch, pairs, len(vertices)), ABOUT)[pairs, 0].mean(axis=1)
    faulty[pairs[stretch - about > np.log(STRETCH)].ravel()] = True
    return faulty


def crossing(vertices: Floats, triangles: Ints) -> Mask:
    """Return the triangles that cut another one."""
    meshes = pymeshlab.MeshSet()
    meshes.add_mesh(pymeshlab.Mesh(vertices, triangles))
    meshes.compute_selection_by_self_intersections_per_face()
    return np.asarray(meshes.current_mesh().face_selection_array(), dtype=bool)


def vertex_mean(edge_values: Floats, pairs: Ints, vertices: int) -> Floats:
    """Return the mean over the edges at each vertex, as a column."""
    total, count = np.zeros(vertices), np.zeros(vertices)
    for end in pairs.T:
        np.add.at(total, end, edge_values)
        np.add.at(count, end, 1.0)
    return np.asarray(total / count)[:, None]
