"""The lowest and the highest peak skin dose compatible with a report, where no map is possible."""

from dosemap.interval.known import KnownRanges
from dosemap.interval.procedure import estimate_interval
from dosemap.interval.result import SkinDoseInterval

__all__ = ["KnownRanges", "SkinDoseInterval", "estimate_interval"]
