"""Beams softer than any system may have are told: their profile is probably wrong."""

from dataclasses import replace

import pytest

from dosemap import DoseResult, Spectrum
from dosemap.equipment import Claim, FilterRule, Profile, load_families
from dosemap.filtration import least_half_value_layer_mm, too_soft
from dosemap.simulate import SimulatedEvent
from simulated_reports import artis_procedure, bare_estimate

CODE = "filtration-too-small"
CLAIM = Claim(evidence="assumed", basis="test", validated=False)
TOTAL = replace(Profile.named("siemens_artis"), filters=FilterRule(listed="total", claim=CLAIM))


def told(result: DoseResult) -> list[str]:
    return [entry["message"] for entry in result.problems if entry["code"] == CODE]


def test_the_ends_of_the_table_and_beyond() -> None:
    assert least_half_value_layer_mm(50) == 1.5
    assert least_half_value_layer_mm(150) == 4.1
    assert least_half_value_layer_mm(75) == pytest.approx(2.2)
    assert least_half_value_layer_mm(40) == pytest.approx(1.2)


@pytest.mark.parametrize("kvp", [40, 50, 60, 70, 80, 90, 100, 110, 120, 130, 140, 150])
def test_the_filtration_that_the_standard_asks_for_is_enough_and_half_of_it_is_not(
    kvp: int,
) -> None:
    """2.5 mm Al is what IEC 60601-1-3 takes in place of a measured half-value layer."""
    enough = Spectrum(kvp, anode_angle_deg=12, filters=[("Al", 2.5)])
    assert not too_soft({0: enough})
    half = Spectrum(kvp, anode_angle_deg=12, filters=[("Al", 1.25)])
    assert too_soft({0: enough, 3: half})[0].events == (3,)


def test_no_shipped_profile_has_too_little() -> None:
    for family in load_families():
        if isinstance(family, Profile):
            filters = family.filtration(())
            angle = family.tube.anode_angle_deg
            assert not too_soft({0: Spectrum(80, anode_angle_deg=angle, filters=filters)})


def test_a_profile_that_takes_listed_filters_for_all_is_told() -> None:
    procedure = artis_procedure(SimulatedEvent(filters=(("Al", 1.0),)))
    assert not told(bare_estimate(procedure))
    (message,) = told(bare_estimate(procedure, equipment=TOTAL))
    assert 'filters.listed = "total"' in message
    assert "event 0" in message
