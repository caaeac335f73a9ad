"""The published bands of skin reactions, and the model of several sessions, from their files."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

Site = Literal["published", "scalp", "other", "not known"]
"""Whether the table is for a part of the body; ``"other"``: it says nothing of it."""


@dataclass(frozen=True, kw_only=True)
class Window:
    """When reactions come, in weeks after the irradiation."""

    id: str
    from_weeks: int
    to_weeks: int | None = None
    """``None``: without an end."""


@dataclass(frozen=True, kw_only=True)
class Band:
    """One band of dose, and what was seen in it."""

    id: str
    from_gy: float
    """A dose on the edge is in the higher band."""
    nci_grade: str
    """Of the National Cancer Institute's scale of skin toxicity."""
    tell: str
    reactions: tuple[str, ...]
    """Of each window."""


@dataclass(frozen=True, kw_only=True)
class Look:
    """When to look at the skin."""

    weeks: int
    from_band: str
    why: str
    source: str
    verified: str


@dataclass(frozen=True, kw_only=True)
class Caveat:
    """What changes the reaction of a patient."""

    about: str
    text: str
    source: str
    verified: str


@dataclass(frozen=True, kw_only=True)
class SkinReactions:
    """The whole table."""

    source: str
    verified: str
    evidence: str
    notice: str
    uncertainty: float
    """Of the dose, relative, k = 2."""
    uncertainty_source: str
    windows: tuple[Window, ...]
    bands: tuple[Band, ...]
    looks: tuple[Look, ...]
    caveats: tuple[Caveat, ...]
    scalp: frozenset[str]
    published_sites: frozenset[str]

    def place(self, dose_gy: float) -> int:
        """Return the place of the band of a dose among :attr:`bands`."""
        return max(n for n, band in enumerate(self.bands) if n == 0 or dose_gy >= band.from_gy)

    def place_of(self, band_id: str) -> int:
        """Return the place of a band among :attr:`bands`."""
        return [band.id for band in self.bands].index(band_id)

    def site(self, region: str | None) -> Site:
        """Return whether the table is for a part of the body.

        Parameters
        ----------
        region
            One of :func:`dosemap.anatomy.region_names`; ``None``: not known.
        """
        if region is None:
            return "not known"
        part = region.removeprefix("left ").removeprefix("right ")
        if part in self.scalp:
            return "scalp"
        return "published" if part in self.published_sites else "other"


@cache
def skin_reactions() -> SkinReactions:
    """Return the table that comes with the package.

    Examples
    --------
    >>> [(band.id, band.from_gy) for band in skin_reactions().bands]
    [('A1', 0.0), ('A2', 2.0), ('B', 5.0), ('C', 10.0), ('D', 15.0)]
    """
    data = _data("skin_reactions.toml")
    return SkinReactions(
        source=f"{data['source']} ({data['date']})",
        verified=data["verified"],
        evidence=data["evidence"],
        notice=data["notice"],
        uncertainty=data["uncertainty"]["relative"],
        uncertainty_source=f"{data['uncertainty']['source']} ({data['uncertainty']['verified']})",
        windows=tuple(Window(**entry) for entry in data["window"]),
        bands=tuple(_band(entry) for entry in data["band"]),
        looks=tuple(Look(**entry) for entry in data["look"]),
        caveats=tuple(Caveat(**entry) for entry in data["caveat"]),
        scalp=frozenset(data["sites"]["scalp"]),
        published_sites=frozenset(data["sites"]["published"]),
    )


def _band(entry: dict[str, Any]) -> Band:
    changed = {"from_gy": float(entry["from_gy"]), "reactions": tuple(entry["reactions"])}
    return Band(**{**entry, **changed})


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """A kind of reaction with its own sensitivity to fractions."""

    name: str
    alpha_beta_gy: float
    source: str
    verified: str


@dataclass(frozen=True, kw_only=True)
class Fractionation:
    """The linear-quadratic model of several sessions, with what is assumed."""

    model: str
    source: str
    verified: str
    evidence: str
    caution: str
    merged_within_days: int
    endpoints: tuple[Endpoint, ...]


@cache
def fractionation() -> Fractionation:
    """Return the model that comes with the package."""
    data = _data("fractionation.toml")
    endpoints = tuple(Endpoint(**entry) for entry in data.pop("endpoint"))
    return Fractionation(**data, endpoints=endpoints)


def _data(name: str) -> dict[str, Any]:
    text = (files("dosemap") / "data" / "risk" / name).read_text(encoding="utf-8")
    return tomllib.loads(text)
