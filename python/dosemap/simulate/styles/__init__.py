"""Makers' habits, one file each; a new make is a new file and a line in the table below."""

from collections.abc import Mapping

from dosemap.simulate.styles.base import Style
from dosemap.simulate.styles.canon_alphenix import CanonAlphenix
from dosemap.simulate.styles.canon_ultimax import CanonUltimax
from dosemap.simulate.styles.dicom_standard import DicomStandard
from dosemap.simulate.styles.enhanced_xray import EnhancedXRay
from dosemap.simulate.styles.eurocolumbus import Eurocolumbus
from dosemap.simulate.styles.ge_innova import GeInnova
from dosemap.simulate.styles.ge_miniview import GeMiniView
from dosemap.simulate.styles.ge_surgery import GeSurgery
from dosemap.simulate.styles.philips_allura import PhilipsAllura
from dosemap.simulate.styles.philips_allura_xper import PhilipsAlluraXper
from dosemap.simulate.styles.philips_azurion import PhilipsAzurion
from dosemap.simulate.styles.philips_veradius import PhilipsVeradius
from dosemap.simulate.styles.plain import (
    NOT_OF_A_MOBILE_C_ARM,
    NOT_OF_A_SUITE,
    NOT_OF_AN_RF_TABLE,
    Plain,
)
from dosemap.simulate.styles.siemens_artis import SiemensArtis
from dosemap.simulate.styles.siemens_luminos import SiemensLuminos
from dosemap.simulate.styles.siemens_varic import SiemensVaric

STYLES: Mapping[str, Style] = {
    "dicom": DicomStandard(),
    "siemens_artis": SiemensArtis(),
    "siemens_artis_vc14": SiemensArtis(software="VC14J"),
    "siemens_luminos": SiemensLuminos(),
    "siemens_radiography": SiemensLuminos(radiography=True),
    "siemens_varic": SiemensVaric(),
    "philips_allura": PhilipsAllura(),
    "philips_allura_xper": PhilipsAlluraXper(),
    "philips_azurion": PhilipsAzurion(),
    "philips_veradius": PhilipsVeradius(),
    "canon_alphenix": CanonAlphenix(),
    "canon_ultimax": CanonUltimax(),
    "ge_innova": GeInnova(),
    "enhanced_xray": EnhancedXRay(),
    "plain": Plain(left_out=NOT_OF_A_SUITE),
    "plain_mobile": Plain(left_out=NOT_OF_A_MOBILE_C_ARM),
    "plain_rf": Plain(left_out=NOT_OF_AN_RF_TABLE),
    "ge_surgery": GeSurgery(),
    "ge_miniview": GeMiniView(),
    "eurocolumbus": Eurocolumbus(),
}

__all__ = [
    "STYLES",
    "CanonAlphenix",
    "CanonUltimax",
    "DicomStandard",
    "EnhancedXRay",
    "Eurocolumbus",
    "GeInnova",
    "GeMiniView",
    "GeSurgery",
    "PhilipsAllura",
    "PhilipsAlluraXper",
    "PhilipsAzurion",
    "PhilipsVeradius",
    "Plain",
    "SiemensArtis",
    "SiemensLuminos",
    "SiemensVaric",
    "Style",
]
