"""Levels of which nobody can say whether they were reached."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the table of levels that could not be evaluated."""
    op.create_table(
        "not_evaluated",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column(
            "procedure",
            sa.Integer,
            sa.ForeignKey("procedure.id", name="fk_not_evaluated_procedure"),
            nullable=False,
        ),
        sa.Column("level_id", sa.Text, nullable=False),
        sa.Column("level", sa.Text, nullable=False),
        sa.Column("scope", sa.Text, nullable=False),
        sa.Column("window_days", sa.Integer),
        sa.Column("quantity", sa.Text, nullable=False),
        sa.Column("unit", sa.Text, nullable=False),
        sa.Column("at_least", sa.Float, nullable=False),
        sa.Column("threshold", sa.Float, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.UniqueConstraint("procedure", "level_id", name="uq_not_evaluated"),
    )
