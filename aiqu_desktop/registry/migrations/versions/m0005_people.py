"""People, signatures, requests for promotion and what entitled each release; what was signed cannot be changed."""

import sqlalchemy as sa
from alembic import op

import aiqu_desktop.registry.tables.base

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_APPEND_ONLY = ("signatures", "release_authorities")
_NEVER_DELETED = ("people", "person_roles", "promotion_requests")
# What may never change in a row that otherwise lives on.
_FIXED = {
    "people": "id, name, key, full_name, full_key, created_at, created_by",
    "person_roles": "id, person_id, role, granted_at",
    "promotion_requests": "id, model_id, version_id, artifact_digest, evidence_digest, evidence, override, reason, "
    "requested_at, expires_at, request_signature",
}
# What may change only while the row is still alive.
_FINAL = {
    "people": ("disabled_at", "OLD.disabled_at IS NULL"),
    "person_roles": ("revoked_at", "OLD.revoked_at IS NULL"),
    "promotion_requests": ("state", "OLD.state IN ('pending', 'approved')"),
}


def upgrade() -> None:
    op.create_table(
        "people",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("full_name", sa.String(), nullable=False),
        sa.Column("full_key", sa.String(), nullable=False),
        sa.Column("created_at", aiqu_desktop.registry.tables.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_boot", sa.String(), nullable=False),
        sa.Column("locked_at", sa.Double(), nullable=True),
        sa.Column("disabled_at", aiqu_desktop.registry.tables.base.UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        sa.UniqueConstraint("full_key", name=op.f("uq_people_full_key")),
        sa.UniqueConstraint("key", name=op.f("uq_people_key")),
    )
    op.create_table(
        "person_roles",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "viewer",
                "operator",
                "engineer",
                "approver",
                "auditor",
                "administrator",
                name="role",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("granted_at", aiqu_desktop.registry.tables.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", aiqu_desktop.registry.tables.base.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_person_roles_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_roles")),
    )
    op.create_index(
        "ix_person_roles_held",
        "person_roles",
        ["person_id", "role"],
        unique=True,
        sqlite_where=sa.text("revoked_at IS NULL"),
        postgresql_where=sa.text("revoked_at IS NULL"),
    )
    op.create_table(
        "signatures",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("full_name", sa.String(), nullable=False),
        sa.Column("roles", sa.JSON(none_as_null=True), nullable=False),
        sa.Column(
            "meaning",
            sa.Enum(
                "requested",
                "requested-override",
                "approved",
                "approved-override",
                "declined",
                "rolled-back",
                "administered",
                "witnessed",
                name="meaning",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", aiqu_desktop.registry.tables.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("by_session", sa.Boolean(), nullable=False),
        sa.Column("audit_sequence", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["audit_sequence"], ["audit_records.sequence"], name=op.f("fk_signatures_audit_sequence_audit_records")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_signatures_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signatures")),
        sa.UniqueConstraint("audit_sequence", name=op.f("uq_signatures_audit_sequence")),
    )
    op.create_index(op.f("ix_signatures_person_id"), "signatures", ["person_id"], unique=False)
    op.create_index(op.f("ix_signatures_subject"), "signatures", ["subject"], unique=False)
    op.create_table(
        "promotion_requests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("model_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("artifact_digest", sa.String(), nullable=False),
        sa.Column("evidence_digest", sa.String(), nullable=False),
        sa.Column("evidence", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("override", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("requested_at", aiqu_desktop.registry.tables.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", aiqu_desktop.registry.tables.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("request_signature", sa.String(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "pending",
                "approved",
                "declined",
                "expired",
                "void",
                "used",
                name="requeststate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("decision_signature", sa.String(), nullable=True),
        sa.Column("decided_at", aiqu_desktop.registry.tables.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("decision_reason", sa.String(), nullable=False),
        sa.Column("ended", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["decision_signature"], ["signatures.id"], name=op.f("fk_promotion_requests_decision_signature_signatures")
        ),
        sa.ForeignKeyConstraint(["model_id"], ["models.id"], name=op.f("fk_promotion_requests_model_id_models")),
        sa.ForeignKeyConstraint(
            ["request_signature"], ["signatures.id"], name=op.f("fk_promotion_requests_request_signature_signatures")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["versions.id"], name=op.f("fk_promotion_requests_version_id_versions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promotion_requests")),
        sa.UniqueConstraint("decision_signature", name=op.f("uq_promotion_requests_decision_signature")),
        sa.UniqueConstraint("request_signature", name=op.f("uq_promotion_requests_request_signature")),
    )
    op.create_index(op.f("ix_promotion_requests_model_id"), "promotion_requests", ["model_id"], unique=False)
    op.create_index(
        "ix_promotion_requests_one_open",
        "promotion_requests",
        ["version_id"],
        unique=True,
        sqlite_where=sa.text("state in ('pending', 'approved')"),
        postgresql_where=sa.text("state in ('pending', 'approved')"),
    )
    op.create_table(
        "release_authorities",
        sa.Column("release_id", sa.String(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=True),
        sa.Column("signature_id", sa.String(), nullable=True),
        sa.Column("approved_by", sa.String(), nullable=False),
        sa.Column("override", sa.JSON(none_as_null=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["release_id"], ["releases.id"], name=op.f("fk_release_authorities_release_id_releases")
        ),
        sa.ForeignKeyConstraint(
            ["request_id"], ["promotion_requests.id"], name=op.f("fk_release_authorities_request_id_promotion_requests")
        ),
        sa.ForeignKeyConstraint(
            ["signature_id"], ["signatures.id"], name=op.f("fk_release_authorities_signature_id_signatures")
        ),
        sa.PrimaryKeyConstraint("release_id", name=op.f("pk_release_authorities")),
        sa.UniqueConstraint("request_id", name=op.f("uq_release_authorities_request_id")),
        sa.UniqueConstraint("signature_id", name=op.f("uq_release_authorities_signature_id")),
    )

    if op.get_bind().dialect.name != "sqlite":
        return  # other databases keep the rules by grants
    for table in _APPEND_ONLY:
        _refuse(table, "UPDATE", "update", f"{table} is append-only")
    for table in (*_APPEND_ONLY, *_NEVER_DELETED):
        _refuse(table, "DELETE", "delete", f"{table} is append-only")
    for table, columns in _FIXED.items():
        _refuse(table, f"UPDATE OF {columns}", "rewrite", f"what {table} says of the past is fixed")
    for table, (column, still) in _FINAL.items():
        _refuse(table, f"UPDATE OF {column}", "return", f"what ended in {table} stays ended", unless=still)


def _refuse(table: str, action: str, name: str, sentence: str, unless: str = "0") -> None:
    op.execute(
        f"CREATE TRIGGER {table}_no_{name} BEFORE {action} ON {table} WHEN NOT ({unless}) "
        f"BEGIN SELECT RAISE(ABORT, '{sentence}'); END"
    )
