"""Windows: the right rows, in order, with their labels, from no more segments than needed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aiqu_desktop.core.clock import ReplayClock
from aiqu_desktop.core.errors import EnvironmentFault, UserError
from aiqu_desktop.ingest import Ingest, ObservationStore, drop_folder, segment_cache
from aiqu_desktop.registry import Registry
from tests.ingest.plant import DIGEST, HOSTILE, MODEL, SCHEMA, START, label, make_site, observation, write_csv

HOUR = timedelta(hours=1)


@pytest.fixture
def filled(registry: Registry, ingest: Ingest, drop: Path) -> Registry:
    """Forty hours in eight files, out of order and overlapping; every fourth row is labelled; a second model file."""
    for number in range(8):
        rows = [observation(row, served_digest=DIGEST if row < 20 else "cd" * 32) for row in range(number, 40, 8)]
        write_csv(drop / f"{7 - number}.csv", rows)
    write_csv(drop / "labels.csv", [label(row) for row in range(0, 40, 4)])
    assert all(file.outcome == "taken" for file in ingest.scan(MODEL).files)
    return registry


def ids(window: object) -> list[str]:
    return window.columns["id"].tolist()  # type: ignore[attr-defined]


def test_a_window_takes_its_start_and_leaves_its_end(filled: Registry) -> None:
    window = ObservationStore(filled).window(MODEL, START + 3 * HOUR, START + 7 * HOUR)
    assert ids(window) == ["row-3", "row-4", "row-5", "row-6"]
    assert window.rows == 4
    assert set(window.columns) == {*observation(0), "label", "labelled_at"}


def test_columns_have_the_promised_types(filled: Registry) -> None:
    columns = ObservationStore(filled).window(MODEL, START, START + 40 * HOUR).columns
    assert columns["event_time"].dtype == np.dtype("datetime64[us]")
    assert columns["labelled_at"].dtype == np.dtype("datetime64[us]")
    for name in ("sensor01", "sensor02", "count", "running", *SCHEMA.score_columns):
        assert columns[name].dtype == np.dtype(np.float64)
    for name in ("id", HOSTILE, "prediction", "served_digest", "label"):
        assert columns[name].dtype == np.dtype(object)
    assert set(columns["running"].tolist()) == {0.0, 1.0}
    assert np.isnan(columns["sensor02"]).sum() == 8


def test_an_empty_window_has_the_same_columns_and_types(filled: Registry) -> None:
    store = ObservationStore(filled)
    full = store.window(MODEL, START, START + HOUR)
    for start, end in ((START - 9 * HOUR, START), (START + HOUR / 4, START + HOUR / 2), (START + HOUR, START)):
        empty = store.window(MODEL, start, end)
        assert empty.rows == 0
        assert {name: values.dtype for name, values in empty.columns.items()} == {
            name: values.dtype for name, values in full.columns.items()
        }


def test_only_the_wanted_columns_come(filled: Registry) -> None:
    store = ObservationStore(filled)
    window = store.window(MODEL, START, START + 2 * HOUR, columns=(HOSTILE, "prediction"))
    assert set(window.columns) == {"id", "event_time", HOSTILE, "prediction"}
    with pytest.raises(UserError, match="has no column 'sensor99'"):
        store.window(MODEL, START, START + HOUR, columns=("sensor99",))


def test_a_window_can_hold_one_model_file_only(filled: Registry) -> None:
    store = ObservationStore(filled)
    window = store.window(MODEL, START + 18 * HOUR, START + 22 * HOUR, served_digest="cd" * 32, columns=("count",))
    assert ids(window) == ["row-20", "row-21"]
    assert "served_digest" not in window.columns


def test_labelled_only_leaves_the_rest_out_and_brings_the_labels(filled: Registry) -> None:
    window = ObservationStore(filled).window(
        MODEL, START, START + 9 * HOUR, labelled_only=True, columns=("prediction",)
    )
    assert ids(window) == ["row-0", "row-4", "row-8"]
    assert window.columns["label"].tolist() == ["Ethanol"] * 3


def test_counts_and_newest_times(filled: Registry) -> None:
    store = ObservationStore(filled)
    assert store.counts(MODEL, START, START + 10 * HOUR) == (10, 3)
    assert store.newest_event_time(MODEL) == START + 39 * HOUR
    given = store.window(MODEL, START, START + 40 * HOUR, labelled_only=True).columns["labelled_at"].max()
    assert store.newest_label_time(MODEL) == given.astype("datetime64[us]").item().replace(tzinfo=UTC)


def test_a_model_without_data_has_no_newest_times_and_empty_windows(registry: Registry) -> None:
    store = ObservationStore(registry)
    assert store.newest_event_time(MODEL) is None
    assert store.newest_label_time(MODEL) is None
    assert store.last_n(MODEL, 5).rows == 0
    assert store.counts(MODEL, START, START + HOUR) == (0, 0)


@pytest.mark.parametrize("n", [1, 5, 23, 40, 99])
def test_the_last_n_are_the_newest_oldest_first(filled: Registry, n: int) -> None:
    store = ObservationStore(filled)
    assert ids(store.last_n(MODEL, n)) == [f"row-{row}" for row in range(max(0, 40 - n), 40)]


def test_the_last_n_of_one_model_file_are_found_further_back(filled: Registry) -> None:
    store = ObservationStore(filled)
    assert ids(store.last_n(MODEL, 2, served_digest=DIGEST)) == ["row-18", "row-19"]
    assert ids(store.last_n(MODEL, 2, served_digest=DIGEST, labelled_only=True)) == ["row-12", "row-16"]


def test_rows_of_one_instant_are_ordered_by_id(ingest: Ingest, drop: Path, store: ObservationStore) -> None:
    rows = [observation(1, id=name) for name in ("c", "å", "B", "a")]
    write_csv(drop / "1.csv", rows[:2])
    write_csv(drop / "2.csv", rows[2:])
    ingest.scan(MODEL)
    assert ids(store.window(MODEL, START, START + 9 * HOUR)) == ["B", "a", "c", "å"]


def test_a_window_may_be_written_to_without_changing_the_next(filled: Registry) -> None:
    store = ObservationStore(filled)
    first = store.window(MODEL, START, START + 9 * HOUR)
    for values in first.columns.values():
        values[:] = values[0]
    again = store.window(MODEL, START, START + 9 * HOUR)
    assert ids(again) == [f"row-{row}" for row in range(9)]


def test_only_segments_that_overlap_in_time_are_read(
    ingest: Ingest, drop: Path, store: ObservationStore, registry: Registry
) -> None:
    for day in range(5):
        write_csv(drop / f"{day}.csv", [observation(day * 24 + hour) for hour in range(3)])
    ingest.scan(MODEL)
    window = store.window(MODEL, START + 24 * HOUR, START + 48 * HOUR)
    assert len(window.segments) == 1
    for path in (registry.paths.observations / MODEL).glob("*.parquet"):
        if "20080302" not in path.name:
            path.write_bytes(b"destroyed")
    assert ids(ObservationStore(registry).window(MODEL, START + 24 * HOUR, START + 48 * HOUR)) == ids(window)


def test_a_damaged_segment_is_told_in_one_sentence(ingest: Ingest, drop: Path, registry: Registry) -> None:
    write_csv(drop / "a.csv", [observation(1)])
    ingest.scan(MODEL)
    next((registry.paths.observations / MODEL).glob("*.parquet")).write_bytes(b"destroyed")
    with pytest.raises(EnvironmentFault, match="missing or damaged"):
        ObservationStore(registry).window(MODEL, START, START + 9 * HOUR)


def test_a_label_that_comes_later_is_seen_by_the_next_window(
    ingest: Ingest, drop: Path, store: ObservationStore, registry: Registry
) -> None:
    write_csv(drop / "a.csv", [observation(1)])
    ingest.scan(MODEL)
    assert store.counts(MODEL, START, START + 9 * HOUR) == (1, 0)
    assert isinstance(registry.clock, ReplayClock)
    registry.clock.move_to(registry.clock.now() + 24 * 90 * HOUR)
    write_csv(drop / "l.csv", [label(1)])
    ingest.scan(MODEL)
    assert store.counts(MODEL, START, START + 9 * HOUR) == (1, 1)


def test_large_segments_are_read_by_column_and_not_kept(
    ingest: Ingest, drop: Path, store: ObservationStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(segment_cache, "_SMALL_ROWS", 3)
    write_csv(drop / "a.csv", [observation(row) for row in range(9)])
    write_csv(drop / "b.csv", [observation(row) for row in range(9, 11)])
    ingest.scan(MODEL)
    window = store.window(MODEL, START, START + 99 * HOUR, columns=("count",))
    assert window.columns["count"].tolist() == [3.0 * row for row in range(11)]


def test_the_cache_lets_go_of_the_oldest_segments(filled: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segment_cache, "_MOST_BYTES", 8_000)
    store = ObservationStore(filled)
    for _ in range(2):
        assert ids(store.window(MODEL, START, START + 99 * HOUR)) == [f"row-{row}" for row in range(40)]
    assert segment_cache.site_cache(filled)._bytes <= 8_000


@settings(max_examples=20)
@given(
    hours=st.lists(st.integers(0, 60), min_size=1, max_size=25),
    bounds=st.tuples(st.integers(-2, 62), st.integers(-2, 62)),
    files=st.integers(1, 6),
)
def test_a_window_is_what_filtering_everything_would_give(
    tmp_path_factory: pytest.TempPathFactory, hours: list[int], bounds: tuple[int, int], files: int
) -> None:
    registry = make_site(tmp_path_factory.mktemp("site"))
    drop = drop_folder(registry, MODEL)
    rows = [observation(hour, id=f"{place:02d}") for place, hour in enumerate(hours)]
    for number in range(files):
        if rows[number::files]:
            write_csv(drop / f"{number}.csv", rows[number::files])
    Ingest(registry, settle_seconds=0).scan(MODEL)
    start, end = (START + bound * HOUR for bound in bounds)
    window = ObservationStore(registry).window(MODEL, start, end, columns=())
    inside = sorted(
        (datetime.fromisoformat(row["event_time"]), row["id"])
        for row in rows
        if start <= datetime.fromisoformat(row["event_time"]) < end
    )
    assert ids(window) == [name for _, name in inside]
    registry.close()


def test_a_window_of_what_was_known_is_not_changed_by_what_comes_later(
    registry: Registry, ingest: Ingest, drop: Path
) -> None:
    clock = registry.clock
    assert isinstance(clock, ReplayClock)
    write_csv(drop / "a.csv", [observation(row) for row in range(6)])
    write_csv(drop / "b.csv", [label(row) for row in range(3)])
    ingest.scan(MODEL)
    store, end = ObservationStore(registry), START + 40 * HOUR
    clock.move_to(clock.now() + HOUR)
    then = clock.now()
    before = store.window(MODEL, START, end, labelled_only=True, known_by=then)
    contents = store.contents(MODEL, START, end, then)
    write_csv(drop / "c.csv", [observation(row) for row in range(6, 9)])
    write_csv(drop / "d.csv", [label(row) for row in range(3, 9)])
    ingest.scan(MODEL)
    after = store.window(MODEL, START, end, labelled_only=True, known_by=then)
    assert ids(before) == ids(after) == ["row-0", "row-1", "row-2"]
    assert store.contents(MODEL, START, end, then) == contents and len(contents) == 2
    clock.move_to(then + HOUR)
    assert store.window(MODEL, START, end, labelled_only=True, known_by=clock.now()).rows == 9
    assert store.contents(MODEL, START, end, clock.now()) != contents
