"""Each rule of placing a beam, on single events with hand-computed results."""

import re
from dataclasses import replace

import pytest

from dosemap.equipment import Claim, FilterRule, Profile, SourceToIsocenter, load_profiles
from dosemap.placement import (
    BeamPlacement,
    NotPlaceable,
    PlacementOverrides,
    place_event,
    place_procedure,
)
from dosemap.procedure import (
    Device,
    Event,
    Filter,
    Patient,
    PatientPosition,
    Procedure,
    Provenance,
    Shutters,
    Totals,
)

PROFILES = {profile.name: profile for profile in load_profiles()}
ALLURA, ARTIS = PROFILES["philips_allura"], PROFILES["siemens_artis"]

SIEMENS_EVENT = Event(
    index=0,
    reference_air_kerma_gy=0.010,
    kerma_area_product_gy_m2=1e-4,  # 100 cm2 at the reference point
    kvp=80,
    filters=(Filter(material="Cu", thickness_mm=0.3),),
    reference_point_definition="113860",
    source_to_isocenter_mm=785,
    source_to_detector_mm=1200,
    positioner_primary_angle_deg=-30,
    positioner_secondary_angle_deg=20,
    table_longitudinal_position_mm=-26,
    table_lateral_position_mm=525,
    table_height_position_mm=150,
    collimated_field_area_m2=0.04,
    patient_position="HFP",
)
PHILIPS_EVENT = replace(
    SIEMENS_EVENT,
    table_height_position_mm=None,
    collimated_field_area_m2=None,
    source_to_detector_mm=None,
    reference_point_definition="15cm below BeamIsocenter",
    table_lateral_position_mm=1819,
    private={
        "height_of_system_mm": 1065,
        "table_height_above_floor_mm": 905,
        "longitudinal_beam_position_mm": 1675,
        "left_shutter_mm": 60,
        "right_shutter_mm": 100,
        "top_shutter_mm": 80,
        "bottom_shutter_mm": 75,
    },
)


def procedure(*events: Event) -> Procedure:
    return Procedure(
        source="synthetic",
        study_instance_uid=None,
        sop_instance_uid=None,
        started=None,
        device=Device(manufacturer="ACME", model="C1"),
        patient=Patient(),
        events=tuple(replace(event, index=i) for i, event in enumerate(events)),
        totals=Totals(),
    )


def side(placement: BeamPlacement) -> float:
    u_min, u_max, v_min, v_max = placement.field_at_1m_mm
    assert (-u_min, -v_min, v_max) == pytest.approx((u_max, u_max, u_max))
    return u_max - u_min


def test_siemens_table_axes() -> None:
    placed = place_event(SIEMENS_EVENT, ARTIS)
    # DICOM's longitudinal is x, height y (down), lateral z.
    assert placed.table_origin_in_isocenter_mm == (-26, 150, 525)
    assert placed.patient_position == "HFP"
    assert (placed.primary_angle_deg, placed.secondary_angle_deg) == (-30, 20)
    assert placed.angle_space == "patient"


def test_philips_table_axes() -> None:
    placed = place_event(PHILIPS_EVENT, ALLURA)
    # y = 1065 - 905, z = 1819 - 1675
    assert placed.table_origin_in_isocenter_mm == (-26, 160, 144)
    assert placed.provenance["table_origin_in_isocenter_mm"] is Provenance.PRIVATE


def test_table_offset_is_added() -> None:
    overrides = PlacementOverrides(table_offset_mm=(1, -2, 3))
    placed = place_event(SIEMENS_EVENT, ARTIS, overrides=overrides)
    assert placed.table_origin_in_isocenter_mm == (-25, 148, 528)


def test_field_from_kerma_area_product() -> None:
    # 100 cm2 at 635 mm: 100 mm x 1000/635 at one metre.
    placed = place_event(SIEMENS_EVENT, ARTIS)
    assert side(placed) == pytest.approx(100 * 1000 / 635)
    assert placed.source_to_reference_point_mm == 635


def test_field_from_the_area_at_the_detector_when_kerma_is_coarse() -> None:
    # 0.04 m2 at 1200 mm is a side of 200 mm there, 200/1.2 at one metre.
    coarse = replace(SIEMENS_EVENT, reference_air_kerma_gy=199e-6)
    assert side(place_event(coarse, ARTIS)) == pytest.approx(200 / 1.2)


