"""Every slot is done, failed or missed: none is run twice and none is silently dropped."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from aiqu_desktop.core.clock import ReplayClock
from aiqu_desktop.core.words import CheckKind, RunState
from aiqu_desktop.registry import Registry
from aiqu_desktop.registry.tables import CheckRun, Schedule
from aiqu_desktop.scheduling.claims import claim_due, reclaim_interrupted
from aiqu_desktop.services.checking import check_now
from aiqu_desktop.services.schedules import check_ids, list_schedules, pause, resume, run_now
from tests.factories.plant_site import DAY, START


def _claim(registry: Registry, owner: str = "me"):
    with registry.write() as session:
        return claim_due(session, registry.clock.now(), owner)


def test_each_due_check_is_claimed_once(registry: Registry) -> None:
    assert sorted(run.kind for run in _claim(registry)) == sorted(CheckKind)
    assert _claim(registry) == []


def test_the_next_slot_stays_on_the_grid_however_late_the_tick(registry: Registry, clock: ReplayClock) -> None:
    _claim(registry)
    clock.move_to(START + DAY + timedelta(hours=7))
    assert {run.scheduled_for for run in _claim(registry)} == {START + DAY}
    with registry.read() as session:
        assert set(session.scalars(select(Schedule.next_due))) == {START + 2 * DAY}


def test_slots_that_nobody_ran_become_one_visible_missed_run(registry: Registry, clock: ReplayClock) -> None:
    _claim(registry)
    clock.move_to(START + 5 * DAY)
    _claim(registry)
    with registry.read() as session:
        missed = session.scalars(select(CheckRun).where(CheckRun.state == RunState.MISSED)).all()
        assert [run.result["slots"] for run in missed] == [4] * len(CheckKind)
        assert "4 run(s) were missed" in missed[0].summary


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.integers(1, 200), min_size=1, max_size=12))
def test_slots_passed_equal_runs_plus_missed(registry: Registry, clock: ReplayClock, steps: list[int]) -> None:
    for hours in steps:
        clock.move_to(clock.now() + timedelta(hours=hours))
        _claim(registry)
    (check_id,) = check_ids(registry, "toy", CheckKind.DRIFT)
    with registry.read() as session:
        runs = session.scalars(select(CheckRun).where(CheckRun.check_id == check_id)).all()
        counted = sum(run.result["slots"] if run.state is RunState.MISSED else 1 for run in runs)
        due = session.get_one(Schedule, check_id).next_due
    assert counted == (due - START) / DAY
    assert due > clock.now()


def test_runs_of_a_dead_scheduler_are_taken_over_under_the_same_row(registry: Registry) -> None:
    claimed = _claim(registry, "dead")
    with registry.write() as session:
        again = reclaim_interrupted(session, registry.clock.now(), "me")
    assert {run.run_id for run in again} == {run.run_id for run in claimed}
    assert {run.attempt for run in again} == {2}
    with registry.read() as session:
        assert session.query(CheckRun).count() == len(claimed)


def test_a_paused_check_waits_and_its_slots_are_not_missed(registry: Registry, clock: ReplayClock) -> None:
    _claim(registry)
    (check_id,) = check_ids(registry, "toy", CheckKind.DRIFT)
    pause(registry, check_id, by="Eva", reason="sensor service")
    clock.move_to(START + 3 * DAY + timedelta(hours=1))
    assert check_id not in {run.check_id for run in _claim(registry)}
    row = next(row for row in list_schedules(registry) if row.check_id == check_id)
    assert (row.paused, row.paused_by, row.paused_reason, row.overdue) == (True, "Eva", "sensor service", False)
    resume(registry, check_id, by="Eva")
    with registry.read() as session:
        assert session.get_one(Schedule, check_id).next_due == START + 4 * DAY
        missed = session.scalars(select(CheckRun.check_id).where(CheckRun.state == RunState.MISSED)).all()
    assert check_id not in missed


def test_a_slot_that_was_answered_by_hand_is_passed_over(registry: Registry) -> None:
    check_now(registry, model="toy")
    claimed = _claim(registry)
    assert len(claimed) == len(CheckKind), "a check by hand must not take the schedule's own slot"
    with registry.write() as session:
        for schedule in session.scalars(select(Schedule)):
            schedule.next_due = START  # as after a clock that was set back
    assert _claim(registry) == []
    with registry.read() as session:
        assert set(session.scalars(select(Schedule.next_due))) == {START + DAY}


def test_run_now_makes_a_check_due_at_once(registry: Registry, clock: ReplayClock) -> None:
    _claim(registry)
    (check_id,) = check_ids(registry, "toy", CheckKind.QUALITY)
    clock.move_to(START + timedelta(hours=1))
    assert _claim(registry) == []
    run_now(registry, check_id, by="Eva")
    assert [run.check_id for run in _claim(registry)] == [check_id]
