"""A release's own record: each state is committed with a step and an audit record, the intent before anything else."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from aiqu_desktop.core.errors import Refused
from aiqu_desktop.core.words import ReleaseKind, ReleaseState, VersionState
from aiqu_desktop.lifecycle.approvals.warrant import ENDS_A_STOP, Warrant
from aiqu_desktop.lifecycle.history import placed_by
from aiqu_desktop.lifecycle.preview import Preview
from aiqu_desktop.lifecycle.safe_state.hold import hold_of
from aiqu_desktop.lifecycle.shadow.record import end_if_it_serves_now
from aiqu_desktop.lifecycle.targets.target import Placement
from aiqu_desktop.registry import Registry
from aiqu_desktop.registry.tables import Hold, Model, Release, ReleaseStep, Version
from aiqu_desktop.security import audit


@dataclass(frozen=True, slots=True)
class Order:
    """One release as it is carried out.

    former, wanted: what the target serves before and shall serve after; `former` is None for a model's first release.
        Those of a stop are both the version that it takes out of service.
    stopped_by: the release of the stop that stands while this one is carried out, so that giving up means to stand
        still again and not to serve `former`; "" where none stands.
    state: the last committed one.
    """

    release: str
    model_id: int
    model: str
    kind: ReleaseKind
    former_id: int | None
    former: Placement | None
    wanted_id: int
    wanted: Placement
    state: ReleaseState
    stopped_by: str = ""


class Journal:
    """Writes the states of releases. `actor` is who acts: those on whose word it is, or "recovery" at a start.

    Every method raises EnvironmentFault when the registry cannot be written; the release then stays as it was.
    """

    def __init__(self, registry: Registry, actor: str = "") -> None:
        self._registry = registry
        self._actor = actor

    def intend(self, preview: Preview, warrant: Warrant) -> Order:
        """Commit the intent, and spend in the same transaction what entitles to it.

        The target must not be touched before this returns.

        Raises:
            Refused: if another release of the model is open, or the warrant does not entitle to this.
        """
        outcome = preview.to_version or preview.from_version
        assert outcome is not None, "a blocked preview is refused before"
        with self._registry.write() as session:
            model = session.scalars(select(Model).where(Model.name == preview.model)).one()
            now = self._registry.clock.now()
            authority = warrant.spend(session, preview, now)
            standing = _standing_stop(session, model, preview, warrant)
            self._actor, reason = authority.actor, authority.reason
            release = Release(
                id=uuid.uuid4().hex,
                model_id=model.id,
                kind=preview.kind,
                from_version_id=preview.from_version.version_id if preview.from_version else None,
                to_version_id=outcome.version_id,
                state=ReleaseState.INTENDED,
                requested_by=authority.requested_by,
                reason=reason,
                evidence={"digest": preview.evidence_digest, "shown": preview.to_json()},
                intended_at=now,
            )
            session.add(release)
            try:
                session.flush()
            except IntegrityError as error:
                raise Refused(
                    f"Another release of {preview.model} is open; wait until it is done, or restart AiQu Desktop."
                ) from error
            session.add_all(authority.rows(release.id))
            if preview.kind is ReleaseKind.STOP:
                _hold(session, release, standing)
            session.flush()
            order = _order(session, release)
            new = {
                "release": release.id,
                "kind": preview.kind.value,
                "from": preview.from_version.number if preview.from_version else None,
                "to": preview.to_version.number if preview.to_version else None,
                "digest": outcome.digest,
                "evidence": preview.evidence_digest,
                "request": authority.request_id,
                "signature": authority.signature_id,
                "automatic": authority.automatic_id,
            }
            if authority.override:
                self._report_override(session, order, authority.override)
            if preview.kind is ReleaseKind.STOP:
                new |= {"stopped": True}
            self._note(session, order, ReleaseState.INTENDED, f"{preview.kind} intended", new, reason)
            return order

    def _report_override(self, session: Session, order: Order, override: Mapping[str, Any]) -> None:
        """An override is an event of its own in the chain, so that nobody has to look for it."""
        audit.record(
            session,
            at=self._registry.clock.now(),
            actor=self._actor,
            action="release.overridden",
            subject=f"model {order.model}",
            new={"release": order.release, "version": order.wanted.version, **override},
            reason=" / ".join(override["reasons"]),
        )

    def advance(self, order: Order, state: ReleaseState, detail: str) -> Order:
        """Commit an unfinished state: STAGED or SWITCHED."""
        with self._registry.write() as session:
            _open(session, order).state = state
            self._note(session, order, state, detail, {"release": order.release})
        return replace(order, state=state)

    def complete(self, order: Order, detail: str, proof: Mapping[str, Any], wall_seconds: float | None) -> Order:
        """In one transaction: the old champion steps down, the new one up and ends its shadow, the release is done.

        A stop and a resumption leave the champion what it is. Whatever serves from now on ends a stop that stood.
        """
        with self._registry.write() as session:
            release = _open(session, order)
            if order.kind in (ReleaseKind.PROMOTION, ReleaseKind.ROLLBACK):
                if order.former_id is not None:
                    former = session.get_one(Version, order.former_id)
                    rollback = order.kind is ReleaseKind.ROLLBACK
                    former.state = VersionState.WITHDRAWN if rollback else VersionState.RETIRED
                    session.flush()  # the database allows one champion only, so the old one must step down first
                session.get_one(Version, order.wanted_id).state = VersionState.CHAMPION
                end_if_it_serves_now(session, order.model_id, order.wanted_id, now=self._registry.clock.now())
            new: dict[str, Any] = {
                "release": order.release, "champion": order.wanted.version, "digest": order.wanted.digest,
            }  # fmt: skip
            stopping, standing = order.kind is ReleaseKind.STOP, hold_of(session, order.model_id)
            if stopping or standing is not None:
                new |= {"stopped": stopping}
            if standing is not None and not stopping:
                standing.ended_by, standing.ended_at = order.release, self._registry.clock.now()
            self._finish(session, order, release, ReleaseState.COMPLETED, detail, proof, new)
            release.wall_seconds = wall_seconds
        return replace(order, state=ReleaseState.COMPLETED)

    def give_up(self, order: Order, state: ReleaseState, detail: str, proof: Mapping[str, Any]) -> Order:
        """Commit REVERTED or UNKNOWN: the champion in the registry stays what it was."""
        with self._registry.write() as session:
            release = _open(session, order)
            champion = order.former.version if order.former else None
            self._finish(
                session, order, release, state, detail, proof, {"release": order.release, "champion": champion}
            )
        return replace(order, state=state)

    def _finish(
        self,
        session: Session,
        order: Order,
        release: Release,
        state: ReleaseState,
        detail: str,
        proof: Mapping[str, Any],
        new: Mapping[str, Any],
    ) -> None:
        release.state = state
        release.finished_at = self._registry.clock.now()
        release.outcome = detail
        release.proof = dict(proof)
        self._note(session, order, state, detail, new)

    def _note(
        self,
        session: Session,
        order: Order,
        state: ReleaseState,
        detail: str,
        new: Mapping[str, Any],
        reason: str = "",
    ) -> None:
        now = self._registry.clock.now()
        session.add(ReleaseStep(release_id=order.release, at=now, step=state.value, detail=detail))
        former = order.former.version if order.former else None
        audit.record(
            session,
            at=now,
            actor=self._actor,
            action=f"release.{state.value}",
            subject=f"model {order.model}",
            old={"champion": former} if state in (ReleaseState.INTENDED, ReleaseState.COMPLETED) else None,
            new=new,
            reason=reason or detail,
        )


def unfinished_orders(registry: Registry, model: str | None = None) -> tuple[Order, ...]:
    """Every release that is open, of one model or of all."""
    states = [state for state in ReleaseState if state.unfinished]
    query = select(Release).join(Model, Model.id == Release.model_id).where(Release.state.in_(states))
    if model is not None:
        query = query.where(Model.name == model)
    with registry.read() as session:
        return tuple(_order(session, release) for release in session.scalars(query.order_by(Model.name)))


def _order(session: Session, release: Release) -> Order:
    """The order of a release, told from the registry alone: what recovery has after a kill."""
    former = session.get(Version, release.from_version_id) if release.from_version_id is not None else None
    wanted = session.get_one(Version, release.to_version_id)
    placement = None
    if former is not None:
        # The champion is on the target under the release that put it there.
        placement = Placement(former.digest, former.number, placed_by(session, release.model_id, former.id))
    hold = hold_of(session, release.model_id)
    return Order(
        release=release.id,
        model_id=release.model_id,
        model=session.get_one(Model, release.model_id).name,
        kind=release.kind,
        former_id=release.from_version_id,
        former=placement,
        wanted_id=wanted.id,
        wanted=Placement(wanted.digest, wanted.number, release.id),
        state=release.state,
        stopped_by=hold.release_id if hold is not None and hold.release_id != release.id else "",
    )


def _standing_stop(session: Session, model: Model, preview: Preview, warrant: Warrant) -> Hold | None:
    """The stop that stands, if it lets this release begin.

    Raises:
        Refused: if there is none to resume from, or the warrant is not one that ends a stop.
    """
    standing = hold_of(session, model.id)
    if standing is None:
        if preview.kind is ReleaseKind.RESUME:
            raise Refused(f"{model.name} is not stopped, so there is nothing to resume.")
    elif preview.kind is not ReleaseKind.STOP and not isinstance(warrant, ENDS_A_STOP):
        raise Refused(f"{model.name} is stopped, and only people end a stop: roll back, promote, or resume it.")
    return standing


def _hold(session: Session, release: Release, unproven: Hold | None) -> None:
    """From the intent on the model shall not serve; a stop that was not proven gives way to the new one."""
    if unproven is not None:
        unproven.ended_by, unproven.ended_at = release.id, release.intended_at
        session.flush()  # the database allows one open hold only
    session.add(Hold(release_id=release.id, model_id=release.model_id, since=release.intended_at))


def _open(session: Session, order: Order) -> Release:
    release = session.get_one(Release, order.release)
    if not release.state.unfinished:
        raise Refused(f"The release of {order.model} version {order.wanted.version} is {release.state} already.")
    return release
