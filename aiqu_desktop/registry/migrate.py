"""Bring a registry to the schema of this version: new ones are made, older ones backed up first, newer ones refused."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from aiqu_desktop.core.clock import as_utc
from aiqu_desktop.core.errors import EnvironmentFault, UserError
from aiqu_desktop.core.paths import SitePaths


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    return config


def newest_revision() -> str:
    """The schema revision that this version of the product writes."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    assert head is not None, "the migrations folder has no head"
    return head


def known_revisions() -> list[str]:
    """Every revision that this version can read, oldest first."""
    return [script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()][::-1]


def current_revision(engine: Engine) -> str | None:
    """The revision that the file is at; None for an empty file."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def bring_up_to_date(engine: Engine, paths: SitePaths, now: datetime) -> Path | None:
    """Migrate the registry to the newest schema; the backup's path if one had to be made.

    Raises:
        UserError: if the registry was written by a newer version of the product.
        EnvironmentFault: if the backup cannot be made; nothing is migrated then.
    """
    current = current_revision(engine)
    newest = newest_revision()
    if current == newest:
        return None
    if current is not None and current not in known_revisions():
        raise UserError(
            f"The registry {paths.registry} was made by a newer AiQu Desktop "
            f"(schema {current}, this one knows {newest}); open it with that version or restore an older backup."
        )
    copy = None if current is None else back_up(engine, paths, now, f"before-{newest}")
    upgrade(engine, newest)
    return copy


def upgrade(engine: Engine, revision: str) -> None:
    """Run the migrations up to `revision` in one transaction, under the writer's lock."""
    with engine.execution_options(aiqu_write=True).begin() as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def back_up(engine: Engine, paths: SitePaths, now: datetime, label: str) -> Path:
    """A consistent copy of the registry in the site's backups folder (SQLite's VACUUM INTO).

    Raises:
        EnvironmentFault: if the copy cannot be written.
    """
    paths.backups.mkdir(parents=True, exist_ok=True)
    target = paths.backups / f"registry-{as_utc(now):%Y%m%dT%H%M%S}-{label}.db"
    try:
        target.unlink(missing_ok=True)
        raw = engine.raw_connection()
        try:
            raw.cursor().execute("VACUUM INTO ?", (str(target),))
        finally:
            raw.close()
    except Exception as error:
        raise EnvironmentFault(
            f"The backup {target} could not be written ({error}); free some space and try again."
        ) from error
    return target
