"""Equipment profiles: what a family of X-ray systems means by what it reports.

A profile is data (``data/equipment/*.toml``, or a site's own file). Every claim in it says what
it rests on and whether it has been validated, so that a result can say so too.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from importlib.resources import files
from os import PathLike
from pathlib import Path
from typing import Literal

from dosemap.errors import ProfileError
from dosemap.procedure import AcquisitionPlane, Device, Filter

Evidence = Literal["standard", "measured on a file", "documentation", "assumed"]
AngleSpace = Literal["patient", "isocenter"]
FieldKind = Literal["kap_over_kerma", "collimated_field_area", "shutters"]
MeasurementGeometry = Literal["narrow_beam", "on_pad", "unknown"]
ReferencePointOrigin = Literal[
    "source", "isocenter", "detector", "table top", "table centre line", "skin", "chamber"
]
"""What a reference point is counted from; ``"chamber"`` is the ionisation chamber of the meter, the
distance of which from the focal spot nobody states."""
NeighbourField = Literal["kvp", "filters", "source_to_isocenter_mm", "source_to_detector_mm"]
ListedFilters = Literal["added", "total"]
ChargeSource = Literal["exposure", "exposure per pulse", "current and exposure time"]


@dataclass(frozen=True, kw_only=True)
class Claim:
    """What a statement of a profile rests on."""

    evidence: Evidence
    basis: str
    """In words: document, file or reasoning."""
    validated: bool
    """Whether it was checked against something independent on a real system or file."""


@dataclass(frozen=True, kw_only=True)
class MatchRule:
    """Regular expressions, searched without regard to case; all that are given must match."""

    manufacturer: str | None = None
    model: str | None = None
    station_name: str | None = None
    serial_number: str | None = None
    software_versions: str | None = None

    def fits(self, device: Device) -> dict[str, bool]:
        """Return for each attribute with a pattern whether the device's matches it."""
        patterns = {f.name: getattr(self, f.name) for f in fields(self) if getattr(self, f.name)}
        return {
            name: bool(re.search(pattern, getattr(device, name) or "", re.IGNORECASE))
            for name, pattern in patterns.items()
        }

    def specificity(self, device: Device) -> int:
        """Return how many patterns match the device; 0 when one of them does not."""
        fits = self.fits(device)
        return len(fits) if all(fits.values()) else 0


@dataclass(frozen=True, kw_only=True)
class Angles:
    """Which space the positioner angles refer to, and their signs against DICOM's."""

    space: AngleSpace
    primary_sign: int
    secondary_sign: int
    claim: Claim


@dataclass(frozen=True, kw_only=True)
class TableAxis:
    """How one coordinate of the table's origin in isocenter space follows from reported items.

    coordinate = sign * (item - zero), where zero is another reported item or a length.
    """

    item: str
    """Field of the event, or name of a private item."""
    sign: int
    zero_item: str | None
    zero_mm: float | None
    """``None`` with ``zero_item``, and where the zero is not known: then the caller states it."""
    end_item: str | None
    """Field or private item with the value at the end of the event; ``None`` where there is none.
    """
    claim: Claim


@dataclass(frozen=True, kw_only=True)
class NotKnown:
    """A coordinate whose item or direction the facts at hand do not settle."""

    reason: str
    claim: Claim


@dataclass(frozen=True, kw_only=True)
class FieldSource:
    """One way to know the size of the field; a profile lists them in order of preference."""

    kind: FieldKind
    minimum_kerma_gy: float
    """Below this air kerma, rounding makes the source too coarse; 0 for no limit."""
    plane_mm: float | None
    """Distance from the focal spot of the plane of the reported size; ``None``: the detector."""
    claim: Claim


@dataclass(frozen=True, kw_only=True)
class FilterRule:
    """What the filters that a report lists are."""

    listed: ListedFilters
    """``"added"``: on top of the inherent filtration; ``"total"``: that is in them."""
    claim: Claim


@dataclass(frozen=True, kw_only=True)
class Tube:
    """What the reported filtration leaves out."""

    anode_angle_deg: float
    inherent_filters: tuple[Filter, ...]
    claim: Claim


@dataclass(frozen=True, kw_only=True)
class Extent:
    """Where a layer lies in table space: a box.

    From its right to its left edge, from its upper to its lower face (0 is the table's top
    surface, negative above it) and from the foot to the head end.
    """

    lateral_mm: tuple[float, float]
    vertical_mm: tuple[float, float]
    longitudinal_mm: tuple[float, float]
    claim: Claim


@dataclass(frozen=True, kw_only=True)
class SupportLayer:
    """One layer of the patient support, for attenuation."""

    name: str
    material: str
    """Symbol of the attenuation table, for example ``"PMMA"``, ``"C"``, ``"Al"``."""
    thickness_mm: float
    """Of the material that a ray straight through the layer meets; not the height of its box."""
    extent: Extent
    claim: Claim


@dataclass(frozen=True, kw_only=True)
class Pad:
    """Height of the pad on which the patient lies above the table top."""

    thickness_mm: float
    claim: Claim


