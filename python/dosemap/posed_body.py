"""From what a body's skin was made, so that it can be made again and its map can be added."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class PosedBody:
    """The values behind a body's skin, with what was assumed for those that were not known.

    Vertex i is the same anatomical place in all bodies of one :attr:`template` and one
    :attr:`spacing_mm`.
    """

    sex: str | None
    """``"F"`` or ``"M"``; ``None``: half way between."""
    age_years: float
    height_cm: float
    mass_kg: float
    arms: str
    head_turned_deg: float
    spacing_mm: float
    patient_position: str
    template: str
    """Hash of the template's data (``body_template.ply`` of ``data_tables``)."""

    @classmethod
    def from_dict(cls, entry: Mapping[str, Any]) -> "PosedBody":
        """Return the values of ``map.body`` of a JSON document."""
        return cls(**{name: entry[name] for name in cls.__dataclass_fields__})

    def to_dict(self) -> dict[str, Any]:
        """Return the values as ``map.body`` of the JSON document (``docs/json.md``)."""
        return asdict(self)
