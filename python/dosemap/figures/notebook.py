"""A result as a notebook shows it."""

from base64 import b64encode
from html import escape
from importlib.util import find_spec
from typing import TYPE_CHECKING

from dosemap.errors import DosemapError
from dosemap.figures.key_numbers import KeyNumber, about_report, key_numbers
from dosemap.figures.texts import readable
from dosemap.quantity_words import count

if TYPE_CHECKING:
    from dosemap.result import DoseResult

_DOTS_PER_INCH = 75
_LONGEST = 300


def notebook_html(result: "DoseResult") -> str:
    """Return a result as HTML; see ``DoseResult._repr_html_``.

    No name of the patient and no name of the file, which may hold one; text of the report is
    escaped.
    """
    document = result.document
    lines = [*key_numbers(result), *about_report(document)]
    rows = "".join(_row(line) for line in lines)
    counts = ", ".join(
        count(len(document[key]), word)
        for key, word in (
            ("alerts", "alert"),
            ("problems", "problem"),
            ("assumptions", "assumption"),
        )
    )
    notice = document["software"]
    return (
        '<div style="max-width:60em">'
        f"{_map(result)}"
        f'<table style="border-collapse:collapse">{rows}</table>'
        f"<p>{_text(counts)}; see <code>alerts()</code>, <code>problems</code>,"
        " <code>assumptions</code>.</p>"
        f"<p><small>dosemap {_text(notice['version'])}. {_text(notice['notice'])}</small></p></div>"
    )


def _row(line: KeyNumber) -> str:
    text = _text(line.text)
    shown = f"<b>{text}</b>" if line.is_loud or line.name == "peak skin dose" else text
    cell = 'style="text-align:left;vertical-align:top;padding:1px 1em 1px 0"'
    return f'<tr><th scope="row" {cell}>{_text(line.name)}</th><td {cell}>{shown}</td></tr>'


def _text(text: object) -> str:
    return escape(readable(text, longest=_LONGEST))


def _map(result: "DoseResult") -> str:
    if result.peak is None:
        return ""
    if find_spec("matplotlib") is None:
        return '<p>The map is drawn with <code>pip install "dosemap[report]"</code>.</p>'
    from dosemap.figures.unfolded_figure import figure_png, unfolded_figure  # noqa: PLC0415

    try:
        png = figure_png(unfolded_figure(result), dots_per_inch=_DOTS_PER_INCH)
    except DosemapError as error:
        return f"<p>{_text(error)}</p>"
    words = _text(f"unfolded map of the skin dose, peak {result.peak.dose_gy:.3g} Gy")
    data = b64encode(png).decode("ascii")
    return f'<img alt="{words}" style="max-width:100%" src="data:image/png;base64,{data}">'
