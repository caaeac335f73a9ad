"""The drawn map: what lies where, what is said, and that nothing else of matplotlib is touched."""

import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import matplotlib as mpl
import numpy as np
import pytest
from figure_cases import FROM_THE_LEFT, FROM_THE_RIGHT, supine, unplaced
from matplotlib.contour import ContourSet
from matplotlib.text import Text

from dosemap import DosemapError, Surface
from dosemap.alerts import load_levels
from dosemap.figures.layout import lay_out
from dosemap.figures.marks import LEVEL_COLOUR
from dosemap.figures.skin_map import SkinMap
from dosemap.figures.unfolded import unfold
from dosemap.figures.unfolded_figure import figure_of_map, unfolded_svg

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SVG = "{http://www.w3.org/2000/svg}"


def found_in(figure: "Figure", kind: type) -> list[Any]:
    return list(figure.findobj(kind))


def words_of(figure: "Figure") -> list[str]:
    return [text.get_text().replace("\xa0", " ") for text in found_in(figure, Text)]


def cylinder_map(levels_gy: tuple[float, ...] = ()) -> SkinMap:
    """Return a cylinder with 5 Gy in the middle of the back, falling by 1 Gy every 50 mm around."""
    surface = Surface.cylinder(diameter_mm=300, length_mm=300)
    part = unfold(surface).part("surface")
    dose = np.zeros(len(surface))
    dose[part.vertex] = 5 - np.abs(part.horizontal_mm) / 50
    middle = int(dose.argmax())
    return SkinMap(
        surface=surface,
        skin_dose_gy=np.maximum(dose, 0),
        peak_gy=5.0,
        peak_vertex=middle,
        site="back",
        levels_gy=levels_gy,
    )


def contours(figure: "Figure") -> dict[float, Any]:
    return {float(lines.levels[0]): lines for lines in found_in(figure, ContourSet)}


def test_contours_run_where_the_dose_is() -> None:
    figure = figure_of_map(cylinder_map(levels_gy=(2.5,)))
    found = contours(figure)
    assert sorted(found) == [2.0, 2.5, 3.0, 4.0]
    for dose_gy, lines in found.items():
        points = np.concatenate(lines.allsegs[0])
        # Linear between points 5 mm apart; beside the middle line the fall turns round.
        np.testing.assert_allclose(np.abs(points[:, 0]), (5 - dose_gy) * 50, atol=0.5)
    assert mpl.colors.same_color(found[2.5].get_edgecolor()[0], LEVEL_COLOUR)
    assert found[2.5].get_linewidth()[0] > 2 * found[3.0].get_linewidth()[0]


def test_every_contour_and_the_level_are_told_in_numbers() -> None:
    figure = figure_of_map(cylinder_map(levels_gy=(2.5,)))
    axes, bar = figure.axes
    on_map = [text.get_text() for text in axes.texts]
    assert {"2", "2.5", "3", "4"} <= set(on_map)
    assert {"0", "2", "2.5", "3", "4", "6"} == {t.get_text() for t in bar.get_yticklabels()}
    assert any("alert level of 2.5 Gy" in text for text in words_of(figure))


def test_the_peak_is_marked_where_it_is() -> None:
    skin_map = cylinder_map()
    figure = figure_of_map(skin_map)
    place = lay_out(skin_map).point_of(skin_map.peak_vertex)
    assert place is not None
    rings = [line for line in figure.axes[0].lines if line.get_marker() == "o"]
    assert len(rings) == 2
    for ring in rings:
        x, y = (np.ravel(np.asarray(values)) for values in ring.get_data())
        assert (x.tolist(), y.tolist()) == ([place[0]], [place[1]])
    assert "peak 5.00 Gy" in words_of(figure)


@pytest.mark.parametrize(("angle_deg", "sign"), [(FROM_THE_LEFT, -1), (FROM_THE_RIGHT, 1)])
def test_sides_are_written_on_the_side_of_the_beam(angle_deg: float, sign: int) -> None:
    figure = supine(angle_deg).plot_unfolded()
    axes = figure.axes[0]
    at = {text.get_text(): float(text.get_position()[0]) for text in axes.texts}
    rings = [line for line in axes.lines if line.get_marker() == "o"]
    x = float(np.ravel(rings[0].get_xdata())[0])
    skin_map = SkinMap.of_result(supine(angle_deg))
    assert skin_map is not None
    # The side with the beam is nearer to the peak than the other one, in either view.
    side, other = ("left", "right") if angle_deg == FROM_THE_LEFT else ("right", "left")
    sides = {word.removeprefix("patient's "): place for word, place in at.items()}
    assert abs(sides[side] - x) < abs(sides[other] - x)
    assert (sides["left"] < 0) == (skin_map.centre == "back")
    if skin_map.centre == "back":
        assert np.sign(x) == sign


