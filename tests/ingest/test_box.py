"""DuckDB stays in its box."""

from __future__ import annotations

import threading
from pathlib import Path

import duckdb
import pytest

from aiqu_desktop.ingest.box import Box, as_pattern, quote_name, quote_text
from aiqu_desktop.ingest.site_box import site_box
from aiqu_desktop.registry import Registry


@pytest.fixture
def inside(tmp_path: Path) -> Path:
    folder = (tmp_path / "inside").resolve()
    folder.mkdir()
    (folder / "a.csv").write_text("x\n1\n")
    (tmp_path / "outside.csv").write_text("x\n1\n")
    return folder


def test_a_box_reads_and_writes_in_its_folders_only(inside: Path) -> None:
    connection = Box(folders=(inside,)).connection()
    assert connection.execute("SELECT * FROM read_csv(?)", [str(inside / "a.csv")]).fetchall() == [(1,)]
    for outside in (inside.parent / "outside.csv", inside / ".." / "outside.csv"):
        with pytest.raises(duckdb.PermissionException):
            connection.execute("SELECT * FROM read_csv(?)", [str(outside)])
        with pytest.raises(duckdb.PermissionException):
            connection.execute(f"COPY (SELECT 1) TO {quote_text(str(outside))}")


@pytest.mark.parametrize(
    "statement",
    [
        "SET enable_external_access = true",
        "SET allowed_directories = ['/']",
        "SET lock_configuration = false",
        "SET autoload_known_extensions = true",
        "RESET enable_external_access",
        "INSTALL httpfs",
        "LOAD httpfs",
        "ATTACH 'other.db'",
        "SELECT * FROM read_csv('https://example.invalid/a.csv')",
        "COPY (SELECT 1) TO 'here.csv'",
        "EXPORT DATABASE 'all'",
    ],
)
def test_a_box_cannot_be_opened_from_within(inside: Path, statement: str) -> None:
    connection = Box(folders=(inside,)).connection()
    with pytest.raises(duckdb.Error):
        connection.execute(statement)


def test_a_box_of_single_files_sees_no_neighbour(inside: Path) -> None:
    (inside / "b.csv").write_text("x\n2\n")
    connection = Box(files=(inside / "a.csv",)).connection()
    assert connection.execute("SELECT * FROM read_csv(?)", [str(inside / "a.csv")]).fetchall() == [(1,)]
    with pytest.raises(duckdb.PermissionException):
        connection.execute("SELECT * FROM read_csv(?)", [str(inside / "b.csv")])


def test_threads_share_a_box_with_a_connection_each(inside: Path) -> None:
    box = Box(folders=(inside,))
    found: list[object] = []
    threads = [threading.Thread(target=lambda: found.append(box.connection())) for _ in range(2)]
    for thread in threads:
        thread.start()
        thread.join()
    assert found[0] is not found[1]
    assert box.connection() is box.connection()


def test_a_site_has_one_box_over_its_drop_folders_and_observations(registry: Registry) -> None:
    box = site_box(registry)
    assert site_box(registry) is box
    with pytest.raises(duckdb.PermissionException):
        box.connection().execute("SELECT * FROM read_text(?)", [str(registry.paths.registry.resolve())])
    with pytest.raises(duckdb.PermissionException):
        box.connection().execute("SELECT * FROM read_text(?)", [str(registry.paths.keys.resolve() / "key.pem")])


def test_quoting_keeps_names_and_patterns_what_they_are(inside: Path) -> None:
    name = "a*[b]?.csv"
    (inside / name).write_text("x\n7\n")
    (inside / "aab.csv").write_text("x\n8\n")
    connection = Box(folders=(inside,)).connection()
    assert connection.execute("SELECT * FROM read_csv(?)", [as_pattern(inside / name)]).fetchall() == [(7,)]
    column, text = 'a "quoted" one', "'; DROP"
    assert connection.execute(f"SELECT 1 AS {quote_name(column)}").description[0][0] == column
    assert connection.execute(f"SELECT {quote_text(text)}").fetchall() == [(text,)]
