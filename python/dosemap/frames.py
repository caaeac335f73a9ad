"""From placed events to the frames and beam qualities that the kernel takes."""

from dataclasses import dataclass, field

from dosemap import _core
from dosemap.calibration import MeterCalibration
from dosemap.corrections import Corrections
from dosemap.equipment import Support
from dosemap.errors import DosemapError
from dosemap.placement import BeamPlacement, poses_along
from dosemap.procedure import Event, PatientPosition, Provenance
from dosemap.ranges import check_range
from dosemap.spectrum import Spectrum

Filters = tuple[tuple[str, float], ...]
QualityKey = tuple[float, float, Filters]


DISTANCE_MM = (100.0, 3000.0)
FIELD_SIDE_AT_1M_MM = (1.0, 2000.0)
"""What distances from the focal spot and fields can be; values beyond are slips of the report."""


class UnusableBeam(DosemapError):  # noqa: N818  (it says what is the case)
    """The beam of an event is impossible, or its quality cannot be computed; the text says why."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        """Code of the problem: ``"beam-quality"`` or ``"beam-geometry"``."""


@dataclass
class Frames:
    """Frames of one lying position, and the event of each."""

    settings: list[dict[str, object]] = field(default_factory=list)
    event_of_frame: list[int] = field(default_factory=list)
    air_kerma_gy: list[float] = field(default_factory=list)


@dataclass
class FrameBuilder:
    """Turns placements into frames; events of one beam quality share its constants."""

    support: Support
    corrections: Corrections
    calibration: MeterCalibration
    qualities: list[_core.BeamQuality] = field(default_factory=list)
    spectra: list[Spectrum] = field(default_factory=list)
    by_position: dict[PatientPosition, Frames] = field(default_factory=dict)
    calibration_factors: dict[int, float] = field(default_factory=dict)
    """By event."""
    _known: dict[QualityKey, int] = field(default_factory=dict)

    def add(self, event: Event, placement: BeamPlacement) -> int:
        """Add an event, its air kerma shared along its way; returns the number of its quality.

        Raises
        ------
        DosemapError
            A function of the user returned an impossible factor.
        UnusableBeam
            The beam is impossible or its spectrum cannot be computed; nothing was added.
        """
        _check_geometry(placement)
        quality = self._quality(placement)
        # Air kerma by the profile's tube output passed no meter.
        is_metered = placement.provenance["reference_air_kerma_gy"] is not Provenance.PROFILE
        factor = self.calibration.factor(event, self.spectra[quality]) if is_metered else 1.0
        self.calibration_factors[event.index] = factor
        frames = self.by_position.setdefault(placement.patient_position, Frames())
        kerma_gy = placement.reference_air_kerma_gy * factor
        for pose, share in poses_along(placement, event):
            frames.settings.append(
                {
                    **pose.settings(),
                    "field_at_1m_mm": placement.field_at_1m_mm,
                    "air_kerma_gy": kerma_gy * share,
                    "reference_distance_mm": placement.source_to_reference_point_mm,
                    "forward_scatter_ratio": forward_scatter_ratio(
                        self.support,
                        self.corrections,
                        field_at_1m_mm=placement.field_at_1m_mm,
                        reference_mm=placement.source_to_reference_point_mm,
                    ),
                    "quality": quality,
                }
            )
            frames.event_of_frame.append(event.index)
            frames.air_kerma_gy.append(kerma_gy * share)
        return quality

    def _quality(self, placement: BeamPlacement) -> int:
        filters = tuple(
            (strip.material, strip.thickness_mm)
            for strip in (*placement.inherent_filters, *placement.added_filters)
        )
        key = (placement.kvp, placement.anode_angle_deg, filters)
        if key not in self._known:
            spectrum, quality = beam_quality(key, self.support, self.corrections)
            self.qualities.append(quality)
            self.spectra.append(spectrum)
            self._known[key] = len(self.qualities) - 1
        return self._known[key]


def beam_quality(
    key: QualityKey, support: Support, corrections: Corrections
) -> tuple[Spectrum, _core.BeamQuality]:
    """Return the spectrum and the constants of a beam quality.

    Parameters
    ----------
    key
        Tube voltage, kV, anode angle, degrees, and all filters.
    support
        Table and pad.
    corrections
        What replaces the model's factors.

    Raises
    ------
    DosemapError
        A function of the user returned an impossible factor.
    UnusableBeam
        The spectrum cannot be computed.
    """
    kvp, anode_angle_deg, filters = key
    try:
        spectrum = Spectrum(kvp, anode_angle_deg=anode_angle_deg, filters=filters)
    except DosemapError as error:
        raise UnusableBeam("beam-quality", str(error)) from error
    medium = corrections.medium
    # Numbers of the user come first: what is wrong with them is not the report's fault.
    numbers = {
        "mu_en_ratio": corrections.number("medium", spectrum),
        "backscatter_factor": corrections.number("backscatter", spectrum),
        "support_transmission": corrections.number("support", spectrum),
    }
    try:
        quality = _core.BeamQuality(
            spectrum.core,
            support=[[(layer.material, layer.thickness_mm)] for layer in support.layers],
            medium=medium if isinstance(medium, str) else "skin",
            **numbers,
        )
    except DosemapError as error:
        raise UnusableBeam("beam-quality", str(error)) from error
    return spectrum, quality


def forward_scatter_ratio(
    support: Support,
    corrections: Corrections,
    *,
    field_at_1m_mm: tuple[float, float, float, float],
    reference_mm: float,
) -> float:
    """Return the scatter of table and pad as a share of what they transmit.

    Parameters
    ----------
    support
        Table and pad; those measured on the pad hold it already.
    corrections
        Where the support is switched off or replaced there is none.
    field_at_1m_mm, reference_mm
        The field and the distance of the reference point, where its size counts.
    """
    thickness_mm = scattering_support_mm(support, corrections)
    if thickness_mm is None:
        return 0.0
    return _core.forward_scatter_ratio(
        pmma_equivalent_thickness_mm=thickness_mm,
        field_at_1m_mm=field_at_1m_mm,
        distance_mm=reference_mm,
    )


def scattering_support_mm(support: Support, corrections: Corrections) -> float | None:
    """Return the thickness of PMMA that scatters as table and pad, where that is to be added, mm.

    Parameters
    ----------
    support, corrections
        As of :func:`forward_scatter_ratio`.
    """
    is_added = corrections.support is True and support.measurement_geometry == "narrow_beam"
    return support.pmma_equivalent_thickness_mm if is_added else None


def _check_geometry(placement: BeamPlacement) -> None:
    u_min, u_max, v_min, v_max = placement.field_at_1m_mm
    sides_mm = (u_max - u_min, v_max - v_min)
    try:
        for name in ("source_to_isocenter_mm", "source_to_reference_point_mm"):
            check_range(name, getattr(placement, name), DISTANCE_MM, "mm")
        for side_mm in sides_mm:
            check_range("the side of the field at 1 m", side_mm, FIELD_SIDE_AT_1M_MM, "mm")
    except DosemapError as error:
        raise UnusableBeam("beam-geometry", str(error)) from error
