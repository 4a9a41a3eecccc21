import numpy as np
import pytest

from aiqu_desktop.monitoring.performance.judgement import LabelledRows
from aiqu_desktop.monitoring.rehearsal.performance import (
    Served,
    default_targets,
    healthy_past,
    plant,
    quiet_trials,
    replay_served,
)
from aiqu_desktop.monitoring.rehearsal.replay import DAY
from aiqu_desktop.monitoring.settings import PerformanceSettings

SETTINGS = PerformanceSettings(metric="accuracy", limit=0.85, window_days=14.0)


def rows(days: int, right: float, start: float = 0.0, a_day: int = 20, seed: int = 1) -> LabelledRows:
    rng = np.random.default_rng(seed)
    times = start + np.arange(days * a_day) * DAY / a_day
    predictions = np.where(rng.random(times.size) < right, "good", "worn").astype(object)
    return LabelledRows(times + DAY, times, np.full(times.size, "good", object), predictions)


ACCEPTED = {"accuracy": {"value": 0.97, "low": 0.95, "high": 0.99, "n": 400}}


def served(version: int, since: float, until: float, its: LabelledRows) -> Served:
    return Served(version, since, until, its, ACCEPTED)


def quiet(_: float) -> None:
    """No one watches."""


def test_the_past_rings_where_the_model_was_bad_and_ends_with_its_version() -> None:
    past = (
        served(1, 0.0, 60 * DAY, rows(60, 0.6)),
        served(2, 60 * DAY, 160 * DAY, rows(100, 0.97, start=60 * DAY, seed=2)),
    )
    found = replay_served(past, SETTINGS, DAY, quiet)
    assert [alarm.version for alarm in found.alarms] == [1]
    assert found.alarms[0].at < 15 * DAY
    assert found.alarms[0].cleared_at == 60 * DAY
    assert found.asked == 160
    assert 0 < found.unanswered < 12  # until each version had its first labels


def test_labels_are_not_known_before_they_came() -> None:
    late = rows(60, 0.6)
    late = LabelledRows(late.event_time + 10 * DAY, late.event_time, late.labels, late.predictions)
    soon = replay_served((served(1, 0.0, 60 * DAY, rows(60, 0.6)),), SETTINGS, DAY, quiet)
    found = replay_served((served(1, 0.0, 60 * DAY, late),), SETTINGS, DAY, quiet)
    assert found.alarms[0].at >= soon.alarms[0].at + 8 * DAY
    assert found.unanswered >= soon.unanswered + 8


def test_a_larger_fall_is_found_sooner_and_a_tolerated_one_never() -> None:
    past = (served(1, 0.0, 120 * DAY, rows(120, 0.97)),)
    healthy = healthy_past(past, (), SETTINGS)
    assert healthy is not None and healthy.value == pytest.approx(0.97, abs=0.02)
    deep, shallow, tolerated = (plant(healthy, SETTINGS, DAY, target) for target in (0.5, 0.75, 0.9))
    assert deep.found == 1.0
    assert deep.median_days is not None and shallow.median_days is not None
    assert deep.median_days < shallow.median_days
    assert tolerated.found <= 0.05
    assert tolerated.late_days is None


def test_a_healthy_stretch_hardly_ever_rings() -> None:
    healthy = healthy_past((served(1, 0.0, 120 * DAY, rows(120, 0.95)),), (), SETTINGS)
    assert healthy is not None
    a_year, years = quiet_trials(healthy, SETTINGS, DAY)
    assert years > 15
    assert a_year <= 1 / SETTINGS.false_alarm_years


def test_a_model_that_was_never_within_its_limit_gives_no_material() -> None:
    assert healthy_past((served(1, 0.0, 60 * DAY, rows(60, 0.5)),), (), SETTINGS) is None


def test_sizes_lie_beyond_the_limit() -> None:
    assert all(target < SETTINGS.limit for target in default_targets(SETTINGS))
    errors = PerformanceSettings(metric="mae", limit=2.0)
    assert all(target > 2.0 for target in default_targets(errors))


def test_a_planted_error_grows_as_it_was_told() -> None:
    rng = np.random.default_rng(5)
    times = np.arange(2400) * DAY / 20
    labels = rng.normal(10, 1, times.size)
    exact = LabelledRows(times, times, labels, labels + rng.normal(0, 1, times.size))
    settings = PerformanceSettings(metric="mae", limit=1.0, window_days=14.0)
    healthy = healthy_past((Served(1, 0.0, 120 * DAY, exact, {}),), (), settings)
    assert healthy is not None
    found = plant(healthy, settings, DAY, 2.0)
    assert found.found == 1.0 and found.median_days is not None and found.median_days < 21
