"""Says what to install where a library of a figure is missing."""

from importlib.util import find_spec

from dosemap.errors import DosemapError


def need(library: str, *, extra: str, what: str) -> None:
    """Raise an error that names the extra, unless a library is installed.

    Parameters
    ----------
    library
        Name by which it is imported.
    extra
        Of dosemap.
    what
        Needs it.

    Examples
    --------
    >>> need("not_there", extra="report", what="a figure")
    Traceback (most recent call last):
    ...
    dosemap._core.DosemapError: a figure needs not_there: pip install "dosemap[report]"
    """
    if find_spec(library) is None:
        raise DosemapError(f'{what} needs {library}: pip install "dosemap[{extra}]"')
