"""``--fail-on``: whether a level was reached, not reached, or cannot be tested."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, get_args

FailOn = Literal[
    "peak_skin_dose_gy",
    "reference_air_kerma_gy",
    "kerma_area_product_gy_m2",
    "fluoroscopy_time_s",
    "any",
]
REACHED = 1
"""Exit code where a level was reached."""
NOT_TESTED = 3
"""Exit code where none was reached, but a quantity is not known and its level was not tested."""


def was_reached(documents: Sequence[Mapping[str, Any]], fail_on: str) -> bool:
    """Return whether a report reached a level of the quantity asked for.

    Parameters
    ----------
    documents
        Of the reports.
    fail_on
        A quantity, or ``any``.
    """
    alerts = (alert["quantity"] for document in documents for alert in document["alerts"])
    return any(fail_on in ("any", quantity) for quantity in alerts)


def not_tested(documents: Sequence[Mapping[str, Any]], fail_on: str) -> list[str]:
    """Return a sentence for every level that no report's number could be held against.

    Parameters
    ----------
    documents
        Of the reports; those that could not be read say so themselves.
    fail_on
        A quantity, or ``any``: all of them.
    """
    quantities = [name for name in get_args(FailOn) if name != "any" and fail_on in ("any", name)]
    return [
        f"not tested: {document['source']}: {quantity} is not known"
        + (f" ({document['map']['reason']})" if quantity == "peak_skin_dose_gy" else "")
        for document in documents
        if "error" not in document
        for quantity in quantities
        if _value(document, quantity) is None
    ]


def _value(document: Mapping[str, Any], quantity: str) -> float | None:
    holder = document if quantity == "peak_skin_dose_gy" else document["totals"]
    value: float | None = holder[quantity]
    return value
