"""Profiles: matching, strictness, extension, and what the shipped ones claim."""

from pathlib import Path

import pytest

from dosemap.equipment import Profile, load_profiles, match_profile, shipped_texts
from dosemap.errors import ProfileError
from dosemap.procedure import Device
from dosemap.profile_toml import parse_profile

ARTIS = shipped_texts()["siemens_artis"]


@pytest.mark.parametrize(
    ("manufacturer", "model", "expected"),
    [
        ("Siemens", "AXIOM-Artis", "siemens_artis"),
        ("SIEMENS", "Artis zee", "siemens_artis"),
        ("Siemens Healthineers", "Artis Q", "siemens_artis"),
        ("Philips", "Allura Clarity", "philips_allura"),
        ("Philips Medical Systems", "Allura Xper", "philips_allura"),
        (None, "Allura Xper", "philips_allura"),
        ("SIEMENS", "ARCADIS", None),
        ("SIEMENS", "Fluorospot Compact FD", None),
        ("Siemens", "ARTIS pheno", None),
        ("FakeCorp", "AXIOM-Artis", None),
        ("Philips", "Azurion", None),
        ("Philips Medical Systems", "Veradius Unity", None),
        (None, None, None),
    ],
)
def test_match(manufacturer: str | None, model: str | None, expected: str | None) -> None:
    profile = match_profile(Device(manufacturer=manufacturer, model=model))
    assert (profile.name if profile else None) == expected


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
    profiles = (site(SITE), *load_profiles())
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
        ("anode_angle_deg = 12", "anode_angel_deg = 12", "the key anode_angle_deg is missing"),
        ("[tube]", "[tube]\ncolour = 1", "unknown key colour"),
        ("[angles]", "[x]\n[angles]", "unknown key x"),
        ('item = "table_height_position_mm"', 'item = "table_hight"', "item = 'table_hight'"),
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
