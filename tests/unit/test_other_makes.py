"""Makes whose geometry is known in part or not at all: synthetic reports in their hands."""

from dataclasses import replace
from io import BytesIO

import pytest

from dosemap.equipment import Profile, load_families, match_family
from dosemap.placement import BeamPlacement, PlacementOverrides, place_procedure
from dosemap.procedure import Procedure, Provenance
from dosemap.rdsr import read_rdsr
from dosemap.simulate import SimulatedDevice, SimulatedEvent, SimulatedProcedure, write_rdsr
from dosemap.simulate.styles import STYLES, CanonAlphenix, GeInnova
from simulated_reports import (
    AT_PEAK,
    HEAD_END_TO_BEAM_MM,
    KERMA_GY,
    bare_estimate,
    peak_gy,
    peak_point_mm,
    problem_codes,
)

CANON = SimulatedDevice(manufacturer="CANON_MEC", model="DFP-8000D")
GE = SimulatedDevice(manufacturer="GE MEDICAL SYSTEMS", model="Innova IGS 5")
AZURION = SimulatedDevice(manufacturer="Philips", model="Azurion")
VERADIUS = SimulatedDevice(manufacturer="Philips Medical Systems", model="Veradius Unity")
PHENO = SimulatedDevice(manufacturer="Siemens Healthineers", model="ARTIS pheno")
NOBODYS = SimulatedDevice(manufacturer="ACME", model="C1")

BEAM = SimulatedEvent(
    source_to_isocenter_mm=700.0,
    table_longitudinal_mm=30.0,
    table_lateral_mm=HEAD_END_TO_BEAM_MM,
    table_height_mm=150.0,
)
TABLE_MM = (30.0, 150.0, HEAD_END_TO_BEAM_MM)
"""Where the table of that beam stands, in isocenter space."""
SKIN_MM = 590.0
"""Focal spot to the back of a supine patient: the table top lies 150 mm below the isocentre, and
the pad is 40 mm thick: 700 - (150 - 40)."""


def report(style: str, device: SimulatedDevice, *events: SimulatedEvent) -> Procedure:
    file = BytesIO()
    procedure = SimulatedProcedure(uid_seed="test", events=events or (BEAM,), device=device)
    write_rdsr(procedure, file, style=style)
    return read_rdsr(file.getvalue(), name="report.dcm")


def matched(procedure: Procedure) -> Profile:
    family = match_family(procedure.device)
    assert isinstance(family, Profile)
    return family


def placed_with(procedure: Procedure, profile: Profile, **overrides: object) -> BeamPlacement:
    placed = place_procedure(
        procedure,
        profile,
        overrides=PlacementOverrides(**overrides),  # type: ignore[arg-type]
    )
    (beam,) = placed.placements
    assert isinstance(beam, BeamPlacement), placed.reason
    return beam


@pytest.mark.parametrize(
    ("style", "device", "words"),
    [
        (
            "canon_alphenix",
            CANON,
            ("the zeros of", "table_longitudinal_position_mm", "table_lateral_position_mm"),
        ),
        (
            "ge_innova",
            GE,
            (
                "the zeros of",
                "table_longitudinal_position_mm",
                "table_lateral_position_mm",
                "table_height_position_mm",
            ),
        ),
        (
            "philips_azurion",
            AZURION,
            (
                "which way Azurion's table_lateral_position_mm",
                "which way and from where Azurion's table_longitudinal_position_mm",
            ),
        ),
        ("dicom", PHENO, ("the zeros of", "and table_lateral_position_mm are the maker's")),
        ("philips_veradius", VERADIUS, ("Veradius", "no beam angles", "no tube voltage")),
        ("dicom", NOBODYS, ("no equipment profile fits this system (ACME C1)",)),
    ],
)
def test_totals_and_what_is_missing_for_this_make(
    style: str, device: SimulatedDevice, words: tuple[str, ...]
) -> None:
    result = bare_estimate(report(style, device))
    assert result.skin_dose_gy is None
    assert result.reason is not None
    for phrase in words:
        assert phrase in result.reason
    # The air kerma is all there, and counted as not mapped; Philips rounds it to 2.3 uGy.
    kerma_gy = pytest.approx(KERMA_GY, abs=1.2e-6)
    assert result.document["totals"]["reference_air_kerma_gy"] == kerma_gy
    assert result.air_kerma_not_mapped_gy == kerma_gy


