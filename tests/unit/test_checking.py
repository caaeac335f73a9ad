"""The check of a report: coverage, cross-checks, matching, what to supply; and its documents."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dosemap import Profile, read_rdsr
from dosemap.checking import check_document
from dosemap.equipment import load_families, load_profiles, shipped_texts
from dosemap.procedure import Device, Procedure, Totals
from dosemap.profile_document import list_document, profile_document
from dosemap.profile_toml import parse_profile
from dosemap.simulate import SimulatedEvent, SimulatedPatient
from dosemap.simulate.content import Item
from dosemap.simulate.edits import Edit, change, empty, omit
from json_pages import described_keys, is_of, leaves, name_of
from simulated_reports import KERMA_GY, RDSR, artis_bytes, artis_procedure

TWO = (SimulatedEvent(), SimulatedEvent(started_s=60.0))
PAGE = (Path(__file__).parents[2] / "docs" / "json_equipment.md").read_text(encoding="utf-8")
needs_real = pytest.mark.skipif(
    not RDSR.is_dir(), reason="the real reports of ../shared/data are not here"
)


def value(text: str) -> Any:
    """Return what puts another value in an item."""

    def alter(item: Item) -> Item:
        return replace(item, value=text)

    return alter


def checked(*edits: Edit, events: tuple[SimulatedEvent, ...] = TWO) -> dict[str, Any]:
    return check_document(artis_procedure(*events, edits=edits))


def unheard_of(procedure: Procedure) -> Procedure:
    return replace(procedure, device=Device(manufacturer="Siemens", model="Unheard-of"))


def row(document: dict[str, Any], field: str, rows: str = "report_fields") -> dict[str, Any]:
    (found,) = (entry for entry in document[rows] if entry["field"] == field)
    return dict(found)


def finding(document: dict[str, Any], check: str) -> dict[str, Any]:
    (found,) = (entry for entry in document["checks"] if entry["check"] == check)
    return dict(found)


# --- coverage


def test_coverage_counts_why_values_are_not_there() -> None:
    three = (*TWO, SimulatedEvent(started_s=120.0))
    edits = (empty("113733", event=0), change("113733", value("nan"), event=1))
    kvp = row(checked(*edits, events=three), "kvp")
    assert kvp["events_with_value"] == 1
    assert kvp["provenance"] == {"reported": 1, "empty": 1, "invalid": 1}
    assert row(checked(omit("113733", event=1)), "kvp")["provenance"] == {
        "reported": 1,
        "missing": 1,
    }


def test_coverage_has_limits_and_terms() -> None:
    events = (SimulatedEvent(kvp=70.0), SimulatedEvent(started_s=60.0, kvp=81.0))
    document = checked(events=events)
    kvp = row(document, "kvp")
    assert (kvp["minimum"], kvp["maximum"]) == (70.0, 81.0)
    assert row(document, "event_type")["texts"] == ["fluoroscopy"]


def test_beam_values_say_what_was_derived_and_assumed() -> None:
    document = checked(omit("113733", event=1))
    kvp = row(document, "kvp", "beam_values")
    assert kvp["provenance"] == {"reported": 1, "assumed": 1}
    distance = row(document, "source_to_reference_point_mm", "beam_values")
    assert distance["provenance"] == {"derived": 2}
    # 785 mm to the isocentre less the 150 mm of the definition.
    assert distance["minimum"] == 635.0


def test_nothing_that_identifies_or_is_typed_is_shown() -> None:
    patient = SimulatedPatient(name="SECRET^NAME", patient_id="SECRET-ID")
    procedure = read_rdsr(artis_bytes(*TWO, patient=patient), name="report.dcm")
    events = tuple(
        replace(event, protocol="SECRET", target_region="SECRET") for event in procedure.events
    )
    device = replace(procedure.device, serial_number="SECRET", station_name="SECRET")
    site = parse_profile(SITE, "site.toml", shipped_texts())
    text = json.dumps(check_document(replace(procedure, events=events, device=device), site=[site]))
    assert "SECRET" not in text
    for uid in (procedure.study_instance_uid, procedure.events[0].irradiation_event_uid):
        assert uid
        assert uid not in text
    assert not re.search(r"\d{4}-\d\d-\d\d", text)  # no date either


# --- cross-checks


def test_a_sound_report_has_nothing_doubtful() -> None:
    found = {entry["check"]: entry["status"] for entry in checked()["checks"]}
    assert "doubtful" not in found.values()
    for check in ("kerma-total", "kerma-area-total", "reference-point", "table-height"):
        assert found[check] == "ok"


DOUBTFUL: dict[str, tuple[Edit, list[int]]] = {
    "kerma-total": (change("113738", value("0.02"), event=1), []),
    "kerma-area-total": (change("122130", value("1e-3"), event=1), []),
    "kerma-and-product": (change("113738", value("0"), event=1), [1]),
    "reference-point": (omit("113780"), [0, 1]),
    "field-area-plausible": (change("122130", value("1e-9"), event=1), [1]),
    "source-to-isocenter": (change("113748", value("78.5"), event=1), [1]),
    "source-to-detector": (change("113750", value("120"), event=1), [1]),
    "order-of-distances": (change("113750", value("700"), event=1), [1]),
    "primary-angle": (change("112011", value("200"), event=1), [1]),
    "table-height": (change("113753", value("-150"), event=1), [1]),
    "table-across": (change("113751", value("1500"), event=1), [1]),
    "table-along": (change("113752", value("-900"), event=1), [1]),
    "tube-voltage": (change("113733", value("160"), event=1), [1]),
}


@pytest.mark.parametrize("check", DOUBTFUL)
def test_a_contradiction_is_doubtful_at_its_events(check: str) -> None:
    edit, events = DOUBTFUL[check]
    found = finding(checked(edit), check)
    assert found["status"] == "doubtful"
    assert found["events"] == events


def test_sums_are_told_with_their_numbers() -> None:
    numbers = finding(checked(), "kerma-total")["numbers"]
    assert numbers["sum_mgy"] == pytest.approx(2e3 * KERMA_GY)
    assert numbers["total_mgy"] == pytest.approx(2e3 * KERMA_GY)


def test_durations_beside_the_fluoroscopy_time() -> None:
    procedure = artis_procedure(*TWO)
    # Ten times too long, as one maker writes them: 50 s beside a total of 5 s.
    events = tuple(replace(event, irradiation_duration_s=25.0) for event in procedure.events)
    totals = replace(procedure.totals, fluoroscopy_time_s=5.0)
    document = check_document(replace(procedure, events=events, totals=totals))
    found = finding(document, "fluoroscopy-time-total")
    assert found["status"] == "doubtful"
    assert found["numbers"] == {"sum_s": 50.0, "total_s": 5.0}


@pytest.mark.parametrize(("factor", "status"), [(1.0, "ok"), (1.5, "doubtful")])
def test_the_collimated_area_beside_product_over_kerma(factor: float, status: str) -> None:
    procedure = artis_procedure()
    (event,) = procedure.events
    assert event.kerma_area_product_gy_m2
    assert event.reference_air_kerma_gy
    assert event.source_to_detector_mm
    # The Artis profile has the area at the detector: it grows with the square of the distance.
    area = event.kerma_area_product_gy_m2 / event.reference_air_kerma_gy
    area *= (event.source_to_detector_mm / 635.0) ** 2
    event = replace(event, collimated_field_area_m2=factor * area)
    document = check_document(replace(procedure, events=(event,)))
    found = finding(document, "field-area-by-collimated-field-area")
    assert found["status"] == status
    assert found["numbers"]["median"] == pytest.approx(factor)


def test_without_events_nothing_can_be_checked() -> None:
    procedure = artis_procedure()
    no_dose: dict[str, Any] = {"reference_air_kerma_gy": None, "kerma_area_product_gy_m2": None}
    for events in ((), tuple(replace(e, **no_dose) for e in procedure.events)):
        document = check_document(replace(procedure, events=events, totals=Totals()))
        assert document["map"]["available"] is False
        assert document["map"]["share_of_air_kerma_placed"] is None
        assert finding(document, "kerma-total")["status"] == "not possible"


# --- profile and what to supply


def test_a_matching_profile_is_explained() -> None:
    equipment = checked()["equipment"]
    assert equipment["profile"] == "siemens_artis"
    assert equipment["chosen_by"] == "match"
    assert "model 'AXIOM-Artis' fits /" in equipment["why"]
    assert equipment["candidates"][0]["profile"] == "siemens_artis"
    assert equipment["candidates"][0]["matches"]


def test_a_profile_that_does_not_match_is_explained_pattern_by_pattern() -> None:
    equipment = check_document(unheard_of(artis_procedure()))["equipment"]
    assert equipment["profile"] is None
    closest = equipment["candidates"][0]
    assert closest["profile"] == "siemens_artis"
    assert closest["patterns_that_fit"] == 1
    assert "manufacturer 'Siemens' fits /siemens/" in closest["why"]
    assert "model 'Unheard-of' does not fit" in closest["why"]


SITE = """
extends = "siemens_artis"
name = "lab_2"
title = "Lab 2"
[[match]]
manufacturer = "siemens"
model = "artis"
serial_number = "^SECRET$"
"""


def test_a_site_profile_takes_part_by_its_rules() -> None:
    site = parse_profile(SITE, "site.toml", shipped_texts())
    procedure = artis_procedure()
    other = replace(procedure, device=replace(procedure.device, serial_number="SECRET"))
    assert check_document(procedure, site=[site])["equipment"]["profile"] == "siemens_artis"
    assert check_document(other, site=[site])["equipment"]["profile"] == "lab_2"


def test_a_profile_of_the_user_is_used_and_said_not_to_match() -> None:
    allura: Profile = next(p for p in load_profiles() if p.name == "philips_allura")
    document = check_document(artis_procedure(), equipment=allura)
    assert document["equipment"]["profile"] == "philips_allura"
    assert document["equipment"]["chosen_by"] == "user"
    assert document["equipment"]["matches"] is False


def test_all_that_keeps_an_event_out_of_the_map_is_to_supply() -> None:
    document = checked(empty("113753", event=1), omit("112011", event=1))
    assert document["map"]["available"] is True
    assert document["map"]["events_placed"] == 1
    assert document["map"]["share_of_air_kerma_placed"] == pytest.approx(0.5)
    supply = {entry["field"]: entry["events"] for entry in document["map"]["supply"]}
    assert supply == {"primary_angle_deg": [1], "table_origin_in_isocenter_mm": [1]}


def test_without_a_profile_it_and_what_the_report_lacks_are_to_supply() -> None:
    procedure = artis_procedure(edits=[omit("113733"), omit("113748")])
    document = check_document(unheard_of(procedure))
    supply = {entry["field"]: entry["how"] for entry in document["map"]["supply"]}
    # The reference point counts from the isocentre.
    assert list(supply) == [
        "profile",
        "source_to_isocenter_mm",
        "source_to_reference_point_mm",
        "kvp",
    ]
    assert "--kvp" in supply["kvp"]


def test_an_event_without_dose_needs_nothing() -> None:
    edits = (change("113738", value("0"), event=1), empty("113753", event=1))
    assert checked(*edits)["map"]["supply"] == []


@needs_real
def test_real_reports_without_geometry_lack_what_is_written_of_them() -> None:
    def missing(stem: str) -> set[str]:
        document = check_document(read_rdsr(RDSR / f"{stem}.dcm"))
        assert document["map"]["available"] is False
        return {entry["field"] for entry in document["map"]["supply"]}

    # reference/rdsr.md: no kVp, angles, table, SOD; angles empty, no SOD, no table.
    assert missing("philips_veradius_mobile_no_kvp") >= {
        "kvp", "primary_angle_deg", "table_origin_in_isocenter_mm", "source_to_isocenter_mm",
    }  # fmt: skip
    assert missing("ge_surgery_super_c") >= {"primary_angle_deg", "table_origin_in_isocenter_mm"}
    angles = row(
        check_document(read_rdsr(RDSR / "ge_surgery_super_c.dcm")), "positioner_primary_angle_deg"
    )
    assert angles["provenance"] == {"empty": 8}


@needs_real
def test_real_reports_show_what_was_measured_on_them() -> None:
    def of(stem: str, check: str) -> dict[str, Any]:
        return finding(check_document(read_rdsr(RDSR / f"{stem}.dcm")), check)

    # reference/rdsr.md, sections 2 and 5: U104 and U601 lost products; the area of the two
    # systems is that at the detector (medians 1.00), the shutters of P1 are off (0.80).
    assert of("philips_allura_clarity_u104", "kerma-area-total")["status"] == "doubtful"
    assert of("philips_allura_clarity_u104", "kerma-total")["status"] == "ok"
    for stem in ("siemens_axiom_procedure", "ge_surgery_super_c"):
        area = of(stem, "field-area-by-collimated-field-area")
        assert area["numbers"]["median"] == pytest.approx(1.0, abs=0.005)
    shutters = of("philips_allura_clarity_single_event", "field-area-by-shutters")
    assert shutters["status"] == "doubtful"
    assert shutters["numbers"]["median"] == pytest.approx(0.80, abs=0.02)  # two digits there


# --- documents


def documents(kind: str) -> list[dict[str, Any]]:
    if kind == "list":
        return [list_document([(profile, "shipped") for profile in load_families()])]
    if kind == "show":
        return [profile_document(profile, "shipped") for profile in load_families()]
    whole = checked(empty("113753", event=1))
    return [whole, check_document(unheard_of(artis_procedure()))]


@pytest.mark.parametrize("kind", ["check", "list", "show"])
def test_every_key_is_described_and_every_described_key_occurs(kind: str) -> None:
    title = f"`dosemap equipment {kind}"
    (section,) = (part for part in PAGE.split("\n## ") if part.startswith(title))
    table = described_keys(section.split("\n| check | compares")[0])
    found = set()
    for document in documents(kind):
        for path, leaf in leaves(json.loads(json.dumps(document, allow_nan=False))):
            name = name_of(path, table)
            found.add(name)
            if name in table:
                assert is_of(leaf, table[name]), (path, leaf)
            else:
                assert isinstance(leaf, dict), f"{path} is not described"
                assert any(key.startswith(f"{path}.") for key in table), path
    assert set(table) <= found


def test_a_profile_is_shown_whole() -> None:
    for profile in load_profiles():
        document = profile_document(profile, "shipped")
        shown = [(entry["claim"], entry["basis"]) for entry in document["statements"]]
        assert sorted(shown) == sorted((place, claim.basis) for place, claim in profile.claims())
        pad = next(e for e in document["statements"] if e["claim"] == "support.pad")
        assert pad["values"] == {"thickness_mm": profile.support.pad.thickness_mm}
        assert document["claims_validated"] == sum(e["validated"] for e in document["statements"])


def test_the_list_says_what_a_family_gives() -> None:
    document = list_document([(family, "shipped") for family in load_families()])
    given = {entry["name"]: entry["gives"] for entry in document["profiles"]}
    assert given["siemens_artis"] == "map"
    assert given["ziehm"] == "totals"
    for family in load_profiles():
        # A map without further ado is only promised where all three zeros are known.
        zeros = [
            getattr(axis, "zero_item", None) or getattr(axis, "zero_mm", None) is not None
            for axis in (family.table_x, family.table_y, family.table_z)
        ]
        assert (given[family.name] == "map") == all(zeros)


def test_a_family_without_geometry_is_named_and_its_report_still_checked() -> None:
    procedure = artis_procedure()
    document = check_document(
        replace(procedure, device=Device(manufacturer="Ziehm Imaging", model="Vision"))
    )
    assert document["equipment"]["profile"] == "ziehm"
    assert document["equipment"]["gives"] == "totals"
    assert document["map"]["available"] is False
    assert "mobile C-arm" in document["map"]["reason"]
    assert document["map"]["supply"][0]["field"] == "profile"
    assert finding(document, "kerma-total")["status"] == "ok"
