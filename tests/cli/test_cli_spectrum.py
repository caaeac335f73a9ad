"""``dosemap spectrum``."""

import json

import pytest
import typer
from typer.testing import CliRunner

from dosemap.cli.spectrum import spectrum
from dosemap.spectrum import Spectrum

app = typer.Typer()
app.command()(spectrum)


def test_json_is_one_document_with_the_figures_of_the_library() -> None:
    result = CliRunner().invoke(
        app, ["--kvp", "80", "--al", "2.5", "--cu", "0.1", "--filter", "Sn=0.2", "--json"]
    )
    assert result.exit_code == 0, result.stderr
    found = json.loads(result.stdout)
    beam = Spectrum(80, anode_angle_deg=12, filters=[("Al", 2.5), ("Cu", 0.1), ("Sn", 0.2)])
    assert found["filters_mm"] == {"Al": 2.5, "Cu": 0.1, "Sn": 0.2}
    assert found["first_half_value_layer_mm_al"] == beam.half_value_layer_mm("Al")
    assert found["second_half_value_layer_mm_al"] == beam.second_half_value_layer_mm("Al")
    assert found["mean_energy_kev"] == beam.mean_energy_kev
    assert found["mu_en_ratio_skin_to_air"] == beam.mu_en_ratio_to_air("skin")
    assert found["air_kerma_ugy_per_mas_at_1m"] == beam.air_kerma_ugy_per_mas_at_1m


def test_table_shows_the_half_value_layer() -> None:
    result = CliRunner().invoke(app, ["--kvp", "80", "--al", "2.5"])
    assert result.exit_code == 0, result.stderr
    hvl_mm = Spectrum(80, anode_angle_deg=12, filters=[("Al", 2.5)]).half_value_layer_mm()
    assert f"{hvl_mm:.3f}" in result.stdout
    assert "mm Al" in result.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ["--kvp", "20"],
        ["--kvp", "80", "--filter", "Sn"],
        ["--kvp", "80", "--filter", "Sn=thick"],
        ["--kvp", "80", "--filter", "Xx=1"],
        ["--kvp", "80", "--cu", "-1"],
        ["--kvp", "80", "--anode-angle", "30"],
        [],
    ],
)
def test_bad_input_ends_with_2_and_an_empty_stdout(arguments: list[str]) -> None:
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr != ""
