"""What a store says of itself: which it is, whether it has pseudonyms, and of which key."""

from collections.abc import Mapping
from os import PathLike
from typing import TYPE_CHECKING
from uuid import uuid4

from sqlalchemy import Connection, insert, select

from dosemap.errors import DosemapError
from dosemap.history.pseudonym import KEY_FOR_NOTHING, NAME_IT, Pseudonyms, needed_key, site_key
from dosemap.history.tables import SETTING

if TYPE_CHECKING:
    from dosemap.history.database import Database

_PSEUDONYMISED, _KEY_CHECK = "pseudonymised", "site_key_check"
_STORE_ID = "store_id"


def pseudonyms_of_store(
    database: "Database", *, wanted: bool | None, key: bytes | str | PathLike[str] | None
) -> Pseudonyms | None:
    """Return the pseudonyms of a store; ``None``: it has none. A new store is marked.

    Parameters
    ----------
    database
        The store.
    wanted
        Whether it is to have them; ``None``: as it is, of a new one not.
    key
        The key or its file, as for :func:`site_key`.

    Raises
    ------
    DosemapError
        The store is otherwise than wanted, or the key is missing or wrong.
    """
    with database.reading() as connection:
        settings: Mapping[str, str] = _read(connection)
    if not settings and wanted is None and key is not None:
        raise DosemapError(KEY_FOR_NOTHING)
    if not settings:
        settings = _mark(database, _new_settings(key) if wanted else {_PSEUDONYMISED: "no"})
    is_hidden = settings[_PSEUDONYMISED] == "yes"
    if wanted is not None and wanted != is_hidden:
        state = "is pseudonymised and stays so" if is_hidden else "has patient IDs as they are"
        raise DosemapError(
            f"the store {state}: that is decided when it is new; give a new file, and fill it with"
            " export and import"
        )
    if not is_hidden:
        return None
    found = site_key(key)
    if found is None:
        raise DosemapError(f"the store needs its site key: {NAME_IT}")
    if Pseudonyms(found).check != settings[_KEY_CHECK]:
        raise DosemapError(f"the store was made with another site key: {NAME_IT}")
    return Pseudonyms(found)


def store_id(database: "Database") -> str:
    """Return what tells a store from any other, also from one that was at its place before.

    Parameters
    ----------
    database
        A store that is marked.
    """
    with database.reading() as connection:
        return _read(connection)[_STORE_ID]


def _new_settings(key: bytes | str | PathLike[str] | None) -> dict[str, str]:
    return {_PSEUDONYMISED: "yes", _KEY_CHECK: Pseudonyms(needed_key(key)).check}


def _mark(database: "Database", values: Mapping[str, str]) -> Mapping[str, str]:
    """Write the settings of a new store; where another process was first, its own hold."""
    with database.writing() as connection:
        there = _read(connection)
        if there:
            return there
        values = {**values, _STORE_ID: str(uuid4())}
        rows = [{"name": name, "value": value} for name, value in values.items()]
        connection.execute(insert(SETTING), rows)
        return values


def _read(connection: Connection) -> dict[str, str]:
    return {row.name: row.value for row in connection.execute(select(SETTING))}
