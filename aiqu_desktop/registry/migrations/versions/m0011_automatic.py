"""Policies for automatic rollbacks, their approvals, and what came of them; what was signed cannot be changed."""

import sqlalchemy as sa
from alembic import op

from aiqu_desktop.registry.tables.base import UtcDateTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_APPEND_ONLY = ("automatic_policies", "automatic_approvals", "automatic_releases")
_FIXED = (
    "id, model_id, policy_id, alarm_id, trigger, from_version_id, to_version_id, sentence, obstacle, evidence, "
    "noted_at, due_at"
)


def upgrade() -> None:
    op.create_table(
        "automatic_policies",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("model_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("mode", sa.String(length=40), nullable=False),
        sa.Column("content", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("signature_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["model_id"], ["models.id"], name=op.f("fk_automatic_policies_model_id_models")),
        sa.ForeignKeyConstraint(
            ["signature_id"], ["signatures.id"], name=op.f("fk_automatic_policies_signature_id_signatures")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_automatic_policies")),
        sa.UniqueConstraint("model_id", "number", name=op.f("uq_automatic_policies_model_id_number")),
        sa.UniqueConstraint("signature_id", name=op.f("uq_automatic_policies_signature_id")),
    )
    op.create_table(
        "automatic_approvals",
        sa.Column("policy_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("signature_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["policy_id"], ["automatic_policies.id"], name=op.f("fk_automatic_approvals_policy_id_automatic_policies")
        ),
        sa.ForeignKeyConstraint(
            ["signature_id"], ["signatures.id"], name=op.f("fk_automatic_approvals_signature_id_signatures")
        ),
        sa.PrimaryKeyConstraint("policy_id", name=op.f("pk_automatic_approvals")),
        sa.UniqueConstraint("signature_id", name=op.f("uq_automatic_approvals_signature_id")),
    )
    op.create_table(
        "automatic_rollbacks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("model_id", sa.Integer(), nullable=False),
        sa.Column("policy_id", sa.Integer(), nullable=True),
        sa.Column("alarm_id", sa.Integer(), nullable=False),
        sa.Column("trigger", sa.String(length=40), nullable=False),
        sa.Column("from_version_id", sa.Integer(), nullable=False),
        sa.Column("to_version_id", sa.Integer(), nullable=True),
        sa.Column("sentence", sa.String(), nullable=False),
        sa.Column("obstacle", sa.String(), nullable=False),
        sa.Column("evidence", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("noted_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("due_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("acted_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("ended_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("ended", sa.String(), nullable=False),
        sa.Column("veto_signature", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["model_id"], ["models.id"], name=op.f("fk_automatic_rollbacks_model_id_models")),
        sa.ForeignKeyConstraint(
            ["policy_id"], ["automatic_policies.id"], name=op.f("fk_automatic_rollbacks_policy_id_automatic_policies")
        ),
        sa.ForeignKeyConstraint(["alarm_id"], ["alarms.id"], name=op.f("fk_automatic_rollbacks_alarm_id_alarms")),
        sa.ForeignKeyConstraint(
            ["from_version_id"], ["versions.id"], name=op.f("fk_automatic_rollbacks_from_version_id_versions")
        ),
        sa.ForeignKeyConstraint(
            ["to_version_id"], ["versions.id"], name=op.f("fk_automatic_rollbacks_to_version_id_versions")
        ),
        sa.ForeignKeyConstraint(
            ["veto_signature"], ["signatures.id"], name=op.f("fk_automatic_rollbacks_veto_signature_signatures")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_automatic_rollbacks")),
        sa.UniqueConstraint("veto_signature", name=op.f("uq_automatic_rollbacks_veto_signature")),
    )
    op.create_index(op.f("ix_automatic_rollbacks_model_id"), "automatic_rollbacks", ["model_id"], unique=False)
    op.create_index(op.f("ix_automatic_rollbacks_alarm_id"), "automatic_rollbacks", ["alarm_id"], unique=False)
    where = sa.text("state in ('advised', 'waiting', 'acting')")
    op.create_index(
        "ix_automatic_rollbacks_one_open",
        "automatic_rollbacks",
        ["model_id"],
        unique=True,
        sqlite_where=where,
        postgresql_where=where,
    )
    op.create_table(
        "automatic_releases",
        sa.Column("release_id", sa.String(), nullable=False),
        sa.Column("automatic_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["release_id"], ["releases.id"], name=op.f("fk_automatic_releases_release_id_releases")
        ),
        sa.ForeignKeyConstraint(
            ["automatic_id"],
            ["automatic_rollbacks.id"],
            name=op.f("fk_automatic_releases_automatic_id_automatic_rollbacks"),
        ),
        sa.PrimaryKeyConstraint("release_id", name=op.f("pk_automatic_releases")),
        sa.UniqueConstraint("automatic_id", name=op.f("uq_automatic_releases_automatic_id")),
    )
    if op.get_bind().dialect.name != "sqlite":
        return  # other databases keep the rules by grants
    for table in _APPEND_ONLY:
        _refuse(table, "UPDATE", "update", f"{table} is append-only")
    for table in (*_APPEND_ONLY, "automatic_rollbacks"):
        _refuse(table, "DELETE", "delete", f"{table} is append-only")
    _refuse("automatic_rollbacks", f"UPDATE OF {_FIXED}", "rewrite", "what automatic_rollbacks says is fixed")
    _refuse(
        "automatic_rollbacks",
        "UPDATE OF state",
        "return",
        "what ended in automatic_rollbacks stays ended",
        unless="OLD.state IN ('advised', 'waiting') OR (OLD.state = 'acting' AND NEW.state IN ('done', 'failed'))",
    )


def _refuse(table: str, action: str, name: str, sentence: str, unless: str = "0") -> None:
    op.execute(
        f"CREATE TRIGGER {table}_no_{name} BEFORE {action} ON {table} WHEN NOT ({unless}) "
        f"BEGIN SELECT RAISE(ABORT, '{sentence}'); END"
    )
