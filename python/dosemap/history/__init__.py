"""A patient's procedures over months and years (``docs/history.md``).

``record`` packs a result, ``identity`` says what is the same procedure, ``pseudonym`` hides who it
is; ``database``, ``tables`` and ``migrations`` are the store, ``finding``, ``adding``, ``reading``
and ``timeline`` work on it; ``held`` compares with levels; ``grids``, ``registration`` and
``cumulative`` add maps; ``transfer`` moves records between stores. ``store`` puts them together.
SQLAlchemy is loaded when a store is opened.
"""

from dosemap.history.added import Added, NotEvaluated, RaisedAlert
from dosemap.history.cumulative import Cumulative
from dosemap.history.record import PatientIdentity, ProcedureRecord, pack
from dosemap.history.store import History

__all__ = [
    "Added",
    "Cumulative",
    "History",
    "NotEvaluated",
    "PatientIdentity",
    "ProcedureRecord",
    "RaisedAlert",
    "pack",
]
