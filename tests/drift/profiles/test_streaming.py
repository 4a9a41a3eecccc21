"""Profiles built in one pass: within their stated rank error of the truth, whatever comes and in whatever blocks."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.core.words import ColumnKind
from aiqu_desktop.drift import ReferenceProfile, build_profile, compare
from aiqu_desktop.drift.profiles import ProfileBuilder
from aiqu_desktop.drift.profiles.builder import EXACT_ROWS
from aiqu_desktop.drift.profiles.moments import Moments, MomentsInPassing
from aiqu_desktop.drift.profiles.rank_sketch import BUFFER, RankSketch
from tests.drift.profiles.test_lattice import HARD

_ROWS = 600_000

STREAMS = {
    **HARD,
    "a rising trend": lambda rng, n, shift: np.sort(rng.normal(shift, 1.0, n)),
    "a jump to where nothing was": lambda rng, n, shift: np.where(
        np.arange(n) < n / 2, rng.normal(shift, 1.0, n), rng.normal(50.0, 1e-3, n)
    ),
    "constant at first": lambda rng, n, shift: np.where(np.arange(n) < n / 2, 7.0, rng.normal(shift, 1.0, n)),
}


def _streamed(values, kind=ColumnKind.NUMERIC, block=100_000):
    builder = ProfileBuilder({"x": kind})
    for start in range(0, values.size, block):
        builder.add({"x": values[start : start + block]})
    return builder.finish()


@pytest.mark.parametrize("shape", STREAMS)
@pytest.mark.parametrize("kind", [ColumnKind.NUMERIC, ColumnKind.INTEGER])
def test_a_streamed_profile_is_within_its_rank_error(shape, kind):
    values = STREAMS[shape](np.random.default_rng(1), _ROWS, 0.0)
    if kind is ColumnKind.INTEGER:
        values = np.rint(3.0 * np.clip(values, -1e12, 1e12))
    values[::1000], values[17] = np.nan, -np.inf
    profile = _streamed(values, kind)
    (column,) = profile.columns
    ordered = np.sort(values[np.isfinite(values)])
    truth = np.searchsorted(ordered, column.grid.edges) / ordered.size
    assert np.abs(column.distribution - truth).max() <= column.rank_error + 1e-12
    assert column.rank_error <= 1 / 4096 + 2e-4
    assert column.cell_share <= 3 / 2048 + 1 / 4096
    assert (column.usable, column.missing, column.infinities) == (ordered.size, _ROWS // 1000, 1)
    assert (column.minimum, column.maximum) == (ordered[0], ordered[-1])
    assert column.mean == pytest.approx(ordered.mean(), rel=1e-9, abs=1e-9 * ordered.std())
    assert column.std == pytest.approx(ordered.std(), rel=1e-9)
    data = profile.to_bytes()
    assert len(data) <= 65_536 and ReferenceProfile.from_bytes(data).to_bytes() == data


def test_up_to_a_quarter_of_a_million_rows_nothing_is_lost():
    rng = np.random.default_rng(2)
    columns = {"x": rng.normal(size=30_000), "recipe": rng.choice(["A", "B"], 30_000).astype(object)}
    kinds = {"x": ColumnKind.NUMERIC, "recipe": ColumnKind.CATEGORICAL}
    builder = ProfileBuilder(kinds)
    for start in range(0, 30_000, 7_777):
        builder.add({name: values[start : start + 7_777] for name, values in columns.items()})
    assert EXACT_ROWS >= 30_000
    assert builder.finish().to_bytes() == build_profile(columns, kinds).to_bytes()


def test_a_comparison_with_a_streamed_profile_is_that_with_an_exact_one():
    rng = np.random.default_rng(3)
    reference, window = rng.lognormal(size=_ROWS), {"x": rng.lognormal(0.05, 1.0, 20_000)}
    exact = compare(build_profile({"x": reference}, {"x": ColumnKind.NUMERIC}), window)
    streamed = compare(_streamed(reference), window)
    for name, effect in exact.columns[0].effects.items():
        assert streamed.columns[0].effects[name] == pytest.approx(effect, abs=1e-3), name
    assert streamed.columns[0].autocorrelation == pytest.approx(exact.columns[0].autocorrelation, rel=1e-9)


def test_a_column_without_any_value_at_first_is_waited_for():
    values = np.full(_ROWS, np.nan)
    values[-1000:] = np.arange(1000.0)
    (column,) = _streamed(values).columns
    assert (column.usable, column.missing, column.maximum) == (1000, _ROWS - 1000, 999.0)
    (empty,) = _streamed(np.full(_ROWS, np.nan)).columns
    assert (empty.usable, empty.missing) == (0, _ROWS)


def test_names_that_hardly_repeat_do_not_fill_the_memory():
    builder = ProfileBuilder({"serial": ColumnKind.CATEGORICAL})
    for start in range(0, 300_000, 100_000):
        serial = [f"s{number}" if number % 3 else "none" for number in range(start, start + 100_000)]
        builder.add({"serial": np.array(serial, dtype=object)})
    (column,) = builder.finish().columns
    assert column.categories[0] == "none" and column.counts[0] == 100_000
    assert int(column.counts.sum()) + column.other == 300_000


def test_blocks_that_do_not_fit_are_refused():
    builder = ProfileBuilder({"x": ColumnKind.NUMERIC, "y": ColumnKind.NUMERIC})
    with pytest.raises(UserError, match="no column 'y'"):
        builder.add({"x": np.zeros(3)})
    with pytest.raises(UserError, match="different lengths"):
        builder.add({"x": np.zeros(3), "y": np.zeros(4)})


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 6 * BUFFER), st.booleans())
def test_a_rank_sketch_keeps_its_bound_and_every_row(seed, rows, sort):
    rng = np.random.default_rng(seed)
    values = np.sort(rng.normal(size=rows)) if sort else rng.integers(0, 50, rows).astype(float)
    sketch = RankSketch()
    start = 0
    while start < rows:
        step = int(rng.integers(1, BUFFER))
        sketch.add(values[start : start + step])
        start += step
    kept, weights = sketch.weighted()
    assert weights.sum() == rows
    assert (rows < BUFFER) == (sketch.error == 0)
    asked = np.concatenate((values[:: max(1, rows // 100)], [-10.0, 100.0]))
    total = np.concatenate(([0], np.cumsum(weights)))
    ranks = total[np.searchsorted(kept, asked)]
    assert np.abs(ranks - np.searchsorted(np.sort(values), asked)).max() <= sketch.error


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 5), st.floats(-1e6, 1e6))
def test_moments_of_parts_are_those_of_the_whole(seed, parts, offset):
    values = np.random.default_rng(seed).normal(offset, 1.0, 200)
    total = sum((Moments.of(part) for part in np.array_split(values, parts)), Moments())
    assert (total.count, total.least, total.most) == (200, values.min(), values.max())
    assert total.mean == pytest.approx(values.mean(), rel=1e-12)
    assert total.std == pytest.approx(values.std(), rel=1e-6)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(-1e6, 1e6), st.floats(-2.0, 2.0))
def test_moments_taken_in_passing_are_those_of_the_block(seed, offset, moved):
    rng = np.random.default_rng(seed)
    passing = MomentsInPassing(Moments.of(rng.normal(offset, 1.0, 300)))
    values = rng.normal(offset + moved, 1.0, 200)
    for part in np.array_split(values, 3):
        passing.add(part)
    found, whole = passing.finish(values.min(), values.max()), Moments.of(values)
    assert found is not None
    assert (found.count, found.least, found.most) == (whole.count, whole.least, whole.most)
    assert found.mean == pytest.approx(whole.mean, rel=1e-12, abs=1e-12)
    assert found.squares == pytest.approx(whole.squares, rel=1e-9)


def test_moments_far_from_where_the_rows_lay_are_not_told_in_passing():
    passing = MomentsInPassing(Moments.of(np.array([1.0, 2.0, 3.0])))
    passing.add(np.array([1e9, 1e9 + 1.0]))
    assert passing.finish(1e9, 1e9 + 1.0) is None
