"""``--fail-on``: the exit code that says whether an alert level was reached."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from dosemap.alerts import QUANTITIES, Level, Scope
from dosemap.cli.option_names import in_options
from dosemap.errors import DosemapError

if TYPE_CHECKING:
    from rich.console import Console

REACHED = 1
NOT_EVALUATED = 3
"""The level asked for was not reached as far as one knows, but nobody can say."""


def fail_on_words(
    word: str | None, levels: Iterable[Level], *, scopes: Sequence[Scope] = ("procedure",)
) -> None:
    """Check what ``--fail-on`` asks for.

    Parameters
    ----------
    word
        Id of a level, a quantity or ``any``; ``None``: not given.
    levels
        The levels that apply.
    scopes
        Of the levels that the command looks at.

    Raises
    ------
    DosemapError
        There is no such level, or the command does not look at it.
    """
    scope_of = {level.id: level.scope for level in levels}
    known = [name for name, scope in scope_of.items() if scope in scopes]
    if word is None or word in (*QUANTITIES, "any", *known):
        return
    if word in scope_of:
        raise DosemapError(
            f"--fail-on {word!r} is of scope {scope_of[word]}; here are only those of"
            f" {', '.join(scopes)}: {', '.join(known)}"
        )
    words = ", ".join((*QUANTITIES, "any", *known))
    raise DosemapError(f"--fail-on {word!r} must be one of {words}")


def fail_on_status(word: str, documents: Iterable[Mapping[str, Any]], log: "Console") -> int:
    """Return the exit code: 1 reached, 3 not evaluated in some report, 0 certainly not reached.

    Parameters
    ----------
    word
        As for :func:`fail_on_words`.
    documents
        Of estimates.
    log
        Where to say what could not be evaluated.
    """
    reached = unknown = False
    for document in documents:
        reached |= any(_is_of(word, entry) for entry in document["alerts"])
        for entry in document.get("alerts_not_evaluated", ()):
            if _is_of(word, entry):
                unknown = True
                reason = in_options(entry["reason"])
                text = f"{document['source']}: {entry['level_id']} not evaluated: {reason}"
                log.print(text, markup=False)
    return REACHED if reached else NOT_EVALUATED if unknown else 0


def fail_on_rows(word: str, rows: Iterable[Mapping[str, Any]], levels: Iterable[Level]) -> int:
    """Return the exit code of an audit: as :func:`fail_on_status`, also 3 where a file failed.

    Parameters
    ----------
    word
        As for :func:`fail_on_words`.
    rows
        Of the audit; of several states of a procedure only the one that counts is looked at.
    levels
        The levels that apply.
    """
    ids = {level.id for level in levels if word in ("any", level.quantity, level.id)}
    unknown = False
    for row in rows:
        if row["counts"] and not ids.isdisjoint(row["alerts"]):
            return REACHED
        failed = row["status"] == "failed"
        unknown |= failed or (row["counts"] and not ids.isdisjoint(row["not_evaluated"]))
    return NOT_EVALUATED if unknown else 0


def _is_of(word: str, entry: Mapping[str, Any]) -> bool:
    return word in ("any", entry["quantity"], entry["level_id"])
