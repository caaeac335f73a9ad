"""Alert levels: those of the package, and of a site, which replace, add or switch off."""

from dataclasses import replace
from functools import cache
from importlib.resources import files
from os import PathLike
from pathlib import Path

from dosemap.alerts.level import Level
from dosemap.alerts.level_toml import LevelFile, read_level_file
from dosemap.errors import LevelError


def load_levels(
    *site_files: str | PathLike[str], include_inactive: bool = False
) -> tuple[Level, ...]:
    """Return the levels that apply: the shipped ones, changed by a site's files in their order.

    Parameters
    ----------
    site_files
        TOML files (``docs/alerts.md``): a level with the id of an earlier one takes its place, one
        with a new id is added; ``off`` and ``on`` name levels to switch.
    include_inactive
        Also those that are switched off.

    Raises
    ------
    LevelError
        A file cannot be read or is wrong; the text names file, key and value.

    Examples
    --------
    >>> [level.first for level in load_levels() if level.id == "srdl-peak-skin-dose"]
    [3.0]
    """
    levels = {level.id: level for level in _shipped()}
    for name in site_files:
        _change(levels, _site_file(Path(name)))
    return tuple(level for level in levels.values() if include_inactive or level.active)


@cache
def _shipped() -> tuple[Level, ...]:
    folder = files("dosemap") / "data" / "alerts"
    found = sorted(folder.iterdir(), key=lambda entry: entry.name)
    return tuple(
        level
        for entry in found
        if entry.name.endswith(".toml")
        for level in read_level_file(entry.read_text(encoding="utf-8"), entry.name).levels
    )


def _site_file(path: Path) -> LevelFile:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise LevelError(f"{path.name}: the alert levels cannot be read: {error}") from error
    return read_level_file(text, path.name, is_site=True)


def _change(levels: dict[str, Level], site: LevelFile) -> None:
    """Let one file of a site replace, add and switch."""
    levels |= {level.id: level for level in site.levels}
    for key, ids in (("off", site.off), ("on", site.on)):
        for level_id in ids:
            if level_id not in levels:
                raise LevelError(
                    f"{site.name}: {key} = {level_id!r} is the id of no level; known are"
                    f" {', '.join(levels)}"
                )
            levels[level_id] = replace(levels[level_id], active=key == "on")
