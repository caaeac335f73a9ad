"""Whatever a report holds, reading and placing end with values, problems or a DosemapError."""

import math
import sys
from pathlib import Path

from hypothesis import event, given, settings
from hypothesis import strategies as st

from dosemap.equipment import load_profiles
from dosemap.errors import DosemapError
from dosemap.placement import BeamPlacement, place_procedure
from dosemap.rdsr import procedure_from_report
from dosemap.reading.codes import coded_values, concepts
from dosemap.reading.units import FACTORS

sys.path.insert(0, str(Path(__file__).parents[1] / "unit"))
from report_items import Item, Report

NAMES = sorted(
    {(c.code, c.scheme) for level in ("event", "plane", "total")
     for sources in concepts(level).values() for c in sources}
    | {(code, "DCM") for code in ("113771", "113772", "113757", "113758", "113773", "113743",
                                  "113744", "113745", "113721", "113764", "113780", "113702",
                                  "130500", "130502", "113832", "122142", "111526", "111527")}
)  # fmt: skip
UNITS = sorted({unit for factors in FACTORS.values() for unit in factors} | {"", "furlong"})
CODES = [(code, scheme, "") for _, code, scheme in coded_values()] + [("113860", "DCM", "")]


@st.composite
def items(draw: st.DrawFn) -> Item:
    code, scheme = draw(st.sampled_from(NAMES))
    return Item(
        code,
        scheme,
        draw(st.none() | st.integers(0, 3)),
        "NUM",
        tuple(draw(st.lists(st.floats(), max_size=3))),
        draw(st.sampled_from(UNITS)),
        draw(st.none() | st.sampled_from(CODES)),
        draw(st.none() | st.text(max_size=8)),
    )


COMPLETE = [
    Item(code, "DCM", numbers=(value,), unit=unit)
    for code, value, unit in [
        ("113738", 0.01, "Gy"), ("122130", 1e-4, "Gym2"), ("113733", 80, "kV"),
        ("112011", 10, "deg"), ("112012", 0, "deg"), ("113748", 785, "mm"), ("113750", 1100, "mm"),
        ("113751", 0, "mm"), ("113752", 500, "mm"), ("113753", 150, "mm"),
        ("113737", 635, "mm"),
    ]
]  # fmt: skip
"""An event that the Artis profile can place."""
EVENTS = st.lists(
    st.builds(
        lambda odd, complete: odd + (COMPLETE if complete else []),
        st.lists(items(), max_size=8),
        st.booleans(),
    ),
    max_size=4,
)


@settings(max_examples=300)
@given(events=EVENTS, outside=st.lists(items(), max_size=8))
def test_read_and_place(events: list[list[Item]], outside: list[Item]) -> None:
    try:
        procedure = procedure_from_report(Report(events, outside), name="random")
    except DosemapError:
        assert not events
        return
    for read in procedure.events:
        kerma = read.reference_air_kerma_gy
        assert kerma is None or (math.isfinite(kerma) and kerma >= 0)
    for profile in (None, *load_profiles()):
        placed = place_procedure(procedure, profile)
        mapped = any(isinstance(entry, BeamPlacement) for entry in placed.placements)
        assert (placed.reason is None) == mapped
        event("mapped" if mapped else "not mapped")
        assert len(placed.placements) == len(events)