@dataclass(frozen=True, kw_only=True)
class TransmissionPoint:
    """One measured transmission of table and pad together, straight through."""

    kvp: float
    added_filters: tuple[Filter, ...]
    transmission: float


@dataclass(frozen=True, kw_only=True)
class MeasuredTransmission:
    """Transmissions that a site measured; the thicknesses of the layers are fitted to them."""

    points: tuple[TransmissionPoint, ...]
    claim: Claim


@dataclass(frozen=True, kw_only=True)
class Support:
    """Table top and pad, the layers in order from the patient down."""

    measurement_geometry: MeasurementGeometry
    """How the transmission was measured: on the pad it holds the forward scatter already."""
    pad: Pad
    layers: tuple[SupportLayer, ...]
    pmma_equivalent_thickness_mm: float | None = None
    """Thickness of PMMA that scatters as the whole support does; needed for, and used with,
    transmissions measured with a narrow beam, which lack this forward scatter."""
    measured: MeasuredTransmission | None = None


@dataclass(frozen=True, kw_only=True)
class ReferencePointRule:
    """Where the system's reference point lies, in spite of what its report says."""

    origin: ReferencePointOrigin
    towards_source_mm: float
    """From the origin towards the source; above the table top for that origin."""
    claim: Claim


@dataclass(frozen=True, kw_only=True)
class SourceToIsocenter:
    """Distance to use when the report has none."""

    distance_mm: float
    claim: Claim


@dataclass(frozen=True, kw_only=True)
class Neighbours:
    """What an event that lacks it takes from the nearest event of the same plane."""

    fields: tuple[NeighbourField, ...]
    claim: Claim


@dataclass(frozen=True, kw_only=True)
class TubeOutput:
    """Air kerma that the tube gives, for events that state neither kerma nor area product."""

    air_kerma_ugy_per_mas_at_1m: float
    """Measured free in air with the beam quality below."""
    kvp: float
    added_filters: tuple[Filter, ...]
    charge: ChargeSource
    """Which items of the report give the tube charge of an event."""
    claim: Claim


@dataclass(frozen=True, kw_only=True)
class CalibrationPoint:
    """A calibration factor of an air-kerma meter: true over indicated air kerma."""

    factor: float
    plane: AcquisitionPlane | None
    """``None``: for every plane that has no points of its own."""
    kvp: float | None
    """``None``: for every beam quality."""
    added_filters: tuple[Filter, ...]


@dataclass(frozen=True, kw_only=True)
class Calibration:
    """Calibration factors of the meters, per plane and beam quality."""

    points: tuple[CalibrationPoint, ...]
    claim: Claim


@dataclass(frozen=True, kw_only=True)
class PatientPlace:
    """Where on this table patients rest by the habit of the site; ``None`` for what varies."""

    head_gap_mm: float | None
    """From the table's head end to the end of the patient that lies there."""
    lateral_shift_mm: float | None
    """From the table's centre line towards the left of a head-first supine patient."""
    claim: Claim


@dataclass(frozen=True, kw_only=True)
class ProfileFile:
    """A site's file, so that a result says which one it rests on."""

    name: str
    sha256: str


@dataclass(frozen=True, kw_only=True)
class Profile:
    """Everything that is known about a family of systems."""

    name: str
    title: str
    match: tuple[MatchRule, ...]
    """Without rules a profile is used only when it is asked for."""
    angles: Angles
    table_x: TableAxis | NotKnown
    table_y: TableAxis | NotKnown
    table_z: TableAxis | NotKnown
    field: tuple[FieldSource, ...]
    tube: Tube
    support: Support
    filters: FilterRule | None = None
    """``None``: the inherent filtration comes on top of what is listed."""
    reference_point: ReferencePointRule | None = None
    source_to_isocenter: SourceToIsocenter | None = None
    patient: PatientPlace | None = None
    neighbours: Neighbours | None = None
    """``None``: nothing is taken from other events."""
    tube_output: TubeOutput | None = None
    calibration: Calibration | None = None
    caution: str | None = None
    """What everyone who sees a result of this profile has to know; told as a problem."""
    file: ProfileFile | None = None
    """``None``: a profile of the package."""

    @staticmethod
    def from_file(path: str | PathLike[str]) -> "Profile":
        """Read a profile from a TOML file (``docs/equipment.md`` describes it).

        Raises
        ------
        ProfileError
            The file cannot be read or says something impossible; the text names file and key.
        """
        from dosemap.profile_toml import read_profile  # noqa: PLC0415  (it imports this module)

        return read_profile(Path(path), shipped=shipped_texts())

    @staticmethod
    def named(name: str | PathLike[str]) -> "Profile":
        """Return the shipped profile of this name, else read the file of this path.

        Raises
        ------
        ProfileError
            It is neither, or the family of this name has no geometry.
        """
        family = named_family(name)
        if isinstance(family, TotalsOnly):
            raise ProfileError(f"{family.title}: {family.reason}")
        return family

    def inherent_filters(self, *, listed: tuple[Filter, ...] | None) -> tuple[Filter, ...]:
        """Return the filtration that comes on top of what a report lists.

        Parameters
        ----------
        listed
            Filters that the report lists for an event; ``None`` where it lists none.
        """
        holds_all = self.filters is not None and self.filters.listed == "total"
        # A beam without any filter does not exist: an empty list leaves out the inherent one.
        return () if holds_all and listed else self.tube.inherent_filters

    def filtration(self, listed: tuple[Filter, ...]) -> list[tuple[str, float]]:
        """Return all filters of a beam, material and mm, whose added ones this profile states.

        Parameters
        ----------
        listed
            Filters as the system's reports would list them.
        """
        strips = (*self.inherent_filters(listed=listed), *listed)
        return [(strip.material, strip.thickness_mm) for strip in strips]

    def claims(self) -> Iterator[tuple[str, Claim]]:
        """Yield every claim with its place, for example ``("table_x", claim)``."""
        yield from _claims("", self)


