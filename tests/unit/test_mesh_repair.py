"""What is repaired in a user's mesh, what is only told and what is refused.

The egg has a closed form, so that a repaired mesh is judged by its volume and area.
"""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from dosemap import MeshError
from dosemap.mesh.repair import repair
from dosemap.mesh.triangles import TriangleMesh, connected
from own_meshes import (
    BODY_MM,
    box,
    centres_mm,
    egg,
    flipped,
    loose,
    together,
    volume_mm3,
    without,
)

EGG_MM3 = math.pi / 6 * math.prod(BODY_MM)


def repaired(mesh: TriangleMesh, *codes: str) -> TriangleMesh:
    """Repair a mesh and expect these problems in this order."""
    found, problems = repair(mesh)
    assert [problem.code for problem in problems] == list(codes)
    return found


def is_whole(mesh: TriangleMesh) -> bool:
    """Tell whether a mesh is closed, wound alike and looks outwards."""
    edges = mesh.edges
    left, right = edges.pairs
    closed = (edges.sides_per_edge == 2).all()
    return bool(closed and (edges.start[left] == edges.end[right]).all() and volume_mm3(mesh) > 0)


def near(
    mesh: TriangleMesh, point_mm: tuple[float, float, float], radius_mm: float
) -> NDArray[np.bool_]:
    """Return which triangles have a corner within a distance of a point."""
    distance_mm = np.linalg.norm(mesh.vertices_mm[mesh.triangles] - point_mm, axis=2)
    return np.asarray((distance_mm < radius_mm).any(axis=1))


def test_the_egg_of_these_tests_is_whole() -> None:
    assert is_whole(egg())
    # Inscribed; with 40 x 48 facets about 1 - (pi/40)^2 / 2 - (2 pi/48)^2 / 6 of the volume.
    assert volume_mm3(egg()) == pytest.approx(EGG_MM3, rel=8e-3)


# --- nothing to do


def test_a_mesh_without_faults_is_left_as_it_is() -> None:
    mesh = egg()
    found = repaired(mesh)
    np.testing.assert_array_equal(found.vertices_mm, mesh.vertices_mm)
    np.testing.assert_array_equal(found.triangles, mesh.triangles)


def test_a_repaired_mesh_needs_no_further_repair() -> None:
    mesh = egg(rows=200, columns=240)
    holed = without(mesh, near(mesh, (200, 0, 0), 5))
    damaged = flipped(holed, np.arange(len(holed.triangles)) % 7 == 0)
    once = repaired(loose(damaged), "mesh-winding", "mesh-holes-closed")
    twice = repaired(once)
    np.testing.assert_array_equal(once.vertices_mm, twice.vertices_mm)
    np.testing.assert_array_equal(once.triangles, twice.triangles)


def test_triangles_with_corners_on_a_line_keep_their_neighbours_joined() -> None:
    # A vertex in the middle of an edge of a cube, used on one side only: the sliver fills the gap.
    cube = box((500, 500, 500))
    vertices = np.concatenate([cube.vertices_mm, [cube.vertices_mm[[0, 1]].mean(axis=0)]])
    triangles = np.concatenate([cube.triangles[1:], [[0, 8, 3], [8, 1, 3], [0, 1, 8]]])
    mesh = TriangleMesh(vertices_mm=vertices, triangles=triangles)
    assert is_whole(repaired(mesh))


# --- corners


def test_loose_triangles_are_joined_and_nothing_is_told() -> None:
    found = repaired(loose(egg()))
    assert len(found.vertices_mm) == len(egg().vertices_mm)
    assert is_whole(found)


def test_corners_apart_by_rounding_are_joined() -> None:
    mesh = loose(egg())
    rng = np.random.default_rng(3)
    # Of two corners of one vertex each is moved by up to 0.02 mm in each direction.
    moved = mesh.vertices_mm + rng.uniform(-0.02, 0.02, mesh.vertices_mm.shape)
    found = repaired(TriangleMesh(vertices_mm=moved, triangles=mesh.triangles), "mesh-joined")
    assert len(found.vertices_mm) == len(egg().vertices_mm)
    assert is_whole(found)
    # Each vertex is one of its corners: 0.02 mm away.
    assert volume_mm3(found) == pytest.approx(volume_mm3(egg()), rel=1e-3)


