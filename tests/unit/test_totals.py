"""Totals by kind and by plane: the report's where it has them, else sums over its events."""

from collections.abc import Sequence
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from report_items import Item, cod, codes_of, kerma, num, procedure

from dosemap.checking import check_document
from dosemap.procedure import Procedure
from dosemap.rdsr import read_rdsr
from dosemap.reading.checks import kerma_sum_differs
from dosemap.simulate import SimulatedEvent, simulate_procedure
from dosemap.simulate.edits import Edit, change, omit
from dosemap.totals import totals_entry
from dosemap.totals_words import totals_rows
from simulated_reports import artis_bytes

FLUORO, CINE = ("P5-06000", "SRT"), ("113611", "DCM")
TOTAL_GY = {"113725": "Gy", "113728": "Gy", "113729": "Gy"}


def event(gy: float | None, kind: tuple[str, str], *more: Item) -> list[Item]:
    return [*([] if gy is None else [kerma(gy)]), cod("113721", *kind), *more]


def accumulated(*values: tuple[str, float], plane: str | None = None, at: int = 0) -> list[Item]:
    """Return a container of accumulated data that starts at a place in the list."""
    units = {"113730": "s", "113855": "s", "113731": "1", "113722": "Gym2", **TOTAL_GY}
    return [
        Item("113702", value_type="CONTAINER"),
        *([cod("113764", plane, parent=at)] if plane else []),
        *(num(code, value, unit=units[code], parent=at) for code, value in values),
    ]


def planes(*of_planes: tuple[str, Sequence[tuple[str, float]]]) -> list[Item]:
    items: list[Item] = []
    for plane, values in of_planes:
        items += accumulated(*values, plane=plane, at=len(items))
    return items


def kinds(read: Procedure, name: str = "reference_air_kerma_gy") -> tuple[Any, Any]:
    entry = totals_entry(read)
    return entry["fluoroscopy"][name], entry["acquisition"][name]


def status(read: Procedure, check: str) -> str:
    (found,) = (entry for entry in check_document(read)["checks"] if entry["check"] == check)
    return str(found["status"])


def two_kinds(*edits: Edit) -> Procedure:
    """Return fluoroscopy of 4 mGy in 75 pulses, and two acquisitions of 10 mGy each."""
    events = (
        SimulatedEvent(reference_air_kerma_gy=0.004),
        SimulatedEvent(event_type="stationary", started_s=60.0),
        SimulatedEvent(event_type="rotational", started_s=90.0),
    )
    return read_rdsr(artis_bytes(*events, edits=edits))


def test_the_kinds_are_apart_as_the_report_states_them() -> None:
    read = two_kinds()
    assert kinds(read) == pytest.approx((0.004, 0.020))
    assert kinds(read, "reference_air_kerma_from") == ("report", "report")
    # 75 pulses at 7.5 per second each; this style writes whole seconds for fluoroscopy.
    assert kinds(read, "time_s") == (10.0, 20.0)
    assert kinds(read, "events") == (1, 2)
    assert read.totals.fluoroscopy_time_s == 10.0
    for check in ("fluoroscopy-kerma-total", "acquisition-kerma-area-total", "kerma-of-kinds"):
        assert status(read, check) == "ok"


def test_without_totals_the_events_are_summed_by_their_type() -> None:
    read = two_kinds(omit("113702"))
    assert kinds(read) == pytest.approx((0.004, 0.020))
    assert kinds(read, "reference_air_kerma_from") == ("sum of events", "sum of events")
    area_m2 = 0.04 * (635 / 1050) ** 2
    products = kinds(read, "kerma_area_product_gy_m2")
    assert products == pytest.approx((0.004 * area_m2, 0.020 * area_m2), rel=1e-3)  # 0.01 uGy.m2
    assert status(read, "fluoroscopy-kerma-total") == "not possible"
    (plane,) = totals_entry(read)["planes"]
    assert plane["plane"] == "single"
    assert plane["fluoroscopy"]["reference_air_kerma_gy"] == pytest.approx(0.004)


