"""Alerts that were raised, so that each is raised once."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the table of alerts."""
    op.create_table(
        "alert",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column(
            "procedure",
            sa.Integer,
            sa.ForeignKey("procedure.id", name="fk_alert_procedure"),
            nullable=False,
        ),
        sa.Column("level_id", sa.Text, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("level", sa.Text, nullable=False),
        sa.Column("scope", sa.Text, nullable=False),
        sa.Column("window_days", sa.Integer),
        sa.Column("quantity", sa.Text, nullable=False),
        sa.Column("unit", sa.Text, nullable=False),
        sa.Column("threshold", sa.Float, nullable=False),
        sa.Column("value", sa.Float, nullable=False),
        sa.Column("wording", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("verified", sa.Text, nullable=False),
        sa.Column("raised", sa.Text, nullable=False),
        sa.Column("withdrawn", sa.Text),
        sa.Column("withdrawn_reason", sa.Text),
        sa.UniqueConstraint("procedure", "level_id", "number", name="uq_alert"),
    )
