"""The same report again, corrected reports, parts of a study: what counts in the end."""

import pickle
import zlib
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from history_records import PATIENT, plain_record, plain_result, record

from dosemap import Body, DosemapError, DoseResult, History, estimate
from dosemap.history import pack
from dosemap.history.record import pack_document
from dosemap.rdsr import read_rdsr
from dosemap.simulate import SimulatedEvent, SimulatedProcedure, write_rdsr
from simulated_reports import artis_bytes


def counting(history: History, patient: str = "ID-4711") -> list[tuple[int, int]]:
    return [(entry.procedure, entry.revision) for entry in history.procedures(patient)]


def test_the_same_again_changes_nothing(location: str) -> None:
    with History(location) as history:
        assert history.add(plain_result()).status == "new"
        again = history.add(plain_result())
        assert (again.status, again.procedure, again.revision) == ("unchanged", 1, 1)
        assert again.alerts == ()
        assert counting(history) == [(1, 1)]


def test_the_same_report_computed_again_under_another_name(tmp_path: Path) -> None:
    """With a problem, whose text begins with the name of the file."""
    data = artis_bytes(SimulatedEvent(), patient=replace(PATIENT, mass_kg=900.0))
    records = []
    for name in ("a.dcm", "folder b.dcm"):
        procedure = read_rdsr(data, name=name)
        surface = Body.for_patient(procedure.patient, spacing_mm=15)
        records.append(pack(estimate(procedure, surface=surface)))
    assert any("a.dcm" in entry["message"] for entry in records[0].document["problems"])
    with History(tmp_path / "doses.db") as history:
        assert [history.add_record(entry).status for entry in records] == ["new", "unchanged"]


def test_records_can_be_sent_to_another_process() -> None:
    sent = pickle.loads(pickle.dumps(plain_record()))
    assert sent == plain_record()
    np.testing.assert_array_equal(sent.skin_dose_gy, plain_record().skin_dose_gy)


def test_a_map_is_kept_to_seven_digits() -> None:
    kept, computed = plain_record().skin_dose_gy, plain_result().skin_dose_gy
    assert kept is not None
    assert computed is not None
    np.testing.assert_allclose(kept, computed, rtol=1e-7)  # float32 has 6e-8


def test_a_corrected_report_is_a_revision(location: str) -> None:
    with History(location) as history:
        history.add_record(record(peak_gy=1.0))
        corrected = history.add_record(record(peak_gy=1.2))
        assert (corrected.status, corrected.revision) == ("revision", 2)
        (only,) = history.procedures("ID-4711")
        assert (only.peak_skin_dose_gy, only.revisions) == (1.2, 2)
        # What was seen before is known: a folder can be added again in any order.
        assert history.add_record(record(peak_gy=1.0)).status == "unchanged"
        assert history.procedures("ID-4711")[0].peak_skin_dose_gy == 1.2


def test_an_older_state_that_comes_late_does_not_count(location: str) -> None:
    with History(location) as history:
        history.add_record(record("abc", peak_gy=3.0))
        late = history.add_record(record("ab", peak_gy=2.0))
        assert late.status == "older_state"
        assert "does not count" in late.notes[0]
        (only,) = history.procedures("ID-4711")
        assert (only.peak_skin_dose_gy, only.revisions) == (3.0, 2)


def test_parts_of_a_study_count_beside_each_other(location: str) -> None:
    with History(location) as history:
        history.add_record(record("ab", peak_gy=1.0))
        assert history.add_record(record("cd", peak_gy=2.0)).status == "new"
        assert history.cumulative("ID-4711").peak_skin_dose_gy == pytest.approx(3.0)
        whole = history.add_record(record("abcd", peak_gy=3.1))
        assert (whole.status, whole.procedure) == ("revision", 1)
        assert history.cumulative("ID-4711").peak_skin_dose_gy == pytest.approx(3.1)
        # A part that comes again is known.
        assert history.add_record(record("cd", peak_gy=2.0)).status == "unchanged"
        assert counting(history) == [(1, 2)]


def test_events_that_are_gone_are_told(location: str) -> None:
    with History(location) as history:
        history.add_record(record("ab"))
        added = history.add_record(record("bc"))
        assert added.status == "revision"
        assert "1 events of the earlier state" in added.notes[0]


