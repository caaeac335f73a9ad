"""The page to file: its numbers, its fonts, and that no text breaks it or is lost silently."""

import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from figure_cases import supine, unplaced
from matplotlib.figure import Figure
from matplotlib.text import Text

from dosemap import DosemapError, DoseResult, Surface, estimate, estimate_interval
from dosemap.dose_words import gy
from dosemap.field_words import field_words
from dosemap.figures.page import _LONGEST, PAPERS_MM, Pages
from dosemap.figures.page_content import content_of_result, risk_sections
from dosemap.figures.pdf import write_pdf
from dosemap.figures.settings import drawing
from dosemap.risk import risk_of
from mobile_reports import event, report

HOSTILE = (
    "<script>$x^2$ \\frac{1}{0} %s {0} \x00\x1b[31m\u202eabc\u200f \u4e2d\u6587 " + "W" * 10_000
)


def drawn(result: DoseResult, paper: Any = "a4") -> list[Figure]:
    with drawing():
        return Pages(content_of_result(result), paper=paper).drawn()


def words_of(pages: list[Figure]) -> str:
    texts = [text.get_text() for page in pages for text in page.findobj(Text)]
    return " ".join(" ".join(texts).replace("\xa0", " ").split())


def text_of(path: Path) -> str:
    """Return the text as another program finds it in the file."""
    if shutil.which("pdftotext") is None:
        pytest.skip("no pdftotext: apt-get install poppler-utils")
    command = ["pdftotext", "-layout", str(path), "-"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return " ".join(done.stdout.split())


def with_entries(result: DoseResult, text: str, number: int) -> DoseResult:
    problem = {"code": "made-up", "events": [], "message": text}
    document = {**result.document, "problems": [problem] * number, "source": text}
    document["procedure"] = {**document["procedure"], "manufacturer": text, "model": text}
    return replace(result, document=document)


def test_the_page_says_what_the_document_says(tmp_path: Path) -> None:
    result = supine(kerma_gy=4.0).with_risk()
    write_pdf(result, tmp_path / "case.pdf")
    text = text_of(tmp_path / "case.pdf")
    document = result.document
    assert document["alerts"]
    for words in (
        gy(result.peak_skin_dose_gy),
        gy(result.hottest_1cm2_dose_gy),
        document["peak"]["site"],
        "substantial radiation dose level: peak skin dose",
        f"Assumed ({len(document['assumptions'])})",
        "Skin reactions",
        "When to look",
        "BACK",
        "10 cm along the skin",
        "equipment profile siemens_artis",
        document["software"]["version"],
        document["software"]["notice"],
        "page 1 of",
    ):
        assert words in text, words
    for entry in document["assumptions"]:
        assert field_words(entry["field"]) in text
    assert "Canary" not in text
    assert "ID-4711" not in text


def test_fonts_are_embedded_and_true_type(tmp_path: Path) -> None:
    write_pdf(supine(), tmp_path / "case.pdf")
    data = (tmp_path / "case.pdf").read_bytes()
    assert data.startswith(b"%PDF")
    # Every font has its file in the PDF: type 42, not drawn as shapes (type 3).
    assert b"/FontFile2" in data
    assert b"/Subtype /Type3" not in data
    if shutil.which("pdffonts"):
        done = subprocess.run(
            ["pdffonts", str(tmp_path / "case.pdf")], capture_output=True, text=True, check=True
        )
        rows = done.stdout.splitlines()[2:]
        assert rows
        for row in rows:
            assert re.search(r"TrueType +\S+ +yes yes", row), row


def test_the_same_result_gives_the_same_bytes_and_no_link(tmp_path: Path) -> None:
    for name in ("one.pdf", "two.pdf"):
        write_pdf(supine(), tmp_path / name)
    one = (tmp_path / "one.pdf").read_bytes()
    assert one == (tmp_path / "two.pdf").read_bytes()
    assert b"CreationDate" not in one
    assert b"/URI" not in one
    assert len(one) < 1_000_000


@pytest.mark.parametrize("paper", ["a4", "letter"])
def test_paper_has_its_size_and_nothing_lies_beside_it(paper: Any, tmp_path: Path) -> None:
    write_pdf(supine(), tmp_path / "case.pdf", paper=paper)
    box = re.search(rb"/MediaBox \[ 0 0 ([\d.]+) ([\d.]+) \]", (tmp_path / "case.pdf").read_bytes())
    assert box is not None
    found_mm = tuple(float(size) / 72 * 25.4 for size in box.groups())
    assert found_mm == pytest.approx(PAPERS_MM[paper], abs=0.1)
    (page,) = drawn(supine(), paper)
    page.draw_without_rendering()
    for text in page.findobj(Text):
        if text.get_text().strip() and text.get_visible():
            extent = text.get_window_extent()
            assert extent.x0 >= 0, text
            assert extent.y0 >= 0, text
            assert extent.x1 <= page.bbox.x1, text
            assert extent.y1 <= page.bbox.y1, text


def test_paper_that_there_is_not(tmp_path: Path) -> None:
    with pytest.raises(DosemapError, match="paper is 'a3'; it must be one of a4, letter"):
        write_pdf(supine(), tmp_path / "case.pdf", paper="a3")  # type: ignore[arg-type]
    assert not list(tmp_path.iterdir())


def test_a_report_without_map_has_reason_totals_and_interval(tmp_path: Path) -> None:
    procedure = report(event(), event(1))
    result = estimate(procedure).with_interval(estimate_interval(procedure))
    assert result.reason is not None
    write_pdf(result, tmp_path / "case.pdf")
    text = text_of(tmp_path / "case.pdf")
    assert "map none: no equipment profile fits this system" in text
    assert "reference air kerma 20.0 mGy" in text
    words = words_of(drawn(result))
    assert "no value in it is more likely" in words
    assert result.reason.removeprefix("no map: ") in words


def test_hostile_texts_break_nothing_and_are_cut_with_their_number(tmp_path: Path) -> None:
    result = with_entries(supine(), HOSTILE, 3)
    write_pdf(result, tmp_path / "case.pdf")
    pages = drawn(result)
    words = words_of(pages)
    # What matplotlib would take for mathematics is there as it was; what hides is not.
    assert "$x^2$ \\frac{1}{0} %s {0}" in words
    for hidden in ("\x00", "\x1b", "\u202e", "\u200f"):
        assert hidden not in words
    assert re.search(r"\[\d+ more characters\]", words)
    assert "made-up" in words
    for page in pages:
        page.draw_without_rendering()
        for text in page.texts:
            assert text.get_window_extent().x1 <= page.bbox.x1 + 1


def test_many_problems_go_on_further_pages_and_the_rest_is_counted() -> None:
    some = drawn(with_entries(supine(), "word " * 60, 40))
    assert 1 < len(some) <= 6
    assert words_of(some).count("made-up:") == 40
    assert "do not fit" not in words_of(some)
    many = drawn(with_entries(supine(), "word " * 60, 2000))
    assert len(many) == 6
    words = words_of(many)
    shown = words.count("made-up:")
    assert 40 < shown < 2000
    assert "Problems (2000)" in words
    counted = re.search(r"(\d+) more lines do not fit: see the JSON document", words)
    assert counted is not None
    assert int(counted[1]) > 1000


def test_a_surface_that_cannot_be_unfolded_is_seen_from_four_sides() -> None:
    result = supine()
    assert result.surface is not None
    own = Surface.from_mesh(
        result.surface.vertices_mm, result.surface.triangles, description="scan"
    )
    (page, *_) = drawn(replace(result, surface=own))
    titles = {axes.get_title() for axes in page.axes} - {""}
    assert titles == {"back", "front", "patient's left", "patient's right"}
    assert "scan is neither nearly flat nor one tube" in words_of([page])


def test_views_show_the_side_of_the_peak_first() -> None:
    (page, *_) = drawn(supine())
    titles = [axes.get_title() for axes in page.axes if axes.get_title()]
    assert titles[0] == "back"


@pytest.mark.parametrize("dose_gy", [1.0, 2.5, 7.0, 12.0, 30.0])
@pytest.mark.parametrize("is_lower_bound", [False, True])
def test_no_text_of_the_program_is_cut(dose_gy: float, *, is_lower_bound: bool) -> None:
    """Least of all what is to be done after a dose."""
    risk = risk_of(dose_gy, is_lower_bound=is_lower_bound, at_most_gy=100.0, why="a reason")
    for part in risk_sections(risk.to_dict()):
        for entry in part.entries:
            assert len(entry) <= _LONGEST, entry
    high = supine(kerma_gy=20.0).with_risk()
    assert "more characters" not in words_of(drawn(high))


def test_what_a_map_lacks_also_bounds_the_hottest_area_and_the_areas() -> None:
    result = unplaced()
    assert result.peak is not None
    assert result.document["map"]["air_kerma_not_mapped_gy"] > 0
    words = words_of(drawn(result))
    assert f"hottest 1 cm² at least {gy(result.peak.hottest_1cm2_gy)}" in words
    assert "skin area none is known to reach 2 Gy" in words
    whole = words_of(drawn(supine()))
    assert "at least" not in whole


def test_without_matplotlib_the_text_says_what_to_install() -> None:
    """In a program of its own, in which matplotlib cannot be found."""
    script = (
        "import sys\n"
        "class Hidden:\n"
        "    def __init__(self, finder): self.finder = finder\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.partition('.')[0] == 'matplotlib': return None\n"
        "        return self.finder.find_spec(name, path, target)\n"
        "sys.meta_path[:] = [Hidden(finder) for finder in sys.meta_path]\n"
        "import dosemap\n"
        "from dosemap.figures.pdf import write_pdf\n"
        "try:\n"
        "    body = dosemap.Body(height_cm=165, mass_kg=70, spacing_mm=15)\n"
        "    session = dosemap.LiveSession(surface=body, equipment='siemens_artis')\n"
        "    write_pdf(session.snapshot(), 'case.pdf')\n"
        "except dosemap.DosemapError as error:\n"
        "    print(error)\n"
    )
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert 'pip install "dosemap[report]"' in done.stdout
