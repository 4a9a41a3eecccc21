"""Which version was live when: read from completed releases, never from a flag that could be set without one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from aiqu_desktop.core.clock import as_utc
from aiqu_desktop.core.words import ReleaseKind, ReleaseState
from aiqu_desktop.lifecycle.facts import model_named
from aiqu_desktop.registry import Registry
from aiqu_desktop.registry.tables import Release, ReleaseStep, Version


@dataclass(frozen=True, slots=True)
class Span:
    """One version's time as champion, in the site's instants; `until` is None while it lasts.

    release: the release that put it live, and its kind. ended_by: the kind of the release that replaced it.
    """

    version_id: int
    number: int
    release: str
    kind: ReleaseKind
    since: datetime
    until: datetime | None
    ended_by: ReleaseKind | None

    def covers(self, instant: datetime) -> bool:
        """True from `since` on and until just before `until`."""
        return self.since <= instant and (self.until is None or instant < self.until)


def spans(registry: Registry, model: str) -> tuple[Span, ...]:
    """The model's champions one after the other, oldest first; a replayed clock may give a span no length.

    Raises:
        UserError: if there is no such model.
    """
    with registry.read() as session:
        return spans_of(session, model_named(session, model).id)


def spans_of(session: Session, model_id: int) -> tuple[Span, ...]:
    """`spans` inside a session of the caller."""
    # The completing step's number orders them also where two finished at the same replayed instant.
    rows = session.execute(
        select(Release, Version.number)
        .join(Version, Version.id == Release.to_version_id)
        .join(ReleaseStep, ReleaseStep.release_id == Release.id)
        .where(
            Release.model_id == model_id,
            Release.state == ReleaseState.COMPLETED,
            ReleaseStep.step == ReleaseState.COMPLETED.value,
        )
        .order_by(ReleaseStep.id)
    ).all()
    found = []
    for place, (release, number) in enumerate(rows):
        assert release.finished_at is not None, "a completed release has its end"
        following = rows[place + 1][0] if place + 1 < len(rows) else None
        found.append(
            Span(
                version_id=release.to_version_id,
                number=number,
                release=release.id,
                kind=release.kind,
                since=release.finished_at,
                until=following.finished_at if following else None,
                ended_by=following.kind if following else None,
            )
        )
    return tuple(found)


def span_at(every: Sequence[Span], instant: datetime) -> Span | None:
    """The one of a model's spans in which a site instant lies; None where nothing was live.

    Of two releases at one replayed instant the later one holds.
    """
    moment = as_utc(instant)
    return next((span for span in reversed(every) if span.covers(moment)), None)
