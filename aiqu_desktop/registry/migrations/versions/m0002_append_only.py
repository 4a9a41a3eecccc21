"""The audit chain, finished releases' steps and the observations' ledger refuse changes in the database itself."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_APPEND_ONLY = (
    "audit_records",
    "segments",
    "observation_ids",
    "label_ids",
    "ingest_files",
    "release_steps",
    "metrics",
)


def upgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":
        return  # other databases keep the rule by grants: their users get INSERT and SELECT only
    for table in _APPEND_ONLY:
        for action in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{action.lower()} BEFORE {action} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
