"""Whether a model is stopped. Its champion stays the champion: a hold says that it shall not serve."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from aiqu_desktop.core.clock import iso
from aiqu_desktop.core.words import ReleaseState
from aiqu_desktop.registry.tables import Hold, Release


@dataclass(frozen=True, slots=True)
class Stopped:
    """A stop that stands.

    proven: the target was seen to serve nothing when it was stopped. outcome: how the stop ended, in one sentence;
    empty while it is under way. wall_seconds: from the press to that proof.
    """

    release: str
    since: datetime
    by: str
    reason: str
    proven: bool
    outcome: str
    wall_seconds: float | None
    proof: Mapping[str, Any]

    def to_json(self) -> dict[str, Any]:
        """What is shown of it where somebody decides, part of the evidence."""
        return {"release": self.release, "since": iso(self.since), "by": self.by, "reason": self.reason}


def hold_of(session: Session, model_id: int) -> Hold | None:
    """The hold that stands; None while the model is in service."""
    return session.scalars(select(Hold).where(Hold.model_id == model_id, Hold.ended_by.is_(None))).one_or_none()


def stopped(session: Session, model_id: int) -> Stopped | None:
    """The stop that stands, with who and why; None while the model is in service."""
    hold = hold_of(session, model_id)
    if hold is None:
        return None
    release = session.get_one(Release, hold.release_id)
    return Stopped(
        release=release.id,
        since=hold.since,
        by=release.requested_by,
        reason=release.reason,
        proven=release.state is ReleaseState.COMPLETED,
        outcome=release.outcome,
        wall_seconds=release.wall_seconds,
        proof=release.proof,
    )


def last_stop_ended_at(session: Session, model_id: int) -> datetime | None:
    """When the newest stop that is over ended; None where there was none."""
    return session.scalars(
        select(Hold.ended_at)
        .where(Hold.model_id == model_id, Hold.ended_by.is_not(None))
        .order_by(Hold.ended_at.desc())
    ).first()
