"""Which version answered when, and when none did: for any instant of the past, or as a list of all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from aiqu_desktop.core.clock import as_utc, iso
from aiqu_desktop.core.errors import Refused
from aiqu_desktop.core.words import ReleaseKind
from aiqu_desktop.lifecycle.facts import model_named
from aiqu_desktop.lifecycle.history import Span, span_at, spans_of
from aiqu_desktop.registry import Registry
from aiqu_desktop.registry.tables import Release, ReleaseAuthority, Version


@dataclass(frozen=True, slots=True)
class Served:
    """One version's time as the one that answers, or a time in which it was stopped; `until` None while it lasts.

    digest: SHA-256 of its model.onnx, as the target proved it in `release`.
    serves: False for a stop. proven: False for a stop that the target did not prove, so that it may have answered.
    """

    model: str
    version: int
    digest: str
    since: datetime
    until: datetime | None
    release: str
    kind: ReleaseKind
    by: str
    reason: str
    proof: str
    serves: bool
    proven: bool


def served_spans(registry: Registry, model: str) -> tuple[Served, ...]:
    """Every champion of a model and every stop, oldest first.

    Raises:
        UserError: if there is no such model.
    """
    with registry.read() as session:
        found = model_named(session, model)
        return tuple(_served(session, model, span) for span in spans_of(session, found.id))


def served_at(registry: Registry, model: str, instant: datetime) -> Served:
    """What answered at a site instant, or the stop that kept it from answering; an instant without zone is UTC.

    Raises:
        UserError: if there is no such model.
        Refused: if no version was live then, or the instant lies in the future.
    """
    moment = as_utc(instant)
    if moment > registry.clock.now():
        raise Refused(f"{iso(moment)} lies in the future of this site; its clock shows {iso(registry.clock.now())}.")
    with registry.read() as session:
        every = spans_of(session, model_named(session, model).id)
        span = span_at(every, moment)
        if span is None:
            raise Refused(f"No version of {model} was live at {iso(moment)}; {_first(every)}.")
        return _served(session, model, span)


def _served(session: Session, model: str, span: Span) -> Served:
    release, authority = session.get_one(Release, span.release), session.get(ReleaseAuthority, span.release)
    approved = f", approved by {authority.approved_by}" if authority and authority.approved_by else ""
    return Served(
        model=model,
        version=span.number,
        digest=session.get_one(Version, span.version_id).digest,
        since=span.since,
        until=span.until,
        release=span.release,
        kind=span.kind,
        by=f"{release.requested_by}{approved}",
        reason=release.reason,
        proof=release.outcome,
        serves=span.serves,
        proven=span.proven,
    )


def _first(every: Sequence[Span]) -> str:
    return f"the first went live at {iso(every[0].since)}" if every else "none was ever live"
