"""The plant hands every row and every label over once, however time is cut into days."""

from __future__ import annotations

import csv
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import duckdb
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiqu_desktop.demo.plant import PlantSource, days, load_source
from aiqu_desktop.demo.story import load_story
from tests.factories.plant_site import DAY, START

ROWS = st.lists(st.integers(0, 10 * 24 * 60), max_size=60).map(sorted)  # minutes after the start; some coincide
CUTS = st.lists(st.integers(1, 20 * 24 * 60), max_size=15, unique=True).map(sorted)


def _source(minutes: list[int], delay: timedelta = timedelta(0)) -> PlantSource:
    ids = np.array([f"r{row}" for row in range(len(minutes))], dtype=object)
    times = np.datetime64(START.replace(tzinfo=None), "us") + np.array(minutes, dtype="timedelta64[m]")
    features = {"temperature": np.arange(len(minutes), dtype=np.float64)}
    return PlantSource("toy", ids, times, features, np.array(["good"] * len(minutes), dtype=object), delay, DAY)


@given(minutes=ROWS, cuts=CUTS)
def test_rows_are_handed_over_once_over_any_partition_of_time(minutes: list[int], cuts: list[int]) -> None:
    source = _source(minutes)
    instants = [START, *(START + timedelta(minutes=cut) for cut in cuts)]
    handed = [row for before, now in pairwise(instants) for row in source.ids[source.rows_between(before, now)]]
    last = cuts[-1] if cuts else 0
    assert handed == [f"r{row}" for row, minute in enumerate(minutes) if 0 < minute <= last]


@given(minutes=ROWS, cuts=CUTS, delay_hours=st.integers(0, 200))
def test_labels_are_handed_over_once_and_never_before_their_delay(
    minutes: list[int], cuts: list[int], delay_hours: int
) -> None:
    delay = timedelta(hours=delay_hours)
    source = _source(minutes, delay)
    instants = [START, *(START + timedelta(minutes=cut) for cut in cuts)]
    handed: list[str] = []
    for before, now in pairwise(instants):
        labels = source.labels_between(before, now, made_after=START)
        assert all(source.times[labels] <= np.datetime64((now - delay).replace(tzinfo=None), "us"))
        handed += list(source.ids[labels])
    last = (cuts[-1] if cuts else 0) - delay_hours * 60
    assert handed == [f"r{row}" for row, minute in enumerate(minutes) if 0 < minute <= last]


@given(length=st.integers(0, 40), stops=st.lists(st.integers(1, 40), max_size=5))
def test_a_replay_that_stops_and_goes_on_sees_the_same_days(length: int, stops: list[int]) -> None:
    end = START + length * DAY
    seen, here = [], START
    for stop in [*stops, length]:
        for now in days(here, min(end, START + stop * DAY), DAY):
            seen.append(now)
            here = now
    assert seen == list(days(START, end, DAY)) == [START + (day + 1) * DAY for day in range(length)]


def test_what_is_written_reads_back_as_it_was_measured(tmp_path: Path) -> None:
    source = _source([1, 2, 3, 5000])
    source.write_rows(slice(1, 3), tmp_path / "rows.csv")
    source.write_labels(slice(1, 3), START + DAY, tmp_path / "labels.csv")
    with (tmp_path / "rows.csv").open(newline="") as stream:
        assert list(csv.DictReader(stream)) == [
            {"id": "r1", "event_time": "2026-01-01T00:02:00.000000Z", "temperature": "1.0"},
            {"id": "r2", "event_time": "2026-01-01T00:03:00.000000Z", "temperature": "2.0"},
        ]
    with (tmp_path / "labels.csv").open(newline="") as stream:
        assert next(csv.DictReader(stream)) == {"id": "r1", "label": "good", "labelled_at": "2026-01-02T00:00:00Z"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["labels.csv", "rows.csv"]


@pytest.mark.parametrize("name", ["gas-classifier", "gas-concentration", "machine-failure"])
def test_the_shipped_machines_are_whole_and_in_order(name: str) -> None:
    model = load_story().model(name)
    source = load_source(model)
    with duckdb.connect() as connection:
        counted = connection.execute("SELECT count(DISTINCT id) FROM read_parquet(?)", [str(model.source)]).fetchone()
    assert counted == (len(source.ids),) == (len(set(source.ids)),)
    assert np.all(np.diff(source.times) >= np.timedelta64(0))
    assert {len(column) for column in source.features.values()} == {len(source.ids)} == {len(source.labels)}
    assert tuple(source.features) == model.features
