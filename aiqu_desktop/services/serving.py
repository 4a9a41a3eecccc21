"""What serves a model, as far as its target has proven it: the only ground on which the window may say "live".

The line in the site's own folder is asked at each look. Every other target is asked by its check and its releases only:
the window makes no connection, and what they found counts until it has grown too old.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from aiqu_desktop.core.clock import SystemClock, iso
from aiqu_desktop.core.paths import SitePaths
from aiqu_desktop.core.words import CheckKind, ReleaseState, RunState, TargetKind, Verdict
from aiqu_desktop.lifecycle.targets.choice import setting_of
from aiqu_desktop.lifecycle.targets.setting import place_of
from aiqu_desktop.line.protocol import TargetFolder
from aiqu_desktop.registry.tables import Check, CheckRun, Model, Release, Schedule, Version
from aiqu_desktop.services.health import EXPIRES_AFTER_PERIODS

_LINE_ALIVE_SECONDS = 5.0
_EVERY_SECONDS = 900  # the check's period where it has none of its own yet


@dataclass(frozen=True, slots=True)
class ServingView:
    """proven: the target answered with the champion's digest, and its golden cases passed there, not too long ago.

    reverted: that is so because the last release was undone, and no check has looked since.
    place: which target it is. sentence: how it stands.
    """

    proven: bool
    reverted: bool
    place: str
    sentence: str


def serving_of(
    session: Session, paths: SitePaths, model: Model, champion: Version | None, now: datetime
) -> ServingView:
    """How it stands with what serves, without asking anyone over a network."""
    setting = setting_of(session, model.id)
    place = place_of(setting)
    if champion is None:
        return ServingView(False, False, place, "No version is live.")
    run, release = _newest_run(session, model.id), _newest_release(session, model.id)
    since_release = run is not None and (release is None or _later(run, release))
    reverted = release is not None and release.state is ReleaseState.REVERTED
    if setting.kind is TargetKind.FOLDER:
        proven = _line_proves(paths, model.name, champion)
        at = "now"
    else:
        proven, when = _recorded_proof(session, model.id, champion, run if since_release else None, release, now)
        at = f"at {iso(when)}" if when else ""
    checked_well = since_release and run is not None and run.verdict is Verdict.GOOD
    if not proven:
        why = run.summary if since_release and run is not None and run.verdict is not Verdict.GOOD else ""
        return ServingView(False, False, place, why or f"Nothing proves that version {champion.number} serves.")
    if reverted and not checked_well and release is not None:
        return ServingView(True, True, place, f"The last release was undone: {release.outcome}")
    return ServingView(True, False, place, f"Version {champion.number} was proven {at}.")


def _line_proves(paths: SitePaths, model: str, champion: Version) -> bool:
    """Whether the line itself says, now, that it serves the champion and that the golden cases passed."""
    status = TargetFolder(paths.line / model).status()
    return (
        status is not None
        and status.serving is not None
        and status.serving.digest == champion.digest
        and status.golden is not None
        and 0 < status.golden.total == status.golden.passed
        and status.alive(SystemClock().now(), _LINE_ALIVE_SECONDS)
    )


def _recorded_proof(
    session: Session,
    model_id: int,
    champion: Version,
    run: CheckRun | None,
    release: Release | None,
    now: datetime,
) -> tuple[bool, datetime | None]:
    """The newest word on it: a check since the last release, else that release itself; and when it was given."""
    if run is not None:
        good = run.state is RunState.DONE and run.verdict is Verdict.GOOD and run.version_id == champion.id
        at = run.finished_at
    elif release is not None:
        golden = (release.proof or {}).get("golden", {})
        ended_well = release.state in (ReleaseState.COMPLETED, ReleaseState.REVERTED)
        good = ended_well and 0 < golden.get("total", 0) == golden.get("passed", -1)
        at = release.finished_at
    else:
        return False, None
    every = session.scalars(
        select(Schedule.every_seconds)
        .join(Check, Check.id == Schedule.check_id)
        .where(Check.model_id == model_id, Check.kind == CheckKind.TARGET)
    ).one_or_none()
    fresh = at is not None and now - at <= EXPIRES_AFTER_PERIODS * timedelta(seconds=every or _EVERY_SECONDS)
    return good and fresh, at


def good_target_check_since(session: Session, model_id: int, since: datetime) -> bool | None:
    """Whether the newest target check found what it should; None where none has looked since this instant."""
    run = _newest_run(session, model_id)
    if run is None or run.finished_at is None or run.finished_at <= since:
        return None
    return run.state is RunState.DONE and run.verdict is Verdict.GOOD


def _newest_run(session: Session, model_id: int) -> CheckRun | None:
    return session.scalars(
        select(CheckRun)
        .where(CheckRun.model_id == model_id, CheckRun.kind == CheckKind.TARGET, CheckRun.state != RunState.RUNNING)
        .order_by(CheckRun.scheduled_for.desc())
        .limit(1)
    ).one_or_none()


def _newest_release(session: Session, model_id: int) -> Release | None:
    return session.scalars(
        select(Release)
        .where(Release.model_id == model_id, Release.finished_at.is_not(None))
        .order_by(Release.finished_at.desc(), Release.intended_at.desc())
        .limit(1)
    ).first()


def _later(run: CheckRun, release: Release) -> bool:
    return run.finished_at is not None and release.finished_at is not None and run.finished_at >= release.finished_at
