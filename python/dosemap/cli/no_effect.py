"""Options that change nothing, told on stderr: a person who gave them believes that they did."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from dosemap.procedure import Provenance

if TYPE_CHECKING:
    from dosemap.cli.options import Settings
    from dosemap.result import DoseResult

MADE_SURFACES = ("body", "trunk", "cylinder", "plane")
_WHERE_MISSING: Mapping[str, tuple[str, str, str]] = {
    "kvp": ("--kvp", "kvp", "a tube potential"),
    "field_side_at_1m_mm": ("--field-side-at-1m-mm", "field_at_1m_mm", "a field size"),
}
"""Overrides for events without a value: option, column of the event table, what is then stated."""
_KNOWN_WHERE_MISSING = (
    "source_to_detector_mm",
    "source_to_reference_point_mm",
    "field_side_at_1m_mm",
    "kvp",
)
"""Names of ``--known`` that the report's own values go before (:class:`KnownRanges`)."""


def without_effect(settings: "Settings", result: "DoseResult") -> list[str]:
    """Return a sentence for every option that changed nothing in a result.

    Parameters
    ----------
    settings
        The options.
    result
        What they gave.
    """
    sentences = [*_of_overrides(settings, result), *_of_known(settings, result)]
    source = result.document["source"]
    return [f"no effect: {source}: {sentence}" for sentence in sentences]


def of_the_call(
    *, surface: str, mesh_unit: str | None, other_axes: bool, events: bool, as_json: bool
) -> list[str]:
    """Return a sentence for every option that the others leave without effect, whatever the report.

    Parameters
    ----------
    surface
        ``--surface``.
    mesh_unit
        ``--mesh-unit``.
    other_axes
        Whether ``--mesh-axes`` are others than the usual ones.
    events, as_json
        ``--events`` and ``--json``.
    """
    found = []
    if surface in MADE_SURFACES:
        given = (("--mesh-unit", mesh_unit is not None), ("--mesh-axes", other_axes))
        found = [
            f"no effect: {option} is for a mesh file, and --surface is {surface}"
            for option, is_given in given
            if is_given
        ]
    if events and as_json:
        found.append("no effect: --events is for the report in words; --json has no event list")
    return found


def _of_overrides(settings: "Settings", result: "DoseResult") -> Iterator[str]:
    overrides, columns = settings.overrides, result.events.provenance
    bounds = _user_bounds(result)
    is_mapped = result.document["map"]["available"]
    for name, (option, column, stated) in _WHERE_MISSING.items():
        if getattr(overrides, name) is None or name in bounds:
            continue
        if not is_mapped:
            yield f"{option}: there is no map"
        elif Provenance.USER not in columns.get(column, []):
            yield f"{option}: every event in the map has {stated} of its own, which goes before"
    if is_mapped:
        return
    for option, value in (
        ("--table-offset", overrides.table_offset_mm),
        ("--patient-position", overrides.patient_position),
        ("--head-gap-mm", settings.head_gap_mm),
        ("--lateral-shift-mm", settings.lateral_shift_mm),
    ):
        if value is not None:
            yield f"{option}: there is no map"


def _of_known(settings: "Settings", result: "DoseResult") -> Iterator[str]:
    if settings.interval is None:
        return
    bounds = _user_bounds(result)
    for name in _KNOWN_WHERE_MISSING:
        by_known = getattr(settings.overrides, name, None) is None
        if by_known and getattr(settings.interval, name) is not None and name not in bounds:
            yield f"--known {name}: every event has one of its own, or is without bounds"


def _user_bounds(result: "DoseResult") -> set[str]:
    interval: Mapping[str, Any] | None = result.document["interval"]
    bounds = interval["bounds"] if interval else []
    return {bound["quantity"] for bound in bounds if bound["provenance"] == Provenance.USER}
