"""Tables of the package: CSV files with comments at their head."""

import csv
from collections.abc import Iterator
from importlib.resources import files


def table_rows(*path: str) -> Iterator[dict[str, str]]:
    """Return the rows of a table, by column.

    Parameters
    ----------
    path
        Folders and name of the file, under ``data``.

    Examples
    --------
    >>> next(table_rows("least_half_value_layer.csv"))["kvp"]
    '50'
    """
    text = files("dosemap").joinpath("data", *path).read_text(encoding="utf-8")
    return csv.DictReader(line for line in text.splitlines() if not line.startswith("#"))
