"""What kind of procedure a report is of: from its codes, or by a site's own map.

Types are names: those of the procedures that can be simulated (``data/procedures/``), to which
alert levels refer, or a site's own. Texts that people typed are held against the site's map; who
writes one can ask for those that no line fits.
"""

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import translate
from functools import cache
from importlib.resources import files
from os import PathLike
from pathlib import Path
from typing import Literal

from dosemap.errors import DosemapError
from dosemap.procedure import Procedure, ProcedureCode
from dosemap.reading.codes import canonical_scheme, shown

Basis = Literal["site map", "code", "unnamed code"]
_COLUMNS = ("type", "scheme", "code", "text")
_NAME = re.compile(r"[^\W_][\w +.,()/-]{0,63}")
_LONGEST_TEXT = 1024
"""Characters of a description that are looked at; DICOM allows 64 to 1024 by its kind."""


@dataclass(frozen=True, kw_only=True)
class ProcedureType:
    """A name for what was done, and where it is from."""

    name: str | None
    """``None``: neither a code nor the map says."""
    basis: Basis | None
    """``"unnamed code"``: a code that nobody has named; it stands as ``"SCHEME code"``."""


NOT_KNOWN = ProcedureType(name=None, basis=None)


@dataclass(frozen=True, kw_only=True)
class MapRow:
    """One line of a site's map: all that it gives must fit."""

    name: str
    scheme: str | None
    code: str | None
    text: str | None
    """Small letters; ``*`` stands for any characters, ``?`` for one."""

    def fits(self, codes: tuple[ProcedureCode, ...], texts: frozenset[str]) -> bool:
        """Return whether a report with these codes and texts is of this type."""
        by_code = self.code is None or any(self._is(code) for code in codes)
        by_text = self.text is None or any(map(_pattern(self.text).fullmatch, texts))
        return by_code and by_text

    def _is(self, code: ProcedureCode) -> bool:
        scheme = self.scheme is None or canonical_scheme(code.scheme) == self.scheme
        return scheme and code.value.strip() == self.code


@dataclass(frozen=True, kw_only=True)
class ProcedureMap:
    """A site's names for what its reports call a procedure; the first line that fits counts."""

    rows: tuple[MapRow, ...]

    @property
    def own_types(self) -> tuple[str, ...]:
        """Types that are the site's own: none of the shipped names, or one that is misspelt."""
        return tuple(sorted({row.name for row in self.rows} - shipped_types()))


def procedure_type(procedure: Procedure, *, site: ProcedureMap | None = None) -> ProcedureType:
    """Return what kind of procedure a report is of.

    Parameters
    ----------
    procedure
        The report.
    site
        The site's map, which goes before the codes that are known by themselves.

    Returns
    -------
    The type of the map's first line that fits; else that of the standard's codes, several joined
    by ``+``; else the first code that looks like one; else nothing.
    """
    codes = procedure.procedure_codes
    if site is not None:
        texts = descriptions_of(procedure)
        for row in site.rows:
            if row.fits(codes, texts):
                return ProcedureType(name=row.name, basis="site map")
    known = {_by_code().get((canonical_scheme(c.scheme), c.value.strip())) for c in codes} - {None}
    if known:
        return ProcedureType(name="+".join(sorted(filter(None, known))), basis="code")
    for code in codes:
        value, scheme = code.value.strip(), code.scheme.strip()
        # What does not look like a code may be a text, and that a name; typed ones have no digits.
        if re.search(r"\d", value) and shown(value) == value and shown(scheme) == scheme:
            return ProcedureType(name=f"{scheme} {value}".strip(), basis="unnamed code")
    return NOT_KNOWN


def descriptions_of(procedure: Procedure) -> frozenset[str]:
    """Return what people typed about a procedure, in small letters; a name may be in it.

    Parameters
    ----------
    procedure
        The report.
    """
    typed = (
        *procedure.descriptions,
        *(code.meaning for code in procedure.procedure_codes),
        *{event.protocol for event in procedure.events if event.protocol},
    )
    return frozenset(_plain(text) for text in typed)


