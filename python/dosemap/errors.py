"""The package's exceptions: one root, so that a caller can catch them all."""


class DosemapError(Exception):
    """Root of every error that dosemap raises on purpose; its text is one sentence for the user."""


class ReadError(DosemapError):
    """A file cannot be read as a dose report; the text says why and what to do."""


class ProfileError(DosemapError):
    """An equipment profile is wrong; the text names the file, the key and the value."""
