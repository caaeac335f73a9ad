"""Shadows of the body on itself: the known case of PySkinDose 25.1.1's own Siemens example.

PySkinDose has no occlusion test. Its maximum on the hudfrid mesh, 14.99 mGy, lies on the inner
thigh of the far leg, behind the near one; with the shadowed contributions taken out by another ray
tracer than ours that cell keeps 8.60 mGy, the maximum moves and is 11.25 mGy, and 7.9 % of all
pairs of cell and event that PySkinDose hits lie in a shadow (70 % in the lateral events):
``shared/reference/peers.md``, lines 10 and 97. The dose factors of each
pair are PySkinDose's, so that only our shadows are judged.
"""

import numpy as np
import pytest
from numpy.typing import NDArray

from dosemap import _core
from pyskindose_runs import Case, frames_of, load_case, scene_over

# The figures are rounded to the last digit given; a cell is in a shadow or not, so there is nothing
# else to allow for.
ROUNDED_MGY = 0.005
ROUNDED_SHARE = 0.0005


@pytest.fixture(scope="module")
def case() -> Case:
    return load_case("sie_ex__human_hudfrid")


@pytest.fixture(scope="module")
def event_of_pair(case: Case) -> NDArray[np.intp]:
    pairs_per_event = np.diff(case.arrays["hit_ptr"])
    return np.repeat(np.arange(len(pairs_per_event)), pairs_per_event)


@pytest.fixture(scope="module")
def dose_of_pair_mgy(case: Case, event_of_pair: NDArray[np.intp]) -> NDArray[np.float64]:
    """PySkinDose's dose of each pair of cell and event that it hits."""
    arrays, event = case.arrays, event_of_pair
    table = np.where(arrays["hit_table"], arrays["ev_k_tab"][event], 1.0)
    dose: NDArray[np.float64] = (
        arrays["ev_K_IRP"][event]
        * arrays["hit_k_isq"]
        * arrays["hit_k_bs"]
        * arrays["ev_k_med"][event]
        * table
    )
    return dose


def lit(
    case: Case, scene: _core.Scene, vertex_of_cell: NDArray[np.intp] | slice
) -> NDArray[np.bool_]:
    """For each event and cell: does the field reach it, by our kernel?"""
    frames = frames_of(case, scene)
    spectrum = _core.Spectrum(80.0, anode_angle_deg=12.0, filters=[("Al", 2.5)])
    quality = _core.BeamQuality(spectrum, support=[], medium="skin")
    coverage: list[NDArray[np.float64]] = [
        scene.vertex_factors(frames, event, quality)["coverage"][vertex_of_cell]
        for event in range(len(case.events))
    ]
    return np.stack([part > 0.0 for part in coverage])


def shadowed_pairs(case: Case, event_of_pair: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Pairs that our occlusion test takes away; cells of the mesh are corners of triangles."""
    cell = case.arrays["hit_cell"]
    without, with_shadows = (
        lit(case, scene_over(case.cells_mm, occlusion=occlusion), slice(None))[event_of_pair, cell]
        for occlusion in (False, True)
    )
    assert without.all(), "our kernel must reach what PySkinDose hits"
    return np.asarray(~with_shadows)


def total(case: Case, dose_of_pair_mgy: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sum over the events, for each cell."""
    cell = case.arrays["hit_cell"]
    return np.bincount(cell, dose_of_pair_mgy, len(case.cells_mm)).astype(float)


def test_the_factors_add_up_to_their_map(case: Case, dose_of_pair_mgy: NDArray[np.float64]) -> None:
    """The same products of the same factors: what remains is the rounding of their sum."""
    found = total(case, dose_of_pair_mgy)
    np.testing.assert_allclose(found, case.arrays["dose_mGy"], rtol=1e-12, atol=0)
    assert found.max() == pytest.approx(14.99, abs=ROUNDED_MGY)


def test_the_known_case(
    case: Case, event_of_pair: NDArray[np.intp], dose_of_pair_mgy: NDArray[np.float64]
) -> None:
    shadowed = shadowed_pairs(case, event_of_pair)
    before = total(case, dose_of_pair_mgy)
    after = total(case, np.where(shadowed, 0.0, dose_of_pair_mgy))
    assert after[before.argmax()] == pytest.approx(8.60, abs=ROUNDED_MGY)
    assert after.max() == pytest.approx(11.25, abs=ROUNDED_MGY)
    assert after.argmax() != before.argmax()
    assert shadowed.mean() == pytest.approx(0.079, abs=ROUNDED_SHARE)
    angle_deg = np.array([event["Ap1"] for event in case.events])[event_of_pair]
    # Told as "70 %", found 70.8 %.
    assert shadowed[np.abs(angle_deg) > 60].mean() == pytest.approx(0.70, abs=0.01)


def test_a_closed_body_has_the_same_shadows_as_loose_triangles(
    case: Case, event_of_pair: NDArray[np.intp]
) -> None:
    """On a closed body only faces that look away from the focal spot are tested."""
    vertices_mm, vertex_of_cell = np.unique(case.cells_mm.round(4), axis=0, return_inverse=True)
    vertex_of_cell = vertex_of_cell.ravel()
    body = _core.Surface.mesh(vertices_mm, vertex_of_cell.reshape(-1, 3).astype(np.uint32))
    assert body.loose_edges == 0
    cell = case.arrays["hit_cell"]
    reached = []
    for occlusion in (False, True):
        scene = _core.Scene(
            body,
            patient_position="HFS",
            patient_origin_in_table_mm=(0.0, 0.0, 0.0),
            support_boxes_mm=[],
            occlusion=occlusion,
        )
        reached.append(lit(case, scene, vertex_of_cell)[event_of_pair, cell])
    # A corner of a body has one normal and looks away from the focal spot a little earlier or later
    # than its triangles do: only pairs that look towards it can be compared.
    both = reached[0]
    assert both.mean() > 0.95
    expected = shadowed_pairs(case, event_of_pair)[both]
    np.testing.assert_array_equal(~reached[1][both], expected)