def read_procedure_map(path: str | PathLike[str]) -> ProcedureMap:
    """Read a site's map of procedures (``docs/audit.md`` describes the file).

    Parameters
    ----------
    path
        CSV with the columns type, and code with or without scheme, or text, or both.

    Raises
    ------
    DosemapError
        The file cannot be read, or a line says something impossible; the text names file, line,
        column and value.
    """
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise DosemapError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise DosemapError(f"{path} is no text in UTF-8; save it as CSV (UTF-8)") from error
    lines = text.splitlines()
    # Spreadsheets of countries with a decimal comma separate by semicolons.
    separator = ";" if lines and ";" in lines[0] else ","
    try:
        table = list(_numbered(csv.reader(lines, delimiter=separator, strict=True)))
    except csv.Error as error:
        raise DosemapError(f"{path}: {error}") from error
    if not table:
        raise DosemapError(f"{path} is empty; its first line must name the columns, type first")
    (number, names), *rows = table
    columns = [name.strip().lower() for name in names]
    for name in columns:
        if name not in _COLUMNS or columns.count(name) > 1:
            raise DosemapError(
                f"{path}, line {number}: column {name!r} must be one of {', '.join(_COLUMNS)},"
                " each once"
            )
    if "type" not in columns:
        raise DosemapError(f"{path}, line {number}: there is no column type")
    found = tuple(_row(f"{path}, line {number}", columns, cells) for number, cells in rows)
    if not found:
        raise DosemapError(f"{path} names no type: there is no line below the columns")
    return ProcedureMap(rows=found)


@cache
def shipped_types() -> frozenset[str]:
    """Return the names of the procedures that come with the package."""
    folder = files("dosemap") / "data" / "procedures"
    names = (entry.name for entry in folder.iterdir())
    return frozenset(name.removesuffix(".toml") for name in names if name.endswith(".toml"))


def _numbered(reader: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
    """Yield number and cells of lines that are not empty and no comment."""
    for number, cells in enumerate(reader, 1):
        if any(cell.strip() for cell in cells) and not cells[0].lstrip().startswith("#"):
            yield number, cells


def _row(where: str, columns: list[str], cells: list[str]) -> MapRow:
    if len(cells) > len(columns):
        raise DosemapError(f"{where}: {len(cells)} values for {len(columns)} columns")
    values: Mapping[str, str | None] = {
        name: cell.strip() or None for name, cell in zip(columns, cells, strict=False)
    }
    name, scheme, code = values.get("type"), values.get("scheme"), values.get("code")
    text = values.get("text")
    if name is None or not _NAME.fullmatch(name):
        raise DosemapError(
            f"{where}: type {name or ''!r} must be a name of at most 64 letters, digits, spaces"
            " and _+.,()/-"
        )
    if scheme is not None and code is None:
        raise DosemapError(f"{where}: scheme {scheme!r} stands without a code")
    if code is None and text is None:
        raise DosemapError(f"{where}: type {name!r} needs a code or a text to know it by")
    return MapRow(
        name=name,
        scheme=None if scheme is None else canonical_scheme(scheme),
        code=code,
        text=None if text is None else _plain(text),
    )


def _plain(text: str) -> str:
    return " ".join(text[:_LONGEST_TEXT].casefold().split())


@cache
def _pattern(text: str) -> re.Pattern[str]:
    # Only * and ? are special; translate() takes time in proportion to the text, whatever it is.
    return re.compile(translate(text.replace("[", "[[]")))


@cache
def _by_code() -> Mapping[tuple[str, str], str]:
    text = (files("dosemap") / "data" / "procedure_types.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(line for line in text.splitlines() if not line.startswith("#"))
    return {(row["scheme"], row["code"]): row["type"] for row in rows}
