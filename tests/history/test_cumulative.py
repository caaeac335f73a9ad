"""Added maps against sums by hand: a year of a patient who loses 15 kg, other vertices, meshes."""

import math
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from history_records import FIRST_DAY, PATIENT, SPACING_MM, empty_map, record

from dosemap import Body, DosemapError, DoseResult, History, Surface, estimate
from dosemap.history import Cumulative
from dosemap.history.cumulative_dataset import read_cumulative
from dosemap.rdsr import read_rdsr
from dosemap.simulate import SimulatedEvent
from simulated_reports import artis_bytes, dose_gy, peak_gy

if TYPE_CHECKING:
    from numpy.typing import NDArray

MONTHS = 12
ID = "ID-4711"
SAME = 1e-6
"""Relative; maps are kept as float32, which has 6e-8."""


def visit(
    number: int, *, surface: Surface | None = None, spacing_mm: float = SPACING_MM
) -> DoseResult:
    """Return the estimate of a monthly visit: the patient lost 15 kg in the end, the beam turns."""
    patient = replace(PATIENT, mass_kg=95.0 - 15.0 * number / (MONTHS - 1))
    beam = SimulatedEvent(
        primary_angle_deg=5.0 * number - 30.0, reference_air_kerma_gy=0.2 + 0.02 * number
    )
    procedure = read_rdsr(artis_bytes(beam, patient=patient), name=f"visit {number}")
    month = FIRST_DAY + timedelta(days=30 * number)
    procedure = replace(
        procedure,
        study_instance_uid=f"1.2.{number}",
        started=month,
        events=tuple(
            replace(event, irradiation_event_uid=f"1.3.{number}") for event in procedure.events
        ),
    )
    skin = surface or Body.for_patient(procedure.patient, spacing_mm=spacing_mm)
    return estimate(procedure, surface=skin)


def sum_gy(found: Cumulative) -> "NDArray[np.float64]":
    """Return the added map, which must be there."""
    assert found.skin_dose_gy is not None
    return found.skin_dose_gy


@cache
def year() -> list[DoseResult]:
    return [visit(number) for number in range(MONTHS)]


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Iterator[History]:
    with History(tmp_path_factory.mktemp("year") / "doses.db") as store:
        # Not in the order of time: that is the store's work.
        for result in (*year()[1::2], *year()[::2]):
            store.add(result)
        yield store


def test_a_year_of_12_procedures_of_one_patient_who_loses_15_kg(history: History) -> None:
    """Vertex by vertex, and its peak, against sums by hand: plain Python on the estimates' maps.

    That vertex i is the same place in all twelve bodies is not taken on trust: they have the same
    triangles, and each vertex has the same anatomical address in the heaviest and the lightest.
    """
    results = year()
    assert len(results) == 12
    bodies = [result.document["map"]["body"] for result in results]
    assert bodies[0]["mass_kg"] - bodies[-1]["mass_kg"] == pytest.approx(15.0)
    skins = [result.surface for result in results if result.surface is not None]
    for skin in skins:
        np.testing.assert_array_equal(skin.triangles, skins[0].triangles)
    for vertex in range(0, len(skins[0]), 97):
        before, after = skins[0].address(vertex), skins[-1].address(vertex)
        assert before is not None
        assert after is not None
        for part in ("region", "side", "vertebral_level"):
            assert before[part] == after[part]
    # It is another skin all the same: the back has moved by millimetres.
    assert np.linalg.norm(skins[0].vertices_mm - skins[-1].vertices_mm, axis=1).max() > 5.0

    maps = [dose_gy(result).tolist() for result in results]
    by_hand = [math.fsum(one[vertex] for one in maps) for vertex in range(len(skins[0]))]
    found = history.cumulative(ID)
    np.testing.assert_allclose(sum_gy(found), by_hand, rtol=SAME, atol=0)

    # A vertex holds the mean over its patch: the own peak of each visit counts where it lies.
    for one, result in zip(maps, results, strict=True):
        assert result.peak is not None
        one[result.peak.vertex] = max(one[result.peak.vertex], result.peak.dose_gy)
    highest = max(math.fsum(one[vertex] for one in maps) for vertex in range(len(skins[0])))
    assert found.peak_skin_dose_gy == pytest.approx(highest, rel=SAME)
    assert max(by_hand) <= highest <= 1.05 * max(by_hand)  # by 3 % on so coarse a body
    assert not found.is_lower_bound


