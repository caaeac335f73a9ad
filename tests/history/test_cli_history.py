"""``dosemap history``: the way of a site through it."""

import json
from dataclasses import replace
from datetime import datetime
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from history_records import PATIENT
from rich.console import Console
from typer.testing import CliRunner, Result

from dosemap import DosemapError, History
from dosemap.cli import app
from dosemap.cli.history.alert_lines import print_not_evaluated
from dosemap.history import NotEvaluated
from dosemap.history.cumulative_dataset import read_cumulative
from dosemap.simulate import (
    SimulatedDevice,
    SimulatedEvent,
    SimulatedPatient,
    SimulatedProcedure,
    simulate_procedure,
    write_rdsr,
)
from json_pages import described_keys, is_of, leaves, name_of

ID = "ID-4711"
LEVELS_WITHOUT_MAP = "srdl-peak-skin-dose, srdl-peak-skin-dose-60-days, peak-skin-dose-365-days"
PAGE = (Path(__file__).parents[2] / "docs" / "history.md").read_text(encoding="utf-8")
_WITH_PATIENT = {
    "list": ("list",),
    "show": ("show", ID),
    "cumulative": ("cumulative", ID),
    "alerts": ("alerts", ID),
}
MAY_LACK = {
    "withdrawn[].*",
    "before[].*",
    "now.*",
    "other_revisions[].*",
    "procedures[].registration.*",
    "problems[].*",
    "error",
}
"""Keys of what these reports do not have."""


def run(*arguments: object, code: int = 0) -> Result:
    done = CliRunner().invoke(app, ["history", *map(str, arguments)])
    assert done.exit_code == code, done.output
    assert done.exception is None or isinstance(done.exception, SystemExit)
    return done


def said(*arguments: object) -> Any:
    return json.loads(run(*arguments, "--json").stdout)


