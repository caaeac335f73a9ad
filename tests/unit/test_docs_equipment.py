"""The examples of docs/equipment.md are valid profiles."""

import re
from pathlib import Path

from dosemap.equipment import Profile, load_families, shipped_texts
from dosemap.profile_toml import parse_profile
from dosemap.support_fit import fitted_support

DOCS = Path(__file__).parents[2] / "docs" / "equipment.md"


def test_examples_parse() -> None:
    examples = re.findall(r"```toml\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    assert len(examples) == 2  # the second one goes on where the first one ends
    profile = parse_profile("\n".join(examples), "docs/equipment.md", shipped_texts())
    assert profile.support.pad.thickness_mm == 70
    assert profile.source_to_isocenter is not None
    assert profile.calibration is not None
    _, fit = fitted_support(profile)
    assert fit is not None
    assert fit.problems() == []


def test_the_table_of_families_is_complete() -> None:
    rows = re.findall(r"^\| `(\w+)` \| .* \| (map|totals)", DOCS.read_text("utf-8"), re.MULTILINE)
    assert {
        (family.name, "map" if isinstance(family, Profile) else "totals")
        for family in load_families()
    } - {
        ("philips_azurion", "map")  # a profile, but without the axes that a map needs
    } | {("philips_azurion", "totals")} == set(rows)
