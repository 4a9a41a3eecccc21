"""How a model is, in one word and one sentence: the worst of its open alarms and of the freshness of its answers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from aiqu_desktop.core.words import Health, Priority, RunState, Verdict
from aiqu_desktop.monitoring.alarm_life import is_active
from aiqu_desktop.registry.tables import CheckRun, Version
from aiqu_desktop.services.views import AlarmRow, StopView

# An answer expires after so many of its check's periods: green is never kept by silence.
EXPIRES_AFTER_PERIODS = 2.5
_MEANS_UNKNOWN = ("freshness-", "check-", "target-silent")


def judge(
    *,
    champion: Version | None,
    serving_proven: bool,
    alarms: Sequence[AlarmRow],
    performance: CheckRun | None,
    every: timedelta | None,
    now: datetime,
    stop: StopView | None = None,
) -> tuple[Health, str]:
    """The health of one model and its reason.

    Args:
        champion: the version that is live by the registry.
        serving_proven: the target itself answers that it serves the champion.
        alarms: its open alarms, worst first; those that are held back among them.
        performance: the newest finished run of its performance check.
        every: that check's period.
        stop: the stop that stands. It comes before everything else: the model does not serve.
    """
    if stop is not None:
        return Health.STOPPED, stop.words
    active = [alarm for alarm in alarms if is_active(alarm.state)]
    severe = [alarm for alarm in active if alarm.priority in (Priority.CRITICAL, Priority.HIGH)]
    if severe:
        return Health.ALARM, severe[0].message
    if champion is None:
        return Health.UNKNOWN, "No version serves yet."
    number = champion.number
    blind = [alarm for alarm in active if alarm.key.startswith(_MEANS_UNKNOWN)]
    if blind:
        return Health.UNKNOWN, blind[0].message
    if active:
        return Health.WARNING, active[0].message
    quiet = [alarm for alarm in alarms if alarm.state.suppressed and alarm.returned_at is None]
    if quiet:  # not told to the operator, and yet there: a model is not good because somebody shelved its alarm
        return Health.WARNING, f"{quiet[0].message} (Not told: {quiet[0].held}.)"
    if performance is not None and performance.version_id != champion.id:
        return Health.UNKNOWN, f"Version {number} has just gone live; its performance was not checked yet."
    health, reason = _by_answer(performance, every, now)
    if health is Health.GOOD and not serving_proven:
        return Health.UNKNOWN, f"The target does not prove that it serves version {number}; see whether it runs."
    return health, reason


def _by_answer(performance: CheckRun | None, every: timedelta | None, now: datetime) -> tuple[Health, str]:
    if performance is None or every is None:
        return Health.UNKNOWN, "Its performance was never checked."
    if performance.state is not RunState.DONE:
        return Health.UNKNOWN, f"The last performance check gave no answer: {performance.summary}"
    if performance.finished_at is None or now - performance.finished_at > EXPIRES_AFTER_PERIODS * every:
        return Health.UNKNOWN, "The last performance answer is too old to be trusted."
    return {
        Verdict.GOOD: Health.GOOD,
        Verdict.WARNING: Health.WARNING,
        Verdict.BAD: Health.WARNING,  # bad once, and not yet for as long as the alarm's on-delay asks
        Verdict.UNKNOWN: Health.UNKNOWN,
    }[performance.verdict], performance.summary
