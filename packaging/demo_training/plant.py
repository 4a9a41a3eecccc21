"""The plant's rows: sixteen gas sensors over thirty months, and one milling machine over the same time."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

START = np.datetime64("2008-01-01", "s")
COMMISSIONED = np.datetime64("2008-03-01", "s")
END = np.datetime64("2010-07-01", "s")
COMMISSIONING_ROWS = 3_000  # machine rows of the first two months, before any model is live
SEED = 20080101

GAS_LABELS = ("gas", "concentration_ppmv")
MACHINE_LABEL = "Machine_failure"
MACHINE_CATEGORIES = ("L", "M", "H")
# Our column name, the source's, the unit, and what the machine can physically show.
MACHINE_FEATURES = (
    ("Air_temperature", "Air temperature [K]", "K", 285.0, 315.0),
    ("Process_temperature", "Process temperature [K]", "K", 295.0, 325.0),
    ("Rotational_speed", "Rotational speed [rpm]", "rpm", 0.0, 4000.0),
    ("Torque", "Torque [Nm]", "Nm", 0.0, 120.0),
    ("Tool_wear", "Tool wear [min]", "min", 0.0, 300.0),
)


@dataclass(frozen=True)
class Plant:
    """One table in the order of time. `month` counts from 1 (January 2008); `columns` holds everything by name."""

    columns: dict[str, NDArray[Any]]
    features: tuple[str, ...]

    @property
    def month(self) -> NDArray[np.int64]:
        months = self.columns["event_time"].astype("datetime64[M]") - START.astype("datetime64[M]")
        return months.astype(np.int64) + 1


def read_gas(source: Path) -> Plant:
    """The gas rows from the raw data set or from what `write` made of them; values untouched."""
    names = [row[0] for row in duckdb.sql(f"DESCRIBE SELECT * FROM '{source}'").fetchall()]
    time = "timestamp" if "timestamp" in names else "event_time"
    raw = duckdb.sql(f"SELECT * FROM '{source}' ORDER BY {time}, sensor01_dR").fetchnumpy()
    features = tuple(name for name in names if name.startswith("sensor"))
    columns: dict[str, NDArray[Any]] = {
        "id": np.array([f"gas-{number:05d}" for number in range(1, len(raw[time]) + 1)], dtype=object),
        "event_time": raw[time].astype("datetime64[s]"),
    }
    columns |= {name: np.asarray(raw[name], dtype=np.float32) for name in features}
    columns["gas"] = np.asarray(raw["gas"]).astype(str).astype(object)
    columns["concentration_ppmv"] = np.asarray(raw["concentration_ppmv"], dtype=np.float64)
    return Plant(columns, features)


def read_machine(source: Path) -> Plant:
    """The machine's rows: from the raw CSV, shuffled and given times with a fixed seed, or from what `write` made."""
    features = ("Type", *(feature[0] for feature in MACHINE_FEATURES))
    if source.suffix == ".parquet":
        raw = duckdb.sql(f"SELECT * FROM '{source}' ORDER BY event_time, id").fetchnumpy()
        columns = {name: np.asarray(values) for name, values in raw.items()}
        columns["event_time"] = columns["event_time"].astype("datetime64[s]")
        return Plant(columns, features)
    with source.open(encoding="utf-8-sig", newline="") as stream:
        records = list(csv.DictReader(stream))
    random = np.random.default_rng(SEED)
    records = [records[place] for place in random.permutation(len(records))]
    columns = {
        "id": np.array([f"mill-{number:05d}" for number in range(1, len(records) + 1)], dtype=object),
        "event_time": _machine_times(len(records), random),
        "Type": np.array([record["Type"] for record in records], dtype=object),
    }
    for name, original, *_ in MACHINE_FEATURES:
        columns[name] = np.array([float(record[original]) for record in records], dtype=np.float32)
    failed = [record["Machine_failure"] == "1" for record in records]
    columns[MACHINE_LABEL] = np.where(failed, "failure", "ok").astype(object)
    return Plant(columns, features)


def _machine_times(rows: int, random: np.random.Generator) -> NDArray[np.datetime64]:
    """Seconds drawn evenly: a dense commissioning run in the first two months, then the ordinary pace."""

    def draw(count: int, start: np.datetime64, end: np.datetime64) -> NDArray[np.int64]:
        return np.sort(random.integers(start.astype(np.int64), end.astype(np.int64), count))

    first = draw(COMMISSIONING_ROWS, START, COMMISSIONED)
    return np.concatenate([first, draw(rows - COMMISSIONING_ROWS, COMMISSIONED, END)]).astype("datetime64[s]")


def write(columns: dict[str, NDArray[Any]], target: Path) -> None:
    """One Parquet file, compressed hard: the demo's data travel with the product."""
    target.parent.mkdir(parents=True, exist_ok=True)
    connection = duckdb.connect(config={"threads": 1})  # one thread writes the same bytes every time
    connection.register("rows", columns)
    connection.execute(
        f"COPY (SELECT * FROM rows) TO '{target}' "
        "(FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 19, PARQUET_VERSION V2)"
    )
    connection.close()


def month_start(month: int) -> datetime:
    """The first instant of a month counted from 1."""
    return datetime(2008 + (month - 1) // 12, (month - 1) % 12 + 1, 1, tzinfo=UTC)
