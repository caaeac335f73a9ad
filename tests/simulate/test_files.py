"""Files: encodings, determinism, and what an independent program thinks of them."""

import shutil
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset
from rdsr_walker import events, find, find_all

from dosemap.simulate import rdsr_dataset, save_dataset, write_rdsr
from dosemap.simulate.cases import single_beam
from dosemap.simulate.report import SimulatedEvent, SimulatedProcedure
from dosemap.simulate.styles import STYLES
from preset_reports import coronary_intervention, lumbar_injection


@pytest.fixture(scope="module")
def coronary() -> Dataset:
    """The largest report, made once: pydicom needs seconds for it."""
    return rdsr_dataset(coronary_intervention(), style="siemens_artis")


def written(procedure: SimulatedProcedure, style: str) -> bytes:
    buffer = BytesIO()
    write_rdsr(procedure, buffer, style=style)
    return buffer.getvalue()


@pytest.mark.parametrize("style", STYLES)
def test_the_same_case_gives_the_same_bytes(style: str) -> None:
    assert written(lumbar_injection(), style) == written(lumbar_injection(), style)


def test_another_process_gives_the_same_bytes(tmp_path: Path) -> None:
    """Nothing hangs on the hash seed, on the clock or on what ran before."""
    code = (
        "import sys; from dosemap.simulate import simulate_procedure as simulate; "
        "lumbar = simulate('transforaminal_epidural_injection', device='philips_allura'); "
        "lumbar.write(sys.argv[1])"
    )
    path = tmp_path / "other.dcm"
    subprocess.run([sys.executable, "-c", code, path], check=True, env={"PYTHONHASHSEED": "7"})
    assert path.read_bytes() == written(lumbar_injection(), "philips_allura")


def test_another_seed_gives_another_report() -> None:
    first, second = (rdsr_dataset(lumbar_injection(seed=seed), style="dicom") for seed in (1, 2))
    assert first.SOPInstanceUID != second.SOPInstanceUID
    assert first.StudyInstanceUID != second.StudyInstanceUID
    assert find(first, "113725").value != find(second, "113725").value


def test_uids_are_valid_and_each_event_has_its_own(coronary: Dataset) -> None:
    dataset = coronary
    uids = [found.value for found in find_all(dataset, "113769")]
    assert len(set(uids)) == len(uids) == len(events(dataset))
    for uid in (*uids, dataset.SOPInstanceUID, dataset.SeriesInstanceUID):
        assert uid.is_valid
        assert uid.startswith("2.25.")
        # PS3.5 B.2: the number is a UUID, so it has at most 128 bits.
        assert int(uid.removeprefix("2.25.")) < 2**128


@pytest.mark.parametrize("transfer_syntax", ["implicit", "explicit", "deflated"])
@pytest.mark.parametrize("header", ["part10", "no preamble"])
def test_every_encoding_reads_back_alike(transfer_syntax: Any, header: Any) -> None:
    dataset = rdsr_dataset(lumbar_injection(), style="philips_allura")
    plain = dcmread(BytesIO(written(lumbar_injection(), "philips_allura")))
    buffer = BytesIO()
    save_dataset(dataset, buffer, transfer_syntax=transfer_syntax, header=header)
    assert (buffer.getvalue()[128:132] == b"DICM") is (header == "part10")
    buffer.seek(0)
    again = dcmread(buffer, force=True)
    assert again.file_meta.TransferSyntaxUID.is_deflated is (transfer_syntax == "deflated")
    assert again.file_meta.TransferSyntaxUID.is_implicit_VR is (transfer_syntax == "implicit")
    assert again == plain


@pytest.mark.parametrize("transfer_syntax", ["implicit", "explicit"])
def test_a_bare_data_set_has_no_group_2(transfer_syntax: Any) -> None:
    buffer = BytesIO()
    dataset = rdsr_dataset(lumbar_injection(), style="dicom")
    save_dataset(dataset, buffer, transfer_syntax=transfer_syntax, header="data set only")
    # The first element is Specific Character Set, (0008,0005).
    assert buffer.getvalue()[:4] == b"\x08\x00\x05\x00"
    buffer.seek(0)
    again = dcmread(buffer, force=True)
    assert again.ContentSequence == dataset.ContentSequence


def test_a_bare_deflated_data_set_is_refused() -> None:
    dataset = rdsr_dataset(single_beam(), style="dicom")
    with pytest.raises(ValueError, match="deflated"):
        save_dataset(dataset, BytesIO(), transfer_syntax="deflated", header="data set only")


def test_header_attributes_can_be_set_and_left_out() -> None:
    dataset = rdsr_dataset(
        single_beam(), style="dicom", attributes={"Manufacturer": None, "PatientWeight": "0.0"}
    )
    assert "Manufacturer" not in dataset
    assert float(dataset.PatientWeight) == 0


