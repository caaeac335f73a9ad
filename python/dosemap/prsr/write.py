"""Writes an estimate as Patient Radiation Dose SR, with a picture of the map beside it."""

from datetime import datetime
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from dosemap.errors import DosemapError
from dosemap.files import written_whole
from dosemap.prsr.study import Study, study_of

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

    from dosemap.rdsr import Source
    from dosemap.result import DoseResult

_INSTALL = 'a Patient Radiation Dose SR needs highdicom: pip install "dosemap[prsr]"'


def picture_path(path: str | PathLike[str]) -> Path:
    """Return where the picture of the map goes that belongs to a report.

    Examples
    --------
    >>> picture_path("case.dcm").name, picture_path("case").name
    ('case.map.dcm', 'case.map.dcm')
    """
    path = Path(path)
    return path.with_name(f"{path.name.removesuffix('.dcm')}.map.dcm")


def write_prsr(
    result: "DoseResult",
    path: str | PathLike[str],
    *,
    source: "Source | None" = None,
    created: datetime | None = None,
) -> None:
    """Write an estimate as Patient Radiation Dose SR; see :meth:`DoseResult.to_dicom`."""
    target = Path(path)
    if not target.name or (target.exists() and not target.is_file()):
        raise DosemapError(f"{path} is no file; name one, for the report and the picture beside it")
    report, picture = _instances(result, _study(result, source), created)
    beside = picture_path(target)
    _refuse_other_object(target, report.SOPClassUID)
    _refuse_other_object(beside, picture.SOPClassUID)
    # Left in the other order: the report is not there without the picture that it refers to.
    with written_whole(target) as whole_report, written_whole(beside) as whole_picture:
        report.save_as(whole_report, enforce_file_format=True)
        picture.save_as(whole_picture, enforce_file_format=True)


def _study(result: "DoseResult", source: "Source | None") -> Study:
    """Return patient and study of the report that a result was made from."""
    if result.skin_dose_gy is None:
        raise DosemapError(
            f"{result.document['source']}: a Patient Radiation Dose SR reports a dose to the skin,"
            f" and there is none to report: {result.reason}"
        )
    procedure = result.procedure
    if source is not None:
        from dosemap.rdsr import read_rdsr  # noqa: PLC0415  (few results need it)

        procedure = read_rdsr(source)
        made_from = result.document["procedure"]["sop_instance_uid"]
        if procedure.sop_instance_uid != made_from:
            raise DosemapError(
                "the source is not the report that the estimate was made from (its SOP Instance UID"
                " differs), perhaps of another patient; give that report"
            )
    if procedure is None:
        raise DosemapError(
            "the result was loaded from a file, which holds no patient; give the report it was made"
            " from as source"
        )
    if procedure.report_kind == "frames":
        raise DosemapError(
            "a Patient Radiation Dose SR refers to the report it was made from, and a live session"
            " has none; estimate the system's report once it is there"
        )
    return study_of(procedure.header)


def _instances(
    result: "DoseResult", study: Study, created: datetime | None
) -> tuple["Dataset", "Dataset"]:
    try:
        from dosemap.prsr.identity import Identity  # noqa: PLC0415
        from dosemap.prsr.instances import picture_instance, report_instance  # noqa: PLC0415
        from dosemap.prsr.map_picture import map_picture  # noqa: PLC0415
        from dosemap.prsr.tree import content_tree  # noqa: PLC0415
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        if missing not in {"highdicom", "pydicom", "PIL"}:
            raise
        raise DosemapError(_INSTALL) from error
    zone = study.attributes.get("TimezoneOffsetFromUTC", "")
    identity = Identity.of(result.document, created, zone)
    software = result.document["software"]
    picture = picture_instance(map_picture(result), study, identity, software)
    reference = (picture.SOPClassUID, picture.SOPInstanceUID)
    content = content_tree(result, study, picture=reference)
    return report_instance(content, picture, study, identity, software), picture


def _refuse_other_object(target: Path, sop_class_uid: str) -> None:
    """Leave a DICOM object of another kind alone, above all the source report."""
    from pydicom.errors import InvalidDicomError  # noqa: PLC0415
    from pydicom.filereader import read_file_meta_info  # noqa: PLC0415

    if not target.is_file():
        return
    try:
        existing = read_file_meta_info(target).get("MediaStorageSOPClassUID")
    except InvalidDicomError:
        # Not a DICOM file; written_whole knows what of these may be replaced.
        return
    if existing != sop_class_uid:
        raise DosemapError(
            f"{target} is another DICOM object: it is left as it is; name another file"
        )
