"""Enhanced X-Ray Radiation Dose SR (88.76): totals per source and events; no map, and why."""

import math
from dataclasses import replace
from io import BytesIO

import pytest

from dosemap import Surface, estimate, estimate_interval
from dosemap.checking import check_document
from dosemap.errors import ReadError
from dosemap.placement import place_procedure
from dosemap.procedure import Procedure, Provenance
from dosemap.rdsr import read_rdsr
from dosemap.simulate import SimulatedEvent, SimulatedProcedure, rdsr_dataset, save_dataset
from dosemap.simulate.content import Item, code, dcm
from dosemap.simulate.edits import Edit, change, duplicate, omit
from dosemap.totals import totals_entry

FLUOROSCOPY = SimulatedEvent(acquisition_plane="A", reference_air_kerma_gy=0.25)
BIPLANE = (
    FLUOROSCOPY,
    SimulatedEvent(acquisition_plane="B", event_type="stationary", reference_air_kerma_gy=0.5),
    SimulatedEvent(
        acquisition_plane="A", event_type="rotational", started_s=60.0, reference_air_kerma_gy=1.0
    ),
)


def enhanced(*events: SimulatedEvent, edits: tuple[Edit, ...] = ()) -> Procedure:
    simulated = SimulatedProcedure(uid_seed="enhanced", events=events)
    file = BytesIO()
    save_dataset(rdsr_dataset(simulated, style="enhanced_xray", edits=edits), file)
    return read_rdsr(file.getvalue(), name="enhanced.dcm")


def named(names: dict[str, str]) -> Edit:
    """Return an edit that gives the sources other names."""

    def rename(item: Item) -> Item:
        assert isinstance(item.value, str)
        return replace(item, value=names[item.value])

    return change("113832", rename)


def reported(*values: tuple[str, str]) -> Edit:
    """Return an edit that states other procedures, by code value and meaning."""

    def restate(root: Item) -> Item:
        kept = [item for item in root.children if item.concept.value != "121058"]
        stated = [
            code(dcm("121058"), dcm("113704")._replace(value=value, scheme="SCT", meaning=meaning))
            for value, meaning in values
        ]
        return replace(root, children=(*stated, *kept))

    return restate


def test_events_and_totals_are_read() -> None:
    read = enhanced(*BIPLANE)
    assert read.report_kind == "enhanced"
    assert [event.reference_air_kerma_gy for event in read.events] == [0.25, 0.5, 1.0]
    assert [event.event_type for event in read.events] == [
        "fluoroscopy",
        "stationary",
        "rotational",
    ]
    assert [event.acquisition_plane for event in read.events] == ["A", "B", "A"]
    assert read.events[0].provenance["acquisition_plane"] is Provenance.FREE_TEXT
    assert all(event.irradiation_event_uid for event in read.events)
    # Start to end; 75 pulses at 7.5 per second.
    assert read.events[2].irradiation_duration_s == pytest.approx(10.0)
    assert read.events[2].provenance["irradiation_duration_s"] is Provenance.DERIVED
    # From the totals of their source: 785 mm to the isocentre less 150 mm.
    assert read.events[0].reference_point_definition == "113860"
    assert read.events[0].source_to_reference_point_mm == 635.0


def test_both_sources_are_not_counted_again() -> None:
    read = enhanced(*BIPLANE)
    totals, simulated = read.totals, SimulatedProcedure(uid_seed="", events=BIPLANE)
    assert totals.reference_air_kerma_gy == pytest.approx(1.75)
    assert totals.kerma_area_product_gy_m2 == pytest.approx(simulated.dose_area_product_gy_m2)
    assert totals.fluoroscopy.reference_air_kerma_gy == pytest.approx(0.25)
    assert totals.fluoroscopy_time_s == pytest.approx(simulated.fluoroscopy_time_s)
    assert totals.acquisition.time_s == pytest.approx(20.0)
    planes = {plane["plane"]: plane for plane in totals_entry(read)["planes"]}
    assert list(planes) == ["A", "B", "all"]
    assert planes["A"]["reference_air_kerma_gy"] == pytest.approx(1.25)
    assert planes["all"]["reference_air_kerma_gy"] is None
    assert not any(problem.code.startswith("kerma-") for problem in read.problems)
    statuses = {e["check"]: e["status"] for e in check_document(read)["checks"]}
    for check in ("kerma-total", "fluoroscopy-kerma-total", "kerma-of-planes", "kerma-of-kinds"):
        assert statuses[check] == "ok"


@pytest.mark.parametrize(
    ("names", "planes"),
    [
        ({"A": "Plane A", "B": "Plane B", "A and B": "Both planes"}, ["A", "B", "all"]),
        (
            {"A": "frontal", "B": "lateral", "A and B": "frontal/lateral"},
            ["source 1", "source 2", "all"],
        ),
        ({"A": "1", "B": "2", "A and B": "1 and 2"}, ["source 1", "source 2", "all"]),
        # Nothing in the name tells that the third is both; its kerma-area product does.
        ({"A": "frontal", "B": "lateral", "A and B": "Summe"}, ["source 1", "source 2", "all"]),
    ],
)  # fmt: skip
def test_sources_by_other_names_are_told_apart(names: dict[str, str], planes: list[str]) -> None:
    read = enhanced(*BIPLANE, edits=(named(names),))
    assert [plane.plane for plane in read.totals.planes] == planes
    assert [event.acquisition_plane for event in read.events] == [planes[0], planes[1], planes[0]]
    expected = SimulatedProcedure(uid_seed="", events=BIPLANE).dose_area_product_gy_m2
    assert read.totals.kerma_area_product_gy_m2 == pytest.approx(expected)