def test_every_image_is_listed_as_evidence(coronary: Dataset) -> None:
    dataset = coronary
    images = [f.dataset.ReferencedSOPSequence[0] for f in find_all(dataset, "113795")]
    study = dataset.CurrentRequestedProcedureEvidenceSequence[0]
    listed = study.ReferencedSeriesSequence[0].ReferencedSOPSequence
    assert [i.ReferencedSOPInstanceUID for i in images] == [
        i.ReferencedSOPInstanceUID for i in listed
    ]
    assert study.StudyInstanceUID == dataset.StudyInstanceUID
    assert images


def test_an_unknown_style_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="'siemens_artis'"):
        rdsr_dataset(single_beam(), style="siemens")


def test_without_pydicom_the_error_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [n for n in sys.modules if n.partition(".")[0] == "pydicom"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.delitem(sys.modules, "dosemap.simulate.encode", raising=False)
    monkeypatch.setitem(sys.modules, "pydicom", None)
    with pytest.raises(ImportError, match=r"pip install 'dosemap\[dicom\]'"):
        rdsr_dataset(single_beam(), style="dicom")


def test_importing_the_package_does_not_import_pydicom() -> None:
    code = "import sys, dosemap.simulate; sys.exit('pydicom' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


KNOWN_WARNINGS = {
    # A habit of the Allura Xper that is imitated.
    "W: ManufacturerModelName (0008,1090) absent in EnhancedGeneralEquipmentModule (type 1)",
    # A habit of Siemens that is imitated.
    "W: Invalid value for Completion Flag, should be 'COMPLETE' for X-Ray Radiation Dose SR",
    # UTF-8 is in the standard; dcmtk 3.6.7 says that it cannot check it.
    "W: The VR checker does not support this Specific Character Set: ISO_IR 192",
}
IRREGULAR = {
    "canon_alphenix": "children as siblings",
    "canon_ultimax": "children as siblings",
    "eurocolumbus": "no continuity of content, no relationship types",
    "siemens_varic": "no radiation dose report by class and title",
    "enhanced_xray": "a class that dcmtk 3.6.7 does not know",
}
"""Styles whose reports break the rules of DICOM, and are imitated in that, or are unknown."""
BIPLANE = SimulatedProcedure(
    uid_seed="biplane",
    events=(
        SimulatedEvent(acquisition_plane="A"),
        SimulatedEvent(
            acquisition_plane="B",
            event_type="rotational",
            primary_angle_deg=-100.0,
            primary_end_angle_deg=100.0,
        ),
    ),
)


@pytest.mark.skipif(shutil.which("dsrdump") is None, reason="dsrdump (dcmtk) is not installed")
@pytest.mark.parametrize("style", sorted(STYLES.keys() - IRREGULAR.keys()))
@pytest.mark.parametrize(
    "procedure",
    [single_beam(), lumbar_injection(), BIPLANE],
    ids=["single beam", "lumbar", "biplane"],
)
def test_dcmtk_finds_a_valid_radiation_dose_report(
    procedure: SimulatedProcedure, style: str, tmp_path: Path
) -> None:
    assert_valid_to_dcmtk(rdsr_dataset(procedure, style=style), len(procedure.events), tmp_path)


@pytest.mark.skipif(shutil.which("dsrdump") is None, reason="dsrdump (dcmtk) is not installed")
def test_dcmtk_finds_the_large_report_valid(coronary: Dataset, tmp_path: Path) -> None:
    assert_valid_to_dcmtk(coronary, len(events(coronary)), tmp_path)


@pytest.mark.skipif(shutil.which("dsrdump") is None, reason="dsrdump (dcmtk) is not installed")
def test_dcmtk_finds_the_tree_of_an_enhanced_report_valid(tmp_path: Path) -> None:
    """dcmtk 3.6.7 does not know the class; the same tree is read as a general report."""
    comprehensive = {"SOPClassUID": "1.2.840.10008.5.1.4.1.1.88.33"}
    dataset = rdsr_dataset(BIPLANE, style="enhanced_xray", attributes=comprehensive)
    printed = dumped(dataset, tmp_path)
    assert printed.startswith("Comprehensive SR Document")
    assert printed.count('"Irradiation Event Summary Data")=') == len(BIPLANE.events)


def assert_valid_to_dcmtk(dataset: Dataset, event_count: int, folder: Path) -> None:
    printed = dumped(dataset, folder)
    assert printed.startswith("X-Ray Radiation Dose SR Document")
    assert printed.count('"Irradiation Event X-Ray Data")=') == event_count


def dumped(dataset: Dataset, folder: Path) -> str:
    """Return what dcmtk prints of a report that it finds valid."""
    path = folder / "report.dcm"
    save_dataset(dataset, path)
    run = subprocess.run(
        # Latin 1 reads any byte; what is looked for is ASCII.
        ["dsrdump", path],
        capture_output=True,
        encoding="latin-1",
        check=False,
    )
    assert run.returncode == 0
    assert set(run.stderr.splitlines()) <= KNOWN_WARNINGS
    return run.stdout
