"""Shadows and the ids of what they answered. A shadow is never deleted, and ends once."""

import sqlalchemy as sa
from alembic import op

from aiqu_desktop.registry.tables.base import UtcDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_FIXED = "id, model_id, version_id, begun_at, begun_by, reason, signature_id"


def upgrade() -> None:
    op.create_table(
        "shadows",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("model_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("begun_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("begun_by", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("signature_id", sa.String(), nullable=False),
        sa.Column("ended_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(), nullable=False),
        sa.Column("end_reason", sa.String(), nullable=False),
        sa.Column("end_signature", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["model_id"], ["models.id"], name=op.f("fk_shadows_model_id_models")),
        sa.ForeignKeyConstraint(["version_id"], ["versions.id"], name=op.f("fk_shadows_version_id_versions")),
        sa.ForeignKeyConstraint(["signature_id"], ["signatures.id"], name=op.f("fk_shadows_signature_id_signatures")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shadows")),
        sa.UniqueConstraint("signature_id", name=op.f("uq_shadows_signature_id")),
    )
    op.create_index("ix_shadows_model_id", "shadows", ["model_id"], unique=False)
    still_open = sa.text("ended_at IS NULL")
    op.create_index(
        "ix_shadows_one_open",
        "shadows",
        ["model_id"],
        unique=True,
        sqlite_where=still_open,
        postgresql_where=still_open,
    )
    op.create_table(
        "shadow_answer_ids",
        sa.Column("model_id", sa.Integer(), nullable=False),
        sa.Column("answer_key", sa.String(), nullable=False),
        sa.Column("row_digest", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["model_id"], ["models.id"], name=op.f("fk_shadow_answer_ids_model_id_models")),
        sa.PrimaryKeyConstraint("model_id", "answer_key", name=op.f("pk_shadow_answer_ids")),
        sqlite_with_rowid=False,
    )
    if op.get_bind().dialect.name != "sqlite":
        return  # other databases keep the rule by grants
    for action in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER shadow_answer_ids_no_{action.lower()} BEFORE {action} ON shadow_answer_ids "
            "BEGIN SELECT RAISE(ABORT, 'shadow_answer_ids is append-only'); END"
        )
    op.execute(
        "CREATE TRIGGER shadows_no_delete BEFORE DELETE ON shadows "
        "BEGIN SELECT RAISE(ABORT, 'shadows are never deleted'); END"
    )
    op.execute(
        f"CREATE TRIGGER shadows_fixed BEFORE UPDATE OF {_FIXED} ON shadows "
        "BEGIN SELECT RAISE(ABORT, 'how a shadow was begun cannot be changed'); END"
    )
    op.execute(
        "CREATE TRIGGER shadows_end_once BEFORE UPDATE ON shadows WHEN OLD.ended_at IS NOT NULL "
        "BEGIN SELECT RAISE(ABORT, 'a shadow ends once'); END"
    )
