"""Profiles: matching, strictness, extension, and what the shipped ones claim."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from dosemap.equipment import (
    NotKnown,
    Profile,
    TotalsOnly,
    load_families,
    load_profiles,
    match_family,
    match_profile,
    shipped_texts,
)
from dosemap.errors import ProfileError
from dosemap.procedure import Device
from dosemap.profile_toml import parse_profile

ARTIS = shipped_texts()["siemens_artis"]


# Models as real reports have them, by ../shared/reference/rdsr.md and the reports themselves; the
# rest are the makers' product names.
@pytest.mark.parametrize(
    ("manufacturer", "model", "expected"),
    [
        ("Siemens", "AXIOM-Artis", "siemens_artis"),
        ("SIEMENS", "Artis zee", "siemens_artis"),
        ("Siemens Healthineers", "Artis Q", "siemens_artis"),
        ("Siemens Healthineers", "Artis one", "siemens_artis"),
        ("Siemens Healthineers", "ARTIS pheno", "siemens_artis_pheno"),
        ("Siemens Healthineers", "ARTIS icono", "siemens_artis_pheno"),
        ("SIEMENS", "Fluorospot Compact FD", "siemens_luminos"),
        ("SIEMENS", "AXIOM Luminos", "siemens_luminos"),
        ("Siemens", "Luminos dRF Max", "siemens_luminos"),
        ("SIEMENS", "ARCADIS", "siemens_cios"),
        ("SIEMENS", "ARCADIS Varic", "siemens_cios"),
        ("Siemens Healthineers", "Cios Alpha", "siemens_cios"),
        ("Philips", "Allura Clarity", "philips_allura"),
        ("Philips Medical Systems", "Allura Xper", "philips_allura"),
        (None, "Allura Xper", "philips_allura"),
        ("Philips", "Azurion", "philips_azurion"),
        (None, "Azurion 7 M20", "philips_azurion"),
        ("Philips Medical Systems", "Veradius Unity", "philips_veradius"),
        ("Philips", "Zenition 70", "philips_veradius"),
        ("GE MEDICAL SYSTEMS", "Innova 3100", "ge_innova"),
        ("GE Healthcare", "Discovery IGS 740", "ge_innova"),
        ("GE Healthcare", "Allia IGS 7", "ge_innova"),
        ("GE Healthcare Surgery", "ESP 21 cm FPD Super-C", "ge_surgery"),
        ("GE Hualun Medical Systems", "OEC Elite MiniView", "ge_surgery"),
        ("GE OEC Medical Systems", "OEC 9900 Elite", "ge_surgery"),
        ("CANON_MEC", "DFP-8000D", "canon_alphenix"),
        ("TOSHIBA_MEC", "INFX-8000V", "canon_alphenix"),
        ("CANON_MEC", "Alphenix Sky", "canon_alphenix"),
        ("CANON_MEC", "Platinum43", "canon_ultimax"),
        ("CANON_MEC", "Ultimax-i", "canon_ultimax"),
        ("SHIMADZU", "Trinias", "shimadzu"),
        ("Ziehm Imaging GmbH", "Ziehm Vision RFD", "ziehm"),
        ("EUROCOLUMBUS", "Fly4", "eurocolumbus"),
        ("Hologic, Inc.", "Fluoroscan InSight FD", "hologic_mini"),
        ("OrthoScan", "FD Pulse", "hologic_mini"),
        ("Hologic, Inc.", "Selenia Dimensions", None),
        ("Siemens", "SOMATOM Force", None),
        ("Philips", "DigitalDiagnost", None),
        ("GE MEDICAL SYSTEMS", "Revolution CT", None),
        ("Agerer", "Innova", None),
        ("FakeCorp", "AXIOM-Artis", None),
        (None, None, None),
    ],
)
def test_each_system_fits_one_family_at_most(
    manufacturer: str | None, model: str | None, expected: str | None
) -> None:
    device = Device(manufacturer=manufacturer, model=model)
    fitting = [family.name for family in load_families() if match_family(device, [family])]
    assert fitting == ([expected] if expected else [])
    found = match_family(device)
    assert (found.name if found else None) == expected
    assert match_profile(device) is (found if isinstance(found, Profile) else None)


TOTALS_ONLY = {
    "canon_ultimax",
    "eurocolumbus",
    "ge_surgery",
    "hologic_mini",
    "philips_veradius",
    "shimadzu",
    "siemens_cios",
    "siemens_luminos",
    "ziehm",
}


def test_families_without_geometry_have_no_profile_but_a_reason() -> None:
    assert {family.name for family in load_families()} - {
        profile.name for profile in load_profiles()
    } == TOTALS_ONLY
    for name in TOTALS_ONLY:
        (family,) = (family for family in load_families() if family.name == name)
        assert isinstance(family, TotalsOnly)
        assert len(family.reason) > 20
        # Checked are those of which a report is at hand (test_real_reports.py has them).
        at_hand = name in {"siemens_luminos", "philips_veradius", "ge_surgery"}
        assert family.claim.validated is at_hand
        with pytest.raises(ProfileError, match=re.escape(family.reason)):
            Profile.named(name)


def test_the_generic_profile_is_used_only_when_asked_for() -> None:
    generic = Profile.named("generic")
    assert generic.match == ()
    assert generic.caution is not None
    # What extends it speaks of a make and does not inherit its caution.
    assert Profile.named("canon_alphenix").caution is None


def site(text: str) -> Profile:
    return parse_profile(text, "site.toml", shipped_texts())


SITE = """
extends = "siemens_artis"
name = "lab_2"
title = "Lab 2"
[[match]]
manufacturer = "siemens"
model = "artis"
station_name = "^LAB2$"
"""


def test_the_more_specific_rule_wins() -> None:
    profiles = (*load_profiles(), site(SITE))
    lab_2 = Device(manufacturer="Siemens", model="AXIOM-Artis", station_name="lab2")
    lab_3 = Device(manufacturer="Siemens", model="AXIOM-Artis", station_name="LAB3")
    for device, name in ((lab_2, "lab_2"), (lab_3, "siemens_artis")):
        found = match_profile(device, profiles)
        assert found is not None
        assert found.name == name


def test_of_equally_specific_ones_the_last_wins() -> None:
    twin = site(SITE.replace('station_name = "^LAB2$"', ""))
    device = Device(manufacturer="Siemens", model="AXIOM-Artis")
    assert match_profile(device, (*load_profiles(), twin)) is twin


def test_a_site_s_profile_comes_before_more_specific_shipped_ones() -> None:
    rule = '[[match]]\nserial_number = "^123$"\n'
    lab_2 = site(SITE.partition("[[match]]")[0] + rule)
    of_site = Device(manufacturer="Siemens", model="AXIOM-Artis", serial_number="123")
    assert match_profile(of_site, site=(lab_2,)) is lab_2
    other = match_profile(replace(of_site, serial_number="1234"), site=(lab_2,))
    assert other is not None
    assert other.name == "siemens_artis"


PAD = '[support.pad]\nthickness_mm = 70\nevidence = "documentation"\nbasis = "ruler"\n'


def test_a_site_file_overrides_what_it_names_and_keeps_the_rest() -> None:
    (base,) = (profile for profile in load_profiles() if profile.name == "siemens_artis")
    profile = site(SITE + PAD + "validated = true\n")
    assert profile.support.pad.thickness_mm == 70
    assert profile.support.layers == base.support.layers
    assert profile.table_z == base.table_z


def test_a_new_value_never_inherits_the_evidence_of_the_old_one() -> None:
    with pytest.raises(ProfileError, match=r"\[support\] \[pad\]: the key evidence is missing"):
        site(SITE + "[support.pad]\nthickness_mm = 70\n")


def test_a_site_file_extends_what_extends_another_and_settles_what_it_left_open() -> None:
    axis = (
        'item = "table_longitudinal_position_mm"\nsign = -1\nzero_mm = 950\n'
        'evidence = "documentation"\nbasis = "ruler"\nvalidated = true\n'
    )
    text = 'extends = "philips_azurion"\nname = "lab"\ntitle = "Lab"\n[table.z]\n' + axis
    profile = site(text)
    assert isinstance(profile.table_x, NotKnown)  # as shipped
    assert not isinstance(profile.table_z, NotKnown)
    assert (profile.table_z.sign, profile.table_z.zero_mm) == (-1, 950)
    assert profile.tube == Profile.named("generic").tube


def test_a_profile_to_place_with_has_a_geometry() -> None:
    with pytest.raises(ProfileError, match=r'site\.toml: .*extends = "generic".*\[table\.x\]'):
        site('extends = "ziehm"\nname = "c_arm"\n')
    with pytest.raises(ProfileError, match=r"site\.toml: .*no \[no_geometry\].*\[table\.x\]"):
        site(shipped_texts()["ziehm"])


@pytest.mark.parametrize("name", ["", 'name = "siemens_artis"\n'])
def test_what_extends_a_profile_has_a_name_of_its_own(name: str) -> None:
    with pytest.raises(ProfileError, match=r"site\.toml: the key name is missing: .* of its own"):
        site('extends = "siemens_artis"\n' + name)


def test_a_rule_without_a_pattern_is_refused_without_python_s_words() -> None:
    with pytest.raises(ProfileError, match="at least one of manufacturer") as caught:
        site(SITE.partition("[[match]]")[0] + "[[match]]\n")
    assert "None" not in str(caught.value)


def test_from_file_and_its_errors(tmp_path: Path) -> None:
    path = tmp_path / "my.toml"
    path.write_text(SITE, encoding="utf-8")
    assert Profile.from_file(path).name == "lab_2"
    path.write_text("name = [", encoding="utf-8")
    with pytest.raises(ProfileError, match=r"my\.toml is not valid TOML"):
        Profile.from_file(path)
    with pytest.raises(ProfileError, match="cannot be read"):
        Profile.from_file(tmp_path / "none.toml")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("primary_sign = 1", "primary_sign = 2", "primary_sign = 2 must be 1 or -1"),
        ("primary_sign = 1", "primary_sign = true", "must be 1 or -1"),
        ('space = "patient"', 'space = "room"', "space = 'room' must be one of isocenter, patient"),
        ("anode_angle_deg = 12", "anode_angle_deg = 90", "must be between 8 and 16"),
        ("anode_angle_deg = 12", 'anode_angle_deg = "12"', "must be a number"),
        # The slip itself, before what it leaves missing.
        (
            "anode_angle_deg = 12",
            "anode_angel_deg = 12",
            "unknown key anode_angel_deg; known",
        ),
        ("anode_angle_deg = 12\n", "", "the key anode_angle_deg is missing"),
        ("[angles]", "[angels]", "unknown key angels; known are name"),
        ("[table.x]", "[table.w]", r"\[table\]: unknown key w"),
        ("thickness_mm = 40", "thickness_cm = 4", r"\[pad\]: unknown key thickness_cm"),
        ('inherent_filter = [{ material = "Al"', 'inherent_filter = [{ metal = "Al"', "key metal"),
        ('manufacturer = "', 'maker = "', "unknown key maker; known are manufacturer"),
        ('kind = "kap_over_kerma"', 'sort = "kap_over_kerma"', "unknown key sort"),
        ("[tube]", "[tube]\ncolour = 1", "unknown key colour"),
        ("[angles]", "[x]\n[angles]", "unknown key x"),
        ('item = "table_height_position_mm"', 'item = "table_hight"', "item = 'table_hight'"),
        ("[table.x]", '[table.x]\nzero = "known"', "zero = 'known' must be one of not known"),
        ("zero_mm = 0", 'zero = "not known"\nzero_mm = 3', "unknown key zero_mm"),
        ("zero_mm = 0", "", r"\[x\]: zero_mm must be given .* or zero_item, or zero"),
        ('material = "Al"', 'material = "aluminum"', "material = 'aluminum' must be one of Al, Cu"),
        ("[table.x]", '[table.x]\nnot_known = "sign"', "unknown key item, sign"),
        ("lateral_mm = [-225, 225]", "lateral_mm = [225, -225]", r"\[smaller, larger\]"),
        ('plane = "detector"', 'plane = "floor"', "distance from the focal spot"),
        ('model = "^', 'model = "(^', "a regular expression"),
        ('name = "siemens_artis"', "name = 3", "name = 3 must be a text"),
        ('evidence = "assumed"', 'evidence = "hearsay"', "must be one of assumed"),
        ("validated = false", 'validated = "no"', "must be true or false"),
    ],
)
def test_a_wrong_profile_names_file_key_and_value(old: str, new: str, words: str) -> None:
    assert old in ARTIS
    with pytest.raises(ProfileError, match=words) as caught:
        parse_profile(ARTIS.replace(old, new, 1), "site.toml", {})
    assert str(caught.value).startswith("site.toml")


def test_every_shipped_claim_says_what_it_rests_on() -> None:
    for profile in load_profiles():
        claims = dict(profile.claims())
        assert {"table_x", "table_y", "table_z", "angles", "tube", "field[0]"} <= set(claims)
        for place, claim in claims.items():
            assert len(claim.basis) > 3, (profile.name, place)
            assert not (claim.evidence == "assumed" and claim.validated), (profile.name, place)
