"""What is signed: the terms of a request and of its decision, each as meaning, subject and digest."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from aiqu_desktop.core.errors import Refused, UserError
from aiqu_desktop.core.files import canonical_json, sha256_bytes
from aiqu_desktop.core.words import Meaning, ReleaseKind
from aiqu_desktop.lifecycle.approvals.subject import Terms, subject_of
from aiqu_desktop.lifecycle.facts import VersionFacts
from aiqu_desktop.lifecycle.gates.gate import GateResult
from aiqu_desktop.lifecycle.preview import Preview
from aiqu_desktop.registry.tables import PromotionRequest, Site

# How long a request and its approval may be acted on, of the site's clock: a shift.
VALID_FOR = timedelta(hours=8)
# What two people sign for, one after the other.
_ASKED = (ReleaseKind.PROMOTION, ReleaseKind.RESUME)
# On a replayed site a day passes in seconds, and people still need a minute or two.
VALID_FOR_REPLAYED = timedelta(days=60)


def valid_for(session: Session) -> timedelta:
    """How long a request of this site stays open."""
    return VALID_FOR_REPLAYED if session.scalar(select(Site.is_demo)) else VALID_FOR


def artifact_digest(version: VersionFacts) -> str:
    """SHA-256 over the digests of all files of a version."""
    return sha256_bytes(canonical_json({"digest": version.digest, "files": dict(version.files)}))


def gates_to_override(preview: Preview, override: bool) -> tuple[GateResult, ...]:
    """The failed gates that a request goes against; empty for an ordinary one.

    Raises:
        UserError: if what is previewed takes no request, or an override is asked for and nothing failed.
        Refused: if there is nothing to request, a gate failed and no override is asked for, or one failed that nobody
            can override.
    """
    if preview.kind not in _ASKED:
        raise UserError(
            f"A {preview.kind} needs one person and no request; only what puts a version live is requested."
        )
    if preview.to_version is None:
        raise Refused(preview.blocking)
    if not preview.blocked:
        if override:
            raise UserError("No gate has failed, so there is nothing to override; make the request without it.")
        return ()
    if not override:
        raise Refused(f"The {preview.kind} is blocked: {preview.blocking}")
    if not preview.overridable:
        firm = next(gate for gate in preview.failed if not gate.overridable)
        raise Refused(f"Nobody can override this gate. {firm.title}: {firm.finding}")
    return preview.failed


def terms_of_request(preview: Preview, reason: str, override: bool) -> Terms:
    """What the requester signs. Raises as `gates_to_override`."""
    gates = [gate.name for gate in gates_to_override(preview, override)]
    assert preview.to_version is not None, "gates_to_override refuses it"
    version = preview.to_version
    digest = _request_digest(
        preview.kind, preview.model, version.version_id, artifact_digest(version), preview.evidence_digest, gates,
        reason.strip(),
    )  # fmt: skip
    return Terms(_meaning_of_request(preview.kind, gates), subject_of(preview.model), digest)


def terms_of_row(row: PromotionRequest, model: str) -> Terms:
    """What the requester must have signed for the row to be what was asked."""
    gates = list(row.override["gates"])
    kind, version, artifact = kind_of(row), row.version_id, row.artifact_digest
    digest = _request_digest(kind, model, version, artifact, row.evidence_digest, gates, row.reason)
    return Terms(_meaning_of_request(kind, gates), subject_of(model), digest)


def terms_of_decision(row: PromotionRequest, model: str, *, approve: bool, reason: str) -> Terms:
    """What the second person signs: this request, as it was signed by the first, and what is decided about it."""
    resume = kind_of(row) is ReleaseKind.RESUME
    meaning = Meaning.DECLINED_RESUME if resume else Meaning.DECLINED
    if approve and resume:
        meaning = Meaning.APPROVED_RESUME
    elif approve:
        meaning = Meaning.APPROVED_OVERRIDE if row.override["gates"] else Meaning.APPROVED
    content = {
        "act": meaning.value,
        "request": row.id,
        "signed": row.request_signature,
        "terms": terms_of_row(row, model).digest,
        "reason": reason.strip(),
    }
    return Terms(meaning, subject_of(model), sha256_bytes(canonical_json(content)))


def terms_of_rollback(preview: Preview) -> Terms:
    """What the one person of a rollback signs: what the sheet shows."""
    return Terms(Meaning.ROLLED_BACK, subject_of(preview.model), preview.evidence_digest)


def terms_of_stop(preview: Preview) -> Terms:
    """What the one person of a stop signs: what the sheet shows, the fallback card among it."""
    return Terms(Meaning.STOPPED, subject_of(preview.model), preview.evidence_digest)


def kind_of(row: PromotionRequest) -> ReleaseKind:
    """What is asked for. The evidence says so, which the request's signature binds: a rewritten one is void."""
    return ReleaseKind.RESUME if row.evidence.get("kind") == ReleaseKind.RESUME else ReleaseKind.PROMOTION


def _meaning_of_request(kind: ReleaseKind, gates: Sequence[str]) -> Meaning:
    if kind is ReleaseKind.RESUME:
        return Meaning.REQUESTED_RESUME
    return Meaning.REQUESTED_OVERRIDE if gates else Meaning.REQUESTED


def _request_digest(
    kind: ReleaseKind, model: str, version_id: int, artifact: str, evidence: str, gates: Sequence[str], reason: str
) -> str:  # fmt: skip
    content: dict[str, Any] = {
        "act": kind.value,
        "model": model,
        "version": version_id,
        "artifact": artifact,
        "evidence": evidence,
        "override": list(gates),
        "reason": reason,
    }
    return sha256_bytes(canonical_json(content))
