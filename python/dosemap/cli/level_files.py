"""Alert levels of a site: the option and the environment variable that name their files."""

import os
from collections.abc import Sequence
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
        help="Your own alert levels (TOML, see docs/alerts.md): they replace, switch off or add to"
        f" the shipped ones. Repeat it for several. The environment variable {LEVELS_VARIABLE}"
        " names a file, or a folder of them, that comes first.",
        rich_help_panel="Output",
    ),
]


def levels_of(files: Sequence[Path], *, include_inactive: bool = False) -> tuple[Level, ...]:
    """Return the levels that apply with those of the environment and of the option.

    Raises
    ------
    LevelError
        A file is missing or wrong.
    """
    return load_levels(*_of_the_environment(), *files, include_inactive=include_inactive)


def _of_the_environment() -> list[Path]:
    named = os.environ.get(LEVELS_VARIABLE)
    if not named:
        return []
    path = Path(named)
    if not path.is_dir():
        return [path]
    paths = sorted(path.glob("*.toml"))
    if not paths:
        raise LevelError(f"{LEVELS_VARIABLE}: the folder {path} holds no levels (*.toml)")
    return paths
