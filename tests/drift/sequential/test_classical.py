"""What all classical detectors share, and the two charts that have no peer: CUSUM and EWMA by their definitions."""

from __future__ import annotations

import json
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.drift.sequential.classical import (
    DETECTORS,
    Adwin,
    Cusum,
    Ddm,
    Detector,
    Eddm,
    Ewma,
    HddmA,
    HddmW,
    Kswin,
    PageHinkley,
    detector_from_state,
)
from aiqu_desktop.drift.values import Floats

MAKERS: dict[str, Callable[[], Detector]] = {
    "adwin": Adwin,
    "adwin eager": lambda: Adwin(delta=0.1, clock=5, buckets=4, least_side=3),
    "cusum": lambda: Cusum(0.3, 0.46),
    "ddm": Ddm,
    "eddm": Eddm,
    "ewma": lambda: Ewma(0.3, 0.46),
    "hddm-a": lambda: HddmA(both=True),
    "hddm-w": lambda: HddmW(both=True),
    "kswin": lambda: Kswin(alpha=0.05, seed=3),
    "page-hinkley": lambda: PageHinkley(limit=10.0),
}


def errors(rows: int, seed: int) -> Floats:
    """Errors whose rate jumps every 700 values."""
    rate = np.array([0.1, 0.6, 0.2, 0.4])[np.arange(rows) // 700 % 4]
    return (np.random.default_rng(seed).random(rows) < rate).astype(float)


@pytest.mark.parametrize("name", list(MAKERS))
@settings(max_examples=15, deadline=None)
@given(cuts=st.lists(st.integers(0, 3000), max_size=6), seed=st.integers(0, 50))
def test_any_split_with_storing_between_gives_the_detections_of_one_pass(name: str, cuts: list[int], seed: int) -> None:
    values = errors(3000, seed)
    whole = MAKERS[name]().update(values)
    detector, found, start = MAKERS[name](), [], 0
    for part in np.split(values, sorted(cuts)):
        found.extend((detector.update(part) + start).tolist())
        detector = detector_from_state(json.loads(json.dumps(detector.state(), allow_nan=False)))
        start += part.size
    assert found == whole.tolist()


@pytest.mark.parametrize("name", list(MAKERS))
def test_one_value_at_a_time_ends_in_the_same_state_as_one_block(name: str) -> None:
    values = errors(900, 5)
    whole, single = MAKERS[name](), MAKERS[name]()
    whole.update(values)
    for value in values:
        single.update([value])
    assert single.state() == whole.state()


@pytest.mark.parametrize("name", list(MAKERS))
@settings(max_examples=15, deadline=None)
@given(cuts=st.lists(st.integers(0, 9000), max_size=6), seed=st.integers(0, 50))
def test_any_split_of_fractions_ends_in_the_same_state_as_one_block(name: str, cuts: list[int], seed: int) -> None:
    rng = np.random.default_rng(seed)
    values = np.clip(rng.normal(np.repeat([0.3, 0.5, 0.35], 3000), 0.2), 0.0, 1.0)
    values[rng.integers(0, values.size, 3000)] = 1.0
    values = values[: 3000 if name == "kswin" else None]
    whole, split = MAKERS[name](), MAKERS[name]()
    found = whole.update(values).tolist()
    parts = np.split(values, sorted(cuts))
    starts = np.cumsum([0, *(part.size for part in parts)])
    assert [int(start + at) for start, part in zip(starts, parts, strict=False) for at in split.update(part)] == found
    assert split.state() == whole.state()


@pytest.mark.parametrize("name", list(MAKERS))
def test_a_long_stream_split_differently_agrees_too(name: str) -> None:
    rng = np.random.default_rng(1)
    values = (rng.random(70_000) < np.where(np.arange(70_000) < 60_000, 0.3, 0.45)).astype(float)
    if name == "kswin":
        values = values[55_000:]
    whole = MAKERS[name]().update(values)
    detector, found = MAKERS[name](), []
    for start in range(0, values.size, 9_973):
        found.extend((detector.update(values[start : start + 9_973]) + start).tolist())
        detector = detector_from_state(json.loads(json.dumps(detector.state(), allow_nan=False)))
    assert found == whole.tolist()


@pytest.mark.parametrize("name", list(MAKERS))
def test_a_clear_change_is_found_and_missing_values_are_passed_over(name: str) -> None:
    values = np.concatenate([np.resize([0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 1.0], 1500), np.resize([1.0, 1.0, 0.0], 1500)])
    found = MAKERS[name]().update(values)
    late = found[found >= 1500]
    assert late.size and late[0] < (2500 if name == "eddm" else 1800)
    gaps = np.insert(values, np.arange(0, values.size, 10), np.nan)
    kept = np.flatnonzero(np.isfinite(gaps))
    assert MAKERS[name]().update(gaps).tolist() == kept[found].tolist()


def tabular_cusum(values: Floats, target: float, spread: float, slack: float, limit: float) -> list[int]:
    found, high, low = [], 0.0, 0.0
    for index, value in enumerate(values):
        z = (value - target) / spread
        high, low = max(0.0, high + z - slack), max(0.0, low - z - slack)
        if max(high, low) > limit:
            found.append(index)
            high = low = 0.0
    return found


def ewma_chart(values: Floats, target: float, spread: float, weight: float, width: float) -> list[int]:
    found, mean, count = [], target, 0
    for index, value in enumerate(values):
        count += 1
        mean = (1.0 - weight) * mean + weight * value
        limit = width * spread * np.sqrt(weight / (2.0 - weight) * (1.0 - (1.0 - weight) ** (2 * count)))
        if abs(mean - target) > limit:
            found.append(index)
            mean, count = target, 0
    return found


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 1000), shift=st.floats(-2.0, 2.0), slack=st.sampled_from([0.25, 0.5, 1.0]))
def test_cusum_is_the_tabular_one(seed: int, shift: float, slack: float) -> None:
    values = np.random.default_rng(seed).normal(5.0, 2.0, 2000) + np.where(np.arange(2000) < 1000, 0.0, shift)
    assert Cusum(5.0, 2.0, slack, 4.0).update(values).tolist() == tabular_cusum(values, 5.0, 2.0, slack, 4.0)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 1000), shift=st.floats(-2.0, 2.0), weight=st.sampled_from([0.05, 0.2, 1.0]))
