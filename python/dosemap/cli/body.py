"""``dosemap body``: a patient's body as a mesh and a picture."""

import json
from pathlib import Path
from typing import Annotated, Any, cast

import typer
from rich.table import Table

from dosemap.body import Body
from dosemap.cli.body_options import (
    AgeOption,
    ArmsOption,
    HeadTurnOption,
    HeightOption,
    MassOption,
    SexOption,
    ThicknessOption,
    read_body_options,
)
from dosemap.cli.choices import choice
from dosemap.cli.console import Output, messages, print_error
from dosemap.cli.data_output import print_data
from dosemap.errors import DosemapError
from dosemap.files import written_whole
from dosemap.mesh.export import write_mesh
from dosemap.picture import picture_png
from dosemap.procedure import Patient, PatientPosition
from dosemap.surface import DEFAULT_SPACING_MM, Surface


def body(  # noqa: PLR0913  one argument per option is how typer reads a command
    *,
    sex: SexOption = None,
    age: AgeOption = None,
    height: HeightOption = None,
    mass: MassOption = None,
    thickness_ap: ThicknessOption = None,
    arms: ArmsOption = None,
    head_turned: HeadTurnOption = 0.0,
    position: Annotated[
        str,
        typer.Option(
            help="HFS, HFP, HFDL, HFDR, FFS, FFP, FFDL, FFDR, or STANDING_ or SITTING_ with BACK,"
            " FRONT, LEFT or RIGHT: how it rests on the table."
        ),
    ] = "STANDING_BACK",
    spacing_mm: Annotated[
        float, typer.Option(help="Distance between points on an adult, at most, mm, 3 to 15.")
    ] = DEFAULT_SPACING_MM,
    out: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--out",
            help="Mesh file to write (.stl, .obj, .ply), in mm in patient space: +x left,"
            " +y posterior, +z head. Needs dosemap\\[mesh].",
        ),
    ] = None,
    png: Annotated[
        Path | None,
        typer.Option(help="PNG picture to write: front, left, back, right and oblique view."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Make the body of a patient: a mesh, a picture, its measures.

    What is not given is taken from reference persons and listed.
    """
    console, log = Output(), messages()
    try:
        posture = cast("PatientPosition", choice("--position", position, PatientPosition))
        _check_picture_name(png)
        options = read_body_options(
            sex=sex,
            age=age,
            height=height,
            mass=mass,
            thickness_ap=thickness_ap,
            arms=arms,
            head_turned=head_turned,
        )
        with log.status("making the body ..."):
            patient_body = Body.for_patient(Patient(), spacing_mm=spacing_mm, **options)
            surface = patient_body.surface(posture)
            if out is not None:
                write_mesh(surface, out)
            if png is not None:
                with written_whole(png) as complete:
                    complete.write_bytes(picture_png(surface))
    except DosemapError as error:
        print_error(log, str(error))
        raise typer.Exit(2) from error
    document = describe(patient_body, surface)
    if as_json:
        print_data(json.dumps(document, indent=2, allow_nan=False))
    else:
        console.print(as_table(document))
        for entry in document["assumptions"]:
            console.print(
                f"assumed: {entry['field']} {entry['value']} ({entry['why']})", markup=False
            )
    for path in (out, png):
        if path is not None:
            log.print(f"written: {path}", markup=False)


def _check_picture_name(png: Path | None) -> None:
    if png is not None and png.suffix.lower() != ".png":
        raise DosemapError(f"--png {png.name}: a picture is written as .png")


def describe(body: Body, surface: Surface) -> dict[str, Any]:
    """Return what the command prints.

    Parameters
    ----------
    body
        The body.
    surface
        Its skin in a position.

    Returns
    -------
    Sizes and measures with their units in the names; ``published_mm`` is what surveys give for such
    a person.
    """
    size = body.size
    return {
        "description": surface.description,
        "sex": size.sex,
        "age_years": size.age_years,
        "height_cm": size.height_cm,
        "mass_kg": size.mass_kg,
        "volume_l": surface.core.enclosed_volume_mm3 / 1e6,
        "skin_area_m2": float(surface.areas_mm2.sum()) / 1e6,
        "vertices": len(surface),
        "measures": [
            {"measure": name, "mm": model_mm, "published_mm": published_mm}
            for name, published_mm, model_mm in body.core.measures_mm()
        ],
        "assumptions": [
            {"field": entry.field, "value": entry.value, "why": entry.why}
            for entry in surface.assumptions
            if entry.provenance == "assumed"
        ],
    }


def as_table(document: dict[str, Any]) -> Table:
    """Lay the measures out for people."""
    caption = (
        f"{document['volume_l']:.1f} l, {document['skin_area_m2']:.2f} m² of skin,"
        f" {document['vertices']} vertices"
    )
    table = Table("measure", title=document["description"], caption=caption)
    for heading in ("body, cm", "published mean, cm", "difference"):
        table.add_column(heading, justify="right")
    for row in document["measures"]:
        table.add_row(
            row["measure"].replace("_", " "),
            f"{row['mm'] / 10:.1f}",
            f"{row['published_mm'] / 10:.1f}",
            f"{row['mm'] / row['published_mm'] - 1:+.1%}",
        )
    return table
