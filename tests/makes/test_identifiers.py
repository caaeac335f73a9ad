"""Names and numbers of people are never shown, wherever a maker puts them."""

import json
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from make_reports import report_bytes
from typer.testing import CliRunner

from dosemap.checking import check_document
from dosemap.cli import app
from dosemap.rdsr import read_rdsr
from dosemap.simulate import SimulatedEvent, SimulatedPatient
from dosemap.simulate.content import Item
from dosemap.simulate.edits import Edit, change
from simulated_reports import bare_estimate

PHYSICIAN, PATIENT, NUMBER = "PHYSICUS^OCCULTUS", "NOMEN^NESCIO", "ID47110815"
SECRET = ("PHYSICUS", "NOMEN", NUMBER, "FABULA")
SOMEBODY = SimulatedPatient(name=PATIENT, patient_id=NUMBER, mass_kg=0.0)
PROTOCOL = "FABULA protocol"
"""Typed by people, who write names into it."""
STYLES = (
    "siemens_artis",
    "siemens_luminos",
    "philips_allura",
    "philips_azurion",
    "philips_veradius",
    "canon_alphenix",
    "ge_surgery",
    "eurocolumbus",
)


def odd_values() -> list[Edit]:
    """Return alterations that give as many different messages as can be."""

    def unit(item: Item) -> Item:
        assert item.unit is not None
        return replace(item, unit=item.unit._replace(value="furlong"))

    return [change("113738", unit, event=1)]


@cache
def written(style: str) -> bytes:
    events = [
        SimulatedEvent(protocol=PROTOCOL, started_s=seconds, reference_air_kerma_gy=kerma_gy)
        for seconds, kerma_gy in ((30.0, 0.01), (10.0, 0.01), (20.0, 0.0))
    ]
    return report_bytes(
        style, *events, edits=odd_values(), patient=SOMEBODY, physician_name=PHYSICIAN
    )


@pytest.mark.parametrize("style", STYLES)
def test_neither_physician_nor_patient_is_in_any_text(style: str) -> None:
    data = written(style)
    assert NUMBER.encode() in data  # the report itself does say it
    procedure = read_rdsr(data, name="report.dcm")
    assert len(procedure.problems) >= 3
    result = bare_estimate(procedure)
    said = "\n".join(
        (
            repr(procedure),
            str(procedure.problems),
            json.dumps(check_document(procedure)),
            json.dumps(result.document),
            str(result.problems),
            str(result.assumptions),
            repr(result),
        )
    )
    assert [word for word in SECRET if word in said] == []


@pytest.mark.parametrize("style", STYLES)
def test_the_check_can_be_sent_to_others(style: str) -> None:
    """It has no UID and no date, by which an archive would find the patient."""
    procedure = read_rdsr(written(style), name="report.dcm")
    shown = json.dumps(check_document(procedure))
    assert procedure.study_instance_uid is not None
    assert "2.25." not in shown
    assert "2024" not in shown


@pytest.mark.parametrize("style", ["philips_azurion", "philips_allura", "siemens_artis"])
def test_the_command_line_says_nothing_of_them_either(style: str, tmp_path: Path) -> None:
    path = tmp_path / "report.dcm"
    path.write_bytes(written(style))
    assert PHYSICIAN.encode() in path.read_bytes()  # in an item of this maker's own
    for command in (["equipment", "check"], ["estimate"], ["estimate", "--interval"]):
        run = CliRunner().invoke(app, [*command, str(path)])
        assert [word for word in SECRET if word in run.output] == []
        assert run.output.strip()
