"""Philips Veradius, a mobile C-arm, from the written report on."""

from make_reports import GEOMETRY, MOBILE_SHOT, codes, findings, report_of

from dosemap.procedure import Filter, Provenance


def test_veradius_has_no_geometry_and_no_voltage() -> None:
    procedure = report_of("philips_veradius", MOBILE_SHOT)
    (event,) = procedure.events
    for field in (*GEOMETRY, "kvp", "tube_current_ma", "patient_position"):
        assert event.provenance[field] is Provenance.MISSING
    # 3 mm aluminium and copper, with minima only.
    expected = (Filter(material="Al", thickness_mm=3.0), Filter(material="Cu", thickness_mm=0.3))
    assert event.filters == expected
    # Two digits: 6.9e+02 and 1.0e+03. 30 cm in front of the detector is 10 mm from that.
    assert event.source_to_reference_point_mm == 690
    assert findings(procedure)["reference-point"]["status"] == "ok"
    assert codes(procedure) == set()
