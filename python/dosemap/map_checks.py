"""What in a finished map a person should look at before believing it."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from dosemap.anatomy import region_names
from dosemap.procedure import Problem, Provenance
from dosemap.reading.log import event_list
from dosemap.surface import Surface

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOSTLY_BESIDE = 0.5
"""A problem is raised for events of which less than this share of the field falls on skin."""

ARMS_IN_BEAM = 0.05
"""A problem is raised when arms of unknown place take more than this share of the dose."""

_PARTS_OF_ARMS = ("upper arm", "elbow", "forearm", "hand")


def beams_beside_skin(share_on_skin: Mapping[int, float]) -> list[Problem]:
    """Return problems for events whose field falls beside the surface.

    Parameters
    ----------
    share_on_skin
        Share of the field that falls on skin, 0 to 1, by event.
    """
    missed = tuple(event for event, share in share_on_skin.items() if share == 0)
    beside = tuple(event for event, share in share_on_skin.items() if 0 < share < MOSTLY_BESIDE)
    problems = []
    if missed:
        problems.append(
            Problem(
                code="beam-misses-skin",
                message=f"the beam misses the surface ({event_list(missed)}); check patient"
                " position, head gap, lateral shift, table offset and the size of the surface",
                events=missed,
            )
        )
    if beside:
        problems.append(
            Problem(
                code="field-beside-skin",
                message="less than half of the field falls on the surface"
                f" ({event_list(beside)}); check patient position, head gap, lateral shift"
                " and table offset",
                events=beside,
            )
        )
    return problems


def coarse_mesh(surface: Surface, vertices: Sequence[int], *, area_mm2: float) -> list[Problem]:
    """Return a problem when a vertex stands for more skin than the area that doses are averaged on.

    Parameters
    ----------
    surface
        The surface.
    vertices
        Those where the dose is highest.
    area_mm2
        The area, mm2.
    """
    patch_mm2 = max(float(surface.areas_mm2[vertex]) for vertex in vertices)
    if patch_mm2 <= area_mm2:
        return []
    return [
        Problem(
            code="mesh-coarse",
            message=f"a vertex of the surface stands for {patch_mm2 / 100:.1f} cm2 of skin"
            " where the dose is highest; the map and the areas above a dose are no finer"
            " than that; use a finer mesh",
        )
    ]


def assumed_arms_in_beam(
    surface: Surface, dose_gy: "NDArray[np.float64]", *, peak_vertex: int
) -> list[Problem]:
    """Return a problem when arms whose place is assumed take a share of the dose, or the peak.

    They may shadow skin of the trunk that was not shadowed in truth; and a hand beside the hip is
    nearer to the tube of a lateral beam than the hip is.

    Parameters
    ----------
    surface
        The surface; only a body has arms.
    dose_gy
        Dose of each vertex, (n_vertex,), Gy.
    peak_vertex
        Vertex with the highest dose.
    """
    arms = next((entry for entry in surface.assumptions if entry.field == "arms"), None)
    if surface.anatomy is None or arms is None or arms.provenance is not Provenance.ASSUMED:
        return []
    of_arms = [region.endswith(_PARTS_OF_ARMS) for region in region_names()]
    on_arms = np.array(of_arms)[surface.anatomy.regions]
    weight = dose_gy * surface.areas_mm2
    share = float(weight[on_arms].sum() / weight.sum())
    has_peak = bool(on_arms[peak_vertex])
    if share <= ARMS_IN_BEAM and not has_peak:
        return []
    what = "the highest dose lies" if has_peak else f"{share:.0%} of the dose falls"
    return [
        Problem(
            code="arms-in-beam",
            message=f"{what} on the arms, which are assumed {arms.value}: if they were elsewhere"
            " it fell on the trunk; state where they were (arms)",
        )
    ]