def test_field_from_coarse_kerma_when_there_is_nothing_else() -> None:
    coarse = replace(
        SIEMENS_EVENT,
        reference_air_kerma_gy=1e-4,
        kerma_area_product_gy_m2=1e-6,
        collimated_field_area_m2=None,
    )
    placed = place_procedure(procedure(coarse), ARTIS)
    assert isinstance(placed.placements[0], BeamPlacement)
    assert side(placed.placements[0]) == pytest.approx(100 * 1000 / 635)
    assert any("rounding" in assumption.why for assumption in placed.assumptions)


def test_shutters_that_agree_give_the_field_with_its_asymmetry() -> None:
    # (60 + 100)(80 + 75) mm2 at 1 m = 248 cm2; 100 cm2 at 635 mm = 248.0 cm2 at 1 m.
    placed = place_procedure(procedure(PHILIPS_EVENT), ALLURA)
    (beam,) = placed.placements
    assert isinstance(beam, BeamPlacement)
    assert beam.field_at_1m_mm == (-60, 100, -75, 80)
    assert any("asymmetric" in assumption.why for assumption in placed.assumptions)


def test_shutters_that_disagree_are_scaled_to_the_area() -> None:
    event = replace(PHILIPS_EVENT, kerma_area_product_gy_m2=0.8e-4, patient_position="HFS")
    placed = place_procedure(procedure(event), ALLURA)
    assert [problem.code for problem in placed.problems] == ["field-area-disagrees"]
    (beam,) = placed.placements
    assert isinstance(beam, BeamPlacement)
    u_min, u_max, v_min, v_max = beam.field_at_1m_mm
    assert u_min / u_max == pytest.approx(-60 / 100)
    area_mm2 = (u_max - u_min) * (v_max - v_min)
    assert area_mm2 == pytest.approx(80e2 * (1000 / 635) ** 2)


def test_shutters_of_the_event_itself_count_in_their_own_plane() -> None:
    shutters = Shutters(left_mm=50, right_mm=50, top_mm=50, bottom_mm=50, plane_mm=500)
    event = replace(SIEMENS_EVENT, kerma_area_product_gy_m2=None, collimated_field_area_m2=None)
    assert side(place_event(replace(event, shutters=shutters), ARTIS)) == 200


def test_no_field_size() -> None:
    event = replace(SIEMENS_EVENT, kerma_area_product_gy_m2=0.0, collimated_field_area_m2=None)
    with pytest.raises(NotPlaceable, match="field_side_at_1m_mm") as caught:
        place_event(event, ARTIS)
    assert caught.value.field == "field_at_1m_mm"
    given = place_event(event, ARTIS, overrides=PlacementOverrides(field_side_at_1m_mm=150))
    assert side(given) == 150
    assert given.provenance["field_at_1m_mm"] is Provenance.USER


def test_everything_that_is_missing_is_named_at_once() -> None:
    event = replace(
        SIEMENS_EVENT,
        source_to_isocenter_mm=None,
        positioner_primary_angle_deg=None,
        table_height_position_mm=None,
    )
    with pytest.raises(NotPlaceable) as caught:
        place_event(event, ARTIS)
    for name in ("source_to_isocenter_mm", "primary_angle_deg", "table_height_position_mm"):
        assert name in caught.value.message
    overrides = PlacementOverrides(
        source_to_isocenter_mm=785,
        primary_angle_deg=-30,
        table_origin_in_isocenter_mm=(-26, 150, 525),
    )
    given = place_event(event, ARTIS, overrides=overrides)
    as_reported = place_event(SIEMENS_EVENT, ARTIS)
    assert replace(given, provenance={}) == replace(as_reported, provenance={})
    assert given.provenance["primary_angle_deg"] is Provenance.USER


def test_impossible_secondary_angle_is_refused() -> None:
    with pytest.raises(NotPlaceable, match="183 degrees, is beyond"):
        place_event(replace(SIEMENS_EVENT, positioner_secondary_angle_deg=183), ARTIS)


def test_listed_filters_come_on_top_of_the_inherent_ones_unless_they_hold_them() -> None:
    claim = Claim(evidence="documentation", basis="data sheet", validated=False)
    total = replace(ARTIS, filters=FilterRule(listed="total", claim=claim))
    assert place_event(SIEMENS_EVENT, ARTIS).inherent_filters == ARTIS.tube.inherent_filters
    assert place_event(SIEMENS_EVENT, total).inherent_filters == ()
    # A report without filters says nothing of them.
    unlisted = replace(SIEMENS_EVENT, filters=None)
    assert place_event(unlisted, total).inherent_filters == ARTIS.tube.inherent_filters


def test_signs_of_the_profile() -> None:
    reverse = replace(ARTIS, angles=replace(ARTIS.angles, secondary_sign=-1))
    event = replace(SIEMENS_EVENT, positioner_secondary_end_angle_deg=25)
    placed = place_event(event, reverse)
    assert (placed.primary_angle_deg, placed.secondary_angle_deg) == (-30, -20)
    assert placed.end is not None
    assert placed.end.secondary_angle_deg == -25


