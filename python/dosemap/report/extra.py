"""The optional library behind the page and the figure in three dimensions."""

from typing import TYPE_CHECKING

from dosemap.errors import DosemapError

if TYPE_CHECKING:
    from types import ModuleType


def plotly_objects() -> "ModuleType":
    """Return ``plotly.graph_objects``.

    Raises
    ------
    DosemapError
        The extra is not installed.
    """
    try:
        import plotly.graph_objects as go  # noqa: PLC0415  (an extra, and slow to load)
    except ImportError as error:
        raise _not_installed() from error
    module: ModuleType = go
    return module


def plotly_code() -> str:
    """Return the JavaScript of plotly, from its own wheel.

    Raises
    ------
    DosemapError
        The extra is not installed.
    """
    try:
        from plotly.offline import get_plotlyjs  # noqa: PLC0415  (an extra, and slow to load)
    except ImportError as error:
        raise _not_installed() from error
    code: str = get_plotlyjs()
    return code


def _not_installed() -> DosemapError:
    return DosemapError(
        'this draws with plotly, which is not installed: pip install "dosemap[report]"'
    )
