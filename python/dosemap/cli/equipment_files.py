"""Equipment profiles of a site: the option and the environment variable that name them."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from dosemap.equipment import Family, Profile, named_family
from dosemap.errors import ProfileError

SITE_VARIABLE = "DOSEMAP_EQUIPMENT"

EquipmentOption = Annotated[
    Path | None,
    typer.Option(
        help="Your own equipment profile (TOML, see docs/equipment.md), or the name of one of"
        " yours or a shipped one, used whatever its match rules say. The environment variable"
        f" {SITE_VARIABLE} names a file, or a folder of them, that are used for the systems their"
        " rules match.",
        rich_help_panel="What the report lacks",
    ),
]


def asked_for(named: Path | None, site: Sequence[Profile]) -> Family | None:
    """Return the family that the option names: one of the site, a shipped one, or a file's.

    Raises
    ------
    ProfileError
        It is none of these.
    """
    return None if named is None else named_family(named, site=site)


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
