"""A procedure many times over: each variation is the estimate that it says it is."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from functools import cache, partial
from io import BytesIO
from typing import Any

import numpy as np
import pytest

import dosemap as dm
from dosemap.ensembles.result import SKIN_DOSE_RELATIVE_ERROR
from dosemap.procedure import Procedure
from dosemap.simulate import SimulatedEvent, simulate_procedure
from dosemap.simulate.content import Code, Item, code, dcm
from dosemap.simulate.edits import change
from simulated_reports import artis_procedure

BODY = dm.Body(sex="F", height_cm=165, mass_kg=70, spacing_mm=15)
SHARES = (0.0, 0.05, 0.5, 0.95, 1.0)

SAME_GEOMETRY = 1e-6
"""Relative: the same geometry by another way around, in f32 with its seven digits."""


@cache
def procedure() -> Procedure:
    """Three beams of two planes, one turning; the patient is turned over before the last."""
    return artis_procedure(
        SimulatedEvent(
            acquisition_plane="A",
            event_type="rotational",
            reference_air_kerma_gy=0.5,
            primary_angle_deg=-10.0,
            primary_end_angle_deg=15.0,
        ),
        SimulatedEvent(acquisition_plane="B", reference_air_kerma_gy=0.2, primary_angle_deg=40.0),
        SimulatedEvent(
            acquisition_plane="A",
            patient_position="HFP",
            reference_air_kerma_gy=0.3,
            primary_angle_deg=-35.0,
        ),
    )


def drawn(count: int, **values: Any) -> dm.Draws:
    """Nothing varied but what is given."""
    nothing: dict[str, Any] = {
        "air_kerma_factors": np.ones((count, 1)),
        "table_offset_mm": np.zeros((count, 3)),
        "lateral_shift_mm": np.zeros(count),
        "head_gap_mm": np.zeros(count),
    }
    return dm.Draws(**(nothing | values))


def ensemble(draws: dm.Draws | dm.Variations, **arguments: Any) -> dm.Ensemble:
    return dm.ensemble(procedure(), variations=draws, **({"surface": BODY} | arguments))


def estimate(**arguments: Any) -> dm.DoseResult:
    return dm.estimate(procedure(), **({"surface": BODY} | arguments))


def test_without_change_it_is_the_estimate_to_the_bit() -> None:
    same = ensemble(drawn(1))
    assert same.peak_skin_dose_gy[0] == estimate().peak_skin_dose_gy
    assert same.peak_vertex[0] == estimate().peak.vertex  # type: ignore[union-attr]
    assert same.skin_dose_quantile_gy(0.5) == pytest.approx(
        estimate().skin_dose_gy, rel=SKIN_DOSE_RELATIVE_ERROR
    )


def test_twice_the_kerma_is_twice_the_dose() -> None:
    twice = ensemble(drawn(2, air_kerma_factors=np.array([[1.0], [2.0]])))
    assert twice.peak_skin_dose_gy[1] == pytest.approx(2 * twice.peak_skin_dose_gy[0], rel=1e-12)
    assert twice.skin_dose_quantile_gy(1.0) == pytest.approx(
        2 * np.asarray(estimate().skin_dose_gy), rel=SKIN_DOSE_RELATIVE_ERROR
    )


@pytest.mark.parametrize("per", ["plane", "event"])
@pytest.mark.parametrize("count", [2, 8], ids=["each anew", "from maps of the groups"])
def test_factors_of_planes_and_events_are_those_of_the_meter(per: str, count: int) -> None:
    groups = {"plane": [0, 1, 0], "event": [0, 1, 2]}[per]
    factors = np.linspace(0.7, 1.6, count * (max(groups) + 1)).reshape(count, -1)[:, ::-1]
    varied = ensemble(drawn(count, air_kerma_factors=factors, air_kerma_per=per))
    for peak_gy, row in zip(varied.peak_skin_dose_gy, factors, strict=True):
        of_event = {event: float(row[group]) for event, group in enumerate(groups)}
        calibrated = dm.Corrections(calibration=lambda event, f=of_event: f[event.index])  # type: ignore[misc]
        expected_gy = estimate(corrections=calibrated).peak_skin_dose_gy
        assert peak_gy == pytest.approx(expected_gy, rel=SAME_GEOMETRY)


def test_a_table_offset_is_that_of_the_overrides() -> None:
    offset = (12.0, -7.0, 45.0)
    moved = ensemble(drawn(1, table_offset_mm=np.array([offset])))
    expected = estimate(overrides=dm.PlacementOverrides(table_offset_mm=offset))
    assert moved.peak_skin_dose_gy[0] == pytest.approx(expected.peak_skin_dose_gy, rel=1e-12)
    assert moved.peak_skin_dose_gy[0] != estimate().peak_skin_dose_gy
    assert moved.skin_dose_quantile_gy(0.5) == pytest.approx(
        expected.skin_dose_gy, rel=SKIN_DOSE_RELATIVE_ERROR
    )


@pytest.mark.parametrize("feet_first", [False, True])
def test_a_shift_on_the_table_is_that_of_the_estimate(*, feet_first: bool) -> None:
    position = dm.PlacementOverrides(patient_position="FFP" if feet_first else None)
    shifted = ensemble(
        drawn(1, lateral_shift_mm=np.array([150.0]), head_gap_mm=np.array([-60.0])),
        overrides=position,
    )
    # The shift brings the edge of the table into the beam: the support has to stay behind.
    expected = estimate(lateral_shift_mm=150.0, head_gap_mm=-60.0, overrides=position)
    assert shifted.peak_skin_dose_gy[0] == pytest.approx(
        expected.peak_skin_dose_gy, rel=SAME_GEOMETRY
    )
    # Patches at the edge of a field hang on the last digit of f32: 1e-5 of the peak is what a
    # micrometre does there.
    assert shifted.skin_dose_quantile_gy(0.5) == pytest.approx(
        expected.skin_dose_gy,
        rel=SKIN_DOSE_RELATIVE_ERROR,
        abs=1e-5 * (expected.peak_skin_dose_gy or 0.0),
    )


def test_a_body_of_another_mass_is_that_body() -> None:
    masses_kg = (60.0, 95.0)
    sizes = ensemble(drawn(2, masses_kg=masses_kg, body=np.array([0, 1], np.uint32)))
    expected = [
        estimate(surface=replace(BODY, mass_kg=mass_kg)).peak_skin_dose_gy for mass_kg in masses_kg
    ]
    assert sizes.peak_skin_dose_gy.tolist() == expected
    assert expected[0] != expected[1]


def test_quantiles_are_those_of_the_maps_held() -> None:
    variations = dm.Variations(
        air_kerma=dm.Spread(sd=0.2),
        table_offset_mm=(dm.Spread(sd=10), None, dm.Spread(limit=40)),
        lateral_shift_mm=dm.Spread(sd=15),
    )
    varied = ensemble(variations, count=40, seed=3)
    draws = varied.draws
    held = [
        estimate(
            overrides=dm.PlacementOverrides(table_offset_mm=tuple(offset)),
            lateral_shift_mm=shift,
            corrections=dm.Corrections(
                calibration=lambda event, f=factors: f[int(event.index == 1)]  # type: ignore[misc]
            ),
        )
        for offset, shift, factors in zip(
            draws.table_offset_mm.tolist(),
            draws.lateral_shift_mm.tolist(),
            draws.air_kerma_factors.tolist(),
            strict=True,
        )
    ]
    peaks_gy = np.array([result.peak_skin_dose_gy for result in held])
    assert varied.peak_skin_dose_gy == pytest.approx(peaks_gy, rel=SAME_GEOMETRY)
    maps_gy = np.array([result.skin_dose_gy for result in held])
    for share in SHARES:
        exact = np.quantile(maps_gy, share, axis=0, method="inverted_cdf")
        # Beside the stated error that of patches at field edges, as above.
        assert varied.skin_dose_quantile_gy(share) == pytest.approx(
            exact, rel=SKIN_DOSE_RELATIVE_ERROR + SAME_GEOMETRY, abs=1e-5 * peaks_gy.max()
        )
        assert varied.peak_skin_dose_quantile_gy(share) == pytest.approx(
            np.quantile(peaks_gy, share, method="inverted_cdf"), rel=SAME_GEOMETRY
        )
    assert varied.share_with_peak_at_least(float(np.median(peaks_gy))) == pytest.approx(
        0.5, abs=0.1
    )


ALL = dm.Variations(
    air_kerma=dm.Spread(sd=0.1),
    table_offset_mm=(dm.Spread(sd=5), dm.Spread(sd=5), dm.Spread(sd=20)),
    head_gap_mm=dm.Spread(limit=30),
    mass_kg=dm.Spread(sd=8),
    bodies=3,
)


def test_the_seed_alone_decides() -> None:
    first, again, other = (ensemble(ALL, count=20, seed=seed) for seed in (7, 7, 8))
    assert np.array_equal(first.peak_skin_dose_gy, again.peak_skin_dose_gy)
    assert not np.array_equal(first.peak_skin_dose_gy, other.peak_skin_dose_gy)


def test_one_quantity_more_leaves_the_draws_of_the_others() -> None:
    more = replace(ALL, lateral_shift_mm=dm.Spread(sd=10))
    first, second = (v.draw(50, seed=1, groups=2, mass_kg=70.0) for v in (ALL, more))
    assert np.array_equal(first.table_offset_mm, second.table_offset_mm)
    assert np.array_equal(first.air_kerma_factors, second.air_kerma_factors)
    assert second.lateral_shift_mm.std() == pytest.approx(10, rel=0.3)


def test_draws_scatter_as_stated() -> None:
    draws = replace(ALL, bodies=9).draw(20_000, seed=0, groups=1, mass_kg=70.0)
    # 20,000 draws know a standard deviation within 0.5 % (one in three times) .
    assert np.log(draws.air_kerma_factors).std() == pytest.approx(0.1, rel=0.02)
    assert draws.table_offset_mm.std(axis=0) == pytest.approx([5, 5, 20], rel=0.02)
    assert np.abs(draws.head_gap_mm).max() == pytest.approx(30, rel=0.01)
    assert np.bincount(np.asarray(draws.body)) == pytest.approx(20_000 / 9, rel=0.1)
    masses_kg = np.array(draws.masses_kg, float)
    assert masses_kg.mean() == pytest.approx(70.0)
    # The middles of nine parts scatter less than the whole: 0.94 of it.
    assert masses_kg.std() == pytest.approx(0.94 * 8, rel=0.01)


_DIGEST = """
import hashlib, sys
sys.path[:0] = ["tests", "tests/unit"]
from test_ensemble import ALL, ensemble
varied = ensemble(ALL, count=24, seed=5)
parts = [varied.peak_skin_dose_gy, varied.skin_dose_quantile_gy(0.9)]
print(hashlib.sha256(b"".join(part.tobytes() for part in parts)).hexdigest())
"""


def test_the_number_of_threads_changes_nothing() -> None:
    digests = {
        subprocess.run(
            [sys.executable, "-c", _DIGEST],
            env={**os.environ, "RAYON_NUM_THREADS": threads},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for threads in ("1", "2", "3")
    }
    assert len(digests) == 1


def test_progress_is_told_and_can_end_the_work() -> None:
    told: list[tuple[int, int]] = []
    ensemble(drawn(40), progress=lambda done, count: told.append((done, count)))
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert told[-1] == (40, 40)

    def stop(*_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ensemble(drawn(40), progress=stop)


def test_other_threads_go_on_meanwhile() -> None:
    """A thread that counts would stand still during each step if the lock were held."""
    counted, done = 0, threading.Event()

    def count() -> None:
        nonlocal counted
        while not done.is_set():
            counted += 1

    steps: list[int] = []
    thread = threading.Thread(target=count)
    interval_s = sys.getswitchinterval()
    # The counter gives way only when asked to, and then at once.
    sys.setswitchinterval(1e-4)
    try:
        thread.start()
        ensemble(ALL, count=64, progress=lambda *_: steps.append(counted))
    finally:
        done.set()
        thread.join()
        sys.setswitchinterval(interval_s)
    assert all(np.diff(steps) > 1000)


@pytest.mark.parametrize(
    ("variations", "arguments", "words"),
    [
        (
            dm.Variations(mass_kg=dm.Spread(sd=5)),
            {"surface": dm.Surface.plane(spacing_mm=20)},
            "not a Body",
        ),
        (dm.Variations(mass_kg=dm.Spread(limit=69)), {}, "narrower spread"),
        (drawn(2, air_kerma_factors=np.ones((2, 3))), {}, "2 variations of 1 groups"),
        (drawn(2, air_kerma_factors=np.ones((1, 1))), {}, "2 variations of 1 groups"),
        (drawn(1, air_kerma_factors=np.array([[np.nan]])), {}, "air kerma factor"),
        (drawn(1, table_offset_mm=np.array([[0, 0, 9e9]])), {}, "table offset"),
        (dm.Variations(), {"count": 0}, "count is 0"),
    ],
)
def test_what_cannot_be_varied_is_refused(
    variations: dm.Variations | dm.Draws, arguments: dict[str, Any], words: str
) -> None:
    with pytest.raises(dm.DosemapError, match=words):
        ensemble(variations, **arguments)


def test_spreads_are_checked() -> None:
    for wrong in ({}, {"sd": 1.0, "limit": 1.0}, {"sd": -1.0}, {"limit": float("nan")}):
        with pytest.raises(dm.DosemapError):
            dm.Spread(**wrong)
    with pytest.raises(dm.DosemapError, match="air kerma"):
        dm.Variations(air_kerma=dm.Spread(limit=35))


_SPREAD: Any = dm.Spread


@pytest.mark.parametrize(
    ("make", "arguments", "words"),
    [
        (_SPREAD, {"sd": "5"}, "sd of a Spread is '5'; it must be a number"),
        (_SPREAD, {"limit": [1.0]}, r"limit of a Spread is \[1.0\]; it must be a number"),
        (dm.Variations, {"air_kerma": 0.35}, "air_kerma is 0.35; it must be a Spread"),
        (dm.Variations, {"mass_kg": "3"}, "mass_kg is '3'; it must be a Spread"),
        (dm.Variations, {"table_offset_mm": 5}, "table_offset_mm is 5; it must be three"),
        (dm.Variations, {"table_offset_mm": (None, 5, None)}, "along y is 5; it must be a Spread"),
        (dm.Variations, {"bodies": 2.5}, "bodies is 2.5; it must be a whole number"),
        (partial(drawn, 2), {"table_offset_mm": None}, r"table_offset_mm has the shape \(\)"),
        (partial(drawn, 2), {"head_gap_mm": np.zeros(3)}, r"head_gap_mm has the shape \(3,\)"),
        (partial(drawn, 2), {"lateral_shift_mm": "a"}, "lateral_shift_mm must be an array"),
        (partial(drawn, 2), {"masses_kg": 70}, "masses_kg is 70; it must be masses"),
        (partial(drawn, 2), {"body": [0, 1]}, "from 0 to 0"),
        (partial(drawn, 2), {"air_kerma_per": "x"}, "air_kerma_per is 'x'"),
        (ensemble, {"draws": {"air_kerma": 1}}, "it must be Variations"),
        (partial(ensemble, dm.Variations()), {"count": "5"}, "count is '5'"),
        (partial(ensemble, dm.Variations()), {"count": 5, "seed": 1.5}, "seed is 1.5"),
    ],
)
def test_wrong_types_are_told_with_what_to_give(
    make: Callable[..., object], arguments: dict[str, Any], words: str
) -> None:
    with pytest.raises(dm.DosemapError, match=words):
        make(**arguments)


@pytest.mark.parametrize(
    ("definition", "kept"), [("113860", False), ("113862", True), ("113964", True)]
)
def test_a_reference_point_at_table_or_skin_is_told(definition: str, *, kept: bool) -> None:
    """15 cm from the isocentre it stays; 1 cm above the table, or at the skin, it would move."""
    beam = artis_procedure(
        SimulatedEvent(), edits=[change("113780", lambda _: _reference_point(definition), event=0)]
    )
    moved = dm.Variations(table_offset_mm=(None, dm.Spread(sd=5), None))
    surface = dm.Surface.plane(spacing_mm=20)
    varied = dm.ensemble(beam, variations=moved, count=2, surface=surface)
    assert [problem.code for problem in varied.problems] == ["reference-point-kept"] * kept
    still = dm.Variations(air_kerma=dm.Spread(sd=0.1))
    assert not dm.ensemble(beam, variations=still, count=2, surface=surface).problems


def _reference_point(definition: str) -> Item:
    return code(dcm("113780"), Code(definition, "DCM", "any words"))


def test_a_report_without_map_says_why() -> None:
    file = BytesIO()
    simulate_procedure("facet_injection", device="ziehm").write(file)
    with pytest.raises(dm.DosemapError, match="no map"):
        dm.ensemble(dm.read_rdsr(file.getvalue()), variations=dm.Variations())


def test_all_that_is_varied_is_told() -> None:
    assert ensemble(ALL, count=2).varied == (
        "air kerma of each plane: normally with a standard deviation of 10 %",
        "table along x of isocenter space: normally with a standard deviation of 5 mm",
        "table along y of isocenter space: normally with a standard deviation of 5 mm",
        "table along z of isocenter space: normally with a standard deviation of 20 mm",
        "patient along the table: evenly within 30 mm to either side",
        "mass of the body: normally with a standard deviation of 8 kg, by 3 bodies",
    )


def test_variations_that_miss_the_patient_are_told() -> None:
    shifts = drawn(3, lateral_shift_mm=np.array([0.0, 2000.0, 3000.0]))
    varied = dm.ensemble(procedure(), variations=shifts, surface=BODY, equipment="siemens_artis")
    assert (varied.peak_skin_dose_gy > 0).tolist() == [True, False, False]
    told = [problem for problem in varied.problems if problem.code == "variations-miss-skin"]
    assert [problem.message.partition(" variations")[0] for problem in told] == ["in 2 of 3"]
    assert f"from 0 to {varied.peak_skin_dose_gy[0]:.3g} Gy" in repr(varied)

    kept = dm.ensemble(procedure(), variations=drawn(1), surface=BODY, equipment="siemens_artis")
    assert "variations-miss-skin" not in {problem.code for problem in kept.problems}
