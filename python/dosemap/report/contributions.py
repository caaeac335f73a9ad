"""What the events give at the peak, and the factors of the largest."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from dosemap.dose_words import gy
from dosemap.quantity_words import count
from dosemap.report.fragments import notes, section, table
from dosemap.report.markup import Markup, element, foreign
from dosemap.result import DoseResult

if TYPE_CHECKING:
    from numpy.typing import NDArray

_TOP_EVENTS = 12
_WITH_FACTORS = 8
_MOST_FRAMES = 40
"""The reference implementation takes tens of milliseconds for each."""

_FACTORS = (
    ("inverse_square", "(d ref / d)²", 3),
    ("support_transmission", "T support", 3),
    ("forward_scatter_ratio", "forward scatter", 3),
    ("coverage", "covered share", 3),
    ("backscatter_excess", "B - 1", 3),
    ("cos_incidence", "cos incidence", 3),
    ("source_to_skin", "source to skin, mm", 0),
)


def contributions_section(result: DoseResult) -> Markup:
    """Return both tables of a result with a map."""
    document = result.document
    events = document["peak"]["events"]
    peak_gy = document["peak_skin_dose_gy"]
    rows: list[tuple[str, ...]] = [
        (
            str(entry["event"]),
            foreign(result.events.texts["event_type"][entry["event"]] or "type not known"),
            gy(entry["dose_gy"]),
            f"{entry['dose_gy'] / peak_gy:.1%}",
            _bar(entry["dose_gy"] / peak_gy, events[0]["dose_gy"] / peak_gy),
        )
        for entry in events[:_TOP_EVENTS]
    ]
    rest = [entry["dose_gy"] for entry in events[_TOP_EVENTS:]]
    if rest:
        more = f"{len(rest)} more"
        rows.append((more, "", gy(sum(rest)), f"{sum(rest) / peak_gy:.1%}", Markup("")))
    return section(
        "contributions",
        "Where the peak comes from",
        table(
            f"Contributions of {count(len(events), 'event')} at the peak",
            ("event", "type", "dose", "share", ""),
            rows,
            numbers=(0, 2, 3),
        ),
        _factors(result, [entry["event"] for entry in events[:_WITH_FACTORS]]),
    )


def _bar(share: float, largest: float) -> Markup:
    return element("span", class_="share", style=f"width:{share / largest:.1%}", aria_hidden="true")


def _factors(result: DoseResult, events: Sequence[int]) -> Markup | None:
    if result.setup is None:
        return element(
            "p",
            "The factors at the peak can be computed only where the estimate was made: this result"
            " was loaded from a file.",
            class_="note",
        )
    assert result.peak is not None
    vertex = result.peak.vertex
    rows = []
    frames = 0
    for event in events:
        found = _at_vertex(result, event, vertex)
        frames += len(next(iter(found.values())))
        rows.append(_row(result, event, found))
        if frames > _MOST_FRAMES:
            break
    point = result.skin_dose_gy
    assert point is not None
    heads = ("event", "K ref · C", *(head for _, head, _ in _FACTORS), "µen/ρ", "dose")
    return Markup(
        table(
            "Factors of the largest contributions at the point of the map in whose patch the peak"
            " lies",
            heads,
            rows,
            numbers=range(len(heads)),
        )
        + notes(
            (
                "skin dose = K ref · C · (d ref / d)² · T support · (1 + forward scatter) ·"
                " [covered share · µen/ρ primary + (B - 1) · µen/ρ scatter]",
                f"The map has {gy(float(point[vertex]))} at this point, the mean over its patch of"
                " skin; the peak is the highest dose within the patch. Of events that move the"
                " lowest and the highest factor.",
            )
        )
    )


def _at_vertex(result: DoseResult, event: int, vertex: int) -> "Mapping[str, NDArray[np.float64]]":
    assert result.setup is not None
    found = result.setup.vertex_factors(event)
    return {name: np.array([frame[name][vertex] for frame in found]) for name in found[0]}


def _row(
    result: DoseResult, event: int, found: "Mapping[str, NDArray[np.float64]]"
) -> Sequence[str]:
    numbers = result.events.numbers
    kerma_gy = numbers["reference_air_kerma_gy"][event] * numbers["calibration_factor"][event]
    ratios = [numbers[name][event] for name in ("primary_mu_en_ratio", "scatter_mu_en_ratio")]
    return (
        str(event),
        gy(float(kerma_gy)),
        *(_span(found[name], decimals) for name, _, decimals in _FACTORS),
        " / ".join(f"{ratio:.3f}" for ratio in ratios),
        gy(float(np.nansum(found["skin_dose"]))),
    )


def _span(values: "NDArray[np.float64]", decimals: int) -> str:
    if np.isnan(values).all():
        return "faces away"
    ends = (f"{end:.{decimals}f}" for end in (np.nanmin(values), np.nanmax(values)))
    return " to ".join(dict.fromkeys(ends))