def test_the_peak_of_the_sum_is_not_the_sum_of_the_peaks(history: History) -> None:
    found = history.cumulative(ID)
    peaks = [peak_gy(result) for result in year()]
    assert found.peak_skin_dose_gy is not None
    assert max(peaks) < found.peak_skin_dose_gy < 0.95 * sum(peaks)
    at_peak = [entry.dose_at_peak_gy or 0.0 for entry in found.contributions]
    assert sum(at_peak) == pytest.approx(found.peak_skin_dose_gy, rel=SAME)
    assert all(part <= peak * (1 + SAME) for part, peak in zip(at_peak, peaks, strict=True))
    assert found.site is not None
    assert found.site.startswith("posterior torso")
    assert found.address is not None


def test_a_window(history: History) -> None:
    found = history.cumulative(ID, window="90D")
    assert [entry.procedure.started for entry in found.contributions] == [
        # That of exactly 90 days before counts, at whatever hour.
        FIRST_DAY + timedelta(days=30 * number)
        for number in (8, 9, 10, 11)
    ]
    by_hand = sum(dose_gy(result) for result in year()[8:])
    np.testing.assert_allclose(sum_gy(found), by_hand, rtol=SAME)
    then = history.cumulative(ID, window=90, at="2025-04-10")  # the whole day counts
    assert [entry.procedure.started for entry in then.contributions] == [
        FIRST_DAY + timedelta(days=30 * number) for number in (0, 1, 2, 3)
    ]
    assert len(history.cumulative(ID, at=datetime(2025, 1, 10, 9, 29)).contributions) == 0
    assert len(history.cumulative(ID, at=date(2025, 1, 10), window=90).contributions) == 1
    # Its minute, as it is shown, holds the procedure; the one before does not.
    assert len(history.cumulative(ID, at="2025-01-10T09:30").contributions) == 1
    assert len(history.cumulative(ID, at="2025-01-10T09:29").contributions) == 0


def test_the_first_day_of_a_window_counts_whole(tmp_path: Path) -> None:
    """Levels of 60 days too: 2 Gy in the morning of the first day and 2 Gy on the last evening."""
    evening = (FIRST_DAY + timedelta(days=60)).replace(hour=20)
    with History(tmp_path / "doses.db") as store:
        store.add_record(record(("1",), study="1.1", peak_gy=2.0))
        added = store.add_record(record(("2",), study="1.2", started=evening, peak_gy=2.0))
        assert "srdl-peak-skin-dose-60-days" in {alert.level_id for alert in added.alerts}
        assert len(store.cumulative(ID, window=60).contributions) == 2
        assert len(store.cumulative(ID, window=59).contributions) == 1


def test_some_procedures(history: History) -> None:
    numbers = [entry.procedure for entry in history.procedures(ID)]
    found = history.cumulative(ID, procedures=numbers[:2])
    np.testing.assert_allclose(sum_gy(found), dose_gy(year()[0]) + dose_gy(year()[1]), rtol=SAME)
    with pytest.raises(DosemapError, match="procedures 99 are not among"):
        history.cumulative(ID, procedures=[99])


def test_risk_of_a_sum_that_lacks_little(tmp_path: Path) -> None:
    """0.1 mGy without a map adds 10 mGy at most to the 0.8 Gy of another visit."""
    with History(tmp_path / "doses.db") as store:
        alone = record("b", study="1.4", peak_gy=0.000125, mapped=False)
        store.add_record(alone)
        nowhere = store.risk(ID)
        store.add_record(record("a", study="1.3", peak_gy=0.8))
        found, risk = store.cumulative(ID), store.risk(ID)
    assert nowhere.peak_skin_dose_gy == 0.0
    assert nowhere.at_most_gy == pytest.approx(0.01)
    assert nowhere.look == ()
    assert found.at_most_gy == pytest.approx(0.81)
    assert risk.at_most_gy == found.at_most_gy
    assert [band.id for band in risk.bands] == ["A1"]
    assert risk.look == ()


def test_risk_of_the_sum(history: History) -> None:
    found = history.cumulative(ID)
    risk = history.risk(ID)
    assert risk.peak_skin_dose_gy == found.peak_skin_dose_gy
    assert risk.region == "posterior torso"
    assert risk.day == (FIRST_DAY + timedelta(days=30 * 11)).date()
    assert risk.sessions is not None
    assert len(risk.sessions.sessions) == MONTHS
    assert sum(session.dose_gy for session in risk.sessions.sessions) == pytest.approx(
        found.peak_skin_dose_gy
    )


def test_over_time_the_dose_rises(history: History) -> None:
    found = history.cumulative(ID)
    peaks = [entry.peak_skin_dose_gy or 0.0 for entry in found.over_time]
    assert peaks[0] == pytest.approx(peak_gy(year()[0]))
    assert peaks == sorted(peaks)
    assert peaks[-1] == found.peak_skin_dose_gy
    moments = [entry.started for entry in found.over_time]
    assert moments == [FIRST_DAY + timedelta(days=30 * number) for number in range(MONTHS)]


def test_over_time_each_window_has_all_of_its_procedures(history: History) -> None:
    """The first procedure of a window of 90 days was itself the last one of such a window."""
    within, everything = history.cumulative(ID, window=90), history.cumulative(ID)
    first = within.over_time[0]
    assert first.procedure == everything.over_time[8].procedure
    its_own = history.cumulative(ID, window=90, at=FIRST_DAY + timedelta(days=30 * 8))
    assert first.peak_skin_dose_gy == its_own.peak_skin_dose_gy
    assert first.peak_skin_dose_gy != peak_gy(year()[8])


def test_the_days_to_look_at_the_skin_count_from_the_last_dose_there(tmp_path: Path) -> None:
    """A later procedure elsewhere, of which scatter reached the place, must not move them."""
    back, front = empty_map(), empty_map()
    back[100], front[100], front[5000] = 6.0, 0.001, 1.0
    later = FIRST_DAY + timedelta(days=60)
    with History(tmp_path / "doses.db") as store:
        store.add_record(record(("1",), study="1.1", peak_gy=6.0, vertex=100, dose_gy=back))
        store.add_record(
            record(("2",), study="1.2", started=later, peak_gy=1.0, vertex=5000, dose_gy=front)
        )
        assert store.risk(ID).day == FIRST_DAY.date()


@pytest.mark.parametrize("at", ["0001-01-01", "9999-12-31", "9999-12-31T23:59"])
def test_windows_at_the_ends_of_time(history: History, at: str) -> None:
    assert history.cumulative(ID, window="36525D", at=at).contributions == ()


@pytest.mark.parametrize("kind", ["netcdf", "zarr"])
def test_the_data_set_is_the_same_from_a_file(history: History, kind: str, tmp_path: Path) -> None:
    found = history.cumulative(ID, window="60D")
    if kind == "zarr":
        pytest.importorskip("zarr")
        found.to_zarr(tmp_path / "sum.zarr")
        read = read_cumulative(tmp_path / "sum.zarr")
    else:
        found.to_netcdf(tmp_path / "sum.nc")
        read = read_cumulative(tmp_path / "sum.nc")
    assert dict(read.sizes) == dict(found.dataset.sizes)
    assert set(read.skin_dose.dims) == {"procedure", "vertex"}
    for name in found.dataset.data_vars:
        np.testing.assert_array_equal(read[name], found.dataset[name])
    np.testing.assert_array_equal(read.skin_dose.sum("procedure"), read.cumulative_skin_dose)
    with pytest.raises(DosemapError):
        read_cumulative(tmp_path / "nothing")


def test_refined_peaks_are_not_lost(tmp_path: Path) -> None:
    """The mean over the patch is 1 Gy, the peak in it 1.5 Gy; another procedure gave 0.25 there."""
    doses = [empty_map(), empty_map()]
    doses[0][100], doses[1][100], doses[1][5000] = 1.0, 0.25, 0.4
    with History(tmp_path / "doses.db") as store:
        for number, (dose, peak, vertex) in enumerate(
            zip(doses, (1.5, 0.5), (100, 5000), strict=True)
        ):
            store.add_record(
                record(
                    (f"1.3.{number}",),
                    study=f"1.2.{number}",
                    peak_gy=peak,
                    vertex=vertex,
                    dose_gy=dose,
                )
            )
        found = store.cumulative(ID)
    assert (found.peak_skin_dose_gy, found.vertex) == (1.75, 100)
    assert [entry.dose_at_peak_gy for entry in found.contributions] == [1.5, 0.25]