def test_vertices_that_are_near_but_not_on_a_border_stay_apart() -> None:
    fine = egg((0.4, 0.24, 1.7))  # vertices down to 0.005 mm apart
    both = together(egg(), fine, egg((400, 240, 1600), centre_mm=(500, 0, 0)))
    opened = without(both, near(both, (500 + 200, 0, 0), 100))
    found, _ = repair(opened)
    assert len(found.vertices_mm) >= len(opened.without_unused_vertices().vertices_mm) - len(
        fine.vertices_mm
    )


def test_a_few_vertices_without_numbers_are_left_out_and_the_holes_closed() -> None:
    mesh = egg(rows=200, columns=240)
    vertices = mesh.vertices_mm.copy()
    vertices[[20_000, 30_000]] = [[np.nan, 0, 0], [0, np.inf, 0]]
    found = repaired(
        TriangleMesh(vertices_mm=vertices, triangles=mesh.triangles),
        "mesh-not-numbers",
        "mesh-holes-closed",
    )
    assert is_whole(found)
    # Two patches of six triangles, 12 mm across, in place of as many small domes.
    assert volume_mm3(found) == pytest.approx(volume_mm3(mesh), rel=1e-5)


def test_many_vertices_without_numbers_are_refused() -> None:
    mesh = egg()
    mesh.vertices_mm[100:200] = np.nan
    with pytest.raises(MeshError, match=r"\d+ of 3744 triangles have a coordinate .* export"):
        repair(mesh)


def test_vertices_that_no_triangle_uses_are_left_out() -> None:
    mesh = egg()
    far = np.concatenate([mesh.vertices_mm, [[1e6, 0, 0], [np.nan, 0, 0]]])
    found, _ = repair(TriangleMesh(vertices_mm=far, triangles=mesh.triangles))
    np.testing.assert_array_equal(found.vertices_mm, mesh.vertices_mm)


# --- doubles


def test_doubled_triangles_are_counted_once() -> None:
    mesh = egg()
    again = np.roll(mesh.triangles[::10], 1, axis=1)
    found = repaired(mesh.with_triangles(np.concatenate([mesh.triangles, again])), "mesh-doubles")
    np.testing.assert_array_equal(found.triangles, mesh.triangles)


def test_a_two_sided_mesh_keeps_one_side() -> None:
    mesh = egg()
    both = mesh.with_triangles(np.concatenate([mesh.triangles, mesh.triangles[:, ::-1]]))
    assert is_whole(repaired(both, "mesh-doubles"))


def test_a_wall_between_two_halves_goes() -> None:
    # Two cubes that share a face, one side of it from each.
    left, right = box((300, 300, 600)), box((300, 300, 600), (300, 0, 0))
    found = repaired(loose(together(left, right)), "mesh-doubles")
    assert is_whole(found)
    assert volume_mm3(found) == pytest.approx(2 * 300 * 300 * 600)
    assert found.areas_mm2.sum() == pytest.approx(2 * 600 * 300 + 2 * 600 * 600 + 2 * 300 * 600)


# --- which way they look


def test_an_inverted_mesh_is_turned() -> None:
    mesh = egg()
    found = repaired(mesh.with_triangles(mesh.triangles[:, ::-1]), "mesh-turned-outwards")
    assert is_whole(found)


@pytest.mark.parametrize("share", [0.01, 0.3, 0.5, 0.7, 0.99])
def test_any_mixture_of_windings_is_made_whole(share: float) -> None:
    turned = np.random.default_rng(5).random(len(egg().triangles)) < share
    found, _ = repair(flipped(egg(), turned))
    assert is_whole(found)
    assert volume_mm3(found) == pytest.approx(volume_mm3(egg()))


def test_each_of_several_pieces_is_turned_by_itself() -> None:
    leg = egg((160, 160, 800))
    inverted = leg.with_triangles(leg.triangles[:, ::-1])
    other = egg((160, 160, 800), centre_mm=(200, 0, 0))
    found = repaired(together(inverted, other), "mesh-turned-outwards", "mesh-pieces")
    assert volume_mm3(found) == pytest.approx(2 * volume_mm3(leg))


