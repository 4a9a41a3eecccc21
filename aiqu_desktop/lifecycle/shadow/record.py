"""The rows of shadows: which one a model has, and how it is written down that it begins and ends."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from aiqu_desktop.registry.tables import Model, ShadowRecord, Version
from aiqu_desktop.security import audit
from aiqu_desktop.security.signing import Signature

ACTOR = "release"


def open_shadow(session: Session, model_id: int) -> ShadowRecord | None:
    """The model's shadow that has not ended, if any."""
    query = select(ShadowRecord).where(ShadowRecord.model_id == model_id, ShadowRecord.ended_at.is_(None))
    return session.scalars(query).one_or_none()


def newest_shadows(session: Session, model_id: int) -> dict[int, ShadowRecord]:
    """Every version's last shadow by the version's id, ended or not."""
    query = select(ShadowRecord).where(ShadowRecord.model_id == model_id).order_by(ShadowRecord.begun_at)
    return {row.version_id: row for row in session.scalars(query)}


def first_begun(session: Session, version_id: int) -> datetime | None:
    """When a version first answered beside a champion; None where it never did."""
    begun: datetime | None = session.scalar(
        select(func.min(ShadowRecord.begun_at)).where(ShadowRecord.version_id == version_id)
    )
    return begun


def write_begun(session: Session, row: ShadowRecord, version: Version, champion: int, signature: Signature) -> None:
    """Add the row of a shadow that begins, with its audit record."""
    session.add(row)
    session.flush()
    model = session.get_one(Model, row.model_id)
    audit.record(
        session,
        at=row.begun_at,
        actor=signature.full_name,
        action="shadow.begun",
        subject=f"model {model.name}",
        new={
            "shadow": row.id,
            "version": version.number,
            "digest": version.digest,
            "beside": champion,
            "signature": signature.id,
        },
        reason=row.reason,
    )


def write_ended(
    session: Session, row: ShadowRecord, *, now: datetime, by: str, reason: str, signature_id: str | None = None
) -> None:
    """Note that a shadow ends, with its audit record."""
    row.ended_at, row.ended_by, row.end_reason, row.end_signature = now, by, reason, signature_id
    session.flush()
    model, version = session.get_one(Model, row.model_id), session.get_one(Version, row.version_id)
    audit.record(
        session,
        at=now,
        actor=by,
        action="shadow.ended",
        subject=f"model {model.name}",
        new={"shadow": row.id, "version": version.number, "signature": signature_id},
        reason=reason,
    )


def end_if_it_serves_now(session: Session, model_id: int, champion_id: int, *, now: datetime) -> None:
    """End the shadow of a version that becomes the champion, in the release's own transaction."""
    row = open_shadow(session, model_id)
    if row is not None and row.version_id == champion_id:
        write_ended(session, row, now=now, by=ACTOR, reason="The version is the champion now.")
