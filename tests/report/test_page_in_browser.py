"""The page as people meet it: in a browser, by pixels, slider, pointer and keys."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("plotly")
pytest.importorskip("matplotlib")

from browser import LAPTOP, PHONE, Visit, browser, needs_browser, visit
from playwright.sync_api import Browser
from report_cases import HOSTILE, of_a_body, of_many_levels, poisoned, without_map

from dosemap.dose_words import gy
from dosemap.report.page import write_page

pytestmark = needs_browser

STRONG = 90
"""Between the channels of a colour of the scale; skin without dose and page are grey."""
SKIN = 3_000
MAP = 500
"""Pixels that the body and the map surely have in a view of 1200 x 540."""


@pytest.fixture(scope="module")
def started() -> Iterator[Browser]:
    with browser() as found:
        yield found


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path: Path = tmp_path_factory.mktemp("page") / "case.html"
    write_page(of_a_body(), path)
    return path


@pytest.fixture(scope="module")
def page(started: Browser, file: Path) -> Iterator[Visit]:
    with visit(started, file) as opened:
        yield opened


def colourful(pixels: "np.ndarray") -> int:
    return int((np.ptp(pixels, axis=2) > STRONG).sum())


def grey(pixels: "np.ndarray") -> int:
    light = (pixels.min(axis=2) > 90) & (pixels.max(axis=2) < 232)
    return int((light & (np.ptp(pixels, axis=2) < 12)).sum())


def inside(page: Visit, code: str, argument: Any = None) -> Any:
    return page.page.evaluate(code, argument)


def test_body_and_map_are_drawn(page: Visit) -> None:
    pixels = page.pixels()
    assert grey(pixels) > SKIN
    assert colourful(pixels) > MAP
    # The dark end of the scale: violet where the dose is highest, which nothing else has.
    red, green, blue = pixels[..., 0], pixels[..., 1], pixels[..., 2]
    assert ((blue > green + 40) & (red > green + 20)).sum() > 50


def test_the_slider_shows_beams_and_the_dose_so_far(page: Visit) -> None:
    result = of_a_body()
    whole = page.pixels()
    page.move_to_step(0)
    first = page.pixels()
    assert np.abs(whole - first).max(axis=2).max() > STRONG
    words = page.page.locator("#step-words").inner_text()
    (dose_gy,) = [e["dose_gy"] for e in result.document["peak"]["events"] if e["event"] == 0]
    assert f"{gy(dose_gy)} from it, {gy(dose_gy)} of {gy(result.peak_skin_dose_gy)} so far" in words
    assert page.page.locator("#step-name").inner_text() == "event 0 (1 of 4)"
    page.page.locator("#step").press("ArrowRight")
    page.page.wait_for_selector("#view[data-step='1']")
    assert "30° primary" in page.page.locator("#step-words").inner_text()
    assert "event 1" in str(page.page.locator("#step").get_attribute("aria-valuetext"))
    # Colours of one event go up to its own highest dose.
    page.page.locator("[name=shown][value=one]").check()
    page.page.wait_for_selector("#scale-alone:not([hidden])")
    own_gy = float(result.event_factors(1)["skin_dose"].max())
    assert f"the dark end is {gy(own_gy)}" in page.page.locator("#scale-alone").inner_text()
    page.page.locator("[name=shown][value=sum]").check()
    page.page.wait_for_selector("#scale:not([hidden])")
    # The tube: orange, as nothing of the map is with this share of blue.
    page.page.locator("[data-view=whole]").click()
    page.page.wait_for_timeout(300)
    with_tube = page.pixels()
    page.move_to_step(4)
    assert np.abs(with_tube - page.pixels()).max(axis=2).max() > STRONG
    page.page.locator("[data-view=peak]").click()


def test_the_pointer_over_the_peak_reads_its_dose(page: Visit) -> None:
    result = of_a_body()
    page.move_to_step(4)
    page.page.locator("[data-view=peak]").click()
    page.page.locator("#view").scroll_into_view_if_needed()
    box = page.page.locator("#view").bounding_box()
    assert box is not None
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.page.mouse.move(middle[0] - 40, middle[1])
    page.page.mouse.move(*middle, steps=8)
    page.page.wait_for_selector("#tip:not([hidden])")
    dose, site, most = page.page.locator("#tip").inner_text().split("\n")
    assert result.peak_skin_dose_gy is not None
    # Of the patch at the pointer, which may be one beside the peak's.
    assert float(dose.removesuffix(" Gy")) == pytest.approx(result.peak_skin_dose_gy, rel=0.03)
    assert site.startswith("posterior torso")
    # The largest of four, by 1.5 of 4 Gy of air kerma.
    assert most.startswith("event 0: 1.")
    assert f"most from {most}" in page.page.locator("#here").inner_text()


def test_buttons_and_keys_turn_the_body(page: Visit) -> None:
    page.page.locator("[data-view=front]").click()
    page.page.wait_for_timeout(300)
    # The dose is on the back.
    assert colourful(page.pixels()) < MAP
    page.page.locator("#view").focus()
    for _ in range(15):
        page.page.keyboard.press("ArrowLeft")
    page.page.wait_for_timeout(300)
    assert colourful(page.pixels()) > MAP
    page.page.locator("[data-view=peak]").click()


_LETTERS_ON_SCREEN = """() => {
  const view = document.getElementById("view");
  const { glplot, dataScale } = view._fullLayout.scene._scene;
  const { model, view: seen, projection } = glplot.cameraParams;
  const times = (m, v) =>
    [0, 1, 2, 3].map((row) => v.reduce((sum, x, col) => sum + m[4 * col + row] * x, 0));
  const { x, y, z, text } = view.data[5];
  return text.map((words, i) => {
    const point = [x[i] * dataScale[0], y[i] * dataScale[1], z[i] * dataScale[2], 1];
    const [a, b, , w] = times(projection, times(seen, times(model, point)));
    const size = 6.5 * words.length;  // px of 13 px letters, at least
    return {left: (a / w + 1) * view.clientWidth / 2 - size / 2, wide: size,
            top: (1 - b / w) * view.clientHeight / 2 - 6, high: 12, words};
  });
}"""
"""Where plotly's own matrices put the middle of each label."""


