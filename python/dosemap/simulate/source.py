"""What the numbers of a preset rest on."""

from dataclasses import dataclass
from typing import Literal

Evidence = Literal["published", "measured on a file", "assumed"]


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where a group of numbers comes from."""

    evidence: Evidence
    basis: str
    """In words: publication, report or reasoning."""
