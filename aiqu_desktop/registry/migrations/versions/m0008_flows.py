"""The automated flow of imported versions; what its steps found is append-only."""

import sqlalchemy as sa
from alembic import op

from aiqu_desktop.registry.tables.base import UtcDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "flow_runs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("asked_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("finished_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("sentence", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["version_id"], ["versions.id"], name=op.f("fk_flow_runs_version_id_versions")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flow_runs")),
    )
    op.create_index("ix_flow_runs_version_id", "flow_runs", ["version_id"], unique=False)
    where = sa.text("state in ('waiting', 'running')")
    op.create_index(
        "ix_flow_runs_one_open", "flow_runs", ["version_id"], unique=True, sqlite_where=where, postgresql_where=where
    )
    op.create_table(
        "flow_steps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=True),
        sa.Column("finding", sa.String(), nullable=False),
        sa.Column("gates", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("wall_seconds", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["flow_runs.id"], name=op.f("fk_flow_steps_run_id_flow_runs")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flow_steps")),
    )
    op.create_index("ix_flow_steps_run_id", "flow_steps", ["run_id"], unique=False)
    if op.get_bind().dialect.name != "sqlite":
        return  # other databases keep the rule by grants
    for action in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER flow_steps_no_{action.lower()} BEFORE {action} ON flow_steps "
            "BEGIN SELECT RAISE(ABORT, 'flow_steps is append-only'); END"
        )