def test_a_rotation_keeps_its_numbers() -> None:
    # Canon +90 to -120 goes 210 degrees through 0; wrapping would make it 150 over the patient.
    event = replace(
        SIEMENS_EVENT,
        patient_position="HFS",
        event_type="rotational",
        positioner_primary_angle_deg=90,
        positioner_primary_end_angle_deg=-120,
        positioner_secondary_end_angle_deg=20,
    )
    placed = place_event(event, ARTIS)
    assert placed.end is not None
    assert (placed.primary_angle_deg, placed.end.primary_angle_deg) == (90, -120)
    assert placed.end.secondary_angle_deg == placed.secondary_angle_deg == 20


def test_the_tube_of_a_rotation_stays_below_a_prone_patient() -> None:
    """Angles of a prone patient turn with it: its back is up, and the tube at 180 degrees below.

    From +100 to -100 by the numbers the tube would pass over the patient's back and leave the
    chest, where it really passes, without dose.
    """
    spin = replace(
        SIEMENS_EVENT,
        event_type="rotational",
        patient_position="HFP",
        positioner_primary_angle_deg=100,
        positioner_primary_end_angle_deg=-100,
        positioner_secondary_angle_deg=0,
    )
    prone, supine = spin, replace(spin, patient_position="HFS")
    for event, end_deg in ((prone, 260), (supine, -100)):
        placed = place_procedure(procedure(event), ARTIS)
        (beam,) = placed.placements
        assert isinstance(beam, BeamPlacement)
        assert beam.end is not None
        assert beam.end.primary_angle_deg == end_deg
        assumed = {entry.field for entry in placed.assumptions}
        assert ("rotation_way" in assumed) is (event is prone)


def test_a_jitter_across_180_degrees_is_no_turn_around_the_patient() -> None:
    # Prone patient, tube under the table: the angle may go from -179.9 to 179.9 by a tremor. Taken
    # as a turn of 359.8 degrees the dose at the entrance would come out several times too low.
    event = replace(
        SIEMENS_EVENT,
        event_type="fluoroscopy",
        positioner_primary_angle_deg=-179.9,
        positioner_primary_end_angle_deg=179.9,
    )
    end = place_event(event, ARTIS).end
    assert end is not None
    assert end.primary_angle_deg == pytest.approx(-180.1)


def test_an_impossible_turn_does_not_spread_the_dose() -> None:
    spin = replace(SIEMENS_EVENT, event_type="rotational", positioner_primary_end_angle_deg=700)
    placed = place_procedure(procedure(spin), ARTIS)
    (beam,) = placed.placements
    assert isinstance(beam, BeamPlacement)
    assert beam.end is None
    assert "end-angle-implausible" in {problem.code for problem in placed.problems}


def test_upright_patients_are_not_laid_down() -> None:
    provenance = {"patient_position": Provenance.INVALID}
    event = replace(SIEMENS_EVENT, patient_position=None, provenance=provenance)
    with pytest.raises(NotPlaceable, match="supply patient_position"):
        place_event(event, ARTIS)
    supplied = place_event(event, ARTIS, overrides=PlacementOverrides(patient_position="HFS"))
    assert supplied.patient_position == "HFS"


def test_what_the_caller_gave_is_listed_and_marked() -> None:
    overrides = PlacementOverrides(table_offset_mm=(50, 0, 0), kvp=70, patient_position="HFP")
    event = replace(SIEMENS_EVENT, kvp=None, patient_position=None)
    placed = place_procedure(procedure(event), ARTIS, overrides=overrides)
    given = {a.field: a.value for a in placed.assumptions if "given by the caller" in a.why}
    assert given == {
        "table_offset_mm": "50, 0, 0",
        "kvp": 70,
        "patient_position": "HFP",
    }
    (beam,) = placed.placements
    assert isinstance(beam, BeamPlacement)
    assert beam.table_origin_in_isocenter_mm == (24, 150, 525)
    names = ("table_origin_in_isocenter_mm", "kvp", "patient_position")
    assert {beam.provenance[name] for name in names} == {Provenance.USER}


@pytest.mark.parametrize(
    "event",
    [
        replace(SIEMENS_EVENT, source_to_isocenter_mm=15000),
        replace(
            PHILIPS_EVENT,
            kerma_area_product_gy_m2=None,
            private={**PHILIPS_EVENT.private, "left_shutter_mm": 3000, "right_shutter_mm": 3000},
        ),
    ],
)
def test_impossible_lengths_are_refused_before_the_kernel_sees_them(event: Event) -> None:
    profile = ALLURA if event.private else ARTIS
    with pytest.raises(NotPlaceable):
        place_event(event, profile)


