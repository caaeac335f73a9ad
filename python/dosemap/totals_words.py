"""Totals as a person reads them in a terminal: together, by kind, and by plane."""

from collections.abc import Mapping
from typing import Any

from dosemap.dose_words import gy
from dosemap.quantity_words import count, duration
from dosemap.totals import KINDS

_SUMMED = {
    frozenset({"sum of events"}): " (sum of events)",
    frozenset({"report", "sum of events"}): " (in part sum of events)",
}


def totals_rows(totals: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return name and text of every line about totals.

    Parameters
    ----------
    totals
        As they stand in the JSON document.
    """
    rows = [
        ("totals", _line(totals, names=("reference air kerma ", "P_KA "))),
        *((kind, _of_kind(totals[kind], totals["events_of_unknown_type"])) for kind in KINDS),
    ]
    planes = [plane for plane in totals["planes"] if _has_something(plane)]
    if len(planes) > 1:
        for plane in planes:
            parts = "; ".join(f"{kind} {_line(plane[kind])}" for kind in KINDS)
            rows.append((f"plane {plane['plane'] or 'not stated'}", parts))
    return rows


def _of_kind(entry: Mapping[str, Any], unknown: int) -> str:
    """Return the line of a kind of events, of which those of no known type may be some."""
    if unknown and not _has_something(entry):
        return f"not known ({count(unknown, 'event')} of unknown type)"
    return _line(entry)


def _line(entry: Mapping[str, Any], *, names: tuple[str, str] = ("", "")) -> str:
    """Return one line; the quantities are named where asked, and where they are not known."""
    kerma, product = entry["reference_air_kerma_gy"], entry["kerma_area_product_gy_m2"]
    if not _has_something(entry):
        return "not known" if kerma is None else "none"
    parts = [
        _events(entry),
        "air kerma not known" if kerma is None else names[0] + gy(kerma),
        "P_KA not known" if product is None else f"{names[1]}{product * 1e4:.4g} Gy cm²",
    ]
    if "time_s" in entry:
        parts.append(duration(entry["time_s"]))
    if entry.get("radiographic_frames"):
        parts.append(count(round(entry["radiographic_frames"]), "frame"))
    stated = frozenset(
        entry[key] for key in entry if key.endswith("_from") and entry[key] is not None
    )
    return ", ".join(parts) + _SUMMED.get(stated, "")


def _events(entry: Mapping[str, Any]) -> str:
    """Return the number of events, and of those that add no dose or an unknown one."""
    states = ("zero", "unknown")
    counts = [(entry[f"events_with_{state}_air_kerma"], state) for state in states]
    odd = ", ".join(f"{number} with {state} air kerma" for number, state in counts if number)
    return count(entry["events"], "event") + (f" ({odd})" if odd else "")


def _has_something(entry: Mapping[str, Any]) -> bool:
    """Return whether there are events, or dose or time without them."""
    names = ("events", "reference_air_kerma_gy", "kerma_area_product_gy_m2", "time_s")
    return any(entry.get(name) for name in names)
