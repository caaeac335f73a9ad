"""What a store says of itself."""

from collections.abc import Mapping

from sqlalchemy import Connection, insert, select

from dosemap.history.tables import SETTING


def read_settings(connection: Connection) -> dict[str, str]:
    """Return names and values; none of a new store."""
    return {row.name: row.value for row in connection.execute(select(SETTING))}


def write_settings(connection: Connection, values: Mapping[str, str]) -> None:
    """Write the settings of a new store."""
    connection.execute(
        insert(SETTING), [{"name": name, "value": value} for name, value in values.items()]
    )
