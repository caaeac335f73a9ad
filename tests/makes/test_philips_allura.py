"""Philips Allura Xper and Clarity, from the written report on."""

from dataclasses import replace

import pytest
from make_reports import beams, codes, placed, profile_of, report_of, told

from dosemap.checking import check_document
from dosemap.procedure import Filter, Procedure, Provenance
from dosemap.simulate import CollimatedField, SimulatedEvent, SimulatedPatient
from dosemap.simulate.content import Item, dcm
from dosemap.simulate.edits import Edit, change, omit
from dosemap.simulate.styles import PhilipsAllura
from simulated_reports import AT_PEAK, bare_estimate, dose_gy, peak_gy

CINE = SimulatedEvent(event_type="stationary", source_to_isocenter_mm=810.0)
FLUORO = SimulatedEvent(source_to_isocenter_mm=810.0)


def without_its_maker() -> list[Edit]:
    """Leave out what an archive removed from the header, and from the observer too."""
    return [omit("121014")]


def cardiac(count: int) -> list[SimulatedEvent]:
    """Return fluoroscopy, then acquisitions, each in order of time, which together are not."""
    runs = [
        SimulatedEvent(
            event_type="fluoroscopy" if number % 4 else "stationary",
            source_to_isocenter_mm=765.0,
            started_s=20.0 * number,
            reference_air_kerma_gy=0.005 + 0.0005 * (number % 7),
            primary_angle_deg=-20.0 + 0.2 * number,
            number_of_pulses=15 * (1 + number % 9),
            pulse_rate_per_s=15.0,
        )
        for number in range(count)
    ]
    return sorted(runs, key=lambda run: run.event_type != "fluoroscopy")


def test_316_unsorted_events_without_detector_distance_and_maker_give_a_map() -> None:
    runs = cardiac(316)
    procedure = report_of(
        "philips_allura_xper",
        *runs,
        edits=without_its_maker(),
        header={"Manufacturer": None, "ManufacturerModelName": None},
    )
    assert procedure.device.manufacturer is None
    assert procedure.device.model == "Allura Xper"  # from the Device Observer
    distances = [event.source_to_detector_mm for event in procedure.events]
    assert distances.count(None) == 237
    assert "events-not-in-time-order" in codes(procedure)
    result = bare_estimate(procedure)
    assert result.reason is None
    assert profile_of(procedure).name == "philips_allura"
    assert result.air_kerma_not_mapped_gy == 0
    kerma_gy = sum(run.reference_air_kerma_gy for run in runs)
    # Steps of 2.3 uGy: at most half a step off in each event.
    assert procedure.totals.reference_air_kerma_gy == pytest.approx(kerma_gy, abs=316 * 1.15e-6)


def test_the_order_of_the_document_makes_no_difference() -> None:
    runs = cardiac(24)
    unsorted = bare_estimate(report_of("philips_allura_xper", *runs))
    in_order = sorted(runs, key=lambda run: run.started_s)
    result = bare_estimate(report_of("philips_allura_xper", *in_order))
    assert peak_gy(result) == pytest.approx(peak_gy(unsorted), rel=AT_PEAK)


def test_room_lengths_place_the_table() -> None:
    style = PhilipsAllura(height_of_system_mm=1134.0, longitudinal_beam_position_mm=1519.0)
    event = replace(CINE, table_longitudinal_mm=20.0, table_height_mm=193.0, table_lateral_mm=144.0)
    procedure = report_of("philips_allura", event, written_by=style)
    (reported,) = procedure.events
    assert reported.table_lateral_position_mm == 1519 + 144
    assert reported.private["table_height_above_floor_mm"] == 1134 - 193
    assert reported.provenance["table_height_position_mm"] is Provenance.MISSING
    (beam,) = beams(placed(procedure))
    assert beam.table_origin_in_isocenter_mm == (20, 193, 144)
    assert beam.provenance["table_origin_in_isocenter_mm"] is Provenance.PRIVATE
    assert beam.source_to_reference_point_mm == 660  # 15 cm from 810, along the beam


def test_the_position_is_in_every_event_and_an_oblique_one_is_read_too() -> None:
    events = (replace(CINE, patient_position="HFP"), replace(FLUORO, patient_position="FFDR"))
    procedure = report_of("philips_allura", *events)
    assert [event.patient_position for event in procedure.events] == ["HFP", "FFDR"]
    reported = {event.provenance["patient_position"] for event in procedure.events}
    assert reported == {Provenance.REPORTED}


def test_a_missing_modifier_leaves_the_half_that_is_there() -> None:
    procedure = report_of(
        "philips_allura_xper", replace(CINE, patient_position="FFS"), edits=[omit("113744")]
    )
    assert procedure.events[0].patient_position == "FFS"
    assert told(procedure, "patient-position-incomplete").events == (0,)
    placement = placed(procedure)
    assert "patient_position" in {assumption.field for assumption in placement.assumptions}


def test_the_detector_distance_of_fluoroscopy_is_private_or_not_there() -> None:
    fluoroscopy, cine = report_of("philips_allura", FLUORO, CINE).events
    assert (fluoroscopy.source_to_detector_mm, cine.source_to_detector_mm) == (1050, 1050)
    assert fluoroscopy.provenance["source_to_detector_mm"] is Provenance.PRIVATE
    assert cine.provenance["source_to_detector_mm"] is Provenance.REPORTED
    (old,) = report_of("philips_allura_xper", FLUORO).events
    assert old.provenance["source_to_detector_mm"] is Provenance.MISSING


def field_mm(procedure: Procedure) -> tuple[float, ...]:
    (beam,) = beams(placed(procedure))
    return beam.field_at_1m_mm


