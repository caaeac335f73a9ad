"""Pseudonyms, permissions and forgetting: what of a patient is in the file."""

import json
import os
import pickle
import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from history_records import FIRST_DAY, plain_record, plain_result, record

from dosemap import DosemapError, History
from dosemap.history import ProcedureRecord, pack

KEY = b"a key that only the tests of this site know"
PATIENT_ID = "MRN0815-4711"
STUDY, EVENT = "1.2.826.0.4711", "1.2.826.0.4712"
FILE_NAME = "MUSTERMANN_ERIKA.dcm"


def identified(
    number: int = 1, *, peak_gy: float = 1.0, patient_id: str = PATIENT_ID
) -> ProcedureRecord:
    entry = record(
        (f"{EVENT}.{number}",),
        study=f"{STUDY}.{number}",
        patient_id=patient_id,
        issuer="ST ELSEWHERE",
        started=FIRST_DAY + timedelta(days=number),
        peak_gy=peak_gy,
    )
    document = dict(entry.document)
    document["source"] = FILE_NAME
    document["problems"] = [
        {"code": "x", "events": [], "message": f"{FILE_NAME}: something is wrong"}
    ]
    document["map"] = {**document["map"], "surface": "mesh ERIKA_M.stl"}
    document["procedure"] = {**document["procedure"], "sop_instance_uid": "1.2.826.0.4713"}
    device = {"serial_number": "SN-80815", "station_name": "ROOM ERNA", "software_versions": "VC21"}
    return replace(entry, document=document, device=device)


SECRETS = (
    PATIENT_ID,
    "MRN0815",
    STUDY,
    EVENT,
    "1.2.826.0.4713",
    "ELSEWHERE",
    "MUSTERMANN",
    "ERIKA",
    "SN-80815",
    "ERNA",
)


