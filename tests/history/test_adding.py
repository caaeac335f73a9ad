"""The same report again, corrected reports, parts of a study: what counts in the end."""

import copy
import pickle
import zlib
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from history_records import PATIENT, plain_record, plain_result, record

from dosemap import Body, DosemapError, DoseResult, History, estimate
from dosemap.history import PatientIdentity, ProcedureRecord, pack
from dosemap.history.record import pack_document
from dosemap.procedure import ProcedureCode
from dosemap.procedure_types import procedure_type
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
    """With a problem: no text of it holds the name of the file."""
    data = artis_bytes(SimulatedEvent(), patient=replace(PATIENT, mass_kg=900.0))
    records = []
    for name in ("a.dcm", "folder b.dcm"):
        procedure = read_rdsr(data, name=name)
        surface = Body.for_patient(procedure.patient, spacing_mm=15)
        records.append(pack(estimate(procedure, surface=surface)))
    assert records[0].document["problems"]
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


def made_at(content_created: str | None, *, peak_gy: float, events: str = "ab") -> ProcedureRecord:
    """Return a record of a report that says when it was made."""
    plain = record(events, peak_gy=peak_gy)
    document = copy.deepcopy(dict(plain.document))
    document["procedure"]["content_created"] = content_created
    return replace(plain, document=document)


@pytest.mark.parametrize("events", ["ab", "bc"])  # the same, and some others
def test_of_the_same_events_the_report_that_was_made_later_counts(
    location: str, events: str
) -> None:
    """In whatever order they come, as in an audit; of the same time the one that came later."""
    with History(location) as history:
        history.add_record(made_at("2025-01-10T12:00:00", peak_gy=2.0))
        earlier = made_at("2025-01-10T11:00:00", peak_gy=3.0, events=events)
        assert history.add_record(earlier).status == "older_state"
        silent = made_at(None, peak_gy=4.0, events=events)
        assert history.add_record(silent).status == "older_state"
        same = made_at("2025-01-10T12:00:00", peak_gy=5.0, events=events)
        assert history.add_record(same).status == "revision"
        more = made_at("2025-01-10T10:00:00", peak_gy=6.0, events="abcd")
        assert history.add_record(more).status == "revision"


def with_spacing(
    spacing_mm: float, *, version: str = "1.0", peak_gy: float = 1.0
) -> ProcedureRecord:
    """Return a record of a report that was computed with this distance between points."""
    made = record(peak_gy=1.0)
    document = copy.deepcopy(dict(made.document))
    document["map"]["body"]["spacing_mm"] = spacing_mm
    document["software"]["version"] = version
    document["peak_skin_dose_gy"] = peak_gy  # finer or coarser points find another peak
    return replace(made, document=document)


def test_a_coarser_map_of_the_same_does_not_replace_a_finer_one(location: str) -> None:
    with History(location) as history:
        assert history.add_record(with_spacing(5.0)).status == "new"
        coarser = history.add_record(with_spacing(15.0, peak_gy=0.9))
        assert (coarser.status, coarser.revision) == ("unchanged", 1)
        assert coarser.notes == ("kept the finer map of 5 mm: this one of 15 mm is not added",)
        (only,) = history.procedures("ID-4711")
        assert (only.revisions, only.peak_skin_dose_gy) == (1, 1.0)
        finer = history.add_record(with_spacing(3.0, peak_gy=1.1))
        assert (finer.status, finer.notes) == ("revision", ())
        # The report may be of another patient after a correction.
        moved = replace(with_spacing(15.0), patient=PatientIdentity(patient_id="other"))
        assert history.add_record(moved).status == "revision"


def test_a_coarser_map_of_another_computation_is_told(location: str) -> None:
    with History(location) as history:
        history.add_record(with_spacing(5.0))
        newer = history.add_record(with_spacing(15.0, version="1.1"))
        assert newer.status == "revision"
        assert newer.notes == ("its map has points 15 mm apart, that of the earlier state 5 mm",)


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
        assert "1 event of the earlier state" in added.notes[0]


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
        for kerma_gy, status in ((0.01, "new"), (0.02, "revision"), (0.01, "unchanged")):
            data = artis_bytes(SimulatedEvent(reference_air_kerma_gy=kerma_gy), patient=PATIENT)
            procedure = read_rdsr(data, name="report.dcm")
            assert procedure.events[0].started is not None
            events = tuple(replace(e, irradiation_event_uid=None) for e in procedure.events)
            surface = Body.for_patient(procedure.patient, spacing_mm=15)
            result = estimate(replace(procedure, events=events), surface=surface)
            assert history.add(result).status == status


def test_events_with_the_same_uid_are_told_apart() -> None:
    """Some systems give both planes of an exposure one UID."""
    procedure = read_rdsr(artis_bytes(SimulatedEvent(), SimulatedEvent()), name="report.dcm")
    first, second = procedure.events
    twice = replace(second, irradiation_event_uid=first.irradiation_event_uid)
    packed = pack(estimate(replace(procedure, events=(first, twice))))
    assert len(set(packed.event_identities)) == 2
    alone = pack(estimate(replace(procedure, events=(first,))))
    assert set(alone.event_identities) < set(packed.event_identities)


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