def test_an_open_trunk_that_looks_inwards_is_turned_by_its_form() -> None:
    mesh = egg()
    trunk = without(mesh, np.abs(centres_mm(mesh)[:, 2]) > 400)
    found = repaired(
        trunk.with_triangles(trunk.triangles[:, ::-1]), "mesh-turned-outwards", "mesh-open"
    )
    assert (np.sum(centres_mm(found)[:, :2] * found.area_vectors_mm2[:, :2], axis=1) > 0).all()


def test_of_a_flat_sheet_the_file_is_believed_and_it_is_said() -> None:
    x, z = np.meshgrid(np.linspace(-200, 200, 21), np.linspace(-400, 400, 41))
    vertices = np.stack([x, 0.01 * x + 0 * z, z], axis=-1).reshape(-1, 3)
    cell = np.arange(40)[:, None] * 21 + np.arange(20)
    a = cell.ravel()
    triangles = np.concatenate(
        [np.stack([a, a + 21, a + 1], axis=1), np.stack([a + 1, a + 21, a + 22], axis=1)]
    )
    sheet = TriangleMesh(vertices_mm=vertices, triangles=triangles)
    found = repaired(sheet, "mesh-outside-as-in-file", "mesh-open")
    np.testing.assert_array_equal(found.triangles, triangles)
    with pytest.raises(MeshError, match=r"look both ways .* recalculate the normals"):
        repair(flipped(sheet, np.arange(len(triangles)) % 2 == 0))


def test_a_one_sided_surface_is_refused() -> None:
    turn = np.linspace(0, 2 * np.pi, 60, endpoint=False)
    radius = np.array([[300.0], [500.0]])
    across = (radius - 400) * np.cos(turn / 2)
    band = np.stack(
        [(400 + across) * np.cos(turn), (radius - 400) * np.sin(turn / 2),
         (400 + across) * np.sin(turn)], axis=-1,
    ).reshape(-1, 3)  # fmt: skip
    here = np.arange(60)
    after = (here + 1) % 60
    inner, outer = np.where(here == 59, 60, after), np.where(here == 59, 0, after + 60)
    triangles = np.concatenate(
        [np.stack([here, inner, here + 60], axis=1), np.stack([inner, outer, here + 60], axis=1)]
    )
    with pytest.raises(MeshError, match="one-sided"):
        repair(TriangleMesh(vertices_mm=band, triangles=triangles))


def test_a_closed_mesh_that_encloses_nothing_is_refused() -> None:
    with pytest.raises(MeshError, match="encloses no volume"):
        repair(box((400, 0, 1000)))


# --- holes


def test_small_holes_are_closed_and_large_ones_told() -> None:
    mesh = egg(rows=200, columns=240)
    small, large = near(mesh, (200, 0, 0), 5), near(mesh, (-200, 0, 0), 40)
    found = repaired(without(mesh, small | large), "mesh-holes-closed", "mesh-open")
    # The small one only: what is missing is the large one.
    middles = centres_mm(found)
    assert (np.linalg.norm(middles - (200, 0, 0), axis=1) < 10).any()
    assert not (np.linalg.norm(middles - (-200, 0, 0), axis=1) < 30).any()
    whole = repaired(without(mesh, small), "mesh-holes-closed")
    assert is_whole(whole)
    # A patch up to 30 mm across, a millimetre deep: 0.4 cm3 of 85 l.
    assert volume_mm3(whole) == pytest.approx(volume_mm3(mesh), rel=1e-5)


def test_the_depth_of_the_patch_is_what_its_limit_promises() -> None:
    """On a ball of 100 mm radius the patch lies within 1.2 mm of the skin and 0.4 % in dose."""
    ball = egg((200, 200, 200), rows=90, columns=180)
    mesh = without(ball, near(ball, (0, 0, 100), 12))
    found, problems = repair(mesh)
    assert problems[0].code == "mesh-holes-closed"
    added = found.vertices_mm[len(mesh.without_unused_vertices().vertices_mm) :]
    assert len(added) == 1
    depth_mm = 100 - np.linalg.norm(added[0])
    assert 0.5 < depth_mm < 1.2
    assert 1 - (600 / (600 + depth_mm)) ** 2 < 0.004


