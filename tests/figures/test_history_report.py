"""The page of a patient's procedures: the numbers of ``cumulative``, and who is left out."""

import shutil
import subprocess
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from figure_cases import MAN, SPACING_MM
from matplotlib.text import Text
from typer.testing import CliRunner

from dosemap import Body, DosemapError, History, estimate
from dosemap.cli import app
from dosemap.dose_words import gy
from dosemap.figures.history_content import content_of_sum
from dosemap.figures.page import Pages
from dosemap.figures.settings import drawing
from dosemap.procedure import Procedure
from dosemap.rdsr import read_rdsr
from dosemap.simulate import SimulatedEvent
from simulated_reports import artis_bytes

ID = "ID-4711"
FIRST = datetime(2025, 1, 10, 9, 30)


def visit(number: int, *, kerma_gy: float, is_lost: bool = False) -> Procedure:
    beam = SimulatedEvent(reference_air_kerma_gy=kerma_gy)
    procedure = read_rdsr(artis_bytes(beam, patient=MAN), name=f"visit {number}")
    events = tuple(
        replace(
            entry,
            irradiation_event_uid=f"1.3.{number}",
            positioner_primary_angle_deg=None if is_lost else entry.positioner_primary_angle_deg,
        )
        for entry in procedure.events
    )
    return replace(
        procedure,
        study_instance_uid=f"1.2.{number}",
        started=FIRST + timedelta(days=40 * number),
        events=events,
    )


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two procedures with maps, of together more than 3 Gy, and one without between them."""
    pytest.importorskip("sqlalchemy")
    path = tmp_path_factory.mktemp("store") / "doses.db"
    visits = (
        visit(0, kerma_gy=2.0),
        visit(1, kerma_gy=0.5, is_lost=True),
        visit(2, kerma_gy=2.0),
    )
    with History(path) as history:
        for procedure in visits:
            body = Body.for_patient(procedure.patient, spacing_mm=SPACING_MM)
            history.add(estimate(procedure, surface=body))
    return path


def words_of(store: Path, *, window: str | None) -> tuple[str, int]:
    with History(store) as history:
        content = content_of_sum(
            history.cumulative(ID, window=window), alerts=history.alerts(ID), levels=history.levels
        )
    with drawing():
        pages = Pages(content, paper="a4").drawn()
    texts = [text.get_text() for page in pages for text in page.findobj(Text)]
    return " ".join(" ".join(texts).replace("\xa0", " ").split()), len(pages)


def test_the_page_has_the_numbers_of_the_sum(store: Path) -> None:
    with History(store) as history:
        found = history.cumulative(ID, window="60D")
        alerts = history.alerts(ID)
    words, _ = words_of(store, window="60D")
    assert found.peak_skin_dose_gy is not None
    assert found.is_lower_bound
    assert f"at least {gy(found.peak_skin_dose_gy)}" in words
    assert found.site is not None
    assert found.site in words
    assert f"peak at least {gy(found.peak_skin_dose_gy)}" in words
    for entry, then in zip(found.contributions, found.over_time, strict=True):
        assert f"{entry.procedure.started:%Y-%m-%d}" in words
        assert gy(then.peak_skin_dose_gy) in words
    assert alerts == []


def test_levels_that_the_sum_reached_are_told(store: Path) -> None:
    with History(store) as history:
        alerts = [alert for alert in history.alerts(ID) if alert.withdrawn is None]
        found = history.cumulative(ID)
    words, _ = words_of(store, window=None)
    assert found.peak_skin_dose_gy is not None
    for alert in alerts:
        assert alert.level in words
    assert "patient ID-4711" in words


def test_a_procedure_without_map_is_loud(store: Path) -> None:
    with History(store) as history:
        found = history.cumulative(ID)
    words, _ = words_of(store, window=None)
    lost = found.contributions[1]
    assert lost.not_added is not None
    assert "LOWER BOUND" in words
    assert "1 of 3 procedures" in words
    assert lost.not_added in words
    assert "no map" in words


def test_the_command_writes_the_page(store: Path, tmp_path: Path) -> None:
    path = tmp_path / "patient.pdf"
    arguments = ["history", "report", ID, "-o", str(path), "--db", str(store), "--paper", "letter"]
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 0, done.output
    assert path.read_bytes().startswith(b"%PDF")
    if shutil.which("pdftotext"):
        read = subprocess.run(
            ["pdftotext", "-layout", str(path), "-"], capture_output=True, text=True, check=True
        )
        assert "Skin dose of a patient's procedures together" in read.stdout
        assert "peak of the sum" in read.stdout


def test_a_patient_that_there_is_not(store: Path, tmp_path: Path) -> None:
    with History(store) as history, pytest.raises(DosemapError):
        history.write_report("nobody", tmp_path / "patient.pdf")
    assert not list(tmp_path.iterdir())


def test_a_pseudonymised_store_names_the_pseudonym(tmp_path: Path) -> None:
    pytest.importorskip("sqlalchemy")
    key = tmp_path / "key"
    key.write_bytes(b"k" * 32)
    procedure = visit(0, kerma_gy=1.0)
    result = estimate(procedure, surface=Body.for_patient(procedure.patient, spacing_mm=SPACING_MM))
    with History(tmp_path / "doses.db", pseudonymise=True, site_key=key) as history:
        history.add(result)
        history.write_report(ID, tmp_path / "patient.pdf")
        content = content_of_sum(history.cumulative(ID), alerts=(), levels=())
    assert ID not in content.subtitle
    assert content.subtitle.startswith("patient ")
