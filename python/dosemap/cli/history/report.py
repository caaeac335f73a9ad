"""``dosemap history report``: a page on a patient's procedures, to print and to file."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from dosemap.cli.console import messages
from dosemap.cli.history.options import (
    AtOption,
    IssuerOption,
    KeyOption,
    OnlyProceduresOption,
    PatientArgument,
    StoreOption,
    WindowOption,
    opened,
)


class PaperName(StrEnum):
    """Sizes of paper."""

    A4 = "a4"
    LETTER = "letter"


def report(  # noqa: PLR0913  one argument per option is how typer reads a command
    patient: PatientArgument,
    *,
    output: Annotated[Path, typer.Option("--output", "-o", help="The PDF file to write.")],
    window: WindowOption = None,
    at: AtOption = None,
    procedure: OnlyProceduresOption = None,
    issuer: IssuerOption = None,
    paper: Annotated[PaperName, typer.Option(help="Size of the paper.")] = PaperName.A4,
    db: StoreOption = None,
    site_key: KeyOption = None,
) -> None:
    """Write a page on a patient's procedures together: map of the sum, timeline, levels.

    The page names the patient as the store does.
    """
    with opened(db, key=site_key) as history:
        history.write_report(
            patient,
            output,
            issuer=issuer,
            window=window,
            at=at,
            procedures=procedure,
            paper=paper.value,
        )
    messages().print(f"written: {output}", markup=False)
