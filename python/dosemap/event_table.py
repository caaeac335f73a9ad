"""One row per event: what was used for it, where that came from, and what it did."""

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from dosemap.placement import BeamPlacement, NotPlaceable, PlacedProcedure
from dosemap.procedure import Event, Provenance, describe_filters

if TYPE_CHECKING:
    from numpy.typing import NDArray

_REPORTED = (
    "kerma_area_product_gy_m2",
    "source_to_detector_mm",
    "irradiation_duration_s",
    "number_of_pulses",
    "patient_equivalent_thickness_mm",
)
_PLACED = (
    "kvp",
    "anode_angle_deg",
    "primary_angle_deg",
    "secondary_angle_deg",
    "source_to_isocenter_mm",
    "source_to_reference_point_mm",
    "table_horizontal_rotation_deg",
    "table_head_tilt_deg",
    "table_cradle_tilt_deg",
)
_IDENTITY_DIGITS = 32
"""128 bits: no two events of a lifetime of reports have the same."""
_TEXTS = ("irradiation_event_uid", "event_type", "acquisition_plane", "patient_position")


@dataclass(frozen=True, kw_only=True)
class EventTable:
    """Columns of equal length, one value per event of the report."""

    numbers: Mapping[str, "NDArray[np.float64]"]
    """(n_event,) or (n_event, n); NaN where there is no value."""
    texts: Mapping[str, list[str]]
    """Empty where there is no value."""
    provenance: Mapping[str, list[Provenance]]
    """Of the columns that came from the report or its placement."""

    def __len__(self) -> int:
        return len(next(iter(self.texts.values())))


@dataclass(frozen=True, kw_only=True)
class EventOutcome:
    """What an estimate found for one event that is in the map."""

    share_on_skin: float
    """Share of the field that falls on skin, 0 to 1; NaN where the tube gave nothing."""
    dose_at_peak_gy: float
    half_value_layer_mm_al: float
    mean_energy_kev: float
    primary_mu_en_ratio: float
    scatter_mu_en_ratio: float
    support_transmission: float
    """Of a ray straight through the support."""
    calibration_factor: float
    """What the air kerma was multiplied by."""


def collect(placed: PlacedProcedure, outcomes: Mapping[int, EventOutcome]) -> EventTable:
    """Return the table of a placed procedure.

    Parameters
    ----------
    placed
        The procedure and its placements.
    outcomes
        Per index of an event in the map, what was found for it.
    """
    events = placed.procedure.events
    pairs = list(zip(events, placed.placements, strict=True))
    numbers: dict[str, NDArray[np.float64]] = {}
    for name in _REPORTED:
        numbers[name] = _column([getattr(event, name) for event in events])
    numbers["reference_air_kerma_gy"] = _column([_air_kerma_gy(pair) for pair in pairs])
    for name in _PLACED:
        numbers[name] = _column([_of_placement(placement, name) for _, placement in pairs])
    numbers["table_origin_in_isocenter_mm"] = _rows(pairs, "table_origin_in_isocenter_mm", 3)
    numbers["field_at_1m_mm"] = _rows(pairs, "field_at_1m_mm", 4)
    for name in EventOutcome.__dataclass_fields__:
        numbers[name] = _column(
            [getattr(outcomes[e.index], name) if e.index in outcomes else None for e in events]
        )
    texts = {name: [str(_chosen(pair, name) or "") for pair in pairs] for name in _TEXTS}
    texts["started"] = [event.started.isoformat() if event.started else "" for event in events]
    texts["added_filters"] = [_filters(placement) for _, placement in pairs]
    columns = [name for name in (*numbers, *texts) if name not in EventOutcome.__dataclass_fields__]
    provenance = {name: [_provenance(pair, name) for pair in pairs] for name in columns}
    known = {
        name: column
        for name, column in provenance.items()
        if any(value is not Provenance.MISSING for value in column)
    }
    return EventTable(numbers=numbers, texts=texts, provenance=known)


def event_identities(events: EventTable, *, scope: str) -> list[str]:
    """Return for every event by what it is found again in another report: a hash, no identifier.

    Of the event's UID; without one of its plane and start, or where it has no start of its place in
    the report and its air kerma. What occurs twice is counted, so that no event is lost.

    Parameters
    ----------
    events
        Of a report.
    scope
        Within what plane and start are those of one event: the study, else the system.
    """
    texts = events.texts
    kerma_gy = events.numbers["reference_air_kerma_gy"]
    seen: Counter[str] = Counter()
    identities = []
    for index, uid in enumerate(texts["irradiation_event_uid"]):
        plane, started = texts["acquisition_plane"][index], texts["started"][index]
        place = f"at {started}" if started else f"number {index}, {kerma_gy[index]:.6g} Gy"
        text = uid or f"{scope}: {plane or 'no plane'} {place}"
        seen[text] += 1
        digest = hashlib.sha256(f"{text} {seen[text]}".encode()).hexdigest()
        identities.append(digest[:_IDENTITY_DIGITS])
    return identities


Pair = tuple[Event, BeamPlacement | NotPlaceable]


def _column(values: list[float | None]) -> "NDArray[np.float64]":
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)


def _rows(pairs: list[Pair], name: str, width: int) -> "NDArray[np.float64]":
    nothing = (np.nan,) * width
    rows = [_of_placement(placement, name) or nothing for _, placement in pairs]
    return np.array(rows, dtype=np.float64).reshape(len(pairs), width)


def _of_placement(placement: BeamPlacement | NotPlaceable, name: str) -> "float | None":
    value: float | None = getattr(placement, name) if isinstance(placement, BeamPlacement) else None
    return value


def _air_kerma_gy(pair: Pair) -> float | None:
    """Return what the map has, which may be derived; else what the report states."""
    event, placement = pair
    if isinstance(placement, BeamPlacement):
        return placement.reference_air_kerma_gy
    return event.reference_air_kerma_gy


def _chosen(pair: Pair, name: str) -> object:
    event, placement = pair
    value = _of_placement(placement, name) if name in BeamPlacement.__dataclass_fields__ else None
    return value or getattr(event, name)


def _filters(placement: BeamPlacement | NotPlaceable) -> str:
    if isinstance(placement, NotPlaceable):
        return ""
    return describe_filters(placement.added_filters)


def _provenance(pair: Pair, name: str) -> Provenance:
    event, placement = pair
    if isinstance(placement, BeamPlacement) and name in placement.provenance:
        return placement.provenance[name]
    return event.provenance.get(name, Provenance.MISSING)
