"""The pictures: what stands where, checked by reading the pixels back with another decoder."""

import struct
import zlib

import numpy as np
import pytest
from numpy.typing import NDArray

from dosemap.errors import DosemapError
from dosemap.picture import picture_png
from dosemap.surface import Surface


def decode(png: bytes) -> NDArray[np.uint8]:
    """Return RGBA of a PNG file whose rows use any of the five filters of the standard."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    at, data, width, height = 8, b"", 0, 0
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        kind, body = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        if kind == b"IHDR":
            width, height, depth, colour = struct.unpack(">IIBB", body[:10])
            assert (depth, colour) == (8, 6)
        data += body if kind == b"IDAT" else b""
        at += length + 12
    rows = np.frombuffer(zlib.decompress(data), np.uint8).reshape(height, 1 + 4 * width)
    picture = np.zeros((height + 1, 4 * (width + 1)), dtype=np.int64)
    for y, row in enumerate(rows, start=1):
        for x, raw in enumerate(row[1:], start=4):
            left, up, corner = picture[y, x - 4], picture[y - 1, x], picture[y - 1, x - 4]
            guess = int(left + up - corner)
            paeth = min((left, up, corner), key=lambda near: abs(guess - int(near)))
            predicted = (0, left, up, (left + up) // 2, paeth)[row[0]]
            picture[y, x] = (int(raw) + int(predicted)) % 256
    return picture[1:, 4:].reshape(height, width, 4).astype(np.uint8)


def test_views_stand_side_by_side_on_one_scale() -> None:
    trunk = Surface.elliptic_cylinder(width_mm=400, thickness_mm=200, length_mm=600)
    picture = decode(picture_png(trunk, views=["front", "left"], longest_side_pixels=120))
    drawn = picture[..., :3].min(axis=2) < 255
    assert (picture[..., 3] == 255).all()
    columns = np.flatnonzero(drawn.any(axis=0))
    gap = int(np.diff(columns).argmax())
    front, side = columns[gap] - columns[0] + 1, columns[-1] - columns[gap + 1] + 1
    # 600 mm are 120 pixels: 400 mm are 80 and 200 mm are 40, within the pixels at the edges.
    assert abs(front - 80) <= 2
    assert abs(side - 40) <= 2
    assert abs(int(drawn.any(axis=1).sum()) - 120) <= 2


def test_colours_are_those_of_the_vertices() -> None:
    trunk = Surface.elliptic_cylinder(width_mm=400, thickness_mm=200, length_mm=600)
    # The left of the patient is red.
    red, blue = (200, 0, 0), (0, 0, 200)
    colours = np.where(trunk.vertices_mm[:, :1] > 0, red, blue).astype(np.uint8)
    picture = decode(picture_png(trunk, views=["front"], colours=colours, longest_side_pixels=90))
    middle = picture[len(picture) // 2]
    quarter = len(middle) // 4
    assert middle[-quarter][0] > 100 > middle[-quarter][2]
    assert middle[quarter][2] > 100 > middle[quarter][0]


@pytest.mark.parametrize("views", [[], ["top"]])
def test_unknown_views_are_refused(views: list[str]) -> None:
    cylinder = Surface.cylinder(diameter_mm=200, length_mm=300, spacing_mm=20)
    with pytest.raises(DosemapError, match="views"):
        picture_png(cylinder, views=views)  # type: ignore[arg-type]


def test_a_picture_without_pixels_is_refused() -> None:
    cylinder = Surface.cylinder(diameter_mm=200, length_mm=300, spacing_mm=20)
    with pytest.raises(DosemapError, match="longest_side_pixels"):
        picture_png(cylinder, longest_side_pixels=0)


def test_colours_of_another_surface_are_refused() -> None:
    cylinder = Surface.cylinder(diameter_mm=200, length_mm=300, spacing_mm=20)
    with pytest.raises(DosemapError, match="colours"):
        picture_png(cylinder, colours=np.zeros((3, 3), dtype=np.uint8))
