"""Freshness: do observations and labels still come? Green expires."""

from __future__ import annotations

from datetime import datetime

from aiqu_desktop.core.clock import iso
from aiqu_desktop.core.words import Verdict
from aiqu_desktop.lifecycle.safe_state.hold import Stopped, last_stop_ended_at, stopped
from aiqu_desktop.monitoring.alarm_records import RECORDS
from aiqu_desktop.monitoring.context import CheckContext
from aiqu_desktop.monitoring.outcome import CheckOutcome, Condition, MetricValue
from aiqu_desktop.monitoring.settings import FreshnessSettings


def answer(settings: FreshnessSettings, context: CheckContext) -> CheckOutcome:
    """Compare the age of the newest observation and of the newest label with their deadlines.

    While the model is stopped none is expected: the stop itself is the alarm. After it, the deadlines begin anew.
    """
    with context.registry.read() as session:
        standing, resumed = stopped(session, context.model_id), last_stop_ended_at(session, context.model_id)
    if standing is not None:
        return _nothing_expected(standing, context.now)
    newest = _counting_from(context.store.newest_event_time(context.model), resumed)
    labelled = _counting_from(context.store.newest_label_time(context.model), resumed)
    data = _condition("freshness-data", "observation", newest, settings.data_days, context.now)
    labels = _condition("freshness-labels", "label", labelled, settings.label_days, context.now)
    stale = [condition for condition in (data, labels) if condition.bad]
    if stale:
        verdict, summary = Verdict.BAD, " ".join(condition.message for condition in stale)
    elif newest is None:
        verdict, summary = Verdict.UNKNOWN, "No observation has come yet."
    else:
        verdict, summary = Verdict.GOOD, f"The newest observation is {_age(newest, context.now):.1f} days old."
    ages = (("age.data", newest, settings.data_days), ("age.labels", labelled, settings.label_days))
    return CheckOutcome(
        verdict,
        summary,
        window_to=context.now,
        metrics=tuple(
            MetricValue(name, None if at is None else _age(at, context.now), n=1, limit=limit)
            for name, at, limit in ages
        ),
        conditions=(data, labels),
    )


def _nothing_expected(standing: Stopped, now: datetime) -> CheckOutcome:
    summary = f"Stopped since {iso(standing.since)}, so no observation is expected."
    unjudged = tuple(
        Condition(key, None, RECORDS[key].priority, summary, "")  # neither raised nor cleared
        for key in ("freshness-data", "freshness-labels")
    )
    return CheckOutcome(Verdict.UNKNOWN, summary, window_to=now, conditions=unjudged)


def _counting_from(newest: datetime | None, resumed: datetime | None) -> datetime | None:
    """What came last, or the end of the last stop: from then on something can have come again."""
    return newest if newest is None or resumed is None else max(newest, resumed)


def _age(instant: datetime, now: datetime) -> float:
    return (now - instant).total_seconds() / 86_400


def _condition(key: str, what: str, newest: datetime | None, limit_days: float, now: datetime) -> Condition:
    if newest is None:
        bad, message = None, f"No {what} has come yet."
    else:
        age = _age(newest, now)
        bad = age > limit_days
        message = f"No {what} has come for {age:.1f} days (limit {limit_days:g})."
    return Condition(
        key=key,
        bad=bad,
        priority=RECORDS[key].priority,
        message=message,
        response=RECORDS[key].response,
        onset=newest if bad else None,
    )
