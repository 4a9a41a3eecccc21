"""Which version was live when: read from completed releases, never from a flag that could be set without one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from aiqu_desktop.core.clock import as_utc
from aiqu_desktop.core.words import ReleaseKind, ReleaseState
from aiqu_desktop.lifecycle.facts import model_named
from aiqu_desktop.registry import Registry
from aiqu_desktop.registry.tables import Release, ReleaseStep, Version


@dataclass(frozen=True, slots=True)
class Span:
    """One version's time in service or out of it, in the site's instants; `until` is None while it lasts.

    release: the release that began it, and its kind: a stop begins a time in which the champion does not serve.
    ended_by: the kind of the release that ended it. proven: False for a stop that the target did not prove.
    """

    version_id: int
    number: int
    release: str
    kind: ReleaseKind
    since: datetime
    until: datetime | None
    ended_by: ReleaseKind | None
    proven: bool = True

    @property
    def serves(self) -> bool:
        """False while the model is stopped: nothing answers then, or nothing should."""
        return self.kind is not ReleaseKind.STOP

    def covers(self, instant: datetime) -> bool:
        """True from `since` on and until just before `until`."""
        return self.since <= instant and (self.until is None or instant < self.until)


def spans(registry: Registry, model: str) -> tuple[Span, ...]:
    """The model's champions and stops one after the other, oldest first; a replayed clock may give a span no length.

    Raises:
        UserError: if there is no such model.
    """
    with registry.read() as session:
        return spans_of(session, model_named(session, model).id)


def spans_of(session: Session, model_id: int) -> tuple[Span, ...]:
    """`spans` inside a session of the caller."""
    # The ending step's number orders them also where two finished at the same replayed instant. A stop that was not
    # proven counts: it is what was wanted from then on.
    rows = session.execute(
        select(Release, Version.number)
        .join(Version, Version.id == Release.to_version_id)
        .join(ReleaseStep, ReleaseStep.release_id == Release.id)
        .where(
            Release.model_id == model_id,
            or_(
                Release.state == ReleaseState.COMPLETED,
                and_(Release.kind == ReleaseKind.STOP, Release.state == ReleaseState.UNKNOWN),
            ),
            ReleaseStep.step == Release.state,
        )
        .order_by(ReleaseStep.id)
    ).all()
    found = []
    for place, (release, number) in enumerate(rows):
        assert release.finished_at is not None, "a release that has ended has its end"
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
                proven=release.state is ReleaseState.COMPLETED,
            )
        )
    return tuple(found)


def placed_by(session: Session, model_id: int, version_id: int) -> str:
    """The release that put a version on the target last; "" where none did."""
    past = [span.release for span in spans_of(session, model_id) if span.serves and span.version_id == version_id]
    return past[-1] if past else ""


def span_at(every: Sequence[Span], instant: datetime) -> Span | None:
    """The one of a model's spans in which a site instant lies; None where nothing was live.

    Of two releases at one replayed instant the later one holds.
    """
    moment = as_utc(instant)
    return next((span for span in reversed(every) if span.covers(moment)), None)
