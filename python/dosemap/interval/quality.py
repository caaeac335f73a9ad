"""Bounds on what depends on beam quality: support, backscatter, dose per air kerma.

The factors are those of the map, from the same compiled models; here they are looked at where they
are smallest and largest.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from dosemap import _core
from dosemap.corrections import Corrections
from dosemap.equipment import Profile, TubeOutput
from dosemap.errors import DosemapError
from dosemap.interval.distances import Distances
from dosemap.interval.field import Field
from dosemap.interval.known import Given, KnownRanges
from dosemap.interval.ranges import Bound, Range, Unbounded
from dosemap.placement.kerma import output_ugy_per_mas_at_1m
from dosemap.procedure import Event, Filter, Provenance, describe_filters
from dosemap.spectrum import FilterStrip, Spectrum

_KVP = Range(50.0, 120.0)
_KVP_STEP = 10.0
"""Backscatter has its maximum over tube voltage inside the range: it is sampled."""
_INHERENT_MM_AL = (2.5, 4.5)
"""Least that IEC 60601-1-3 asks for, and what tubes with a thick window have."""
_ADDED_MM_CU = (0.0, 0.3, 0.9)
_ANODE_DEG = (8.0, 16.0)
_INCIDENCE_DEG = Range(0.0, 60.0)
_SUPPORT_MM_PMMA = 12.5
"""The most attenuating table with pad of which a measurement was found (an Artis, fitted from 0.60
to 0.78 within 2 %: PySkinDose's table); mobile C-arms with theirs: 0.66 to 0.76."""


@dataclass(frozen=True, kw_only=True)
class Quality:
    """Bounds of the factors of one event."""

    support: Range
    calibration: Range
    dose_per_air_kerma: Range
    """Absorbed dose over the air kerma free in air at the skin: backscatter and mu_en ratios."""
    output_ugy_per_mas: Range | None
    """Air kerma 1 m from the focal spot by the tube output; ``None`` unless that is given."""
    bounds: tuple[Bound, ...]


@dataclass(frozen=True, kw_only=True)
class _Setting:
    """What the spectra of one event share."""

    corrections: Corrections
    profile: Profile | None
    distances: Distances
    field: Field
    incidence_deg: Range
    behind_support: bool
    """Whether table and pad may have hardened the beam."""


def quality(
    event: Event,
    given: Given,
    distances: Distances,
    field: Field,
    *,
    output: TubeOutput | None = None,
) -> Quality:
    """Return the bounds of an event's factors.

    With the output of its tube, its air kerma passed no meter, which has no factor then.

    Raises
    ------
    Unbounded
        Its beam quality is none that the models know.
    """
    profile, corrections, known = given.profile, given.corrections, given.known
    incidence = known.bound("incidence_deg") or _assumed(
        "incidence_deg", "deg", _INCIDENCE_DEG, "no flatter where the dose is highest"
    )
    setting = _Setting(
        corrections=corrections,
        profile=profile,
        distances=distances,
        field=field,
        incidence_deg=incidence.range,
        behind_support=corrections.support is not False
        and known.support_transmission != (1.0, 1.0),
    )
    voltage = _voltage(event, known)
    filters, filter_words, filters_from = _filters(event, profile)
    anodes = (profile.tube.anode_angle_deg,) if profile else _ANODE_DEG
    layers_mm: list[float] = []
    transmissions: list[Range] = []
    excesses: list[Range] = []
    doses: list[Range] = []
    factors: list[float] = []
    outputs: list[float] = []
    for kvp, strips, anode in product(_samples(voltage.range), filters, anodes):
        spectrum = _spectrum(kvp, anode, strips)
        excess = _excess(spectrum, setting)
        layers_mm.append(spectrum.half_value_layer_mm())
        transmissions.append(_transmission(spectrum, setting))
        if output is None or profile is None:
            factors.append(given.calibration.factor(event, spectrum))
        else:
            outputs.append(_output(spectrum, profile, output))
        excesses.append(excess)
        doses.append(_dose_per_air_kerma(spectrum, excess, corrections))
    support = known.bound("support_transmission") or _support_bound(transmissions, setting)
    total = Range(min(d.low for d in doses), max(d.high for d in doses))
    backscatter = Range(1 + min(e.low for e in excesses), 1 + max(e.high for e in excesses))
    return Quality(
        support=support.range,
        calibration=Range.over(factors or (1.0,)),
        dose_per_air_kerma=total,
        output_ugy_per_mas=Range.over(outputs) if outputs else None,
        bounds=(
            voltage,
            Bound(
                quantity="half_value_layer_mm_al",
                unit="mm",
                range=Range.over(layers_mm),
                source=filter_words,
                provenance=filters_from,
            ),
            incidence,
            support,
            _derived("backscatter_factor", backscatter, "these qualities, fields and distances"),
            _derived("dose_per_air_kerma", total, "backscatter and mu_en ratios"),
            *_calibration_bound(event, factors, given),
        ),
    )


def _calibration_bound(event: Event, factors: list[float], given: Given) -> tuple[Bound, ...]:
    """Return the factors where somebody stated them; else the meter's deviation says it all."""
    if not factors:
        return ()
    provenance = given.calibration.provenance_of(event.index)
    if provenance is Provenance.ASSUMED:
        return ()
    bound = Bound(
        quantity="calibration_factor",
        unit="",
        range=Range.over(factors),
        source=given.calibration.describe(),
        provenance=provenance,
    )
    return (bound,)


def _voltage(event: Event, known: KnownRanges) -> Bound:
    if event.kvp is not None:
        return Bound(
            quantity="kvp",
            unit="kV",
            range=Range.exactly(event.kvp),
            source="report",
            provenance=event.provenance.get("kvp", Provenance.REPORTED),
        )
    return known.bound("kvp") or _assumed(
        "kvp", "kV", _KVP, "not in the report; what fluoroscopy uses"
    )


def _spectrum(kvp: float, anode_deg: float, filters: tuple[FilterStrip, ...]) -> Spectrum:
    try:
        return Spectrum(kvp, anode_angle_deg=anode_deg, filters=filters)
    except DosemapError as error:
        raise Unbounded(str(error)) from error


def _output(spectrum: Spectrum, profile: Profile, output: TubeOutput) -> float:
    try:
        return output_ugy_per_mas_at_1m(spectrum, profile, output)
    except DosemapError as error:
        raise Unbounded(str(error)) from error


def _samples(kvp: Range) -> Iterator[float]:
    steps = math.ceil((kvp.high - kvp.low) / _KVP_STEP)
    for step in range(steps + 1):
        yield kvp.low + (kvp.high - kvp.low) * (step / steps if steps else 0.0)


def _filters(
    event: Event, profile: Profile | None
) -> tuple[list[tuple[FilterStrip, ...]], str, Provenance]:
    """Return the sets of filters that the beam may have passed, and the same in words."""
    if profile is not None:
        own = profile.inherent_filters(listed=event.filters)
        inherent = [_strips(own)]
        words = f"inherent {describe_filters(own)} (profile)"
    else:
        inherent = [(("Al", thickness),) for thickness in _INHERENT_MM_AL]
        words = f"inherent {_INHERENT_MM_AL[0]:g}-{_INHERENT_MM_AL[1]:g} mm Al (assumed)"
    if event.filters is not None:
        added = [_strips(event.filters)]
        words += f", added {describe_filters(event.filters)} (report)"
    else:
        added = [(("Cu", thickness),) if thickness else () for thickness in _ADDED_MM_CU]
        words += f", added 0-{_ADDED_MM_CU[-1]:g} mm Cu (assumed)"
    is_known = profile is not None and event.filters is not None
    provenance = Provenance.PROFILE if is_known else Provenance.ASSUMED
    return [a + b for a, b in product(inherent, added)], words, provenance


def _strips(filters: tuple[Filter, ...]) -> tuple[FilterStrip, ...]:
    return tuple((strip.material, strip.thickness_mm) for strip in filters)


def _excess(spectrum: Spectrum, setting: _Setting) -> Range:
    """Bounds of B - 1: the least for the smallest, most oblong field at the flattest incidence."""
    number = setting.corrections.number("backscatter", spectrum)
    if number is not None:
        return Range.exactly(number - 1)
    beams = [spectrum.core]
    if setting.behind_support:
        try:
            beams.append(spectrum.core.filtered(_support_layers(setting.profile)))
        except DosemapError as error:  # filters that leave next to nothing
            raise Unbounded(str(error)) from error
    models = [_core.Backscatter(beam) for beam in beams]
    skin, side = setting.distances.skin_mm, setting.field.side_at_1m_mm
    stretch = math.sqrt(setting.field.oblong)
    angles = setting.incidence_deg

    def excess(model: _core.Backscatter, u_mm: float, v_mm: float, d: float, deg: float) -> float:
        return model.excess(
            u_edges_mm=(-u_mm / 2 * d / 1000, u_mm / 2 * d / 1000),
            v_edges_mm=(-v_mm / 2 * d / 1000, v_mm / 2 * d / 1000),
            point_mm=(0.0, 0.0),
            source_to_point_mm=d,
            cos_incidence=math.cos(math.radians(deg)),
        )

    lows = [
        excess(model, side.low / stretch, side.low * stretch, skin.low, angles.high)
        for model in models
    ]
    highs = [excess(model, side.high, side.high, skin.high, angles.low) for model in models]
    return Range(min(lows), max(highs))


def _dose_per_air_kerma(spectrum: Spectrum, excess: Range, corrections: Corrections) -> Range:
    number = corrections.number("medium", spectrum)
    if number is not None:
        primary, scatter = number, number
    else:
        medium = corrections.medium if isinstance(corrections.medium, str) else "skin"
        primary = spectrum.mu_en_ratio_to_air(medium)
        scatter = _core.Backscatter(spectrum.core).scatter_mu_en_ratio(medium)
    return Range(primary + excess.low * scatter, primary + excess.high * scatter)


def _transmission(spectrum: Spectrum, setting: _Setting) -> Range:
    """From the oblique way through table and pad to nothing in the way."""
    number = setting.corrections.number("support", spectrum)
    if number is not None:
        return Range(number, 1.0)
    layers = _support_layers(setting.profile)
    slant = 1 / math.cos(math.radians(setting.incidence_deg.high))
    oblique = spectrum.core.transmission([(symbol, slant * mm) for symbol, mm in layers])
    straight = spectrum.core.transmission(layers)
    slab_mm = _scattering_slab_mm(setting.profile)
    half_mm = setting.field.side_at_1m_mm.high / 2
    scatter = _core.forward_scatter_ratio(
        pmma_equivalent_thickness_mm=slab_mm,
        field_at_1m_mm=(-half_mm, half_mm, -half_mm, half_mm),
        distance_mm=setting.distances.skin_mm.high,
    )
    # Behind hard beams a thin slab on the skin can give more scatter than it takes away.
    return Range(oblique, max(1.0, straight * (1 + scatter)))


def _support_layers(profile: Profile | None) -> list[FilterStrip]:
    if profile is None:
        return [("PMMA", _SUPPORT_MM_PMMA)]
    return [(layer.material, layer.thickness_mm) for layer in profile.support.layers]


def _scattering_slab_mm(profile: Profile | None) -> float:
    """Thickness whose forward scatter is not in the transmission already."""
    if profile is None:
        return _SUPPORT_MM_PMMA
    if profile.support.measurement_geometry != "narrow_beam":
        return 0.0
    return profile.support.pmma_equivalent_thickness_mm or 0.0


def _support_bound(transmissions: list[Range], setting: _Setting) -> Bound:
    found = Range(min(t.low for t in transmissions), max(t.high for t in transmissions))
    if setting.corrections.support is not True:
        words, provenance = "as the caller's corrections say", Provenance.USER
    elif setting.profile is not None:
        words, provenance = "table and pad of the profile, or none in the way", Provenance.PROFILE
    else:
        words = f"none in the way, to {_SUPPORT_MM_PMMA:g} mm PMMA crossed at the incidence"
        provenance = Provenance.ASSUMED
    return Bound(
        quantity="support_transmission",
        unit="",
        range=found,
        source=words,
        provenance=provenance,
    )


def _assumed(quantity: str, unit: str, values: Range, source: str) -> Bound:
    return Bound(
        quantity=quantity, unit=unit, range=values, source=source, provenance=Provenance.ASSUMED
    )


def _derived(quantity: str, values: Range, source: str) -> Bound:
    return Bound(
        quantity=quantity, unit="", range=values, source=source, provenance=Provenance.DERIVED
    )
