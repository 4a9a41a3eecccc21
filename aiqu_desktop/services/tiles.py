"""One model's tile: what the overview shows, and the head of the model page."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from aiqu_desktop.bundles import higher_is_better
from aiqu_desktop.core.paths import SitePaths
from aiqu_desktop.core.words import CheckKind, RunState, Task
from aiqu_desktop.lifecycle.facts import champion_of
from aiqu_desktop.registry.tables import Check, CheckRun, Metric, Model, Schedule, Segment
from aiqu_desktop.services.alarms import alarm_rows
from aiqu_desktop.services.health import judge
from aiqu_desktop.services.serving import serving_of
from aiqu_desktop.services.stopped import card_of_model, stop_view
from aiqu_desktop.services.views import ModelTile

_TREND_POINTS = 60


def tile_of(session: Session, paths: SitePaths, model: Model, now: datetime) -> ModelTile:
    """Everything that a tile says, read in the caller's transaction."""
    champion = champion_of(model)
    alarms = alarm_rows(session, only_open=True, with_suppressed=True, model_id=model.id)
    told = [alarm for alarm in alarms if not alarm.state.suppressed]
    performance, schedule = _newest_performance(session, model.id)
    every = timedelta(seconds=schedule.every_seconds) if schedule else None
    number = champion.number if champion else None
    serving, stop = serving_of(session, paths, model, champion, now), stop_view(session, paths, model)
    health, reason = judge(
        champion=champion, serving_proven=serving.proven, alarms=alarms, performance=performance, every=every, now=now,
        stop=stop,
    )  # fmt: skip
    card = card_of_model(session, model.id) if stop else None
    trend = _trend(session, model)
    newest = trend[-1] if trend and champion and trend[-1].version_id == champion.id else None
    return ModelTile(
        name=model.name,
        title=model.title,
        task=model.task,
        health=health,
        reason=reason,
        champion=number,
        serving_proven=serving.proven and stop is None,
        metric=model.primary_metric,
        unit=str(model.input_schema.get("unit", "")) if model.task is Task.REGRESSION else "",
        value=newest.value if newest else None,
        low=newest.low if newest else None,
        high=newest.high if newest else None,
        n=newest.n if newest else 0,
        limit=newest.limit if newest else None,
        higher_is_better=higher_is_better(model.primary_metric),
        trend=tuple((point.at, point.value) for point in trend),
        drift_share=_drift_share(session, model.id),
        data_as_of=session.scalar(
            select(func.max(Segment.last_time)).where(Segment.model_id == model.id, Segment.kind == "observations")
        ),
        last_check_at=session.scalar(
            select(func.max(CheckRun.finished_at)).where(CheckRun.model_id == model.id, CheckRun.state == RunState.DONE)
        ),
        open_alarms=len(told),
        unacknowledged_alarms=sum(alarm.needs_acknowledgement for alarm in told),
        reverted=serving.reverted,
        target=serving.place,
        serving_sentence=stop.sentence if stop else serving.sentence,
        stop=stop,
        fallback=card.instead if card else "",
    )


def _newest_performance(session: Session, model_id: int) -> tuple[CheckRun | None, Schedule | None]:
    row = session.execute(
        select(Check, Schedule)
        .join(Schedule, Schedule.check_id == Check.id)
        .where(Check.model_id == model_id, Check.kind == CheckKind.PERFORMANCE)
    ).one_or_none()
    if row is None:
        return None, None
    check, schedule = row
    run = session.scalars(
        select(CheckRun)
        .where(CheckRun.check_id == check.id, CheckRun.state != RunState.RUNNING)
        .order_by(CheckRun.scheduled_for.desc())
        .limit(1)
    ).one_or_none()
    return run, schedule


def _trend(session: Session, model: Model) -> list[Any]:
    rows = session.execute(
        select(Metric.at, Metric.value, Metric.low, Metric.high, Metric.n, Metric.limit, Metric.version_id)
        .where(Metric.model_id == model.id, Metric.name == f"performance.{model.primary_metric}", Metric.feature == "")
        .order_by(Metric.at.desc())
        .limit(_TREND_POINTS)
    ).all()
    return list(rows)[::-1]


def _drift_share(session: Session, model_id: int) -> float | None:
    return session.scalars(
        select(Metric.value)
        .where(Metric.model_id == model_id, Metric.name == "drift.share", Metric.feature == "")
        .order_by(Metric.at.desc())
        .limit(1)
    ).one_or_none()
