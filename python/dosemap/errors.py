"""The package's exceptions: one root, so that a caller can catch them all."""

from dosemap._core import DosemapError

__all__ = [
    "DosemapError",
    "LevelError",
    "MeshError",
    "ProfileError",
    "ReadError",
    "SimulationError",
]


class ReadError(DosemapError):
    """A file cannot be read as a dose report; the text says why and what to do."""


class ProfileError(DosemapError):
    """An equipment profile is wrong; the text names the file, the key and the value."""


class LevelError(DosemapError):
    """A file of alert levels is wrong; the text names the file, the key and the value."""


class MeshError(DosemapError):
    """A file does not hold a surface that can carry a dose map; the text says why."""


class SimulationError(DosemapError):
    """A synthetic report cannot be made as asked for; the text says why and what there is."""
