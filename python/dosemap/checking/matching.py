"""Why an equipment profile fits a device, or why not.

Serial numbers and station names are compared but never shown, nor are the patterns for them, which
may be such a number.
"""

from collections.abc import Sequence
from typing import Any

from dosemap.equipment import Family, MatchRule
from dosemap.procedure import Device

_SHOWN = ("manufacturer", "model", "software_versions")


def explain_match(device: Device, profile: Family) -> dict[str, Any]:
    """Return how a profile's rules fit a device.

    Parameters
    ----------
    device
        The system that made the report.
    profile
        The candidate.

    Returns
    -------
    Whether it matches, how many patterns of its closest rule fit, and that rule in words.
    """
    if not profile.match:
        return {
            "profile": profile.name,
            "matches": False,
            "patterns_that_fit": 0,
            "why": "it has no match rules: it is used only when it is asked for",
        }
    rule = max(profile.match, key=lambda rule: _closeness(rule, device))
    fits = rule.fits(device)
    return {
        "profile": profile.name,
        "matches": all(fits.values()),
        "patterns_that_fit": sum(fits.values()),
        "why": "; ".join(_in_words(name, device, rule, fits=fit) for name, fit in fits.items()),
    }


def closest_first(
    candidates: Sequence[dict[str, Any]], *, chosen: str | None
) -> list[dict[str, Any]]:
    """Return candidates: the one chosen, then those that match, then those that fit best."""

    def place(candidate: dict[str, Any]) -> tuple[bool, bool, int]:
        is_chosen = candidate["profile"] == chosen
        return not is_chosen, not candidate["matches"], -candidate["patterns_that_fit"]

    return sorted(candidates, key=place)


def _closeness(rule: MatchRule, device: Device) -> tuple[bool, int]:
    fits = rule.fits(device)
    return all(fits.values()), sum(fits.values())


def _in_words(name: str, device: Device, rule: MatchRule, *, fits: bool) -> str:
    pattern, value = getattr(rule, name), getattr(device, name)
    words = name.replace("_", " ")
    shows = name in _SHOWN
    wanted = f"/{pattern}/" if shows else "the rule"
    if value is None:
        return f"the report states no {words} to fit {wanted}"
    shown = f"{words} {value!r}" if shows else words
    return f"{shown} {'fits' if fits else 'does not fit'} {wanted}"
