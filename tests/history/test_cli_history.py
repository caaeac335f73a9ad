"""``dosemap history``: the way of a site through it."""

import json
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from history_records import PATIENT
from typer.testing import CliRunner, Result

from dosemap.cli import app
from dosemap.history.cumulative_dataset import read_cumulative
from dosemap.simulate import SimulatedDevice, SimulatedEvent, SimulatedProcedure, write_rdsr

ID = "ID-4711"


def run(*arguments: object, code: int = 0) -> Result:
    done = CliRunner().invoke(app, ["history", *map(str, arguments)])
    assert done.exit_code == code, done.output
    assert done.exception is None or isinstance(done.exception, SystemExit)
    return done


def said(*arguments: object) -> Any:
    return json.loads(run(*arguments, "--json").stdout)


def report_of(path: Path, *, month: int, kerma_gy: float) -> Path:
    procedure = SimulatedProcedure(
        uid_seed=f"month {month}",
        events=(SimulatedEvent(reference_air_kerma_gy=kerma_gy),),
        started=datetime(2025, month, 3, 10),
        device=SimulatedDevice(manufacturer="Siemens", model="AXIOM-Artis"),
        patient=PATIENT,
    )
    file = BytesIO()
    write_rdsr(procedure, file, style="siemens_artis")
    path.write_bytes(file.getvalue())
    return path


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with two procedures of 2.2 Gy of air kerma, at the same place."""
    folder = tmp_path_factory.mktemp("site")
    files = [report_of(folder / f"{m}.dcm", month=m, kerma_gy=2.2) for m in (1, 2)]
    done = run("add", *files, "--db", folder / "doses.db")
    assert "new" in done.stdout
    assert "ALERT" in done.stdout
    return folder / "doses.db"


def test_adding_again(store: Path) -> None:
    rows = said("add", store.parent / "1.dcm", store.parent / "2.dcm", "--db", store)
    assert [(row["status"], row["alerts"]) for row in rows] == [("unchanged", [])] * 2


def test_list_and_show(store: Path) -> None:
    (patient,) = said("list", "--db", store)
    assert (patient["patient_id"], patient["procedures"]) == (ID, 2)
    assert patient["first"].startswith("2025-01-03")
    assert ID in run("list", "--db", store).stdout
    shown = said("show", ID, "--db", store)
    assert [entry["started"][:10] for entry in shown] == ["2025-01-03", "2025-02-03"]
    assert "AXIOM-Artis" in run("show", ID, "--db", store).stdout


def test_cumulative(store: Path, tmp_path: Path) -> None:
    both = said("cumulative", ID, "--db", store, "--window", "365D")
    last = said("cumulative", ID, "--db", store, "--window", "10D")
    assert both["peak_skin_dose_gy"] == pytest.approx(2 * last["peak_skin_dose_gy"])
    assert len(last["procedures"]) == 1
    netcdf = tmp_path / "sum.nc"
    done = run("cumulative", ID, "--db", store, "--netcdf", netcdf)
    assert "posterior torso" in done.stdout
    assert dict(read_cumulative(netcdf).sizes)["procedure"] == 2
    # No patient in what may be sent to others.
    assert ID not in json.dumps(both)


def test_alerts(store: Path) -> None:
    found = said("alerts", ID, "--db", store)
    assert {entry["level_id"] for entry in found} >= {"srdl-peak-skin-dose-60-days"}
    assert "60 days" in run("alerts", "--db", store).stdout


def test_risk(store: Path) -> None:
    both, last = said("risk", ID, "--db", store), said("risk", ID, "--window", "10D", "--db", store)
    assert both["peak_skin_dose_gy"] == pytest.approx(2 * last["peak_skin_dose_gy"])
    assert "Gy" in run("risk", ID, "--db", store).stdout


def test_export_import_forget(store: Path, tmp_path: Path) -> None:
    run("export", tmp_path / "all.jsonl", "--db", store)
    other = tmp_path / "other.db"
    done = run("import", tmp_path / "all.jsonl", "--db", other)
    assert "2 new" in done.stdout
    assert "ALERT" not in done.stdout  # raised in the other store
    refused = run("forget", ID, "--db", other, code=2)
    assert "add --yes" in refused.stderr
    assert "removed: 2 procedures" in run("forget", ID, "--db", other, "--yes").stderr
    assert said("list", "--db", other) == []


def test_results_from_files(store: Path, tmp_path: Path) -> None:
    report = store.parent / "1.dcm"
    estimated = CliRunner().invoke(
        app, ["estimate", str(report), "--json", "--netcdf", str(tmp_path / "result.nc")]
    )
    (tmp_path / "result.json").write_text(estimated.stdout)
    for name in ("result.nc", "result.json"):
        (row,) = said("import", tmp_path / name, "--patient-id", ID, "--db", store)
        assert (row["status"], row["procedure"]) == ("unchanged", 1)


def test_pseudonyms(store: Path, tmp_path: Path) -> None:
    (tmp_path / "site.key").write_text("0123456789abcdef0123456789abcdef")
    options = ("--db", tmp_path / "hidden.db", "--site-key", tmp_path / "site.key")
    run("add", store.parent / "1.dcm", "--pseudonymise", *options)
    (patient,) = said("list", *options)
    assert patient["patient_id"].startswith("hmac:")
    assert len(said("show", ID, *options)) == 1
    assert "needs its site key" in run("list", "--db", tmp_path / "hidden.db", code=2).stderr


def test_a_file_that_cannot_be_added_does_not_stop_the_others(
    store: Path, bad: Path, tmp_path: Path
) -> None:
    done = run("add", bad, store.parent / "1.dcm", "--db", tmp_path / "new.db", code=2)
    assert "bad.dcm" in done.stderr
    assert len(said("show", ID, "--db", tmp_path / "new.db")) == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("list",), "which store?"),
        (("list", "--db", "missing.db"), "there is no store missing.db"),
        (("show", "NOBODY", "--db", "{store}"), "no such patient"),
        (("cumulative", ID, "--window", "a year", "--db", "{store}"), "such as 180D"),
        (("cumulative", ID, "--at", "yesterday", "--db", "{store}"), "is no date"),
        (("import", "{store}", "--db", "{new}"), "doses.db"),
    ],
)
def test_errors_say_what_to_do(
    arguments: tuple[str, ...], words: str, store: Path, tmp_path: Path
) -> None:
    filled = [word.format(store=store, new=tmp_path / "new.db") for word in arguments]
    done = run(*filled, code=2)
    assert words in done.stderr
    assert done.stdout == ""