@pytest.mark.parametrize("stated_mm", [-150, 20, 15000])
def test_impossible_distance_of_the_reference_point_is_not_used(stated_mm: float) -> None:
    placed = place_procedure(
        procedure(replace(SIEMENS_EVENT, source_to_reference_point_mm=stated_mm)), ARTIS
    )
    (beam,) = placed.placements
    assert isinstance(beam, BeamPlacement)
    assert beam.source_to_reference_point_mm == 635
    assert "reference-point-implausible" in {problem.code for problem in placed.problems}


@pytest.mark.parametrize(
    ("position", "primary_deg", "is_told"),
    [
        ("HFS", 0, False),
        ("HFS", -179.9, True),
        ("HFS", 90, False),
        ("HFP", -179.9, False),
        ("HFP", 0, True),
        # The tube is opposite the detector: at the right side of the patient for +90.
        ("HFDL", 90, True),
        ("HFDL", -90, False),
        ("FFDR", 90, False),
    ],
)
def test_a_tube_above_the_patient_is_told(
    position: PatientPosition, primary_deg: float, *, is_told: bool
) -> None:
    event = replace(
        SIEMENS_EVENT, patient_position=position, positioner_primary_angle_deg=primary_deg
    )
    placed = place_procedure(procedure(event), ARTIS)
    assert ("tube-above-patient" in {problem.code for problem in placed.problems}) is is_told


def test_a_turned_table_is_told() -> None:
    placed = place_procedure(
        procedure(replace(SIEMENS_EVENT, table_horizontal_rotation_angle_deg=10)), ARTIS
    )
    assert "table-turned" in {problem.code for problem in placed.problems}


def test_motions_that_are_not_followed_are_told() -> None:
    event = replace(
        SIEMENS_EVENT,
        event_type="rotational",
        table_lateral_end_position_mm=700,
        private={"beam_angle_deg": 5},
    )
    beyond = replace(SIEMENS_EVENT, table_lateral_position_mm=-895)
    placed = place_procedure(procedure(event, beyond), ARTIS)
    assert {problem.code: problem.events for problem in placed.problems} == {
        "tube-above-patient": (0, 1),
        "rotation-without-end": (0,),
        "beam-angle": (0,),
        "field-area-disagrees": (0, 1),
        "beam-beyond-table": (1,),
    }


@pytest.mark.parametrize(("stated_mm", "used_mm"), [(700, 700), (200, 635), (640, 640)])
def test_larger_of_two_reference_distances_that_disagree_is_used(
    stated_mm: float, used_mm: float
) -> None:
    event = replace(SIEMENS_EVENT, source_to_reference_point_mm=stated_mm)
    placed = place_procedure(procedure(event), ARTIS)
    (beam,) = placed.placements
    assert isinstance(beam, BeamPlacement)
    assert beam.source_to_reference_point_mm == used_mm
    differs = stated_mm != 640  # 5 mm from the 635 mm of the definition: rounding
    assert ("reference-point-differs" in {p.code for p in placed.problems}) is differs
    assumed = {entry.field for entry in placed.assumptions}
    assert ("source_to_reference_point_mm" in assumed) is differs


def test_a_reference_point_that_moves_with_the_table_has_its_largest_distance() -> None:
    """The table falls by 80 mm within the event, and with it the point 1 cm above it.

    The report states one air kerma: taken at the larger distance it gives the higher dose.
    """

    def distance_mm(start_mm: float, end_mm: float) -> tuple[float, bool]:
        event = replace(
            SIEMENS_EVENT,
            patient_position="HFS",
            positioner_primary_angle_deg=0,
            positioner_secondary_angle_deg=0,
            reference_point_definition="1 cm above the table",
            table_height_position_mm=start_mm,
            table_height_end_position_mm=end_mm,
        )
        placed = place_procedure(procedure(event), ARTIS)
        (beam,) = placed.placements
        assert isinstance(beam, BeamPlacement), beam
        told = any("along the way of the beam" in entry.why for entry in placed.assumptions)
        return beam.source_to_reference_point_mm, told

    (high_mm, told_high), (low_mm, told_low) = distance_mm(110, 110), distance_mm(190, 190)
    assert high_mm - low_mm == pytest.approx(80)
    assert (told_high, told_low) == (False, False)
    for falling_mm, told in (distance_mm(110, 190), distance_mm(190, 110)):
        assert falling_mm == pytest.approx(high_mm)
        assert told


