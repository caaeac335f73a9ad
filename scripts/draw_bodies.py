"""Draw the pictures of docs/pictures: bodies of several sizes, and the poses of the arms.

``python scripts/draw_bodies.py`` with dosemap installed; needs Pillow.
"""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import get_args

from PIL import Image

from dosemap.body import Arms, Body
from dosemap.picture import ViewName, picture_png
from dosemap.procedure import PatientPosition

PICTURES = Path(__file__).parents[1] / "docs/pictures"
PIXELS = 260

SIZES = (
    Body(age_class="newborn", arms="down"),
    Body(sex="F", age_class="5 y", arms="down"),
    Body(sex="F", height_cm=170, mass_kg=50, arms="down"),
    Body(sex="F", arms="down"),
    Body(sex="M", arms="down"),
    Body(sex="M", height_cm=175, mass_kg=150, arms="down"),
)
VIEWS: tuple[ViewName, ...] = ("front", "left", "back", "oblique")
POSITIONS: tuple[PatientPosition, ...] = ("HFS", "HFP", "HFDL", "SITTING_BACK")


def drawn(body: Body, position: PatientPosition, views: Sequence[ViewName]) -> Image.Image:
    """Return a picture of a body."""
    png = picture_png(body.surface(position), views=views, longest_side_pixels=PIXELS)
    return Image.open(BytesIO(png)).convert("RGB")


def stacked(rows: Sequence[Sequence[Image.Image]]) -> Image.Image:
    """Return pictures in rows, left-aligned, on white."""
    heights = [max(picture.height for picture in row) for row in rows]
    width = max(sum(picture.width for picture in row) for row in rows)
    canvas = Image.new("RGB", (width, sum(heights)), "white")
    top = 0
    for row, height in zip(rows, heights, strict=True):
        left = 0
        for picture in row:
            canvas.paste(picture, (left, top + height - picture.height))
            left += picture.width
        top += height
    return canvas


def main() -> None:
    """Write the pictures."""
    PICTURES.mkdir(exist_ok=True)
    sizes = [drawn(body, "STANDING_BACK", VIEWS) for body in SIZES]
    pairs = list(zip(sizes[::2], sizes[1::2], strict=True))
    stacked(pairs).quantize(64).save(PICTURES / "bodies.png", optimize=True)
    arms = [
        drawn(Body(sex="M", arms=pose), "HFS", ("front", "oblique")) for pose in get_args(Arms)
    ]
    lying = [drawn(Body(sex="F"), position, ("left", "oblique")) for position in POSITIONS]
    rows = [arms[:3], arms[3:], lying]
    stacked(rows).quantize(64).save(PICTURES / "poses.png", optimize=True)


if __name__ == "__main__":
    main()
