"""The systems whose reports the styles of the writer imitate."""

from collections.abc import Mapping

from dosemap.simulate import SimulatedDevice

DEVICES: Mapping[str, SimulatedDevice] = {
    style: SimulatedDevice(manufacturer=manufacturer, model=model)
    for style, manufacturer, model in (
        ("dicom", "ACME", "C1"),
        ("siemens_artis", "Siemens", "AXIOM-Artis"),
        ("siemens_artis_vc14", "Siemens", "AXIOM-Artis"),
        ("siemens_luminos", "SIEMENS", "Fluorospot Compact FD"),
        ("siemens_radiography", "SIEMENS", "Fluorospot Compact FD"),
        ("siemens_varic", "SIEMENS", "ARCADIS"),
        ("philips_allura", "Philips Medical Systems", "Allura Clarity"),
        ("philips_allura_xper", "Philips Medical Systems", "Allura Xper"),
        ("philips_azurion", "Philips", "Azurion"),
        ("philips_veradius", "Philips Medical Systems", "Veradius Unity"),
        ("canon_alphenix", "CANON_MEC", "DFP-8000D"),
        ("canon_ultimax", "CANON_MEC", "Platinum43"),
        ("ge_innova", "GE MEDICAL SYSTEMS", "Innova IGS 5"),
        ("ge_surgery", "GE Healthcare Surgery", "ESP 21 cm FPD Super-C"),
        ("ge_miniview", "GE Hualun Medical Systems", "OEC Elite MiniView"),
        ("eurocolumbus", "EUROCOLUMBUS", "Fly4"),
    )
}
"""Manufacturer and model as the reports of each make have them."""


def device_of(style: str) -> SimulatedDevice:
    """Return the system of a style; one that no profile fits where a style is of no make."""
    return DEVICES.get(style, DEVICES["dicom"])
