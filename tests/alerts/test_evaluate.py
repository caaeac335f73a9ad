"""Which levels a procedure reached, which not, and of which nobody can say."""

from dataclasses import replace
from typing import Any

import pytest

from dosemap import estimate, estimate_interval
from dosemap.alerts import (
    Known,
    Level,
    evaluate,
    known_quantities,
    level_applies,
    load_levels,
)
from dosemap.procedure import ProcedureCode
from dosemap.simulate import SimulatedEvent
from simulated_reports import artis_procedure

SRDL = {level.quantity: level for level in load_levels() if level.scope == "procedure"}
PEAK = SRDL["peak_skin_dose_gy"]


def ids(entries: list[dict[str, Any]]) -> list[str]:
    return [entry["level_id"] for entry in entries]


@pytest.mark.parametrize("quantity", SRDL)
def test_a_level_is_reached_from_its_threshold_on(quantity: str) -> None:
    level = SRDL[quantity]
    found = evaluate({quantity: Known.exactly(level.first)}, levels=[level])
    assert ids(found.reached) == [level.id]
    assert found.reached[0]["value"] == found.reached[0]["threshold"] == level.first
    assert not found.reached[0]["value_is_lower_bound"]
    found = evaluate({quantity: Known.exactly(level.first * 0.999)}, levels=[level])
    assert (found.reached, found.below, found.not_evaluated) == ([], [level.id], [])


def test_the_highest_step_that_was_reached_stands_for_all() -> None:
    stepped = replace(PEAK, step=0.5)
    (alert,) = evaluate({PEAK.quantity: Known.exactly(4.2)}, levels=[stepped]).reached
    assert (alert["number"], alert["threshold"]) == (2, 4.0)


def test_what_is_not_known_is_never_below() -> None:
    found = evaluate({}, levels=[PEAK])
    assert found.below == []
    assert ids(found.not_evaluated) == [PEAK.id]
    lower = Known(at_least=1.0, why="part of the kerma is not in the map")
    (entry,) = evaluate({PEAK.quantity: lower}, levels=[PEAK]).not_evaluated
    assert (entry["at_least"], entry["reason"]) == (1.0, "part of the kerma is not in the map")


def test_bounds_settle_what_they_can() -> None:
    def of(low: float, high: float | None) -> tuple[int, int, int]:
        known = Known(at_least=low, at_most=high, why="between bounds")
        found = evaluate({PEAK.quantity: known}, levels=[PEAK])
        return len(found.reached), len(found.below), len(found.not_evaluated)

    assert of(3.0, None) == (1, 0, 0)
    assert of(0.0, 2.9) == (0, 1, 0)
    assert of(0.0, 3.0) == (0, 0, 1)


def test_an_alert_of_a_lower_bound_says_so_and_where_it_is() -> None:
    known = {PEAK.quantity: Known(at_least=4.0, why="lower bound")}
    (alert,) = evaluate(known, levels=[PEAK], peak_site="left flank").reached
    assert alert["value_is_lower_bound"]
    assert alert["site"] == "left flank"


def grouped() -> Level:
    return next(level for level in load_levels() if level.id == "pain-spine-fluoroscopy-time")


def test_levels_of_some_types_are_for_these_only() -> None:
    level, long = grouped(), {"fluoroscopy_time_s": Known.exactly(100.0)}
    of_type = evaluate(long, levels=[level], scope="group", procedure_type="facet_injection")
    assert ids(of_type.reached) == [level.id]
    other = evaluate(long, levels=[level], scope="group", procedure_type="pci")
    assert (other.reached, other.below, other.not_evaluated) == ([], [], [])
    unknown = evaluate(long, levels=[level], scope="group")
    assert ids(unknown.not_evaluated) == [level.id]
    short = {"fluoroscopy_time_s": Known.exactly(10.0)}
    assert evaluate(short, levels=[level], scope="group").below == [level.id]


def test_a_typical_value_is_never_held_against_one_patient() -> None:
    known = {name: Known.exactly(1e6) for name in SRDL}
    found = evaluate(known, levels=load_levels(), procedure_type="facet_injection")
    assert set(ids(found.reached)) == {level.id for level in SRDL.values()}


