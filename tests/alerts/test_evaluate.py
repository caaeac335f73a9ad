"""Reached, certainly not reached, or nobody can say: no level is in two of them, or in none."""

from dataclasses import replace
from typing import Any

import pytest

from dosemap import DoseResult, estimate, estimate_interval
from dosemap.alerts import Known, evaluate, known_quantities, load_levels
from dosemap.simulate import SimulatedEvent
from dosemap.simulate.edits import empty
from simulated_reports import artis_procedure, bare_estimate

OF_PROCEDURES = {level.id for level in load_levels() if level.scope == "procedure"}
SITE = "posterior torso, 4 cm right of midline, level T12"
PEAK, KERMA = "srdl-peak-skin-dose", "srdl-reference-air-kerma"


def found(**known: Known) -> Any:
    return evaluate(known, levels=load_levels(), peak_site=SITE)


def parts(result: DoseResult) -> tuple[set[str], set[str], set[str]]:
    document = result.document
    reached = {alert["level_id"] for alert in document["alerts"]}
    below = set(document["alert_levels_below"])
    unknown = {entry["level_id"] for entry in document["alerts_not_evaluated"]}
    assert len(reached) + len(below) + len(unknown) == len(reached | below | unknown)
    assert reached | below | unknown == OF_PROCEDURES
    return reached, below, unknown


@pytest.mark.parametrize(
    ("known", "outcome"),
    [
        (Known.exactly(3.0), "reached"),
        (Known.exactly(2.999), "below"),
        (Known(at_least=3.1, why="more"), "reached"),
        (Known(at_least=1.0, at_most=2.9, why="interval"), "below"),
        (Known(at_least=1.0, at_most=3.0, why="interval"), "unknown"),
        (Known(at_least=1.0, why="lower bound"), "unknown"),
        (Known(why="no map"), "unknown"),
    ],
)
def test_what_is_known_of_the_peak_decides(known: Known, outcome: str) -> None:
    result = found(peak_skin_dose_gy=known)
    assert ([a["level_id"] for a in result.reached] == [PEAK]) is (outcome == "reached")
    assert (PEAK in result.below) is (outcome == "below")
    unknown = {entry["level_id"]: entry["reason"] for entry in result.not_evaluated}
    assert (PEAK in unknown) is (outcome == "unknown")
    if outcome == "unknown":
        assert unknown[PEAK] == known.why


def test_an_alert_of_the_skin_says_where_it_is() -> None:
    result = found(peak_skin_dose_gy=Known.exactly(4.0), reference_air_kerma_gy=Known.exactly(6.0))
    sites = {alert["quantity"]: alert["site"] for alert in result.reached}
    assert sites == {"peak_skin_dose_gy": SITE, "reference_air_kerma_gy": None}


def test_a_level_for_single_types_of_procedure_needs_the_type() -> None:
    level = replace(next(iter(load_levels())), scope="procedure", procedure_types=("pci",))
    known = {level.quantity: Known.exactly(1e6)}
    assert [
        (
            len((result := evaluate(known, levels=[level], procedure_type=of)).reached),
            len(result.not_evaluated),
        )
        for of in ("pci", "tips", None)
    ] == [(1, 0), (0, 0), (0, 1)]


def test_a_complete_map_is_evaluated_whole() -> None:
    result = bare_estimate(artis_procedure(SimulatedEvent(reference_air_kerma_gy=6.0)))
    reached, below, unknown = parts(result)
    assert {PEAK, KERMA} <= reached
    assert "srdl-fluoroscopy-time" in below
    assert unknown == set()


def test_without_a_map_the_peak_is_not_below_anything() -> None:
    procedure = artis_procedure()
    other = replace(procedure, device=replace(procedure.device, model="Unheard-of"))
    result = estimate(other)
    _, below, unknown = parts(result)
    assert unknown == {PEAK}
    assert KERMA in below
    # The interval of a few mGy says it.
    narrowed = result.with_interval(estimate_interval(other))
    _, below, unknown = parts(narrowed)
    assert PEAK in below
    assert unknown == set()


def test_kerma_that_nobody_knows_leaves_the_peak_open() -> None:
    events = (SimulatedEvent(), SimulatedEvent(started_s=60.0))
    procedure = artis_procedure(*events, edits=[empty("113738", event=1), empty("122130", event=1)])
    totals = replace(procedure.totals, reference_air_kerma_gy=None)
    result = bare_estimate(replace(procedure, totals=totals))
    _, _, unknown = parts(result)
    assert {PEAK, KERMA} <= unknown


def test_kerma_beside_the_map_bounds_the_peak() -> None:
    """2 mGy that could not be placed raise a peak of some mGy to 30 mGy at most: below 3 Gy."""
    events = (SimulatedEvent(), SimulatedEvent(started_s=60.0, reference_air_kerma_gy=0.001))
    result = bare_estimate(artis_procedure(*events, edits=[empty("113753", event=1)]))
    peak = known_quantities(result.document)["peak_skin_dose_gy"]
    assert peak.at_least == result.peak_skin_dose_gy
    assert peak.at_most == pytest.approx(peak.at_least + 10 * 0.001)
    assert PEAK in parts(result)[1]
