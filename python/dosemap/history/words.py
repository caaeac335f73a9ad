"""Sums over procedures in words, for every place where people read them."""

from typing import TYPE_CHECKING

from dosemap.dose_words import gy
from dosemap.quantity_words import count

if TYPE_CHECKING:
    from dosemap.history.cumulative import Cumulative


def span(found: "Cumulative") -> str:
    """Return how many procedures were added, of which days."""
    days = count(found.window_days, "day") if found.window_days else "all procedures"
    until = f" until {found.until:%Y-%m-%d %H:%M}" if found.until else ""
    return f"{count(len(found.contributions), 'procedure')}, {days}{until}"


def peak_of_sum(found: "Cumulative") -> str:
    """Return the peak of the sum with what bounds it."""
    bound = "at least " if found.is_lower_bound and found.peak_skin_dose_gy is not None else ""
    most = "" if found.at_most_gy is None else f", at most {gy(found.at_most_gy)}"
    return bound + gy(found.peak_skin_dose_gy) + (most if found.is_lower_bound else "")


def air_kerma(found: "Cumulative") -> str:
    """Return the air kerma of all procedures that state it."""
    every = [entry.procedure.reference_air_kerma_gy for entry in found.contributions]
    known = [kerma_gy for kerma_gy in every if kerma_gy is not None]
    of = f" of {len(known)} of {len(every)} procedures" if len(known) < len(every) else ""
    least = "at least " if known and found.reference_air_kerma_is_lower_bound else ""
    return least + gy(found.reference_air_kerma_gy) + (of if known else "")