def test_only_the_entry_for_both_sources_is_left() -> None:
    """The products of single sources are missing: those of both together tell."""

    def of_both_only(root: Item) -> Item:
        def kept(item: Item) -> bool:
            source = next((c.value for c in item.children if c.concept.value == "113832"), None)
            return item.concept.value != "130500" or source == "A and B"

        return replace(root, children=tuple(item for item in root.children if kept(item)))

    read = enhanced(*BIPLANE, edits=(of_both_only,))
    expected = SimulatedProcedure(uid_seed="", events=BIPLANE).dose_area_product_gy_m2
    assert read.totals.kerma_area_product_gy_m2 == pytest.approx(expected)
    assert read.totals.reference_air_kerma_gy is None


def test_two_reference_points_are_not_added() -> None:
    other = change("113725", lambda item: replace(item, value="9.9"))
    twice = (duplicate("130502"),)
    assert enhanced(FLUOROSCOPY, edits=twice).totals.reference_air_kerma_gy == 0.25

    def second_differs(root: Item) -> Item:
        source = next(item for item in root.children if item.concept.value == "130500")
        *parts, last = source.children
        changed = replace(source, children=(*parts, other(last)))
        return replace(
            root, children=tuple(changed if item is source else item for item in root.children)
        )

    read = enhanced(FLUOROSCOPY, edits=(*twice, second_differs))
    assert read.totals.reference_air_kerma_gy == 0.25
    assert "item-repeated" in {problem.code for problem in read.problems}


def test_there_is_no_map_and_the_reason_names_the_kind() -> None:
    result = estimate(enhanced(*BIPLANE), surface=Surface.plane(width_mm=300, length_mm=300))
    assert result.document["procedure"]["report_kind"] == "enhanced"
    assert result.reason is not None
    assert "Enhanced X-Ray Radiation Dose SR" in result.reason
    assert "TID 10043" in result.reason
    assert result.air_kerma_not_mapped_gy == pytest.approx(1.75)
    assert check_document(enhanced(*BIPLANE))["report_kind"] == "enhanced"


def test_an_interval_from_what_is_known() -> None:
    interval = estimate_interval(enhanced(FLUOROSCOPY))
    assert interval.low_gy is not None
    assert interval.high_gy is not None
    assert 0 < interval.low_gy < 0.25 < interval.high_gy < math.inf
    (distance,) = (b for b in interval.bounds() if b["quantity"] == "source_to_reference_point_mm")
    assert (distance["low"], distance["high"]) == (635.0, 635.0)


def test_totals_without_events() -> None:
    read = enhanced(*BIPLANE, edits=(omit("130501"),))
    assert read.report_kind == "enhanced"
    assert read.events == ()
    assert read.totals.reference_air_kerma_gy == pytest.approx(1.75)
    assert "totals-only" in {problem.code for problem in read.problems}
    assert "Enhanced X-Ray Radiation Dose SR" in str(place_procedure(read, None).reason)


def test_a_report_with_neither_is_refused() -> None:
    with pytest.raises(ReadError, match="no irradiation event and no totals"):
        enhanced(FLUOROSCOPY, edits=(omit("130501"), omit("130500")))


@pytest.mark.parametrize(
    ("value", "system"),
    [("77477000", "CT scanner"), ("717193008", "cone-beam CT"), ("71651007", "mammography")],
)
def test_reports_of_other_systems_are_refused_by_name(value: str, system: str) -> None:
    with pytest.raises(ReadError, match=system) as caught:
        enhanced(FLUOROSCOPY, edits=(reported((value, "?")),))
    assert str(caught.value).count(". ") == 0  # one sentence


def test_a_cone_beam_scan_in_an_angiography_suite_is_no_other_system() -> None:
    suite = reported(("44491008", "Fluoroscopy"), ("717193008", "Cone beam computed tomography"))
    assert len(enhanced(*BIPLANE, edits=(suite,)).events) == 3


def test_an_event_that_ends_before_it_starts_has_no_duration() -> None:
    early = change("111527", lambda item: replace(item, value="20200101000000"))
    (event,) = enhanced(FLUOROSCOPY, edits=(early,)).events
    assert event.irradiation_duration_s is None


def test_names_of_sources_are_not_repeated() -> None:
    names = {"A": "Nomen Nescio", "B": "Nomen Secundus", "A and B": "x"}
    read = enhanced(*BIPLANE, edits=(named(names),))
    said = repr(read) + str(totals_entry(read)) + str(check_document(read))
    assert "Nomen" not in said
