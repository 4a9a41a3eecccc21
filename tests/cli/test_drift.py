"""`aiqu drift`: any two tables, no site."""

from __future__ import annotations

import csv
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest

from tests.cli.conftest import Aiqu
from tests.factories.bundles import toy_columns, write_parquet


def _csv(path: Path, columns: Mapping[str, Any]) -> Path:
    with path.open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(columns)
        writer.writerows(zip(*columns.values(), strict=True))
    return path


@pytest.fixture
def reference(tmp_path: Path) -> Path:
    return write_parquet(tmp_path / "reference.parquet", toy_columns(2000, seed=1))


def test_the_same_plant_did_not_drift(aiqu: Aiqu, reference: Path, tmp_path: Path) -> None:
    current = write_parquet(tmp_path / "current.parquet", toy_columns(2000, seed=2))
    answer = aiqu("drift", reference, current)
    assert (answer.status, answer.err) == (0, "")
    assert "0 of 4 compared columns drifted" in answer.out


def test_a_moved_sensor_is_drift_and_the_first_line_names_it(aiqu: Aiqu, reference: Path, tmp_path: Path) -> None:
    current = write_parquet(tmp_path / "current.parquet", toy_columns(2000, seed=2, shift=1.0))
    answer = aiqu("drift", reference, current)
    assert answer.status == 1
    assert answer.out.splitlines()[1].split()[:2] == ["temperature", "DRIFTED"]
    assert "1 of 4 compared columns drifted" in answer.out
    machine = aiqu("drift", reference, current, "--json")
    assert machine.status == 1
    columns = {column["name"]: column for column in machine.json["columns"]}
    assert columns["temperature"]["effect"] == pytest.approx(1.0, abs=0.1), "one reference spread, as it was moved"
    assert [name for name, column in columns.items() if column["drifted"]] == ["temperature"]
    assert machine.json["reference"] == str(reference)


def test_csv_and_parquet_give_the_same_answer(aiqu: Aiqu, reference: Path, tmp_path: Path) -> None:
    moved = toy_columns(500, seed=2, shift=0.5)
    as_csv = aiqu("drift", reference, _csv(tmp_path / "current.csv", moved), "--json")
    as_parquet = aiqu("drift", reference, write_parquet(tmp_path / "current.parquet", moved), "--json")
    assert as_csv.json["columns"] == as_parquet.json["columns"]
    assert as_csv.status == as_parquet.status == 1


def test_a_higher_limit_forgives_a_small_move(aiqu: Aiqu, reference: Path, tmp_path: Path) -> None:
    current = write_parquet(tmp_path / "current.parquet", toy_columns(2000, seed=2, shift=0.5))
    assert aiqu("drift", reference, current).status == 1
    assert aiqu("drift", reference, current, "--limit", "0.9").status == 0


def test_a_column_that_was_constant_and_is_not_any_more_is_drift(aiqu: Aiqu, tmp_path: Path) -> None:
    constant = _csv(tmp_path / "reference.csv", {"valve": [1.5] * 100})
    moving = _csv(tmp_path / "current.csv", {"valve": np.random.default_rng(3).uniform(0.0, 9.0, 100)})
    answer = aiqu("drift", constant, moving, "--json")
    assert answer.status == 1
    assert answer.json["columns"][0]["drifted"]


@pytest.mark.parametrize("machine", [(), ("--json",)], ids=["people", "machine"])
@pytest.mark.parametrize("rows", [0, 1, 29])
def test_too_few_rows_are_no_answer(
    aiqu: Aiqu, reference: Path, tmp_path: Path, rows: int, machine: tuple[str, ...]
) -> None:
    current = tmp_path / "current.parquet"
    with duckdb.connect() as connection:
        connection.execute(f"COPY (SELECT * FROM '{reference}' LIMIT {rows}) TO '{current}' (FORMAT parquet)")
    answer = aiqu("drift", reference, current, *machine)
    assert answer.status == 2
    assert "too little data" in answer.said_one_sentence()
    if machine:
        assert {column["method"] for column in answer.json["columns"]} == {"not enough data"}


def test_a_file_with_a_header_alone_is_no_answer(aiqu: Aiqu, tmp_path: Path) -> None:
    full = _csv(tmp_path / "reference.csv", toy_columns(100))
    bare = _csv(tmp_path / "current.csv", {name: [] for name in toy_columns(1)})
    answer = aiqu("drift", full, bare)
    assert answer.status == 2
    assert "too little data" in answer.said_one_sentence()


def test_a_sensor_that_fell_silent_is_no_other_kind_of_column(aiqu: Aiqu, reference: Path, tmp_path: Path) -> None:
    silent = _csv(tmp_path / "current.csv", toy_columns(100) | {"pressure": [""] * 100, "recipe": [""] * 100})
    for pair in ((reference, silent), (silent, reference)):
        answer = aiqu("drift", *pair, "--json")
        assert answer.status == 0, answer.err
        columns = {column["name"]: column for column in answer.json["columns"]}
        assert {name for name, column in columns.items() if column["method"] == "not enough data"} == {
            "pressure", "recipe",
        }  # fmt: skip


def test_other_columns_cannot_be_compared_and_the_first_is_named(aiqu: Aiqu, reference: Path, tmp_path: Path) -> None:
    columns = toy_columns(100)
    without = {name: values for name, values in columns.items() if name != "pressure"}
    less = aiqu("drift", reference, write_parquet(tmp_path / "less.parquet", without))
    assert less.status == 2 and "no column 'pressure'" in less.said_one_sentence()
    more = aiqu("drift", reference, write_parquet(tmp_path / "more.parquet", columns | {"vibration": np.ones(100)}))
    assert more.status == 2 and "'vibration'" in more.said_one_sentence()
    text = columns | {"pressure": np.array(["high"] * 100, dtype=object)}
    other = aiqu("drift", reference, write_parquet(tmp_path / "other.parquet", text))
    assert other.status == 2 and "'pressure' is numeric in the first file" in other.said_one_sentence()
    dates = columns | {"pressure": np.full(100, np.datetime64("2026-01-01", "us"))}
    timed = aiqu("drift", reference, write_parquet(tmp_path / "timed.parquet", dates))
    assert timed.status == 2 and "'pressure' of timed.parquet is of type TIMESTAMP" in timed.said_one_sentence()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("gone.csv", None, "There is no file"),
        ("table.xlsx", b"PK", "does not end in .csv or .parquet"),
        ("torn.parquet", b"PAR1 and then nothing", "cannot be read as parquet"),
        ("empty.csv", b"", ""),
        ("ragged.csv", b"a,b\n1,2\n3\n4,5,6\n", "cannot be read as csv"),
    ],
)
def test_a_file_that_is_no_table_is_refused_by_name(
    aiqu: Aiqu, reference: Path, tmp_path: Path, name: str, content: bytes | None, said: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    answer = aiqu("drift", reference, tmp_path / name)
    assert (answer.status, answer.out) == (2, "")
    sentence = answer.said_one_sentence()
    assert name in sentence and said in sentence


def test_comparing_tables_does_not_wait_for_the_registry() -> None:
    code = (
        "import sys, aiqu_desktop.cli.commands.drift; print([m for m in ('sqlalchemy', 'alembic') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
