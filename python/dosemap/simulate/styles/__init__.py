"""Makers' habits, one file each; a new make is a new file and a line in the table below."""

from collections.abc import Mapping

from dosemap.simulate.styles.base import Style, content_tree
from dosemap.simulate.styles.canon_alphenix import CanonAlphenix
from dosemap.simulate.styles.dicom_standard import DicomStandard
from dosemap.simulate.styles.ge_innova import GeInnova
from dosemap.simulate.styles.philips_allura import PhilipsAllura
from dosemap.simulate.styles.philips_azurion import PhilipsAzurion
from dosemap.simulate.styles.philips_veradius import PhilipsVeradius
from dosemap.simulate.styles.plain import (
    NOT_OF_A_MOBILE_C_ARM,
    NOT_OF_A_SUITE,
    NOT_OF_AN_RF_TABLE,
    Plain,
)
from dosemap.simulate.styles.siemens_artis import SiemensArtis

STYLES: Mapping[str, Style] = {
    "dicom": DicomStandard(),
    "siemens_artis": SiemensArtis(),
    "philips_allura": PhilipsAllura(),
    "philips_azurion": PhilipsAzurion(),
    "philips_veradius": PhilipsVeradius(),
    "canon_alphenix": CanonAlphenix(),
    "ge_innova": GeInnova(),
    "plain": Plain(left_out=NOT_OF_A_SUITE),
    "plain_mobile": Plain(left_out=NOT_OF_A_MOBILE_C_ARM),
    "plain_rf": Plain(left_out=NOT_OF_AN_RF_TABLE),
}

__all__ = [
    "STYLES",
    "CanonAlphenix",
    "DicomStandard",
    "GeInnova",
    "PhilipsAllura",
    "PhilipsAzurion",
    "PhilipsVeradius",
    "Plain",
    "SiemensArtis",
    "Style",
    "content_tree",
]