def test_dose_booked_as_the_other_kind_is_the_reports_and_told() -> None:
    # All of it fluoroscopy by the events and acquisition by the totals (Eurocolumbus).
    events = [event(0.001, FLUORO), event(0.002, FLUORO)]
    items = accumulated(("113725", 0.003), ("113728", 0.0), ("113729", 0.003))
    read = procedure(*events, items=items)
    assert kinds(read) == (0.0, 0.003)
    assert kinds(read, "reference_air_kerma_from") == ("report", "report")
    assert kinds(read, "events") == (2, 0)
    assert "kerma-of-kinds-differs" in codes_of(read)
    (told,) = (p.message for p in read.problems if p.code == "kerma-of-kinds-differs")
    assert "fluoroscopy 0.003 Gy in the events, 0 Gy in the total" in told
    assert status(read, "fluoroscopy-kerma-total") == "doubtful"
    assert status(read, "acquisition-kerma-total") == "doubtful"
    assert status(read, "kerma-total") == status(read, "kerma-of-kinds") == "ok"


def test_rounded_totals_by_kind_are_no_contradiction() -> None:
    # An R/F table writes totals in steps of 100 uGy.
    read = procedure(
        event(0.0, FLUORO), event(6.6e-5, CINE),
        items=accumulated(("113725", 1e-4), ("113728", 0.0), ("113729", 1e-4)),
    )  # fmt: skip
    assert "kerma-of-kinds-differs" not in codes_of(read)
    assert status(read, "acquisition-kerma-total") == "ok"


def test_no_silent_zero_in_both_kinds() -> None:
    read = procedure(
        event(0.004, FLUORO), event(0.020, CINE),
        items=accumulated(("113725", 0.0), ("113728", 0.0), ("113729", 0.0)),
    )  # fmt: skip
    assert kinds(read) == (0.004, 0.020)
    assert kinds(read, "reference_air_kerma_from") == ("sum of events", "sum of events")


def test_zero_unknown_and_typeless_events_are_counted() -> None:
    unknown_unit = num("113738", 1.0, unit="rad")
    read = procedure(
        event(0.004, FLUORO), event(0.0, FLUORO), event(None, FLUORO),
        event(None, CINE, unknown_unit), [kerma(0.5)],
    )  # fmt: skip
    entry = totals_entry(read)
    assert kinds(read, "events") == (3, 1)
    assert kinds(read, "events_with_zero_air_kerma") == (1, 0)
    assert kinds(read, "events_with_unknown_air_kerma") == (1, 1)
    assert (entry["events"], entry["events_of_unknown_type"]) == (5, 1)
    # What no event states is not 0; what some state is a sum of those.
    assert kinds(read) == (0.004, None)
    assert kinds(read, "reference_air_kerma_from") == ("sum of events", None)


def test_a_time_is_summed_only_where_every_event_states_it() -> None:
    duration = num("113742", 7.0, unit="s")
    whole = procedure(event(0.004, FLUORO, duration), event(0.001, FLUORO, duration))
    assert kinds(whole, "time_s") == (14.0, 0.0)
    part = procedure(event(0.004, FLUORO, duration), event(0.001, FLUORO))
    assert kinds(part, "time_s") == (None, 0.0)
    assert totals_entry(whole)["fluoroscopy_time_s"] is None  # the report's total only


def test_a_total_time_of_zero_beside_dose_is_doubtful() -> None:
    read = procedure(event(0.02, CINE), items=accumulated(("113729", 0.02), ("113855", 0.0)))
    assert status(read, "acquisition-time-total") == "doubtful"
    assert status(read, "fluoroscopy-time-total") == "not possible"


PLANE_A = ("113620", [("113725", 1.0), ("113728", 0.25), ("113729", 0.75), ("113731", 30)])
PLANE_B = ("113621", [("113725", 2.0), ("113728", 0.5), ("113729", 1.5), ("113731", 12)])
ON_A, ON_B = cod("113764", "113620"), cod("113764", "113621")


def test_planes_are_apart_and_add_up() -> None:
    read = procedure(
        event(0.25, FLUORO, ON_A), event(0.5, FLUORO, ON_B), event(0.75, CINE, ON_A),
        event(1.5, CINE, ON_B), items=planes(PLANE_A, PLANE_B),
    )  # fmt: skip
    entry = totals_entry(read)
    assert entry["reference_air_kerma_gy"] == 3.0
    assert kinds(read) == (0.75, 2.25)
    assert entry["acquisition"]["radiographic_frames"] == 42
    by_plane = {plane["plane"]: plane for plane in entry["planes"]}
    assert list(by_plane) == ["A", "B"]
    assert by_plane["A"]["fluoroscopy"]["reference_air_kerma_gy"] == 0.25
    assert by_plane["B"]["acquisition"]["reference_air_kerma_gy"] == 1.5
    assert by_plane["B"]["acquisition"]["radiographic_frames"] == 12
    assert [plane["events"] for plane in entry["planes"]] == [2, 2]
    assert status(read, "kerma-of-planes") == "ok"


