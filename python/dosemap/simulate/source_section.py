"""One table of a simulation's TOML, taken key by key and checked."""

from itertools import pairwise
from typing import get_args

from dosemap.errors import SimulationError
from dosemap.simulate.source import Evidence, Source
from dosemap.toml_section import TomlSection


class SourceSection(TomlSection):
    """One table of a preset or of the systems; what is wrong is a :class:`SimulationError`."""

    error = SimulationError

    def increasing(self, key: str, low: float, high: float) -> tuple[float, ...]:
        """Take numbers within limits, each larger than the one before."""
        value = self.take(key)
        numbers = value if isinstance(value, list) else []
        valid = all(type(v) in (int, float) and low <= v <= high for v in numbers)
        if not numbers or not valid or any(a >= b for a, b in pairwise(numbers)):
            raise self.fail(key, value, f"increasing numbers between {low:g} and {high:g}")
        return tuple(map(float, numbers))

    def tables(self, key: str) -> "list[tuple[str, SourceSection]]":
        """Take a table of tables, by name."""
        value = self.take(key)
        if not isinstance(value, dict) or not value:
            raise self.fail(key, value, f"tables [{key}.NAME]")
        return [(name, type(self)(f"{self._where} [{key}.{name}]", v)) for name, v in value.items()]

    def source(self) -> Source:
        """Take the two keys of a source and close the table."""
        source = Source(
            evidence=self.choice("evidence", get_args(Evidence)), basis=self.text("basis")
        )
        self.close()
        return source