def test_events_that_are_gone_from_any_part_are_told(tmp_path: Path) -> None:
    """One report takes the place of two parts and lacks an event of each."""
    with History(tmp_path / "doses.db") as history:
        history.add_record(record("ab", peak_gy=1.0))
        history.add_record(record("cd", peak_gy=1.0))
        whole = history.add_record(record("bc", peak_gy=1.0))
        assert whole.status == "older_state"  # all of it is known
        whole = history.add_record(record("bce", peak_gy=1.0))
    assert whole.status == "revision"
    assert "2 events of the earlier state" in whole.notes[0]
    assert "the air kerma that counts falls from 1.60 Gy to 800 mGy" in whole.notes[1]


def test_events_of_a_part_in_place_of_the_totals_of_a_study(location: str) -> None:
    """The totals were of the whole study: that less is known now must be told."""
    with History(location) as history:
        history.add_record(record((), mapped=False, peak_gy=5.0))
        part = history.add_record(record("ab", peak_gy=1.0))
    assert part.status == "revision"
    assert "falls from 4.00 Gy to 800 mGy" in part.notes[0]


def test_a_part_of_another_patient_is_told_when_it_is_replaced(location: str) -> None:
    with History(location) as history:
        history.add_record(record("ab"))
        history.add_record(record("cd", patient_id="TYPO"))
        whole = history.add_record(record("abcd"))
        assert any("another patient" in note for note in whole.notes)
        assert history.procedures("TYPO") == []


def test_a_state_that_does_not_count_is_told_when_it_comes_again(tmp_path: Path) -> None:
    with History(tmp_path / "doses.db") as history:
        history.add_record(record(peak_gy=1.0))
        history.add_record(record(peak_gy=2.0))
        again = history.add_record(record(peak_gy=1.0))
        assert (again.status, again.revision) == ("unchanged", 1)
        assert "does not count: another one does" in again.notes[0]
        assert history.add_record(record(peak_gy=2.0)).notes == ()


def test_totals_without_study_and_time_are_not_one_procedure(tmp_path: Path) -> None:
    """Nothing says that they are of the same patient: neither takes the place of the other."""
    with History(tmp_path / "doses.db") as history:
        for patient, peak_gy in (("ID-1", 1.0), ("ID-2", 2.0)):
            document = dict(record((), study=None, mapped=False, peak_gy=peak_gy).document)
            document["procedure"] = {**document["procedure"], "started": None}
            for status in ("new", "unchanged"):
                added = history.add_record(pack_document(document, patient_id=patient))
                assert added.status == status
        assert [len(history.procedures(patient)) for patient in ("ID-1", "ID-2")] == [1, 1]


def test_an_issuer_that_is_not_named_is_no_other_issuer(location: str) -> None:
    """A result from a file, for which the person gave the ID alone, stays with its patient."""
    with History(location) as history:
        history.add_record(record(issuer="HOSPITAL A"))
        assert history.add_record(record()).status == "unchanged"
        assert history.add_record(record(peak_gy=2.0)).notes == ()
        (only,) = history.procedures("ID-4711")
        assert (only.issuer, only.revisions) == ("HOSPITAL A", 2)


def test_the_same_id_with_and_without_issuer_is_told(location: str) -> None:
    """One system sends the issuer, another does not: maybe one person, whose doses do not add."""
    with History(location) as history:
        assert history.add_record(record("a", study="1.3", issuer="HOSPITAL A")).notes == ()
        other = history.add_record(record("b", study="1.4"))
        assert "1 procedure of the same patient ID with another issuer" in other.notes[0]
        with pytest.raises(DosemapError, match="is the one without"):
            history.cumulative("ID-4711")
        for issuer in ("", "HOSPITAL A"):
            found = history.cumulative("ID-4711", issuer=issuer)
            assert len(found.contributions) == 1
            codes = [problem["code"] for problem in found.problems]
            assert codes == ["patient-id-of-another-issuer"]
        with pytest.raises(DosemapError, match="but not with this issuer"):
            history.cumulative("ID-4711", issuer="HOSPITAL B")


def test_a_result_of_an_older_version_says_what_it_lacks(tmp_path: Path) -> None:
    result = plain_result()
    document = result.to_dict()
    del document["totals"]["events_with_unknown_kerma_area_product"]
    document["totals"]["kerma_area_product_from"] = "events"
    replace(result, document=document).to_netcdf(tmp_path / "older.nc")
    with History(tmp_path / "doses.db") as history:
        lacks = "lacks 'events_with_unknown_kerma_area"
        with pytest.raises(DosemapError, match=lacks):
            history.add(DoseResult.from_netcdf(tmp_path / "older.nc"))
        with pytest.raises(DosemapError, match=lacks):
            history.add_record(pack_document(document))
        assert history.procedures() == []
        # What was asked for beside the dose may lack: it is not read.
        del document["risk"]
        document["totals"]["events_with_unknown_kerma_area_product"] = 0
        assert history.add_record(pack_document(document)).status == "new"


def test_the_type_of_procedure_is_that_of_the_report_s_codes(tmp_path: Path) -> None:
    procedure = plain_result().procedure
    assert procedure is not None
    code = ProcedureCode(place="ProcedureCodeSequence", value="33367005", scheme="SCT", meaning="")
    coded = replace(procedure, procedure_codes=(code,))
    name = procedure_type(coded).name
    assert name is not None
    assert pack(replace(plain_result(), procedure=coded)).procedure_type == name
    with History(tmp_path / "doses.db") as history:
        history.add(replace(plain_result(), procedure=coded))
        assert history.procedures()[0].procedure_type == name