def bytes_of(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Yield what is in the files of a store, also decompressed."""
    for path in folder.glob("doses.db*"):
        yield path.name, path.read_bytes()
    with closing(sqlite3.connect(folder / "doses.db")) as connection:
        for document, details in connection.execute("SELECT document, details FROM revision"):
            yield "document", zlib.decompress(document)
            yield "details", zlib.decompress(details)


def secrets_in(folder: Path) -> set[str]:
    return {secret for _, data in bytes_of(folder) for secret in SECRETS if secret.encode() in data}


def test_the_check_finds_what_is_there(tmp_path: Path) -> None:
    with History(tmp_path / "doses.db") as history:
        history.add_record(identified())
        assert secrets_in(tmp_path) == set(SECRETS)


def test_a_pseudonymised_store_holds_no_identifier(tmp_path: Path) -> None:
    path = tmp_path / "doses.db"
    with History(path, pseudonymise=True, site_key=KEY) as history:
        for number in (1, 2):
            history.add_record(identified(number))
        assert secrets_in(tmp_path) == set()
        assert KEY not in b"".join(data for _, data in bytes_of(tmp_path))
        # The same patient is found by the ID, and by the pseudonym that the store shows.
        found = history.procedures(PATIENT_ID, issuer="ST ELSEWHERE")
        assert len(found) == 2
        assert found[0].patient_id is not None
        assert found[0].patient_id.startswith("hmac:")
        assert len(history.procedures(found[0].patient_id)) == 2
        assert history.cumulative(found[0].patient_id).peak_skin_dose_gy == pytest.approx(2.0)
        # A problem is still told, without the name of the file.
        assert history.add_record(identified(1)).status == "unchanged"
        assert history.add_record(identified(1, peak_gy=1.5)).status == "revision"
        history.export(tmp_path / "all.jsonl")
    exported = (tmp_path / "all.jsonl").read_text()
    assert "something is wrong" in exported
    assert [secret for secret in SECRETS if secret in exported] == []


@pytest.mark.parametrize(
    ("source", "patient_id"), [("dose.dcm", "ID-1"), ("dose", "ID-1"), ("a.dcm", "100")]
)
def test_pseudonyms_do_not_eat_the_words_of_problems(
    source: str, patient_id: str, tmp_path: Path
) -> None:
    """A file or a patient may be called by a word or number that stands in any sentence."""
    statuses = []
    with History(tmp_path / "doses.db", pseudonymise=True, site_key=KEY) as history:
        for name in (source, "other.dcm"):
            entry = record(patient_id=patient_id)
            text = f"{name}: the dose of 1000 events is doubtful"
            problems = [{"code": "x", "events": [], "message": text}]
            document = {**entry.document, "source": name, "problems": problems}
            statuses.append(history.add_record(replace(entry, document=document)).status)
        history.export(tmp_path / "all.jsonl")
    assert statuses == ["new", "unchanged"]
    exported = json.loads((tmp_path / "all.jsonl").read_text().splitlines()[1])
    (problem,) = exported["record"]["document"]["problems"]
    assert problem["message"] == ": the dose of 1000 events is doubtful"


def test_a_pseudonym_is_found_whatever_the_issuer(tmp_path: Path) -> None:
    with History(tmp_path / "doses.db", pseudonymise=True, site_key=KEY) as history:
        history.add_record(identified())
        (only,) = history.procedures()
        assert only.patient_id is not None
        assert len(history.procedures(only.patient_id, issuer="ST ELSEWHERE")) == 1
        with pytest.raises(DosemapError, match="name the issuer as in the reports"):
            history.procedures(PATIENT_ID)


def test_once_pseudonymised_it_stays_so(tmp_path: Path) -> None:
    path = tmp_path / "doses.db"
    with pytest.raises(DosemapError, match="pseudonyms need the site's key"):
        History(path, pseudonymise=True)
    with History(path, pseudonymise=True, site_key=KEY) as history:
        history.add_record(identified())
    with pytest.raises(DosemapError, match="needs its site key"):
        History(path)
    with pytest.raises(DosemapError, match="another site key"):
        History(path, site_key=b"0123456789abcdef")
    with pytest.raises(DosemapError, match="is pseudonymised and stays so"):
        History(path, pseudonymise=False, site_key=KEY)
    with History(path, site_key=KEY) as history:  # it knows by itself
        assert history.is_pseudonymised
    with History(tmp_path / "plain.db") as plain:
        assert not plain.is_pseudonymised
    with pytest.raises(DosemapError, match="has patient IDs as they are"):
        History(tmp_path / "plain.db", pseudonymise=True, site_key=KEY)


def test_a_key_from_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "site.key").write_bytes(KEY + b"\n")
    monkeypatch.setenv("DOSEMAP_SITE_KEY", str(tmp_path / "site.key"))
    with History(tmp_path / "doses.db", pseudonymise=True) as history:
        history.add_record(identified())
    with History(tmp_path / "doses.db", site_key=KEY) as history:
        assert len(history.procedures(PATIENT_ID, issuer="ST ELSEWHERE")) == 1
    (tmp_path / "short.key").write_bytes(b"secret")
    with pytest.raises(DosemapError, match="has 6 bytes, at least 16"):
        History(tmp_path / "other.db", pseudonymise=True, site_key=tmp_path / "short.key")


def test_files_are_private(tmp_path: Path) -> None:
    path = tmp_path / "doses.db"
    before = os.umask(0)
    try:
        with History(path) as history:
            history.add_record(plain_record())
            history.export(tmp_path / "all.jsonl")
            modes = {entry.name: entry.stat().st_mode & 0o777 for entry in tmp_path.iterdir()}
    finally:
        os.umask(before)
    assert modes == dict.fromkeys(("doses.db", "doses.db-wal", "doses.db-shm", "all.jsonl"), 384)


def test_forgetting_leaves_nothing(location: str, tmp_path: Path) -> None:
    with History(location) as history:
        for number in (1, 2):
            history.add_record(identified(number, peak_gy=4.0))
        history.add_record(identified(1, peak_gy=4.5))
        history.add_record(record(("9",), study="9", patient_id="SOMEBODY ELSE"))
        assert len(history.alerts(PATIENT_ID)) > 2
        assert history.forget(PATIENT_ID) == 2
        with pytest.raises(DosemapError, match="no such patient"):
            history.procedures(PATIENT_ID)
        assert [entry.patient_id for entry in history.procedures()] == ["SOMEBODY ELSE"]
        assert history.alerts() == []
        if "://" not in location:
            assert secrets_in(tmp_path) == set()
        assert history.add_record(identified(1)).status == "new"


def test_forgetting_finds_reports_that_named_the_wrong_patient(tmp_path: Path) -> None:
    with History(tmp_path / "doses.db") as history:
        history.add_record(identified(1))
        history.add_record(identified(1, patient_id="RIGHT"))
        history.forget(PATIENT_ID)
        (only,) = history.procedures("RIGHT")
        assert only.revisions == 1
        assert PATIENT_ID not in secrets_in(tmp_path)


def test_forgetting_beside_a_reader_says_what_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reader still sees the state from before, which the log holds for it."""
    monkeypatch.setattr("dosemap.history.database._WAIT_S", 0.1)
    path = tmp_path / "doses.db"
    with History(path) as history, History(path) as other:
        history.add_record(identified())
        with other._database.reading() as connection:
            connection.exec_driver_sql("SELECT count(*) FROM patient").scalar()
            with pytest.raises(DosemapError, match="another program uses the store"):
                history.forget(PATIENT_ID)
    with History(path) as history:
        assert history.procedures() == []
    assert secrets_in(tmp_path) == set()  # the last one who closes the store empties the log


def test_repr_and_pickle_tell_no_identifier() -> None:
    entry = pack(plain_result())
    assert "ID-4711" not in repr(entry)
    assert b"Canary" not in pickle.dumps(entry)
