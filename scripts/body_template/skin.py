"""A clean, uniform skin from the MakeHuman reference: voxel closing, then remeshing.

The closing fuses fingers and toes and fills mouth, eye sockets, nostrils and the gap behind the
ears; an opening then takes off what is left of the ears.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pymeshlab
from bones import JOINTS
from makehuman import Floats, Ints
from numpy.typing import NDArray
from scipy import ndimage, sparse
from scipy.spatial import cKDTree
from skimage import measure

Mask = NDArray[np.bool_]

VOXEL_MM = 2.5
MARGIN_MM = 45.0
WIDE_MM = 11.0
"""Radius of the closing of feet and head; that of the rest is NARROW_MM."""
FINGERS_MM = 16.0
FINGERTIP_MM = 6.0
"""Radius of the opening of the hands."""
NARROW_MM = 5.0
EAR_MM = 14.0
"""Radius of the opening beside the ears."""
COARSE_MM = 14.2
FINE_MM = 9.0
RELAXATIONS = 8


def triangle_normals(vertices: Floats, triangles: Ints) -> Floats:
    """Return the unit normals of triangles."""
    a, b, c = (vertices[triangles[:, corner]] for corner in range(3))
    normals = np.cross(b - a, c - a)
    return np.asarray(normals / np.maximum(np.linalg.norm(normals, axis=1), 1e-12)[:, None])


def vertex_normals(vertices: Floats, triangles: Ints) -> Floats:
    """Return unit normals of vertices, weighted by area."""
    a, b, c = (vertices[triangles[:, corner]] for corner in range(3))
    area_normals = np.cross(b - a, c - a)
    normals = np.zeros_like(vertices)
    for corner in range(3):
        np.add.at(normals, triangles[:, corner], area_normals)
    return np.asarray(normals / np.maximum(np.linalg.norm(normals, axis=1), 1e-12)[:, None])


def sample_surface(vertices: Floats, triangles: Ints, spacing_mm: float) -> Floats:
    """Return points on all triangles, no farther apart than about `spacing_mm`."""
    a, b, c = (vertices[triangles[:, corner]] for corner in range(3))
    edge = np.max([np.linalg.norm(p - q, axis=1) for p, q in ((a, b), (b, c), (c, a))], axis=0)
    steps = np.maximum(np.ceil(edge / spacing_mm).astype(int), 1)
    points = []
    for count in np.unique(steps):
        chosen = steps == count
        for i in range(count + 1):
            for j in range(count + 1 - i):
                u, v = i / count, j / count
                points.append(a[chosen] * (1 - u - v) + b[chosen] * u + c[chosen] * v)
    return np.concatenate(points)


def closed(solid: Mask, radius_mm: float) -> Mask:
    """Return the solid with every gap filled that a ball of the radius does not enter."""
    grown = ndimage.distance_transform_edt(~solid, sampling=VOXEL_MM) <= radius_mm
    shut = ndimage.distance_transform_edt(grown, sampling=VOXEL_MM) > radius_mm
    return np.asarray(ndimage.binary_fill_holes(shut))


def opened(solid: Mask, radius_mm: float) -> Mask:
    """Return the part of the solid that a ball of the radius reaches."""
    return ~closed(~solid, radius_mm)


def voxel_solid(vertices: Floats, triangles: Ints) -> tuple[Mask, Floats]:
    """Return the voxels inside a closed symmetric surface and the first voxel's centre (mm).

    The grid goes across the plane x = 0 by the margin, so that the closing is symmetric there.
    """
    low = vertices.min(axis=0) - MARGIN_MM
    low[0] = -np.ceil(MARGIN_MM / VOXEL_MM) * VOXEL_MM
    shape = np.ceil((vertices.max(axis=0) + MARGIN_MM - low) / VOXEL_MM).astype(int) + 1
    points = sample_surface(vertices, triangles, 0.6 * VOXEL_MM)
    index = np.rint((points - low) / VOXEL_MM).astype(int)
    wall = np.zeros(shape, dtype=bool)
    wall[tuple(index[index[:, 0] >= 0].T)] = True
    rooms, _ = ndimage.label(~wall)
    outside = rooms == rooms[-1, 0, 0]
    return ~outside, low


def marching_cubes_half(solid: Mask, low: Floats) -> tuple[Floats, Ints]:
    """Return the smooth surface of the voxels at x >= 0, open at x = 0."""
    inside = ndimage.distance_transform_edt(solid, sampling=VOXEL_MM)
    outside = ndimage.distance_transform_edt(~solid, sampling=VOXEL_MM)
    # Voxels that the surface passes are inside: the surface is half a voxel within their border.
    distance = ndimage.gaussian_filter(outside - inside + 0.5 * VOXEL_MM, 1.2)
    start = round(-low[0] / VOXEL_MM)
    vertices, triangles, _, _ = measure.marching_cubes(
        distance[start:], 0.0, spacing=(VOXEL_MM,) * 3, gradient_direction="ascent"
    )
    shift = np.array([0.0, low[1], low[2]])
    return vertices + shift, triangles[:, ::-1].astype(np.int64)


def closed_solid(vertices: Floats, triangles: Ints, joints: Floats) -> tuple[Mask, Floats]:
    """Return the voxels of the clean body: mittens for hands, no cavities, hardly ears."""
    solid, low = voxel_solid(vertices, triangles)
    x, y, z = (
        axis_grid * VOXEL_MM + start
        for axis_grid, start in zip(np.ogrid[tuple(map(slice, solid.shape))], low, strict=True)
    )
    named = dict(zip(JOINTS, joints, strict=True))
    wrist = named["wrist"]
    axis = (named["fingertip"] - wrist) / np.linalg.norm(named["fingertip"] - wrist)
    beyond = (x - wrist[0]) * axis[0] + (y - wrist[1]) * axis[1] + (z - wrist[2]) * axis[2]
    hand = (beyond > 25.0) & (x > wrist[0] - 120.0)
    neck = named["base_of_head"]
    head = z > neck[2] - 75.0
    foot = z < named["ankle"][2] + 10.0
    ear = (z > neck[2] - 50.0) & (x > 50.0) & (y > neck[1] - 45.0)
    clean = np.where(head | foot, closed(solid, WIDE_MM), closed(solid, NARROW_MM))
    clean = np.where(hand, opened(closed(solid, FINGERS_MM), FINGERTIP_MM), clean)
    return np.where(ear, opened(clean, EAR_MM), clean), low


def remeshed(vertices: Floats, triangles: Ints, joints: Floats) -> tuple[Floats, Ints]:
    """Return a surface with nearly equal edges, finer on head, hands and feet."""
    named = dict(zip(JOINTS, joints, strict=True))
    wrist, neck = named["wrist"], named["base_of_head"]
    coarse = (
        f"(x0 < {wrist[0] - 70:.1f} || z0 > {wrist[2] + 15:.1f})"
        f" && z0 > {named['ankle'][2] + 20:.1f}"
        f" && (z0 < {neck[2] - 70:.1f} || (y0 > {neck[1] - 35:.1f} && z0 < {neck[2] - 5:.1f}))"
    )
    meshes = pymeshlab.MeshSet()
    meshes.add_mesh(pymeshlab.Mesh(vertices, triangles))
    meshes.apply_coord_taubin_smoothing(stepsmoothnum=10)
    remesh = {"iterations": 12, "featuredeg": 180.0, "checksurfdist": False}
    meshes.meshing_isotropic_explicit_remeshing(targetlen=pymeshlab.PureValue(FINE_MM), **remesh)
    meshes.compute_selection_by_condition_per_face(condselect=coarse)
    meshes.meshing_isotropic_explicit_remeshing(
        targetlen=pymeshlab.PureValue(COARSE_MM), selectedonly=True, **remesh
    )
    mesh = meshes.current_mesh()
    return mesh.vertex_matrix(), mesh.face_matrix().astype(np.int64)


def edges(triangles: Ints) -> tuple[Ints, Ints]:
    """Return the edges (sorted ends) and how many triangles have each."""
    pairs = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]])
    unique, counts = np.unique(np.sort(pairs, axis=1), axis=0, return_counts=True)
    return unique, counts


@dataclass(frozen=True)
class Skin:
    """A symmetric closed surface: vertices of the midline, of the left, of the right."""

    vertices: Floats
    triangles: Ints
    midline: int
    """Number of vertices on the plane x = 0."""

    @property
    def left(self) -> int:
        """Number of vertices of the left half with the midline."""
        return (len(self.vertices) + self.midline) // 2

    def mirror(self) -> Ints:
        """Return the index of the mirror image of each vertex."""
        half, both = self.left, len(self.vertices)
        return np.concatenate(
            [np.arange(self.midline), np.arange(half, both), np.arange(self.midline, half)]
        )

    def half_triangles(self) -> Ints:
        """Return the triangles of the left half."""
        return self.triangles[: len(self.triangles) // 2]

    def symmetric(self, vertices: Floats) -> Floats:
        """Return vertices averaged with their mirror images; the midline at x = 0."""
        return np.asarray((vertices + vertices[self.mirror()] * [-1.0, 1.0, 1.0]) / 2.0)

    def smoothed(self, values: Floats, times: int) -> Floats:
        """Return vertex values averaged with those of their neighbours a number of times."""
        for _ in range(times):
            values = 0.5 * values + 0.5 * self.neighbour_mean(values)
        return values

    def neighbour_mean(self, values: Floats) -> Floats:
        """Return the mean of each vertex's neighbours."""
        return np.asarray(self.averaging @ values)

    @cached_property
    def averaging(self) -> sparse.csr_matrix:
        """The matrix that gives the mean of each vertex's neighbours."""
        return averaging(self.triangles)


