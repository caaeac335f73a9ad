"""GE Super-C and OEC MiniView, mobile C-arms, from the written report on."""

from dataclasses import replace

import pytest
from make_reports import GEOMETRY, MOBILE_SHOT, codes, findings, report_of

from dosemap.checking import check_document
from dosemap.procedure import Filter, Procedure, Provenance


def coverage(procedure: Procedure) -> dict[str, dict[str, int]]:
    """Return the provenance counts of each field, as ``equipment check`` shows them."""
    return {row["field"]: row["provenance"] for row in check_document(procedure)["report_fields"]}


def test_super_c_angles_are_there_but_empty() -> None:
    procedure = report_of("ge_surgery", MOBILE_SHOT, replace(MOBILE_SHOT, started_s=9.0))
    for axis in ("primary", "secondary"):
        for end in ("", "end_"):
            assert coverage(procedure)[f"positioner_{axis}_{end}angle_deg"] == {"empty": 2}
    assert coverage(procedure)["table_height_position_mm"] == {"missing": 2}
    assert codes(procedure) == set()


def test_super_c_units_of_a_misnamed_scheme_and_the_thicker_of_two_limits() -> None:
    (event,) = report_of("ge_surgery", replace(MOBILE_SHOT, pulse_rate_per_s=8.0)).events
    assert event.reference_air_kerma_gy == pytest.approx(0.0015)
    assert event.collimated_field_area_m2 == pytest.approx(0.04)
    assert event.filters == (Filter(material="Al", thickness_mm=7.2),)
    assert event.patient_position == "HFS"
    assert event.exposure_time_ms == 960
    assert event.irradiation_duration_s == 15  # 120 pulses, 8 per second


def test_super_c_area_is_that_at_the_detector() -> None:
    procedure = report_of("ge_surgery", MOBILE_SHOT)
    found = findings(procedure)["field-area-by-collimated-field-area"]
    assert found["status"] == "ok"
    # As at the detector the ratio is 1; as at the reference point it would be 2.0.
    assert found["numbers"]["median"] == pytest.approx(1.0, abs=1e-3)


def test_miniview_is_known_without_a_template_identifier() -> None:
    procedure = report_of("ge_miniview", MOBILE_SHOT)
    (event,) = procedure.events
    for field in (*GEOMETRY, "filters", "source_to_detector_mm", "patient_position"):
        assert event.provenance[field] is Provenance.MISSING
    assert event.reference_point_definition == "15 cm from image surface"
    assert event.provenance["reference_point_definition"] is Provenance.FREE_TEXT
    assert event.started is not None
    assert check_document(procedure)["equipment"]["profile"] == "ge_surgery"
