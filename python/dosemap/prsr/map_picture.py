"""The picture of a dose map that any viewer shows: unfolded skin, four views, scale and words.

Needs Pillow for the words.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, get_args

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from dosemap.errors import DosemapError
from dosemap.figures.body_parts import PartName
from dosemap.figures.colours import PEAK_RGB, dose_colours
from dosemap.figures.skin_map import SkinMap
from dosemap.figures.unfolded import UnfoldedPart, unfold
from dosemap.picture import ViewName, picture_pixels
from dosemap.surface import Surface

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dosemap.result import DoseResult

_VIEWS: tuple[tuple[ViewName, str], ...] = (
    ("front", "front"),
    ("left", "left side"),
    ("back", "back"),
    ("right", "right side"),
)
_VIEW_PIXELS, _UNFOLDED_PIXELS = 760, 620
"""Of the longest side of the body, and of the unfolded piece of skin."""
_RING_MM = (11.0, 5.0)
"""Inner radius and width of the ring around the peak; wider where vertices are further apart."""
_GAP, _LINE, _BAR = 20, 26, 22
_LETTERS = 18
_INK, _PAPER = (0, 0, 0), (255, 255, 255)


def map_picture(result: "DoseResult") -> "NDArray[np.uint8]":
    """Return a picture of a map, (rows, columns, 3), without any identifier of the patient.

    Parameters
    ----------
    result
        With a map.
    """
    skin = SkinMap.of_result(result)
    if skin is None:
        raise DosemapError(f"there is no map to draw: {result.reason}")
    panels = [_titled(pixels, title) for pixels, title in _panels(skin)]
    width = sum(panel.width for panel in panels) + _GAP * (len(panels) + 1)
    words = list(_words(skin, result.document))
    height = max(panel.height for panel in panels) + 2 * _GAP
    below = _BAR + 2 * _LINE + _LINE * len(words) + _GAP
    canvas = Image.new("RGB", (width, height + below), _PAPER)
    left = _GAP
    for panel in panels:
        canvas.paste(panel, (left, height - _GAP - panel.height))
        left += panel.width + _GAP
    _draw_scale(canvas, skin, top=height)
    draw = ImageDraw.Draw(canvas)
    for number, text in enumerate(words):
        top = height + _BAR + 2 * _LINE + number * _LINE
        draw.text((_GAP, top), text, fill=_INK, font=_font())
    return np.asarray(canvas)


def _panels(skin: SkinMap) -> "Iterator[tuple[NDArray[np.uint8], str]]":
    colours = _colours(skin)
    part = _unfolded(skin)
    if part is not None:
        flat = _flat_surface(part)
        pixels = picture_pixels(
            flat,
            views=["front"],
            colours=colours[part.vertex],
            longest_side_pixels=_UNFOLDED_PIXELS,
        )
        yield pixels, f"{part.name}, unfolded, {part.centre} in the middle"
    for view, title in _VIEWS:
        pixels = picture_pixels(
            skin.surface, views=[view], colours=colours, longest_side_pixels=_VIEW_PIXELS
        )
        yield pixels, title


def _colours(skin: SkinMap) -> "NDArray[np.uint8]":
    """Return the colour of each vertex, (n_vertex, 3), with a ring around the peak."""
    colours = dose_colours(skin.skin_dose_gy, top_gy=skin.scale.top_gy)
    vertices = skin.surface.vertices_mm
    distances = np.linalg.norm(vertices - vertices[skin.peak_vertex], axis=1)
    apart_mm = distances[distances > 0].min()
    near, width = (max(least, apart_mm) for least in _RING_MM)
    colours[(distances >= near) & (distances <= near + 1.5 * width)] = PEAK_RGB
    return colours


def _unfolded(skin: SkinMap) -> UnfoldedPart | None:
    """Return the unfolded piece of skin that has the peak; ``None`` where there is none."""
    names = get_args(PartName) if skin.surface.body else (None,)
    for name in names:
        try:
            parts = unfold(skin.surface, centre=skin.centre, parts=name and [name]).parts
        except DosemapError:
            return None
        for part in parts:
            if skin.peak_vertex in part.vertex:
                return part
    return None


def _flat_surface(part: UnfoldedPart) -> Surface:
    flat = np.zeros((len(part.vertex), 3))
    flat[:, [0, 2]] = part.points_mm
    return Surface.from_mesh(flat, part.triangles, description=part.name, repair=False)


def _titled(pixels: "NDArray[np.uint8]", title: str) -> Image.Image:
    rows, columns = pixels.shape[:2]
    width = max(columns, round(_font().getlength(title)))
    panel = Image.new("RGB", (width, rows + _LINE), _PAPER)
    panel.paste(Image.fromarray(pixels), ((width - columns) // 2, 0))
    draw = ImageDraw.Draw(panel)
    draw.text((width // 2, rows), title, fill=_INK, font=_font(), anchor="ma")
    return panel


def _draw_scale(canvas: Image.Image, skin: SkinMap, *, top: int) -> None:
    """Draw the colours from 0 to the top of the scale, with its contours as ticks."""
    scale, width = skin.scale, canvas.width // 2
    doses = np.linspace(0.0, scale.top_gy, width)[1:]
    bar = np.tile(dose_colours(doses, top_gy=scale.top_gy), (_BAR, 1, 1))
    canvas.paste(Image.fromarray(bar), (_GAP, top))
    draw = ImageDraw.Draw(canvas)
    for dose_gy in (0.0, *scale.contours_gy, scale.top_gy):
        x = _GAP + round(dose_gy / scale.top_gy * (width - 1))
        draw.line([(x, top), (x, top + _BAR + 5)], fill=_INK)
        tick = (x, top + _BAR + 6)
        draw.text(tick, scale.number(dose_gy), fill=_INK, font=_font(), anchor="ma")
    right = (_GAP + width + 30, top + _BAR // 2)
    draw.text(right, f"skin dose, {scale.unit}", fill=_INK, font=_font(), anchor="lm")


def _words(skin: SkinMap, document: "Mapping[str, Any]") -> "Iterator[str]":
    software = document["software"]
    yield f"peak skin dose {skin.peak_words}, {skin.site} (in the green ring)"
    if document["procedure"]["synthetic"]:
        yield "Synthetic procedure: no patient, no measurement."
    yield f"{software['name']} {software['version']}. {software['notice']}"
    yield "Numbers, assumptions and problems are in the Patient Radiation Dose SR of this study."


def _font() -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(_LETTERS)
