"""What happens at the plant: rows to predict as they were measured, and labels when the laboratory has them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt

from aiqu_desktop.core.clock import iso
from aiqu_desktop.core.files import write_atomically
from aiqu_desktop.demo.story import DemoModel


@dataclass(frozen=True, slots=True)
class PlantSource:
    """The rows of one model's machine, in time order.

    times: event time of each row, datetime64[us], shape (n,). features: column name → n values.
    labels: what turned out to be true, as text, shape (n,). delay: how long after the event a label comes.
    read_out: how often the machine hands over its rows, and its labels.
    """

    model: str
    ids: npt.NDArray[np.object_]
    times: npt.NDArray[np.datetime64]
    features: dict[str, npt.NDArray[np.generic]]
    labels: npt.NDArray[np.object_]
    delay: timedelta
    read_out: timedelta

    def rows_between(self, start: datetime, end: datetime) -> slice:
        """The rows measured after `start` and up to `end`."""
        return self._between(start, end)

    def labels_between(self, start: datetime, end: datetime, *, made_after: datetime) -> slice:
        """The rows measured after `made_after` whose labels become known after `start` and up to `end`."""
        return self._between(max(start - self.delay, made_after), max(end - self.delay, made_after))

    def _between(self, start: datetime, end: datetime) -> slice:
        edges = np.array([_datetime64(start), _datetime64(end)])
        low, high = np.searchsorted(self.times, edges, side="right")
        return slice(int(low), int(high))

    def write_rows(self, rows: slice, path: Path) -> None:
        """Write measured rows as a CSV file, whole or not at all."""
        columns: list[Iterable[object]] = [
            self.ids[rows],
            _texts(self.times[rows]),
            *(column[rows] for column in self.features.values()),
        ]
        _write_csv(path, ["id", "event_time", *self.features], columns)

    def write_labels(self, rows: slice, at: datetime, path: Path) -> None:
        """Write labels as a CSV file, whole or not at all."""
        known = [iso(at)] * (rows.stop - rows.start)
        _write_csv(path, ["id", "label", "labelled_at"], [self.ids[rows], self.labels[rows], known])


def load_source(model: DemoModel) -> PlantSource:
    """Read one model's machine from the Parquet file that the product ships."""
    query = "SELECT * FROM read_parquet(?) ORDER BY event_time, id"
    with duckdb.connect() as connection:
        table = connection.execute(query, [str(model.source)]).fetchnumpy()
    return PlantSource(
        model=model.name,
        ids=np.asarray(table["id"], dtype=object),
        times=table["event_time"].astype("datetime64[us]"),
        features={name: np.asarray(table[name]) for name in model.features},
        labels=np.array([str(value) for value in table[model.label]], dtype=object),
        delay=model.label_delay,
        read_out=model.read_out,
    )


def days(start: datetime, end: datetime, step: timedelta) -> Iterator[datetime]:
    """The instants after `start`, `step` apart, up to and including `end`."""
    instant = start + step
    while instant <= end:
        yield instant
        instant += step


def _datetime64(instant: datetime) -> np.datetime64:
    return np.datetime64(instant.replace(tzinfo=None), "us")


def _texts(times: npt.NDArray[np.datetime64]) -> list[str]:
    return [f"{text}Z" for text in np.datetime_as_string(times, unit="us")]


def _write_csv(path: Path, header: list[str], columns: Sequence[Iterable[object]]) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(zip(*columns, strict=True))
    write_atomically(path, text.getvalue().encode())
