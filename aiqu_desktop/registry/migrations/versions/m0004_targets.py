"""Which target each model has, append-only like all decisions."""

import sqlalchemy as sa
from alembic import op

import aiqu_desktop.registry.tables.base

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "targets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("model_id", sa.Integer(), nullable=False),
        sa.Column("at", aiqu_desktop.registry.tables.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("folder", "triton", "mlserver", "mlflow", "hook", name="targetkind", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("settings", sa.JSON(none_as_null=True), nullable=False),
        sa.ForeignKeyConstraint(["model_id"], ["models.id"], name=op.f("fk_targets_model_id_models")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_targets")),
    )
    op.create_index("ix_targets_model", "targets", ["model_id", "id"], unique=False)
    if op.get_bind().dialect.name != "sqlite":
        return  # other databases keep the rule by grants
    for action in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER targets_no_{action.lower()} BEFORE {action} ON targets "
            "BEGIN SELECT RAISE(ABORT, 'targets is append-only'); END"
        )
