"""Sessions over the site's SQLite file, set up so that committed work survives kills, power cuts and neighbours."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DatabaseError, DataError, IntegrityError, ProgrammingError
from sqlalchemy.orm import Session, sessionmaker

from aiqu_desktop.core.clock import Clock
from aiqu_desktop.core.errors import EnvironmentFault, UserError
from aiqu_desktop.core.paths import SitePaths
from aiqu_desktop.registry.migrate import bring_up_to_date

# Before 3.51.3 a WAL file that two connections write and checkpoint at the same moment can be corrupted.
_SAFE_WAL = (3, 51, 3)
_BUSY_MILLISECONDS = 20_000


def sqlite_module() -> ModuleType:
    """The newest SQLite at hand: the bundled one where it is installed, else the interpreter's own."""
    try:
        import pysqlite3
    except ImportError:
        import sqlite3

        return sqlite3
    return pysqlite3  # type: ignore[no-any-return]


def journal_mode() -> str:
    """WAL where the SQLite library is safe for it, else TRUNCATE."""
    return "WAL" if sqlite_module().sqlite_version_info >= _SAFE_WAL else "TRUNCATE"


class Registry:
    """The registry of one site: `read()` and `write()` transactions, and the site's clock and folders.

    Writers begin with BEGIN IMMEDIATE: a read-then-write transaction that starts as a reader can fail with
    "database is locked" whatever the busy timeout (SQLite, "Transactions", section 2.2).
    """

    def __init__(self, paths: SitePaths, clock: Clock, engine: Engine) -> None:
        self.paths = paths
        self.clock = clock
        self.engine = engine
        self._writers = sessionmaker(engine.execution_options(aiqu_write=True), expire_on_commit=False)
        self._readers = sessionmaker(engine, expire_on_commit=False)

    @classmethod
    def create(cls, paths: SitePaths, clock: Clock) -> Registry:
        """Make the folders and the registry of a new site, or open the one that is there."""
        try:
            paths.create()
        except OSError as error:
            raise EnvironmentFault(
                f"The site folder {paths.root} cannot be written ({error.strerror}); choose another with --site."
            ) from error
        return cls._open(paths, clock)

    @classmethod
    def open(cls, paths: SitePaths, clock: Clock) -> Registry:
        """Open an existing site.

        Raises:
            UserError: if there is no site in that folder, or a newer version of the product made it.
        """
        if not paths.registry.is_file():
            raise UserError(
                f"There is no site in {paths.root}; name one with --site, or make one with 'aiqu import --create'."
            )
        return cls._open(paths, clock)

    @classmethod
    def _open(cls, paths: SitePaths, clock: Clock) -> Registry:
        engine = _engine(paths)
        try:
            bring_up_to_date(engine, paths, clock.now())
        except DatabaseError as error:
            engine.dispose()
            raise EnvironmentFault(
                f"The registry {paths.registry} cannot be read ({error.orig}); restore it from {paths.backups}."
            ) from error
        except BaseException:
            engine.dispose()
            raise
        return cls(paths, clock, engine)

    @contextmanager
    def write(self) -> Iterator[Session]:
        """One transaction that may change things: committed on leaving, rolled back on an error.

        Raises:
            EnvironmentFault: if the file cannot be written (disk full or failing, locked for too long); nothing was
                kept then.
        """
        room = "make room on its disk and restart AiQu Desktop, which settles a release that was interrupted"
        told = _faults_told(f"The registry {self.paths.registry} cannot be written", room)
        with told, self._writers.begin() as session:
            session.connection()  # BEGIN IMMEDIATE now and not at the first statement: entering means holding the lock
            yield session

    @contextmanager
    def read(self) -> Iterator[Session]:
        """One consistent view; nothing done in it is kept.

        Raises:
            EnvironmentFault: if the file cannot be read (disk failing, file damaged).
        """
        restore = f"see to its disk, or restore it from {self.paths.backups}"
        with _faults_told(f"The registry {self.paths.registry} cannot be read", restore), self._readers() as session:
            yield session

    def data_version(self, connection: Connection) -> int:
        """A number that changes whenever another connection has committed (SQLite's data_version pragma)."""
        return int(connection.execute(text("PRAGMA data_version")).scalar_one())

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()


@contextmanager
def _faults_told(what: str, advice: str) -> Iterator[None]:
    """The machine's faults in one sentence; what was asked for wrongly stays our own error."""
    try:
        yield
    except DatabaseError as error:
        if isinstance(error, IntegrityError | ProgrammingError | DataError):
            raise
        raise EnvironmentFault(f"{what} ({error.orig}); {advice}.") from error


def _engine(paths: SitePaths) -> Engine:
    engine = create_engine(f"sqlite:///{paths.registry}", module=sqlite_module())
    mode = journal_mode()

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves, see _begin
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={_BUSY_MILLISECONDS}")
        cursor.execute(f"PRAGMA journal_mode={mode}")
        cursor.execute("PRAGMA synchronous=FULL")  # NORMAL loses committed switches in a power cut
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA mmap_size=0")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        write = connection.get_execution_options().get("aiqu_write", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

    return engine
