"""``dosemap spectrum``: what a tube potential and a filtration mean for the dose."""

import json
from dataclasses import asdict, dataclass
from typing import Annotated

import typer
from rich.table import Table

from dosemap.cli.console import Output
from dosemap.cli.data_output import print_data
from dosemap.errors import DosemapError
from dosemap.spectrum import FilterStrip, Spectrum


@dataclass(frozen=True, kw_only=True)
class BeamQuality:
    """What the command prints."""

    kvp: float
    anode_angle_deg: float
    filters_mm: dict[str, float]
    first_half_value_layer_mm_al: float
    second_half_value_layer_mm_al: float
    first_half_value_layer_mm_cu: float
    mean_energy_kev: float
    mu_en_ratio_skin_to_air: float
    mu_en_ratio_water_to_air: float
    air_kerma_ugy_per_mas_at_1m: float


ROWS = (
    ("first half-value layer", "first_half_value_layer_mm_al", "mm Al", 3),
    ("second half-value layer", "second_half_value_layer_mm_al", "mm Al", 3),
    ("first half-value layer", "first_half_value_layer_mm_cu", "mm Cu", 4),
    ("mean energy (fluence)", "mean_energy_kev", "keV", 2),
    ("mu_en/rho skin to air", "mu_en_ratio_skin_to_air", "", 4),
    ("mu_en/rho water to air", "mu_en_ratio_water_to_air", "", 4),
    ("air kerma at 1 m", "air_kerma_ugy_per_mas_at_1m", "µGy/mAs", 3),
)
"""Quantity, field, unit and decimals of each line of the table."""


def spectrum(  # noqa: PLR0913  one argument per option is how typer reads a command
    *,
    kvp: Annotated[float, typer.Option(help="Tube potential, kV (40 to 150).")],
    al: Annotated[float, typer.Option(help="Aluminium, inherent included, mm.")] = 0.0,
    cu: Annotated[float, typer.Option(help="Copper, mm.")] = 0.0,
    anode_angle: Annotated[float, typer.Option(help="Anode angle, degrees (8 to 16).")] = 12.0,
    filters: Annotated[
        list[str] | None,
        typer.Option("--filter", help="Another filter: SYMBOL=MM, such as Sn=0.2; repeatable."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Half-value layers, mean energy and dose conversion of a filtered tungsten beam."""
    try:
        strips = [("Al", al), ("Cu", cu), *(parse_filter(text) for text in filters or [])]
        quality = beam_quality(kvp, anode_angle_deg=anode_angle, filters=strips)
    except DosemapError as error:
        raise typer.BadParameter(str(error)) from error
    if as_json:
        print_data(json.dumps(asdict(quality)))
    else:
        Output().print(as_table(quality))


def parse_filter(text: str) -> FilterStrip:
    """Read ``SYMBOL=MM``.

    Parameters
    ----------
    text
        Such as ``Sn=0.2``.

    Returns
    -------
    FilterStrip
        Symbol and thickness in mm.

    Raises
    ------
    typer.BadParameter
        If the text has another form.
    """
    symbol, _, thickness = text.partition("=")
    try:
        return symbol.strip(), float(thickness)
    except ValueError as error:
        raise typer.BadParameter(f"--filter {text!r} is not SYMBOL=MM, such as Sn=0.2") from error


def beam_quality(kvp: float, *, anode_angle_deg: float, filters: list[FilterStrip]) -> BeamQuality:
    """Everything the command prints about one beam.

    Parameters
    ----------
    kvp
        Tube potential, kV.
    anode_angle_deg
        Anode angle, degrees.
    filters
        Symbol and thickness in mm of each filter.

    Returns
    -------
    BeamQuality
        The beam's figures.

    Raises
    ------
    DosemapError
        If a value is out of range, a material is not known, or no photon passes.
    """
    beam = Spectrum(kvp, anode_angle_deg=anode_angle_deg, filters=filters)
    total_mm: dict[str, float] = {}
    for symbol, thickness_mm in filters:
        if thickness_mm > 0:
            total_mm[symbol] = total_mm.get(symbol, 0.0) + thickness_mm
    return BeamQuality(
        kvp=kvp,
        anode_angle_deg=anode_angle_deg,
        filters_mm=total_mm,
        first_half_value_layer_mm_al=beam.half_value_layer_mm("Al"),
        second_half_value_layer_mm_al=beam.second_half_value_layer_mm("Al"),
        first_half_value_layer_mm_cu=beam.half_value_layer_mm("Cu"),
        mean_energy_kev=beam.mean_energy_kev,
        mu_en_ratio_skin_to_air=beam.mu_en_ratio_to_air("skin"),
        mu_en_ratio_water_to_air=beam.mu_en_ratio_to_air("water"),
        air_kerma_ugy_per_mas_at_1m=beam.air_kerma_ugy_per_mas_at_1m,
    )


def as_table(quality: BeamQuality) -> Table:
    """Lay the figures out for people.

    Parameters
    ----------
    quality
        The figures.

    Returns
    -------
    Table
        One line per quantity.
    """
    filters = ", ".join(f"{mm:g} mm {symbol}" for symbol, mm in quality.filters_mm.items())
    table = Table(
        "quantity",
        title=f"{quality.kvp:g} kV, anode {quality.anode_angle_deg:g}°, {filters or 'no filter'}",
    )
    table.add_column("value", justify="right")
    table.add_column("unit")
    for name, field, unit, decimals in ROWS:
        table.add_row(name, f"{getattr(quality, field):.{decimals}f}", unit)
    return table