SHIFTED = CollimatedField(left_mm=84.0, right_mm=63.0, top_mm=52.5, bottom_mm=105.0)
"""At 1050 mm; at 1 m 80, 60, 50 and 100 mm."""


@pytest.mark.parametrize("kerma_gy", [20e-6, 0.010])
def test_shutters_are_half_openings_one_metre_from_the_focal_spot(kerma_gy: float) -> None:
    event = replace(CINE, field=SHIFTED, reference_air_kerma_gy=kerma_gy)
    assert field_mm(report_of("philips_allura", event)) == pytest.approx((-80, 60, -100, 50))


def test_a_round_field_keeps_the_area_by_kerma_and_is_told() -> None:
    # Of a square opening a round field has 0.785; 0.80 was seen in two systems.
    whole = replace(CINE, field=CollimatedField.centred(210.0, 210.0))
    product = 0.8 * whole.dose_area_product_gy_m2
    procedure = report_of("philips_allura", replace(whole, kerma_area_product_gy_m2=product))
    u_min, u_max, v_min, v_max = field_mm(procedure)
    assert (u_max - u_min) * (v_max - v_min) == pytest.approx(0.8 * 200**2, rel=2e-3)
    assert "field-area-disagrees" in codes(placed(procedure))


def test_lost_kerma_area_product_is_told_and_the_kerma_is_not_scaled() -> None:
    """As in two Clarity reports: products of fluoroscopy below their part of the total."""

    def halved(item: Item) -> Item:
        return replace(item, value=f"{float(str(item.value)) / 2:.10g}")

    procedure = report_of("philips_allura", FLUORO, CINE, edits=[change("122130", halved, event=0)])
    assert "kerma-total-differs" not in codes(procedure)
    assert "nothing is scaled" in told(procedure, "kerma-area-total-differs").message
    assert [e.reference_air_kerma_gy for e in procedure.events] == pytest.approx(
        [0.01] * 2, rel=1e-3
    )
    found = {check["check"]: check["status"] for check in check_document(procedure)["checks"]}
    assert (found["kerma-total"], found["kerma-area-total"]) == ("ok", "doubtful")


def test_aluminium_stands_beside_the_copper() -> None:
    (event,) = report_of("philips_allura", replace(CINE, filters=(("Cu", 0.4),))).events
    expected = (Filter(material="Al", thickness_mm=1.0), Filter(material="Cu", thickness_mm=0.4))
    assert event.filters == expected
    (bare,) = report_of("philips_allura_xper", replace(CINE, filters=())).events
    assert bare.filters == ()


def test_a_mass_of_zero_is_not_known() -> None:
    procedure = report_of("philips_allura", patient=SimulatedPatient(mass_kg=0.0))
    assert procedure.patient.mass_kg is None
    assert procedure.patient.provenance["mass_kg"] is Provenance.INVALID
    told(procedure, "patient-value-implausible")
    weighed = report_of("philips_allura", patient=SimulatedPatient(mass_kg=86.2))
    assert weighed.patient.mass_kg == 86.2


def test_the_secondary_angle_has_the_sign_of_the_standard() -> None:
    (beam,) = beams(placed(report_of("philips_allura", replace(CINE, secondary_angle_deg=25.0))))
    assert beam.secondary_angle_deg == 25


# --- two planes ---------------------------------------------------------------------------------

FRONTAL = SimulatedEvent(
    acquisition_plane="A", source_to_isocenter_mm=810.0, event_type="stationary"
)
LATERAL = SimulatedEvent(
    acquisition_plane="B",
    source_to_isocenter_mm=765.0,
    event_type="stationary",
    primary_angle_deg=40.0,  # so far to the side that the flat back of these tests still sees it
    reference_air_kerma_gy=0.004,
)


def biplane(*events: SimulatedEvent) -> Procedure:
    timed = (replace(event, started_s=5.0 * number) for number, event in enumerate(events))
    return report_of("philips_allura", *timed)


def test_two_planes_that_alternate_are_two_beams_that_add_up() -> None:
    both = biplane(FRONTAL, LATERAL, FRONTAL, LATERAL)
    assert [event.acquisition_plane for event in both.events] == ["A", "B", "A", "B"]
    distances = [beam.source_to_isocenter_mm for beam in beams(placed(both))]
    assert distances == [810, 765, 810, 765]
    assert both.totals.reference_air_kerma_gy == pytest.approx(0.028, rel=1e-3)
    assert "kerma-total-differs" not in codes(both)
    maps = [dose_gy(bare_estimate(biplane(*part))) for part in ((FRONTAL,) * 2, (LATERAL,) * 2)]
    assert dose_gy(bare_estimate(both)) == pytest.approx(sum(maps), rel=1e-5)


def second_plane_without_dose(root: Item) -> Item:
    """Add the accumulated data of a plane B that took no part, as a biplane room writes it."""

    def lateral(item: Item) -> Item:
        if item.concept.value == "113764":
            return replace(item, value=dcm("113621"))
        if item.concept.value == "002":
            return replace(item, value="765")
        return replace(item, value="0") if item.value_type == "NUM" else item

    children = list(root.children)
    place = next(at for at, child in enumerate(children) if child.concept.value == "113702")
    children.insert(place + 1, children[place].altered(lateral))
    return replace(root, children=tuple(children))


def test_a_plane_without_events_does_not_disturb_the_other() -> None:
    procedure = report_of(
        "philips_allura",
        FRONTAL,
        replace(FRONTAL, started_s=9.0),
        edits=[second_plane_without_dose, omit("113748")],
    )
    # The events state no distance to the isocentre here; 765 mm is that of the other plane.
    assert [event.source_to_isocenter_mm for event in procedure.events] == [810, 810]
    assert procedure.totals.reference_air_kerma_gy == pytest.approx(0.02, rel=1e-3)
    assert codes(procedure) == set()
