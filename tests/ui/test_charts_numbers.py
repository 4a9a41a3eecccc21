"""The pure parts of the charts: thinning, gaps, ticks, tags, flags, heat map pixels."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from aiqu_desktop.ui.charts import gaps, heat_image, ticks, value_ticks
from aiqu_desktop.ui.charts.flag_layout import Wanted, place
from aiqu_desktop.ui.charts.thinning import envelope, pixel_columns, thin
from aiqu_desktop.ui.theme import DARK, LIGHT

VALUES = st.one_of(st.floats(-1e6, 1e6), st.just(float("nan")))


@given(st.lists(st.tuples(st.floats(0.001, 5.0), VALUES), min_size=1, max_size=400), st.integers(1, 40))
def test_thinning_keeps_the_smallest_and_the_largest_value_of_each_pixel(samples, pixels):
    steps, values = (np.array(column) for column in zip(*samples, strict=True))
    times = np.cumsum(steps)
    start, end = float(times[0]), float(times[-1]) + 1.0
    columns = pixel_columns(times, start, end, pixels)
    x, y = thin(times, values, columns)
    assert len(x) == len(y) <= max(2 * pixels + 2, len(times) if not columns.thinned else 0)
    edges = np.linspace(start, end, pixels + 1)
    for left, right in itertools.pairwise(edges):
        original = values[(times >= left) & (times < right)]
        drawn = y[(x >= left) & (x < right)]
        if np.isfinite(original).any():
            assert np.nanmin(drawn) == np.nanmin(original)
            assert np.nanmax(drawn) == np.nanmax(original)
        elif original.size:
            assert not np.isfinite(drawn).any()


def test_a_view_inside_the_data_is_drawn_to_its_edges_by_one_neighbour_on_either_side():
    times = np.arange(1_000.0)
    x, _ = thin(times, times, pixel_columns(times, 400.5, 600.5, 50))
    assert x[0] == 400.0
    assert x[-1] == 601.0


def test_few_samples_are_drawn_as_they_are():
    times = np.arange(10.0)
    x, y = thin(times, times * 2, pixel_columns(times, 0, 9, 800))
    assert x.tolist() == times.tolist()
    assert y.tolist() == (times * 2).tolist()


def test_a_band_keeps_its_widest_extent_in_each_pixel():
    times = np.arange(1_000.0)
    low, high = -np.ones(1_000), np.ones(1_000)
    low[333], high[777] = -9.0, 9.0
    _, lowest, highest = envelope(times, low, high, pixel_columns(times, 0, 999, 100))
    assert lowest.min() == -9.0
    assert highest.max() == 9.0


def test_a_pause_of_more_than_three_usual_steps_is_broken_by_nan():
    times = np.array([0.0, 10, 20, 30, 100, 110])
    broken, values = gaps.break_gaps(times, np.ones(6))
    assert broken.tolist() == [0, 10, 20, 30, 65, 100, 110]
    assert np.flatnonzero(np.isnan(values)).tolist() == [4]


def test_a_pause_of_three_steps_is_still_a_line():
    times = np.array([0.0, 10, 20, 50, 60])
    assert gaps.break_gaps(times, np.ones(5))[0].tolist() == times.tolist()


def test_the_wedge_below_the_limit_starts_where_the_curve_crosses_it():
    times, values = np.array([0.0, 10, 20]), np.array([1.0, 0.8, 0.8])
    x, inner, outer = gaps.beyond(times, values, np.full(3, 0.9), above=False)
    assert x.tolist() == [0, 5, 10, 20]
    assert np.isnan(inner[0])
    assert outer[1:].tolist() == [0.9, 0.8, 0.8]


def test_days_with_observations_and_no_answer_are_unlabelled_and_days_without_any_are_not():
    day = 86_400.0
    times = np.arange(20) * day
    volume = np.full(20, 100.0)
    volume[15:] = 0.0
    answers = np.ones(20)
    answers[5:10] = np.nan
    answers[15:] = np.nan
    spans = gaps.unlabelled_spans(times, volume, times, answers)
    assert len(spans) == 1
    assert 5 * day < spans[0][0] <= 6 * day
    assert 8 * day <= spans[0][1] < 9 * day


def test_an_answer_older_than_three_steps_is_stale():
    times = np.arange(10) * 60.0
    assert gaps.stale_span(times, np.ones(10), 541.0) is None
    assert gaps.stale_span(times, np.ones(10), 800.0) == (540.0, 800.0)


@given(st.floats(600.0, 3e9), st.floats(-1e9, 3e9), st.integers(60, 4_000))
def test_ticks_stand_apart_and_lie_on_whole_units(width, start, pixels):
    step = ticks.choose_step(start, start + width, pixels, 64.0)
    found = ticks.ticks(start, start + width, step)
    positions = np.array([tick.at for tick in found])
    if len(positions) > 1 and step is not ticks.STEPS[-1]:
        assert np.diff(positions).min() / width * pixels >= 30.0
    for tick in found:
        assert start <= tick.at <= start + width
        assert tick.moment.second == 0
        assert tick.moment.tzinfo is UTC


def test_months_are_ticked_on_their_first_day_and_january_turns_the_year():
    start, end = (datetime(year, 11, 5, tzinfo=UTC).timestamp() for year in (2008, 2010))
    found = ticks.ticks(start, end, ticks.Step(ticks.Unit.MONTH, 2))
    assert {tick.moment.day for tick in found} == {1}
    assert [tick.moment.year for tick in found if tick.turns] == [2009, 2010]


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6), st.integers(2, 12))
def test_value_ticks_are_few_and_inside(low, span, most):
    found = value_ticks.nice_ticks(low, low + span, most)
    assert 1 <= len(found) <= most
    assert min(found) >= low - 1e-6 * span - 1e-9 * abs(low)
    assert max(found) <= low + span + 1e-6 * span + 1e-9 * abs(low)


@given(st.lists(st.floats(0, 300), min_size=1, max_size=6))
def test_tags_never_cover_one_another(wanted):
    placed = sorted(value_ticks.spread(wanted, 16, 0, 300))
    assert all(b - a >= 16 - 1e-9 for a, b in itertools.pairwise(placed))


@given(
    st.lists(
        st.tuples(
            st.floats(0, 800),
            st.floats(10, 120),
            st.sampled_from(["promotion", "rollback", "alarm", "onset", "reverted"]),
        ),
        max_size=40,
    )
)
def test_flags_never_overlap_and_none_is_lost(flags):
    wanted = [Wanted(key, kind, x, width) for key, (x, width, kind) in enumerate(flags)]
    placed = place(wanted, left=0, right=800, lanes=2, icon=16, more_width=14)
    assert sorted(key for flag in placed for key in flag.keys) == list(range(len(flags)))
    for lane in (0, 1):
        row = sorted((flag.left, flag.right) for flag in placed if flag.lane == lane)
        assert all(a[1] <= b[0] for a, b in itertools.pairwise(row))


def test_a_release_keeps_its_label_when_an_alarm_stands_beside_it():
    wanted = [Wanted(0, "alarm", 100, 60), Wanted(1, "onset", 104, 60), Wanted(2, "promotion", 108, 60)]
    placed = place(wanted, left=0, right=800, lanes=2, icon=16, more_width=14)
    assert next(flag for flag in placed if 2 in flag.keys).side != 0


def test_two_flags_of_one_kind_at_one_instant_are_one_flag():
    wanted = [Wanted(0, "onset", 100, 40), Wanted(1, "onset", 103, 40)]
    placed = place(wanted, left=0, right=800, lanes=2, icon=16, more_width=14)
    assert [sorted(flag.keys) for flag in placed] == [[0, 1]]


def test_heat_pixels_take_the_largest_effect_of_their_checks_and_leave_gaps_empty():
    times = np.concatenate((np.arange(100.0), np.arange(150.0, 250.0)))
    rows = np.zeros((2, 200))
    rows[1, 42] = 7.0
    image, has = heat_image.resample(times, rows, 0.0, 250.0, 50)
    assert image[1].max() == 7.0
    assert image[0].max() == 0.0
    assert not has[21:29].any()
    assert has[:19].all()


def test_a_check_without_an_answer_is_transparent_and_not_calm():
    effects = np.array([[0.2, np.nan]])
    image = heat_image.colourise(effects, np.array([True, True]), heat_image.lookup(LIGHT.heat))
    assert image[0, 0, 3] == 255
    assert image[0, 1, 3] == 0


def test_effects_inside_the_limit_are_grey_and_beyond_it_have_a_hue():
    for palette in (LIGHT, DARK):
        table = heat_image.lookup(palette.heat).astype(int)
        at_limit = heat_image.LUT_SIZE / heat_image.LUT_TOP
        chroma = table[:, :3].max(axis=1) - table[:, :3].min(axis=1)
        assert chroma[: int(at_limit) - 1].max() < 30
        assert chroma[int(at_limit) + 2 :].min() > 60


def test_runs_of_drifted_cells_become_one_outline_each():
    flags = np.array([[True, True, False, True], [False, False, False, False]])
    rows, starts, ends = heat_image.flag_runs(flags)
    assert list(zip(rows.tolist(), starts.tolist(), ends.tolist(), strict=True)) == [(0, 0, 2), (0, 3, 4)]