@pytest.mark.parametrize("size", [LAPTOP, PHONE])
def test_the_doses_of_lines_do_not_overlap(
    started: Browser, tmp_path: Path, size: tuple[int, int]
) -> None:
    path = tmp_path / "levels.html"
    write_page(of_many_levels(), path)
    with visit(started, path, size=size) as opened:
        width, height = inside(
            opened,
            "() => { const v = document.getElementById('view');"
            " return [v.clientWidth, v.clientHeight]; }",
        )
        for view in ("peak", "left", "whole"):
            opened.page.locator(f"[data-view={view}]").click()
            opened.page.wait_for_timeout(500)
            letters = inside(opened, _LETTERS_ON_SCREEN)
            # One alert level at least, in the view from the peak.
            assert letters or view != "peak"
            for number, one in enumerate(letters):
                assert 0 <= one["left"] <= width - one["wide"]
                assert 0 <= one["top"] <= height - one["high"]
                for other in letters[:number]:
                    apart = (
                        one["left"] + one["wide"] <= other["left"]
                        or other["left"] + other["wide"] <= one["left"]
                        or one["top"] + one["high"] <= other["top"]
                        or other["top"] + other["high"] <= one["top"]
                    )
                    assert apart, (view, one, other)
        assert opened.complaints == []


def test_escape_hides_the_tip_and_stops_playing(page: Visit) -> None:
    view = page.page.locator("#view")
    view.scroll_into_view_if_needed()
    box = view.bounding_box()
    assert box is not None
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.page.mouse.move(middle[0] - 40, middle[1])
    page.page.mouse.move(*middle, steps=8)
    page.page.wait_for_selector("#tip:not([hidden])")
    page.page.keyboard.press("Escape")
    page.page.wait_for_selector("#tip", state="hidden")
    page.page.locator("#play").press("Enter")
    assert page.page.locator("#play").inner_text() == "stop"
    page.page.keyboard.press("Escape")
    assert page.page.locator("#play").inner_text() == "play"
    page.move_to_step(4)


def test_scripts_unpack_what_python_packed(page: Visit) -> None:
    """The steps add up to the map, to the quantum that the page tells."""
    result = of_a_body()
    assert result.skin_dose_gy is not None
    found = inside(
        page,
        """async () => {
          const data = JSON.parse(document.getElementById("dosemap-data").textContent);
          const skin = await unpacked(data.skin);
          const steps = await unpacked(data.steps);
          const sum = new Float64Array(skin.exposed);
          steps.vertices.forEach((v, i) => (sum[v] += steps.quanta[i] * steps.quantum_gy));
          return {sum: Array.from(sum), dose: Array.from(skin.dose_gy),
                  exposed: skin.exposed, quantum: steps.quantum_gy};
        }""",
    )
    exposed = found["exposed"]
    np.testing.assert_allclose(
        found["sum"], found["dose"][:exposed], rtol=1e-6, atol=0.51 * found["quantum"]
    )
    own = np.sort(result.skin_dose_gy)[::-1]
    # f32 keeps 24 bits.
    np.testing.assert_allclose(np.sort(found["dose"])[::-1][:100], own[:100], rtol=1e-6)
    assert exposed == (result.skin_dose_gy >= own[0] / 1000).sum()


