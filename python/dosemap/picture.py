"""Pictures of a surface as PNG files, from several sides, without browser or graphics card."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np

from dosemap import _core
from dosemap.errors import DosemapError
from dosemap.ranges import check_range
from dosemap.surface import Surface

if TYPE_CHECKING:
    from numpy.typing import NDArray

ViewName = Literal["front", "left", "back", "right", "oblique"]

_ANGLES_DEG: Mapping[ViewName, tuple[float, float]] = {
    "front": (0.0, 0.0),
    "left": (90.0, 0.0),
    "back": (180.0, 0.0),
    "right": (-90.0, 0.0),
    "oblique": (-35.0, 15.0),
}
"""Azimuth and elevation of the camera, as the detector of a C-arm: +90 looks at the left side."""

ALL_VIEWS: tuple[ViewName, ...] = ("front", "left", "back", "right", "oblique")

_SKIN = (225, 190, 165)
_BACKGROUND = 255
_MARGIN_PIXELS = 24
_PIXELS = (16, 4000)


def picture_png(
    surface: Surface,
    *,
    views: Sequence[ViewName] = ALL_VIEWS,
    colours: "NDArray[np.uint8] | None" = None,
    longest_side_pixels: int = 900,
) -> bytes:
    """Return a picture of a surface from several sides, next to each other on one scale.

    Parameters
    ----------
    surface
        What to draw.
    views
        From where, left to right in the picture: ``"front"`` (the patient's left is on the right
        of the picture), ``"left"``, ``"back"``, ``"right"``, ``"oblique"``.
    colours
        Red, green and blue of each vertex, (n_vertex, 3), 0 to 255; by default one skin tone.
    longest_side_pixels
        How many pixels the longest side of the surface takes, 16 to 4000.

    Returns
    -------
    A PNG file.

    Raises
    ------
    DosemapError
        A view is not known, there is none, or the colours do not fit the surface.

    Examples
    --------
    >>> png = picture_png(Surface.cylinder(diameter_mm=300, length_mm=500), views=["front"])
    >>> png[1:4]
    b'PNG'
    """
    drawn = picture_pixels(
        surface, views=views, colours=colours, longest_side_pixels=longest_side_pixels
    )
    opaque = np.full((*drawn.shape[:2], 1), 255, dtype=np.uint8)
    return _core.encode_png(np.concatenate([drawn, opaque], axis=2))


def picture_pixels(
    surface: Surface,
    *,
    views: Sequence[ViewName] = ALL_VIEWS,
    colours: "NDArray[np.uint8] | None" = None,
    longest_side_pixels: int = 900,
) -> "NDArray[np.uint8]":
    """Return the same picture as red, green and blue of each pixel, (rows, columns, 3).

    Parameters
    ----------
    surface, views, colours, longest_side_pixels
        As for :func:`picture_png`.
    """
    unknown = [view for view in views if view not in _ANGLES_DEG]
    if unknown or not views:
        raise DosemapError(f"views is {list(views)}; it needs one or more of {list(_ANGLES_DEG)}")
    check_range("longest_side_pixels", longest_side_pixels, _PIXELS, "pixels")
    if colours is None:
        colours = np.tile(np.array(_SKIN, dtype=np.uint8), (len(surface), 1))
    colours = np.ascontiguousarray(colours, dtype=np.uint8)
    longest_mm = float(np.ptp(surface.vertices_mm, axis=0).max())
    pixel_mm = longest_mm / longest_side_pixels
    drawn = [_view(surface, colours, view, pixel_mm) for view in views]
    return _side_by_side(drawn)


def _view(
    surface: Surface, colours: "NDArray[np.uint8]", view: ViewName, pixel_mm: float
) -> "NDArray[np.uint8]":
    azimuth_deg, elevation_deg = _ANGLES_DEG[view]
    return _core.render(
        surface.core,
        colours,
        azimuth_deg=azimuth_deg,
        elevation_deg=elevation_deg,
        pixel_mm=pixel_mm,
    )


def _side_by_side(pictures: "Sequence[NDArray[np.uint8]]") -> "NDArray[np.uint8]":
    """Put pictures on one white canvas, standing on one line."""
    height = max(len(picture) for picture in pictures) + 2 * _MARGIN_PIXELS
    width = sum(picture.shape[1] + _MARGIN_PIXELS for picture in pictures) + _MARGIN_PIXELS
    canvas = np.full((height, width, 3), _BACKGROUND, dtype=np.uint8)
    left = _MARGIN_PIXELS
    for picture in pictures:
        rows, columns = picture.shape[:2]
        bottom = height - _MARGIN_PIXELS
        opacity = picture[..., 3:] / 255
        blended = opacity * picture[..., :3] + (1 - opacity) * _BACKGROUND
        canvas[bottom - rows : bottom, left : left + columns] = blended.round()
        left += columns + _MARGIN_PIXELS
    return canvas
