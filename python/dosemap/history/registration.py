"""Which vertex of one surface is the same place as a vertex of another one."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from dosemap.errors import DosemapError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dosemap.surface import Surface

_FAR_MM = 50.0
"""Surfaces that lie so far apart where dose is are not taken for the same skin."""
_STEPS = 20
_STILL_MM = 0.1
_DOSE_SHARE = 0.01
"""Dose counts as there from this share of the map's highest."""


class NotRegistered(DosemapError):  # noqa: N818  (says what it is)
    """A map cannot be brought onto another surface; the text says why."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Registration:
    """Nearest vertices of two surfaces, and how near they are."""

    source_of_target: "NDArray[np.intp]"
    """Vertex of the map's own surface for each vertex of the other one."""
    target_of_source: "NDArray[np.intp]"
    distance_mm: "NDArray[np.float64]"
    """From each vertex of the other surface to the one that its dose is of, mm."""
    method: str
    median_mm: float = float("nan")
    p95_mm: float = float("nan")
    max_mm: float = float("nan")

    def where_dose_is(self, dose_gy: "NDArray[np.float64]") -> "Registration":
        """Return it with the distances of the vertices that get dose.

        Parameters
        ----------
        dose_gy
            The map on its own surface, (n_vertex,), Gy.

        Raises
        ------
        NotRegistered
            Half of them are further off than 50 mm.
        """
        is_there = dose_gy[self.source_of_target] >= _DOSE_SHARE * dose_gy.max()
        if not is_there.any():
            raise NotRegistered("no vertex of the body lies where its dose is")
        near = self.distance_mm[is_there]
        median, p95 = (float(value) for value in np.percentile(near, (50, 95)))
        if median > _FAR_MM:
            raise NotRegistered(
                f"its surface lies {median:.0f} mm from the body where its dose is (median), which"
                " is too far to be the same skin"
            )
        return replace(self, median_mm=median, p95_mm=p95, max_mm=float(near.max()))

    def to_dict(self) -> dict[str, Any]:
        """Return method and distances, mm, where the map has dose."""
        return {
            "method": self.method,
            "median_mm": self.median_mm,
            "p95_mm": self.p95_mm,
            "max_mm": self.max_mm,
        }


def body_to_body(spacing_mm: float, body: Mapping[str, Any]) -> Registration:
    """Return where the vertices of a body are on one whose vertices lie otherwise.

    Both are made of the same person, so that the distance is that of the vertices alone.

    Parameters
    ----------
    spacing_mm
        Of the map's body.
    body
        The other one (``map.body`` of the document).
    """
    return _same_person(
        spacing_mm,
        body["spacing_mm"],
        (body["sex"], body["age_years"], body["height_cm"], body["mass_kg"]),
    )


@lru_cache(maxsize=8)
def _same_person(
    source_mm: float, target_mm: float, person: tuple[Any, float, float, float]
) -> Registration:
    from dosemap.body import Body  # noqa: PLC0415  (the compiled module)

    sex, age_years, height_cm, mass_kg = person
    source, target = (
        Body(
            sex=sex,
            age_years=age_years,
            height_cm=height_cm,
            mass_kg=mass_kg,
            arms="board",
            spacing_mm=spacing_mm,
        ).surface("HFS")
        for spacing_mm in (source_mm, target_mm)
    )
    return _nearest(
        source.vertices_mm, target.vertices_mm, "nearest vertex of the same person's body"
    )


def by_place(source: "Surface", target: "Surface") -> Registration:
    """Return the nearest vertices of two surfaces after one was shifted onto the other.

    It is shifted, not turned and not scaled: both are in the axes of the patient. It starts with
    head ends, backs and midlines together and follows the nearest points.

    Parameters
    ----------
    source
        The map's own.
    target
        The other one.
    """
    from scipy.spatial import KDTree  # noqa: PLC0415  (takes long to load)

    there = target.vertices_mm
    shift = _anchor(there) - _anchor(source.vertices_mm)
    tree = KDTree(there)
    for _ in range(_STEPS):
        moved = source.vertices_mm + shift
        _, nearest = tree.query(moved)
        step = np.median(there[nearest] - moved, axis=0)
        shift = shift + step
        if np.linalg.norm(step) < _STILL_MM:
            break
    return _nearest(
        source.vertices_mm + shift,
        there,
        "nearest point after a shift of the whole surface (how far a place slid along the skin is"
        " not known)",
    )


def _anchor(vertices_mm: "NDArray[np.float64]") -> "NDArray[np.float64]":
    """Return midline, back and head end of a surface, mm."""
    low, high = vertices_mm.min(axis=0), vertices_mm.max(axis=0)
    return np.array([(low[0] + high[0]) / 2, high[1], high[2]])


def _nearest(
    source_mm: "NDArray[np.float64]", target_mm: "NDArray[np.float64]", method: str
) -> Registration:
    from scipy.spatial import KDTree  # noqa: PLC0415  (takes long to load)

    distance_mm, source_of_target = KDTree(source_mm).query(target_mm)
    _, target_of_source = KDTree(target_mm).query(source_mm)
    return Registration(
        source_of_target=source_of_target,
        target_of_source=target_of_source,
        distance_mm=distance_mm,
        method=method,
    )