HOW_TO_PLACE = (
    'write a profile with extends = "generic" and a [[match]] of your system, and state in'
    " [table.x], [table.y] and [table.z] what its table positions mean (docs/equipment.md)"
)
"""What a site with a system of a family of totals can do."""


@dataclass(frozen=True, kw_only=True)
class TotalsOnly:
    """A family whose reports do not hold, or are not known to hold, where the beam was."""

    name: str
    title: str
    match: tuple[MatchRule, ...]
    reason: str
    """What its reports lack, for the user."""
    claim: Claim

    def claims(self) -> Iterator[tuple[str, Claim]]:
        """Yield its one claim with its place."""
        yield "no_geometry", self.claim


Family = Profile | TotalsOnly


def _claims(place: str, part: object) -> Iterator[tuple[str, Claim]]:
    if isinstance(part, Claim):
        yield place, part
    elif isinstance(part, tuple):
        for number, element in enumerate(part):
            yield from _claims(f"{place}[{number}]", element)
    elif is_dataclass(part):
        for entry in fields(part):
            inner = place if entry.name == "claim" else f"{place}.{entry.name}".lstrip(".")
            yield from _claims(inner, getattr(part, entry.name))


def shipped_texts() -> dict[str, str]:
    """Return the text of every profile that comes with the package, by name."""
    folder = files("dosemap") / "data" / "equipment"
    return {
        entry.name.removesuffix(".toml"): entry.read_text(encoding="utf-8")
        for entry in sorted(folder.iterdir(), key=lambda entry: entry.name)
        if entry.name.endswith(".toml")
    }


@cache
def load_families() -> tuple[Family, ...]:
    """Return all families that come with the package, in order of name."""
    from dosemap.profile_toml import parse_family  # noqa: PLC0415  (it imports this module)

    texts = shipped_texts()
    return tuple(parse_family(text, f"{name}.toml", texts) for name, text in texts.items())


@cache
def load_profiles() -> tuple[Profile, ...]:
    """Return those families that have a geometry, in order of name."""
    return tuple(family for family in load_families() if isinstance(family, Profile))


def match_family(
    device: Device, families: Sequence[Family] | None = None, *, site: Sequence[Family] = ()
) -> Family | None:
    """Return the family whose rule fits a device with the most patterns.

    Parameters
    ----------
    device
        The system that made the report.
    families
        Candidates, by default those of the package; of equally specific ones the last wins.
    site
        The site's own, which come before all others: one that fits is used, however few patterns
        its rule has.

    Returns
    -------
    The family, or ``None`` when no rule matches.
    """
    shipped = load_families() if families is None else families
    return _most_specific(device, site) or _most_specific(device, shipped)


def _most_specific(device: Device, families: Sequence[Family]) -> Family | None:
    best, best_score = None, 0
    for family in families:
        score = max((rule.specificity(device) for rule in family.match), default=0)
        if score and score >= best_score:
            best, best_score = family, score
    return best


def match_profile(
    device: Device, families: Sequence[Family] | None = None, *, site: Sequence[Family] = ()
) -> Profile | None:
    """Return the profile of a device; ``None`` too where its family has no geometry.

    The parameters are those of :func:`match_family`.
    """
    family = match_family(device, families, site=site)
    return family if isinstance(family, Profile) else None


def named_family(name: str | PathLike[str], *, site: Sequence[Profile] = ()) -> Family:
    """Return the family of this name, one of the site's before a shipped one, else a file's.

    Raises
    ------
    ProfileError
        It is none of these.
    """
    for family in (*reversed(site), *load_families()):
        if family.name == str(name):
            return family
    return Profile.from_file(name)


def family_for(
    device: Device, equipment: Family | str | PathLike[str] | None = None
) -> Family | None:
    """Return the family that a caller asks for, else the shipped one that matches a device.

    Parameters
    ----------
    device
        The system that made the report.
    equipment
        A profile, the name of a shipped one, or the path of a site's own.

    Raises
    ------
    ProfileError
        No such family.
    """
    if equipment is None:
        return match_family(device)
    return equipment if isinstance(equipment, Profile | TotalsOnly) else named_family(equipment)
