"""The life of a request for promotion or resumption: asked, decided, lapsed.

Each change is written with its audit record, or not at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from aiqu_desktop.core.clock import iso
from aiqu_desktop.core.errors import Refused, UserError
from aiqu_desktop.core.words import ReleaseKind, RequestState
from aiqu_desktop.lifecycle.approvals.separation import act_of, refuse_approver, refuse_requester
from aiqu_desktop.lifecycle.approvals.standing import Lapse, lapse_of
from aiqu_desktop.lifecycle.approvals.subject import Terms, subject_of
from aiqu_desktop.lifecycle.approvals.terms import (
    artifact_digest,
    gates_to_override,
    kind_of,
    terms_of_decision,
    terms_of_request,
    terms_of_row,
    valid_for,
)
from aiqu_desktop.lifecycle.preview import Preview, preview_promotion, refuse_if_changed
from aiqu_desktop.lifecycle.safe_state.previews import preview_resume
from aiqu_desktop.lifecycle.targets.target import Target
from aiqu_desktop.registry import Registry
from aiqu_desktop.registry.tables import Model, PromotionRequest, SignatureRecord, Version
from aiqu_desktop.security import audit
from aiqu_desktop.security.signing import Signature, verified

OPEN = tuple(state for state in RequestState if state.open)
# Gates about the moment, not about the version: when one fails now, the request waits; it is not void.
_OF_THE_MOMENT = frozenset({"target", "release"})


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it stands.

    kind: PROMOTION, or RESUME of the stopped champion. number: the version that it is about. override: names of the
    failed gates that it goes against. data_as_of: as its preview's; the evidence is looked at again with the data of
    that time, so that waiting alone changes nothing.
    """

    id: int
    model: str
    number: int
    state: RequestState
    evidence_digest: str
    override: tuple[str, ...]
    requested_by: str
    reason: str
    expires_at: datetime
    data_as_of: datetime | None
    kind: ReleaseKind = ReleaseKind.PROMOTION


def ask(
    registry: Registry, target: Target, preview: Preview, signature: Signature, *, override: bool = False
) -> Request:
    """Write a request down.

    Args:
        preview: what the requester saw; it must still hold.
        signature: over `terms_of_request`; its reason is the request's.
        override: ask to go ahead against the failed gates, where they may be overridden.

    Raises:
        UserError, Refused: as `gates_to_override`; Refused also if what was shown has changed, the signature is of
            something else, the requester is the author, or a request for the version is open.
    """
    gates = gates_to_override(preview, override)
    terms = terms_of_request(preview, signature.reason, override)
    assert preview.to_version is not None, "gates_to_override refuses it"
    version, number = preview.to_version, preview.to_version.number
    now = _look(registry, target, preview.kind, preview.model, number, preview.data_as_of)
    refuse_if_changed(preview, now)
    settle_lapsed(registry)
    with registry.write() as session:
        signer = verified(session, signature.id, (terms.meaning,), subject=terms.subject, digest=terms.digest)
        row_of = session.get_one(Version, version.version_id)
        refuse_requester(row_of, signer, act_of(preview.kind))
        row = PromotionRequest(
            model_id=row_of.model_id,
            version_id=version.version_id,
            artifact_digest=artifact_digest(version),
            evidence_digest=preview.evidence_digest,
            evidence=preview.to_json(),
            override={"gates": [gate.name for gate in gates]},
            reason=signer.reason,
            requested_at=signer.at,
            expires_at=signer.at + valid_for(session),
            request_signature=signer.id,
            state=RequestState.PENDING,
            decision_reason="",
            ended="",
        )
        session.add(row)
        try:
            session.flush()
        except IntegrityError as error:
            raise Refused(
                f"A request for {preview.model} version {number} is open already, or this signature was used; have it "
                "decided first."
            ) from error
        new = {
            "request": row.id,
            "kind": preview.kind.value,
            "version": number,
            "artifact": row.artifact_digest,
            "evidence": row.evidence_digest,
            "override": row.override["gates"],
            "expires": iso(row.expires_at),
        }
        _note(registry, session, row, signer.full_name, "request.made", signer.reason, new)
        return _request(session, row)


def find(registry: Registry, request_id: int) -> Request:
    """A request as it stands now; one that has lapsed meanwhile is written down as such.

    Raises:
        UserError: if there is none.
    """
    with registry.write() as session:
        row = _row(session, request_id)
        _settle(registry, session, row)
        return _request(session, row)


def terms_for_decision(registry: Registry, request_id: int, *, approve: bool, reason: str) -> Terms:
    """What the second person signs. Raises UserError if there is no such request."""
    with registry.read() as session:
        row = _row(session, request_id)
        return terms_of_decision(row, session.get_one(Model, row.model_id).name, approve=approve, reason=reason)


def decide(registry: Registry, target: Target, request_id: int, signature: Signature, *, approve: bool) -> Request:
    """Approve or decline a pending request. Approval looks at the evidence again first.

    Args:
        signature: over `terms_of_decision`; its reason is the decision's.

    Raises:
        UserError: if there is no such request.
        Refused: if it is not pending, its evidence has changed (it is void then), a gate of the moment fails, the
            signature is of something else, or the approver is not another person.
    """
    before = find(registry, request_id)
    refuse_unless(before, RequestState.PENDING)
    if approve:
        refuse_if_stale(registry, before, seen_again(registry, target, before))
    with registry.write() as session:
        row = _row(session, request_id)
        lapse = _settle(registry, session, row)
        if lapse is None:
            refuse_unless(_request(session, row), RequestState.PENDING)
            terms = terms_of_decision(row, before.model, approve=approve, reason=signature.reason)
            signer = verified(session, signature.id, (terms.meaning,), subject=terms.subject, digest=terms.digest)
            asked = _asked(session, row, before.model)
            withdrawn = not approve and signer.person_id == asked.person_id
            if approve:
                refuse_approver(session, session.get_one(Version, row.version_id), asked, signer, act_of(before.kind))
            row.state = RequestState.APPROVED if approve else RequestState.DECLINED
            row.decision_signature, row.decided_at, row.decision_reason = signer.id, signer.at, signer.reason
            if not approve:
                how = "Withdrawn" if withdrawn else "Declined"
                row.ended = f"{how} by {signer.full_name}: {signer.reason.rstrip('.')}."
            _note(
                registry,
                session,
                row,
                signer.full_name,
                f"request.{row.state.value}",
                signer.reason,
                {"request": row.id},
            )
            return _request(session, row)
    raise Refused(lapse.sentence)


