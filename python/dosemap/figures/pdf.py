"""A page to file, as PDF: fonts embedded, the same bytes each time, nothing from a network."""

from collections.abc import Iterable, Sequence
from os import PathLike
from typing import TYPE_CHECKING, get_args

from matplotlib.backends.backend_pdf import PdfPages

from dosemap.errors import DosemapError
from dosemap.figures.history_content import content_of_sum
from dosemap.figures.page import Pages, Paper
from dosemap.figures.page_content import PageContent, content_of_result
from dosemap.figures.settings import drawing
from dosemap.files import written_whole

if TYPE_CHECKING:
    from dosemap.alerts import Level
    from dosemap.history import Cumulative, RaisedAlert
    from dosemap.result import DoseResult

_DOTS_PER_INCH = 200


def write_pdf(result: "DoseResult", path: str | PathLike[str], *, paper: Paper = "a4") -> None:
    """Write the page of a result to a PDF file, by a temporary name beside it.

    Parameters
    ----------
    result
        With or without a map.
    path
        Where to.
    paper
        ``"a4"`` or ``"letter"``.

    Raises
    ------
    DosemapError
        The paper is not known, or the file cannot be written.
    """
    write_content(content_of_result(result), path, paper=paper)


def write_history_pdf(
    found: "Cumulative",
    path: str | PathLike[str],
    *,
    alerts: "Sequence[RaisedAlert]",
    levels: "Iterable[Level]",
    paper: Paper = "a4",
) -> None:
    """Write the page of a patient's procedures together; see ``History.write_report``."""
    write_content(content_of_sum(found, alerts=alerts, levels=levels), path, paper=paper)


def write_content(content: PageContent, path: str | PathLike[str], *, paper: Paper) -> None:
    """Write what a page says to a PDF file; see :func:`write_pdf`."""
    if paper not in get_args(Paper):
        raise DosemapError(f"paper is {paper!r}; it must be one of {', '.join(get_args(Paper))}")
    metadata = {
        "Title": content.title,
        "Creator": "dosemap",
        "Producer": "dosemap with matplotlib",
        "CreationDate": None,
    }
    with (
        drawing(),
        written_whole(path) as complete,
        PdfPages(complete, metadata=metadata) as file,
    ):
        for figure in Pages(content, paper=paper).drawn():
            file.savefig(figure, dpi=_DOTS_PER_INCH)
