"""Alert levels of a site: the option and the environment variable that name their files."""

import os
from pathlib import Path
from typing import Annotated

import typer

from dosemap.alerts import Level, load_levels
from dosemap.errors import LevelError

LEVELS_VARIABLE = "DOSEMAP_LEVELS"

LevelsOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--levels",
        metavar="FILE",
        help="Your own alert levels (TOML, see docs/alerts.md): they replace shipped ones by id,"
        " switch them off, or add to them. Repeat it for several. The environment variable"
        f" {LEVELS_VARIABLE} names a file, or a folder of them, that are read before.",
        rich_help_panel="Output",
    ),
]


def chosen_levels(named: list[Path] | None, *, include_inactive: bool = False) -> tuple[Level, ...]:
    """Return the levels that apply: shipped, of the environment variable, of the option.

    Parameters
    ----------
    named
        Files of the option.
    include_inactive
        Also those that are switched off.

    Raises
    ------
    LevelError
        There is no such file, the folder holds none, or one of them is wrong.
    """
    return load_levels(*_of_variable(), *(named or ()), include_inactive=include_inactive)


def _of_variable() -> list[Path]:
    name = os.environ.get(LEVELS_VARIABLE)
    if not name:
        return []
    path = Path(name)
    paths = sorted(path.glob("*.toml")) if path.is_dir() else [path]
    if not paths:
        raise LevelError(f"{LEVELS_VARIABLE}: the folder {path} holds no alert levels (*.toml)")
    return paths
