"""What is due is carried out, through the same release as any rollback; what lost its ground is cancelled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from aiqu_desktop.core.words import AutomaticState, ReleaseState
from aiqu_desktop.lifecycle.automatic.fitness import examine
from aiqu_desktop.lifecycle.automatic.lapse import lapse_of
from aiqu_desktop.lifecycle.automatic.noting import calling_alarm, judged
from aiqu_desktop.lifecycle.automatic.rows import Announce, end, open_row
from aiqu_desktop.lifecycle.automatic.standing import standing
from aiqu_desktop.lifecycle.automatic.warrant import Lapsed, SignedBeforehand
from aiqu_desktop.lifecycle.facts import model_named
from aiqu_desktop.lifecycle.journal import Journal, unfinished_orders
from aiqu_desktop.lifecycle.lock import sole_release
from aiqu_desktop.lifecycle.preview import preview_rollback
from aiqu_desktop.lifecycle.release import ReleaseOutcome, ReleaseRun, StepCallback
from aiqu_desktop.lifecycle.targets.target import Target
from aiqu_desktop.registry import Registry
from aiqu_desktop.registry.tables import Alarm, AutomaticRelease, AutomaticRollback, Model, Release, Version


@dataclass(frozen=True, slots=True)
class Due:
    """A rollback whose countdown is over."""

    row_id: int
    model: str
    to_number: int


def settle(registry: Registry, announce: Announce) -> tuple[int, ...]:
    """Write down how automatic rollbacks ended whose release is over, also where another process finished it.

    Returns the ids of those.
    """
    query = (
        select(AutomaticRollback, Release)
        .join(AutomaticRelease, AutomaticRelease.automatic_id == AutomaticRollback.id)
        .join(Release, Release.id == AutomaticRelease.release_id)
        .where(AutomaticRollback.state == AutomaticState.ACTING, Release.finished_at.is_not(None))
    )
    with registry.read() as session:
        if not session.execute(query).all():
            return ()
    with registry.write() as session:
        over = session.execute(query).all()
        for row, release in over:
            done = release.state is ReleaseState.COMPLETED
            state = AutomaticState.DONE if done else AutomaticState.FAILED
            end(session, row, state, release.outcome, release.finished_at or registry.clock.now())
            announce(session, row)
        return tuple(row.id for row, _ in over)


def cancel_lapsed(registry: Registry, model: str, announce: Announce) -> bool:
    """End what is advised or waits and has lost its ground, or gives way to an alarm that the policy names."""
    now = registry.clock.now()
    with registry.read() as session:
        if not _lapse(session, model, now):
            return False
    with registry.write() as session:
        why, row = _lapse(session, model, now), open_row(session, model_named(session, model).id)
        if not why or row is None:
            return False
        end(session, row, AutomaticState.CANCELLED, why, now)
        announce(session, row)
        return True


def look_again(registry: Registry, target_for: Callable[[str], Target], model: str, announce: Announce) -> bool:
    """Examine an advice anew, after new answers of checks; it is ended where it would be another one today."""
    now = registry.clock.now()
    with registry.read() as session:
        row = open_row(session, model_named(session, model).id)
        if row is None or row.state is not AutomaticState.ADVISED:
            return False
        alarm, row_id = session.get_one(Alarm, row.alarm_id), row.id
    fitness = examine(registry, target_for, model, alarm, now)
    wanted = fitness.preview.to_version
    to_id = wanted.version_id if wanted is not None and not fitness.obstacle else None
    with registry.write() as session:
        found = model_named(session, model)
        row = open_row(session, found.id)
        if row is None or row.id != row_id or row.state is not AutomaticState.ADVISED:
            return False
        obstacle = judged(session, standing(session, found, now), alarm, fitness, now)
        if row.to_version_id == to_id and bool(obstacle) == bool(row.obstacle):
            return False
        end(session, row, AutomaticState.CANCELLED, "It was looked at again, and something else holds now.", now)
        announce(session, row)
        return True


def due(registry: Registry) -> tuple[Due, ...]:
    """The rollbacks whose countdown is over."""
    query = select(AutomaticRollback).where(
        AutomaticRollback.state == AutomaticState.WAITING, AutomaticRollback.due_at <= registry.clock.now()
    )
    with registry.read() as session:
        return tuple(_due(session, row) for row in session.scalars(query.order_by(AutomaticRollback.due_at)))


def carry_out(
    registry: Registry,
    target_for: Callable[[str], Target],
    one: Due,
    announce: Announce,
    *,
    timeout: float | None = None,
    on_step: StepCallback | None = None,
) -> ReleaseOutcome | None:
    """Do a rollback that is due; None where it has to wait for another release, or was cancelled instead.

    The version is examined once more first, because the countdown may have been long.

    Raises:
        EnvironmentFault: if the registry or the target cannot be written before the intent; the next look tries again.
    """
    with registry.read() as session:
        alarm = session.get_one(Alarm, session.get_one(AutomaticRollback, one.row_id).alarm_id)
    if unfinished_orders(registry, one.model):
        return None
    fitness = examine(registry, target_for, one.model, alarm, registry.clock.now())
    if fitness.obstacle:
        _cancel(registry, one, f"It is no longer fit to go back: {fitness.obstacle}", announce)
        return None
    target = target_for(one.model)
    with sole_release(registry.paths, one.model):
        preview = preview_rollback(registry, one.model, one.to_number, target=target)
        try:
            if preview.blocked:
                raise Lapsed(preview.blocking)
            run = ReleaseRun(registry, target, Journal(registry), timeout, on_step)
            return run.carry_out(preview, SignedBeforehand(one.row_id))
        except Lapsed as error:
            _cancel(registry, one, str(error), announce)
            return None


def _lapse(session: Session, model: str, now: datetime) -> str:
    found = model_named(session, model)
    row = open_row(session, found.id)
    if row is None or row.state is AutomaticState.ACTING:
        return ""
    lapse = lapse_of(session, row, now)
    if lapse or row.state is AutomaticState.WAITING:
        return lapse
    first = calling_alarm(session, found, standing(session, found, now))
    return f"Alarm {first.id} is to be answered first." if first is not None and first.id != row.alarm_id else ""


def _cancel(registry: Registry, one: Due, why: str, announce: Announce) -> None:
    with registry.write() as session:
        row = session.get_one(AutomaticRollback, one.row_id)
        if row.state is AutomaticState.WAITING:
            end(session, row, AutomaticState.CANCELLED, why, registry.clock.now())
            announce(session, row)


def _due(session: Session, row: AutomaticRollback) -> Due:
    assert row.to_version_id is not None, "what waits has a version to go to"
    name = session.get_one(Model, row.model_id).name
    return Due(row.id, name, session.get_one(Version, row.to_version_id).number)
