"""Surfaces: sizes and areas of the shapes, and meshes of the user from arrays and files."""

import math
from pathlib import Path
from typing import Any, Literal, cast

import numpy as np
import pytest

from dosemap import DosemapError, MeshError
from dosemap.mesh.units import LengthUnit
from dosemap.procedure import Patient
from dosemap.surface import Surface

CUBE_VERTICES = np.array(
    [(x, y, z) for x in (-50.0, 50.0) for y in (-50.0, 50.0) for z in (-50.0, 50.0)]
)
# Anticlockwise seen from outside: -x, +x, -y, +y, -z, +z, two triangles each.
CUBE_TRIANGLES = np.array(
    [(0, 1, 3), (0, 3, 2), (4, 6, 7), (4, 7, 5), (0, 4, 5), (0, 5, 1),
     (2, 3, 7), (2, 7, 6), (0, 2, 6), (0, 6, 4), (1, 5, 7), (1, 7, 3)]
)  # fmt: skip


# --- shapes


@pytest.mark.parametrize(("facing", "normal_y"), [("posterior", 1), ("anterior", -1)])
def test_plane(facing: Literal["posterior", "anterior"], normal_y: int) -> None:
    plane = Surface.plane(width_mm=300, length_mm=500, facing=facing, spacing_mm=10)
    assert plane.areas_mm2.sum() == pytest.approx(300 * 500)
    np.testing.assert_allclose(np.ptp(plane.vertices_mm, axis=0), [300, 0, 500], atol=1e-9)
    np.testing.assert_allclose(plane.normals, np.tile([0, normal_y, 0], (len(plane), 1)), atol=1e-9)


def test_cylinder_has_the_mantle_of_its_circle_and_looks_outwards() -> None:
    cylinder = Surface.cylinder(diameter_mm=200, length_mm=300, spacing_mm=5)
    # A polygon of n sides is shorter than its circle by pi^2 / (6 n^2): 1e-4 for 126 sides.
    assert cylinder.areas_mm2.sum() == pytest.approx(math.pi * 200 * 300, rel=5e-4)
    outwards = (cylinder.vertices_mm * cylinder.normals)[:, :2].sum(axis=1)
    np.testing.assert_allclose(outwards, 100, rtol=1e-3)


def test_elliptic_cylinder_has_full_axes() -> None:
    ellipse = Surface.elliptic_cylinder(width_mm=400, thickness_mm=200, length_mm=600)
    np.testing.assert_allclose(np.ptp(ellipse.vertices_mm, axis=0), [400, 200, 600], rtol=1e-3)
    # Ramanujan's perimeter of an ellipse with semi-axes 200 and 100 mm: 968.9 mm.
    assert ellipse.areas_mm2.sum() == pytest.approx(968.9 * 600, rel=1e-3)


def test_the_spacing_is_that_of_the_vertices() -> None:
    coarse = Surface.plane(width_mm=300, length_mm=300, spacing_mm=10)
    fine = Surface.plane(width_mm=300, length_mm=300, spacing_mm=5)
    assert len(coarse) == 31 * 31
    assert len(fine) == 61 * 61


def test_the_trunk_grows_with_mass_per_height() -> None:
    reference = Surface.for_patient(Patient(height_cm=176, mass_kg=73))
    np.testing.assert_allclose(np.ptp(reference.vertices_mm, axis=0), [400, 200, 1760], rtol=1e-3)
    heavy = Surface.for_patient(Patient(height_cm=176, mass_kg=146))
    np.testing.assert_allclose(
        np.ptp(heavy.vertices_mm, axis=0), [400 * 2**0.5, 200 * 2**0.5, 1760], rtol=1e-3
    )
    assert [entry.field for entry in heavy.assumptions] == ["surface"]
    nothing_known = Surface.for_patient(Patient())
    assert nothing_known.description == reference.description
    assert [entry.field for entry in nothing_known.assumptions] == [
        "surface",
        "height_cm",
        "mass_kg",
    ]


@pytest.mark.parametrize(
    "make",
    [
        lambda: Surface.plane(width_mm=-1),
        lambda: Surface.plane(spacing_mm=0),
        lambda: Surface.plane(spacing_mm=math.nan),
        lambda: Surface.cylinder(diameter_mm=0, length_mm=100),
        lambda: Surface.elliptic_cylinder(width_mm=400, thickness_mm=math.inf, length_mm=600),
    ],
)
def test_impossible_sizes_are_refused(make: Any) -> None:
    with pytest.raises(DosemapError, match="must lie between"):
        make()


# --- sites in words


@pytest.mark.parametrize(
    ("direction", "words"),
    [
        ((0, 1, 0), "posterior, on the midline, 30 cm below the head end of the surface"),
        ((0, -1, 0), "anterior, on the midline, 30 cm"),
        ((1, 0, 0), "left, 20 cm left of the midline"),
        ((-1, 0, 0), "right, 20 cm right of the midline"),
    ],
)
def test_the_site_names_side_midline_and_height(
    direction: tuple[int, int, int], words: str
) -> None:
    trunk = Surface.elliptic_cylinder(width_mm=400, thickness_mm=200, length_mm=600)
    middle = trunk.vertices_mm.mean(axis=0)
    target = middle + np.array(direction) * [200, 100, 0]
    vertex = int(np.linalg.norm(trunk.vertices_mm - target, axis=1).argmin())
    assert trunk.describe_site(vertex, target).startswith(words)


