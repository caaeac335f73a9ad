"""Parts of a result in words, for every place where people read it."""

from collections.abc import Mapping
from typing import Any

from dosemap.alerts import known_quantities
from dosemap.corrections import Corrections
from dosemap.field_words import field_words
from dosemap.report_kinds import TITLES
from dosemap.trust import NEVER_REPORTED

LOUD = ("air-kerma-unknown", "kerma-not-on-skin")
"""Codes of problems that stand at the top: without them the peak may say nothing."""
_WELL_ON_SKIN = 0.9


def changed_corrections(document: Mapping[str, Any]) -> list[tuple[str, None, str]]:
    """Return the corrections that are not those of a plain estimate; none where nothing used any.

    Parameters
    ----------
    document
        Of an estimate.
    """
    if not document["map"]["available"] and document["interval"] is None:
        return []
    corrections = document["corrections"]
    usual = Corrections().describe()
    changed = [
        (name, None, text)
        for name, text in corrections.items()
        if name != "calibration" and text != usual[name]
    ]
    meter = corrections["calibration"]
    if meter not in {"not used", "1 (uncalibrated)"}:
        changed.append(("calibration", None, meter))
    return changed


def coverage(trust: Mapping[str, Any]) -> str | None:
    """Return where the air kerma went; ``None`` where there was none."""
    if trust["air_kerma_gy"] is None:
        return "not known: events without air kerma"
    if not trust["air_kerma_gy"]:
        return None
    return (
        f"{trust['share_on_skin']:z.0%} of the air kerma; {trust['share_missed_skin']:z.0%} missed"
        f" the skin, {trust['share_not_placed']:z.0%} not placed"
    )


def is_well_covered(trust: Mapping[str, Any]) -> bool:
    """Return whether so much of the air kerma is on skin that it need not catch the eye."""
    share: float | None = trust["share_on_skin"]
    return share is not None and share >= _WELL_ON_SKIN


def assumed_for(trust: Mapping[str, Any]) -> str:
    """Return for which share of the air kerma which fields were assumed, the largest first."""
    entries = trust["assumed_fields"]
    if trust["air_kerma_gy"] is None:
        fields = [field_words(entry["field"]) for entry in entries]
        return f"unknown share of the air kerma: {', '.join(fields)}" if fields else "no event"
    names: dict[str, list[str]] = {}
    for entry in sorted(entries, key=lambda entry: -entry["share_of_air_kerma"]):
        if entry["field"] in NEVER_REPORTED:
            continue
        names.setdefault(f"{entry['share_of_air_kerma']:.0%}", []).append(
            field_words(entry["field"])
        )
    parts = [f"{share} of the air kerma: {', '.join(of)}" for share, of in names.items()]
    return "; ".join(parts) or "no event"


def is_lower_bound(document: Mapping[str, Any], quantity: str = "peak_skin_dose_gy") -> bool:
    """Return whether a quantity of a document may have been more than it says.

    Parameters
    ----------
    document
        Of an estimate.
    quantity
        One that levels are of.
    """
    known = known_quantities(document)[quantity]
    return known.at_most != known.at_least


def at_least(document: Mapping[str, Any]) -> str:
    """Return what stands before a dose of skin where the map lacks some."""
    return "at least " if is_lower_bound(document) else ""


def skin_area(document: Mapping[str, Any]) -> str:
    """Return the areas of skin from each dose level on that any skin is known to reach."""
    above = [
        f"{entry['area_cm2']:.3g} cm² from {entry['dose_gy']:g} Gy"
        for entry in document["skin_area_above"]
        if entry["area_cm2"] > 0
    ]
    if above:
        return at_least(document) + ", ".join(above)
    known = "is known to reach" if is_lower_bound(document) else "reaches"
    return f"none {known} 2 Gy"


def system(document: Mapping[str, Any]) -> str:
    """Return the X-ray system and the equipment profile used for it."""
    parts = [document["procedure"][key] for key in ("manufacturer", "model")]
    name = " ".join(str(part) for part in parts if part) or "not known"
    return f"{name} (profile {document['equipment']['profile'] or 'none'})"


def kind_of_report(document: Mapping[str, Any]) -> str:
    """Return what kind of report it was, and whether it was made up."""
    procedure = document["procedure"]
    synthetic = ", synthetic report: no patient" if procedure["synthetic"] else ""
    return TITLES[procedure["report_kind"]] + synthetic


def moment(started: str | None) -> str:
    """Return an ISO time to the second, as people write it."""
    return started.replace("T", " ").partition(".")[0] if started else "not known"
