"""The rows of automatic rollbacks as they are listed, with their release and their report."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased, undefer

from aiqu_desktop.core.clock import as_utc
from aiqu_desktop.core.paths import SitePaths
from aiqu_desktop.core.words import AutomaticState
from aiqu_desktop.lifecycle.automatic.policy import AutomaticPolicy
from aiqu_desktop.lifecycle.automatic.standing import Proposal, Standing, open_proposal, standing
from aiqu_desktop.registry import Registry
from aiqu_desktop.registry.tables import (
    AutomaticApproval,
    AutomaticPolicyRecord,
    AutomaticRelease,
    AutomaticRollback,
    Model,
    Release,
    SignatureRecord,
    Version,
)
from aiqu_desktop.security.signing import Signature
from aiqu_desktop.services.views import AutomaticRow, AutomaticTerms, AutomaticView


def report_path(paths: SitePaths, model: str, row_id: int) -> Path:
    """Where the report of an automatic rollback lies, whether or not it is there."""
    return paths.reports / f"{model}-automatic-{row_id}.pdf"


def automatic_view(session: Session, registry: Registry, model: Model) -> AutomaticView:
    """Whether a model acts or advises, what waits, and what came of it."""
    now = registry.clock.now()
    stands, waits = standing(session, model, now), open_proposal(session, model, now)
    every = automatic_rows(session, registry, model_id=model.id)
    return AutomaticView(
        model=model.name,
        model_title=model.title,
        mode=stands.mode,
        why=stands.why,
        site_now=now,
        policy=_in_force(stands),
        proposal=_waiting(waits) if waits is not None else None,
        pending=next((row for row in every if row.state.open), None),
        past=tuple(row for row in every if not row.state.open),
    )


def automatic_row(session: Session, registry: Registry, row_id: int) -> AutomaticRow:
    """One row by its id."""
    (row,) = automatic_rows(session, registry, row_id=row_id)
    return row


def countdown_rows(session: Session, registry: Registry) -> tuple[AutomaticRow, ...]:
    """Every rollback of the site whose countdown runs or that is being done, the next one first."""
    running = automatic_rows(session, registry, states=(AutomaticState.WAITING, AutomaticState.ACTING))
    return tuple(sorted(running, key=lambda row: row.due_at or row.noted_at))


def automatic_rows(
    session: Session,
    registry: Registry,
    *,
    model_id: int | None = None,
    row_id: int | None = None,
    states: Collection[AutomaticState] = (),
    limit: int = 200,
) -> tuple[AutomaticRow, ...]:
    """Rows, newest first: those of one model, one alone, or those in some states."""
    former, wanted = aliased(Version), aliased(Version)
    query = (
        select(AutomaticRollback, Model, former, wanted, AutomaticPolicyRecord, Release)
        .join(Model, Model.id == AutomaticRollback.model_id)
        .join(former, former.id == AutomaticRollback.from_version_id)
        .outerjoin(wanted, wanted.id == AutomaticRollback.to_version_id)
        .outerjoin(AutomaticPolicyRecord, AutomaticPolicyRecord.id == AutomaticRollback.policy_id)
        .outerjoin(AutomaticRelease, AutomaticRelease.automatic_id == AutomaticRollback.id)
        .outerjoin(Release, Release.id == AutomaticRelease.release_id)
        .order_by(AutomaticRollback.id.desc())
        .limit(limit)
        .options(undefer(AutomaticRollback.evidence))
    )
    if model_id is not None:
        query = query.where(AutomaticRollback.model_id == model_id)
    if row_id is not None:
        query = query.where(AutomaticRollback.id == row_id)
    if states:
        query = query.where(AutomaticRollback.state.in_(states))
    return tuple(_row(session, registry, *found) for found in session.execute(query))


def _row(
    session: Session,
    registry: Registry,
    row: AutomaticRollback,
    model: Model,
    former: Version,
    wanted: Version | None,
    policy: AutomaticPolicyRecord | None,
    release: Release | None,
) -> AutomaticRow:
    alarm: dict[str, Any] = row.evidence["alarm"]
    report = report_path(registry.paths, model.name, row.id)
    return AutomaticRow(
        id=row.id,
        model=model.name,
        model_title=model.title,
        trigger=row.trigger,
        alarm_id=row.alarm_id,
        state=row.state,
        from_version=former.number,
        to_version=wanted.number if wanted else None,
        from_digest=former.digest,
        to_digest=wanted.digest if wanted else "",
        sentence=row.sentence,
        obstacle=row.obstacle,
        alarm_message=alarm["message"],
        guarantee=alarm["guarantee"],
        onset_at=_instant(alarm["onset"]) if alarm["onset"] else None,
        alarm_at=_instant(alarm["activated"]),
        noted_at=row.noted_at,
        due_at=row.due_at,
        acted_at=row.acted_at,
        ended_at=row.ended_at,
        ended=row.ended,
        findings=tuple(f"{finding['title']}: {finding['finding']}" for finding in row.evidence["findings"]),
        policy=policy.number if policy else None,
        signed_by=_signers(session, policy) if policy else "",
        release=release.id if release else "",
        seconds_to_proof=release.wall_seconds if release else None,
        report=report if report.is_file() else None,
    )


def _signers(session: Session, policy: AutomaticPolicyRecord) -> str:
    """Who signed a policy, in the order of their signatures."""
    approval = session.get(AutomaticApproval, policy.id)
    ids = [policy.signature_id, *([approval.signature_id] if approval else [])]
    return " and ".join(session.get_one(SignatureRecord, each).full_name for each in ids)


def _instant(text: str) -> datetime:
    return as_utc(datetime.fromisoformat(text))


def _in_force(stands: Standing) -> AutomaticTerms | None:
    if stands.number is None or stands.policy is None or stands.proposed is None or stands.approved is None:
        return None
    return _terms(stands.number, stands.policy, stands.proposed, stands.approved, stands.policy.valid_until)


def _waiting(waits: Proposal) -> AutomaticTerms:
    return _terms(waits.number, waits.policy, waits.proposed, None, waits.expires_at)


def _terms(
    number: int, policy: AutomaticPolicy, proposed: Signature, approved: Signature | None, until: datetime
) -> AutomaticTerms:
    return AutomaticTerms(
        number=number,
        triggers=policy.triggers,
        countdown_seconds=policy.countdown_seconds,
        at_most=policy.at_most,
        valid_until=policy.valid_until,
        latency_ms=policy.latency_ms,
        reason=proposed.reason,
        proposed_by=proposed.full_name,
        proposed_at=proposed.at,
        approved_by=approved.full_name if approved else "",
        approved_at=approved.at if approved else None,
        until=until,
    )
