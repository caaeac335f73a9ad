"""DCMTK and dicom3tools have nothing against what is written, of synthetic and of real reports."""

from pathlib import Path

import pytest
from prsr_cases import check_objects, plain_result, report_bytes, result_of, simulated

from dosemap import DosemapError, DoseResult, estimate, estimate_interval
from dosemap.rdsr import read_rdsr
from dosemap.simulate import SimulatedProcedure
from dosemap.surface import Surface
from preset_reports import coronary_intervention, lumbar_injection
from simulated_reports import RDSR, flat_back


def written(result: DoseResult, folder: Path) -> tuple[Path, Path]:
    result.to_dicom(folder / "case.dcm")
    assert sorted(path.name for path in folder.iterdir()) == ["case.dcm", "case.map.dcm"]
    return folder / "case.dcm", folder / "case.map.dcm"


def test_one_event_on_a_flat_back(tmp_path: Path) -> None:
    check_objects(written(plain_result(), tmp_path))


@pytest.mark.parametrize(
    ("procedure", "style"),
    [(coronary_intervention(), "siemens_artis"), (lumbar_injection(), "philips_allura")],
    ids=["coronary intervention", "lumbar injection"],
)
def test_simulated_procedures_on_a_body(
    procedure: SimulatedProcedure, style: str, tmp_path: Path
) -> None:
    read = read_rdsr(simulated(procedure, style), name="report.dcm")
    result = estimate(read).with_interval(estimate_interval(read)).with_risk()
    check_objects(written(result, tmp_path))


@pytest.mark.parametrize(
    "surface",
    [
        Surface.elliptic_cylinder(width_mm=400, thickness_mm=200, length_mm=600, spacing_mm=20),
        Surface.from_mesh(flat_back().vertices_mm, flat_back().triangles, repair=False),
    ],
    ids=["cylinder", "own mesh"],
)
def test_other_surfaces(surface: Surface, tmp_path: Path) -> None:
    result = estimate(read_rdsr(report_bytes(), name="report.dcm"), surface=surface)
    check_objects(written(result, tmp_path))


@pytest.mark.parametrize(
    "attributes",
    [
        {"PatientName": "Yamada^Tarou=山田^太郎=やまだ^たろう"},
        {"PatientName": "Müller^Jörg", "PatientID": "Ä-1"},
        {"PatientName": "قباني^لنزار"},
        {"PatientName": None, "PatientID": None, "PatientBirthDate": None, "StudyDate": None},
        {"TimezoneOffsetFromUTC": "-0330"},
    ],
    ids=["Japanese", "German", "Arabic", "nothing", "zone"],
)
def test_headers(attributes: dict[str, str | None], tmp_path: Path) -> None:
    check_objects(written(result_of(report_bytes(attributes=attributes)), tmp_path))


REAL = sorted(RDSR.glob("*.dcm")) if RDSR.is_dir() else []


@pytest.mark.skipif(not REAL, reason="no real reports on this machine")
@pytest.mark.parametrize("path", REAL, ids=lambda path: path.stem)
def test_real_reports(path: Path, tmp_path: Path) -> None:
    """Half of them give a map; the others are refused with the reason."""
    result = estimate(read_rdsr(path))
    if result.skin_dose_gy is None:
        with pytest.raises(DosemapError, match="there is none to report: no map"):
            result.to_dicom(tmp_path / "case.dcm")
        assert list(tmp_path.iterdir()) == []
    else:
        check_objects(written(result, tmp_path))
