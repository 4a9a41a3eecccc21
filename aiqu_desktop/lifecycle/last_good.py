"""The last known good: the newest earlier champion that was healthy until it was replaced."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from aiqu_desktop.core.words import VersionState
from aiqu_desktop.lifecycle.history import Span, spans_of
from aiqu_desktop.registry.tables import Alarm, Version

_HARM = "performance"  # the alarm that says that a model hurts; drift alone is advice


def healthy_champions(session: Session, model_id: int) -> tuple[Version, ...]:
    """Earlier champions that a rollback may go to, the one replaced last first.

    One that was rolled back from (withdrawn), that was replaced while it was stopped, or that had an active performance
    alarm when it was replaced, is not among them; nor is the present champion.
    """
    found: dict[int, Version] = {}
    seen: set[int] = set()
    for span in reversed(_ended(spans_of(session, model_id))):
        if span.version_id in seen:
            continue
        seen.add(span.version_id)  # only its latest time as champion counts
        version = session.get_one(Version, span.version_id)
        unfit = version.state in (VersionState.CHAMPION, VersionState.WITHDRAWN) or not span.serves
        if not unfit and span.until is not None and not performance_alarm(session, model_id, version.id, span.until):
            found[version.id] = version
    return tuple(found.values())


def why_no_way_back(session: Session, model_id: int) -> str:
    """Why `healthy_champions` has none, in one sentence."""
    champions = [span for span in spans_of(session, model_id) if span.serves]
    if not champions:
        return "No version was ever live, so there is nothing to go back from."
    if len({span.version_id for span in champions}) == 1:
        return f"Version {champions[0].number} is the first that went live, so there is nothing to go back to yet."
    return "No earlier version was healthy when it was replaced, so none is known to be good."


def performance_alarm(session: Session, model_id: int, version_id: int, instant: datetime) -> bool:
    """True when a performance alarm of this version was active at a site instant."""
    return bool(
        session.scalar(
            select(Alarm.id)
            .where(
                Alarm.model_id == model_id,
                Alarm.key == _HARM,
                or_(Alarm.version_id == version_id, Alarm.version_id.is_(None)),
                Alarm.activated_at <= instant,
                or_(Alarm.returned_at.is_(None), Alarm.returned_at >= instant),
            )
            .limit(1)
        )
    )


def _ended(all_spans: Sequence[Span]) -> list[Span]:
    return [span for span in all_spans if span.until is not None]
