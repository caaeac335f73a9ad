"""Reads a file of alert levels, strictly: unknown keys and impossible values are errors."""

import re
import tomllib
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, get_args

from dosemap.alerts.level import QUANTITIES, SCOPES, Level, Statistic, Verified
from dosemap.errors import LevelError
from dosemap.toml_section import TomlSection

_FACTORS = {
    "Gy": {"Gy": "1", "mGy": "0.001"},
    "Gy m2": {"Gy m2": "1", "Gy cm2": "0.0001", "mGy cm2": "0.0000001"},
    "s": {"s": "1", "min": "60"},
}
"""Units that a file can state, each with the factor to the document's unit."""
_LEAST, _MOST = 1e-6, 1e7
_MOST_STEPS_TO_FIRST = 1000
"""A step that is finer than that is a slip of the unit."""
_LONGEST_WINDOW_DAYS = 36525
_ID = re.compile(r"[a-z0-9][a-z0-9._-]*")
_DATE = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")


class LevelSection(TomlSection):
    """One table of a file of levels; what is wrong in it is a :class:`LevelError`."""

    error = LevelError

    def matching(self, key: str, pattern: re.Pattern[str], must: str, default: Any = ...) -> Any:  # noqa: ANN401
        """Take a text of a form."""
        value = self.text(key, default)
        if value is not default and not pattern.fullmatch(value):
            raise self.fail(key, value, must)
        return value

    def days(self, key: str) -> int:
        """Take a number of whole days."""
        value = self.number(key, 1, _LONGEST_WINDOW_DAYS)
        if not isinstance(value, int):
            raise self.fail(key, value, "a whole number of days")
        return value


@dataclass(frozen=True, kw_only=True)
class LevelFile:
    """What one file says."""

    name: str
    levels: tuple[Level, ...]
    off: tuple[str, ...]
    on: tuple[str, ...]


def read_level_file(text: str, name: str, *, is_site: bool = False) -> LevelFile:
    """Return the levels of a file.

    Parameters
    ----------
    text
        TOML. ``source``, ``date``, ``verified`` and ``evidence`` at the top hold for every level
        that does not state its own.
    name
        Of the file, for messages.
    is_site
        It is a site's: it can switch levels off and on, and its numbers are the site's own unless
        it says otherwise.

    Raises
    ------
    LevelError
        The file is wrong; the text names file, key and value.
    """
    try:
        root = LevelSection(name, tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise LevelError(f"{name}: not TOML: {error}") from error
    common = _source(root, {"verified": "site"} if is_site else {}, required=False)
    off = root.texts("off", ()) if is_site else ()
    on = root.texts("on", ()) if is_site else ()
    for level_id in off:
        if level_id in on:
            raise root.fail("on", level_id, "either switched on or off")
    sections = root.sections("level") if root.has("level") or not (off or on) else []
    root.close()
    levels: dict[str, Level] = {}
    for section in sections:
        level = _level(section, common, origin=name if is_site else "dosemap")
        if level.id in levels:
            raise section.fail("id", level.id, "unique in the file")
        levels[level.id] = level
    return LevelFile(name=name, levels=tuple(levels.values()), off=off, on=on)


def _source(section: LevelSection, default: dict[str, Any], *, required: bool) -> dict[str, Any]:
    """Take where numbers come from, as far as it is not said for the whole file."""
    lacking = ... if required else None

    def otherwise(key: str) -> object:
        return default.get(key) or lacking

    return {
        "source": section.text("source", otherwise("source")),
        "date": section.matching(
            "date", _DATE, 'a date: "2026", "2026-03" or "2026-03-31"', otherwise("date")
        ),
        "verified": section.choice("verified", get_args(Verified), otherwise("verified")),
        "evidence": section.text("evidence", default.get("evidence")),
    }


def _level(section: LevelSection, common: dict[str, Any], *, origin: str) -> Level:
    quantity = section.choice("quantity", QUANTITIES)
    scope = section.choice("scope", SCOPES)
    factors = _FACTORS[QUANTITIES[quantity]]
    factor = Decimal(factors[section.choice("unit", factors)])
    first = section.number("first", _LEAST, _MOST)
    is_group = scope == "group"
    # A group has one typical value, and no steps above it.
    has_step = not is_group and section.has("step")
    step = section.number("step", first / _MOST_STEPS_TO_FIRST, _MOST) if has_step else None
    level = Level(
        id=section.matching("id", _ID, "of small letters, digits, '-', '_' and '.'"),
        name=section.text("name"),
        quantity=quantity,
        scope=scope,
        # Not as binary numbers: 0.1 * 3 would lie above 0.3.
        first=float(Decimal(str(first)) * factor),
        step=None if step is None else float(Decimal(str(step)) * factor),
        window_days=section.days("window_days") if scope == "window" else None,
        procedure_types=section.texts("procedure_types", ()),
        statistic=section.choice("statistic", get_args(Statistic)) if is_group else None,
        active=section.flag("active", default=True),
        wording=section.text("wording"),
        origin=origin,
        **_source(section, common, required=True),
    )
    section.close()
    return level