def test_two_holes_that_touch_are_left_open() -> None:
    mesh = egg(rows=200, columns=240)
    vertex = 100 * 240
    around = np.flatnonzero((mesh.triangles == vertex).any(axis=1))
    kept_apart = np.zeros(len(mesh.triangles), dtype=bool)
    kept_apart[around[[0, -1]]] = True
    shared = np.intersect1d(mesh.triangles[around[0]], mesh.triangles[around[-1]])
    assert shared.tolist() == [vertex], "the holes touch in one vertex"
    repaired(without(mesh, kept_apart), "mesh-open")


# --- edges of more than two triangles, pieces


def test_a_fin_is_told_and_many_are_refused() -> None:
    mesh = egg()
    a, b = mesh.triangles[1000, :2]
    tip = mesh.vertices_mm[a] * 1.3
    fin = TriangleMesh(
        vertices_mm=np.concatenate([mesh.vertices_mm, [tip]]),
        triangles=np.concatenate([mesh.triangles, [[a, b, len(mesh.vertices_mm)]]]),
    )
    found = repaired(fin, "mesh-outside-as-in-file", "mesh-not-manifold", "mesh-open")
    assert len(found.triangles) == len(mesh.triangles) + 1
    middle = len(mesh.vertices_mm)
    fins = np.concatenate(
        [mesh.triangles[:, :2], np.full((len(mesh.triangles), 1), middle)], axis=1
    )
    star = TriangleMesh(
        vertices_mm=np.concatenate([mesh.vertices_mm, [[0.0, 0.0, 0.0]]]),
        triangles=np.concatenate([mesh.triangles, fins]),
    )
    with pytest.raises(MeshError, match="more than two triangles meet at"):
        repair(star)


def test_debris_of_a_scan_is_left_out() -> None:
    crumbs = [egg((12, 9, 10), rows=6, columns=8, centre_mm=(300, 40 * k, 0)) for k in range(5)]
    found = repaired(together(egg(), *crumbs), "mesh-debris")
    np.testing.assert_array_equal(found.vertices_mm, egg().vertices_mm)
    np.testing.assert_array_equal(found.triangles, egg().triangles)


def test_a_hand_apart_is_kept_and_told() -> None:
    hand = egg((80, 30, 180), rows=12, columns=16, centre_mm=(300, 0, 0))
    found = repaired(together(egg(), hand), "mesh-pieces")
    assert volume_mm3(found) == pytest.approx(volume_mm3(egg()) + volume_mm3(hand))


def test_a_mesh_that_falls_apart_is_refused() -> None:
    mesh = loose(egg(rows=120, columns=140))
    # Every triangle shrunk to half: none touches another.
    middles = np.repeat(centres_mm(mesh), 3, axis=0)
    apart = TriangleMesh(vertices_mm=(mesh.vertices_mm + middles) / 2, triangles=mesh.triangles)
    with pytest.raises(MeshError, match=r"100 % of the area lies in .* pieces smaller than 30 mm"):
        repair(apart)


@pytest.mark.parametrize("open_below", [False, True])
def test_a_table_top_scanned_along_is_refused(*, open_below: bool) -> None:
    table = box((500, 30, 2000), (0, 200, 0))
    if open_below:
        table = without(table, centres_mm(table)[:, 1] > 190)
    with pytest.raises(MeshError, match=r"flat piece of about 20\d\d x 5\d\d mm"):
        repair(together(egg(), table))


# --- what hangs together


@given(
    st.integers(1, 40),
    st.lists(st.tuples(st.integers(0, 39), st.integers(0, 39)), max_size=60),
)
def test_connected_things_are_those_a_walk_reaches(
    count: int, links: list[tuple[int, int]]
) -> None:
    pairs = np.array([p for p in links if max(p) < count], dtype=np.int64).reshape(-1, 2)
    group = connected(count, pairs)
    reached = np.eye(count, dtype=int)
    reached[pairs[:, 0], pairs[:, 1]] = reached[pairs[:, 1], pairs[:, 0]] = 1
    walks = np.linalg.matrix_power(reached.astype(float), count) > 0
    np.testing.assert_array_equal(group[:, None] == group, walks)
