"""Every key of a risk stands in docs/risk.md with its type, and every key there occurs."""

from datetime import date
from pathlib import Path

import pytest

from dosemap.risk import Risk, risk_of
from json_pages import described_keys, is_of, leaves

PAGE = (Path(__file__).parents[2] / "docs" / "risk.md").read_text(encoding="utf-8")
TABLE = described_keys(PAGE.split("## Keys")[1])
DAY = date(2026, 1, 5)
RISKS = [
    risk_of(
        16.0,
        region="left hip",
        started=DAY,
        sessions=[(DAY, 6.0), (date(2026, 5, 1), 9.0)],
        problems=[{"code": "procedure-without-time", "message": "procedure 2 states no time"}],
    ),
    risk_of(1.0, is_lower_bound=True, at_most_gy=4.0, why="part of it is not mapped"),
    risk_of(None, why="no map"),
]


@pytest.mark.parametrize("risk", RISKS)
def test_every_key_is_described_with_its_type(risk: Risk) -> None:
    for path, value in leaves(risk.to_dict()):
        assert path in TABLE, path
        assert is_of(value, TABLE[path]), (path, value)


def test_every_described_key_occurs() -> None:
    found = {path for risk in RISKS for path, _ in leaves(risk.to_dict())}
    assert set(TABLE) == found


def test_the_bands_of_the_page_are_those_of_the_data() -> None:
    for line in ("| A1 | 0-2 |", "| A2 | 2-5 |", "| B | 5-10 |", "| C | 10-15 |", "| D | > 15 |"):
        assert line in PAGE
