"""The fallback cards of a model in the registry: written by an engineer, each state kept, the newest one stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from aiqu_desktop.core.clock import iso
from aiqu_desktop.core.errors import Refused
from aiqu_desktop.core.files import canonical_json, sha256_bytes
from aiqu_desktop.core.words import Meaning
from aiqu_desktop.lifecycle.approvals.subject import Terms, subject_of
from aiqu_desktop.lifecycle.facts import model_named
from aiqu_desktop.lifecycle.safe_state.card import FallbackCard, card_lines
from aiqu_desktop.registry import Registry
from aiqu_desktop.registry.tables import FallbackRecord
from aiqu_desktop.security import audit
from aiqu_desktop.security.signing import Signature, verified


@dataclass(frozen=True, slots=True)
class WrittenCard:
    """A card as it stands in the registry; `number` counts the states of this model's card."""

    number: int
    at: datetime
    by: str
    reason: str
    card: FallbackCard

    @property
    def lines(self) -> tuple[tuple[str, str], ...]:
        """(title, text) of each field that says something."""
        return card_lines(self.card)

    def to_json(self) -> dict[str, Any]:
        """What is shown of it where somebody decides, part of the evidence."""
        return {"number": self.number, "at": iso(self.at), "by": self.by, "card": self.card.to_json()}


def terms_of_card(model: str, card: FallbackCard, reason: str) -> Terms:
    """What the engineer signs."""
    content = {"act": "fallback", "model": model, "card": card.to_json(), "reason": reason.strip()}
    return Terms(Meaning.WROTE_FALLBACK, subject_of(model), sha256_bytes(canonical_json(content)))


def write_card(registry: Registry, model_name: str, card: FallbackCard, signature: Signature) -> WrittenCard:
    """Make this the model's card, on the word of the engineer who signed it.

    Raises:
        UserError: if there is no such model.
        Refused: if the signature is of something else, has served before, or the card says this already.
    """
    terms = terms_of_card(model_name, card, signature.reason)
    with registry.write() as session:
        model = model_named(session, model_name)
        signer = verified(session, signature.id, (terms.meaning,), subject=terms.subject, digest=terms.digest)
        before = card_of(session, model.id)
        if before is not None and before.card == card:
            raise Refused(f"The fallback card of {model_name} says just this already; nothing was changed.")
        row = FallbackRecord(
            model_id=model.id,
            number=before.number + 1 if before else 1,
            at=registry.clock.now(),
            by=signer.full_name,
            reason=signer.reason,
            content=card.to_json(),
            signature_id=signer.id,
        )
        session.add(row)
        try:
            session.flush()
        except IntegrityError as error:
            raise Refused("This signature has served a card already; sign anew.") from error
        audit.record(
            session,
            at=row.at,
            actor=signer.full_name,
            action="fallback.written",
            subject=terms.subject,
            old=before.card.to_json() if before else None,
            new={"number": row.number, "signature": signer.id, **card.to_json()},
            reason=signer.reason,
        )
        return _written(row)


def card_of(session: Session, model_id: int) -> WrittenCard | None:
    """The card that stands; None where none was ever written."""
    row = session.scalars(_newest_first(model_id).limit(1)).one_or_none()
    return None if row is None else _written(row)


def cards_of(session: Session, model_id: int) -> tuple[WrittenCard, ...]:
    """Every state of the model's card, the newest first."""
    return tuple(_written(row) for row in session.scalars(_newest_first(model_id)))


def _newest_first(model_id: int) -> Any:
    return select(FallbackRecord).where(FallbackRecord.model_id == model_id).order_by(FallbackRecord.id.desc())


def _written(row: FallbackRecord) -> WrittenCard:
    return WrittenCard(row.number, row.at, row.by, row.reason, FallbackCard.from_mapping(row.content))
