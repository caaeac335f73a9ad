"""The tables of the store as the code reads and writes them; ``migrations`` makes them.

A procedure is what one counts; a revision is one state of it, of which at most one counts. An alert
is of the patient and of the revision with which it was raised; each raising is a row of its own.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)

METADATA = MetaData()

SETTING = Table(
    "setting",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

PATIENT = Table(
    "patient",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("patient_id", Text, nullable=False),
    Column("issuer", Text, nullable=False),
    UniqueConstraint("patient_id", "issuer", name="uq_patient"),
)

PROCEDURE = Table(
    "procedure",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("patient", Integer, ForeignKey("patient.id", name="fk_procedure_patient"), index=True),
    Column("study_instance_uid", Text, index=True),
    Column(
        "replaced_by", Integer, ForeignKey("procedure.id", name="fk_procedure_replaced"), index=True
    ),
)

REVISION = Table(
    "revision",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column(
        "procedure",
        Integer,
        ForeignKey("procedure.id", name="fk_revision_procedure"),
        nullable=False,
    ),
    Column(
        "patient",
        Integer,
        ForeignKey("patient.id", name="fk_revision_patient"),
        index=True,
    ),
    Column("number", Integer, nullable=False),
    Column("counts", Boolean, nullable=False),
    Column("added", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("document_digest", Text, nullable=False),
    Column("started", Text),
    Column("manufacturer", Text),
    Column("model", Text),
    Column("procedure_type", Text),
    Column("software_version", Text, nullable=False),
    Column("reference_air_kerma_gy", Float),
    Column("kerma_area_product_gy_m2", Float),
    Column("fluoroscopy_time_s", Float),
    Column("peak_skin_dose_gy", Float),
    Column("grid", Text),
    Column("document", LargeBinary, nullable=False),
    Column("details", LargeBinary, nullable=False),
    Column("skin_dose", LargeBinary),
    Column("mesh", LargeBinary),
    UniqueConstraint("procedure", "number", name="uq_revision_number"),
    Index(
        "ix_revision_that_counts",
        "procedure",
        unique=True,
        sqlite_where=text("counts"),
        postgresql_where=text("counts"),
    ),
)

EVENT = Table(
    "event",
    METADATA,
    Column("key", BigInteger, primary_key=True),
    Column(
        "procedure",
        Integer,
        ForeignKey("procedure.id", name="fk_event_procedure"),
        primary_key=True,
        index=True,
    ),
)

ALERT = Table(
    "alert",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column(
        "procedure",
        Integer,
        ForeignKey("procedure.id", name="fk_alert_procedure"),
        nullable=False,
        index=True,
    ),
    Column("patient", Integer, ForeignKey("patient.id", name="fk_alert_patient"), index=True),
    Column("revision", Integer),
    Column("level_id", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("level", Text, nullable=False),
    Column("scope", Text, nullable=False),
    Column("window_days", Integer),
    Column("quantity", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("threshold", Float, nullable=False),
    Column("value", Float, nullable=False),
    Column("value_is_lower_bound", Boolean),
    Column("wording", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("verified", Text, nullable=False),
    Column("raised", Text, nullable=False),
    Column("withdrawn", Text),
    Column("withdrawn_reason", Text),
)

NOT_EVALUATED = Table(
    "not_evaluated",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column(
        "procedure",
        Integer,
        ForeignKey("procedure.id", name="fk_not_evaluated_procedure"),
        nullable=False,
    ),
    Column("level_id", Text, nullable=False),
    Column("level", Text, nullable=False),
    Column("scope", Text, nullable=False),
    Column("window_days", Integer),
    Column("quantity", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("at_least", Float, nullable=False),
    Column("threshold", Float, nullable=False),
    Column("reason", Text, nullable=False),
    UniqueConstraint("procedure", "level_id", name="uq_not_evaluated"),
)
