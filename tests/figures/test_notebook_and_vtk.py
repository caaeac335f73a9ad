"""What a notebook shows, and the map for ParaView."""

from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from figure_cases import supine

from dosemap import DosemapError, DoseResult, Surface, estimate
from mobile_reports import event, report
from simulated_reports import dose_gy

HOSTILE = "<script>alert(1)</script>\x00\u202e" + "x" * 10_000


class Seen(HTMLParser):
    """Collects tags, attributes and text."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text += data


def seen(result: DoseResult) -> Seen:
    parser = Seen()
    parser.feed(result._repr_html_())
    return parser


def with_texts(result: DoseResult, text: str) -> DoseResult:
    """Return a result in whose document every free text is another one."""
    document: dict[str, Any] = {**result.document, "source": text}
    document["procedure"] = {**document["procedure"], "manufacturer": text, "model": text}
    document["map"] = {**document["map"], "surface": text}
    document["problems"] = [{"code": text, "events": [], "message": text}] * 3
    document["assumptions"] = [
        {"field": text, "value": text, "why": text, "provenance": "assumed", "events": []}
    ]
    return replace(result, document=document)


def test_a_notebook_shows_map_and_numbers() -> None:
    result = supine()
    shown = seen(result)
    assert shown.tags.count("img") == 1
    assert dict(shown.attributes)["src"] is not None
    assert str(dict(shown.attributes)["src"]).startswith("data:image/png;base64,")
    assert result.peak is not None
    for words in (
        f"{result.peak.dose_gy:.2f} Gy",
        result.peak.site,
        "assumptions",
        "not a medical",
    ):
        assert words in shown.text
    # Of the patient: neither name nor ID, nor the file, whose name may hold one.
    for identifier in ("Canary", "ID-4711", "report.dcm"):
        assert identifier not in result._repr_html_()
    assert len(result._repr_html_()) < 200_000


def test_hostile_text_stays_text() -> None:
    result = with_texts(supine(), HOSTILE)
    shown = seen(result)
    assert set(shown.tags) == {"div", "img", "table", "tr", "th", "td", "p", "b", "code", "small"}
    assert "<script>alert(1)</script>" in shown.text
    assert "\u202e" not in shown.text
    assert len(shown.text) < 5_000


def test_without_map_the_reason_stands_there() -> None:
    nothing = estimate(report(event()))
    assert nothing.peak is None
    shown = seen(nothing)
    assert "img" not in shown.tags
    assert str(nothing.reason).removeprefix("no map: ") in shown.text


def test_a_surface_that_cannot_be_unfolded_is_told() -> None:
    result = supine()
    assert result.surface is not None
    own = Surface.from_mesh(result.surface.vertices_mm, result.surface.triangles)
    shown = seen(replace(result, surface=own))
    assert "img" not in shown.tags
    assert "cannot be unfolded" in shown.text


@pytest.mark.parametrize("suffix", [".vtu", ".vtk"])
def test_the_map_comes_back_from_a_vtk_file(tmp_path: Path, suffix: str) -> None:
    meshio = pytest.importorskip("meshio")
    result = supine()
    assert result.surface is not None
    path = tmp_path / f"map{suffix}"
    path.write_text("old", encoding="utf-8")
    result.to_vtk(path)
    mesh = meshio.read(path)
    np.testing.assert_array_equal(mesh.points, result.surface.vertices_mm)
    np.testing.assert_array_equal(mesh.cells_dict["triangle"], result.surface.triangles)
    np.testing.assert_array_equal(np.ravel(mesh.point_data["skin_dose_gy"]), dose_gy(result))
    np.testing.assert_allclose(np.ravel(mesh.point_data["area_mm2"]), result.surface.areas_mm2)
    assert result.surface.anatomy is not None
    region = np.ravel(mesh.point_data["region"])
    np.testing.assert_array_equal(region, result.surface.anatomy.regions)
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]


def test_vtk_refuses_other_formats(tmp_path: Path) -> None:
    with pytest.raises(DosemapError, match=r"map.txt: a map is written as .vtu or .vtk"):
        supine().to_vtk(tmp_path / "map.txt")
    assert not list(tmp_path.iterdir())