# --- meshes from arrays


def test_a_closed_mesh_knows_its_area_and_volume() -> None:
    cube = Surface.from_mesh(CUBE_VERTICES, CUBE_TRIANGLES)
    assert cube.areas_mm2.sum() == pytest.approx(6 * 100**2)
    assert cube.core.enclosed_volume_mm3 == pytest.approx(100**3)
    assert cube.core.loose_edges == 0


@pytest.mark.parametrize(
    ("vertices", "triangles"),
    [
        (CUBE_VERTICES, np.zeros((0, 3), int)),
        (CUBE_VERTICES, [[0, 1, 8]]),
        (CUBE_VERTICES, [[0, 1, -1]]),
        (CUBE_VERTICES, [[0, 1, 2**33]]),
        (np.where(CUBE_VERTICES > 0, np.nan, CUBE_VERTICES), CUBE_TRIANGLES),
        (np.zeros((0, 3)), np.zeros((0, 3), int)),
        (CUBE_VERTICES[:, :2], CUBE_TRIANGLES),
        (CUBE_VERTICES, CUBE_TRIANGLES[:, :2]),
        (CUBE_VERTICES * 0, CUBE_TRIANGLES),
        (CUBE_VERTICES, CUBE_TRIANGLES + 0.5),
    ],
    ids=[
        "no triangles", "no such vertex", "negative", "too large", "nan", "nothing", "flat",
        "edges", "a point", "fractions",
    ],
)  # fmt: skip
def test_arrays_that_make_no_surface_are_refused(vertices: Any, triangles: Any) -> None:
    with pytest.raises(DosemapError):
        Surface.from_mesh(vertices, triangles)


# --- mesh files


def write(path: Path, *, scale: float = 1.0) -> Path:
    """Write a cube of 400 mm times the scale."""
    trimesh = pytest.importorskip("trimesh")
    trimesh.Trimesh(CUBE_VERTICES * 4 * scale, CUBE_TRIANGLES, process=False).export(path)
    return path


@pytest.mark.parametrize("suffix", ["stl", "obj", "ply"])
@pytest.mark.parametrize(("unit", "scale"), [("mm", 1.0), ("cm", 0.1), ("m", 0.001)])
def test_mesh_files_in_every_unit(
    tmp_path: Path, suffix: str, unit: LengthUnit, scale: float
) -> None:
    surface = Surface.from_file(write(tmp_path / f"cube.{suffix}", scale=scale), unit=unit)
    assert len(surface) == 8  # corners that triangles share are joined
    assert surface.core.loose_edges == 0
    # Coordinates are f32 in STL, six decimals or more in the others.
    assert surface.areas_mm2.sum() == pytest.approx(6 * 400**2, rel=1e-5)
    assert surface.core.enclosed_volume_mm3 == pytest.approx(400**3, rel=1e-5)
    np.testing.assert_allclose(np.ptp(surface.vertices_mm, axis=0), 400, rtol=1e-5)
    assert surface.description == f"mesh cube.{suffix}"


@pytest.mark.parametrize(
    ("scale", "wrong", "right"),
    [(0.001, "mm", "m"), (0.1, "m", "cm"), (1.0, "m", "mm"), (0.1, "mm", "cm"), (1.0, "cm", "mm")],
)
def test_a_wrong_unit_is_refused_and_the_likely_one_named(
    tmp_path: Path, scale: float, wrong: str, right: str
) -> None:
    path = write(tmp_path / "cube.stl", scale=scale)
    with pytest.raises(MeshError, match=rf"unit {wrong}, .* likely {right} \(then 400 mm\)"):
        Surface.from_file(path, unit=cast("LengthUnit", wrong))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.stl", b""),
        ("empty.ply", b""),
        ("empty.obj", b""),
        ("corrupt.stl", b"solid nonsense \x00\xff"),
        ("corrupt.ply", b"ply\nformat ascii 1.0\nelement vertex 9\nend_header\n1 2\n"),
        ("points.obj", b"v 0 0 0\nv 1 0 0\nv 0 1 0\n"),
        ("text.stl", b"this is no mesh at all, only words " * 10),
        ("mesh.unknown", b"whatever"),
    ],
)
def test_bad_files_end_in_one_sentence(tmp_path: Path, name: str, content: bytes) -> None:
    pytest.importorskip("trimesh")
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(DosemapError) as caught:
        Surface.from_file(path, unit="mm")
    assert name in str(caught.value)
    assert "\n" not in str(caught.value)


def test_truncated_mesh_files_never_end_in_anything_else(tmp_path: Path) -> None:
    for suffix in ("stl", "ply", "obj"):
        whole = write(tmp_path / f"whole.{suffix}").read_bytes()
        path = tmp_path / f"cut.{suffix}"
        for length in range(0, len(whole), max(1, len(whole) // 25)):
            path.write_bytes(whole[:length])
            try:
                Surface.from_file(path, unit="mm")
            except DosemapError as error:
                assert str(error)  # noqa: PT017  (a cut OBJ may still be a mesh)


def test_a_missing_file_and_a_folder_are_named(tmp_path: Path) -> None:
    pytest.importorskip("trimesh")
    for path in (tmp_path / "none.stl", tmp_path):
        with pytest.raises(MeshError, match="there is no file"):
            Surface.from_file(path, unit="mm")
