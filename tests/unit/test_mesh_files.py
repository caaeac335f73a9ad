"""Own mesh files: formats, units, axes, and what of it reaches the result."""

import sys
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

import dosemap as dm
from dosemap import MeshError
from dosemap.mesh.axes import patient_from_file, tell_axes
from dosemap.mesh.triangles import TriangleMesh
from dosemap.mesh.units import LengthUnit
from own_meshes import box, egg, loose, together, without
from simulated_reports import artis_procedure

FORMATS = ["body.stl", "body.obj", "body.ply", "body.off", "body.glb"]


@pytest.fixture
def trimesh() -> Any:
    return pytest.importorskip("trimesh")


def write(trimesh: Any, path: Path, mesh: TriangleMesh, **options: object) -> Path:
    trimesh.Trimesh(mesh.vertices_mm, mesh.triangles, process=False).export(path, **options)
    return path


def codes(surface: dm.Surface) -> list[str]:
    return [problem.code for problem in surface.problems]


def metres(mesh: TriangleMesh) -> TriangleMesh:
    return TriangleMesh(vertices_mm=mesh.vertices_mm / 1000, triangles=mesh.triangles)


# --- formats


@pytest.mark.parametrize(
    ("name", "options"),
    [
        *((name, {}) for name in FORMATS),
        ("body.stl", {"file_type": "stl_ascii"}),
        ("body.ply", {"encoding": "ascii"}),
    ],
)
def test_every_format_gives_the_same_surface(
    trimesh: Any, tmp_path: Path, name: str, options: dict[str, str]
) -> None:
    path = write(trimesh, tmp_path / name, metres(egg()), **options)
    surface = dm.Surface.from_file(path, unit="m")
    assert codes(surface) == []
    assert surface.description == f"mesh {name}"
    expected = dm.Surface.from_mesh(egg().vertices_mm, egg().triangles)
    assert len(surface) == len(expected)
    # float32, or 8 digits as text, of 0.85 m: 1e-4 mm.
    assert surface.core.enclosed_volume_mm3 == pytest.approx(
        expected.core.enclosed_volume_mm3, rel=1e-6
    )
    np.testing.assert_allclose(np.ptp(surface.vertices_mm, axis=0), (400, 240, 1700), atol=0.02)


def test_bodies_of_a_scene_stand_where_the_scene_has_them(trimesh: Any, tmp_path: Path) -> None:
    leg = metres(egg((160, 160, 800)))
    body = trimesh.Trimesh(leg.vertices_mm, leg.triangles, process=False)
    scene = trimesh.Scene()
    for x in (-0.1, 0.1):
        scene.add_geometry(body, transform=trimesh.transformations.translation_matrix([x, 0, 0]))
    scene.export(tmp_path / "legs.glb")
    surface = dm.Surface.from_file(tmp_path / "legs.glb", unit="m")
    assert codes(surface) == ["mesh-pieces"]
    np.testing.assert_allclose(np.ptp(surface.vertices_mm, axis=0), (360, 160, 800), atol=0.3)
    assert len(surface) == 2 * len(leg.vertices_mm)


def test_points_without_triangles_are_refused(trimesh: Any, tmp_path: Path) -> None:
    path = tmp_path / "cloud.ply"
    trimesh.PointCloud(egg().vertices_mm).export(path)
    with pytest.raises(MeshError, match=r"cloud\.ply holds no triangles"):
        dm.Surface.from_file(path, unit="mm")


def test_without_trimesh_the_way_to_install_it_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "trimesh", None)
    (tmp_path / "body.stl").write_bytes(b"")
    with pytest.raises(MeshError, match=r'pip install "dosemap\[mesh\]"'):
        dm.Surface.from_file(tmp_path / "body.stl", unit="mm")


# --- units


def test_a_unit_must_be_one_of_the_three(tmp_path: Path) -> None:
    with pytest.raises(MeshError, match="'inch' must be one of mm, cm, m"):
        dm.Surface.from_file(tmp_path / "body.stl", unit=cast("LengthUnit", "inch"))