def test_lines_for_the_terminal_name_every_plane_with_dose() -> None:
    events = [event(0.25, FLUORO, ON_A), event(0.0, FLUORO, ON_B), event(2.5, CINE, ON_B)]
    rows = dict(totals_rows(totals_entry(procedure(*events))))
    assert rows == {
        "totals": "3 events (1 with zero air kerma), reference air kerma 2.75 Gy, P_KA not known"
        " (sum of events)",
        "fluoroscopy": "2 events (1 with zero air kerma), 250 mGy, P_KA not known, time not known"
        " (sum of events)",
        "acquisition": "1 event, 2.50 Gy, P_KA not known, time not known (sum of events)",
        "plane A": "fluoroscopy 1 event, 250 mGy, P_KA not known, time not known (sum of events);"
        " acquisition none",
        "plane B": "fluoroscopy 1 event (1 with zero air kerma), 0 Gy, P_KA not known, time not"
        " known (sum of events); acquisition 1 event, 2.50 Gy, P_KA not known, time not known (sum"
        " of events)",
    }
    declared = planes(PLANE_A, ("113621", [("113725", 0.0)]))
    rows = dict(totals_rows(totals_entry(procedure(event(1.0, FLUORO, ON_A), items=declared))))
    assert not {"plane A", "plane B"} & set(rows)


def test_dose_on_the_other_plane_than_the_total_says_is_doubtful() -> None:
    read = procedure(
        event(0.75, FLUORO, ON_A), event(2.25, CINE, ON_A), items=planes(PLANE_A, PLANE_B)
    )
    assert status(read, "kerma-total") == "ok"
    assert status(read, "kerma-of-planes") == "doubtful"
    assert [plane["events"] for plane in totals_entry(read)["planes"]] == [2, 0]


def test_an_entry_for_all_planes_is_not_counted_again() -> None:
    both = ("113890", [("113725", 3.0), ("113728", 0.75)])
    read = procedure(event(3.0, FLUORO), items=planes(PLANE_A, PLANE_B, both))
    assert read.totals.reference_air_kerma_gy == 3.0
    assert read.totals.fluoroscopy.reference_air_kerma_gy == 0.75
    # Where a single plane lacks it, the entry for all of them tells.
    without_a = procedure(event(3.0, FLUORO), items=planes(("113620", []), PLANE_B, both))
    assert without_a.totals.reference_air_kerma_gy == 3.0
    assert [plane.plane for plane in read.totals.planes] == ["A", "B", "all"]


def test_impossible_totals_are_told_and_left_out() -> None:
    items = accumulated(("113728", -0.1), ("113855", -5.0), ("113730", 1e300))
    read = procedure(event(0.004, FLUORO), event(0.02, CINE), items=items)
    assert kinds(read) == (0.004, 0.02)
    assert kinds(read, "time_s") == (None, None)
    assert {"value-negative", "value-implausible"} <= codes_of(read)


def test_a_changed_total_by_kind_is_told_in_a_written_report() -> None:
    def half(item: Any) -> Any:
        return replace(item, value="0.002")

    read = two_kinds(change("113728", half))
    assert "kerma-of-kinds-differs" in codes_of(read)
    assert status(read, "fluoroscopy-kerma-total") == "doubtful"
    assert status(read, "kerma-of-kinds") == "doubtful"
    assert "kerma-of-kinds-differs" not in codes_of(two_kinds())


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_roundings_of_the_events_explain_their_difference_to_the_total(seed: int) -> None:
    """Luminos writes fluoroscopy in steps of 0.1 mGy: 12 events may lose 0.6 mGy together."""
    report = BytesIO()
    simulate_procedure("oesophagram", device="siemens_luminos", seed=seed).write(report)
    told = codes_of(read_rdsr(report.getvalue()))
    assert not told & {"kerma-of-kinds-differs", "kerma-total-differs"}


def test_a_difference_beyond_all_roundings_is_told() -> None:
    coarse = [[0.0004, 0.0003, 0.0022], [0.000837, 0.003339]]
    # Half a step of each: 0.15 mGy, 0.001 mGy, and 0.05 mGy of the total.
    assert not kerma_sum_differs(coarse, 0.0072)
    assert kerma_sum_differs(coarse, 0.0073)
    # What a unit leaves behind the last decimal is none of it.
    assert not kerma_sum_differs([[0.0012430000000000002] * 4], 0.005)
