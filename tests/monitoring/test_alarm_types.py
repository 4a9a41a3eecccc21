"""The record of each alarm type, what a site may change of it, and what the plant's state silences by it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.core.words import AlarmState, CheckKind, Consequence, PlantState, Priority, Suppression
from aiqu_desktop.monitoring.alarm_records import RECORDS
from aiqu_desktop.monitoring.alarm_types import priority_of
from aiqu_desktop.services import alarm_holding, alarm_types, alarms, plant
from aiqu_desktop.services.audit import list_audit
from tests.monitoring.alarm_desk import MINUTE, AlarmDesk


def test_every_record_says_all_that_rationalisation_asks_for() -> None:
    for record in RECORDS.values():
        assert all((record.title, record.cause, record.consequence, record.response)), record.key
        assert record.respond_within > timedelta(0)
    assert {f"check-{kind.value}" for kind in CheckKind} <= set(RECORDS)


def test_the_priority_never_falls_with_a_worse_consequence_or_less_time() -> None:
    order = list(Priority)
    times = [timedelta(minutes=10), timedelta(hours=8), timedelta(days=7)]
    ranks = [[order.index(priority_of(severity, time)) for time in times] for severity in Consequence]
    assert all(row == sorted(row) for row in ranks)
    assert all(list(column) == sorted(column) for column in zip(*ranks, strict=True))


def test_few_types_are_high_and_most_are_not() -> None:
    severe = [r.key for r in RECORDS.values() if r.priority in (Priority.CRITICAL, Priority.HIGH)]
    assert {"integrity", "performance", "target"} <= set(severe)
    assert len(severe) <= len(RECORDS) / 4


def test_a_changed_record_holds_from_the_next_alarm_on_and_is_on_the_audit_chain(desk: AlarmDesk) -> None:
    row = alarm_types.change(
        desk.registry, "quality", {"severity": "severe", "respond_within": 30, "on_delay": 2},
        by="Eva", reason="the press stops on it",
    )  # fmt: skip
    assert (row.priority, row.changed_by, row.on_delay) == (Priority.CRITICAL, "Eva", 2)
    desk.answer(True)
    assert alarms.list_alarms(desk.registry) == (), "one answer is not enough any more"
    desk.answer(True)
    assert alarms.list_alarms(desk.registry)[0].priority is Priority.CRITICAL
    record = list_audit(desk.registry, text="alarm-type.changed")[0]
    assert record.new == {"severity": "severe", "respond_within": 30, "on_delay": 2}
    assert record.reason == "the press stops on it"


@pytest.mark.parametrize(
    ("key", "changes", "why"),
    [
        ("smell", {"on_delay": 2}, "no alarm type"),
        ("quality", {}, "Nothing to change"),
        ("quality", {"on_delay": 0}, "number of answers"),
        ("quality", {"deadband": 1.0}, "share of the limit"),
        ("quality", {"respond_within": 0}, "minutes above 0"),
        ("quality", {"cause": " "}, "must not be empty"),
        ("performance", {"on_delay": 3}, "aiqu rehearse"),
        ("drift", {"deadband": 0.2}, "aiqu rehearse"),
    ],
)
def test_what_cannot_be_used_is_refused_and_nothing_changes(
    desk: AlarmDesk, key: str, changes: dict[str, object], why: str
) -> None:
    before = alarm_types.list_types(desk.registry)
    with pytest.raises(UserError, match=why):
        alarm_types.change(desk.registry, key, changes, by="Eva", reason="trial")
    assert alarm_types.list_types(desk.registry) == before


def test_a_value_that_dances_on_its_limit_is_one_alarm_and_not_twenty(desk: AlarmDesk) -> None:
    for turn in range(40):
        desk.wait(MINUTE)
        margin = 0.05 if turn % 2 else -0.05
        desk.answer(margin < 0, margin=margin)
    assert len(desk.alarms()) == 1
    desk.answer(False, margin=0.2)
    assert desk.alarms()[0].returned_at is not None


def test_without_the_deadband_it_would_be_twenty(desk: AlarmDesk) -> None:
    alarm_types.change(desk.registry, "quality", {"deadband": 0.0}, by="Eva", reason="trial")
    for turn in range(40):
        desk.wait(MINUTE)
        margin = 0.05 if turn % 2 else -0.05
        desk.answer(margin < 0, margin=margin)
    assert len(desk.alarms()) == 20


def test_cleaning_silences_what_the_records_name_lists_all_of_it_and_ends_with_it(desk: AlarmDesk) -> None:
    desk.answer(True)
    desk.answer(True, key="target")
    plant.set_plant_state(desk.registry, PlantState.CLEANING, model=None, by="Elin", reason="weekly wash")
    assert [row.key for row in alarms.list_alarms(desk.registry)] == ["target"]
    held = {(row.model, row.key): row for row in alarm_holding.list_suppressed(desk.registry)}
    named = {r.key for r in RECORDS.values() if PlantState.CLEANING in r.suppressed_in}
    assert set(held) == {(model, key) for model in ("toy", "other") for key in named}
    assert held["toy", "quality"].present
    assert "cleaning" in held["toy", "quality"].reason
    with pytest.raises(UserError, match="comes back with the plant's state"):
        alarm_holding.end_suppression(desk.registry, "toy", "quality", Suppression.BY_DESIGN, by="Elin", reason="now")
    plant.set_plant_state(desk.registry, PlantState.RUNNING, model=None, by="Elin", reason="washed")
    assert alarm_holding.list_suppressed(desk.registry) == ()
    assert {row.key for row in alarms.list_alarms(desk.registry)} == {"target", "quality"}


def test_an_alarm_that_nobody_saw_before_the_cleaning_still_waits_after_it(desk: AlarmDesk) -> None:
    desk.answer(True)
    plant.set_plant_state(desk.registry, PlantState.CLEANING, model="toy", by="Elin", reason="wash")
    desk.answer(False)
    plant.set_plant_state(desk.registry, PlantState.RUNNING, model="toy", by="Elin", reason="washed")
    (row,) = alarms.list_alarms(desk.registry)
    assert row.state is AlarmState.RETURNED_UNACKNOWLEDGED


def test_it_waits_also_when_it_came_and_went_again_during_the_cleaning(desk: AlarmDesk) -> None:
    desk.answer(True)
    plant.set_plant_state(desk.registry, PlantState.CLEANING, model="toy", by="Elin", reason="wash")
    for bad in (False, True, False):
        desk.answer(bad)
    plant.set_plant_state(desk.registry, PlantState.RUNNING, model="toy", by="Elin", reason="washed")
    (row,) = alarms.list_alarms(desk.registry)
    assert row.state is AlarmState.RETURNED_UNACKNOWLEDGED


def test_one_models_part_may_be_cleaned_while_the_others_run(desk: AlarmDesk) -> None:
    plant.set_plant_state(desk.registry, PlantState.CHANGEOVER, model="other", by="Elin", reason="new mould")
    states = {row.model: row.state for row in plant.plant_states(desk.registry)}
    assert states == {"toy": PlantState.RUNNING, "other": PlantState.CHANGEOVER}
    desk.answer(True)
    assert len(alarms.list_alarms(desk.registry)) == 1


def test_a_record_that_names_the_present_state_silences_at_once(desk: AlarmDesk) -> None:
    plant.set_plant_state(desk.registry, PlantState.STOPPED, model=None, by="Elin", reason="holiday")
    desk.answer(True)
    assert len(alarms.list_alarms(desk.registry)) == 1
    alarm_types.change(desk.registry, "quality", {"suppressed_in": ["stopped"]}, by="Eva", reason="nobody is there")
    assert alarms.list_alarms(desk.registry) == ()