@pytest.mark.parametrize(("unit", "differs"), [("m", False), ("mm", True)])
def test_a_unit_that_the_format_states_is_compared(
    trimesh: Any, tmp_path: Path, unit: LengthUnit, *, differs: bool
) -> None:
    """GLB is in metres by its specification; many programs write millimetres all the same."""
    mesh = egg() if unit == "mm" else metres(egg())
    surface = dm.Surface.from_file(write(trimesh, tmp_path / "body.glb", mesh), unit=unit)
    assert codes(surface) == (["mesh-unit-differs"] if differs else [])
    assert np.ptp(surface.vertices_mm[:, 2]) == pytest.approx(1700, abs=0.02)


@pytest.mark.parametrize(("stated", "differs"), [("millimeter", False), ("inch", True)])
def test_the_unit_of_a_3mf_file_is_compared(tmp_path: Path, stated: str, *, differs: bool) -> None:
    pytest.importorskip("trimesh")
    pytest.importorskip("lxml")
    pytest.importorskip("networkx")
    from zipfile import ZipFile  # noqa: PLC0415

    mesh = egg()
    vertices = "".join(f'<vertex x="{x}" y="{y}" z="{z}"/>' for x, y, z in mesh.vertices_mm)
    triangles = "".join(f'<triangle v1="{a}" v2="{b}" v3="{c}"/>' for a, b, c in mesh.triangles)
    model = (
        f'<?xml version="1.0"?><model unit="{stated}"'
        ' xmlns="http://schemas.microsoft.com/3dmanufacturing/core/2015/02"><resources>'
        f'<object id="1" type="model"><mesh><vertices>{vertices}</vertices>'
        f"<triangles>{triangles}</triangles></mesh></object></resources>"
        '<build><item objectid="1"/></build></model>'
    )
    path = tmp_path / "body.3mf"
    with ZipFile(path, "w") as archive:
        archive.writestr("3D/3dmodel.model", model)
    surface = dm.Surface.from_file(path, unit="mm")
    assert codes(surface) == (["mesh-unit-differs"] if differs else [])
    assert np.ptp(surface.vertices_mm[:, 2]) == pytest.approx(1700, abs=1e-6)


@pytest.mark.parametrize("size_mm", [1.7e-3, 1.7e9])
def test_sizes_that_fit_no_unit_are_refused(trimesh: Any, tmp_path: Path, size_mm: float) -> None:
    path = write(trimesh, tmp_path / "body.stl", egg((0.2 * size_mm, 0.1 * size_mm, size_mm)))
    with pytest.raises(MeshError, match="scale it to mm, cm or m"):
        dm.Surface.from_file(path, unit="mm")


# --- axes


@pytest.mark.parametrize("axes", ["LPH", "LHA", "RAH", "HLP", "FRP", "lph"])
def test_axes_turn_a_file_into_patient_space(trimesh: Any, tmp_path: Path, axes: str) -> None:
    # The box is not symmetric: its middle tells directions, its size axes.
    patient = box((400, 200, 1000), (30, -20, 500))
    turn = patient_from_file(axes)
    in_file = TriangleMesh(vertices_mm=patient.vertices_mm @ turn, triangles=patient.triangles)
    path = write(trimesh, tmp_path / "box.ply", in_file)
    surface = dm.Surface.from_file(path, unit="mm", axes=axes)
    assert codes(surface) == []
    np.testing.assert_allclose(surface.vertices_mm, patient.vertices_mm, atol=1e-4)
    assert surface.core.enclosed_volume_mm3 == pytest.approx(400 * 200 * 1000)


def test_y_up_and_face_to_z_is_lha() -> None:
    # +y of the file to the head, +z to the front, +x then to the left.
    np.testing.assert_array_equal(patient_from_file("LHA"), [[1, 0, 0], [0, 0, -1], [0, 1, 0]])


