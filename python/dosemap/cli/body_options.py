"""The options that describe a patient's body, for every command that makes one."""

from typing import Annotated, TypedDict, cast, get_args

import typer

from dosemap.body import AGE_OF_CLASS, Arms
from dosemap.cli.choices import choice
from dosemap.errors import DosemapError
from dosemap.patient_size import Sex

_PANEL = "Patient's body"

SexOption = Annotated[str | None, typer.Option("--sex", help="F or M.", rich_help_panel=_PANEL)]
AgeOption = Annotated[
    str | None,
    typer.Option(
        "--age",
        help=f"Years, 0 to 120, or one of: {', '.join(AGE_OF_CLASS)} (in quotes, or 5y).",
        rich_help_panel=_PANEL,
    ),
]
HeightOption = Annotated[
    float | None, typer.Option("--height", help="cm, 45 to 210.", rich_help_panel=_PANEL)
]
MassOption = Annotated[
    float | None, typer.Option("--mass", help="kg, 2 to 250.", rich_help_panel=_PANEL)
]
ThicknessOption = Annotated[
    float | None,
    typer.Option(
        "--thickness-ap",
        help="In place of the mass: thickness of the abdomen from front to back, measured on the"
        " lying patient, cm, 5 to 80.",
        rich_help_panel=_PANEL,
    ),
]
ArmsOption = Annotated[
    str | None,
    typer.Option(
        "--arms",
        help=f"{', '.join(get_args(Arms))}; if not given, down, but up for a patient who lies"
        " prone or on a side.",
        rich_help_panel=_PANEL,
    ),
]
HeadTurnOption = Annotated[
    float,
    typer.Option(
        "--head-turned",
        help="Turn of the head to the patient's left, degrees, -80 to 80.",
        rich_help_panel=_PANEL,
    ),
]


class BodyOptions(TypedDict):
    """What the options say of a patient's body: keywords of :meth:`Body.for_patient`."""

    sex: Sex | None
    age_years: float | None
    height_cm: float | None
    mass_kg: float | None
    thickness_ap_cm: float | None
    arms: Arms | None
    head_turned_deg: float


NOT_DESCRIBED = BodyOptions(
    sex=None,
    age_years=None,
    height_cm=None,
    mass_kg=None,
    thickness_ap_cm=None,
    arms=None,
    head_turned_deg=0.0,
)
"""None of the options is given."""


def read_body_options(  # noqa: PLR0913  one argument per option
    *,
    sex: str | None,
    age: str | None,
    height: float | None,
    mass: float | None,
    thickness_ap: float | None,
    arms: str | None,
    head_turned: float,
) -> BodyOptions:
    """Return the options, checked as far as they are words."""
    return BodyOptions(
        sex=cast("Sex | None", choice("--sex", sex, Sex)),
        age_years=_age_years(age),
        height_cm=height,
        mass_kg=mass,
        thickness_ap_cm=thickness_ap,
        arms=cast("Arms | None", choice("--arms", arms, Arms)),
        head_turned_deg=head_turned,
    )


def _age_years(text: str | None) -> float | None:
    if text is None:
        return None
    for name, years in AGE_OF_CLASS.items():
        if text.replace(" ", "") == name.replace(" ", ""):
            return years
    try:
        return float(text)
    except ValueError as error:
        raise DosemapError(
            f"--age {text!r} is neither a number of years nor one of {', '.join(AGE_OF_CLASS)}"
        ) from error
