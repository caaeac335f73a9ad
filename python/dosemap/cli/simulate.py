"""``dosemap simulate``: synthetic reports of procedures of every kind."""

from pathlib import Path
from typing import Annotated

import typer

from dosemap.cli.console import Output, messages, print_error
from dosemap.cli.data_output import print_json
from dosemap.cli.render_simulation import render_list, render_simulation
from dosemap.errors import DosemapError, SimulationError


def simulate(  # noqa: PLR0913  one argument per option is how typer reads a command
    procedure: Annotated[
        str | None, typer.Argument(help="What is done; --list names all procedures.")
    ] = None,
    *,
    list_all: Annotated[
        bool, typer.Option("--list", help="List the procedures and the devices, and leave.")
    ] = False,
    device: Annotated[
        str | None,
        typer.Option(
            help="Whose report it is: a family of equipment profiles (dosemap equipment list). By"
            " default the first of the kind that the procedure is usually done on.",
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="DICOM file to write; replaced if there.")
    ] = None,
    seed: Annotated[
        int, typer.Option(help="Another number gives other small differences and other UIDs.")
    ] = 1,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON document and nothing else.")
    ] = False,
) -> None:
    """Write a synthetic dose report of a procedure, with usual technique, posture and doses.

    No patient, no measurement: what the numbers rest on is told with them.
    """
    # Presets and styles would cost every other command some hundredths of a second.
    from dosemap.simulate import simulate_procedure  # noqa: PLC0415
    from dosemap.simulate.document import list_document, simulation_document  # noqa: PLC0415

    log = messages()
    try:
        if list_all:
            with log.status("reading the presets ..."):
                document = list_document()
        else:
            if procedure is None or out is None:
                raise SimulationError("name a PROCEDURE and a file, -o FILE; or see --list")
            if out.is_dir():  # so is an empty name
                raise SimulationError(f"-o {str(out)!r} is a folder or names no file; name a file")
            with log.status("writing the report ..."):
                simulation = simulate_procedure(procedure, device=device, seed=seed)
                simulation.write(out)
            document = simulation_document(simulation)
            log.print(f"written to {out}", markup=False)
    except (DosemapError, ImportError) as error:
        print_error(log, str(error))
        raise typer.Exit(2) from error
    if as_json:
        print_json(document)
    elif list_all:
        render_list(document, Output())
    else:
        render_simulation(document, Output())
