"""``dosemap estimate --surface`` with a user's own mesh."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from dosemap.cli import app
from dosemap.mesh.triangles import TriangleMesh
from measured_runs import measured_run
from own_meshes import egg
from simulated_reports import RDSR

PEERS = Path(__file__).parents[3] / "shared" / "data" / "reference" / "peers"
SCAN_OF = PEERS / "hudfrid.stl"
REPORT = RDSR / "siemens_axiom_procedure.dcm"


@pytest.fixture
def trimesh() -> Any:
    return pytest.importorskip("trimesh")


def run(*arguments: object) -> Result:
    return CliRunner(env={"COLUMNS": "200"}).invoke(app, ["estimate", *map(str, arguments)])


def document(*arguments: object) -> Any:
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def write(trimesh: Any, path: Path, mesh: TriangleMesh) -> Path:
    trimesh.Trimesh(mesh.vertices_mm, mesh.triangles, process=False).export(path)
    return path


def test_axes_and_repairs_are_told(trimesh: Any, report: Path, tmp_path: Path) -> None:
    mesh = egg(rows=100, columns=120)
    upright = TriangleMesh(
        vertices_mm=mesh.vertices_mm[:, [0, 2, 1]] * [1, 1, -1], triangles=mesh.triangles
    )
    plain = write(trimesh, tmp_path / "plain.stl", mesh)
    y_up = write(trimesh, tmp_path / "y_up.stl", upright.with_triangles(mesh.triangles[:, ::-1]))
    expected = document(report, "--surface", plain, "--mesh-unit", "mm")
    found = document(report, "--surface", y_up, "--mesh-unit", "mm", "--mesh-axes", "LHA")
    assert found["peak_skin_dose_gy"] == pytest.approx(expected["peak_skin_dose_gy"], rel=1e-5)
    told = {problem["code"] for problem in found["problems"]}
    assert "mesh-turned-outwards" in told
    assert "mesh-axes-doubtful" not in told
    askew = document(report, "--surface", y_up, "--mesh-unit", "mm")
    assert "mesh-axes-doubtful" in {problem["code"] for problem in askew["problems"]}
    for_people = run(report, "--surface", y_up, "--mesh-unit", "mm").stdout
    assert "is longest along y (1700 mm)" in " ".join(for_people.split())


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--mesh-unit", "cm"), "body.stl: the mesh is 1.7e+04 mm long with the unit cm"),
        (("--mesh-unit", "mm", "--mesh-axes", "XYZ"), "axes 'XYZ' must be three letters"),
        ((), "the unit of a mesh is not guessed: add --mesh-unit"),
    ],
)
def test_what_cannot_be_used_is_exit_code_2_and_one_line(
    trimesh: Any, report: Path, tmp_path: Path, options: tuple[str, ...], words: str
) -> None:
    path = write(trimesh, tmp_path / "body.stl", egg())
    result = run(report, "--surface", path, *options)
    assert result.exit_code == 2
    assert words in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.skipif(
    not (SCAN_OF.is_file() and REPORT.is_file()), reason="the data of ../shared/data is not here"
)
def test_a_scan_of_200000_triangles(trimesh: Any, tmp_path: Path) -> None:
    """As a scanner gives it: loose triangles, noise of 0.5 mm, a crumb, a hole, turned inwards."""
    smooth = trimesh.load_mesh(SCAN_OF)
    fine = smooth.subdivide().subdivide()
    rng = np.random.default_rng(7)
    vertices_cm = fine.vertices + rng.normal(0, 0.05, fine.vertices.shape)
    triangles = fine.faces[:, ::-1]
    hole = np.linalg.norm(vertices_cm[triangles].mean(axis=1) - vertices_cm[1000], axis=1) < 0.8
    crumbs = egg((1, 1, 1), rows=6, columns=8)
    scan = trimesh.util.concatenate(
        trimesh.Trimesh(vertices_cm, triangles[~hole], process=False),
        trimesh.Trimesh(crumbs.vertices_mm + np.array([60, 0, 0]), crumbs.triangles, process=False),
    )
    assert len(scan.faces) > 150_000
    scan.export(tmp_path / "scan.stl")

    surface = ["--surface", tmp_path / "scan.stl", "--mesh-unit", "cm"]
    done = measured_run("estimate", REPORT, "--json", *surface)
    # Twice what it takes on the machine of docs/validation.md, whose other users slow it down.
    assert done.processor_s < 10
    assert done.megabytes < 800

    found = json.loads(done.stdout)
    told = {problem["code"] for problem in found["problems"]}
    assert {"mesh-debris", "mesh-holes-closed", "mesh-turned-outwards"} <= told
    assert not {"mesh-open", "mesh-pieces", "mesh-not-manifold", "mesh-axes-doubtful"} & told
    expected = document(REPORT, "--surface", SCAN_OF, "--mesh-unit", "cm")
    # Noise tilts the normals and makes the lowest of 10^5 points rest on the pad, 2 mm below the
    # skin: 1 % of the dose; the peak is found on a finer mesh besides.
    assert found["peak_skin_dose_gy"] == pytest.approx(expected["peak_skin_dose_gy"], rel=0.03)
