"""To whom the objects belong, when they were made, and what is not written at all."""

import logging
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from prsr_cases import check_objects, plain_result, report_bytes, result_of
from prsr_walker import PRIVATE, every, only, walk
from pydicom import Dataset, dcmread

from dosemap import DosemapError, DoseResult
from dosemap.prsr.write import write_prsr
from dosemap.simulate import SimulatedEvent

NOON = datetime(2026, 3, 1, 12, 30, 15, 250_000, tzinfo=UTC)
OBJECTS = ("case.dcm", "case.map.dcm")


def written(result: DoseResult, folder: Path, **arguments: object) -> list[Dataset]:
    """Return report and picture."""
    result.to_dicom(folder / "case.dcm", **arguments)  # type: ignore[arg-type]
    return [dcmread(folder / name) for name in OBJECTS]


def not_copied(folder: Path) -> set[str]:
    items = every(walk(folder / "case.dcm"), "not-copied", PRIVATE)
    return {item.value.partition(":")[0] for item in items}


def test_patient_and_study_are_those_of_the_source(tmp_path: Path) -> None:
    attributes = {
        "PatientName": "Yamada^Tarou=山田^太郎=やまだ^たろう",
        "PatientID": "PID-7",
        "IssuerOfPatientID": "HOSP",
        "PatientBirthDate": "19700101",
        "AccessionNumber": "A123",
        "StudyID": "S1",
        "StudyDate": "20260228",
        "StudyTime": "091500.5",
        "StudyDescription": "Abklärung",
    }
    for dataset in written(result_of(report_bytes(attributes=attributes)), tmp_path):
        assert {keyword: str(dataset[keyword].value) for keyword in attributes} == attributes
        assert (dataset.PatientSex, dataset.SpecificCharacterSet) == ("F", "ISO_IR 192")
    assert not_copied(tmp_path) == set()


def test_what_the_source_does_not_state_is_empty(tmp_path: Path) -> None:
    keywords = ("PatientName", "PatientID", "PatientBirthDate", "PatientSex", "StudyDate")
    attributes = dict.fromkeys(keywords)
    for dataset in written(result_of(report_bytes(attributes=attributes)), tmp_path):
        assert all(dataset[keyword].is_empty for keyword in keywords)
        assert "IssuerOfPatientID" not in dataset
        assert dataset.SpecificCharacterSet == "ISO_IR 100"


HOSTILE = {
    "PatientName": "x" * 10_000,
    "StudyDescription": "<script>alert('x')</script>" * 100,
    "PatientID": "7" * 65,
    "AccessionNumber": "\u202e" + "A" * 16,
    "StudyID": "\x1b[31m",
}


def test_hostile_text_gives_valid_objects_and_is_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """An identifier that does not fit is left out: its beginning is somebody else's."""
    result = plain_result()
    assert result.procedure is not None
    procedure = replace(result.procedure, header={**result.procedure.header, **HOSTILE})
    with caplog.at_level(logging.DEBUG):
        report, picture = written(replace(result, procedure=procedure), tmp_path)
    check_objects([tmp_path / name for name in OBJECTS])
    for dataset in (report, picture):
        assert dataset.PatientName == "x" * 64
        assert len(dataset.StudyDescription) == 64
        assert (dataset.PatientID, dataset.AccessionNumber, dataset.StudyID) == ("", "", "")
    assert not_copied(tmp_path) == set(HOSTILE)
    assert "xxxx" not in caplog.text
    assert "7777" not in caplog.text


def test_hostile_texts_in_the_document(tmp_path: Path) -> None:
    result = plain_result()
    texts = ["\x00\x1b[31m\u202eevil <script>", "line\nline\ttab", "\\" * 5000, "µ² ≥ 漢字"]
    problems = [{"code": "hostile", "events": [], "message": text} for text in texts]
    written(replace(result, document={**result.document, "problems": problems}), tmp_path)
    check_objects([tmp_path / name for name in OBJECTS])
    found = [item.value for item in every(walk(tmp_path / "case.dcm"), "problem", PRIVATE)]
    assert found == [
        "hostile:   [31m\u202eevil <script>",
        "hostile: line\nline tab",
        *(f"hostile: {text}" for text in texts[2:]),
    ]


def test_a_stated_zone_is_kept_and_all_times_are_in_it(tmp_path: Path) -> None:
    attributes = {"TimezoneOffsetFromUTC": "-0330"}
    result = result_of(report_bytes(attributes=attributes))
    for dataset in written(result, tmp_path, created=NOON):
        assert dataset.TimezoneOffsetFromUTC == "-0330"
        assert (dataset.ContentDate, dataset.ContentTime) == ("20260301", "090015.250000")
        assert (dataset.InstanceCreationDate, dataset.InstanceCreationTime) == (
            dataset.ContentDate,
            dataset.ContentTime,
        )


def test_without_a_zone_times_are_local(tmp_path: Path) -> None:
    local = NOON.astimezone()
    for created in (
        NOON,
        local.replace(tzinfo=None),
        NOON.astimezone(timezone(timedelta(hours=5))),
    ):
        for dataset in written(plain_result(), tmp_path, created=created):
            assert "TimezoneOffsetFromUTC" not in dataset
            assert dataset.ContentDate == f"{local:%Y%m%d}"
            assert dataset.ContentTime == f"{local:%H%M%S.%f}"


