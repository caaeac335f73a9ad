"""Where the axes of a mesh file point, and whether that can be."""

from typing import TYPE_CHECKING

import numpy as np

from dosemap.errors import MeshError
from dosemap.mesh.pieces import spread_mm
from dosemap.mesh.triangles import TriangleMesh
from dosemap.procedure import Problem

if TYPE_CHECKING:
    from numpy.typing import NDArray

PATIENT_AXES = "LPH"
"""Patient space: +x to the patient's left, +y to the back, +z to the head."""

_DIRECTIONS = {
    "L": (1, 0, 0),
    "R": (-1, 0, 0),
    "P": (0, 1, 0),
    "A": (0, -1, 0),
    "H": (0, 0, 1),
    "F": (0, 0, -1),
}

WIDER_THAN_TALL = 1.15
"""Arms stretched out to the sides span up to 1.1 times the height."""

THICKER_THAN_WIDE = 1.35
"""A head by itself is 1.3 times as long as it is wide."""

DISTINCT = 1.3
"""Spread along one principal axis over that along the next, for its direction to mean something."""

TILTED_DEG = 15.0


def patient_from_file(axes: str) -> "NDArray[np.float64]":
    """Return the matrix that turns a file's coordinates into patient space.

    Parameters
    ----------
    axes
        Three letters: where the file's +x, +y and +z point, to the patient's L(eft) or R(ight),
        A(nterior) or P(osterior), H(ead) or F(oot).

    Raises
    ------
    MeshError
        The letters are none of the 24 right-handed triples.

    Examples
    --------
    >>> patient_from_file("LHA") @ [0, 1, 0]  # y up, face towards +z
    array([0., 0., 1.])
    """
    directions = [_DIRECTIONS.get(letter) for letter in axes.upper()]
    matrix = np.array([d for d in directions if d is not None], dtype=float).T
    if len(directions) != 3 or None in directions or abs(np.linalg.det(matrix)) < 0.5:
        raise MeshError(
            f"axes {axes!r} must be three letters, where the mesh's x, y and z point: one each of"
            " L or R, A or P, H or F; LPH is patient space"
        )
    if np.linalg.det(matrix) < 0:
        raise MeshError(
            f"axes {axes!r} are left-handed and would mirror the patient; check the three letters"
        )
    return matrix


def tell_axes(mesh: TriangleMesh) -> list[Problem]:
    """Tell when a mesh does not lie in patient space as a body does.

    Left cannot be told from right, nor front from back, nor head from foot.
    """
    width, thickness, length = np.ptp(mesh.vertices_mm, axis=0)
    if max(width, thickness) > WIDER_THAN_TALL * length:
        name, longest = ("x", width) if width > thickness else ("y", thickness)
        doubt = f"is longest along {name} ({longest:.0f} mm), not z ({length:.0f} mm)"
    elif thickness > THICKER_THAN_WIDE * width:
        doubt = f"is thicker from front to back ({thickness:.0f} mm) than wide ({width:.0f} mm)"
    elif (angle := _tilt_deg(mesh)) > TILTED_DEG:
        doubt = f"lies {angle:.0f} degrees askew to the axes"
    else:
        return []
    message = (
        f"the surface {doubt}; check its axes: +x must point to the patient's left, +y to the back,"
        " +z to the head"
    )
    return [Problem(code="mesh-axes-doubtful", message=message)]


def _tilt_deg(mesh: TriangleMesh) -> float:
    """Return the larger angle of the longest axis with z and of the shortest with y, degrees."""
    (short, middle, long), axes = spread_mm(mesh, slice(None))
    tilts = [0.0]
    for along, other, own, axis in ((2, long, middle, 2), (0, middle, short, 1)):
        if other > DISTINCT * own:
            cosine = min(1.0, abs(float(axes[axis, along])))
            tilts.append(float(np.degrees(np.arccos(cosine))))
    return max(tilts)
