"""The package's exceptions: one root, so that a caller can catch them all."""

from dosemap._core import DosemapError

__all__ = [
    "DosemapError",
    "LevelError",
    "MeshError",
    "NotDoseReportError",
    "ProfileError",
    "ReadError",
    "SimulationError",
]


class ReadError(DosemapError):
    """A file cannot be read as a dose report; the text says why and what to do."""


class NotDoseReportError(ReadError):
    """A file is something else than a dose report of fluoroscopy.

    Parameters
    ----------
    message
        What is wrong and what to do.
    found
        What it is, in a few words.
    """

    def __init__(self, message: str, *, found: str) -> None:
        super().__init__(message)
        self.found = found


class ProfileError(DosemapError):
    """An equipment profile is wrong; the text names the file, the key and the value."""


class LevelError(DosemapError):
    """A file of alert levels is wrong; the text names the file, the key and the value."""


class MeshError(DosemapError):
    """A file does not hold a surface that can carry a dose map; the text says why."""


class SimulationError(DosemapError):
    """A synthetic report cannot be made as asked for; the text says why and what there is."""