def test_ewma_is_the_chart_with_exact_limits(seed: int, shift: float, weight: float) -> None:
    values = np.random.default_rng(seed).normal(5.0, 2.0, 2000) + np.where(np.arange(2000) < 1000, 0.0, shift)
    assert Ewma(5.0, 2.0, weight, 2.7).update(values).tolist() == ewma_chart(values, 5.0, 2.0, weight, 2.7)


def test_the_charts_give_false_alarms_as_seldom_as_the_textbook_says() -> None:
    values = np.random.default_rng(0).normal(size=400_000)
    assert 465 * 0.9 < values.size / Cusum(0.0, 1.0).update(values).size < 465 * 1.1
    assert 500 * 0.9 < values.size / Ewma(0.0, 1.0).update(values).size < 500 * 1.1


def test_cusum_stays_exact_far_into_a_stream() -> None:
    quiet = np.random.default_rng(0).normal(0.0, 0.3, 300_000)
    detector = Cusum(0.0, 1.0)
    assert detector.update(quiet).size == 0
    assert max(abs(detector.state()[name]) for name in ("rise", "fall")) < 10_000
    assert detector.update(np.full(20, 2.0)).tolist() == [3, 7, 11, 15, 19]


def test_adwin_tells_the_mean_of_its_window() -> None:
    detector = Adwin()
    assert detector.mean == 0.0
    values = np.random.default_rng(0).normal(3.0, 1.0, 1000)
    detector.update(values)
    assert detector.mean == pytest.approx(values.mean())


def test_nothing_is_found_in_a_constant_stream_or_in_none() -> None:
    for make in MAKERS.values():
        assert make().update(np.array([])).size == 0
    for name in ("adwin", "ddm", "eddm", "hddm-a", "hddm-w", "kswin", "page-hinkley"):
        assert MAKERS[name]().update(np.full(20_000, 0.1)).size == 0, name


def test_what_cannot_be_worked_on_is_refused() -> None:
    with pytest.raises(UserError, match="infinite"):
        PageHinkley().update([1.0, np.inf])
    for kind in (Ddm, Eddm, HddmA, HddmW):
        with pytest.raises(UserError, match="errors between 0 and 1"):
            kind().update([0.0, 2.0])


@pytest.mark.parametrize(
    "make",
    [
        lambda: Adwin(delta=0.0),
        lambda: Cusum(0.0, 0.0),
        lambda: Ddm(limit=0.5),
        lambda: Ewma(0.0, 1.0, weight=0.0),
        lambda: HddmA(confidence=0.0),
        lambda: HddmW(weight=1.0),
        lambda: Kswin(window=50),
        lambda: PageHinkley(side="round"),  # type: ignore[arg-type]
    ],
)
def test_parameters_without_sense_are_refused(make: Callable[[], Detector]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        make()


def test_the_state_of_something_else_is_refused() -> None:
    with pytest.raises(ValueError, match="no detector"):
        detector_from_state({"detector": "other"})
    with pytest.raises(ValueError, match="no state of ddm"):
        Ddm.from_state(Eddm().state())
    assert set(DETECTORS) == {name for name in MAKERS if " " not in name}
