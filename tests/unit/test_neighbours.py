"""What an event lacks, from the nearest event of the same plane, where the profile allows."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from dosemap.equipment import Profile, load_profiles
from dosemap.placement import BeamPlacement, PlacementOverrides, place_procedure
from dosemap.placement.model import PlacedProcedure
from dosemap.procedure import Device, Event, Filter, Patient, Procedure, Provenance, Totals

ARTIS = next(profile for profile in load_profiles() if profile.name == "siemens_artis")
COPPER = (Filter(material="Cu", thickness_mm=0.3),)
BEAM = Event(
    index=0,
    event_type="fluoroscopy",
    acquisition_plane="single",
    reference_air_kerma_gy=0.010,
    kerma_area_product_gy_m2=1e-4,
    kvp=80,
    filters=COPPER,
    reference_point_definition="113860",
    source_to_isocenter_mm=785,
    source_to_detector_mm=1200,
    positioner_primary_angle_deg=0,
    positioner_secondary_angle_deg=0,
    table_longitudinal_position_mm=0,
    table_lateral_position_mm=500,
    table_height_position_mm=150,
    patient_position="HFS",
)
START = datetime(2026, 3, 1, 9, 0, 0)


def at(second: float | None, **values: Any) -> Event:
    started = None if second is None else START + timedelta(seconds=second)
    return replace(BEAM, started=started, **values)


def placed(events: Sequence[Event], profile: Profile = ARTIS, **overrides: Any) -> PlacedProcedure:
    procedure = Procedure(
        source="synthetic",
        study_instance_uid=None,
        sop_instance_uid=None,
        started=None,
        device=Device(),
        patient=Patient(),
        events=tuple(replace(event, index=i) for i, event in enumerate(events)),
        totals=Totals(),
    )
    return place_procedure(procedure, profile, overrides=PlacementOverrides(**overrides))


def beam(result: PlacedProcedure, event: int) -> BeamPlacement:
    found = result.placements[event]
    assert isinstance(found, BeamPlacement), found
    return found


def test_the_nearest_in_time_counts_not_the_nearest_in_the_report() -> None:
    result = placed([at(0, kvp=70), at(100, kvp=90), at(20, kvp=None)])
    assert beam(result, 2).kvp == 70
    assert beam(result, 2).provenance["kvp"] is Provenance.ASSUMED
    (entry,) = (entry for entry in result.assumptions if entry.field == "kvp")
    assert entry.events == (2,)
    assert entry.provenance is Provenance.ASSUMED


def test_of_two_as_near_the_earlier() -> None:
    assert beam(placed([at(0, kvp=70), at(10, kvp=None), at(20, kvp=90)]), 1).kvp == 70


def test_without_times_the_order_of_the_report() -> None:
    events = [at(None, kvp=70), at(5, kvp=80), at(None, kvp=90), at(None, kvp=None)]
    assert beam(placed(events), 3).kvp == 90


def test_another_plane_and_another_kind_do_not_count() -> None:
    events = [
        at(0, kvp=60, acquisition_plane="A"),
        at(9, kvp=100, acquisition_plane="B"),
        at(9.5, kvp=120, acquisition_plane="A", event_type="stationary"),
        at(10, kvp=None, acquisition_plane="A"),
    ]
    assert beam(placed(events), 3).kvp == 60
    lone = [events[1], at(10, kvp=None, acquisition_plane="A")]
    assert not isinstance(placed(lone).placements[1], BeamPlacement)


def test_distances_do_not_depend_on_the_kind() -> None:
    lacking = at(10, source_to_isocenter_mm=None, event_type="stationary")
    result = placed([at(0, source_to_isocenter_mm=810), lacking])
    assert beam(result, 1).source_to_isocenter_mm == 810
    assert beam(result, 1).source_to_reference_point_mm == 660


def test_filters_are_taken_and_no_filter_is_a_value() -> None:
    result = placed([at(0), at(1, filters=()), at(2, filters=None)])
    assert beam(result, 2).added_filters == ()
    assert beam(placed([at(0), at(2, filters=None)]), 1).added_filters == COPPER


def test_the_caller_comes_before_the_neighbours() -> None:
    result = placed([at(0, kvp=70), at(1, kvp=None)], kvp=95)
    assert [beam(result, event).kvp for event in (0, 1)] == [70, 95]


@pytest.mark.parametrize("allowed", [None, ()])
def test_only_what_the_profile_allows(allowed: tuple[()] | None) -> None:
    assert ARTIS.neighbours is not None
    rule = None if allowed is None else replace(ARTIS.neighbours, fields=allowed)
    strict = replace(ARTIS, neighbours=rule)
    result = placed([at(0, kvp=70), at(1, kvp=None)], strict)
    assert not isinstance(result.placements[1], BeamPlacement)
    (problem,) = (p for p in result.problems if p.code == "event-not-placed")
    assert "tube voltage is missing" in problem.message


def test_an_event_that_nothing_is_missing_of_is_not_touched() -> None:
    result = placed([at(0, kvp=70), at(1, kvp=90)])
    assert "kvp" not in {entry.field for entry in result.assumptions}


def test_many_events_are_filled_without_a_search_through_all() -> None:
    # 20,000 events, every second one without a voltage: a search through all would take minutes.
    events = [at(i, kvp=70 + i % 7 if i % 2 == 0 else None) for i in range(20_000)]
    result = placed(events)
    assert beam(result, 19_999).kvp == 70 + 19_998 % 7


def test_filters_that_the_report_has_but_nobody_can_read_are_not_said_to_be_missing() -> None:
    unreadable = {"filters": Provenance.INVALID}
    result = placed([at(0), at(10, filters=None, provenance=unreadable), at(20, filters=None)])
    why = {
        event: entry.why
        for entry in result.assumptions
        if entry.field == "added_filters"
        for event in entry.events
    }
    assert why[1].startswith("what the report has cannot be used; taken from the event of the same")
    assert why[2].startswith("not in the report; taken from")
    alone = placed([at(0, filters=None, provenance=unreadable)])
    (entry,) = (entry for entry in alone.assumptions if entry.field == "added_filters")
    assert (entry.value, entry.events) == ("none", (0,))
    assert entry.why.startswith("cannot be used as the report lists them")
