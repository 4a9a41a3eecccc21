"""The first schema: site, models, data, checks, alarms, releases, audit, scheduler lease."""

import sqlalchemy as sa
from alembic import op

import aiqu_desktop.registry.tables.base

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.create_table(
        "artifacts",
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("stored_at", aiqu_desktop.registry.tables.base.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_artifacts")),
    )
    op.create_table(
        "audit_records",
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", aiqu_desktop.registry.tables.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("old", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("new", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("previous_hash", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_audit_records")),
    )
    op.create_table(
        "models",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column(
            "task",
            sa.Enum("classification", "regression", name="task", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("input_schema", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("primary_metric", sa.String(), nullable=False),
        sa.Column("created_at", aiqu_desktop.registry.tables.base.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_models")),
        sa.UniqueConstraint("name", name=op.f("uq_models_name")),
    )
    op.create_table(
        "scheduler_lease",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("taken_at", aiqu_desktop.registry.tables.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("beat_at", aiqu_desktop.registry.tables.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("site_now", aiqu_desktop.registry.tables.base.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scheduler_lease")),
    )
    op.create_table(
        "sites",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("created_at", aiqu_desktop.registry.tables.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sites")),
    )
    op.create_table(
        "alarm_conditions",
        sa.Column("model_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("bad_in_a_row", sa.Integer(), nullable=False),
        sa.Column("good_in_a_row", sa.Integer(), nullable=False),
        sa.Column("first_bad_at", aiqu_desktop.registry.tables.base.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["model_id"], ["models.id"], name=op.f("fk_alarm_conditions_model_id_models")),
        sa.PrimaryKeyConstraint("model_id", "key", name=op.f("pk_alarm_conditions")),
    )
    op.create_table(
        "checks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("model_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "drift",
                "performance",
                "quality",
                "freshness",
                "integrity",
                name="checkkind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("settings", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("created_at", aiqu_desktop.registry.tables.base.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["model_id"], ["models.id"], name=op.f("fk_checks_model_id_models")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checks")),
        sa.UniqueConstraint("model_id", "kind", name=op.f("uq_checks_model_id_kind")),
    )
    op.create_table(
        "ingest_files",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("model_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("rows_read", sa.Integer(), nullable=False),
        sa.Column("rows_added", sa.Integer(), nullable=False),
        sa.Column("rows_known", sa.Integer(), nullable=False),
        sa.Column("rows_conflicting", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", aiqu_desktop.registry.tables.base.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["model_id"], ["models.id"], name=op.f("fk_ingest_files_model_id_models")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ingest_files")),
    )
    with op.batch_alter_table("ingest_files", schema=None) as batch_op:
        batch_op.create_index(
            "ix_ingest_files_taken_once",
            ["model_id", "sha256"],
            unique=True,
            sqlite_where=sa.text("outcome = 'taken'"),
            postgresql_where=sa.text("outcome = 'taken'"),
        )

    op.create_table(
        "label_ids",
        sa.Column("model_id", sa.Integer(), nullable=False),
        sa.Column("observation_id", sa.String(), nullable=False),
        sa.Column("row_digest", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["model_id"], ["models.id"], name=op.f("fk_label_ids_model_id_models")),
        sa.PrimaryKeyConstraint("model_id", "observation_id", name=op.f("pk_label_ids")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "observation_ids",
        sa.Column("model_id", sa.Integer(), nullable=False),
        sa.Column("observation_id", sa.String(), nullable=False),
        sa.Column("row_digest", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["model_id"], ["models.id"], name=op.f("fk_observation_ids_model_id_models")),
        sa.PrimaryKeyConstraint("model_id", "observation_id", name=op.f("pk_observation_ids")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("model_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "candidate",
                "champion",
                "retired",
                "withdrawn",
                name="versionstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("input_schema", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("metrics", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("notes", sa.String(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("created_at", aiqu_desktop.registry.tables.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("imported_at", aiqu_desktop.registry.tables.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("imported_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["model_id"], ["models.id"], name=op.f("fk_versions_model_id_models")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_versions")),
        sa.UniqueConstraint("model_id", "number", name=op.f("uq_versions_model_id_number")),
    )
    with op.batch_alter_table("versions", schema=None) as batch_op:
        batch_op.create_index(
            "ix_versions_one_champion",
            ["model_id"],
            unique=True,
            sqlite_where=sa.text("state = 'champion'"),
            postgresql_where=sa.text("state = 'champion'"),
        )

    op.create_table(
        "check_runs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("check_id", sa.Integer(), nullable=False),
        sa.Column("model_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "drift",
                "performance",
                "quality",
                "freshness",
                "integrity",
                name="checkkind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("scheduled_for", aiqu_desktop.registry.tables.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("started_at", aiqu_desktop.registry.tables.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("finished_at", aiqu_desktop.registry.tables.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "running",
                "done",
                "failed",
                "timed-out",
                "cancelled",
                "missed",
                "interrupted",
                name="runstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "verdict",
            sa.Enum("good", "warning", "bad", "unknown", name="verdict", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("summary", sa.String(), nullable=False),
        sa.Column("result", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("window_from", aiqu_desktop.registry.tables.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("window_to", aiqu_desktop.registry.tables.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("wall_seconds", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["check_id"], ["checks.id"], name=op.f("fk_check_runs_check_id_checks")),
        sa.ForeignKeyConstraint(["model_id"], ["models.id"], name=op.f("fk_check_runs_model_id_models")),
        sa.ForeignKeyConstraint(["version_id"], ["versions.id"], name=op.f("fk_check_runs_version_id_versions")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_check_runs")),
        sa.UniqueConstraint("check_id", "scheduled_for", name=op.f("uq_check_runs_check_id_scheduled_for")),
    )
    with op.batch_alter_table("check_runs", schema=None) as batch_op:
        batch_op.create_index("ix_check_runs_model_finished", ["model_id", "finished_at"], unique=False)
        batch_op.create_index("ix_check_runs_state", ["state"], unique=False)

    op.create_table(
        "reference_profiles",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("built_at", aiqu_desktop.registry.tables.base.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["sha256"], ["artifacts.sha256"], name=op.f("fk_reference_profiles_sha256_artifacts")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["versions.id"], name=op.f("fk_reference_profiles_version_id_versions")
        ),
        sa.PrimaryKeyConstraint("version_id", name=op.f("pk_reference_profiles")),
    )
    op.create_table(
        "releases",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("model_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("promotion", "rollback", name="releasekind", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("from_version_id", sa.Integer(), nullable=True),
        sa.Column("to_version_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "intended",
                "staged",
                "switched",
                "completed",
                "reverted",
                "unknown",
                name="releasestate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("requested_by", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("evidence", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("intended_at", aiqu_desktop.registry.tables.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("finished_at", aiqu_desktop.registry.tables.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("wall_seconds", sa.Double(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("proof", sa.JSON(none_as_null=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["from_version_id"], ["versions.id"], name=op.f("fk_releases_from_version_id_versions")
        ),
        sa.ForeignKeyConstraint(["model_id"], ["models.id"], name=op.f("fk_releases_model_id_models")),
        sa.ForeignKeyConstraint(["to_version_id"], ["versions.id"], name=op.f("fk_releases_to_version_id_versions")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_releases")),
    )
    with op.batch_alter_table("releases", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_releases_model_id"), ["model_id"], unique=False)
        batch_op.create_index(
            "ix_releases_one_unfinished",
            ["model_id"],
            unique=True,
            sqlite_where=sa.text("state in ('intended', 'staged', 'switched')"),
            postgresql_where=sa.text("state in ('intended', 'staged', 'switched')"),
        )

    op.create_table(
        "schedules",
        sa.Column("check_id", sa.Integer(), nullable=False),
        sa.Column("every_seconds", sa.Integer(), nullable=False),
        sa.Column("timeout_seconds", sa.Integer(), nullable=False),
        sa.Column("next_due", aiqu_desktop.registry.tables.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("paused_by", sa.String(), nullable=False),
        sa.Column("paused_reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["check_id"], ["checks.id"], name=op.f("fk_schedules_check_id_checks")),
        sa.PrimaryKeyConstraint("check_id", name=op.f("pk_schedules")),
    )
    with op.batch_alter_table("schedules", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_schedules_next_due"), ["next_due"], unique=False)

    op.create_table(
        "segments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("model_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("ingest_file_id", sa.Integer(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("first_time", aiqu_desktop.registry.tables.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("last_time", aiqu_desktop.registry.tables.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("created_at", aiqu_desktop.registry.tables.base.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["ingest_file_id"], ["ingest_files.id"], name=op.f("fk_segments_ingest_file_id_ingest_files")
        ),
        sa.ForeignKeyConstraint(["model_id"], ["models.id"], name=op.f("fk_segments_model_id_models")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_segments")),
    )
    with op.batch_alter_table("segments", schema=None) as batch_op:
        batch_op.create_index(
            "ix_segments_model_kind_times", ["model_id", "kind", "first_time", "last_time"], unique=False
        )

    op.create_table(
        "version_files",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["sha256"], ["artifacts.sha256"], name=op.f("fk_version_files_sha256_artifacts")),
        sa.ForeignKeyConstraint(["version_id"], ["versions.id"], name=op.f("fk_version_files_version_id_versions")),
        sa.PrimaryKeyConstraint("version_id", "name", name=op.f("pk_version_files")),
    )
    op.create_table(
        "alarms",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("model_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=True),
        sa.Column("run_id", sa.Integer(), nullable=True),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column(
            "priority",
            sa.Enum("critical", "high", "medium", "low", name="priority", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "unacknowledged",
                "acknowledged",
                "returned-unacknowledged",
                "normal",
                name="alarmstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("response", sa.String(), nullable=False),
        sa.Column("onset_at", aiqu_desktop.registry.tables.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("activated_at", aiqu_desktop.registry.tables.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("acknowledged_at", aiqu_desktop.registry.tables.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_by", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("returned_at", aiqu_desktop.registry.tables.base.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["model_id"], ["models.id"], name=op.f("fk_alarms_model_id_models")),
        sa.ForeignKeyConstraint(["run_id"], ["check_runs.id"], name=op.f("fk_alarms_run_id_check_runs")),
        sa.ForeignKeyConstraint(["version_id"], ["versions.id"], name=op.f("fk_alarms_version_id_versions")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarms")),
    )
    with op.batch_alter_table("alarms", schema=None) as batch_op:
        batch_op.create_index("ix_alarms_activated", ["activated_at"], unique=False)
        batch_op.create_index(
            "ix_alarms_one_open",
            ["model_id", "key"],
            unique=True,
            sqlite_where=sa.text("state != 'normal'"),
            postgresql_where=sa.text("state != 'normal'"),
        )

    op.create_table(
        "metrics",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("model_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("feature", sa.String(), nullable=False),
        sa.Column("at", aiqu_desktop.registry.tables.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("value", sa.Double(), nullable=True),
        sa.Column("low", sa.Double(), nullable=True),
        sa.Column("high", sa.Double(), nullable=True),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("limit", sa.Double(), nullable=True),
        sa.Column("p_value", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(["model_id"], ["models.id"], name=op.f("fk_metrics_model_id_models")),
        sa.ForeignKeyConstraint(["run_id"], ["check_runs.id"], name=op.f("fk_metrics_run_id_check_runs")),
        sa.ForeignKeyConstraint(["version_id"], ["versions.id"], name=op.f("fk_metrics_version_id_versions")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_metrics")),
    )
    with op.batch_alter_table("metrics", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_metrics_run_id"), ["run_id"], unique=False)
        batch_op.create_index("ix_metrics_series", ["model_id", "name", "feature", "at"], unique=False)

    op.create_table(
        "release_steps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("release_id", sa.String(), nullable=False),
        sa.Column("at", aiqu_desktop.registry.tables.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["release_id"], ["releases.id"], name=op.f("fk_release_steps_release_id_releases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release_steps")),
    )
    with op.batch_alter_table("release_steps", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_release_steps_release_id"), ["release_id"], unique=False)
