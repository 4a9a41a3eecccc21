"""What the demo's run came to: counts, alarms with their times, releases, and the measured times to detect and act."""

from __future__ import annotations

import statistics
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from aiqu_desktop.core.words import ReleaseKind, ReleaseState
from aiqu_desktop.demo.beside import automatic_figures
from aiqu_desktop.lifecycle.facts import champion_of
from aiqu_desktop.registry import Registry
from aiqu_desktop.registry.tables import CheckRun, IngestFile, LabelId, Model, ObservationId
from aiqu_desktop.services.alarms import alarm_rows
from aiqu_desktop.services.audit import verify_chain
from aiqu_desktop.services.lookup import version_numbers
from aiqu_desktop.services.model_page import release_rows
from aiqu_desktop.services.report_past import answering_release
from aiqu_desktop.services.views import AlarmRow, ReleaseRow

_DAY = 86_400.0


def summarise(registry: Registry, report: Path | None, wall_seconds: float) -> dict[str, Any]:
    """Everything that the run produced, read back from the registry."""
    chain = verify_chain(registry)
    with registry.read() as session:
        models = [_model(session, model) for model in session.scalars(select(Model).order_by(Model.name))]
        files = dict(session.execute(select(IngestFile.outcome, func.count()).group_by(IngestFile.outcome)).all())
    return {
        "site": str(registry.paths.root),
        "replayed_until": registry.clock.now(),
        "models": models,
        "files": files,
        "detection": _detection(models),
        "automatic": automatic_figures(registry),
        "audit": {"intact": chain.intact, "records": chain.records, "head": chain.head, "finding": chain.finding},
        "report": report,
        "wall_seconds": round(wall_seconds, 1),
    }


def _model(session: Session, model: Model) -> dict[str, Any]:
    numbers = version_numbers(session, model.id)
    champion = champion_of(model)
    releases = release_rows(session, model.id, numbers)
    alarms = alarm_rows(session, only_open=False, model_id=model.id, limit=10_000)
    runs = session.execute(
        select(CheckRun.state, func.count()).where(CheckRun.model_id == model.id).group_by(CheckRun.state)
    )
    return {
        "name": model.name,
        "versions": sorted(numbers.values()),
        "champion": champion.number if champion else None,
        "observations": _count(session, ObservationId, model.id),
        "labels": _count(session, LabelId, model.id),
        "check_runs": {state.value: count for state, count in runs},
        "alarms": [_alarm(alarm, releases) for alarm in sorted(alarms, key=lambda alarm: alarm.activated_at)],
        "releases": [_release(release) for release in sorted(releases, key=lambda release: release.intended_at)],
    }


def _count(session: Session, table: type[ObservationId] | type[LabelId], model_id: int) -> int:
    return session.scalar(select(func.count()).select_from(table).where(table.model_id == model_id)) or 0


def _alarm(alarm: AlarmRow, releases: tuple[ReleaseRow, ...]) -> dict[str, Any]:
    """An alarm with its three instants. The action is the first release that took the alarmed version off."""
    answer = answering_release(alarm, releases) if alarm.key == "performance" else None
    action = answer.finished_at if answer else None
    return {
        "key": alarm.key,
        "priority": alarm.priority,
        "state": alarm.state,
        "version": alarm.version,
        "message": alarm.message,
        "onset": alarm.onset_at,
        "activated": alarm.activated_at,
        "acknowledged": alarm.acknowledged_at,
        "action": action,
        "returned": alarm.returned_at,
        "days_to_detect": _days(alarm.onset_at, alarm.activated_at),
        "days_to_act": _days(alarm.activated_at, action),
    }


def _release(release: ReleaseRow) -> dict[str, Any]:
    return {
        "kind": release.kind,
        "from": release.from_version,
        "to": release.to_version,
        "state": release.state,
        "by": release.requested_by,
        "approved_by": release.approved_by,
        "reason": release.reason,
        "at": release.intended_at,
        "seconds_to_proof": release.wall_seconds,
        "outcome": release.outcome,
    }


def _detection(models: list[dict[str, Any]]) -> dict[str, Any]:
    """The product's own figures: estimated onset to alarm, alarm to action, and the rollbacks' seconds to proof."""
    alarms = [alarm for model in models for alarm in model["alarms"] if alarm["key"] == "performance"]
    detect = [alarm["days_to_detect"] for alarm in alarms if alarm["days_to_detect"] is not None]
    act = [alarm["days_to_act"] for alarm in alarms if alarm["days_to_act"] is not None]
    rollbacks = [
        release["seconds_to_proof"]
        for model in models
        for release in model["releases"]
        if release["kind"] is ReleaseKind.ROLLBACK and release["state"] is ReleaseState.COMPLETED
    ]
    return {
        "performance_alarms": len(alarms),
        "median_days_from_onset_to_alarm": statistics.median(detect) if detect else None,
        "median_days_from_alarm_to_action": statistics.median(act) if act else None,
        "rollback_seconds_to_proof": rollbacks,
    }


def _days(start: datetime | None, end: datetime | None) -> float | None:
    return None if start is None or end is None else round((end - start).total_seconds() / _DAY, 2)