def test_scripts_write_doses_as_python_does(page: Visit) -> None:
    doses = [0.0, 3e-10, 4.2e-6, 9.996e-4, 0.01218, 0.9994, 0.9996, 3.456, 17.3, 0.10049]
    assert inside(page, "(doses) => doses.map((d) => gy(d))", doses) == [gy(d) for d in doses]


def test_the_page_holds_the_document(page: Visit) -> None:
    text = page.page.locator("#dosemap-document").text_content()
    assert text is not None
    assert json.loads(text) == of_a_body().with_risk().to_dict()


def test_everything_has_a_name(page: Visit) -> None:
    """Landmarks, headings, labels: what people who do not see the page move by."""
    nameless = inside(
        page,
        """() => {
          const named = (e) => e.getAttribute("aria-label") || e.getAttribute("aria-labelledby")
            || e.textContent.trim() || (e.labels && e.labels.length);
          return [...document.querySelectorAll("section, nav, button, input, [role=img], table, a")]
            .filter((e) => !named(e)).map((e) => e.outerHTML.slice(0, 80));
        }""",
    )
    assert nameless == []
    count = page.page.locator
    assert count("main").count() == count("h1").count() == count("header").count() == 1
    assert inside(page, "() => [...document.querySelectorAll('th')].every((h) => h.scope)")


def test_nothing_is_asked_of_the_network_and_nothing_fails(page: Visit) -> None:
    assert page.requests == []
    assert page.complaints == []
    policy = page.page.locator("meta[http-equiv=Content-Security-Policy]").get_attribute("content")
    assert policy is not None
    assert "default-src 'none'" in policy
    assert "unsafe-eval" not in policy
    blocked = inside(
        page,
        """() => {
          const script = document.createElement("script");
          script.textContent = "window.other = 1";
          document.head.append(script);
          return window.other === undefined;
        }""",
    )
    assert blocked, "another script than the page's own runs"


def test_dark_on_a_phone(started: Browser, file: Path) -> None:
    with visit(started, file, size=PHONE, scheme="dark") as opened:
        back = inside(opened, "() => getComputedStyle(document.body).backgroundColor")
        assert max(int(part) for part in back[4:-1].split(",")) < 60
        text = inside(opened, "() => getComputedStyle(document.body).color")
        assert min(int(part) for part in text[4:-1].split(",")) > 200
        assert inside(opened, "() => document.documentElement.scrollWidth") <= PHONE[0]
        assert colourful(opened.pixels()) > MAP
        assert opened.complaints == []


def test_hostile_texts_are_only_seen(started: Browser, tmp_path: Path) -> None:
    path = tmp_path / "hostile.html"
    write_page(poisoned(of_a_body()), path)
    with visit(started, path, size=PHONE) as opened:
        assert inside(opened, "() => window.hacked === undefined")
        assert inside(opened, "() => document.querySelectorAll('img').length") == 0
        assert opened.requests == []
        assert opened.complaints == []
        seen = opened.page.locator("header").inner_text()
        assert "<script>window.hacked=1</script>" in seen
        assert "\u202e" not in opened.page.locator("body").inner_text()
        assert "more characters)" in seen
        assert inside(opened, "() => document.documentElement.scrollWidth") <= PHONE[0]
        opened.move_to_step(1)
        assert "<img src=x" in opened.page.locator("#step-words").inner_text()
        held = json.loads(str(opened.page.locator("#dosemap-document").text_content()))
        assert HOSTILE in held["source"]


def test_a_report_without_map_says_why_and_draws_nothing(started: Browser, tmp_path: Path) -> None:
    path = tmp_path / "totals.html"
    write_page(without_map(), path)
    with visit(started, path, is_drawn=False) as opened:
        text = opened.page.locator("main").inner_text()
        assert "not known" in text
        assert "no equipment profile fits this system" in text
        assert "does not say that it was low" in text
        assert "4 events, reference air kerma 4.00 Gy" in text
        assert opened.page.locator("canvas, #view").count() == 0
        # Nothing is told of a map that is not there.
        assert "On skin:" not in text
        assert "Values assumed for" not in text
        assert opened.requests == []
        assert opened.complaints == []
