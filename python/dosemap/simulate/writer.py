"""Writing synthetic reports as DICOM files."""

import struct
from collections.abc import Iterable, Mapping
from io import BytesIO
from os import PathLike
from typing import TYPE_CHECKING, BinaryIO, Literal

from dosemap.files import written_whole
from dosemap.simulate.edits import Edit
from dosemap.simulate.report import SimulatedProcedure
from dosemap.simulate.styles import STYLES, Style
from dosemap.simulate.uids import derived_uid

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

TransferSyntax = Literal["implicit", "explicit", "deflated"]
Target = str | PathLike[str] | BinaryIO
Header = Literal["part10", "no preamble", "data set only"]

_TRANSFER_SYNTAX_UIDS: Mapping[TransferSyntax, str] = {
    "implicit": "1.2.840.10008.1.2",
    "explicit": "1.2.840.10008.1.2.1",
    "deflated": "1.2.840.10008.1.2.1.99",
}
_PREAMBLE_BYTES = 128 + len(b"DICM")
_GROUP_LENGTH_ELEMENT_BYTES = 12


def rdsr_dataset(
    procedure: SimulatedProcedure,
    *,
    style: str | Style,
    edits: Iterable[Edit] = (),
    attributes: Mapping[str, str | None] | None = None,
) -> "Dataset":
    """Make an X-Ray Radiation Dose SR as a pydicom data set.

    Parameters
    ----------
    procedure
        What to report.
    style
        The maker's habits: a name of :data:`dosemap.simulate.styles.STYLES`, or a style.
    edits
        Alterations of the content (:mod:`dosemap.simulate.edits`), in this order.
    attributes
        Values of the header by DICOM keyword, over those of the style; ``None`` leaves an
        attribute out.

    Returns
    -------
    pydicom.dataset.Dataset
        The report without file meta information.

    Raises
    ------
    ImportError
        pydicom is not installed.
    ValueError
        There is no such style, or it cannot say what the procedure holds.
    """
    if isinstance(style, str):
        if style not in STYLES:
            raise ValueError(f"style {style!r} is not one of {', '.join(map(repr, STYLES))}")
        style = STYLES[style]
    tree = style.tree(procedure)
    for edit in edits:
        tree = edit(tree)
    try:
        from dosemap.simulate.encode import encode  # noqa: PLC0415 - pydicom is optional and slow
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] != "pydicom":
            raise
        raise ImportError(
            "writing DICOM reports needs pydicom: pip install 'dosemap[dicom]'"
        ) from error
    return encode(tree, procedure, {**style.attributes(procedure), **(attributes or {})})


def write_rdsr(
    procedure: SimulatedProcedure,
    target: Target,
    *,
    style: str | Style,
    edits: Iterable[Edit] = (),
) -> None:
    """Write an X-Ray Radiation Dose SR; the same arguments give the same bytes.

    For another header or encoding than the usual, see :func:`rdsr_dataset` and
    :func:`save_dataset`, of which this is the two in a row.

    Parameters
    ----------
    procedure, style, edits
        As for :func:`rdsr_dataset`.
    target
        Path, or a binary file open for writing.

    Raises
    ------
    DosemapError
        The file cannot be written.
    ImportError
        pydicom is not installed.
    ValueError
        There is no such style, or it cannot say what the procedure holds.
    """
    save_dataset(rdsr_dataset(procedure, style=style, edits=edits), target)


def save_dataset(
    dataset: "Dataset",
    target: Target,
    *,
    transfer_syntax: TransferSyntax = "explicit",
    header: Header = "part10",
) -> None:
    """Write a data set of :func:`rdsr_dataset` in a chosen encoding.

    Parameters
    ----------
    dataset
        The report; its ``file_meta`` is replaced.
    target
        Path, or a binary file open for writing.
    transfer_syntax
        How the data set is encoded; all three are little endian.
    header
        ``"part10"`` is a DICOM file as PS3.10 has it; ``"no preamble"`` begins with the file
        meta information, ``"data set only"`` lacks that too, as some archives export.

    Raises
    ------
    DosemapError
        The file cannot be written.
    ValueError
        A deflated data set without the meta information that says so.
    """
    if transfer_syntax == "deflated" and header == "data set only":
        raise ValueError("nothing would tell that the data set is deflated: write its header too")
    encoded = _file_bytes(dataset, transfer_syntax, header)
    if isinstance(target, (str, PathLike)):
        with written_whole(target) as path:
            path.write_bytes(encoded)
    else:
        target.write(encoded)


def _file_bytes(dataset: "Dataset", transfer_syntax: TransferSyntax, header: Header) -> bytes:
    from pydicom import dcmwrite  # noqa: PLC0415 - pydicom is optional and slow
    from pydicom.dataset import FileMetaDataset  # noqa: PLC0415
    from pydicom.uid import UID  # noqa: PLC0415

    meta = FileMetaDataset()
    meta.TransferSyntaxUID = UID(_TRANSFER_SYNTAX_UIDS[transfer_syntax])
    # Our own identification rather than pydicom's, whose version would be in every file.
    meta.ImplementationClassUID = UID(derived_uid("implementation"))
    meta.ImplementationVersionName = "DOSEMAP"
    dataset.file_meta = meta
    buffer = BytesIO()
    dcmwrite(buffer, dataset, enforce_file_format=True)
    encoded = buffer.getvalue()
    if header == "part10":
        return encoded
    without_preamble = encoded[_PREAMBLE_BYTES:]
    if header == "no preamble":
        return without_preamble
    # The first element gives the length of the group after itself (PS3.10 section 7.1).
    (group_length,) = struct.unpack_from("<I", without_preamble, _GROUP_LENGTH_ELEMENT_BYTES - 4)
    return without_preamble[_GROUP_LENGTH_ELEMENT_BYTES + group_length :]
