"""Eurocolumbus Fly4, a mobile C-arm, from the written report on."""

from dataclasses import replace

import pytest
from make_reports import MOBILE_SHOT, codes, findings, report_of, told

from dosemap.equipment import Profile
from dosemap.placement import NotPlaceable, PlacementOverrides, place_procedure
from dosemap.procedure import Filter, Provenance
from dosemap.simulate.content import Item
from dosemap.simulate.edits import change
from dosemap.totals import totals_entry


def test_eurocolumbus_lists_one_value_per_pulse_with_zeros() -> None:
    (event,) = report_of("eurocolumbus", MOBILE_SHOT).events
    assert event.kvp == pytest.approx(72.5)  # of the pulses that have a voltage
    assert event.tube_current_ma == pytest.approx(100)
    assert {event.provenance[name] for name in ("kvp", "tube_current_ma")} == {Provenance.DERIVED}
    assert event.number_of_pulses == 120


def test_eurocolumbus_says_183_degrees_and_nobody_turns_the_beam_by_that() -> None:
    procedure = report_of("eurocolumbus", MOBILE_SHOT)
    found = findings(procedure)["secondary-angle"]
    assert found["status"] == "doubtful"
    assert "183 deg" in found["message"]
    known = PlacementOverrides(
        source_to_isocenter_mm=700.0,
        source_to_reference_point_mm=530.0,
        table_origin_in_isocenter_mm=(0.0, 150.0, 400.0),
        secondary_angle_deg=0.0,
    )
    placed = place_procedure(procedure, Profile.named("generic"), overrides=known)
    (entry,) = placed.placements
    assert isinstance(entry, NotPlaceable)
    assert entry.field == "secondary_angle_deg"
    assert "the secondary angle of the positioner, 183 degrees, is beyond" in entry.message


def test_eurocolumbus_writes_materials_under_another_scheme() -> None:
    procedure = report_of("eurocolumbus", MOBILE_SHOT)
    assert procedure.events[0].filters == (Filter(material="Al", thickness_mm=1.0),)
    assert "C-120F9" in told(procedure, "scheme-unexpected").message


def test_eurocolumbus_states_half_a_position() -> None:
    procedure = report_of("eurocolumbus", replace(MOBILE_SHOT, patient_position="FFP"))
    (event,) = procedure.events
    assert event.patient_position == "HFP"  # prone is stated, the end of the table is not
    assert event.provenance["patient_position"] is Provenance.ASSUMED
    assert told(procedure, "patient-position-incomplete").events == (0,)


def test_eurocolumbus_defines_the_reference_point_twice_alike() -> None:
    procedure = report_of("eurocolumbus", MOBILE_SHOT)
    assert procedure.events[0].reference_point_definition == "530 mm from focus"
    assert "reference-point-repeated" not in codes(procedure)


def test_two_definitions_that_differ_place_no_reference_point() -> None:
    once: list[int] = []

    def second_differs(item: Item) -> Item:
        once.append(1)
        return replace(item, value="600 mm from focus") if len(once) == 2 else item

    differing = change("113780", second_differs, event=0)
    procedure = report_of("eurocolumbus", MOBILE_SHOT, edits=[differing])
    both = "530 mm from focus; 600 mm from focus"
    assert procedure.events[0].reference_point_definition == both
    found = findings(procedure)["reference-point"]
    assert found["status"] == "doubtful"
    assert both in found["message"]


def test_eurocolumbus_field_is_the_same_whatever_the_collimator_does() -> None:
    procedure = report_of("eurocolumbus", replace(MOBILE_SHOT, reference_air_kerma_gy=0.05))
    found = findings(procedure)["field-area-by-collimated-field-area"]
    # It has no distance to the detector, so nothing is made of the 0.09 m2.
    assert found["status"] == "not possible"
    assert procedure.events[0].collimated_field_area_m2 == 0.09


def test_eurocolumbus_books_fluoroscopy_as_acquisition() -> None:
    procedure = report_of("eurocolumbus", MOBILE_SHOT)
    totals = totals_entry(procedure)
    kerma_gy = MOBILE_SHOT.reference_air_kerma_gy
    assert totals["fluoroscopy"]["events"] == 1
    assert totals["fluoroscopy"]["reference_air_kerma_gy"] == 0
    assert totals["acquisition"]["events"] == 0
    assert totals["acquisition"]["reference_air_kerma_gy"] == pytest.approx(kerma_gy)
    assert totals["acquisition"]["reference_air_kerma_from"] == "report"
    assert (
        "fluoroscopy 0.0015 Gy in the events, 0 Gy"
        in told(procedure, "kerma-of-kinds-differs").message
    )
    for check in ("fluoroscopy-kerma-total", "acquisition-kerma-total"):
        assert findings(procedure)[check]["status"] == "doubtful"
    assert findings(procedure)["kerma-total"]["status"] == "ok"
