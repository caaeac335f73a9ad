"""Equipment profiles of a site: the option and the environment variable that name them."""

import os
from pathlib import Path
from typing import Annotated

import typer

from dosemap.equipment import Profile
from dosemap.errors import ProfileError

SITE_VARIABLE = "DOSEMAP_EQUIPMENT"

EquipmentOption = Annotated[
    Path | None,
    typer.Option(
        help="Your own equipment profile (TOML, see docs/equipment.md) or the name of a shipped"
        f" one, used whatever its match rules say. The environment variable {SITE_VARIABLE} names"
        " a file, or a folder of them, that are used for the systems their rules match.",
        rich_help_panel="What the report lacks",
    ),
]


def site_profiles() -> tuple[Profile, ...]:
    """Return the profiles that the environment variable names; none where it is not set.

    Raises
    ------
    ProfileError
        There is no such file, the folder holds no profile, or one of them is wrong.
    """
    named = os.environ.get(SITE_VARIABLE)
    if not named:
        return ()
    path = Path(named)
    paths = sorted(path.glob("*.toml")) if path.is_dir() else [path]
    if not paths:
        raise ProfileError(f"{SITE_VARIABLE}: the folder {path} holds no profile (*.toml)")
    return tuple(Profile.from_file(file) for file in paths)
