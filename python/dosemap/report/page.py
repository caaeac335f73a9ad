"""A result as one HTML file that opens without network and holds all it needs."""

import base64
import hashlib
from collections.abc import Callable, Sequence
from importlib.resources import files
from os import PathLike
from string import Template

from dosemap.errors import DosemapError
from dosemap.figures.missing import need
from dosemap.figures.scale import DoseScale
from dosemap.files import written_whole
from dosemap.report.about import about_section, interval_section
from dosemap.report.contributions import contributions_section
from dosemap.report.event_section import event_section
from dosemap.report.follow_up import follow_up_section
from dosemap.report.fragments import section
from dosemap.report.histogram import histogram_section
from dosemap.report.levels import level_marks
from dosemap.report.map_section import map_section
from dosemap.report.markup import Markup, element, escaped, foreign, joined, json_for_script
from dosemap.report.packing import packed_text
from dosemap.report.scene_data import scene_data
from dosemap.report.summary import header, number_card
from dosemap.report.trust_section import trust_card, trust_section
from dosemap.result import DoseResult

OnStep = Callable[[int, int], None]

_SCRIPTS = ("unpack.js", "words.js", "contours.js", "beams.js", "view.js", "labels.js", "main.js")
_NAVIGATION = (
    ("limits", "Assumptions"),
    ("map", "Body"),
    ("unfolded", "Unfolded"),
    ("histogram", "Areas"),
    ("contributions", "Peak"),
    ("follow-up", "Follow-up"),
    ("interval", "Interval"),
    ("events", "Events"),
    ("about", "About"),
)


def write_page(
    result: DoseResult, path: str | PathLike[str], *, on_step: OnStep | None = None
) -> None:
    """Write the page of a result; see :meth:`DoseResult.report`.

    Parameters
    ----------
    result
        The result.
    path
        Where to; an existing file is replaced once the new one is complete.
    on_step
        Called after each event that was computed anew, with its number and how many there are.
    """
    text = page_html(result, on_step=on_step)
    with written_whole(path) as complete:
        complete.write_text(text, encoding="utf-8", newline="\n")


def page_html(result: DoseResult, *, on_step: OnStep | None = None) -> str:
    """Return the page of a result as a text; parameters as of :func:`write_page`."""
    if result.document["risk"] is None:
        result = result.with_risk()
    sections, data = _sections(result, on_step)
    script = joined(*(Markup(_asset(name)) for name in _SCRIPTS)) if data else None
    plotly = _plotly() if data else None
    return Template(_asset("page.html")).substitute(
        policy=escaped(_policy([code for code in (script, plotly) if code is not None])),
        title=escaped(f"Skin dose report: {result.document['source']}"),
        style=_asset("page.css"),
        body=joined(
            header(result.document),
            _navigation(sections),
            element(
                "main",
                element(
                    "div",
                    number_card(result.document),
                    trust_card(result.document),
                    class_="cards",
                ),
                *sections,
                id="main",
            ),
        ),
        document=json_for_script(result.document),
        data=json_for_script(data),
        plotly=packed_text(plotly) if plotly is not None else "",
        script=element("script", script) if script is not None else "",
    )


def _sections(result: DoseResult, on_step: OnStep | None) -> tuple[list[Markup], object]:
    document = result.document
    parts = [trust_section(document)]
    data = None
    if document["map"]["available"]:
        if result.skin_dose_gy is None:
            raise DosemapError("the result has a map in its document but none in its data")
        for library in ("plotly", "matplotlib"):
            need(library, extra="report", what="the page")
        highest_gy = document["peak_skin_dose_gy"]
        marks = level_marks(result, top_gy=highest_gy)
        scale = DoseScale.of(highest_gy, [mark.dose_gy for mark in marks])
        data, steps = scene_data(result, scale, on_step=on_step)
        parts += [
            map_section(result, scale, marks, steps=steps, least_gy=data["skin"]["least_gy"]),
            section("unfolded", "The skin unfolded", _unfolded(result)),
            histogram_section(result, scale, marks),
            contributions_section(result),
        ]
    parts.append(follow_up_section(document, levels=result.levels))
    if document["interval"] is not None:
        parts.append(interval_section(document["interval"]))
    parts += [event_section(result), about_section(document)]
    return parts, data


def _unfolded(result: DoseResult) -> Markup:
    """Return the flat map, or why a surface has none."""
    from dosemap.figures.unfolded_figure import unfolded_svg  # noqa: PLC0415  (matplotlib)

    try:
        return element("figure", Markup(unfolded_svg(result)), class_="unfolded")
    except DosemapError as error:
        return element("p", foreign(error), class_="warning")


def _navigation(sections: Sequence[str]) -> Markup:
    there = joined(*sections)
    links = (
        element("a", name, href=f"#{identity}")
        for identity, name in _NAVIGATION
        if f'id="{identity}"' in there
    )
    return element("nav", *links, aria_label="Parts of the page")


def _asset(name: str) -> str:
    return files("dosemap").joinpath("data", "report", name).read_text(encoding="utf-8")


def _plotly() -> str:
    """Return the JavaScript of plotly, from its own wheel."""
    from plotly.offline import get_plotlyjs  # noqa: PLC0415  (an extra, and slow to load)

    code: str = get_plotlyjs()
    return code


def _policy(scripts: Sequence[str]) -> str:
    """Return a Content Security Policy: the page's own scripts and nothing from anywhere."""
    hashes = [
        f"'sha256-{base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()}'"
        for code in scripts
    ]
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {' '.join(hashes) or repr('none')}",
            "style-src 'unsafe-inline'",
            "img-src data: blob:",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )
