"""Patients that stand, sit or change position: from the report or the caller to the map."""

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO

import pytest

from dosemap import DoseResult
from dosemap.equipment import load_profiles
from dosemap.errors import DosemapError
from dosemap.placement import PlacementOverrides, place_event
from dosemap.procedure import LyingPosition, PatientPosition, Procedure
from dosemap.rdsr import read_rdsr
from dosemap.schedule import Schedule, Span
from dosemap.simulate import SimulatedDevice, SimulatedEvent, SimulatedProcedure, write_rdsr
from dosemap.simulate.content import Code, Item, code, dcm
from dosemap.simulate.edits import Edit, change
from dosemap.surface import Surface
from simulated_reports import (
    AT_PEAK,
    KERMA_GY,
    artis_procedure,
    assumed,
    bare_estimate,
    flat_back,
    peak_gy,
    peak_point_mm,
    problem_codes,
)

(ALLURA,) = (profile for profile in load_profiles() if profile.name == "philips_allura")
PAD_MM = ALLURA.support.pad.thickness_mm

ERECT = Code("C86043", "NCIt", "Erect")
SEMI_ERECT = Code("102539006", "SCT", "semi-erect")
STANDING = Code("10904000", "SCT", "Standing")
SITTING = Code("F-103A0", "SRT", "sitting")

UPRIGHT = SimulatedEvent(
    # The table's head end stands 600 mm above the isocentre, its top 100 mm behind it.
    table_height_mm=-600.0,
    table_lateral_mm=100.0,
    table_head_tilt_deg=90.0,
    source_to_isocenter_mm=765.0,
    started_s=60.0,
)


def allura(*events: SimulatedEvent, edits: tuple[Edit, ...] = ()) -> Procedure:
    device = SimulatedDevice(manufacturer="Philips", model="Allura Clarity")
    file = BytesIO()
    procedure = SimulatedProcedure(uid_seed="posture", events=events, device=device)
    write_rdsr(procedure, file, style="philips_allura", edits=edits)
    return read_rdsr(file.getvalue(), name="report.dcm")


def orientation(value: Code, modifier: Code | None = None) -> Edit:
    """State an orientation, and another modifier of it where that is given."""

    def altered(item: Item) -> Item:
        if modifier is None:
            return replace(item, value=value)
        inner = code(dcm("113744"), modifier, relationship="HAS CONCEPT MOD")
        return replace(item, value=value, children=(inner,))

    return change("113743", altered)


def without_modifier(value: Code) -> Edit:
    return change("113743", lambda item: replace(item, value=value, children=()))


@pytest.mark.parametrize(
    ("edit", "lying", "position"),
    [
        (orientation(ERECT), "HFS", "STANDING_BACK"),
        (orientation(ERECT), "HFP", "STANDING_FRONT"),
        (orientation(ERECT), "FFDL", "STANDING_LEFT"),
        (orientation(ERECT), "HFDR", "STANDING_RIGHT"),
        # On a tilted table a semi-erect patient lies.
        (orientation(SEMI_ERECT), "FFP", "FFP"),
    ],
)
def test_a_side_beside_erect_is_taken_as_the_one_at_the_table(
    edit: Edit, lying: LyingPosition, position: PatientPosition
) -> None:
    event = replace(UPRIGHT, patient_position=lying)
    result = bare_estimate(allura(event, edits=(edit,)))
    assert result.document["procedure"]["patient_positions"] == [
        {"position": position, "provenance": "assumed", "events": [0]}
    ]
    (problem,) = (p for p in result.problems if p["code"] == "patient-upright")
    assert f"it is taken as {position}" in problem["message"]
    assert assumed(result)["patient_position"] == position


@pytest.mark.parametrize(
    "edit",
    [
        without_modifier(ERECT),
        without_modifier(SEMI_ERECT),
        orientation(ERECT, STANDING),
        orientation(ERECT, SITTING),
        orientation(Code("102538003", "SCT", "recumbent"), STANDING),
    ],
)
def test_an_unknown_side_is_not_guessed(edit: Edit) -> None:
    procedure = allura(UPRIGHT, edits=(edit,))
    result = bare_estimate(procedure)
    assert result.reason is not None
    assert "supply patient_position" in result.reason
    (problem,) = (p for p in result.problems if p["code"] == "patient-upright")
    assert "state the position: STANDING_BACK, STANDING_FRONT" in problem["message"]
    given = bare_estimate(procedure, overrides=PlacementOverrides(patient_position="SITTING_BACK"))
    assert given.document["procedure"]["patient_position"] == "SITTING_BACK"
    assert peak_gy(given) > 0


@pytest.mark.parametrize(
    ("position", "facing", "primary_deg"),
    # The tube stands behind the table: opposite the side of the patient that is free.
    [("STANDING_BACK", "posterior", 0.0), ("SITTING_FRONT", "anterior", 180.0)],
)
def test_an_upright_patient_is_irradiated_where_the_room_says(
    position: PatientPosition, facing: str, primary_deg: float
) -> None:
    skin = Surface.plane(
        width_mm=400, length_mm=1000, facing="posterior" if facing == "posterior" else "anterior"
    )
    event = replace(UPRIGHT, primary_angle_deg=primary_deg)
    result = bare_estimate(
        allura(event),
        surface=skin,
        overrides=PlacementOverrides(patient_position=position),
        head_gap_mm=150.0,
    )
    # Room: the table top is 100 mm behind the isocentre, the pad before it, the focal spot 765 mm
    # behind; the reference point 150 mm from the isocentre.
    distance_mm = 765 - (100 - PAD_MM)
    assert peak_gy(result) == pytest.approx(KERMA_GY * (615 / distance_mm) ** 2, rel=AT_PEAK)
    # 600 mm below the table's head end is 450 mm below the head of the patient.
    x, _, z = peak_point_mm(result)
    assert x == pytest.approx(0, abs=1)
    assert skin.vertices_mm[:, 2].max() - z == pytest.approx(450, abs=1)
    assert "posture-contradicts-tilt" not in problem_codes(result)
    assert "tube-above-patient" not in problem_codes(result)


@pytest.mark.parametrize(
    ("position", "tilt_deg", "is_told"),
    [
        ("STANDING_BACK", 0.0, True),
        ("SITTING_LEFT", 44.0, True),
        ("SITTING_LEFT", 46.0, False),
        ("STANDING_BACK", -90.0, True),
        ("HFS", 90.0, True),
        ("FFS", -76.0, True),
        ("HFP", 74.0, False),
        ("HFS", -20.0, False),
    ],
)
def test_a_posture_that_contradicts_the_tilt_is_told(
    position: PatientPosition, tilt_deg: float, *, is_told: bool
) -> None:
    result = bare_estimate(
        allura(replace(UPRIGHT, table_head_tilt_deg=tilt_deg)),
        overrides=PlacementOverrides(patient_position=position),
    )
    told = [p for p in result.problems if p["code"] == "posture-contradicts-tilt"]
    assert bool(told) is is_told
    assert all(
        f"({position})" in p["message"] and f"{tilt_deg:g} deg" in p["message"] for p in told
    )


def test_without_a_tilt_the_beam_turns_with_the_table() -> None:
    # Siemens reports have no table angles: standing gives the map of lying.
    standing = bare_estimate(
        artis_procedure(), overrides=PlacementOverrides(patient_position="STANDING_BACK")
    )
    assert peak_gy(standing) == peak_gy(bare_estimate(artis_procedure()))
    assert "posture-contradicts-tilt" not in problem_codes(standing)
    (tilt,) = (a for a in standing.assumptions if a["field"] == "table_head_tilt_deg")
    assert "turn with the table" in tilt["why"]


def changing() -> Procedure:
    """Four exposures from 9:30, five minutes apart, supine by the report."""
    return artis_procedure(*(SimulatedEvent(started_s=300.0 * number) for number in range(4)))


def scheduled(*spans: Span[PatientPosition]) -> DoseResult:
    overrides = PlacementOverrides(patient_position=Schedule(spans))
    return bare_estimate(changing(), overrides=overrides)


def test_a_schedule_gives_every_event_its_position() -> None:
    result = scheduled(Span("FFS", events=(1, 2)), Span("STANDING_BACK"))
    # The report states the position in a comment: it is replaced, and that is a problem.
    assert result.document["procedure"]["patient_positions"] == [
        {"position": "STANDING_BACK", "provenance": "user", "events": [0, 3]},
        {"position": "FFS", "provenance": "user", "events": [1, 2]},
    ]
    assert result.events.texts["patient_position"] == [
        "STANDING_BACK", "FFS", "FFS", "STANDING_BACK",
    ]  # fmt: skip
    assert {str(p) for p in result.events.provenance["patient_position"]} == {"user"}
    stated = [a for a in result.assumptions if a["field"] == "patient_position"]
    assert [(a["value"], a["provenance"]) for a in stated] == [
        ("STANDING_BACK", "user"),
        ("FFS", "user"),
    ]
    assert "(events 1-2)" in stated[1]["why"]


def test_the_dose_lands_by_the_schedule() -> None:
    # Feet-first the beam, 450 mm from the table's head end, falls 550 mm below the upper end of a
    # back of 1000 mm instead of 450 mm. Fields of 129 mm just overlap; there, 40 to 64 mm off
    # both axes, the distance of 675 mm is up to 0.5 % longer and the dose 1 % lower.
    result = scheduled(Span("HFS", events=(0, 2)), Span("FFS", events=(3, None)))
    single = peak_gy(bare_estimate(artis_procedure()))
    assert peak_gy(result) == pytest.approx(4 * single, rel=0.01)
    shares = result.events.numbers["dose_at_peak_gy"]
    assert shares == pytest.approx([single] * 4, rel=0.01)
    spans: tuple[Span[PatientPosition], ...] = (
        Span("HFS", events=(0, 2)),
        Span("FFS", events=(3, 3)),
    )
    moved = bare_estimate(
        changing(),
        overrides=PlacementOverrides(patient_position=Schedule(spans)),
        head_gap_mm=200.0,
    )
    # Now 250 mm from either end: 500 mm apart, and the peak is that of the first three.
    assert peak_gy(moved) == pytest.approx(3 * single, rel=AT_PEAK)
    assert moved.events.numbers["dose_at_peak_gy"][3] == 0
    _, _, z = peak_point_mm(moved)
    assert flat_back().vertices_mm[:, 2].max() - z == pytest.approx(250, abs=1)


@pytest.mark.parametrize(
    "make",
    [
        lambda: scheduled(Span("HFS", events=(0, 2))),
        lambda: scheduled(Span("HFS", events=(0, 9))),
        lambda: scheduled(Span("HFS", events=(0, 3)), Span("HFP", events=(3, None))),
    ],
)
def test_a_schedule_that_does_not_fit_raises(make: Callable[[], DoseResult]) -> None:
    with pytest.raises(DosemapError, match="patient_position: "):
        make()


def test_a_schedule_needs_known_positions_and_a_procedure() -> None:
    wrong = Schedule((Span("UPRIGHT"),))
    with pytest.raises(DosemapError, match=r"'UPRIGHT'; it must be one of HFS, .*SITTING_RIGHT"):
        PlacementOverrides(patient_position=wrong)  # type: ignore[arg-type]
    overrides = PlacementOverrides(patient_position=Schedule((Span("HFS"),)))
    with pytest.raises(DosemapError, match="not one event"):
        place_event(changing().events[0], ALLURA, overrides=overrides)


def test_a_report_without_events_has_no_need_of_a_schedule() -> None:
    overrides = PlacementOverrides(patient_position=Schedule((Span("HFS", events=(0, 3)),)))
    result = bare_estimate(replace(changing(), events=()), overrides=overrides)
    assert result.reason is not None
    assert "totals only" in result.reason
