"""Skin dose maps of fluoroscopy procedures: how much, where, how sure.

Names are loaded when they are first used, so that ``import dosemap`` costs next to nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from dosemap._core import __version__

if TYPE_CHECKING:
    from dosemap.alerts import load_levels
    from dosemap.auditing import Audit, AuditSettings, audit
    from dosemap.body import Body
    from dosemap.corrections import Corrections
    from dosemap.engine import estimate
    from dosemap.ensembles import Draws, Ensemble, Spread, Variations, ensemble
    from dosemap.equipment import Profile
    from dosemap.errors import DosemapError, LevelError, MeshError, ProfileError, ReadError
    from dosemap.history import History
    from dosemap.interval import KnownRanges, SkinDoseInterval, estimate_interval
    from dosemap.live import LiveSession
    from dosemap.placement import PlacementOverrides
    from dosemap.procedure import Procedure
    from dosemap.rdsr import read_rdsr
    from dosemap.result import DoseResult
    from dosemap.schedule import Schedule, Span
    from dosemap.spectrum import Spectrum
    from dosemap.surface import Surface

__all__ = [
    "Audit",
    "AuditSettings",
    "Body",
    "Corrections",
    "DoseResult",
    "DosemapError",
    "Draws",
    "Ensemble",
    "History",
    "KnownRanges",
    "LevelError",
    "LiveSession",
    "MeshError",
    "PlacementOverrides",
    "Procedure",
    "Profile",
    "ProfileError",
    "ReadError",
    "Schedule",
    "SkinDoseInterval",
    "Span",
    "Spectrum",
    "Spread",
    "Surface",
    "Variations",
    "__version__",
    "audit",
    "ensemble",
    "estimate",
    "estimate_interval",
    "load_levels",
    "read_rdsr",
]

_HOME = {
    "Audit": "auditing",
    "AuditSettings": "auditing",
    "Body": "body",
    "Corrections": "corrections",
    "DoseResult": "result",
    "DosemapError": "errors",
    "Draws": "ensembles",
    "Ensemble": "ensembles",
    "History": "history",
    "KnownRanges": "interval",
    "LevelError": "errors",
    "LiveSession": "live",
    "MeshError": "errors",
    "PlacementOverrides": "placement",
    "Procedure": "procedure",
    "Profile": "equipment",
    "ProfileError": "errors",
    "ReadError": "errors",
    "Schedule": "schedule",
    "SkinDoseInterval": "interval",
    "Span": "schedule",
    "Spectrum": "spectrum",
    "Spread": "ensembles",
    "Surface": "surface",
    "Variations": "ensembles",
    "audit": "auditing",
    "ensemble": "ensembles",
    "estimate": "engine",
    "estimate_interval": "interval",
    "load_levels": "alerts",
    "read_rdsr": "rdsr",
}


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module 'dosemap' has no attribute {name!r}")
    value = getattr(import_module(f"dosemap.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