def test_reference_point_in_the_makers_words_is_an_assumption() -> None:
    placed = place_procedure(procedure(PHILIPS_EVENT), ALLURA)
    assert "reference_point_definition" in {entry.field for entry in placed.assumptions}
    coded = place_procedure(procedure(SIEMENS_EVENT), ARTIS)
    assert "reference_point_definition" not in {entry.field for entry in coded.assumptions}


def test_unknown_reference_point_is_refused_unless_its_distance_is_stated() -> None:
    event = replace(SIEMENS_EVENT, reference_point_definition="in the corridor")
    with pytest.raises(NotPlaceable, match="unknown text 'in the corridor'"):
        place_event(event, ARTIS)
    stated = place_event(replace(event, source_to_reference_point_mm=640), ARTIS)
    assert stated.source_to_reference_point_mm == 640


def test_default_distance_of_the_profile_is_an_assumption() -> None:
    claim = Claim(evidence="documentation", basis="data sheet", validated=False)
    profile = replace(ARTIS, source_to_isocenter=SourceToIsocenter(distance_mm=785, claim=claim))
    placed = place_procedure(
        procedure(replace(SIEMENS_EVENT, source_to_isocenter_mm=None)), profile
    )
    assert isinstance(placed.placements[0], BeamPlacement)
    assert "source_to_isocenter_mm" in {assumption.field for assumption in placed.assumptions}


def test_kvp_missing_everywhere() -> None:
    event = replace(SIEMENS_EVENT, kvp=None)
    assert place_procedure(procedure(event), ARTIS).reason == (
        "no map: the tube voltage is missing; supply kvp"
    )
    placed = place_procedure(procedure(event), ARTIS, overrides=PlacementOverrides(kvp=75))
    assert placed.reason is None


def test_missing_position_filters_and_table_angles_are_stated_assumptions() -> None:
    event = replace(SIEMENS_EVENT, patient_position=None, filters=None)
    placed = place_procedure(procedure(event), ARTIS)
    assumed = {entry.field: entry.value for entry in placed.assumptions}
    assert assumed["patient_position"] == "HFS"
    assert assumed["added_filters"] == "none"
    assert assumed["table_head_tilt_deg"] == 0
    (beam,) = placed.placements
    assert isinstance(beam, BeamPlacement)
    assert beam.provenance["patient_position"] is Provenance.ASSUMED


def test_position_of_the_caller_replaces_the_report_and_says_so() -> None:
    placed = place_procedure(
        procedure(SIEMENS_EVENT), ARTIS, overrides=PlacementOverrides(patient_position="FFS")
    )
    (beam,) = placed.placements
    assert isinstance(beam, BeamPlacement)
    assert beam.patient_position == "FFS"
    assert "patient-position-replaced" in {problem.code for problem in placed.problems}


def test_kerma_that_is_not_placed_is_counted() -> None:
    lost = replace(SIEMENS_EVENT, positioner_primary_angle_deg=None, reference_air_kerma_gy=0.25)
    unknown = replace(SIEMENS_EVENT, reference_air_kerma_gy=None, kerma_area_product_gy_m2=None)
    zero = replace(SIEMENS_EVENT, reference_air_kerma_gy=0.0)
    placed = place_procedure(procedure(SIEMENS_EVENT, lost, unknown, zero), ARTIS)
    assert [isinstance(p, BeamPlacement) for p in placed.placements] == [True, False, False, False]
    assert placed.air_kerma_not_placed_gy == 0.25
    told = {p.events: p.message for p in placed.problems if p.code == "event-not-placed"}
    assert set(told) == {(1,), (2,)}
    assert "air kerma of the event is not known" in told[2,]
    assert placed.reason is None


BARE = Event(index=0, reference_air_kerma_gy=0.01)


@pytest.mark.parametrize(
    ("events", "profile", "words"),
    [
        ([], ARTIS, "totals only"),
        ([replace(BARE, reference_air_kerma_gy=0.0)], ARTIS, "above zero"),
        ([BARE], None, r"ACME C1.*no table position, no beam angles, no distance from source"),
        ([SIEMENS_EVENT], None, "no equipment profile fits this system .*; write one"),
        ([BARE], ARTIS, "supply source_to_isocenter_mm; .*supply table_origin_in_isocenter_mm"),
    ],
)
def test_reason_when_nothing_can_be_placed(
    events: list[Event], profile: Profile | None, words: str
) -> None:
    placed = place_procedure(procedure(*events), profile)
    assert placed.reason is not None
    assert placed.reason.startswith("no map: ")
    assert re.search(words, placed.reason), placed.reason
