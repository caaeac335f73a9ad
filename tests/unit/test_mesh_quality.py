"""Meshes that would give a wrong dose are refused or named."""

from io import BytesIO

import numpy as np
import pytest

import dosemap as dm
from dosemap.simulate import write_rdsr
from preset_reports import lumbar_injection

CUBE = 500 * np.array([[x, y, z] for x in (0, 1) for y in (0, 1) for z in (0, 1)], dtype=float)
OUTWARD = np.array(
    [
        *([0, 1, 3], [0, 3, 2], [4, 6, 7], [4, 7, 5]),  # x = 0, x = 1
        *([0, 4, 5], [0, 5, 1], [2, 3, 7], [2, 7, 6]),  # y = 0, y = 1
        *([0, 2, 6], [0, 6, 4], [1, 5, 7], [1, 7, 3]),  # z = 0, z = 1
    ]
)


def test_a_closed_mesh_that_looks_inwards_is_turned_or_refused() -> None:
    assert dm.Surface.from_mesh(CUBE, OUTWARD).core.enclosed_volume_mm3 == pytest.approx(500**3)
    # Its dose would land where the beam leaves the body.
    turned = dm.Surface.from_mesh(CUBE, OUTWARD[:, ::-1])
    assert turned.core.enclosed_volume_mm3 == pytest.approx(500**3)
    assert [problem.code for problem in turned.problems] == ["mesh-turned-outwards"]
    with pytest.raises(dm.DosemapError, match="look inwards"):
        dm.Surface.from_mesh(CUBE, OUTWARD[:, ::-1], repair=False)


@pytest.mark.parametrize(("spacing_mm", "is_coarse"), [(5, False), (20, True)])
def test_patches_larger_than_the_square_centimetre_are_named(
    spacing_mm: float, *, is_coarse: bool
) -> None:
    report = BytesIO()
    write_rdsr(lumbar_injection(), report, style="philips_allura")
    procedure = dm.read_rdsr(report.getvalue())
    surface = dm.Surface.elliptic_cylinder(
        width_mm=400, thickness_mm=200, length_mm=1760, spacing_mm=spacing_mm
    )
    result = dm.estimate(procedure, surface=surface)
    assert ("mesh-coarse" in {p["code"] for p in result.problems}) is is_coarse