def seen_again(registry: Registry, target: Target, request: Request) -> Preview:
    """What the request is about as it stands now, on the data that were known when it was made."""
    return _look(registry, target, request.kind, request.model, request.number, request.data_as_of)


def _look(
    registry: Registry, target: Target, kind: ReleaseKind, model: str, number: int, as_of: datetime | None
) -> Preview:
    if kind is ReleaseKind.RESUME:
        return preview_resume(registry, model, target=target)
    return preview_promotion(registry, model, number, target=target, as_of=as_of)


def open_request(registry: Registry, model: str, number: int) -> Request | None:
    """The request to promote this version that is open; None where there is none."""
    with registry.read() as session:
        row = session.scalars(
            select(PromotionRequest)
            .join(Model, Model.id == PromotionRequest.model_id)
            .join(Version, Version.id == PromotionRequest.version_id)
            .where(Model.name == model, Version.number == number, PromotionRequest.state.in_(OPEN))
        ).one_or_none()
        if row is None or lapse_of(session, row, registry.clock.now()) is not None:
            return None
        return _request(session, row)


def refuse_unless(request: Request, wanted: RequestState) -> None:
    """Raise Refused, with the reason, when a request does not stand as wanted."""
    if request.state is not wanted:
        advice = "have it approved" if request.state.open else "make another request"
        raise Refused(
            f"Request {request.id} ({request.kind} of {request.model} version {request.number}) is "
            f"{request.state.value}, not {wanted.value}; {advice}."
        )


def refuse_if_stale(registry: Registry, request: Request, now: Preview) -> None:
    """Compare what holds now with what the request is bound to; a difference makes it void, and that is committed.

    Raises:
        Refused: if they differ, or a gate about the moment, such as a line that answers, fails just now.
    """
    moment = next((gate for gate in now.failed if gate.name in _OF_THE_MOMENT), None)
    if moment is not None:
        raise Refused(f"The {now.kind} has to wait: {moment.finding}")
    with registry.write() as session:
        row = _row(session, request.id)
        if not row.state.open or row.evidence_digest == now.evidence_digest:
            return
        sentence = f"What was asked for has changed ({changed_in(row.evidence, now)}), so request {row.id} is void."
        _end(registry, session, row, Lapse(RequestState.VOID, sentence))
    raise Refused(f"{sentence} Look at the new evidence and make another request.")


def changed_in(shown: Mapping[str, Any], now: Preview) -> str:
    """Where the evidence differs, in a few words."""
    before = {gate["name"]: gate for gate in shown["gates"]}
    for gate in now.gates:
        if before.get(gate.name) != gate.to_json():
            return f"{gate.title}: {gate.finding.rstrip('.')}"
    return "the versions"


def settle_lapsed(registry: Registry) -> None:
    """Write down every open request that has expired or become void."""
    with registry.read() as session:
        ids = session.scalars(select(PromotionRequest.id).where(PromotionRequest.state.in_(OPEN))).all()
    for request_id in ids:
        find(registry, request_id)


def _asked(session: Session, row: PromotionRequest, model: str) -> Signature:
    terms = terms_of_row(row, model)
    return verified(session, row.request_signature, (terms.meaning,), subject=terms.subject, digest=terms.digest)


def _settle(registry: Registry, session: Session, row: PromotionRequest) -> Lapse | None:
    lapse = lapse_of(session, row, registry.clock.now()) if row.state.open else None
    if lapse is not None:
        _end(registry, session, row, lapse)
    return lapse


def _end(registry: Registry, session: Session, row: PromotionRequest, lapse: Lapse) -> None:
    row.state, row.ended = lapse.state, lapse.sentence
    _note(registry, session, row, "service", f"request.{lapse.state.value}", lapse.sentence, {"request": row.id})


def _note(
    registry: Registry,
    session: Session,
    row: PromotionRequest,
    actor: str,
    action: str,
    reason: str,
    new: Mapping[str, Any],
) -> None:
    subject = subject_of(session.get_one(Model, row.model_id).name)
    audit.record(session, at=registry.clock.now(), actor=actor, action=action, subject=subject, new=new, reason=reason)


def _row(session: Session, request_id: int) -> PromotionRequest:
    row = session.get(PromotionRequest, request_id)
    if row is None:
        raise UserError(f"There is no request {request_id} on this site; 'aiqu approve' lists the open ones.")
    return row


def _request(session: Session, row: PromotionRequest) -> Request:
    return Request(
        id=row.id,
        model=session.get_one(Model, row.model_id).name,
        number=session.get_one(Version, row.version_id).number,
        state=row.state,
        evidence_digest=row.evidence_digest,
        override=tuple(row.override["gates"]),
        requested_by=session.get_one(SignatureRecord, row.request_signature).full_name,
        reason=row.reason,
        expires_at=row.expires_at,
        data_as_of=datetime.fromisoformat(as_of) if (as_of := row.evidence.get("data_as_of")) else None,
        kind=kind_of(row),
    )
