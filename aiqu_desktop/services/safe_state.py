"""Stop a model, let it serve again, and keep its fallback card: for the window and for the command line alike."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from aiqu_desktop.core.words import Meaning
from aiqu_desktop.lifecycle.approvals import terms
from aiqu_desktop.lifecycle.facts import model_named
from aiqu_desktop.lifecycle.preview import Preview
from aiqu_desktop.lifecycle.release import ReleaseOutcome, StepCallback
from aiqu_desktop.lifecycle.safe_state import cards, previews, stopping
from aiqu_desktop.lifecycle.safe_state.card import FallbackCard
from aiqu_desktop.lifecycle.safe_state.cards import WrittenCard
from aiqu_desktop.lifecycle.targets.choice import target_of
from aiqu_desktop.monitoring.release_alarm import note_outcomes
from aiqu_desktop.registry import Registry
from aiqu_desktop.security.identity import Credentials
from aiqu_desktop.security.sessions import DeskSession
from aiqu_desktop.security.signing import sign
from aiqu_desktop.services.releases import settle, signed_alone


def preview_stop(registry: Registry, model: str) -> Preview:
    """What stopping the model would do, with the card that the plant would work by.

    Raises:
        UserError: if there is no such model.
    """
    return previews.preview_stop(registry, model)


def preview_resume(registry: Registry, model: str) -> Preview:
    """What lets the champion serve again after a stop. Raises as `preview_stop`."""
    return previews.preview_resume(registry, model)


def stop(
    registry: Registry,
    preview: Preview,
    by: Credentials | DeskSession,
    reason: str,
    *,
    on_step: StepCallback | None = None,
) -> ReleaseOutcome:
    """Take the previewed model out of service on the word of one person, and prove it; timed from this call on.

    Args:
        by: name and password, or the session of who is signed in at the desk.

    Raises:
        UserError: if no reason is given, or the preview is of something else.
        Refused: if there is nothing to stop, what was shown has changed, or the person may not stop it.
        EnvironmentFault: if the registry cannot be written.
    """
    pressed = time.monotonic()
    stopping.refuse_unless_stop(preview)
    settle(registry, preview.model)  # a release that a kill left open would bar the stop until the next start
    signature = signed_alone(registry, by, terms.terms_of_stop(preview), reason)
    target = target_of(registry, preview.model)
    outcome = stopping.stop(registry, target, preview, signature, pressed=pressed, on_step=on_step)
    note_outcomes(registry, (outcome,))
    return outcome


def card_from(fields: Mapping[str, Any]) -> FallbackCard:
    """A card from plain fields. Raises UserError if one cannot be used."""
    return FallbackCard.from_mapping(fields)


def write_card(registry: Registry, model: str, card: FallbackCard, by: Credentials, reason: str) -> WrittenCard:
    """Make this the model's fallback card, signed by an engineer.

    Raises:
        UserError: if there is no such model, or no reason is given.
        Refused: if the person is no engineer, or the card says this already.
    """
    with registry.read() as session:
        model_named(session, model)
    asked = cards.terms_of_card(model, card, reason)
    signature = sign(registry, by, Meaning.WROTE_FALLBACK, subject=asked.subject, digest=asked.digest, reason=reason)
    return cards.write_card(registry, model, card, signature)


def written_cards(registry: Registry, model: str) -> tuple[WrittenCard, ...]:
    """Every state of the model's fallback card, the newest first.

    Raises:
        UserError: if there is no such model.
    """
    with registry.read() as session:
        return cards.cards_of(session, model_named(session, model).id)