def report_of(
    path: Path, *, month: int, kerma_gy: float, patient: SimulatedPatient = PATIENT
) -> Path:
    procedure = SimulatedProcedure(
        uid_seed=f"month {month}",
        events=(SimulatedEvent(reference_air_kerma_gy=kerma_gy),),
        started=datetime(2025, month, 3, 10),
        device=SimulatedDevice(manufacturer="Siemens", model="AXIOM-Artis"),
        patient=patient,
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


@pytest.fixture(scope="module")
def mobile_report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report of a mobile C-arm, which gives no map, with so much dose that nothing bounds it."""
    path = tmp_path_factory.mktemp("mobile") / "mobile.dcm"
    simulation = simulate_procedure("hip_injection", device="ziehm")
    events = tuple(replace(e, reference_air_kerma_gy=0.1) for e in simulation.procedure.events)
    procedure = replace(simulation.procedure, events=events)
    replace(simulation, procedure=procedure).write(path)
    return path


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
    found = said("alerts", ID, "--db", store)["alerts"]
    assert {entry["level_id"] for entry in found} >= {"srdl-peak-skin-dose-60-days"}
    assert "60 days" in run("alerts", "--db", store).stdout


def test_an_alert_says_of_whom_it_is(store: Path, tmp_path: Path) -> None:
    """Patient, day and file, wherever alerts are told; of a withdrawn one too."""
    db = ("--db", tmp_path / "doses.db")
    heading = f"patient {ID}, 2025-02-03, 2.dcm, procedure 2"
    said_of = {"patient_id": ID, "issuer": None, "started": "2025-02-03T10:00:00", "file": "2.dcm"}
    run("add", store.parent / "1.dcm", *db)
    text = " ".join(run("add", store.parent / "2.dcm", *db).stdout.split())
    assert f"ALERT {heading}" in text
    assert heading in " ".join(run("alerts", *db).stdout.split())
    of_second = [a for a in said("alerts", *db)["alerts"] if a["procedure"] == 2]
    assert len(of_second) > 1
    assert all(alert | said_of == alert for alert in of_second)
    # Corrected to a hundredth of the dose: what the second one had reached is withdrawn.
    report_of(tmp_path / "corrected.dcm", month=2, kerma_gy=0.02)
    (row,) = said("add", tmp_path / "corrected.dcm", *db)
    (first, *_) = row["withdrawn"]
    assert (first["patient_id"], first["file"], first["revision"]) == (ID, "2.dcm", 1)


def test_a_patient_whose_only_procedure_moved_is_told_so(tmp_path: Path) -> None:
    db = ("--db", tmp_path / "doses.db")
    report = report_of(tmp_path / "2.dcm", month=2, kerma_gy=5.5)
    run("add", report, *db)
    text = " ".join(run("add", report, "--patient-id", "OTHER", *db).stdout.split())
    assert "ALERT patient OTHER, 2025-02-03, 2.dcm, procedure 1, revision 2" in text
    assert f"withdrawn patient {ID}, 2025-02-03, 2.dcm, procedure 1, revision 1" in text
    assert "another patient's" in run("show", ID, *db).stdout
    assert "another patient's" in run("alerts", ID, *db).stdout
    assert "withdrawn" not in run("alerts", "OTHER", *db).stdout
    assert "is without patient ID" in run("show", "--without-id", *db).stdout


def test_alerts_of_a_pseudonymised_store_name_the_pseudonym(store: Path, tmp_path: Path) -> None:
    (tmp_path / "site.key").write_text("0123456789abcdef0123456789abcdef")
    options = ("--db", tmp_path / "hidden.db", "--site-key", tmp_path / "site.key")
    reports = (store.parent / "1.dcm", store.parent / "2.dcm")
    done = run("add", *reports, "--pseudonymise", *options)
    (patient,) = said("list", *options)
    assert f"patient {patient['patient_id']}" in " ".join(done.stdout.split())
    (alert, *_) = said("alerts", *options)["alerts"]
    assert (alert["patient_id"], alert["file"]) == (patient["patient_id"], None)
    assert ID not in json.dumps(said("alerts", *options))


def test_steps_that_were_passed_at_once_are_one_paragraph(store: Path) -> None:
    found = [a for a in said("alerts", "--db", store)["alerts"] if a["procedure"] == 2]
    window = [a for a in found if a["level_id"] == "srdl-peak-skin-dose-60-days"]
    assert len(window) > 1
    text = " ".join(run("alerts", "--db", store).stdout.split())
    assert text.count(window[-1]["wording"]) == 1
    assert f"reached {window[-1]['threshold']:g} Gy (also {window[0]['threshold']:g}" in text


def test_risk(store: Path) -> None:
    both, last = said("risk", ID, "--db", store), said("risk", ID, "--window", "10D", "--db", store)
    assert both["peak_skin_dose_gy"] == pytest.approx(2 * last["peak_skin_dose_gy"])
    assert "Gy" in run("risk", ID, "--db", store).stdout


def test_risk_tells_what_is_doubtful_of_the_sum(store: Path, tmp_path: Path) -> None:
    """A sum over two people is no dose of anybody: whoever reads the risk must know."""
    other = replace(PATIENT, sex="F", age_years=20)
    report_of(tmp_path / "2.dcm", month=2, kerma_gy=2.2, patient=other)
    db = ("--db", tmp_path / "doses.db")
    run("add", store.parent / "1.dcm", tmp_path / "2.dcm", *db)
    told = said("cumulative", ID, *db)["problems"]
    assert "patient-may-be-several" in {problem["code"] for problem in told}
    assert said("risk", ID, *db)["problems"] == told
    text = " ".join(run("risk", ID, *db).stdout.split())
    assert "patient-may-be-several the sex differs between the reports" in text


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
    again = run("add", bad, "--db", tmp_path / "new.db", "--json", code=2)
    (row,) = json.loads(again.stdout)
    assert set(row) == {"source", "error", "alerts"}  # as of an estimate


def test_procedures_without_patient_id_are_shown_and_forgotten(store: Path, tmp_path: Path) -> None:
    db = ("--db", tmp_path / "doses.db")
    unnamed = replace(PATIENT, patient_id="")
    nobody = report_of(tmp_path / "n.dcm", month=3, kerma_gy=1.0, patient=unnamed)
    run("add", store.parent / "1.dcm", nobody, *db)
    (shown,) = said("show", "--without-id", *db)
    assert (shown["procedure"], shown["patient_id"]) == (2, None)
    assert said("show", "--procedure", 2, *db) == [shown]
    assert (
        "this removes 1 procedure for good" in run("forget", "--procedure", 2, *db, code=2).stderr
    )
    assert "removed: 1 procedure;" in run("forget", "--procedure", 2, "--yes", *db).stderr
    assert said("show", "--without-id", *db) == []
    # Of a patient too: with the last one the patient goes.
    run("forget", "--procedure", 1, "--yes", *db)
    assert said("list", *db) == []
    assert "no such patient" in run("show", ID, *db, code=2).stderr
    assert "no procedure that counts" in run("show", "--procedure", 9, *db, code=2).stderr


def test_nothing_is_left_where_nothing_was_added(bad: Path, tmp_path: Path) -> None:
    """An empty store would be taken for one without doses, and without pseudonyms."""
    (tmp_path / "cut.jsonl").write_text('{"format": "dosemap.history/1"}\n{"added":')
    for arguments in ((bad,), (tmp_path / "cut.jsonl",), (bad, "--pseudonymise")):
        run("add", *arguments, "--db", tmp_path / "new.db", code=2)
        assert not (tmp_path / "new.db").exists()
    with pytest.raises(DosemapError, match="pseudonyms need the site's key"):
        History(tmp_path / "new.db", pseudonymise=True)
    assert not (tmp_path / "new.db").exists()


def test_a_new_store_is_not_settled_by_what_it_refuses(store: Path, tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(b"0123456789abcdef")
    key = ("--site-key", tmp_path / "key")
    hidden, export = tmp_path / "hidden.db", tmp_path / "hidden.jsonl"
    run("add", store.parent / "1.dcm", "--pseudonymise", *key, "--db", hidden)
    run("export", export, *key, "--db", hidden)
    new = ("--db", tmp_path / "new.db")
    assert "has pseudonyms and the store has none" in run("import", export, *new, code=2).stderr
    done = run("import", export, *key, *new, code=2)
    assert not (tmp_path / "new.db").exists(), done.stderr
    assert "keep patient IDs as they are" in (
        run("add", store.parent / "1.dcm", *key, *new, code=2).stderr
    )
    assert not (tmp_path / "new.db").exists()
    run("import", export, "--pseudonymise", *key, *new)
    run("add", store.parent / "1.dcm", "--no-pseudonymise", *key, "--db", tmp_path / "plain.db")
    assert said("list", "--db", tmp_path / "plain.db")[0]["patient_id"] == ID


def test_no_output_replaces_a_store(store: Path) -> None:
    db = ("--db", store)
    before = store.read_bytes()
    assert "is left as it is" in run("export", store, *db, code=2).stderr
    assert "is left as it is" in run("cumulative", ID, "--netcdf", store, *db, code=2).stderr
    assert store.read_bytes() == before


def test_a_revision_tells_the_doses_before_and_now(store: Path, tmp_path: Path) -> None:
    db = ("--db", tmp_path / "doses.db")
    (first,) = said("add", store.parent / "1.dcm", *db)
    assert (first["before"], first["now"]) == ([], None)
    report_of(tmp_path / "corrected.dcm", month=1, kerma_gy=1.1)
    (row,) = said("add", tmp_path / "corrected.dcm", *db)
    (before,), now = row["before"], row["now"]
    assert (before["revision"], now["revision"]) == (1, 2)
    assert (before["reference_air_kerma_gy"], now["reference_air_kerma_gy"]) == (2.2, 1.1)
    assert before["peak_skin_dose_gy"] == pytest.approx(2 * now["peak_skin_dose_gy"])
    (shown,) = said("show", ID, *db)
    assert shown["other_revisions"] == [before]
    text = " ".join(run("show", ID, *db).stdout.split())
    assert "procedure 1, revision 1, does not count: peak skin dose" in text
    again = run(
        "add", store.parent / "2.dcm", report_of(tmp_path / "c.dcm", month=1, kerma_gy=1.2), *db
    )
    text = " ".join(again.stdout.split())
    assert "in place of procedure 1, revision 2: peak skin dose" in text
    assert "K_ref 1.10 Gy" in text


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("show", "--db", "{store}"), "give either a patient ID or a procedure"),
        (("forget", ID, "--procedure", "1", "--db", "{store}"), "give either"),
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


def test_levels_of_which_nobody_can_say_are_told(mobile_report: Path, tmp_path: Path) -> None:
    """By add, alerts and cumulative: a mobile C-arm gives no map, and silence is not below."""
    db = ("--db", tmp_path / "doses.db")
    added = run("add", mobile_report, "--patient-id", "ID-1", *db).stdout
    assert "Alert levels not evaluated" in added
    day = said("show", "ID-1", *db)[0]["started"][:10]
    for command, name in (
        (("alerts",), f"patient ID-1, {day}, mobile.dcm, procedure 1"),
        (("alerts", "ID-1"), f"patient ID-1, {day}, mobile.dcm, procedure 1"),
        (("cumulative", "ID-1"), f" {day}, procedure 1"),
    ):
        text = " ".join(run(*command, *db).stdout.split())
        assert f"{name} {LEVELS_WITHOUT_MAP}: procedure 1 of {day}: no map" in text
        (first, *_) = said(*command, *db)["alerts_not_evaluated"]
        assert (first["procedure"], first["at_least"]) == (1, 0.0)
    again = said("add", mobile_report, "--patient-id", "ID-1", *db)
    assert again[0]["status"] == "unchanged"


def test_of_many_procedures_each_is_a_line_until_there_is_a_count() -> None:
    """Two patients of the same number and day: neither hides behind the other."""
    entry = NotEvaluated(
        procedure=1,
        patient_id="A",
        started="2019-03-16T10:00:00",
        file="a.dcm",
        level_id="own",
        level="own level",
        scope="procedure",
        window_days=None,
        quantity="peak_skin_dose_gy",
        unit="Gy",
        at_least=0.0,
        threshold=3.0,
        reason="no map",
    )
    console = Console(width=60, record=True, file=StringIO())
    print_not_evaluated([entry, replace(entry, patient_id="B", procedure=2)], console)
    assert console.export_text().split("\n") == [
        "Alert levels not evaluated",
        "  patient A, 2019-03-16, a.dcm, procedure 1",
        f"{'    own: no map':60}",
        "  patient B, 2019-03-16, a.dcm, procedure 2",
        f"{'    own: no map':60}",
        "",
    ]
    print_not_evaluated([replace(entry, procedure=n) for n in range(53)], console)
    text = console.export_text()
    assert "procedure 49\n" in text
    assert "procedure 50" not in text
    assert "and of 3 more procedures: --json lists all" in text


def test_a_site_names_the_types_that_its_levels_are_for(store: Path, tmp_path: Path) -> None:
    code = "type,text\npci,*\n"
    (tmp_path / "map.csv").write_text(code)
    (tmp_path / "levels.toml").write_text(
        """
        source = "physicist"
        date = "2026"
        [[level]]
        id = "of-pci"
        name = "air kerma of a PCI"
        quantity = "reference_air_kerma_gy"
        scope = "procedure"
        first = 1
        unit = "Gy"
        procedure_types = ["pci"]
        wording = "Look at it."
        """
    )
    report, db = store.parent / "1.dcm", tmp_path / "doses.db"
    arguments = ("add", report, "--db", db, "--levels", tmp_path / "levels.toml")
    (blind,) = said(*arguments)
    assert "of-pci" in {entry["level_id"] for entry in blind["alerts_not_evaluated"]}
    (named,) = said(*arguments, "--procedure-map", tmp_path / "map.csv")
    assert [alert["level_id"] for alert in named["alerts"]] == ["of-pci"]
    assert said("show", ID, "--db", db)[0]["procedure_type"] == "pci"


def test_changed_levels_are_held_against_the_store(store: Path, tmp_path: Path) -> None:
    """What add leaves alone: an alert of a level that was switched off is withdrawn, once."""
    db = ("--db", tmp_path / "doses.db")
    run("add", store.parent / "1.dcm", store.parent / "2.dcm", *db)
    assert "0 alerts raised, 0 withdrawn" in run("reevaluate", *db).stdout
    (tmp_path / "levels.toml").write_text('off = ["srdl-peak-skin-dose-60-days"]\n')
    options = (*db, "--levels", tmp_path / "levels.toml")
    found = said("reevaluate", *options)
    assert found["alerts"] == []
    assert {alert["level_id"] for alert in found["withdrawn"]} == {"srdl-peak-skin-dose-60-days"}
    for path, value in leaves(found):
        table = described_keys(PAGE.split("### `reevaluate`")[1].split("###")[0])
        assert is_of(value, table[name_of(path, table)])
    text = " ".join(run("reevaluate", *db).stdout.split())
    assert f"ALERT patient {ID}, 2025-02-03, 2.dcm, procedure 2" in text


@pytest.mark.parametrize("columns", [40, 60, 80])
@pytest.mark.parametrize("length", [20, 64])
def test_a_patient_id_is_shown_whole(
    columns: int, length: int, store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever reads the list must be able to copy it from one line, in a narrow terminal too."""
    monkeypatch.setenv("COLUMNS", str(columns))
    long = "".join(f"{number:03}-" for number in range(16))[:length]
    run("add", store.parent / "1.dcm", "--patient-id", long, "--db", tmp_path / "doses.db")
    shown = run("list", "--db", tmp_path / "doses.db").stdout
    assert [line for line in shown.splitlines() if long in line]
    assert "2025-01-03" in shown
    assert all(len(line) <= columns for line in shown.splitlines() if long not in line)


def test_the_list_counts_alerts(store: Path) -> None:
    (patient,) = said("list", "--db", store)
    alerts = said("alerts", "--db", store)["alerts"]
    assert patient["alerts"] == len(alerts) > patient["procedures_with_alerts"]


@pytest.mark.parametrize("command", ["add", "list", "show", "cumulative", "alerts"])
def test_every_key_is_described(
    command: str, mobile_report: Path, store: Path, tmp_path: Path
) -> None:
    """With its type, and no key is that these reports do not have."""
    table = described_keys(PAGE.split(f"### `{command}`")[1].split("###")[0])
    db = ("--db", tmp_path / "doses.db")
    added = said(
        "add",
        store.parent / "1.dcm",
        store.parent / "2.dcm",
        mobile_report,
        "--patient-id",
        ID,
        *db,
    )
    if command == "show":
        corrected = report_of(tmp_path / "corrected.dcm", month=1, kerma_gy=1.1)
        run("add", corrected, "--patient-id", ID, *db)
    shown = added if command == "add" else said(*_WITH_PATIENT[command], *db)
    entries = shown if isinstance(shown, list) else [shown]
    paths = [entry for one in entries for entry in leaves(one)]
    for path, value in paths:
        name = name_of(path, table)
        assert name in table, f"{path} is not described"
        assert is_of(value, table[name]), (path, value)
    assert set(table) <= {name_of(path, table) for path, _ in paths} | MAY_LACK
