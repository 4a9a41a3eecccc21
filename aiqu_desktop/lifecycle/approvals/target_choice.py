"""Two people's word for a model's target: what decides where versions run, and whose answer counts as proof."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from aiqu_desktop.core.files import canonical_json, sha256_bytes
from aiqu_desktop.core.words import Meaning
from aiqu_desktop.lifecycle.approvals.separation import refuse_one_voice
from aiqu_desktop.lifecycle.approvals.subject import Terms, subject_of
from aiqu_desktop.lifecycle.facts import model_named
from aiqu_desktop.lifecycle.targets.choice import record_of
from aiqu_desktop.lifecycle.targets.setting import Setting, fingerprint
from aiqu_desktop.security.signing import Signature, verified


@dataclass(frozen=True, slots=True)
class Consent:
    """The ids of two signatures: of the engineer who chose the target, and of the approver."""

    chosen: str
    approved: str


def terms_of_choice(session: Session, model: str, setting: Setting, meaning: Meaning) -> Terms:
    """What each of the two signs: this target in place of the choice that counts now, so that it counts once.

    Raises:
        UserError: if there is no such model.
    """
    former = record_of(session, model_named(session, model).id)
    content = {
        "act": meaning.value,
        "model": model,
        "target": fingerprint(setting),
        "in place of": former.id if former else None,
    }
    return Terms(meaning, subject_of(model), sha256_bytes(canonical_json(content)))


def signers_of(session: Session, model: str, setting: Setting, consent: Consent) -> tuple[Signature, Signature]:
    """Who chose and who approved, if both still stand for just this.

    Raises:
        UserError: if there is no such model.
        Refused: if a signature does not hold, or the two are not two people.
    """
    found: list[Signature] = []
    for signature_id, meaning in (
        (consent.chosen, Meaning.TARGET_CHOSEN),
        (consent.approved, Meaning.TARGET_APPROVED),
    ):
        terms = terms_of_choice(session, model, setting, meaning)
        found.append(verified(session, signature_id, (meaning,), subject=terms.subject, digest=terms.digest))
    chooser, approver = found
    refuse_one_voice(session, chooser, approver)
    return chooser, approver
