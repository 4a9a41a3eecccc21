"""Answers of checks by hand, and what became of the alarms."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from aiqu_desktop.core.clock import ReplayClock
from aiqu_desktop.core.paths import SitePaths
from aiqu_desktop.core.words import Priority, Task
from aiqu_desktop.monitoring.alarms import apply_condition
from aiqu_desktop.monitoring.outcome import Condition
from aiqu_desktop.registry import Registry
from aiqu_desktop.registry.tables import Alarm, AlarmSuppression, Model, Site

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def made_registry(folder: Path, clock: ReplayClock) -> Registry:
    registry = Registry.create(SitePaths(folder), clock)
    with registry.write() as session:
        session.add(Site(id=1, name="Plant", created_at=START))
        for name in ("toy", "other"):
            session.add(
                Model(
                    name=name, title=name.title(), task=Task.CLASSIFICATION, owner="Eva",
                    input_schema={}, primary_metric="accuracy", created_at=START,
                )
            )  # fmt: skip
    return registry


def answered(
    session: Session, bad: bool | None, now: datetime, *, key: str = "quality", model_id: int = 1,
    priority: Priority = Priority.MEDIUM, margin: float | None = None,
) -> Alarm | None:  # fmt: skip
    """One answer of a check about one condition."""
    condition = Condition(key, bad, priority, f"{key} is {bad}", "Look.", margin=margin)
    return apply_condition(session, condition, model_id=model_id, version_id=None, run_id=None, now=now)


class AlarmDesk:
    """One registry; each call is a transaction at the clock's present instant."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry

    @property
    def clock(self) -> ReplayClock:
        assert isinstance(self.registry.clock, ReplayClock)
        return self.registry.clock

    def wait(self, time: timedelta) -> datetime:
        self.clock.move_to(self.clock.now() + time)
        return self.clock.now()

    def answer(
        self, bad: bool | None, *, key: str = "quality", model_id: int = 1,
        priority: Priority = Priority.MEDIUM, margin: float | None = None,
    ) -> None:  # fmt: skip
        with self.registry.write() as session:
            answered(session, bad, self.clock.now(), key=key, model_id=model_id, priority=priority, margin=margin)

    def alarms(self, key: str = "quality") -> list[Alarm]:
        with self.registry.read() as session:
            return list(session.scalars(select(Alarm).where(Alarm.key == key).order_by(Alarm.id)))

    def suppressions(self) -> list[AlarmSuppression]:
        with self.registry.read() as session:
            return list(session.scalars(select(AlarmSuppression).order_by(AlarmSuppression.id)))