def test_a_peak_outside_the_trunk_is_shown_or_told() -> None:
    result = supine()
    skin_map = SkinMap.of_result(result)
    assert skin_map is not None
    assert skin_map.surface.anatomy is not None
    layout = lay_out(skin_map)
    assert [placed.part.name for placed in layout.parts] == ["trunk"]
    hidden = {entry.name for entry in layout.not_shown}
    assert hidden == {
        "head and neck", "left arm", "right arm", "left leg", "right leg", "feet and perineum",
    }  # fmt: skip
    # All of the peak on a foot: its dose is told although no part shows it.
    foot = int(np.flatnonzero(skin_map.surface.anatomy.regions == 27)[0])
    dose = skin_map.skin_dose_gy.copy()
    dose[foot] = 2 * skin_map.peak_gy
    on_foot = replace(skin_map, skin_dose_gy=dose, peak_vertex=foot, peak_gy=float(dose[foot]))
    text = " ".join(words_of(figure_of_map(on_foot))).replace("\xa0", " ")
    assert f"feet and perineum {dose[foot]:.3g} Gy" in text
    assert "THE PEAK LIES ON SKIN THAT IS NOT SHOWN HERE" in text
    # On a hand: the arm is a part of the figure, beside the trunk on the patient's side.
    hand = int(np.flatnonzero(skin_map.surface.anatomy.regions == 20)[0])
    dose = skin_map.skin_dose_gy.copy()
    dose[hand] = skin_map.peak_gy / 2
    placed = lay_out(replace(skin_map, skin_dose_gy=dose)).parts
    assert [p.part.name for p in placed] == ["trunk", "left arm"]
    trunk, arm = placed
    is_left_of_trunk = arm.points_mm[:, 0].max() < trunk.points_mm[:, 0].min()
    assert is_left_of_trunk == (skin_map.centre == "back")


def test_levels_of_the_document_are_marked() -> None:
    result = supine(kerma_gy=4.0)
    figure = result.plot_unfolded()
    assert any("alert level of 3 Gy" in text for text in words_of(figure))
    without = result.with_levels(
        level for level in load_levels() if level.quantity != "peak_skin_dose_gy"
    )
    assert not any("alert level" in text for text in words_of(without.plot_unfolded()))


def test_svg_is_safe_to_put_into_a_page() -> None:
    svg = unfolded_svg(supine())
    root = ET.fromstring(svg)
    assert root.tag == f"{SVG}svg"
    assert root.get("role") == "img"
    assert str(root.get("aria-label")).startswith("unfolded map of the skin dose, peak ")
    tags = {element.tag for element in root.iter()}
    assert not tags & {f"{SVG}script", f"{SVG}a", f"{SVG}foreignObject", f"{SVG}metadata"}
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert ids
    assert all(str(name).startswith("dosemap-unfolded-") for name in ids)
    assert len(set(ids)) == len(ids)
    for element in root.iter():
        for name, value in element.attrib.items():
            assert not name.lower().startswith("on")
            if name.endswith("href"):
                assert value.startswith(("#dosemap-unfolded-", "data:image/png;base64,"))
            if "url(" in value:
                assert "url(#dosemap-unfolded-" in value
    texts = {"".join(element.itertext()).strip() for element in root.iter(f"{SVG}text")}
    assert "BACK" in texts
    assert any(text.startswith("peak ") for text in texts)
    assert len(svg) < 1_000_000
    assert unfolded_svg(supine()) == svg


def test_no_map_is_an_error_that_says_why() -> None:
    nothing = replace(
        unplaced(),
        surface=None,
        skin_dose_gy=None,
        peak=None,
        document={
            **unplaced().document,
            "map": {**unplaced().document["map"], "reason": "no map: because"},
        },
    )
    with pytest.raises(DosemapError, match="no map: because"):
        nothing.plot_unfolded()
    with pytest.raises(DosemapError, match="no map: because"):
        unfolded_svg(nothing)


def test_a_persons_settings_neither_count_nor_change() -> None:
    own: dict[Any, Any] = {
        "font.family": ["monospace"],
        "text.usetex": True,
        "figure.facecolor": "red",
    }
    with mpl.rc_context(own):
        before = dict(mpl.rcParams)
        figure = supine().plot_unfolded()
        assert dict(mpl.rcParams) == before
        svg = unfolded_svg(supine())
        assert dict(mpl.rcParams) == before
    assert svg == unfolded_svg(supine())
    assert figure.get_facecolor() == (1.0, 1.0, 1.0, 1.0)


def test_pyplot_is_not_imported_and_dosemap_alone_imports_no_matplotlib() -> None:
    code = (
        "import sys, dosemap\n"
        "[getattr(dosemap, name) for name in dosemap.__all__]\n"
        "import dosemap.figures.unfolded, dosemap.figures.colours, dosemap.figures.notebook\n"
        "assert 'matplotlib' not in sys.modules\n"
        "import dosemap.figures.pdf, dosemap.figures.events_figure\n"
        "assert 'matplotlib.pyplot' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True)
