"""In whatever order things happen to alarms, on a real registry: no state beside the standard's, and none is lost."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from aiqu_desktop.core.clock import ReplayClock
from aiqu_desktop.core.words import AlarmEvent, AlarmState, PlantState, ShelfTime, Suppression
from aiqu_desktop.monitoring import alarms, suppression
from aiqu_desktop.monitoring.alarm_journal import open_alarm
from aiqu_desktop.monitoring.plant_state import set_state
from aiqu_desktop.registry import Registry
from aiqu_desktop.registry.tables import Alarm, AlarmJournal, AlarmSuppression
from aiqu_desktop.security import audit
from tests.monitoring.alarm_desk import HOUR, MINUTE, START, answered, made_registry

KEYS = ("quality", "integrity", "performance")  # silenced by design in cleaning; latching and critical; neither
RANG = (AlarmEvent.ACTIVATED, AlarmEvent.UNSHELVED, AlarmEvent.UNSUPPRESSED, AlarmEvent.RESTORED)
BY_A_PERSON = (AlarmEvent.ACKNOWLEDGED, AlarmEvent.SHELVED, AlarmEvent.REMOVED)
keys = st.sampled_from(KEYS)


class Orders(RuleBasedStateMachine):
    registry: Registry

    def __init__(self) -> None:
        super().__init__()
        self.open = ExitStack()
        self.session = self.open.enter_context(self.registry.write())
        self.now: datetime = START
        self.bad = dict.fromkeys(KEYS, False)
        self.owed = dict.fromkeys(KEYS, False)  # it rang, and no person has acknowledged or set it aside

    def teardown(self) -> None:
        assert audit.verify(self.session).intact
        self.session.rollback()
        self.open.close()

    def held(self, key: str) -> set[Suppression]:
        rows = self.session.scalars(
            select(AlarmSuppression).where(AlarmSuppression.key == key, AlarmSuppression.ended_at.is_(None))
        )
        return {row.kind for row in rows}

    @rule(key=keys, bad=st.booleans(), minutes=st.integers(0, 90))
    def a_check_answers(self, key: str, bad: bool, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)
        self.bad[key] = bad
        answered(self.session, bad, self.now, key=key)

    @rule(data=st.data())
    def a_person_acknowledges(self, data: st.DataObject) -> None:
        waiting = [a for a in self.session.scalars(select(Alarm)) if a.state.needs_acknowledgement]
        if waiting:
            alarm = data.draw(st.sampled_from(sorted(waiting, key=lambda a: a.id)))
            alarms.acknowledge(self.session, alarm.id, by="Elin", note="seen", now=self.now)
            self.owed[alarm.key] = False

    @rule()
    def a_person_resets_what_is_latched(self) -> None:
        for alarm in self.session.scalars(select(Alarm).where(Alarm.state == AlarmState.LATCHED_ACKNOWLEDGED)).all():
            alarms.reset(self.session, alarm.id, by="Elin", note="restored", now=self.now)

    @rule(key=keys, time=st.sampled_from([ShelfTime.TEN_MINUTES, ShelfTime.ONE_HOUR]))
    def a_person_shelves(self, key: str, time: ShelfTime) -> None:
        if not any(row.kind is Suppression.SHELVED for row in suppression.holding(self.session, 1, key, self.now)):
            until = suppression.shelved_until(time, self.now, ("06:00",), "UTC")
            suppression.shelve(self.session, 1, key, until=until, by="Elin", reason="known", now=self.now)
            self.owed[key] = False

    @rule(key=keys)
    def a_person_takes_it_out_of_service_or_puts_it_back(self, key: str) -> None:
        if Suppression.OUT_OF_SERVICE in self.held(key):
            kind = Suppression.OUT_OF_SERVICE
            suppression.release(self.session, 1, key, kind, by="Eva", reason="done", now=self.now)
        else:
            suppression.take_out_of_service(self.session, 1, key, by="Eva", reason="new sensor", now=self.now)
            self.owed[key] = False

    @rule(state=st.sampled_from(PlantState))
    def the_plant_changes(self, state: PlantState) -> None:
        set_state(self.session, state, model_id=None, by="Elin", reason="as planned", now=self.now)

    @rule(minutes=st.integers(1, 300))
    def time_passes_and_the_monitor_ticks(self, minutes: int) -> None:
        self.now += minutes * MINUTE
        suppression.return_expired(self.session, self.now)
        left = self.session.scalars(select(AlarmSuppression).where(AlarmSuppression.ended_at.is_(None))).all()
        assert all(row.until is None or row.until > self.now for row in left), "a shelved alarm did not come back"
        assert all(row.until is None or row.until - row.since <= HOUR for row in left)

    @invariant()
    def what_is_there_is_open_and_told_unless_something_holds_it_back(self) -> None:
        for key, bad in self.bad.items():
            alarm, held = open_alarm(self.session, 1, key), self.held(key)
            if bad:
                assert alarm is not None and alarm.returned_at is None, f"the alarm {key} was lost"
                active = (AlarmState.UNACKNOWLEDGED, AlarmState.ACKNOWLEDGED)
                assert alarm.state.suppressed if held else alarm.state in active
            elif alarm is not None:
                assert alarm.state.suppressed == bool(held)

    @invariant()
    def what_rang_waits_for_a_person_whatever_the_plant_did_meanwhile(self) -> None:
        for key in KEYS:
            alarm = open_alarm(self.session, 1, key)
            waits = alarm is not None and alarm.state.needs_acknowledgement
            self.owed[key] = self.owed[key] or waits
            assert waits or not self.owed[key] or self.held(key), f"nobody saw that {key} rang, and it waits no more"

    @invariant()
    def each_alarm_goes_from_one_state_to_the_next_and_none_that_rang_ends_unseen(self) -> None:
        for alarm in self.session.scalars(select(Alarm)):
            steps = self.session.scalars(
                select(AlarmJournal).where(AlarmJournal.alarm_id == alarm.id).order_by(AlarmJournal.id)
            ).all()
            assert all(a.after is b.before for a, b in pairwise(steps))
            assert alarm.state is AlarmState.NORMAL or alarm.state is steps[-1].after
            if alarm.state is AlarmState.NORMAL and steps[-1].event is not AlarmEvent.SUPERSEDED:
                rang = [s.id for s in steps if s.event in RANG and s.after is AlarmState.UNACKNOWLEDGED]
                seen = [s.id for s in steps if s.event in BY_A_PERSON]
                assert not rang or (seen and seen[-1] > rang[-1]), "it rang, and ended with nobody having seen it"

    @invariant()
    def at_most_one_of_a_group_came_first(self) -> None:
        told = [a for a in self.session.scalars(select(Alarm)) if a.state is not AlarmState.NORMAL]
        assert len([a for a in told if a.first_out and not a.state.suppressed]) <= 1


@pytest.fixture
def registry() -> Iterator[Registry]:
    with TemporaryDirectory() as folder:
        made = made_registry(Path(folder), ReplayClock(START))
        yield made
        made.close()


def test_no_order_of_events_loses_an_alarm_or_leaves_one_on_the_shelf(registry: Registry) -> None:
    machine = type("OrdersHere", (Orders,), {"registry": registry})
    run_state_machine_as_test(
        machine, settings=settings(max_examples=20, stateful_step_count=25, deadline=None, print_blob=True)
    )
