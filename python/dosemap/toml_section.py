"""One table of a TOML data file, taken key by key and checked."""

from collections.abc import Collection
from typing import Any, ClassVar, Self

from dosemap.errors import DosemapError


class TomlSection:
    """One table of a file; every key must be taken, and each take checks type and range.

    Parameters
    ----------
    where
        File and table, for messages.
    content
        What the file has there.
    """

    error: ClassVar[type[DosemapError]] = DosemapError
    """Raised for what is wrong in the file."""

    def __init__(self, where: str, content: object) -> None:
        self._where = where
        if not isinstance(content, dict):
            raise self.error(f"{where} must be a table")
        self._left = dict(content)

    def fail(self, key: str, value: object, must: str) -> DosemapError:
        """Return the error that a value has to be something else."""
        return self.error(f"{self._where}: {key} = {value!r} must be {must}")

    def lacks(self, key: str, must: str) -> DosemapError:
        """Return the error that a key is missing beside others."""
        return self.error(f"{self._where}: {key} must be {must}")

    def only(self, *keys: str) -> None:
        """Refuse keys that have no meaning here, before what a slip in one leaves missing."""
        unknown = sorted(set(self._left) - set(keys))
        if unknown:
            raise self.error(
                f"{self._where}: unknown key {', '.join(unknown)}; known are {', '.join(keys)}"
            )

    def take(self, key: str, default: object = ...) -> Any:  # noqa: ANN401
        """Take a value of any type; without a default the key has to be there."""
        if key not in self._left and default is ...:
            left = f"; there are {', '.join(sorted(self._left))}" if self._left else ""
            raise self.error(f"{self._where}: the key {key} is missing{left}")
        return self._left.pop(key, default)

    def text(self, key: str, default: Any = ...) -> Any:  # noqa: ANN401
        """Take a text that is not blank."""
        value = self.take(key, default)
        if value is not default and (not isinstance(value, str) or not value.strip()):
            raise self.fail(key, value, "a text")
        return value

    def choice(self, key: str, choices: Collection[str], default: object = ...) -> Any:  # noqa: ANN401
        """Take one of some texts."""
        value = self.take(key, default)
        if value is not default and value not in choices:
            raise self.fail(key, value, f"one of {', '.join(sorted(choices))}")
        return value

    def number(self, key: str, low: float, high: float, default: object = ...) -> Any:  # noqa: ANN401
        """Take a number within limits."""
        value = self.take(key, default)
        if value is not default:
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise self.fail(key, value, "a number")
            if not low <= value <= high:
                raise self.fail(key, value, f"between {low:g} and {high:g}")
        return value

    def flag(self, key: str, default: object = ...) -> Any:  # noqa: ANN401
        """Take true or false."""
        value = self.take(key, default)
        if value is not default and not isinstance(value, bool):
            raise self.fail(key, value, "true or false")
        return value

    def texts(self, key: str, default: object = ...) -> Any:  # noqa: ANN401
        """Take texts, at least one."""
        value = self.take(key, default)
        if value is default:
            return value
        if not isinstance(value, list) or not value or not all(isinstance(v, str) for v in value):
            raise self.fail(key, value, "a list of texts")
        return tuple(value)

    def interval(self, key: str) -> tuple[float, float]:
        """Take a smaller and a larger number."""
        value = self.take(key)
        numeric = isinstance(value, list) and all(type(v) in (int, float) for v in value)
        if not numeric or len(value) != 2 or not value[0] < value[1]:
            raise self.fail(key, value, "[smaller, larger] in mm")
        return float(value[0]), float(value[1])

    def section(self, key: str) -> Self:
        """Take a table."""
        return type(self)(f"{self._where} [{key}]", self.take(key))

    def has(self, key: str) -> bool:
        """Return whether a key is there and not taken."""
        return key in self._left

    def optional(self, key: str) -> Self | None:
        """Take a table if it is there."""
        return self.section(key) if self.has(key) else None

    def take_empty(self, key: str) -> bool:
        """Take an empty list; whether there was one."""
        is_empty = self._left.get(key) == []
        if is_empty:
            self.take(key)
        return is_empty

    def sections(self, key: str) -> list[Self]:
        """Take an array of tables, at least one."""
        value = self.take(key)
        if not isinstance(value, list) or not value:
            raise self.fail(key, value, f"at least one [[{key}]] table")
        return [type(self)(f"{self._where} [[{key}]] {n}", part) for n, part in enumerate(value, 1)]

    def close(self) -> None:
        """Refuse what is left."""
        if self._left:
            raise self.error(f"{self._where}: unknown key {', '.join(sorted(self._left))}")
