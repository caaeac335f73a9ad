"""Reference air kerma of an event that does not state it: from area product, or tube output."""

import math
from typing import TYPE_CHECKING

from dosemap.equipment import Profile, TubeOutput
from dosemap.errors import DosemapError
from dosemap.placement.field_size import PLANE_MM, known_areas_at_1m, shutter_area_at_1m
from dosemap.placement.model import NotPlaceable
from dosemap.placement.resolver import Resolver
from dosemap.procedure import Event, Filter, Provenance

if TYPE_CHECKING:
    from dosemap.spectrum import Spectrum

_NAME = "reference_air_kerma_gy"


def reference_air_kerma_gy(
    resolver: Resolver, reference_mm: float, kvp: float, added_filters: tuple[Filter, ...]
) -> float:
    """Return the air kerma of an event at its reference point, Gy.

    As reported; else kerma-area product over the area of the field at the reference point; else
    what the tube gives for its charge, where the profile knows its output.

    Parameters
    ----------
    resolver
        Event, profile and what the caller knows.
    reference_mm
        Focal spot to reference point.
    kvp, added_filters
        Beam quality.

    Raises
    ------
    NotPlaceable
        Nothing of this is known.
    """
    reported = resolver.event.reference_air_kerma_gy
    if reported is not None:
        resolver.provenance[_NAME] = resolver.event.provenance.get(_NAME, Provenance.REPORTED)
        return reported
    provenance = Provenance.DERIVED
    kerma, why = _by_area_product(resolver, reference_mm)
    if kerma is None:
        provenance = Provenance.PROFILE
        kerma, why = _by_tube_output(resolver, reference_mm, kvp, added_filters)
    if kerma is None:
        raise NotPlaceable(
            _NAME,
            "the air kerma of the event is not known, and neither a kerma-area product with a size"
            " of the field nor the tube charge with a tube output of the profile stands in for it",
        )
    resolver.provenance[_NAME] = provenance
    resolver.assume(_NAME, "derived", f"not in the report; {why}", provenance)
    return kerma


def _by_area_product(resolver: Resolver, reference_mm: float) -> tuple[float | None, str]:
    event, side_mm = resolver.event, resolver.overrides.field_side_at_1m_mm
    if not event.kerma_area_product_gy_m2:
        return None, ""
    areas = known_areas_at_1m(event, resolver.profile, reference_mm)
    area_m2 = areas[0].area_m2 if areas else shutter_area_at_1m(event, resolver.profile)
    if area_m2 is None and side_mm is not None:
        area_m2 = (side_mm / 1000) ** 2
    if area_m2 is None:
        return None, ""
    kerma = event.kerma_area_product_gy_m2 / (area_m2 * (reference_mm / PLANE_MM) ** 2)
    return kerma, "kerma-area product over the area of the field at the reference point"


def _by_tube_output(
    resolver: Resolver, reference_mm: float, kvp: float, added_filters: tuple[Filter, ...]
) -> tuple[float | None, str]:
    output = resolver.profile.tube_output
    charge_mas = None if output is None else tube_charge_mas(resolver.event, output)
    if output is None or charge_mas is None:
        return None, ""
    profile = resolver.profile
    try:
        spectrum = beam_spectrum(profile, kvp, added_filters)
        per_mas = output_ugy_per_mas_at_1m(spectrum, profile, output)
    except DosemapError as error:
        raise NotPlaceable("kvp", str(error)) from error
    kerma = per_mas * 1e-6 * charge_mas * (PLANE_MM / reference_mm) ** 2
    return kerma, f"{charge_mas:.4g} mAs by {output_in_words(output)}"


def output_in_words(output: TubeOutput) -> str:
    """Return what an air kerma by tube output rests on."""
    return (
        f"{output.charge} times the tube's output ({output.air_kerma_ugy_per_mas_at_1m:g} uGy/mAs"
        f" at 1 m and {output.kvp:g} kV, profile: {output.claim.basis}), for this beam quality by"
        " the spectrum model"
    )


def tube_charge_mas(event: Event, output: TubeOutput) -> float | None:
    """Return the tube charge of a whole event, mAs, by the items that the profile names."""
    if output.charge == "current and exposure time":
        current, time = event.tube_current_ma, event.exposure_time_ms
        return None if current is None or time is None else current * time / 1000
    if event.exposure_uas is None:
        return None
    pulses = event.number_of_pulses if output.charge == "exposure per pulse" else 1.0
    return None if pulses is None else event.exposure_uas / 1000 * pulses


def output_ugy_per_mas_at_1m(spectrum: "Spectrum", profile: Profile, output: TubeOutput) -> float:
    """Return the output of a tube at a beam quality by the spectrum model.

    Parameters
    ----------
    spectrum
        The filtered spectrum.
    profile
        Of the tube.
    output
        As it was measured.

    Raises
    ------
    DosemapError
        The quality at which the output was measured is none that the models know.
    """
    measured = beam_spectrum(profile, output.kvp, output.added_filters)
    ratio = spectrum.air_kerma_ugy_per_mas_at_1m / measured.air_kerma_ugy_per_mas_at_1m
    return output.air_kerma_ugy_per_mas_at_1m * (ratio if math.isfinite(ratio) else 0.0)


def beam_spectrum(profile: Profile, kvp: float, added_filters: tuple[Filter, ...]) -> "Spectrum":
    """Return the filtered spectrum of a tube; the parameters are those of the names."""
    from dosemap.spectrum import Spectrum  # noqa: PLC0415  (loads the compiled module)

    return Spectrum(
        kvp,
        anode_angle_deg=profile.tube.anode_angle_deg,
        filters=profile.filtration(added_filters),
    )
