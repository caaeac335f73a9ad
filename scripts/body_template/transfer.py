"""Carry shapes and skin weights from the MakeHuman mesh to the clean skin."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from makehuman import Floats, Ints
from scipy import sparse
from scipy.sparse.linalg import splu
from scipy.spatial import cKDTree
from skin import averaging, triangle_normals, vertex_normals

SAMPLES_PER_EDGE = 4
NEIGHBOURS = 60
REACH_MM = 12.0
"""Width of the neighbourhood whose motion a skin vertex follows: about a finger."""
TRUSTED_OFFSET_MM = 1.5
"""A skin vertex nearer than this to the MakeHuman surface follows its very triangle."""
SMOOTHNESS = 0.5
"""Weight of the squared bending of the residual against the squared residual."""


@dataclass(frozen=True)
class Samples:
    """Points on the triangles of a mesh: corners and barycentric weights of each."""

    corners: Ints
    weights: Floats

    def on(self, values: Floats) -> Floats:
        """Return values given at the mesh's vertices at the samples."""
        return np.asarray(np.einsum("sc,sck->sk", self.weights, values[self.corners]))


def sample_triangles(triangles: Ints) -> Samples:
    """Return a regular pattern of samples on every triangle."""
    pattern = np.array(
        [
            (1 - u - v, u, v)
            for i in range(SAMPLES_PER_EDGE)
            for j in range(SAMPLES_PER_EDGE - i)
            for u, v in [((i + 1 / 3) / SAMPLES_PER_EDGE, (j + 1 / 3) / SAMPLES_PER_EDGE)]
        ]
    )
    return Samples(
        np.repeat(triangles, len(pattern), axis=0), np.tile(pattern, (len(triangles), 1))
    )


def residual_smoother(triangles: Ints, trust: Floats) -> Callable[[Floats], Floats]:
    """Return the smoothing of vertex values that keeps those trusted and bends the others."""
    laplacian = sparse.eye(len(trust)) - averaging(triangles)
    data = sparse.diags(trust)
    solver = splu((data + SMOOTHNESS * laplacian.T @ laplacian).tocsc())
    return lambda values: np.asarray(solver.solve(data @ values))


class Transfer:
    """How a skin follows a mesh, from both in the reference shape."""

    def __init__(self, skin: Floats, skin_triangles: Ints, mesh: Floats, triangles: Ints) -> None:
        self.skin = skin
        self.samples = sample_triangles(triangles)
        self.points = self.samples.on(mesh)
        per_triangle = len(self.points) // len(triangles)
        normals = np.repeat(triangle_normals(mesh, triangles), per_triangle, axis=0)
        distance, self.near = cKDTree(self.points).query(skin, NEIGHBOURS)
        facing = np.einsum("vk,vnk->vn", vertex_normals(skin, skin_triangles), normals[self.near])
        # Samples that face elsewhere belong to the next finger, the other thigh, a nostril.
        self.pull = np.exp(-((distance / REACH_MM) ** 2)) * np.clip(facing, 0.02, 1.0) ** 2
        self.pull /= self.pull.sum(axis=1, keepdims=True)
        best = np.argmin(np.where(facing > 0.3, distance, 1e3 + distance), axis=1)
        rows = np.arange(len(skin))
        self.closest = self.near[rows, best]
        self.offset_mm = distance[rows, best]
        trust = np.exp(-((self.offset_mm / TRUSTED_OFFSET_MM) ** 2)) * (facing[rows, best] > 0.3)
        self.smooth = residual_smoother(skin_triangles, trust + 1e-3)

    def shape(self, mesh: Floats) -> Floats:
        """Return the skin for the mesh in another shape."""
        points = self.samples.on(mesh)
        rotation, scale = self.local_motion(points)
        turned = rotation * scale[:, None, None]
        before = np.einsum("vn,vnk->vk", self.pull, self.points[self.near])
        after = np.einsum("vn,vnk->vk", self.pull, points[self.near])
        guess = after + np.einsum("vij,vj->vi", turned, self.skin - before)
        offset = self.skin - self.points[self.closest]
        exact = points[self.closest] + np.einsum("vij,vj->vi", turned, offset)
        return np.asarray(guess + self.smooth(exact - guess))

    def values(self, mesh_values: Floats) -> Floats:
        """Return values of the mesh's vertices, averaged around each skin vertex."""
        sampled = self.samples.on(mesh_values)
        return np.asarray(np.einsum("vn,vnk->vk", self.pull, sampled[self.near]))

    def local_motion(self, points: Floats) -> tuple[Floats, Floats]:
        """Return rotation and scale of each vertex's neighbourhood (Umeyama 1991)."""
        centre = np.einsum("vn,vnk->vk", self.pull, self.points[self.near])
        before = self.points[self.near] - centre[:, None]
        after = points[self.near] - np.einsum("vn,vnk->vk", self.pull, points[self.near])[:, None]
        covariance = np.einsum("vn,vni,vnj->vij", self.pull, after, before)
        u, singular, vt = np.linalg.svd(covariance)
        sign = np.ones_like(singular)
        sign[:, 2] = np.sign(np.linalg.det(u @ vt))
        rotation = np.einsum("vij,vj,vjk->vik", u, sign, vt)
        spread = np.einsum("vn,vnk,vnk->v", self.pull, before, before)
        return rotation, (singular * sign).sum(axis=1) / spread
