"""Whether an open request still stands: as it was signed, by people who still may, in time, about the same artifact."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from aiqu_desktop.core.clock import iso
from aiqu_desktop.core.errors import Refused
from aiqu_desktop.core.files import canonical_json, sha256_bytes
from aiqu_desktop.core.words import RequestState
from aiqu_desktop.lifecycle.approvals.terms import artifact_digest, terms_of_decision, terms_of_row, valid_for
from aiqu_desktop.lifecycle.facts import facts_of
from aiqu_desktop.registry.tables import Model, PromotionRequest, Version
from aiqu_desktop.security.signing import verified


@dataclass(frozen=True, slots=True)
class Lapse:
    """How a request ended by itself, and why in one sentence."""

    state: RequestState
    sentence: str


def lapse_of(session: Session, row: PromotionRequest, now: datetime) -> Lapse | None:
    """Why an open request no longer stands at the site's instant `now`; None while it does.

    Every column of the row is either bound by a signature or computed anew from one, so a rewritten row is void.
    """
    model = session.get_one(Model, row.model_id).name
    asked = terms_of_row(row, model)
    try:
        signer = verified(session, row.request_signature, (asked.meaning,), subject=asked.subject, digest=asked.digest)
        if row.state is RequestState.APPROVED:
            decided = terms_of_decision(row, model, approve=True, reason=row.decision_reason)
            decision = row.decision_signature or ""
            verified(session, decision, (decided.meaning,), subject=decided.subject, digest=decided.digest)
    except Refused as error:
        return Lapse(RequestState.VOID, f"Request {row.id} is void: {error}")
    if row.evidence_digest != sha256_bytes(canonical_json(row.evidence)) or row.requested_at != signer.at:
        return Lapse(RequestState.VOID, f"Request {row.id} is void: it is not as it was signed; look into that.")
    expires = signer.at + valid_for(session)
    if now >= min(expires, row.expires_at):
        return Lapse(RequestState.EXPIRED, f"Request {row.id} expired at {iso(expires)}; make another.")
    if now < signer.at:
        return Lapse(RequestState.VOID, f"Request {row.id} is void: the site's clock was set back; make another.")
    if artifact_digest(facts_of(session.get_one(Version, row.version_id))) != row.artifact_digest:
        return Lapse(RequestState.VOID, f"Request {row.id} is void: the version's files are not those it was made for.")
    return None
