"""What is signed about automatic rollbacks, each as meaning, subject and digest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiqu_desktop.core.files import canonical_json, sha256_bytes
from aiqu_desktop.core.words import Meaning
from aiqu_desktop.lifecycle.approvals.subject import Terms, subject_of
from aiqu_desktop.registry.tables import AutomaticPolicyRecord, AutomaticRollback


def terms_of_proposal(model: str, number: int, content: Mapping[str, Any], reason: str) -> Terms:
    """What the first person signs: the whole policy, as the version with this number."""
    said = {"act": "automatic", "model": model, "number": number, "policy": dict(content), "reason": reason.strip()}
    return _terms(Meaning.PROPOSED_AUTOMATIC, model, said)


def terms_of_approval(row: AutomaticPolicyRecord, model: str, reason: str) -> Terms:
    """What the second person signs: this policy, as it was signed by the first."""
    said = {
        "act": "automatic-approval",
        "signed": row.signature_id,
        "terms": terms_of_proposal(model, row.number, row.content, row.reason).digest,
        "reason": reason.strip(),
    }
    return _terms(Meaning.APPROVED_AUTOMATIC, model, said)


def terms_of_advice(model: str, number: int, reason: str) -> Terms:
    """What the one person signs who switches back to advice."""
    return _terms(
        Meaning.ADVISED_ONLY, model, {"act": "advise", "model": model, "number": number, "reason": reason.strip()}
    )


def terms_of_veto(row: AutomaticRollback, model: str, reason: str) -> Terms:
    """What the one person signs who vetoes."""
    return _terms(Meaning.VETOED, model, {"act": "veto", "automatic": row.id, "reason": reason.strip()})


def _terms(meaning: Meaning, model: str, said: Mapping[str, Any]) -> Terms:
    return Terms(meaning, subject_of(model), sha256_bytes(canonical_json(said)))
