"""The examples of docs/equipment.md are valid profiles."""

import re
from pathlib import Path

from dosemap.equipment import shipped_texts
from dosemap.profile_toml import parse_profile

DOCS = Path(__file__).parents[2] / "docs" / "equipment.md"


def test_examples_parse() -> None:
    examples = re.findall(r"```toml\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    assert examples
    for example in examples:
        profile = parse_profile(example, "docs/equipment.md", shipped_texts())
        assert profile.support.pad.thickness_mm == 70
        assert profile.source_to_isocenter is not None