def test_the_same_moment_gives_the_same_bytes_and_another_other_uids(tmp_path: Path) -> None:
    def files(**arguments: object) -> list[bytes]:
        written(plain_result(), tmp_path, **arguments)
        return [(tmp_path / name).read_bytes() for name in OBJECTS]

    first = files(created=NOON)
    assert files(created=NOON) == first
    uids = [dcmread(tmp_path / name).SOPInstanceUID for name in OBJECTS]
    files(created=NOON + timedelta(microseconds=1))
    later = [dcmread(tmp_path / name).SOPInstanceUID for name in OBJECTS]
    assert len({*uids, *later}) == 4
    assert all(uid.startswith("2.25.") and len(uid) <= 64 for uid in (*uids, *later))


def test_a_loaded_result_needs_its_report(tmp_path: Path) -> None:
    result = plain_result()
    result.to_netcdf(tmp_path / "case.nc")
    loaded = DoseResult.from_netcdf(tmp_path / "case.nc")
    with pytest.raises(DosemapError, match="give the report it was made from as source"):
        loaded.to_dicom(tmp_path / "case.dcm")
    report, _ = written(loaded, tmp_path, source=report_bytes(), created=NOON)
    assert report.PatientID == "PID-7"
    directly, _ = written(result, tmp_path, created=NOON)
    assert [item.value for item in walk(tmp_path / "case.dcm")]
    assert report.PatientName == directly.PatientName


def test_another_report_is_refused_without_naming_anybody(tmp_path: Path) -> None:
    other = report_bytes(attributes={"SOPInstanceUID": "2.25.4711", "PatientID": "OTHER"})
    with pytest.raises(
        DosemapError, match="not the report that the estimate was made from"
    ) as info:
        plain_result().to_dicom(tmp_path / "case.dcm", source=other)
    assert "OTHER" not in str(info.value)
    assert "PID" not in str(info.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("keyword", ["SeriesInstanceUID", "SOPInstanceUID"])
@pytest.mark.parametrize("uid", [None, "not a uid"])
def test_a_report_that_cannot_be_referred_to(keyword: str, uid: str | None, tmp_path: Path) -> None:
    result = plain_result()
    assert result.procedure is not None
    header = {**result.procedure.header, keyword: uid or ""}
    procedure = replace(result.procedure, header=header)
    with pytest.raises(DosemapError, match=f"no valid {keyword}") as info:
        replace(result, procedure=procedure).to_dicom(tmp_path / "case.dcm")
    assert "not a uid" not in str(info.value)


def test_no_map_is_refused_with_the_reason(tmp_path: Path) -> None:
    result = result_of(report_bytes(SimulatedEvent(table_lateral_mm=3000)))
    assert result.skin_dose_gy is None
    with pytest.raises(DosemapError, match="no beam meets the surface"):
        result.to_dicom(tmp_path / "case.dcm")
    assert list(tmp_path.iterdir()) == []


def test_a_live_session_has_no_report(tmp_path: Path) -> None:
    result = plain_result()
    assert result.procedure is not None
    procedure = replace(result.procedure, report_kind="frames", header={})
    with pytest.raises(DosemapError, match="a live session has none"):
        replace(result, procedure=procedure).to_dicom(tmp_path / "case.dcm")


@pytest.mark.parametrize("name", OBJECTS)
def test_the_source_report_is_never_replaced(name: str, tmp_path: Path) -> None:
    source = report_bytes()
    (tmp_path / name).write_bytes(source)
    with pytest.raises(DosemapError, match="another DICOM object"):
        plain_result().to_dicom(tmp_path / "case.dcm")
    assert (tmp_path / name).read_bytes() == source
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_report_of_the_same_kind_is_replaced(tmp_path: Path) -> None:
    first, _ = written(plain_result(), tmp_path)
    second, _ = written(plain_result(), tmp_path)
    assert first.SOPInstanceUID != second.SOPInstanceUID


def test_a_folder_is_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "case"
    folder.mkdir()
    monkeypatch.chdir(folder)
    for path in (folder, Path(), "/dev/null"):
        with pytest.raises(DosemapError, match="is no file"):
            plain_result().to_dicom(path)
    assert list(tmp_path.iterdir()) == [folder]
    assert not Path("/dev/null.map.dcm").exists()


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(DosemapError, match="cannot write"):
        plain_result().to_dicom(tmp_path / "nowhere" / "case.dcm")


def test_without_highdicom_the_text_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.startswith("dosemap.prsr.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "highdicom", None)
    with pytest.raises(DosemapError, match=r'pip install "dosemap\[prsr\]"'):
        write_prsr(plain_result(), tmp_path / "case.dcm")


def test_synthetic_reports_stay_marked(tmp_path: Path) -> None:
    result = plain_result()
    assert result.document["procedure"]["synthetic"]
    written(result, tmp_path)
    comment = only(walk(tmp_path / "case.dcm"), "121106").value
    assert comment.startswith("Synthetic: ")
    assert comment.endswith(result.document["software"]["notice"])
    measured = {**result.document["procedure"], "synthetic": False}
    written(replace(result, document={**result.document, "procedure": measured}), tmp_path)
    comment = only(walk(tmp_path / "case.dcm"), "121106").value
    assert comment == result.document["software"]["notice"]
