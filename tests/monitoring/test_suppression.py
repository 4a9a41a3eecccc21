"""Shelving, out of service and latching: with a name and a reason, for fixed times, and back by themselves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.sql import text

from aiqu_desktop.core.errors import Refused, UserError
from aiqu_desktop.core.words import AlarmState, Priority, ShelfTime, Suppression
from aiqu_desktop.monitoring.suppression import return_expired, shelved_until
from aiqu_desktop.services import alarm_holding, alarms, plant
from aiqu_desktop.services.audit import list_audit, verify_chain
from tests.monitoring.alarm_desk import DAY, HOUR, MINUTE, START, AlarmDesk


def _tick(desk: AlarmDesk) -> None:
    with desk.registry.write() as session:
        return_expired(session, desk.clock.now())


def test_a_shelved_alarm_is_not_told_and_rings_anew_when_its_time_is_over(desk: AlarmDesk) -> None:
    desk.answer(True)
    (alarm,) = alarms.list_alarms(desk.registry)
    alarm_holding.shelve(desk.registry, [alarm.id], ShelfTime.TEN_MINUTES, by="Elin", reason="the sensor is washed")
    assert alarms.list_alarms(desk.registry) == ()
    (shelved,) = alarms.list_alarms(desk.registry, with_suppressed=True)
    assert shelved.state is AlarmState.SHELVED
    assert "by Elin: the sensor is washed" in shelved.held
    desk.wait(9 * MINUTE)
    _tick(desk)
    assert alarms.list_alarms(desk.registry) == ()
    desk.wait(1 * MINUTE)
    _tick(desk)
    (back,) = alarms.list_alarms(desk.registry)
    assert (back.id, back.state) == (alarm.id, AlarmState.UNACKNOWLEDGED)
    assert [step.event.value for step in alarms.alarm_history(desk.registry, alarm.id)] == [
        "activated", "shelved", "unshelved",
    ]  # fmt: skip
    assert {record.action for record in list_audit(desk.registry)} >= {"alarm.shelved", "alarm.unshelved"}
    assert verify_chain(desk.registry).intact


def test_it_comes_back_normal_when_its_condition_is_gone_by_then(desk: AlarmDesk) -> None:
    desk.answer(True)
    alarm_holding.shelve(desk.registry, [1], ShelfTime.ONE_HOUR, by="Elin", reason="known")
    desk.wait(MINUTE)
    desk.answer(False)
    (row,) = alarm_holding.list_suppressed(desk.registry)
    assert (row.kind, row.present) == (Suppression.SHELVED, False)
    desk.wait(HOUR)
    _tick(desk)
    assert alarms.list_alarms(desk.registry, with_suppressed=True) == ()
    assert alarm_holding.list_suppressed(desk.registry) == ()


def test_what_comes_while_it_is_shelved_is_counted_and_so_is_the_shelving(desk: AlarmDesk) -> None:
    desk.answer(True)
    for round_ in (1, 2):
        alarm = alarms.list_alarms(desk.registry)[0]
        alarm_holding.shelve(desk.registry, [alarm.id], ShelfTime.ONE_HOUR, by="Elin", reason="known")
        for bad in (False, True, False, True):
            desk.wait(MINUTE)
            desk.answer(bad)
        (row,) = alarm_holding.list_suppressed(desk.registry)
        assert (row.held_back, row.times, row.present) == (2, round_, True)
        desk.wait(HOUR)
        _tick(desk)


def test_a_critical_alarm_is_shelved_for_an_hour_at_most(desk: AlarmDesk) -> None:
    desk.answer(True, key="integrity", priority=Priority.CRITICAL)
    for time in (ShelfTime.EIGHT_HOURS, ShelfTime.END_OF_SHIFT):
        with pytest.raises(Refused, match="one hour at most"):
            alarm_holding.shelve(desk.registry, [1], time, by="Elin", reason="known")
    alarm_holding.shelve(desk.registry, [1], ShelfTime.ONE_HOUR, by="Elin", reason="restoring the file")


def test_all_of_a_selection_are_shelved_or_none(desk: AlarmDesk) -> None:
    desk.answer(True)
    desk.answer(True, key="integrity", priority=Priority.CRITICAL)
    with pytest.raises(Refused):
        alarm_holding.shelve(desk.registry, [1, 2], ShelfTime.EIGHT_HOURS, by="Elin", reason="known")
    assert alarm_holding.list_suppressed(desk.registry) == ()


@pytest.mark.parametrize(("by", "reason"), [("", "known"), ("Elin", "  ")])
def test_nothing_is_held_back_without_a_name_and_a_reason(desk: AlarmDesk, by: str, reason: str) -> None:
    desk.answer(True)
    with pytest.raises(UserError, match="needs a name and a reason"):
        alarm_holding.shelve(desk.registry, [1], ShelfTime.ONE_HOUR, by=by, reason=reason)
    with pytest.raises(UserError, match="needs a name and a reason"):
        alarm_holding.take_out_of_service(desk.registry, "toy", "quality", by=by, reason=reason)
    assert alarm_holding.list_suppressed(desk.registry) == ()


def test_out_of_service_holds_also_what_was_not_open_until_a_person_puts_it_back(desk: AlarmDesk) -> None:
    alarm_holding.take_out_of_service(desk.registry, "toy", "quality", by="Eva", reason="the sensor is replaced")
    with pytest.raises(UserError, match="out of service already"):
        alarm_holding.take_out_of_service(desk.registry, "toy", "quality", by="Eva", reason="again")
    desk.wait(30 * DAY)
    desk.answer(True)
    _tick(desk)
    assert alarms.list_alarms(desk.registry) == ()
    (kept,) = alarms.list_alarms(desk.registry, with_suppressed=True)
    assert kept.state is AlarmState.OUT_OF_SERVICE
    alarm_holding.end_suppression(
        desk.registry, "toy", "quality", Suppression.OUT_OF_SERVICE, by="Eva", reason="replaced and calibrated"
    )
    (back,) = alarms.list_alarms(desk.registry)
    assert back.state is AlarmState.UNACKNOWLEDGED
    with pytest.raises(UserError, match="is not out of service"):
        alarm_holding.end_suppression(
            desk.registry, "toy", "quality", Suppression.OUT_OF_SERVICE, by="Eva", reason="again"
        )


def test_an_unknown_type_is_not_taken_out_of_service(desk: AlarmDesk) -> None:
    with pytest.raises(UserError, match="no alarm type 'smell'"):
        alarm_holding.take_out_of_service(desk.registry, "toy", "smell", by="Eva", reason="?")


def test_a_latched_alarm_stays_until_it_is_acknowledged_and_reset(desk: AlarmDesk) -> None:
    desk.answer(True, key="integrity", priority=Priority.CRITICAL)
    desk.answer(False, key="integrity", priority=Priority.CRITICAL)
    assert desk.alarms("integrity")[0].state is AlarmState.LATCHED_UNACKNOWLEDGED
    with pytest.raises(UserError, match="acknowledge it first"):
        alarms.reset(desk.registry, [1], by="Eva", note="restored")
    alarms.acknowledge(desk.registry, [1], by="Elin", note="called Eva")
    assert desk.alarms("integrity")[0].state is AlarmState.LATCHED_ACKNOWLEDGED
    with pytest.raises(UserError, match="name and a note"):
        alarms.reset(desk.registry, [1], by="Eva", note="")
    (row,) = alarms.reset(desk.registry, [1], by="Eva", note="restored from the backup of Monday")
    assert row.state is AlarmState.NORMAL
    with pytest.raises(UserError, match="not latched"):
        alarms.reset(desk.registry, [1], by="Eva", note="again")


def test_first_out_is_the_alarm_of_a_group_that_came_first(desk: AlarmDesk) -> None:
    desk.answer(True, key="target")
    assert not alarms.list_alarms(desk.registry)[0].first_out, "alone, it is no group"
    desk.wait(MINUTE)
    desk.answer(True, key="freshness-data")
    desk.answer(True, key="quality", model_id=2)
    assert {row.key: row.first_out for row in alarms.list_alarms(desk.registry)} == {
        "target": True, "freshness-data": False, "quality": False,
    }  # fmt: skip


def test_until_the_end_of_the_shift_goes_by_the_plants_own_clock_and_through_summer_time() -> None:
    starts = ("06:00", "14:00", "22:00")
    until = shelved_until(ShelfTime.END_OF_SHIFT, datetime(2026, 3, 28, 22, 30, tzinfo=UTC), starts, "Europe/Stockholm")
    assert until == datetime(2026, 3, 29, 4, 0, tzinfo=UTC), "06:00 is 04:00 UTC after the clocks went forward"
    at_the_border = datetime(2026, 3, 2, 13, 0, tzinfo=UTC)
    assert shelved_until(ShelfTime.END_OF_SHIFT, at_the_border, starts, "Europe/Stockholm") == at_the_border + 8 * HOUR
    assert shelved_until(ShelfTime.TEN_MINUTES, START, starts, "UTC") == START + timedelta(minutes=10)


def test_the_times_of_the_shifts_are_the_sites_own(desk: AlarmDesk) -> None:
    plant.set_shift_times(desk.registry, ["07:00", "19:00"], "UTC", by="Eva")
    desk.answer(True)
    alarm_holding.shelve(desk.registry, [1], ShelfTime.END_OF_SHIFT, by="Elin", reason="known")
    (row,) = alarm_holding.list_suppressed(desk.registry)
    assert row.until == START.replace(hour=19)
    with pytest.raises(UserError, match="cannot begin at '25:00'"):
        plant.set_shift_times(desk.registry, ["07:00", "25:00"], "UTC", by="Eva")


def test_the_database_itself_refuses_to_rewrite_the_alarm_journal(desk: AlarmDesk) -> None:
    desk.answer(True)
    for statement in ("UPDATE alarm_journal SET by = 'eve'", "DELETE FROM alarm_journal"):
        with pytest.raises(IntegrityError, match="append-only"), desk.registry.write() as session:
            session.execute(text(statement))
