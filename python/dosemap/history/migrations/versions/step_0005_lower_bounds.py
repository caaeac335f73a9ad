"""An alert says whether what was reached may have been more."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add what of earlier alerts nobody has written."""
    with op.batch_alter_table("alert") as table:
        table.add_column(sa.Column("value_is_lower_bound", sa.Boolean))
