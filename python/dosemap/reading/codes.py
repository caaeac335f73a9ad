"""Code tables: which concept fills which field, and what a coded value means."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache

from dosemap.data_tables import table_rows

SCHEME_ALIASES = {"SNM3": "SRT", "99SDM": "SRT", "SNOMED": "SRT"}
"""Other designators of SNOMED-RT that DICOM files use (PS3.16 section 8.1)."""


_LOOKS_LIKE_A_CODE = re.compile(r"[A-Za-z0-9µ²%·.*/{}()_-]{0,16}")


@dataclass(frozen=True, eq=False)
class Concept:
    """A numeric concept and the field that it fills; there is one object for each."""

    code: str
    scheme: str
    field: str
    quantity: str

    @cached_property
    def key(self) -> tuple[str, str]:
        """Code and scheme, by which items are found."""
        return self.code, self.scheme

    @cached_property
    def is_private(self) -> bool:
        """Whether a manufacturer's own scheme defines it."""
        return self.scheme.startswith("99")

    @cached_property
    def name(self) -> str:
        """The field without the kind that it is a total of (``time_s``)."""
        return self.field.rpartition(".")[2]


@lru_cache(maxsize=256)  # asked for every item of a report, of a few schemes
def canonical_scheme(scheme: str) -> str:
    """Return the designator under which the tables list a coding scheme."""
    scheme = scheme.strip()
    return SCHEME_ALIASES.get(scheme, scheme)


@cache
def concepts(level: str) -> Mapping[str, tuple[Concept, ...]]:
    """Return the concepts that fill each field at one level of the report.

    Parameters
    ----------
    level
        ``"event"``, ``"plane"`` (stated once per accumulated plane) or ``"total"``.

    Returns
    -------
    Mapping from field name to its concepts, the preferred one first.
    """
    by_field: dict[str, tuple[Concept, ...]] = {}
    for row in table_rows("rdsr", "concepts.csv"):
        if row["level"] == level:
            concept = Concept(row["code"], row["scheme"], row["field"], row["quantity"])
            by_field[concept.field] = (*by_field.get(concept.field, ()), concept)
    return by_field


@cache
def fields_of(level: str) -> Mapping[tuple[str, str], frozenset[str]]:
    """Return the fields that a concept can fill at one level of the report, by code and scheme."""
    found: dict[tuple[str, str], frozenset[str]] = {}
    for field, of_field in concepts(level).items():
        for concept in of_field:
            found[concept.key] = found.get(concept.key, frozenset()) | {field}
    return found


@cache
def coded_values() -> Mapping[tuple[str, str, str], str]:
    """Return the meaning of every known coded value, by (field, code, scheme)."""
    return {
        (row["field"], row["code"], row["scheme"]): row["value"]
        for row in table_rows("rdsr", "coded_values.csv")
    }


@cache
def _values_by_code() -> Mapping[tuple[str, str], str]:
    return {(field, code): value for (field, code, _), value in coded_values().items()}


def coded_value(field: str, code: str, scheme: str) -> tuple[str | None, bool]:
    """Return the meaning of a coded value, and whether its coding scheme is the expected one.

    Some systems write a material's SNOMED code under the scheme DCM. The codes that one field
    can hold differ between schemes, so the code alone still tells.
    """
    value = coded_values().get((field, code.strip(), canonical_scheme(scheme)))
    if value is not None:
        return value, True
    return _values_by_code().get((field, code.strip())), False


def shown(code: str) -> str:
    """Return a code, scheme or unit of a report as a message may repeat it.

    What does not look like one may be anything, a name too.

    Examples
    --------
    >>> shown("P5-06000"), shown("Gy.m2"), shown("Nomen^Nescio"), shown("Nomen Nescio")
    ('P5-06000', 'Gy.m2', '(not shown)', '(not shown)')
    """
    return code if _LOOKS_LIKE_A_CODE.fullmatch(code) else "(not shown)"
