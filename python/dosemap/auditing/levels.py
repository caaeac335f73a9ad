"""Alert levels as an audit uses them: what is known of a report travels in plain values."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from dosemap.alerts import Evaluation, Known, Level, evaluate, known_quantities


def known_of(document: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Return what the document of an estimate knows of each quantity that levels are of.

    Parameters
    ----------
    document
        As ``docs/json.md`` describes it.

    Returns
    -------
    At least, at most and why it is not known exactly, as :class:`dosemap.alerts.Known` has them.
    """
    return {
        name: [known.at_least, known.at_most, known.why]
        for name, known in known_quantities(document).items()
    }


def judged(
    known: Mapping[str, Sequence[Any]],
    *,
    levels: Iterable[Level],
    procedure_type: str | None,
    peak_site: str | None,
) -> Evaluation:
    """Return the levels for one procedure that a report reached, and those nobody can say of.

    Parameters
    ----------
    known
        From :func:`known_of`.
    levels
        Those that apply.
    procedure_type
        What was done; ``None``: not known.
    peak_site
        Where the peak skin dose is.
    """
    return evaluate(
        {
            name: Known(at_least=at_least, at_most=at_most, why=why)
            for name, (at_least, at_most, why) in known.items()
        },
        levels=levels,
        procedure_type=procedure_type,
        peak_site=peak_site,
    )