def test_a_procedure_without_map_makes_the_sum_a_lower_bound(tmp_path: Path) -> None:
    with History(tmp_path / "doses.db") as store:
        store.add_record(record(("1.3.1",), study="1.2.1", peak_gy=1.0))
        store.add_record(record(("1.3.2",), study="1.2.2", peak_gy=2.0, mapped=False))
        found = store.cumulative(ID)
    assert found.is_lower_bound
    assert found.peak_skin_dose_gy == 1.0
    assert found.reasons == (
        "procedure 2 of 2025-01-10: no map, 1.60 Gy of air kerma: a mobile C-arm",
    )
    assert found.reference_air_kerma_gy == pytest.approx(2.4)


def test_vertices_at_another_distance(tmp_path: Path) -> None:
    """A map on a finer body is added at the nearest places, and the distances are told."""
    fine, coarse = visit(0, spacing_mm=7.5), visit(1)
    with History(tmp_path / "doses.db") as store:
        store.add(fine)
        store.add(coarse)
        found = store.cumulative(ID)
    registered, same = found.contributions
    assert same.registration is None
    assert registered.registration is not None
    assert registered.map_gy is not None
    # Every second vertex is one of the coarse body's; others are half a distance off at most.
    assert registered.registration["p95_mm"] < SPACING_MM
    assert [problem["code"] for problem in found.problems] == ["map-registered"]
    # The same beam on the coarse body itself: the same but at the edges of the field.
    on_coarse = dose_gy(visit(0))
    inside = on_coarse > 0.9 * on_coarse.max()
    assert inside.sum() > 20
    np.testing.assert_allclose(registered.map_gy[inside], on_coarse[inside], rtol=0.05)
    assert found.peak_skin_dose_gy is not None
    assert found.peak_skin_dose_gy >= peak_gy(fine)


def test_how_far_the_dose_of_a_coarse_map_came_is_told(tmp_path: Path) -> None:
    """Every coarse vertex is one of the fine body's; what lies between takes its dose from afar."""
    fine = visit(1, spacing_mm=7.5)
    with History(tmp_path / "doses.db") as store:
        store.add(visit(0))
        store.add(fine)
        registered = store.cumulative(ID).contributions[0]
    told = registered.registration
    assert told is not None
    assert registered.map_gy is not None
    # By hand, one vertex after the other, on the person whose body the sum is on.
    person = {
        k: fine.document["map"]["body"][k] for k in ("sex", "age_years", "height_cm", "mass_kg")
    }
    there, here = (
        Body(**person, arms="board", spacing_mm=spacing_mm).surface("HFS").vertices_mm
        for spacing_mm in (SPACING_MM, 7.5)
    )
    dosed = here[registered.map_gy >= 0.01 * registered.map_gy.max()]
    ways = [float(np.linalg.norm(there - point, axis=1).min()) for point in dosed]
    assert told["median_mm"] == pytest.approx(np.median(ways), rel=1e-6)
    assert told["max_mm"] == pytest.approx(max(ways), rel=1e-6)
    assert SPACING_MM / 4 < told["p95_mm"] < SPACING_MM


def test_an_own_mesh_is_added_at_the_nearest_points(tmp_path: Path) -> None:
    """The mesh is the same man's skin, made finer, and stands elsewhere."""
    skin = Body(sex="M", age_years=50, height_cm=175, mass_kg=95, spacing_mm=7.5).surface("HFS")
    shift = np.array([12.0, -20.0, 35.0])
    mesh = Surface.from_mesh(skin.vertices_mm + shift, skin.triangles)
    own, body = visit(0, surface=mesh), visit(1)
    with History(tmp_path / "doses.db") as store:
        store.add(own)
        store.add(body)
        found = store.cumulative(ID)
    registered = found.contributions[0]
    assert registered.registration is not None
    assert registered.registration["median_mm"] < SPACING_MM
    assert registered.map_gy is not None
    hottest = int(registered.map_gy.argmax())
    assert found.surface is not None
    point = np.array(own.peak.point_in_patient_mm) - shift if own.peak else np.nan
    # Two bodies of 95 and 93.6 kg: their backs lie a few millimetres apart.
    assert np.linalg.norm(found.surface.vertices_mm[hottest] - point) < 2 * SPACING_MM


