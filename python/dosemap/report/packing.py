"""Arrays as text in a page: bytes of equal weight together, compressed, base64.

``data/report/unpack.js`` is the other side.
"""

import base64
import gzip
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

_LEVEL = 6
"""9 takes three times as long for a hundredth less."""
_NO_TIME = 0
"""The same page every time: no date in it."""


def packed(values: "ArrayLike", dtype: str, *, differences: bool = False) -> dict[str, Any]:
    """Return an array as the page's scripts unpack it.

    Parameters
    ----------
    values
        The array; its rows one after the other.
    dtype
        ``"u1"``, ``"u2"``, ``"u4"``, ``"i4"`` or ``"f4"``.
    differences
        Keep each value but the first as its difference from the one before (``"i4"`` only), which
        is small where neighbours are alike.
    """
    array = np.asarray(values).ravel()
    if differences:
        array = np.diff(array.astype(np.int64), prepend=0)
        array = (array << 1) ^ (array >> 63)  # small whatever the sign
    kind = np.dtype("<u4" if differences else f"<{dtype}")
    planes = array.astype(kind).view(np.uint8).reshape(-1, kind.itemsize).T
    data = gzip.compress(planes.tobytes(), _LEVEL, mtime=_NO_TIME)
    return {
        "type": dtype,
        "length": len(array),
        "differences": differences,
        "data": base64.b64encode(data).decode("ascii"),
    }


def packed_text(text: str) -> str:
    """Return a text compressed, as base64."""
    return base64.b64encode(gzip.compress(text.encode(), _LEVEL, mtime=_NO_TIME)).decode("ascii")
