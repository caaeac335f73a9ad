"""``dosemap equipment check``: what reports have, lack and contradict."""

from pathlib import Path
from typing import Annotated, Any

import typer

from dosemap.checking import check_document
from dosemap.cli.console import Output, messages, print_error, with_progress
from dosemap.cli.data_output import print_json
from dosemap.cli.equipment.render import render_check
from dosemap.cli.equipment_files import EquipmentOption, asked_for, site_profiles
from dosemap.errors import DosemapError
from dosemap.rdsr import read_rdsr


def check(
    files: Annotated[list[Path], typer.Argument(help="X-Ray Radiation Dose SR files (DICOM).")],
    *,
    equipment: EquipmentOption = None,
    as_json: Annotated[
        bool,
        typer.Option(
            "--json", help="Print one JSON document and nothing else; an array for several files."
        ),
    ] = False,
) -> None:
    """Check what reports have, lack and contradict, and what would have to be supplied for a map.

    Prints no identifier of patient, staff or site.
    """
    log = messages()
    try:
        site = site_profiles()
        forced = asked_for(equipment, site)
    except DosemapError as error:
        print_error(log, str(error))
        raise typer.Exit(2) from error
    console = Output()
    documents: list[dict[str, Any]] = []
    failed = False
    scrolling = console.is_terminal and not as_json
    for file in files if scrolling else with_progress(files, log):
        try:
            document = check_document(read_rdsr(file), equipment=forced, site=site)
        except DosemapError as error:
            failed = True
            print_error(log, str(error))
            documents.append({"source": file.name, "error": str(error)})
            continue
        documents.append(document)
        if not as_json:
            render_check(document, console)
    if as_json:
        whole = documents[0] if len(files) == 1 else documents
        print_json(whole)
    if failed:
        raise typer.Exit(2)
