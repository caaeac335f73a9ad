"""Patients, procedures, revisions, events."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the first tables."""
    op.create_table(
        "setting",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
    )
    op.create_table(
        "patient",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("patient_id", sa.Text, nullable=False),
        sa.Column("issuer", sa.Text, nullable=False),
        sa.UniqueConstraint("patient_id", "issuer", name="uq_patient"),
    )
    op.create_table(
        "procedure",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("patient", sa.Integer, sa.ForeignKey("patient.id", name="fk_procedure_patient")),
        sa.Column("study_instance_uid", sa.Text),
        sa.Column(
            "replaced_by", sa.Integer, sa.ForeignKey("procedure.id", name="fk_procedure_replaced")
        ),
    )
    for column in ("patient", "study_instance_uid", "replaced_by"):
        op.create_index(f"ix_procedure_{column}", "procedure", [column])
    op.create_table(
        "revision",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column(
            "procedure",
            sa.Integer,
            sa.ForeignKey("procedure.id", name="fk_revision_procedure"),
            nullable=False,
        ),
        sa.Column("patient", sa.Integer, sa.ForeignKey("patient.id", name="fk_revision_patient")),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("counts", sa.Boolean, nullable=False),
        sa.Column("added", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("document_digest", sa.Text, nullable=False),
        sa.Column("started", sa.Text),
        sa.Column("manufacturer", sa.Text),
        sa.Column("model", sa.Text),
        sa.Column("procedure_type", sa.Text),
        sa.Column("software_version", sa.Text, nullable=False),
        sa.Column("reference_air_kerma_gy", sa.Float),
        sa.Column("kerma_area_product_gy_m2", sa.Float),
        sa.Column("fluoroscopy_time_s", sa.Float),
        sa.Column("peak_skin_dose_gy", sa.Float),
        sa.Column("grid", sa.Text),
        sa.Column("document", sa.LargeBinary, nullable=False),
        sa.Column("details", sa.LargeBinary, nullable=False),
        sa.Column("skin_dose", sa.LargeBinary),
        sa.Column("mesh", sa.LargeBinary),
        sa.UniqueConstraint("procedure", "number", name="uq_revision_number"),
    )
    op.create_index("ix_revision_patient", "revision", ["patient"])
    op.create_index(
        "ix_revision_that_counts",
        "revision",
        ["procedure"],
        unique=True,
        sqlite_where=sa.text("counts"),
        postgresql_where=sa.text("counts"),
    )
    op.create_table(
        "event",
        sa.Column("key", sa.BigInteger, primary_key=True),
        sa.Column(
            "procedure",
            sa.Integer,
            sa.ForeignKey("procedure.id", name="fk_event_procedure"),
            primary_key=True,
        ),
    )
    op.create_index("ix_event_procedure", "event", ["procedure"])
