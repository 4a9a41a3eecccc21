"""A file's rows in blocks: every value of every column once and in order, however the threads share the columns."""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import pytest

from aiqu_desktop.ingest.tables import scan_table
from aiqu_desktop.services import table_blocks
from aiqu_desktop.services.table_blocks import plan_of, pump

_ROWS = 5_000


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("table") / "table.parquet"
    wish = ", ".join(f"i * {factor} AS c{factor}" for factor in range(7))
    with duckdb.connect() as connection:
        connection.execute(f"COPY (SELECT {wish} FROM range({_ROWS}) AS numbers(i)) TO '{path}' (ROW_GROUP_SIZE 2048)")
    return path


@pytest.mark.parametrize("jobs", [1, 2, 30])
@pytest.mark.parametrize("values_a_share", [1, 10_000, 1 << 22])
def test_every_column_comes_whole_and_in_order(table, jobs, values_a_share, monkeypatch):
    monkeypatch.setattr(table_blocks, "_VALUES_A_SHARE", values_a_share)
    parts: dict[str, list[np.ndarray]] = {f"c{factor}": [] for factor in range(7)}
    told: list[int] = []
    with scan_table(table, threads=1) as scan:
        pump(
            scan, plan_of(table, scan, table, scan), lambda name, values: parts[name].append(values), jobs, told.append
        )
    for factor in range(7):
        assert np.array_equal(np.concatenate(parts[f"c{factor}"]), factor * np.arange(_ROWS, dtype=np.float64))
    assert told == sorted(told) and all(0 < rows <= _ROWS for rows in told)
    assert told or jobs > 1  # the others may be through with all columns before this thread has its first


@pytest.mark.parametrize("broken", ["c0", "c6"])
def test_an_error_in_one_column_ends_all_of_them(table, broken, monkeypatch):
    monkeypatch.setattr(table_blocks, "_VALUES_A_SHARE", 1)

    def add(name, values):
        if name == broken:
            raise OSError(name)

    with scan_table(table, threads=1) as scan, pytest.raises(OSError, match=broken):
        pump(scan, plan_of(table, scan, table, scan), add, 2, lambda _: None)
