"""Each raising of an alert is a row of its own, of patient and state; a store has an ID."""

from uuid import uuid4

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Say of alerts whose they are and of which state; of earlier ones as far as it is certain."""
    with op.batch_alter_table("alert") as table:
        table.drop_constraint("uq_alert", type_="unique")
        table.add_column(sa.Column("patient", sa.Integer))
        table.add_column(sa.Column("revision", sa.Integer))
        table.create_foreign_key("fk_alert_patient", "patient", ["patient"], ["id"])
        table.create_index("ix_alert_procedure", ["procedure"])
        table.create_index("ix_alert_patient", ["patient"])
    op.execute(
        "UPDATE alert SET patient ="
        " (SELECT procedure.patient FROM procedure WHERE procedure.id = alert.procedure)"
    )
    # Of a procedure with several states nobody has written with which an alert was raised.
    op.execute(
        "UPDATE alert SET revision ="
        " (SELECT max(state.number) FROM revision AS state"
        " WHERE state.procedure = alert.procedure HAVING count(*) = 1)"
    )
    # A new store gets its ID with its first settings.
    op.execute(
        f"INSERT INTO setting (name, value) SELECT 'store_id', '{uuid4()}'"
        " WHERE EXISTS (SELECT name FROM setting)"
    )
