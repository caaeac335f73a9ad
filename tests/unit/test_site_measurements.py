"""What a site measured: calibration factors of the meters, transmissions of table and pad."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from dosemap import DoseResult, Spectrum
from dosemap.calibration import MeterCalibration
from dosemap.corrections import Corrections
from dosemap.equipment import Profile, shipped_texts
from dosemap.errors import DosemapError, ProfileError
from dosemap.interval import KnownRanges, estimate_interval
from dosemap.procedure import Event, Procedure
from dosemap.profile_toml import parse_profile
from dosemap.simulate import SimulatedEvent
from dosemap.support_fit import fitted_support
from simulated_reports import BARE, artis_procedure, assumed, bare_estimate, peak_gy

CLAIM = """
evidence = "documentation"
basis = "Measured in room 2, 2026-05-12."
validated = true
"""
INHERENT = (("Al", 3.1),)
TRUE_LAYERS = [("Al", 0.9), ("PMMA", 11.0)]
BEAMS = [(60, 0.1), (60, 0.6), (80, 0.1), (80, 0.3), (80, 0.9), (110, 0.1), (110, 0.3), (120, 0.9)]


def site(text: str) -> Profile:
    """A profile of the site, for the Artis and one that asks for it."""
    head = 'extends = "siemens_artis"\nname = "room_2"\ntitle = "Room 2"\n'
    return parse_profile(head + text, "room_2.toml", shipped_texts())


def calibration(*points: str) -> Profile:
    return site(f"[calibration]\npoints = [{', '.join(points)}]\n{CLAIM}")


def spectrum(kvp: float, copper_mm: float) -> Spectrum:
    filters = (*INHERENT, ("Cu", copper_mm))
    return Spectrum(kvp, anode_angle_deg=12, filters=filters)


def two_planes() -> Procedure:
    """One beam of each plane, 80 kV and 0.3 mm Cu."""
    return artis_procedure(
        SimulatedEvent(acquisition_plane="A"),
        SimulatedEvent(acquisition_plane="B", started_s=60.0),
    )


def factors(profile: Profile, procedure: Procedure | None = None) -> tuple[DoseResult, list[float]]:
    result = bare_estimate(procedure or two_planes(), equipment=profile)
    return result, list(result.events.numbers["calibration_factor"])


def codes(result: DoseResult) -> set[str]:
    return {problem["code"] for problem in result.problems}


def test_one_factor_for_all() -> None:
    profile = calibration("{ factor = 1.2 }")
    result, found = factors(profile)
    assert found == [1.2, 1.2]
    assert peak_gy(result) == pytest.approx(1.2 * peak_gy(bare_estimate(two_planes())), rel=1e-6)
    assert assumed(result)["calibration_factor"] == "1.2"
    assert result.document["corrections"]["calibration"] == "1.2 (profile)"
    assert "room 2" in next(
        entry["why"] for entry in result.assumptions if entry["field"] == "calibration_factor"
    )


def test_each_plane_has_its_own() -> None:
    profile = calibration('{ plane = "A", factor = 0.9 }', '{ plane = "B", factor = 1.3 }')
    assert factors(profile)[1] == [0.9, 1.3]
    rest = calibration('{ plane = "B", factor = 1.3 }', "{ factor = 1.1 }")
    assert factors(rest)[1] == [1.1, 1.3]


def test_a_plane_without_a_factor_is_told() -> None:
    result, found = factors(calibration('{ plane = "A", factor = 0.9 }'))
    assert found == [0.9, 1.0]
    (problem,) = (entry for entry in result.problems if entry["code"] == "calibration-missing")
    assert problem["events"] == [1]


def test_between_beam_qualities_by_the_half_value_layer() -> None:
    profile = calibration(
        "{ kvp = 60, added_filter = [{ material = 'Cu', thickness_mm = 0.1 }], factor = 1.0 }",
        "{ kvp = 100, added_filter = [{ material = 'Cu', thickness_mm = 0.9 }], factor = 1.4 }",
    )
    low, high = (spectrum(*beam).half_value_layer_mm() for beam in ((60, 0.1), (100, 0.9)))
    event = spectrum(80, 0.3).half_value_layer_mm()
    assert low < event < high
    expected = 1.0 + 0.4 * (event - low) / (high - low)
    result, found = factors(profile)
    assert found == pytest.approx([expected, expected], rel=1e-9)
    assert "calibration-beyond-measured" not in codes(result)


@pytest.mark.parametrize(("kvp", "factor"), [(125.0, 1.1), (45.0, 1.0)])
def test_beyond_the_measured_qualities_the_nearest_holds_and_is_told(
    kvp: float, factor: float
) -> None:
    profile = calibration(
        "{ kvp = 65, added_filter = [{ material = 'Cu', thickness_mm = 0.3 }], factor = 1.0 }",
        "{ kvp = 80, added_filter = [{ material = 'Cu', thickness_mm = 0.3 }], factor = 1.1 }",
    )
    result, found = factors(profile, artis_procedure(SimulatedEvent(kvp=kvp)))
    assert found == [factor]
    assert "calibration-beyond-measured" in codes(result)


def test_the_caller_comes_before_the_profile() -> None:
    profile = calibration("{ factor = 1.2 }")
    corrections = replace(BARE, calibration=0.8)
    result = bare_estimate(two_planes(), equipment=profile, corrections=corrections)
    assert list(result.events.numbers["calibration_factor"]) == [0.8, 0.8]


def test_the_interval_is_calibrated_too() -> None:
    procedure = two_planes()
    plain = estimate_interval(procedure)
    scaled = estimate_interval(procedure, equipment=calibration("{ factor = 1.2 }"))
    assert plain.low_gy is not None
    assert plain.high_gy is not None
    assert scaled.low_gy == pytest.approx(1.2 * plain.low_gy)
    assert scaled.high_gy == pytest.approx(1.2 * plain.high_gy)
    bound = next(b for b in scaled.bounds() if b["quantity"] == "calibration_factor")
    assert bound["provenance"] == "profile"


def test_the_interval_tells_what_its_factors_rest_on() -> None:
    procedure = two_planes()
    interval = estimate_interval(procedure, equipment=calibration('{ plane = "A", factor = 0.9 }'))
    (problem,) = interval.problems
    assert (problem.code, problem.events) == ("calibration-missing", (1,))
    profile, assumed_right = (a for a in interval.assumptions if a.field == "calibration_factor")
    assert (profile.value, profile.events) == ("0.9", (0,))
    assert (assumed_right.value, assumed_right.events) == (1.0, (1,))
    # Who bounds how far off the meter is takes no meter for right.
    known = KnownRanges(air_kerma_deviation=(-0.35, 0.35))
    fields = [entry.field for entry in estimate_interval(procedure, known=known).assumptions]
    assert "calibration_factor" not in fields
    entries = interval.to_dict()["assumptions"]
    assert [e["events"] for e in entries if e["field"] == "calibration_factor"] == [[0], [1]]


def test_the_interval_of_totals_tells_it_of_no_event() -> None:
    procedure = replace(two_planes(), events=())
    interval = estimate_interval(procedure, equipment=calibration('{ plane = "A", factor = 0.9 }'))
    (problem,) = interval.problems
    assert (problem.code, problem.events) == ("calibration-missing", ())
    assert "the totals" in problem.message


def test_the_interval_tells_factors_of_the_report_that_are_not_applied() -> None:
    interval = estimate_interval(with_factor(1.2))
    assert [problem.code for problem in interval.problems] == ["calibration-factor-not-applied"]


def test_the_interval_tells_how_the_support_was_fitted() -> None:
    values = modelled(TRUE_LAYERS, *BEAMS)
    good = estimate_interval(two_planes(), equipment=measured(values))
    (entry,) = (a for a in good.assumptions if a.field == "support_layers")
    assert "fitted to 8 transmissions" in entry.why
    assert good.problems == ()
    poor = estimate_interval(two_planes(), equipment=measured(values | {(80, 0.3): 0.9}))
    assert "support-fit-poor" in {problem.code for problem in poor.problems}


def with_factor(factor: float | None) -> Procedure:
    procedure = artis_procedure()
    (event,) = procedure.events
    return replace(procedure, events=(replace(event, meter_calibration_factor=factor),))


def test_a_factor_of_the_report_counts_only_where_it_is_asked_for() -> None:
    stated = with_factor(1.15)
    plain = bare_estimate(stated)
    assert plain.events.numbers["calibration_factor"][0] == 1
    (problem,) = (p for p in plain.problems if p["code"] == "calibration-factor-not-applied")
    assert "1.15" in problem["message"]
    asked = bare_estimate(stated, corrections=replace(BARE, calibration="report"))
    assert asked.events.numbers["calibration_factor"][0] == 1.15
    assert peak_gy(asked) == pytest.approx(1.15 * peak_gy(plain), rel=1e-6)
    assert "calibration-factor-not-applied" not in codes(asked)
    for factor in (1.0, None):
        assert "calibration-factor-not-applied" not in codes(bare_estimate(with_factor(factor)))


def test_factors_of_two_origins_are_told_apart() -> None:
    procedure = two_planes()
    first, second = procedure.events
    stated = replace(first, meter_calibration_factor=1.15)
    silent = replace(second, meter_calibration_factor=None)
    procedure = replace(procedure, events=(stated, silent))
    asked = replace(BARE, calibration="report")
    result = bare_estimate(procedure, equipment=calibration("{ factor = 1.2 }"), corrections=asked)
    assert list(result.events.numbers["calibration_factor"]) == [1.15, 1.2]
    words = "1.15 (as the report states it); 1.2 (profile)"
    assert result.document["corrections"]["calibration"] == words
    (problem,) = (p for p in result.problems if p["code"] == "calibration-not-stated")
    assert problem["events"] == [1]
    (entry,) = (e for e in result.assumptions if e["field"] == "calibration_factor")
    assert (entry["value"], entry["events"]) == ("1.2", [1])


def test_a_factor_in_per_cent_is_not_applied() -> None:
    asked = replace(BARE, calibration="report")
    result = bare_estimate(with_factor(115.0), corrections=asked)
    assert list(result.events.numbers["calibration_factor"]) == [1.0]
    assert "calibration-implausible" in codes(result)


def test_a_word_that_is_no_calibration_is_refused() -> None:
    with pytest.raises(DosemapError, match="a function of the event or 'report'"):
        Corrections(calibration="reported")  # type: ignore[arg-type]


def test_a_factor_does_not_depend_on_the_order_of_the_points() -> None:
    points = [f"{{ kvp = {kvp}, factor = {1 + kvp / 1000} }}" for kvp in (60, 120, 90, 75)]
    forth, back = (
        MeterCalibration(Corrections(), calibration(*order)) for order in (points, points[::-1])
    )
    beam = spectrum(80, 0.0)
    event = Event(index=0)
    assert forth.factor(event, beam) == back.factor(event, beam) == pytest.approx(1.08, abs=0.002)


@pytest.mark.parametrize(
    ("point", "words"),
    [
        ("{ factor = 0 }", "factor = 0 must be between 0.1 and 10"),
        ("{ plane = 'C', factor = 1 }", "plane = 'C' must be one of"),
        ("{ added_filter = [], factor = 1 }", "kvp must be given with added_filter"),
        # No event is of all planes.
        ("{ plane = 'all', factor = 1 }", "plane = 'all' must be one of A, B, single$"),
        (
            "{ kvp = 80, added_filter = [{ material = 'Al', thickness_mm = 1 }, { material = 'Cu',"
            " thickness_mm = 0.1 }], factor = 1 }, { kvp = 80, added_filter = [{ material = 'Cu',"
            " thickness_mm = 0.1 }, { material = 'Al', thickness_mm = 1 }], factor = 1.1 }",
            "one factor at each beam quality",
        ),
        ("{ factor = 1 }, { kvp = 80, factor = 1 }", "one factor for all beam qualities"),
        ("{ kvp = 80, factor = 1 }, { kvp = 80, factor = 1.1 }", "one factor at each beam quality"),
        (
            "{ kvp = 80, added_filter = [{ material = 'Kupfer', thickness_mm = 1 }], factor = 1 }",
            "material = 'Kupfer' must be one of",
        ),
        ("{ factor = 1, gain = 2 }", "unknown key gain"),
    ],
)
def test_impossible_factors_are_refused(point: str, words: str) -> None:
    with pytest.raises(ProfileError, match=words):
        calibration(point)


# --- table and pad


def measured(transmissions: dict[tuple[int, float], float], geometry: str = "on_pad") -> Profile:
    points = ", ".join(
        f"{{ kvp = {kvp}, added_filter = [{{ material = 'Cu', thickness_mm = {copper} }}],"
        f" transmission = {value:.6f} }}"
        for (kvp, copper), value in transmissions.items()
    )
    thick = "pmma_equivalent_thickness_mm = 12\n" if geometry == "narrow_beam" else ""
    return site(
        f'[support]\nmeasurement_geometry = "{geometry}"\n{thick}'
        f"[support.measured]\npoints = [{points}]\n{CLAIM}"
    )


def modelled(layers: list[tuple[str, float]], *beams: tuple[int, float]) -> dict[Any, float]:
    return {beam: spectrum(*beam).core.transmission(layers) for beam in beams}


def test_layers_are_found_again_from_their_transmissions() -> None:
    profile, fit = fitted_support(measured(modelled(TRUE_LAYERS, *BEAMS)))
    assert fit is not None
    assert [layer.material for layer in profile.support.layers] == ["Al", "PMMA"]
    found = [layer.thickness_mm for layer in profile.support.layers]
    # Six digits of the transmission are some micrometres of aluminium.
    assert found == pytest.approx([0.9, 11.0], abs=0.02)
    assert fit.largest < 1e-5
    assert fit.problems() == []
    assert profile.support.layers[0].claim.validated


def test_a_single_transmission_scales_all_layers() -> None:
    profile, fit = fitted_support(measured({(80, 0.3): 0.70}))
    assert fit is not None
    al, pmma = (layer.thickness_mm for layer in profile.support.layers)
    assert al / pmma == pytest.approx(0.74 / 5.6)
    layers = [("Al", al), ("PMMA", pmma)]
    assert spectrum(80, 0.3).core.transmission(layers) == pytest.approx(0.70, rel=1e-6)


def test_thicknesses_do_not_go_below_nothing() -> None:
    # Aluminium alone: the fit wants less than no PMMA where rounding has its way.
    profile, fit = fitted_support(measured(modelled([("Al", 2.0)], *BEAMS)))
    assert fit is not None
    al, pmma = (layer.thickness_mm for layer in profile.support.layers)
    assert (al, pmma) == pytest.approx((2.0, 0.0), abs=0.02)
    assert min(al, pmma) >= 0


def test_the_fit_is_the_best_of_all_thicknesses_not_below_nothing() -> None:
    """Carbon attenuates less with energy than either layer, so that one wants to be negative.

    Against every pair of a grid of 0.05 mm: clipping the free solution at 0 came out 2.5 times
    farther off than the best pair.
    """
    values = modelled([("C", 10.0)], *BEAMS)
    profile, fit = fitted_support(measured(values))
    assert fit is not None
    wanted = np.log(list(values.values()))

    def misfit(al_mm: float, pmma_mm: float) -> float:
        found = modelled([("Al", al_mm), ("PMMA", pmma_mm)], *BEAMS)
        return float(np.sum((np.log(list(found.values())) - wanted) ** 2))

    al, pmma = (layer.thickness_mm for layer in profile.support.layers)
    assert min(al, pmma) >= 0
    grid = [
        misfit(al_mm, pmma_mm)
        for al_mm in np.arange(0.0, 2.0, 0.05)
        for pmma_mm in np.arange(5.0, 25.0, 0.25)
    ]
    # The transmissions of the file have six digits: 2e-6 in ln T.
    assert misfit(al, pmma) <= min(grid) + 1e-9


def test_values_that_no_layers_give_are_told() -> None:
    values = modelled(TRUE_LAYERS, *BEAMS)
    values[80, 0.3] *= 0.7
    _, fit = fitted_support(measured(values))
    assert fit is not None
    (problem,) = fit.problems()
    assert problem.code == "support-fit-poor"


def test_the_map_is_behind_the_measured_transmission() -> None:
    profile = measured({(80, 0.3): 0.70})
    corrections = replace(BARE, support=True)
    behind = bare_estimate(artis_procedure(), equipment=profile, corrections=corrections)
    # Straight through table and pad; patches beside the central ray cross them a little obliquely.
    assert peak_gy(behind) == pytest.approx(
        0.70 * peak_gy(bare_estimate(artis_procedure())), rel=5e-3
    )
    assert "rms" in next(e["why"] for e in behind.assumptions if e["field"] == "support_layers")
    assert "support_measurement_geometry" not in assumed(behind)


def test_narrow_beam_measurements_get_the_forward_scatter() -> None:
    corrections = replace(BARE, support=True)
    on_pad, narrow = (
        peak_gy(
            bare_estimate(
                artis_procedure(),
                equipment=measured({(80, 0.3): 0.70}, geometry),
                corrections=corrections,
            )
        )
        for geometry in ("on_pad", "narrow_beam")
    )
    assert 1.2 < narrow / on_pad < 1.45


def test_the_geometry_of_the_measurement_has_to_be_stated() -> None:
    with pytest.raises(ProfileError, match="narrow_beam or on_pad"):
        measured({(80, 0.3): 0.70}, "unknown")


def test_fitting_keeps_what_it_does_not_fit() -> None:
    before = measured(modelled(TRUE_LAYERS, *BEAMS))
    after, _ = fitted_support(before)
    assert after.support.pad == before.support.pad
    assert [layer.extent for layer in after.support.layers] == [
        layer.extent for layer in before.support.layers
    ]
    same, fit = fitted_support(site(""))
    assert fit is None
    assert same == site("")
    assert np.isfinite([layer.thickness_mm for layer in after.support.layers]).all()
