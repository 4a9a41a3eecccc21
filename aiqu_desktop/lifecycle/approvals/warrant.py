"""What entitles a release. The journal spends a warrant in the transaction of the intent, or nothing is written."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from aiqu_desktop.core.errors import Refused
from aiqu_desktop.core.words import Meaning, ReleaseKind, RequestState
from aiqu_desktop.lifecycle.approvals.separation import act_of, refuse_approver, refuse_requester
from aiqu_desktop.lifecycle.approvals.standing import lapse_of
from aiqu_desktop.lifecycle.approvals.subject import Terms
from aiqu_desktop.lifecycle.approvals.terms import (
    kind_of,
    terms_of_decision,
    terms_of_rollback,
    terms_of_row,
    terms_of_stop,
)
from aiqu_desktop.lifecycle.preview import Preview
from aiqu_desktop.registry.tables import AutomaticRelease, Base, Model, PromotionRequest, ReleaseAuthority, Version
from aiqu_desktop.security.signing import verified


@dataclass(frozen=True, slots=True)
class Authority:
    """On whose word a release is carried out. override: the failed gates that it goes against, and both reasons.

    automatic_id: the automatic rollback that it is; then both names are those of who signed its policy beforehand.
    """

    requested_by: str
    approved_by: str
    reason: str
    request_id: int | None = None
    signature_id: str | None = None
    override: dict[str, Any] = field(default_factory=dict)
    automatic_id: int | None = None

    @property
    def actor(self) -> str:
        """Who acts, for the audit chain."""
        if self.automatic_id is not None:
            return self.requested_by
        return f"{self.requested_by} and {self.approved_by}" if self.approved_by else self.requested_by

    def rows(self, release_id: str) -> list[Base]:
        """The rows that use it up: request, signature and automatic rollback can each stand in one only."""
        spent: list[Base] = [
            ReleaseAuthority(
                release_id=release_id,
                request_id=self.request_id,
                signature_id=self.signature_id,
                approved_by=self.approved_by,
                override=self.override,
            )
        ]
        if self.automatic_id is not None:
            spent.append(AutomaticRelease(release_id=release_id, automatic_id=self.automatic_id))
        return spent


class Warrant(Protocol):
    """Something on whose strength a release may be written down."""

    def spend(self, session: Session, preview: Preview, now: datetime) -> Authority:
        """Check that it entitles to just this, at this instant, and use it up.

        Raises:
            Refused: if it does not.
        """
        ...


@dataclass(frozen=True, slots=True)
class ApprovedRequest:
    """Two people's word: entitles to the one promotion or resumption that was asked for and approved."""

    request_id: int

    def spend(self, session: Session, preview: Preview, now: datetime) -> Authority:
        row = session.get(PromotionRequest, self.request_id)
        if row is None or row.state is not RequestState.APPROVED or row.decision_signature is None:
            raise Refused(
                f"There is no approved request for this {preview.kind}; another person must approve one first."
            )
        if session.scalar(select(ReleaseAuthority.release_id).where(ReleaseAuthority.request_id == row.id)) is not None:
            raise Refused(f"Request {row.id} has served a release already; make another request.")
        lapse = lapse_of(session, row, now)
        if lapse is not None:
            raise Refused(lapse.sentence)
        version = session.get_one(Version, row.version_id)
        wanted = preview.to_version
        if (
            preview.kind is not kind_of(row)
            or wanted is None
            or wanted.version_id != version.id
            or preview.evidence_digest != row.evidence_digest
        ):
            raise Refused(f"Request {row.id} was approved for other evidence than there is now; make another request.")
        gates = tuple(row.override["gates"])
        if preview.blocked and (not preview.overridable or {gate.name for gate in preview.failed} != set(gates)):
            raise Refused(f"The {preview.kind} is blocked: {preview.blocking}")
        model = session.get_one(Model, row.model_id).name
        asked, decided = (
            terms_of_row(row, model),
            terms_of_decision(row, model, approve=True, reason=row.decision_reason),
        )
        requester = verified(
            session, row.request_signature, (asked.meaning,), subject=asked.subject, digest=asked.digest
        )
        approver = verified(
            session, row.decision_signature, (decided.meaning,), subject=decided.subject, digest=decided.digest
        )
        refuse_requester(version, requester, act_of(preview.kind))
        refuse_approver(session, version, requester, approver, act_of(preview.kind))
        row.state = RequestState.USED
        override: dict[str, Any] = {}
        if preview.failed:
            override = {
                "gates": [{"title": gate.title, "finding": gate.finding} for gate in preview.failed],
                "reasons": [requester.reason, approver.reason],
            }
        return Authority(requester.full_name, approver.full_name, requester.reason, row.id, override=override)


@dataclass(frozen=True, slots=True)
class SignedRollback:
    """One person's word: entitles to the one rollback that they saw."""

    signature_id: str

    def spend(self, session: Session, preview: Preview, now: datetime) -> Authority:  # noqa: ARG002 - the protocol's
        if preview.kind is not ReleaseKind.ROLLBACK:
            raise Refused("One person's signature entitles to a rollback only; a promotion needs an approved request.")
        return _on_ones_word(session, self.signature_id, terms_of_rollback(preview))


@dataclass(frozen=True, slots=True)
class SignedStop:
    """One person's word: entitles to the one stop that they saw."""

    signature_id: str

    def spend(self, session: Session, preview: Preview, now: datetime) -> Authority:  # noqa: ARG002 - the protocol's
        if preview.kind is not ReleaseKind.STOP:
            raise Refused("This signature entitles to a stop only.")
        return _on_ones_word(session, self.signature_id, terms_of_stop(preview))


# On whose word a stop may end. A policy that acts by itself is not among them: a person took the model out of service.
ENDS_A_STOP = (ApprovedRequest, SignedRollback)
_ACTS = {Meaning.ROLLED_BACK: "rollback", Meaning.STOPPED: "stop"}


def _on_ones_word(session: Session, signature_id: str, terms: Terms) -> Authority:
    """One signature over `terms` that has served no release yet."""
    signer = verified(session, signature_id, (terms.meaning,), subject=terms.subject, digest=terms.digest)
    used = select(ReleaseAuthority.release_id).where(ReleaseAuthority.signature_id == signer.id)
    if session.scalar(used) is not None:
        raise Refused(f"This signature has served a {_ACTS[signer.meaning]} already; sign anew.")
    return Authority(signer.full_name, "", signer.reason, signature_id=signer.id)
