"""Stops of models, and the fallback cards that the plant works by meanwhile."""

import sqlalchemy as sa
from alembic import op

from aiqu_desktop.registry.tables.base import UtcDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "holds",
        sa.Column("release_id", sa.String(), nullable=False),
        sa.Column("model_id", sa.Integer(), nullable=False),
        sa.Column("since", UtcDateTime(timezone=True), nullable=False),
        sa.Column("ended_by", sa.String(), nullable=True),
        sa.Column("ended_at", UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["ended_by"], ["releases.id"], name=op.f("fk_holds_ended_by_releases")),
        sa.ForeignKeyConstraint(["model_id"], ["models.id"], name=op.f("fk_holds_model_id_models")),
        sa.ForeignKeyConstraint(["release_id"], ["releases.id"], name=op.f("fk_holds_release_id_releases")),
        sa.PrimaryKeyConstraint("release_id", name=op.f("pk_holds")),
    )
    op.create_index("ix_holds_model_id", "holds", ["model_id"], unique=False)
    where = sa.text("ended_by IS NULL")
    op.create_index("ix_holds_one_open", "holds", ["model_id"], unique=True, sqlite_where=where, postgresql_where=where)
    op.create_table(
        "fallback_cards",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("model_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("content", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("signature_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["model_id"], ["models.id"], name=op.f("fk_fallback_cards_model_id_models")),
        sa.ForeignKeyConstraint(
            ["signature_id"], ["signatures.id"], name=op.f("fk_fallback_cards_signature_id_signatures")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fallback_cards")),
        sa.UniqueConstraint("signature_id", name=op.f("uq_fallback_cards_signature_id")),
    )
    op.create_index("ix_fallback_cards_model_id", "fallback_cards", ["model_id"], unique=False)
    if op.get_bind().dialect.name != "sqlite":
        return  # other databases keep the rules by grants
    for action in ("UPDATE", "DELETE"):
        _refuse("fallback_cards", action, action.lower(), "fallback_cards is append-only")
    _refuse("holds", "DELETE", "delete", "holds is append-only")
    _refuse("holds", "UPDATE OF release_id, model_id, since", "rewrite", "what holds says of the past is fixed")
    _refuse("holds", "UPDATE", "return", "what ended in holds stays ended", unless="OLD.ended_by IS NULL")


def _refuse(table: str, action: str, name: str, sentence: str, unless: str = "0") -> None:
    op.execute(
        f"CREATE TRIGGER {table}_no_{name} BEFORE {action} ON {table} WHEN NOT ({unless}) "
        f"BEGIN SELECT RAISE(ABORT, '{sentence}'); END"
    )
