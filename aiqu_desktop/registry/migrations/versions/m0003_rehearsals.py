"""Rehearsals of limits, append-only like all evidence."""

import sqlalchemy as sa
from alembic import op

import aiqu_desktop.registry.tables.base

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rehearsals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("check_id", sa.Integer(), nullable=False),
        sa.Column("at", aiqu_desktop.registry.tables.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("settings_before", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("settings", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("result", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("sentence", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["check_id"], ["checks.id"], name=op.f("fk_rehearsals_check_id_checks")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rehearsals")),
    )
    op.create_index("ix_rehearsals_check", "rehearsals", ["check_id", "at"], unique=False)
    if op.get_bind().dialect.name != "sqlite":
        return  # other databases keep the rule by grants
    for action in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER rehearsals_no_{action.lower()} BEFORE {action} ON rehearsals "
            "BEGIN SELECT RAISE(ABORT, 'rehearsals is append-only'); END"
        )
