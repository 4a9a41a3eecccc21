"""A window in blocks gives what the whole window gives; times tell hours, weekdays and gaps."""

from __future__ import annotations

import numpy as np
import pytest

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.core.words import ColumnKind
from aiqu_desktop.drift import build_profile, compare
from aiqu_desktop.drift.univariate import WindowCounter
from aiqu_desktop.drift.univariate.timestamps import TimestampColumns
from aiqu_desktop.drift.verdict import compare_counted
from tests.drift.samples import SHAPES

_KINDS = dict.fromkeys(SHAPES, ColumnKind.NUMERIC) | {"recipe": ColumnKind.CATEGORICAL, "open": ColumnKind.BOOLEAN}


def _columns(rng, rows, shift):
    columns = {name: draw(rng, rows, shift) for name, draw in SHAPES.items()}
    columns["normal"][::7], columns["laplace"][3] = np.nan, np.inf
    names = np.array(["A", "B", "C", None, "new"], dtype=object)
    columns["recipe"] = names[rng.integers(0, 5 if shift else 4, rows)]
    columns["open"] = rng.random(rows) < 0.4
    return columns


@pytest.mark.parametrize("blocks", [1, 2, 13])
@pytest.mark.parametrize("rows", [0, 20, 900, 30_000])
def test_blocks_give_the_verdict_of_the_whole(rows, blocks):
    rng = np.random.default_rng(1)
    profile = build_profile(_columns(rng, 5_000, 0.0), _KINDS)
    window = _columns(rng, max(rows, 5), 0.2)
    window = {name: values[:rows] for name, values in window.items()}
    counter = WindowCounter(profile)
    for places in np.array_split(np.arange(rows), blocks):
        counter.add({name: values[places] for name, values in window.items()})
    assert compare_counted(counter).to_json() == compare(profile, window).to_json()


def test_blocks_that_do_not_fit_are_refused():
    counter = WindowCounter(
        build_profile({"x": np.zeros(9), "y": np.zeros(9)}, dict.fromkeys("xy", ColumnKind.NUMERIC))
    )
    with pytest.raises(UserError, match="no column 'y'"):
        counter.add({"x": np.zeros(3)})
    counter.add_column("x", np.zeros(3))
    with pytest.raises(UserError, match="different lengths"):
        compare_counted(counter)


def test_times_are_seconds_and_missing_ones_are_missing():
    times = np.array(["1970-01-02T00:00:00.5", "NaT", "2026-03-01"], dtype="datetime64[us]")
    (column,) = build_profile({"t": times}, {"t": ColumnKind.TIMESTAMP}).columns
    assert (column.kind, column.missing, column.minimum) == (ColumnKind.TIMESTAMP, 1, 86_400.5)
    assert column.maximum == np.datetime64("2026-03-01").astype("datetime64[s]").astype(float)


def test_what_times_tell_does_not_depend_on_the_blocks():
    times = np.datetime64("2026-03-02T06:00:00") + np.array([0, 90, 5400, 86_400]).astype("timedelta64[s]")
    times = np.append(times.astype("datetime64[us]"), np.datetime64("NaT"))
    whole = TimestampColumns("t").split(times)
    assert whole["t (hour)"][:4] == pytest.approx([6.0, 6.025, 7.5, 6.0])
    assert whole["t (weekday)"].tolist() == ["Monday", "Monday", "Monday", "Tuesday", None]
    assert whole["t (gap)"][1:4].tolist() == [90.0, 5310.0, 81_000.0] and np.isnan(whole["t (gap)"][[0, 4]]).all()
    parts = TimestampColumns("t")
    split = [parts.split(times[:2]), parts.split(times[2:])]
    for name, values in whole.items():
        joined = np.concatenate([part[name] for part in split])
        assert joined.tolist() == pytest.approx(values.tolist(), nan_ok=True) or joined.tolist() == values.tolist()
    assert list(parts.kinds) == list(whole)
