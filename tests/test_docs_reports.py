"""``docs/reports.md``: every test that it names exists, and every row names one."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "reports.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in PAGE.splitlines()
    if line.startswith("|") and not line.startswith(("|---", "| real reports |", "| rule |"))
]
NAMES = sorted(set(re.findall(r"`(\w+)\.(\w+)`", " ".join(row[-1] for row in ROWS))))
SOURCES = {
    path.stem: path
    for path in (*ROOT.glob("tests/**/test_*.py"), *ROOT.glob("rust/dosemap-rdsr/tests/*.rs"))
}


@pytest.mark.parametrize(("module", "function"), NAMES)
def test_a_test_that_is_named_exists(module: str, function: str) -> None:
    assert module in SOURCES, f"there is no {module}"
    definition = (
        rf"^fn {function}\(" if SOURCES[module].suffix == ".rs" else rf"^def test_{function}\("
    )
    assert re.search(definition, SOURCES[module].read_text(encoding="utf-8"), re.MULTILINE)


def test_every_row_names_a_test() -> None:
    assert len(ROWS) > 90
    assert [row[0] for row in ROWS if len(row) != 3 or "`" not in row[2]] == [
        row[0] for row in ROWS if row[2] == "lead"
    ]
