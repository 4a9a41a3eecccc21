"""DuckDB in its box: it sees the folders it was given and nothing else, loads no extension and cannot be unlocked."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from pathlib import Path

import duckdb

_MEMORY = "1GB"
_THREADS = 2


def quote_name(name: str) -> str:
    """`name` as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def quote_text(text: str) -> str:
    """`text` as an SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def as_pattern(path: Path) -> str:
    """`path` for DuckDB's file functions, which read *, ? and [ as wildcards: a file named so must mean only itself."""
    return "".join(f"[{sign}]" if sign in "*?[" else sign for sign in str(path))


class Box:
    """One locked in-memory DuckDB; each thread has its own connection to it.

    Order matters: the folders are named first, then file access is closed, then the configuration is locked.
    """

    def __init__(
        self, folders: Iterable[Path] = (), files: Iterable[Path] = (), memory: str = _MEMORY, threads: int = _THREADS
    ) -> None:
        self._root = duckdb.connect(
            ":memory:",
            config={
                "threads": threads,
                "memory_limit": memory,
                "autoinstall_known_extensions": "false",
                "autoload_known_extensions": "false",
                "allow_community_extensions": "false",
            },
        )
        self._local = threading.local()
        directories = ", ".join(quote_text(str(folder)) for folder in folders)
        # A single file is asked for by its pattern, which DuckDB compares with this list before it resolves it.
        paths = ", ".join(quote_text(spelling) for file in files for spelling in {str(file), as_pattern(file)})
        for statement in (
            "SET GLOBAL TimeZone = 'UTC'",  # a time without a zone is read as UTC
            "SET GLOBAL temp_directory = ''",  # no spilling outside the box
            f"SET GLOBAL allowed_directories = [{directories}]",
            f"SET GLOBAL allowed_paths = [{paths}]",
            "SET GLOBAL enable_external_access = false",
            "SET GLOBAL lock_configuration = true",
        ):
            self._root.execute(statement)

    def connection(self) -> duckdb.DuckDBPyConnection:
        """The calling thread's connection; making one costs well under a millisecond, and it is kept."""
        connection: duckdb.DuckDBPyConnection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._root.cursor()
            self._local.connection = connection
        return connection

    def close(self) -> None:
        """Close the database; connections that threads still hold become unusable."""
        self._root.close()
        self._local = threading.local()