@pytest.mark.parametrize(
    ("axes", "words"),
    [
        ("RPH", "left-handed and would mirror"),
        ("LPS", "three letters"),
        ("LP", "three letters"),
        ("LRH", "three letters"),
        ("", "three letters"),
        ("LPHX", "three letters"),
    ],
)
def test_impossible_axes_are_refused(tmp_path: Path, axes: str, words: str) -> None:
    with pytest.raises(MeshError, match=words):
        dm.Surface.from_file(tmp_path / "none.stl", unit="mm", axes=axes)


def turned(mesh: TriangleMesh, about: int, angle_deg: float) -> TriangleMesh:
    cosine, sine = np.cos(np.radians(angle_deg)), np.sin(np.radians(angle_deg))
    matrix = np.eye(3)
    i, j = [axis for axis in range(3) if axis != about]
    matrix[[i, i, j, j], [i, j, i, j]] = cosine, -sine, sine, cosine
    return TriangleMesh(vertices_mm=mesh.vertices_mm @ matrix.T, triangles=mesh.triangles)


@pytest.mark.parametrize(
    ("mesh", "words"),
    [
        (egg(), None),
        (egg((1830, 300, 1750)), None),  # arms stretched out
        (egg((150, 195, 260)), None),  # a head
        (turned(egg(), 0, 10), None),
        (turned(egg(), 0, 90), "longest along y"),
        (turned(egg(), 1, 90), "longest along x"),
        (turned(egg(), 2, 90), "thicker from front to back"),
        (turned(egg(), 0, 25), "thicker from front to back"),
        (turned(egg(), 1, 25), "25 degrees askew"),
        (turned(egg(), 2, 25), "25 degrees askew"),
    ],
)
def test_a_body_that_does_not_lie_along_the_axes_is_told(
    mesh: TriangleMesh, words: str | None
) -> None:
    messages = [problem.message for problem in tell_axes(mesh)]
    assert len(messages) == (words is not None)
    if words is not None:
        assert words in messages[0]


# --- to the result


def test_repairs_reach_the_result(trimesh: Any, tmp_path: Path) -> None:
    mesh = without(egg(), egg().vertices_mm[egg().triangles[:, 0], 2] < -600)
    path = write(trimesh, tmp_path / "body.ply", mesh.with_triangles(mesh.triangles[:, ::-1]))
    surface = dm.Surface.from_file(path, unit="mm")
    result = dm.estimate(artis_procedure(), surface=surface)
    found = {problem["code"]: problem["message"] for problem in result.problems}
    assert "looked inwards and were turned" in found["mesh-turned-outwards"]
    assert "number of borders 1, the widest opening" in found["mesh-open"]
    assert "cast no shadow" in found["mesh-open"]
    # The same map as on the mesh as it should be.
    right = dm.Surface.from_mesh(mesh.vertices_mm, mesh.triangles)
    assert result.peak_skin_dose_gy == pytest.approx(
        dm.estimate(artis_procedure(), surface=right).peak_skin_dose_gy, rel=1e-5
    )


def test_errors_name_the_file_and_what_is_wrong(trimesh: Any, tmp_path: Path) -> None:
    table = box((500, 30, 2000), (0, 200, 0))
    both = together(egg(), table)
    path = write(trimesh, tmp_path / "scan.stl", loose(both))
    with pytest.raises(MeshError, match=r"^scan\.stl: a flat piece .* cut it away"):
        dm.Surface.from_file(path, unit="mm")
    with pytest.raises(MeshError, match=r"^mine: a flat piece"):
        dm.Surface.from_mesh(both.vertices_mm, both.triangles, description="mine")


def test_a_stored_result_keeps_its_surface_as_it_was(tmp_path: Path) -> None:
    mesh = without(egg(), np.arange(len(egg().triangles)) == 2000)
    open_surface = dm.Surface.from_mesh(mesh.vertices_mm, mesh.triangles, repair=False)
    result = dm.estimate(artis_procedure(), surface=open_surface)
    result.to_netcdf(tmp_path / "result.nc")
    again = dm.DoseResult.from_netcdf(tmp_path / "result.nc")
    assert again.surface is not None
    np.testing.assert_array_equal(again.surface.triangles, open_surface.triangles)
