"""The checks that every new model starts with, and the limits proposed for it from its acceptance figures."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from aiqu_desktop.bundles import higher_is_better
from aiqu_desktop.core.words import CheckKind
from aiqu_desktop.monitoring.settings import (
    DriftSettings,
    DrillSettings,
    FreshnessSettings,
    IntegritySettings,
    PerformanceSettings,
    QualitySettings,
    Settings,
    StandbySettings,
    TargetSettings,
    to_json,
)
from aiqu_desktop.registry.tables import Check, Model, Schedule
from aiqu_desktop.security import audit

_HOUR, _DAY = 3_600, 86_400
_EVERY = {
    CheckKind.FRESHNESS: _HOUR,
    CheckKind.QUALITY: 6 * _HOUR,
    CheckKind.PERFORMANCE: 6 * _HOUR,
    CheckKind.DRIFT: _DAY,
    CheckKind.INTEGRITY: _DAY,
    CheckKind.STANDBY: _DAY,
    CheckKind.DRILL: 7 * _DAY,
    CheckKind.TARGET: _HOUR // 4,
}
# Kinds that came after the first release of the product and need nothing to be told: older sites get them, too.
_LATER: tuple[Settings, ...] = (StandbySettings(), DrillSettings(), TargetSettings())
_TIMEOUT_SECONDS = 600
_SHARE_DROP = 0.10  # a share such as accuracy may fall this far below what was accepted
_LOSS_RISE = 1.5  # a loss such as the mean absolute error may rise this many times


def proposed_limit(metric: str, accepted: float) -> float:
    """A first limit for a metric, to be replaced by one that was rehearsed on the site's own history."""
    return max(0.0, accepted - _SHARE_DROP) if higher_is_better(metric) else accepted * _LOSS_RISE


def add_default_checks(
    session: Session,
    model: Model,
    accepted: Mapping[str, Mapping[str, float]],
    *,
    now: datetime,
    by: str,
    overrides: Mapping[CheckKind, Mapping[str, Any]] | None = None,
) -> None:
    """Give a new model one check of each kind, due at once.

    Args:
        accepted: the first version's metrics, name → {"value", …}.
        overrides: settings that differ from the defaults, and "every_seconds", by kind.
    """
    limit = proposed_limit(model.primary_metric, accepted[model.primary_metric]["value"])
    proposals: tuple[Settings, ...] = (
        DriftSettings(),
        PerformanceSettings(metric=model.primary_metric, limit=limit),
        QualitySettings(),
        FreshnessSettings(),
        IntegritySettings(),
        *_LATER,
    )
    for proposal in proposals:
        _add(session, model, proposal, (overrides or {}).get(proposal.kind, {}), now, by)


def add_missing_checks(session: Session, *, now: datetime, by: str) -> None:
    """Give the models of a site that an older product made the kinds of checks that have come since."""
    for model in session.scalars(select(Model).order_by(Model.id)):
        present = set(session.scalars(select(Check.kind).where(Check.model_id == model.id)))
        if not present:
            continue  # its import was cut off; importing it again gives it all of them
        for proposal in _LATER:
            if proposal.kind not in present:
                _add(session, model, proposal, {}, now, by)


def _add(
    session: Session, model: Model, proposal: Settings, changed: Mapping[str, Any], now: datetime, by: str
) -> None:
    changed = dict(changed)
    every = int(changed.pop("every_seconds", _EVERY[proposal.kind]))
    settings = {**to_json(proposal), **changed}
    check = Check(model_id=model.id, kind=proposal.kind, settings=settings, created_at=now)
    session.add(check)
    session.flush()
    session.add(Schedule(check_id=check.id, every_seconds=every, timeout_seconds=_TIMEOUT_SECONDS, next_due=now))
    audit.record(
        session,
        at=now,
        actor=by,
        action="check.added",
        subject=f"model {model.name}",
        new={"kind": proposal.kind.value, "every_seconds": every, "settings": settings},
    )