CANON_STYLE, GE_STYLE = STYLES["canon_alphenix"], STYLES["ge_innova"]
assert isinstance(CANON_STYLE, CanonAlphenix)
assert isinstance(GE_STYLE, GeInnova)
CANON_OFFSET_MM = (-CANON_STYLE.longitudinal_zero_mm, 0.0, -CANON_STYLE.lateral_zero_mm)
GE_OFFSET_MM = (0.0, 0.0, -GE_STYLE.longitudinal_zero_mm)


@pytest.mark.parametrize(
    ("style", "device", "offset_mm"),
    [
        ("canon_alphenix", CANON, CANON_OFFSET_MM),
        ("ge_innova", GE, GE_OFFSET_MM),
        ("dicom", PHENO, (0.0, 0.0, 0.0)),
    ],
)
def test_with_the_zeros_stated_the_beam_falls_where_it_was(
    style: str, device: SimulatedDevice, offset_mm: tuple[float, float, float]
) -> None:
    procedure = report(style, device)
    beam = placed_with(procedure, matched(procedure), table_offset_mm=offset_mm)
    assert beam.table_origin_in_isocenter_mm == TABLE_MM
    assert beam.provenance["table_origin_in_isocenter_mm"] is Provenance.USER
    result = bare_estimate(procedure, overrides=PlacementOverrides(table_offset_mm=offset_mm))
    # The reference point is 150 mm from the isocentre, towards the source.
    assert peak_gy(result) == pytest.approx(KERMA_GY * (550 / SKIN_MM) ** 2, rel=AT_PEAK)
    x, _, z = peak_point_mm(result)
    # The table, and the patient with it, stands 30 mm to the left: the beam is right of centre.
    assert x == pytest.approx(-30, abs=1)
    assert result.surface is not None
    high_mm = result.surface.vertices_mm[:, 2].max()
    assert high_mm - z == pytest.approx(HEAD_END_TO_BEAM_MM, abs=1)


def test_zeros_stated_follow_a_table_that_moves() -> None:
    procedure = report("canon_alphenix", CANON, BEAM, replace(BEAM, table_lateral_mm=500.0))
    placed = place_procedure(
        procedure, matched(procedure), overrides=PlacementOverrides(table_offset_mm=CANON_OFFSET_MM)
    )
    z = [
        beam.table_origin_in_isocenter_mm[2]
        for beam in placed.placements
        if isinstance(beam, BeamPlacement)
    ]
    assert z == [HEAD_END_TO_BEAM_MM, 500.0]


def test_canon_field_area_counts_at_the_detector_and_not_its_sides() -> None:
    event = replace(BEAM, reference_air_kerma_gy=10e-6)  # too coarse for KAP/K
    procedure = report("canon_alphenix", CANON, event)
    beam = placed_with(procedure, matched(procedure), table_offset_mm=CANON_OFFSET_MM)
    u_min, u_max, _, _ = beam.field_at_1m_mm
    # 200 mm x 200 mm in the detector plane at 1050 mm; height and width say 442 mm.
    assert u_max - u_min == pytest.approx(200 / 1.05)


def test_canon_rotation_runs_by_its_numbers() -> None:
    spin = replace(
        BEAM,
        event_type="rotational",
        primary_angle_deg=90.0,
        primary_end_angle_deg=-120.0,
        secondary_end_angle_deg=0.0,
    )
    procedure = report("canon_alphenix", CANON, spin)
    # The report has none: the exposure time over the pulse width, 600 ms over 8 ms.
    assert procedure.events[0].number_of_pulses == 75
    assert procedure.events[0].provenance["number_of_pulses"] is Provenance.DERIVED
    assert procedure.events[0].patient_position == "HFS"  # the modifier stands as a sibling
    beam = placed_with(procedure, matched(procedure), table_offset_mm=CANON_OFFSET_MM)
    assert beam.end is not None
    assert (beam.primary_angle_deg, beam.end.primary_angle_deg) == (90, -120)


