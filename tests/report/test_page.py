"""What stands on a page, and that it is the document's."""

import gzip
import re
from base64 import b64decode
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from rich.console import Console

pytest.importorskip("plotly")
pytest.importorskip("matplotlib")

from report_cases import HOSTILE, of_a_body, of_a_trunk, poisoned, without_map

from dosemap import Body, DosemapError, DoseResult, estimate, estimate_interval, read_rdsr
from dosemap.cli.render import render_result
from dosemap.data_tables import table_rows
from dosemap.dose_words import gy
from dosemap.interval_words import ends
from dosemap.report import event_section
from dosemap.report.markup import seen
from dosemap.report.page import page_html
from dosemap.simulate import SimulatedEvent, simulate_procedure
from simulated_reports import artis_procedure


class _Text(HTMLParser):
    """The words of a page, without its scripts and styles."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        del attrs
        if tag in {"script", "style"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.open and self.open[-1] == tag:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if not self.open:
            self.words.append(data)


def words(page: str) -> str:
    reader = _Text()
    reader.feed(page)
    return " ".join("".join(reader.words).split())


@cache
def body_page() -> str:
    return page_html(of_a_body())


def test_names_of_values_and_levels_are_words() -> None:
    text = words(body_page())
    below = text.split("Certainly not reached: ")[1]
    assert below.startswith("substantial radiation dose level: ")
    card = text.split("How far to trust it")[1].split("Problems and assumptions")[0]
    assert "rotation of the detector" in card
    raw = [entry["field"] for entry in of_a_body().document["assumptions"]]
    assert [name for name in raw if "_" in name and name in card] == []


def test_every_value_that_can_be_assumed_has_words() -> None:
    named = {row["field"] for row in table_rows("field_words.csv")}
    assert {row["field"] for row in table_rows("report", "assumption_effects.csv")} <= named
    assert set(of_a_body().document["corrections"]) <= named


def test_a_little_less_than_zero_is_zero() -> None:
    event = SimulatedEvent(primary_angle_deg=-0.04, secondary_angle_deg=-0.04)
    result = estimate(artis_procedure(event), surface=Body(sex="F", spacing_mm=15.0))
    page = page_html(result)
    angles = result.events.numbers["secondary_angle_deg"]
    assert -0.05 < angles[0] <= 0
    assert not re.search(r"-0(\.0+)?(°|<| degrees)", page)
    output = StringIO()
    render_result(result, Console(file=output, width=200), events=True)
    assert not re.search(r"(?<![\d.])-0(\.0+)?(?![\d.])", output.getvalue())


def test_a_lower_bound_says_so_everywhere() -> None:
    """One of the events states no air kerma, and no total holds it."""
    result = lower_bound()
    peak = f"at least {gy(result.peak_skin_dose_gy)}"
    hottest = f"at least {gy(result.hottest_1cm2_dose_gy)}"
    output = StringIO()
    render_result(result, Console(file=output, width=200), events=False)
    for text in (words(page_html(result)), output.getvalue()):
        assert peak in text
        assert hottest in text
        assert "none is known to reach 2 Gy" in text or "at least" in text.split("skin area")[1]


def lower_bound() -> DoseResult:
    procedure = artis_procedure(
        SimulatedEvent(reference_air_kerma_gy=1.0), SimulatedEvent(reference_air_kerma_gy=0.5)
    )
    known, unknown = procedure.events
    unknown = replace(unknown, reference_air_kerma_gy=None, kerma_area_product_gy_m2=None)
    totals = replace(procedure.totals, reference_air_kerma_gy=None)
    return estimate(
        replace(procedure, events=(known, unknown), totals=totals),
        surface=Body(sex="F", spacing_mm=15.0),
    )


def test_the_numbers_are_those_of_the_document() -> None:
    result = of_a_body()
    document = result.document
    text = words(body_page())
    assert gy(document["peak_skin_dose_gy"]) in text
    assert gy(document["hottest_1cm2_dose_gy"]) in text
    assert document["peak"]["site"] in text
    assert document["software"]["notice"] in text
    for entry in document["peak"]["events"]:
        assert f"{gy(entry['dose_gy'])}" in text
    for entry in document["skin_area_above"]:
        assert f"{entry['dose_gy']:g} Gy{entry['area_cm2']:.3g} cm²" in text
    for assumption in document["assumptions"]:
        assert assumption["why"] in text
    for alert in document["alerts"]:
        assert alert["wording"] in text
    for table, content_hash in document["data_tables"].items():
        assert f"{table}{content_hash}" in text
    assert result.risk().statement in text


def test_doubts_come_before_the_map() -> None:
    """A beam of which half misses the patient."""
    beside = SimulatedEvent(table_lateral_mm=620.0)
    narrow = Body(sex="F", age_class="newborn", spacing_mm=10.0)
    result = estimate(artis_procedure(beside), surface=narrow)
    (message,) = [
        problem["message"] for problem in result.problems if problem["code"] == "kerma-not-on-skin"
    ]
    text = words(page_html(result))
    assert text.index(f"Check: {message}") < text.index("How far to trust it")
    assert text.index("What a wrong assumption would change") < text.index("Where on the body")
    assert text.index(result.assumptions[-1]["why"]) < text.index("Where on the body")


def test_without_map_and_with_interval_the_interval_is_the_number() -> None:
    result = without_map()
    assert result.procedure is not None
    with_interval = result.with_interval(estimate_interval(result.procedure))
    text = words(page_html(with_interval))
    assert ends(with_interval.document["interval"]) in text
    assert "no value in it is more likely" in text
    assert "not known" not in text.split("How far to trust it")[0].split("report")[1]
    for assumed in with_interval.document["interval"]["assumptions"]:
        assert assumed["why"] in text.split("Alert levels, skin reactions")[0]
    for bound in with_interval.document["interval"]["bounds"]:
        assert bound["source"] in text


def test_a_result_from_a_file_has_a_page_without_beams(tmp_path: Path) -> None:
    of_a_body().to_netcdf(tmp_path / "case.nc")
    text = words(page_html(DoseResult.from_netcdf(tmp_path / "case.nc")))
    assert "can be shown only where the estimate was made" in text
    assert gy(of_a_body().peak_skin_dose_gy) in text


def test_very_many_events_are_cut_short_and_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_section, "MOST_ROWS", 40)
    result = of_a_trunk(events=1000)
    text = page_html(result)
    assert "Only 40 of 1,000 events are listed" in text
    assert len(re.findall(r'<tr id="event-\d+">', text)) == 40
    assert "1,000 events are too many for a slider" in text


def test_every_value_of_an_event_says_where_it_came_from() -> None:
    text = body_page()
    # The position is read out of free text by this make; the field is derived from its area.
    assert "HFS" in text
    assert re.search(r"<td><bdi>HFS</bdi><sup>\w</sup></td>", text)


def test_a_page_of_fifty_thousand_vertices_is_below_8_mb() -> None:
    """The limit of the issue; this one has 90 000 and 259 events."""
    file = BytesIO()
    simulate_procedure("pci_complex", device="siemens_artis").write(file)
    result = estimate(read_rdsr(file.getvalue()))
    assert result.surface is not None
    assert len(result.surface) > 50_000
    assert len(result.events) > 250
    assert len(page_html(result).encode()) < 8_000_000


def test_the_same_result_gives_the_same_page() -> None:
    assert page_html(of_a_body()) == body_page()


def test_plotly_is_that_of_its_wheel() -> None:
    from plotly.offline import get_plotlyjs  # noqa: PLC0415

    found = re.search(r'id="dosemap-plotly">([^<]*)<', body_page())
    assert found
    assert gzip.decompress(b64decode(found[1])).decode() == get_plotlyjs()


def test_no_text_gets_out_of_its_place() -> None:
    text = page_html(poisoned(of_a_body()))
    assert "<img" not in text.replace("\\u003cimg", "")
    assert text.count("</script>") == text.count("<script")
    for sign in ("\u202e", "\x1b", "\x00", "\u2028"):
        assert sign not in text
    assert seen(HOSTILE).count("\N{REPLACEMENT CHARACTER}") == 4


def test_a_map_that_lost_its_data_is_refused() -> None:
    with pytest.raises(DosemapError, match="none in its data"):
        page_html(replace(of_a_body(), skin_dose_gy=None))


@pytest.mark.parametrize("result", [of_a_body(), of_a_trunk(events=14)], ids=["body", "trunk"])
def test_what_an_assumption_does_is_described(result: DoseResult) -> None:
    described = {row["field"] for row in table_rows("report", "assumption_effects.csv")}
    assert {entry["field"] for entry in result.assumptions} <= described


def test_columns_of_the_table_are_columns_of_events() -> None:
    for row in table_rows("report", "event_columns.csv"):
        column = of_a_body().events.numbers[row["column"]]
        assert (column.ndim == 2) == bool(row["element"]), row["column"]


def test_a_figure_for_notebooks() -> None:
    result = of_a_body()
    figure = result.plot()
    skin, peak = figure.data
    assert result.skin_dose_gy is not None
    assert skin.intensity.tolist() == result.skin_dose_gy.tolist()
    assert peak.text == (f"peak {gy(result.peak_skin_dose_gy)}",)
    assert "<b>3 alert level</b>" in skin.colorbar.ticktext
    with pytest.raises(DosemapError, match="no equipment profile"):
        without_map().plot()