def test_totals_of_a_study_do_not_count_beside_its_events(location: str) -> None:
    with History(location) as history:
        totals = record((), mapped=False, peak_gy=2.0)
        assert history.add_record(totals).status == "new"
        assert history.add_record(record("ab")).status == "revision"
        assert history.add_record(record((), mapped=False, peak_gy=2.1)).status == "older_state"
        assert len(history.procedures("ID-4711")) == 1


def test_a_report_without_event_uids_is_found_by_start_and_plane(tmp_path: Path) -> None:
    """A corrected kerma must not make another procedure of it."""
    with History(tmp_path / "doses.db") as history:
        for peak_gy, status in ((1.0, "new"), (2.0, "revision")):
            events = ("single at 2025-01-10T09:30:00, 1.2",)
            assert history.add_record(record(events, peak_gy=peak_gy)).status == status


def test_a_corrected_patient_id_moves_the_procedure(location: str) -> None:
    with History(location) as history:
        history.add_record(record(patient_id="WRONG"))
        moved = history.add_record(record(patient_id="RIGHT"))
        assert moved.status == "revision"
        assert "another patient" in moved.notes[0]
        assert history.procedures("WRONG") == []
        assert counting(history, "RIGHT") == [(1, 2)]
        # The folder with both reports is added once more: nothing moves.
        assert history.add_record(record(patient_id="WRONG")).status == "unchanged"
        assert counting(history, "RIGHT") == [(1, 2)]


def test_a_result_without_patient_keeps_the_one_that_is_known(tmp_path: Path) -> None:
    with History(tmp_path / "doses.db") as history:
        history.add_record(record())
        assert history.add_record(record(patient_id=None, peak_gy=2.0)).status == "revision"
        assert counting(history) == [(1, 2)]


def test_without_patient_id_nothing_is_accumulated(location: str) -> None:
    with History(location) as history:
        added = history.add_record(record(patient_id=None))
        history.add_record(record("b", study="1.3", patient_id=None))
        assert "never added to other procedures" in added.notes[0]
        assert len(history.procedures()) == 2
        with pytest.raises(DosemapError, match="no such patient"):
            history.cumulative("None")


def test_the_same_id_of_two_issuers_is_two_patients(location: str) -> None:
    with History(location) as history:
        history.add_record(record("a", study="1.3", issuer="HOSPITAL A"))
        history.add_record(record("b", study="1.4", issuer="HOSPITAL B"))
        with pytest.raises(DosemapError, match="2 patients have this ID"):
            history.procedures("ID-4711")
        assert len(history.procedures("ID-4711", issuer="HOSPITAL A")) == 1


def test_results_from_files_are_the_same_procedure(tmp_path: Path) -> None:
    result = plain_result()
    result.to_netcdf(tmp_path / "result.nc")
    with History(tmp_path / "doses.db") as history:
        # The document alone first: it has no map, which comes later.
        history.add_record(pack_document(result.to_dict(), patient_id="ID-4711"))
        assert history.cumulative("ID-4711").is_lower_bound
        assert history.cumulative("ID-4711").peak_skin_dose_gy == result.peak_skin_dose_gy
        from_file = DoseResult.from_netcdf(tmp_path / "result.nc")
        assert history.add(from_file, patient_id="ID-4711").status == "revision"
        assert not history.cumulative("ID-4711").is_lower_bound
        assert history.add(result).status == "unchanged"
        again = history.add_record(pack_document(result.to_dict(), patient_id="ID-4711"))
        assert again.status == "unchanged"


def test_a_body_can_be_told_from_a_mesh_with_the_same_vertices() -> None:
    surface = plain_result().surface
    assert surface is not None
    own = pack(replace(plain_result(), surface=replace(surface, body=None, anatomy=None)))
    assert own.mesh is not None
    assert own.grid != plain_record().grid
    assert len(zlib.decompress(own.mesh)) == 8 + 12 * len(surface) + 12 * len(surface.triangles)


def test_no_name_and_no_birth_date_are_kept(tmp_path: Path) -> None:
    procedure = SimulatedProcedure(uid_seed="names", events=(SimulatedEvent(),), patient=PATIENT)
    file = BytesIO()
    write_rdsr(procedure, file, style="dicom")
    packed = pack(estimate(read_rdsr(file.getvalue(), name="report.dcm")))
    assert b"Canary" not in pickle.dumps(packed)
    with History(tmp_path / "doses.db") as history:
        history.add_record(packed)
    for path in tmp_path.iterdir():
        assert b"Canary" not in path.read_bytes()
