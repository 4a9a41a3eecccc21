"""Any table: columns with guessed kinds, whole or by batch, from CSV and Parquet alike."""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import pytest

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.core.words import ColumnKind
from aiqu_desktop.ingest import read_table, scan_table

_QUERY = """
    SELECT i::BIGINT AS whole, i / 4 AS part, CASE WHEN i % 3 = 0 THEN NULL ELSE 'k' || i % 2 END AS "grade '1'",
           i % 2 = 0 AS flag, TIMESTAMP '2008-01-01' + INTERVAL (i) HOUR AS moment,
           CASE WHEN i = 2 THEN NULL ELSE i END::INTEGER AS gaps
    FROM range(7) t(i) ORDER BY i
"""


@pytest.fixture(params=["csv", "parquet"])
def table(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / f"it's [a] table.{request.param}"
    target = str(path).replace("'", "''")
    with duckdb.connect() as connection:
        connection.execute(f"COPY ({_QUERY}) TO '{target}'")
    return path


def test_kinds_are_guessed_and_values_read(table: Path) -> None:
    found = read_table(table)
    assert found.rows == 7
    assert found.kinds == {
        "whole": ColumnKind.INTEGER,
        "part": ColumnKind.NUMERIC,
        "grade '1'": ColumnKind.CATEGORICAL,
        "flag": ColumnKind.BOOLEAN,
        "gaps": ColumnKind.INTEGER,
    }
    assert found.skipped == {"moment": "TIMESTAMP"}
    assert found.columns["part"].tolist() == [0, 0.25, 0.5, 0.75, 1, 1.25, 1.5]
    assert found.columns["grade '1'"].tolist() == [None, "k1", "k0", None, "k0", "k1", None]
    assert found.columns["flag"].tolist() == [1, 0, 1, 0, 1, 0, 1]
    assert np.isnan(found.columns["gaps"][2])


def test_batches_put_together_are_the_whole(table: Path) -> None:
    whole = read_table(table)
    with scan_table(table, batch_rows=3) as scan:
        batches = list(scan)
    assert [batch["whole"].size for batch in batches] == [3, 3, 1]
    for name, values in whole.columns.items():
        joined = np.concatenate([batch[name] for batch in batches])
        assert [repr(v) for v in joined.tolist()] == [repr(v) for v in values.tolist()]


def test_many_row_groups_keep_their_order(tmp_path: Path) -> None:
    path = tmp_path / "big.parquet"
    with duckdb.connect() as connection:
        connection.execute(
            f"COPY (SELECT i AS x FROM range(50000) t(i)) TO '{path}' (FORMAT parquet, ROW_GROUP_SIZE 4096)"
        )
    with scan_table(path, batch_rows=7000) as scan:
        values = np.concatenate([batch["x"] for batch in scan])
    assert np.array_equal(values, np.arange(50000.0))


def test_a_scan_leaves_no_temporary_folder(table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    read_table(table)
    with pytest.raises(UserError):
        read_table(tmp_path / "absent.csv")
    assert list(scratch.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.txt", b"x\n1\n", "does not end in .csv or .parquet"),
        ("absent.csv", None, "There is no file"),
        ("a.parquet", b"PAR1 and no more", "cannot be read as parquet"),
        ("a.csv", b"a,b\n1,2\n1,2,3\n4,5\n", "cannot be read as csv"),
        ("times.csv", b"at\n2008-01-01 00:00:00\n2008-01-02 00:00:00\n", "has no numeric, boolean or text column"),
    ],
)
def test_what_cannot_be_read_is_told_in_one_sentence(
    tmp_path: Path, name: str, content: bytes | None, sentence: str
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UserError, match=sentence) as caught:
        read_table(path)
    assert "\n" not in str(caught.value)
    assert str(caught.value).endswith(".")


def test_a_column_that_turns_to_text_far_down_is_a_text_column(tmp_path: Path) -> None:
    path = tmp_path / "late.csv"
    path.write_text("a;b\n" + "1;2\n" * 30_000 + "x;2\n", encoding="utf-8")
    found = read_table(path)
    assert found.kinds == {"a": ColumnKind.CATEGORICAL, "b": ColumnKind.INTEGER}
    assert found.columns["a"][-1] == "x"


def test_a_column_that_is_not_there_is_told(table: Path) -> None:
    with scan_table(table) as scan, pytest.raises(UserError, match="has no column 'moment'"):
        scan.column("moment")
