"""Alarm management: what holds alarms back, their journal, changed types, the plant's state and its shifts."""

import sqlalchemy as sa
from alembic import op

from aiqu_desktop.registry.tables.base import UtcDateTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_APPEND_ONLY = ("alarm_journal", "plant_states")
# The journal begins with what the alarms of before tell of themselves.
_FORMER = (
    ("activated", "activated_at", "'normal'", "'unacknowledged'", "'monitor'", "''"),
    (
        "acknowledged",
        "acknowledged_at",
        "CASE WHEN returned_at < acknowledged_at THEN 'returned-unacknowledged' ELSE 'unacknowledged' END",
        "CASE WHEN returned_at < acknowledged_at THEN 'normal' ELSE 'acknowledged' END",
        "acknowledged_by",
        "note",
    ),
    (
        "returned",
        "returned_at",
        "CASE WHEN acknowledged_at <= returned_at THEN 'acknowledged' ELSE 'unacknowledged' END",
        "CASE WHEN acknowledged_at <= returned_at THEN 'normal' ELSE 'returned-unacknowledged' END",
        "'monitor'",
        "''",
    ),
)


def upgrade() -> None:
    for name in ("unseen", "latched", "first_out"):
        op.add_column("alarms", sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute("UPDATE alarms SET unseen = (state IN ('unacknowledged', 'returned-unacknowledged'))")
    _suppressions()
    _journal()
    _plant()
    op.create_table(
        "alarm_type_changes",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("changes", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("changed_by", sa.String(), nullable=False),
        sa.Column("changed_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_alarm_type_changes")),
    )
    if op.get_bind().dialect.name != "sqlite":
        return  # other databases keep the rule by grants
    for table in _APPEND_ONLY:
        for action in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{action.lower()} BEFORE {action} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )


def _suppressions() -> None:
    op.create_table(
        "alarm_suppressions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("model_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("since", UtcDateTime(timezone=True), nullable=False),
        sa.Column("until", UtcDateTime(timezone=True), nullable=True),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("held_back", sa.Integer(), nullable=False),
        sa.Column("ended_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["model_id"], ["models.id"], name=op.f("fk_alarm_suppressions_model_id_models")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarm_suppressions")),
    )
    where = sa.text("ended_at IS NULL")
    op.create_index(
        "ix_alarm_suppressions_one_open",
        "alarm_suppressions",
        ["model_id", "key", "kind"],
        unique=True,
        sqlite_where=where,
        postgresql_where=where,
    )


def _journal() -> None:
    op.create_table(
        "alarm_journal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("alarm_id", sa.Integer(), nullable=True),
        sa.Column("model_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("priority", sa.String(length=40), nullable=True),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("event", sa.String(length=40), nullable=False),
        sa.Column("before", sa.String(length=40), nullable=False),
        sa.Column("after", sa.String(length=40), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["alarm_id"], ["alarms.id"], name=op.f("fk_alarm_journal_alarm_id_alarms")),
        sa.ForeignKeyConstraint(["model_id"], ["models.id"], name=op.f("fk_alarm_journal_model_id_models")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarm_journal")),
    )
    op.create_index("ix_alarm_journal_alarm_id", "alarm_journal", ["alarm_id"], unique=False)
    op.create_index("ix_alarm_journal_at", "alarm_journal", ["at"], unique=False)
    selects = " UNION ALL ".join(
        f"SELECT id, model_id, key, priority, {at} AS at, '{event}' AS event, {before} AS before, {after} AS after, "
        f"{by} AS by_whom, {note} AS note FROM alarms WHERE {at} IS NOT NULL"
        for event, at, before, after, by, note in _FORMER
    )
    op.execute(
        'INSERT INTO alarm_journal (alarm_id, model_id, "key", priority, "at", event, "before", "after", "by", note) '
        f"SELECT * FROM ({selects}) AS former ORDER BY 5"
    )


def _plant() -> None:
    op.create_table(
        "plant_states",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("model_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("since", UtcDateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("from_column", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["model_id"], ["models.id"], name=op.f("fk_plant_states_model_id_models")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plant_states")),
    )
    op.create_index("ix_plant_states_model_id", "plant_states", ["model_id"], unique=False)
    op.create_table(
        "plant_state_columns",
        sa.Column("model_id", sa.Integer(), nullable=False),
        sa.Column("column", sa.String(), nullable=False),
        sa.Column("states", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("set_by", sa.String(), nullable=False),
        sa.Column("set_at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["model_id"], ["models.id"], name=op.f("fk_plant_state_columns_model_id_models")),
        sa.PrimaryKeyConstraint("model_id", name=op.f("pk_plant_state_columns")),
    )
    op.create_table(
        "shift_times",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("starts", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("set_by", sa.String(), nullable=False),
        sa.Column("set_at", UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shift_times")),
    )
