"""Makers' habits, one file each; a new make is a new file and a line in the table below."""

from collections.abc import Mapping

from dosemap.simulate.styles.base import Style, content_tree
from dosemap.simulate.styles.dicom_standard import DicomStandard
from dosemap.simulate.styles.philips_allura import PhilipsAllura
from dosemap.simulate.styles.siemens_artis import SiemensArtis

STYLES: Mapping[str, Style] = {
    "dicom": DicomStandard(),
    "siemens_artis": SiemensArtis(),
    "philips_allura": PhilipsAllura(),
}

__all__ = ["STYLES", "DicomStandard", "PhilipsAllura", "SiemensArtis", "Style", "content_tree"]
