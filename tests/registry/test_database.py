"""The registry opens what it should, refuses what it must, and keeps what was committed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from aiqu_desktop.core.clock import SystemClock
from aiqu_desktop.core.errors import EnvironmentFault, UserError
from aiqu_desktop.core.paths import SitePaths
from aiqu_desktop.registry import Registry
from aiqu_desktop.registry.database import _engine, journal_mode, sqlite_module
from aiqu_desktop.registry.migrate import current_revision, known_revisions, newest_revision, upgrade
from aiqu_desktop.registry.tables import Alarm, AlarmJournal, AuditRecord, Base, Site
from aiqu_desktop.security import audit

CLOCK = SystemClock()


def _name(registry: Registry, name: str) -> None:
    with registry.write() as session:
        session.add(Site(id=1, name=name, created_at=CLOCK.now()))


def test_a_new_site_is_at_the_newest_schema_and_opens_again(tmp_path: Path) -> None:
    registry = Registry.create(SitePaths(tmp_path), CLOCK)
    _name(registry, "Plant 1")
    registry.close()
    registry = Registry.open(SitePaths(tmp_path), CLOCK)
    with registry.read() as session:
        assert session.get_one(Site, 1).name == "Plant 1"
    assert current_revision(registry.engine) == newest_revision()
    registry.close()


def test_the_migrations_build_exactly_the_tables_that_the_code_describes(tmp_path: Path) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.runtime.migration import MigrationContext

    registry = Registry.create(SitePaths(tmp_path), CLOCK)
    with registry.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
    registry.close()


def test_connections_use_the_safe_pragmas(tmp_path: Path) -> None:
    registry = Registry.create(SitePaths(tmp_path), CLOCK)
    with registry.read() as session:
        pragmas = {
            name: session.execute(text(f"PRAGMA {name}")).scalar_one() for name in ("synchronous", "foreign_keys")
        }
        mode = session.execute(text("PRAGMA journal_mode")).scalar_one()
    registry.close()
    assert pragmas == {"synchronous": 2, "foreign_keys": 1}
    assert mode == journal_mode().lower()


def test_entering_a_write_transaction_takes_the_lock_before_any_statement(tmp_path: Path) -> None:
    registry = Registry.create(SitePaths(tmp_path), CLOCK)
    other = sqlite_module().connect(str(registry.paths.registry), timeout=0)
    with registry.write(), pytest.raises(sqlite_module().OperationalError, match="locked"):
        other.execute("BEGIN IMMEDIATE")
    other.close()
    registry.close()


def test_an_old_sqlite_library_is_never_given_a_wal_file(monkeypatch: pytest.MonkeyPatch) -> None:
    class Old:
        sqlite_version_info = (3, 40, 1)

    monkeypatch.setattr("aiqu_desktop.registry.database.sqlite_module", lambda: Old)
    assert journal_mode() == "TRUNCATE"


def test_an_older_registry_is_backed_up_and_migrated(tmp_path: Path) -> None:
    paths = SitePaths(tmp_path)
    paths.create()
    engine = _engine(paths)
    upgrade(engine, known_revisions()[0])
    with engine.execution_options(aiqu_write=True).begin() as connection:
        connection.execute(text("INSERT INTO sites (id, name, created_at, is_demo) VALUES (1, 'Old', '2026-01-01', 0)"))
    engine.dispose()

    registry = Registry.open(paths, CLOCK)
    with registry.read() as session:
        assert session.get_one(Site, 1).name == "Old"
    assert current_revision(registry.engine) == newest_revision()
    registry.close()
    (backup,) = paths.backups.glob("*.db")
    connection = sqlite_module().connect(str(backup))
    assert connection.execute("SELECT name FROM sites").fetchone() == ("Old",)
    assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == (known_revisions()[0],)
    connection.close()


def test_the_alarm_journal_begins_with_what_the_alarms_of_before_tell(tmp_path: Path) -> None:
    paths = SitePaths(tmp_path)
    paths.create()
    engine = _engine(paths)
    upgrade(engine, "0008")
    alarm = (
        "INSERT INTO alarms (id, model_id, key, priority, state, message, response, guarantee, activated_at, "
        "acknowledged_at, acknowledged_by, note, returned_at) VALUES "
    )
    with engine.execution_options(aiqu_write=True).begin() as connection:
        for statement in (
            "INSERT INTO models (id, name, title, task, owner, input_schema, primary_metric, created_at) "
            "VALUES (1, 'toy', 'Toy', 'classification', 'Eva', '{}', 'accuracy', '2026-01-01')",
            f"{alarm}(1, 1, 'drift', 'low', 'normal', 'm', 'r', '', '2026-01-02', '2026-01-03', 'Elin', 'seen', "
            "'2026-01-04')",
            f"{alarm}(2, 1, 'quality', 'medium', 'returned-unacknowledged', 'm', 'r', '', '2026-01-03 12:00', NULL, "
            "'', '', '2026-01-05')",
        ):
            connection.execute(text(statement))
    engine.dispose()

    registry = Registry.open(paths, CLOCK)
    with registry.read() as session:
        steps = [
            (row.alarm_id, row.event.value, row.before.value, row.after.value, row.by)
            for row in session.scalars(select(AlarmJournal).order_by(AlarmJournal.id))
        ]
        assert [row.unseen for row in session.scalars(select(Alarm).order_by(Alarm.id))] == [False, True]
    registry.close()
    assert steps == [
        (1, "activated", "normal", "unacknowledged", "monitor"),
        (1, "acknowledged", "unacknowledged", "acknowledged", "Elin"),
        (2, "activated", "normal", "unacknowledged", "monitor"),
        (1, "returned", "acknowledged", "normal", "monitor"),
        (2, "returned", "unacknowledged", "returned-unacknowledged", "monitor"),
    ]


def test_a_newer_registry_is_refused_with_a_sentence_and_left_alone(tmp_path: Path) -> None:
    registry = Registry.create(SitePaths(tmp_path), CLOCK)
    with registry.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    registry.close()
    with pytest.raises(UserError, match=r"made by a newer AiQu Desktop \(schema 9999"):
        Registry.open(SitePaths(tmp_path), CLOCK)
    engine = _engine(SitePaths(tmp_path))
    assert current_revision(engine) == "9999"
    engine.dispose()


def test_a_folder_without_a_site_is_refused_with_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="There is no site in"):
        Registry.open(SitePaths(tmp_path), CLOCK)


def test_a_file_that_is_no_database_is_refused_with_a_sentence(tmp_path: Path) -> None:
    SitePaths(tmp_path).create()
    SitePaths(tmp_path).registry.write_bytes(b"not a database" * 1000)
    with pytest.raises(EnvironmentFault, match="cannot be read"):
        Registry.open(SitePaths(tmp_path), CLOCK)


def test_the_database_itself_refuses_to_rewrite_the_audit_chain(tmp_path: Path) -> None:
    registry = Registry.create(SitePaths(tmp_path), CLOCK)
    with registry.write() as session:
        audit.record(session, at=CLOCK.now(), actor="anna", action="test.done", subject="test")
    for statement in ("UPDATE audit_records SET actor = 'eve'", "DELETE FROM audit_records"):
        with pytest.raises(IntegrityError, match="append-only"), registry.write() as session:
            session.execute(text(statement))
    registry.close()


_COUNTER = """
import sys
from pathlib import Path
from aiqu_desktop.core.clock import SystemClock
from aiqu_desktop.core.paths import SitePaths
from aiqu_desktop.registry import Registry
from aiqu_desktop.security import audit
registry = Registry.open(SitePaths(Path(sys.argv[1])), SystemClock())
for _ in range(60):
    with registry.write() as session:
        audit.record(session, at=registry.clock.now(), actor=sys.argv[2], action="count.up", subject="counter")
registry.close()
"""


def test_three_processes_that_read_and_write_lose_nothing_and_never_find_it_locked(tmp_path: Path) -> None:
    Registry.create(SitePaths(tmp_path), CLOCK).close()
    processes = [
        subprocess.Popen([sys.executable, "-c", _COUNTER, str(tmp_path), name], stderr=subprocess.PIPE, text=True)
        for name in ("a", "b", "c")
    ]
    errors = [process.communicate()[1] for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0], errors
    registry = Registry.open(SitePaths(tmp_path), CLOCK)
    with registry.read() as session:
        assert session.query(AuditRecord).count() == 180
        assert audit.verify(session).intact
    registry.close()