def test_azurion_height_filters_and_field() -> None:
    procedure = report("philips_azurion", AZURION)
    (event,) = procedure.events
    assert event.filters is not None
    assert ("Cu", 0.3) in [(strip.material, strip.thickness_mm) for strip in event.filters]
    profile = matched(procedure)
    beam = placed_with(procedure, profile, table_origin_in_isocenter_mm=TABLE_MM)
    assert beam.table_origin_in_isocenter_mm == TABLE_MM
    u_min, u_max, _, _ = beam.field_at_1m_mm
    # From KAP over kerma alone; as openings, the insets of this open field would be 0.
    assert u_max - u_min == pytest.approx(200 / 1.05, rel=1e-3)
    # A site that has found out how its table counts says so; the height is known already.
    known = Profile.named("philips_allura").table_z
    axes = replace(profile, table_x=known, table_z=known)
    y = placed_with(procedure, axes).table_origin_in_isocenter_mm[1]
    assert y == pytest.approx(150)


@pytest.mark.parametrize("offset_mm", [None, (0.0, 0.0, 0.0)])
def test_the_generic_profile_asked_for_by_name(
    offset_mm: tuple[float, float, float] | None,
) -> None:
    result = bare_estimate(
        report("dicom", NOBODYS),
        equipment="generic",
        overrides=PlacementOverrides(table_offset_mm=offset_mm),
    )
    assert "profile-caution" in problem_codes(result)
    if offset_mm is None:
        assert "table_offset_mm" in (result.reason or "")
    else:
        assert peak_gy(result) == pytest.approx(KERMA_GY * (550 / SKIN_MM) ** 2, rel=AT_PEAK)


def test_no_other_profile_is_told_like_the_generic_one() -> None:
    cautioned = [f.name for f in load_families() if isinstance(f, Profile) and f.caution]
    assert cautioned == ["generic"]


def test_a_family_without_geometry_asked_for_by_name_gives_its_totals_and_reason() -> None:
    result = bare_estimate(report("dicom", NOBODYS), equipment="ziehm")
    assert result.reason is not None
    assert "mobile C-arm does not know" in result.reason
    assert result.document["equipment"]["profile"] == "ziehm"


def test_who_knows_all_that_a_mobile_c_arm_does_not_gets_a_map() -> None:
    known = PlacementOverrides(
        table_origin_in_isocenter_mm=TABLE_MM,
        primary_angle_deg=0.0,
        secondary_angle_deg=0.0,
        source_to_isocenter_mm=700.0,
        kvp=70.0,
        patient_position="HFS",
    )
    procedure = report("philips_veradius", VERADIUS)
    assert bare_estimate(procedure, overrides=known).skin_dose_gy is None  # no profile
    result = bare_estimate(procedure, equipment="generic", overrides=known)
    # 30 cm in front of the detector at 1050 mm: 750 mm. The stated 740 mm is within rounding of it
    # and counts.
    assert peak_gy(result) == pytest.approx(KERMA_GY * (740 / SKIN_MM) ** 2, rel=AT_PEAK)


def test_a_make_of_which_nothing_is_known_with_a_full_report() -> None:
    shimadzu = SimulatedDevice(manufacturer="SHIMADZU", model="Trinias")
    reason = bare_estimate(report("dicom", shimadzu)).reason
    assert reason is not None
    assert "no report of this make is known" in reason
    assert "write a profile" in reason


def test_what_an_unmatched_report_needs_is_the_same_as_before() -> None:
    procedure = report("philips_veradius", NOBODYS)
    reason = bare_estimate(procedure).reason
    assert reason is not None
    assert "no table position, no beam angles, no distance from source to isocentre" in reason