def averaging(triangles: Ints) -> sparse.csr_matrix:
    """Return the matrix that gives the mean of each vertex's neighbours."""
    pairs, _ = edges(triangles)
    both = np.concatenate([pairs, pairs[:, ::-1]]).T
    adjacency = sparse.csr_matrix((np.ones(both.shape[1]), tuple(both)))
    return sparse.diags(1.0 / np.asarray(adjacency.sum(axis=1)).ravel()) @ adjacency


def whole(vertices: Floats, triangles: Ints) -> Skin:
    """Return the skin of a half whose border lies on x = 0."""
    pairs, counts = edges(triangles)
    border = np.zeros(len(vertices), dtype=bool)
    border[pairs[counts == 1].ravel()] = True
    order = np.concatenate([np.flatnonzero(border), np.flatnonzero(~border)])
    place = np.argsort(order)
    half, triangles = vertices[order], place[triangles]
    midline = int(border.sum())
    half[:midline, 0] = 0.0
    image = np.arange(len(half))
    image[midline:] += len(half) - midline
    return Skin(
        np.concatenate([half, half[midline:] * [-1.0, 1.0, 1.0]]),
        np.concatenate([triangles, image[triangles][:, ::-1]]),
        midline,
    )


def relaxed(skin: Skin, surface: Floats, normals: Floats) -> Skin:
    """Return the skin with its vertices slid along a surface towards equal spacing.

    The surface is given by dense points of its left half with their normals.
    """
    tree = cKDTree(surface)
    vertices = skin.vertices
    for _ in range(RELAXATIONS):
        across = vertex_normals(vertices, skin.triangles)
        move = skin.neighbour_mean(vertices) - vertices
        move -= np.sum(move * across, axis=1)[:, None] * across
        left = (vertices + 0.5 * move)[: skin.left]
        distance, near = tree.query(left, 4)
        pull = 1.0 / (distance + 0.3)
        pull /= pull.sum(axis=1, keepdims=True)
        foot = np.einsum("vn,vnk->vk", pull, surface[near])
        normal = np.einsum("vn,vnk->vk", pull, normals[near])
        normal /= np.linalg.norm(normal, axis=1, keepdims=True)
        left -= np.sum((left - foot) * normal, axis=1)[:, None] * normal
        left[: skin.midline, 0] = 0.0
        vertices = np.concatenate([left, left[skin.midline :] * [-1.0, 1.0, 1.0]])
    return Skin(vertices, skin.triangles, skin.midline)


def half_skin(vertices: Floats, triangles: Ints, joints: Floats) -> Skin:
    """Return the clean skin of a symmetric body with closed fingers, in the same pose."""
    solid, low = closed_solid(vertices, triangles, joints)
    surface, surface_triangles = marching_cubes_half(solid, low)
    skin = whole(*remeshed(surface, surface_triangles, joints))
    return relaxed(skin, surface, vertex_normals(surface, surface_triangles))
