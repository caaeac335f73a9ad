"""What a finished map is checked for."""

import pytest

from dosemap import Body, estimate
from dosemap.body import Arms
from dosemap.simulate import SimulatedEvent
from simulated_reports import artis_procedure, problem_codes


@pytest.mark.parametrize(
    ("primary_angle_deg", "arms", "is_told"),
    [(90.0, None, True), (90.0, "down", False), (90.0, "up", False), (0.0, None, False)],
)
def test_arms_of_unknown_place_in_a_lateral_beam_are_told(
    primary_angle_deg: float, arms: Arms | None, *, is_told: bool
) -> None:
    body = Body(sex="M", height_cm=176, mass_kg=73, arms=arms, spacing_mm=15)
    procedure = artis_procedure(SimulatedEvent(primary_angle_deg=primary_angle_deg))
    assert ("arms-in-beam" in problem_codes(estimate(procedure, surface=body))) is is_told
