"""Requests to promote or resume as they are listed: what waits for an approver, and what became of the others."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from aiqu_desktop.lifecycle.approvals.requests import OPEN
from aiqu_desktop.lifecycle.approvals.standing import lapse_of
from aiqu_desktop.lifecycle.approvals.terms import kind_of
from aiqu_desktop.lifecycle.facts import model_named
from aiqu_desktop.registry import Registry
from aiqu_desktop.registry.tables import Model, PromotionRequest, SignatureRecord, Version
from aiqu_desktop.services.views import RequestRow


def list_requests(registry: Registry, *, model: str | None = None, only_open: bool = True) -> tuple[RequestRow, ...]:
    """Requests, newest first, as they stand at the site's present instant.

    Raises:
        UserError: if there is no such model.
    """
    with registry.read() as session:
        model_id = None if model is None else model_named(session, model).id
        rows = request_rows(session, registry, model_id=model_id, only_open=only_open)
    return tuple(row for row in rows if row.state.open or not only_open)


def request_rows(
    session: Session, registry: Registry, *, model_id: int | None = None, only_open: bool = True
) -> tuple[RequestRow, ...]:
    """The rows of `list_requests` inside a session that is already open; one that has just lapsed says so."""
    asked, decided = aliased(SignatureRecord), aliased(SignatureRecord)
    query = (
        select(PromotionRequest, Model.name, Model.title, Version.number, asked, decided.full_name)
        .join(Model, Model.id == PromotionRequest.model_id)
        .join(Version, Version.id == PromotionRequest.version_id)
        .join(asked, asked.id == PromotionRequest.request_signature)
        .outerjoin(decided, decided.id == PromotionRequest.decision_signature)
        .order_by(PromotionRequest.id.desc())
    )
    if model_id is not None:
        query = query.where(PromotionRequest.model_id == model_id)
    if only_open:
        query = query.where(PromotionRequest.state.in_(OPEN))
    now, rows = registry.clock.now(), []
    for request, name, title, number, requester, decider in session.execute(query):
        lapse = lapse_of(session, request, now) if request.state.open else None
        shown = {gate["name"]: gate["title"] for gate in request.evidence["gates"]}
        rows.append(
            RequestRow(
                id=request.id,
                model=name,
                model_title=title,
                version=number,
                state=lapse.state if lapse else request.state,
                requested_by=requester.full_name,
                requested_name=requester.name,
                reason=request.reason,
                override=tuple(shown.get(gate, gate) for gate in request.override["gates"]),
                requested_at=request.requested_at,
                expires_at=request.expires_at,
                decided_by=decider or "",
                decided_at=request.decided_at,
                decision_reason=request.decision_reason,
                ended=lapse.sentence if lapse else request.ended,
                kind=kind_of(request),
            )
        )
    return tuple(rows)
