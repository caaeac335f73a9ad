"""``dosemap equipment list`` and ``show``: what the profiles say and what that rests on."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from dosemap.cli.console import Output, messages, print_error
from dosemap.cli.data_output import print_data
from dosemap.cli.equipment_files import site_profiles
from dosemap.equipment import Family, Profile, load_families
from dosemap.errors import DosemapError, ProfileError
from dosemap.profile_document import Origin, list_document, profile_document

JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


def list_profiles(*, as_json: JsonOption = False) -> None:
    """List the equipment profiles: shipped ones, and those that DOSEMAP_EQUIPMENT names."""
    try:
        document = list_document(_known())
    except DosemapError as error:
        print_error(messages(), str(error))
        raise typer.Exit(2) from error
    if as_json:
        print_data(json.dumps(document, indent=2, ensure_ascii=False))
        return
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("profile", no_wrap=True)
    table.add_column("systems", overflow="fold")
    table.add_column("gives", overflow="fold")
    table.add_column("validated\nclaims", justify="right", no_wrap=True)
    for entry in document["profiles"]:
        validated = f"{entry['claims_validated']} of {entry['claims']}"
        title = entry["title"] + (" (site)" if entry["origin"] == "site" else "")
        table.add_row(*map(Text, (entry["name"], title, entry["gives"], validated)))
    Output().print(table)


def show(
    name: Annotated[
        str, typer.Argument(help="Name of a profile (dosemap equipment list), or a TOML file.")
    ],
    *,
    as_json: JsonOption = False,
) -> None:
    """Show everything that a profile says, and what each statement rests on."""
    try:
        document = profile_document(*_named(name))
    except DosemapError as error:
        print_error(messages(), str(error))
        raise typer.Exit(2) from error
    if as_json:
        print_data(json.dumps(document, indent=2, ensure_ascii=False))
    else:
        _render(document, Output())


def _known() -> list[tuple[Family, Origin]]:
    shipped: list[tuple[Family, Origin]] = [(profile, "shipped") for profile in load_families()]
    return [*shipped, *((profile, "site") for profile in site_profiles())]


def _named(name: str) -> tuple[Family, Origin]:
    if Path(name).suffix:
        return Profile.from_file(name), "site"
    known = _known()
    for profile, origin in reversed(known):  # of two with one name the site's own
        if profile.name == name:
            return profile, origin
    names = ", ".join(profile.name for profile, _ in known)
    raise ProfileError(f"there is no profile {name!r}; known are {names}, or give a TOML file")


def _render(document: dict[str, Any], console: Console) -> None:
    console.rule(Text(f"{document['name']}: {document['title']}"), align="left")
    if not document["match"]:
        console.print("has no match rules: used only when it is asked for")
    for rule in document["match"]:
        words = ", ".join(f"{name.replace('_', ' ')} /{rule[name]}/" for name in rule)
        console.print(Text(f"matches {words}"))
    console.print(
        f"{document['claims_validated']} of {document['claims']} claims validated;"
        f" gives: {document['gives']}"
    )
    if document["caution"]:
        console.print(Text(f"caution: {document['caution']}", style="bold yellow"))
    if document["measurement_geometry"]:
        geometry = f"[support] measurement_geometry = {document['measurement_geometry']}"
        console.print(Text(geometry))
    for entry in document["statements"]:
        style, word = ("green", "validated") if entry["validated"] else ("yellow", "not validated")
        title = Text(f"\n{entry['claim']}", style="bold")
        console.print(title + Text(f"  {entry['evidence']}, {word}", style=style))
        for name, value in entry["values"].items():
            console.print(Padding(Text(f"{name} = {_in_words(value)}"), (0, 0, 0, 2)))
        console.print(Padding(Text(entry["basis"], style="dim"), (0, 0, 0, 2)))


def _in_words(value: object) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(map(_in_words, value)) + "]"
    if isinstance(value, dict):
        return ", ".join(f"{name} {_in_words(inner)}" for name, inner in value.items())
    return f"{value:g}" if isinstance(value, float) else str(value)