# --- documents of estimates


def states(document: dict[str, Any]) -> dict[str, str]:
    """Return for each level of one procedure in which list of the document it is."""
    return {
        **dict.fromkeys(ids(document["alerts"]), "reached"),
        **dict.fromkeys(document["alert_levels_below"], "below"),
        **dict.fromkeys(ids(document["alerts_not_evaluated"]), "not evaluated"),
    }


def test_every_level_of_a_document_is_in_one_list() -> None:
    document = estimate(artis_procedure()).to_dict()
    lists = (*ids(document["alerts"]), *document["alert_levels_below"])
    lists = (*lists, *ids(document["alerts_not_evaluated"]))
    assert sorted(lists) == sorted(level.id for level in SRDL.values())


def test_without_a_map_the_skin_dose_is_not_evaluated() -> None:
    procedure = artis_procedure(SimulatedEvent(reference_air_kerma_gy=6.0))
    procedure = replace(procedure, device=replace(procedure.device, model="Unheard-of"))
    result = estimate(procedure)
    assert states(result.to_dict())["srdl-peak-skin-dose"] == "not evaluated"
    assert states(result.to_dict())["srdl-reference-air-kerma"] == "reached"
    (entry,) = (
        e for e in result.document["alerts_not_evaluated"] if e["quantity"] == PEAK.quantity
    )
    assert entry["reason"] == result.reason


def test_an_interval_below_the_level_settles_it() -> None:
    procedure = artis_procedure(SimulatedEvent(reference_air_kerma_gy=0.01))
    procedure = replace(procedure, device=replace(procedure.device, model="Unheard-of"))
    result = estimate(procedure)
    interval = estimate_interval(procedure)
    assert interval.high_gy is not None
    assert interval.high_gy < PEAK.first
    assert states(result.with_interval(interval).to_dict())[PEAK.id] == "below"


def test_kerma_that_is_not_in_the_map_makes_the_peak_a_lower_bound() -> None:
    # 155 kV is beyond the spectra: the second event is not in the map.
    result = estimate(
        artis_procedure(SimulatedEvent(reference_air_kerma_gy=1.0),
                        SimulatedEvent(started_s=60.0, kvp=155.0, reference_air_kerma_gy=1.0))
    )  # fmt: skip
    assert result.peak_skin_dose_gy is not None
    known = known_quantities(result.document)[PEAK.quantity]
    assert known.at_least == result.peak_skin_dose_gy
    assert known.at_most is None or known.at_most >= PEAK.first
    assert states(result.to_dict())[PEAK.id] == "not evaluated"


def test_other_levels_for_the_same_result() -> None:
    result = estimate(artis_procedure(SimulatedEvent(reference_air_kerma_gy=2.0)))
    assert states(result.to_dict())["srdl-reference-air-kerma"] == "below"
    low = replace(SRDL["reference_air_kerma_gy"], id="own", first=1.0)
    changed = result.with_levels([low])
    assert states(changed.to_dict()) == {"own": "reached"}
    assert states(result.to_dict())["srdl-reference-air-kerma"] == "below"


def test_a_level_for_types_by_the_codes_of_the_report() -> None:
    level = replace(SRDL["reference_air_kerma_gy"], id="own", first=1.0, procedure_types=("pci",))
    procedure = artis_procedure(SimulatedEvent(reference_air_kerma_gy=2.0))
    code = ProcedureCode(place="ProcedureCodeSequence", value="415070008", scheme="SCT", meaning="")
    coded = replace(procedure, procedure_codes=(code,))
    assert states(estimate(procedure).with_levels([level]).to_dict()) == {"own": "not evaluated"}
    assert states(estimate(coded).with_levels([level]).to_dict()) == {"own": "reached"}


def test_a_level_for_one_of_several_types_applies() -> None:
    level = replace(SRDL["reference_air_kerma_gy"], procedure_types=("pci", "tips"))
    answers = {"pci": True, "coronary_angiography+pci": True, "pci_complex": False, None: None}
    assert {type_: level_applies(level, type_) for type_ in answers} == answers