def test_the_same_mesh_adds_without_registration(tmp_path: Path) -> None:
    trunk = Surface.elliptic_cylinder(width_mm=350, thickness_mm=220, length_mm=1700, spacing_mm=20)
    one, other = visit(0, surface=trunk), visit(1, surface=trunk)
    with History(tmp_path / "doses.db") as store:
        store.add(one)
        store.add(other)
        found = store.cumulative(ID)
    np.testing.assert_allclose(sum_gy(found), dose_gy(one) + dose_gy(other), rtol=SAME)
    assert found.problems == ()


def test_a_surface_that_is_not_the_same_skin_is_not_added(tmp_path: Path) -> None:
    wide = Surface.cylinder(diameter_mm=900, length_mm=1700, spacing_mm=20)
    with History(tmp_path / "doses.db") as store:
        store.add(visit(0, surface=wide))
        store.add(visit(1))
        found = store.cumulative(ID)
    first, second = found.contributions
    assert first.not_added is not None
    assert "too far to be the same skin" in first.not_added
    assert found.is_lower_bound
    # What it gave by itself is not forgotten.
    assert found.peak_skin_dose_gy == max(peak_gy(visit(0, surface=wide)), peak_gy(year()[1]))
    assert second.dose_at_peak_gy in (None, found.peak_skin_dose_gy)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"sex": "F"}, "the sex differs"),
        ({"age_years": 60.0}, "50 and 60 years"),
        ({"height_cm": 190.0}, "175 to 190 cm"),
        ({"identity_removed": True}, "de-identified"),
        ({"mass_kg": 120.0}, None),
        ({"age_years": 51.0}, None),
    ],
)
def test_doubts_whether_it_is_one_person(
    changes: dict[str, Any], words: str | None, tmp_path: Path
) -> None:
    with History(tmp_path / "doses.db") as store:
        store.add_record(record(("1.3.1",), study="1.2.1"))
        later = FIRST_DAY + timedelta(days=20)
        store.add_record(record(("1.3.2",), study="1.2.2", started=later, **changes))
        problems = store.cumulative(ID).problems
    assert [problem["code"] for problem in problems] == (
        ["patient-may-be-several"] if words else []
    )
    assert words is None or words in problems[0]["message"]


@pytest.mark.parametrize("window", ["", "180", "6 months", "0D", 0, -3])
def test_windows_that_are_none(history: History, window: str | int) -> None:
    with pytest.raises(DosemapError, match="no number of days such as 180D"):
        history.cumulative(ID, window=window)


def test_a_map_that_lacks_air_kerma_makes_the_sum_a_lower_bound(tmp_path: Path) -> None:
    whole, lacking = record(("1.3.1",), study="1.2.1"), record(("1.3.2",), study="1.2.2")
    document = {**lacking.document, "map": {**lacking.document["map"]}}
    document["map"]["air_kerma_not_mapped_gy"] = 0.3
    with History(tmp_path / "doses.db") as store:
        store.add_record(whole)
        assert not store.cumulative(ID).is_lower_bound
        store.add_record(replace(lacking, document=document))
        found = store.cumulative(ID)
    assert found.is_lower_bound
    assert "lacks 300 mGy of air kerma" in found.reasons[0]
    assert [then.is_lower_bound for then in found.over_time] == [False, True]


def test_a_child_that_grows_is_one_person(tmp_path: Path) -> None:
    """A newborn, whose age is 0 years, is no adult."""
    with History(tmp_path / "doses.db") as store:
        for number, (age, height) in enumerate(((0.0, 50.0), (3.0, 95.0), (18.0, 170.0))):
            entry = record(
                (f"1.3.{number}",),
                study=f"1.2.{number}",
                started=FIRST_DAY + timedelta(days=365 * age),
                age_years=age,
                height_cm=height,
            )
            store.add_record(entry)
        assert store.cumulative(ID).problems == ()
