"""Promote, resume and roll back: the one way to each, for the window and for the command line alike.

A promotion, or a resumption after a stop, is requested by one person and approved by another, each with their password;
a rollback takes one.
"""

from __future__ import annotations

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.core.words import Meaning, ReleaseKind
from aiqu_desktop.lifecycle import preview as previews
from aiqu_desktop.lifecycle import release
from aiqu_desktop.lifecycle.approvals import requests, terms
from aiqu_desktop.lifecycle.approvals.requests import Request
from aiqu_desktop.lifecycle.approvals.subject import Terms
from aiqu_desktop.lifecycle.preview import Preview
from aiqu_desktop.lifecycle.recovery import settle_unfinished
from aiqu_desktop.lifecycle.release import ReleaseOutcome, StepCallback
from aiqu_desktop.lifecycle.shadow.acts import straighten_all, straighten_quietly
from aiqu_desktop.lifecycle.targets.choice import target_of, targets_of
from aiqu_desktop.monitoring.release_alarm import note_outcomes
from aiqu_desktop.registry import Registry
from aiqu_desktop.security.identity import Credentials
from aiqu_desktop.security.permissions import STATEMENT
from aiqu_desktop.security.sessions import DeskSession
from aiqu_desktop.security.signing import Signature, sign, sign_by_session


def preview_promotion(registry: Registry, model: str, number: int) -> Preview:
    """What promoting a version would change, with its gates; while a request for it is open, on that request's data.

    Raises:
        UserError: if there is no such model or version.
        Refused: if the version is the champion already.
    """
    asked = requests.open_request(registry, model, number)
    return previews.preview_promotion(registry, model, number, as_of=asked.data_as_of if asked else None)


def preview_rollback(registry: Registry, model: str, number: int | None = None) -> Preview:
    """What rolling back would change; without a number, to the last known good version.

    Raises:
        UserError: if there is no such model or version.
    """
    return previews.preview_rollback(registry, model, number)


def request_release(
    registry: Registry, preview: Preview, by: Credentials, reason: str, *, override: bool = False
) -> Request:
    """Ask for the previewed promotion or resumption; nothing is switched before another person approves.

    Args:
        override: ask to go ahead against failed gates, where two people may.

    Raises:
        UserError: if no reason is given, or the preview is of a rollback.
        Refused: if name and password do not fit, the person may not ask for this, a gate failed, or what was shown
            has changed.
    """
    asked = terms.terms_of_request(preview, reason, override)
    signature = sign(registry, by, asked.meaning, subject=asked.subject, digest=asked.digest, reason=reason)
    target = target_of(registry, preview.model)
    return requests.ask(registry, target, preview, signature, override=override)


def approve(
    registry: Registry, request_id: int, by: Credentials, reason: str = "", *, shown: Preview | None = None
) -> Request:
    """Approve a pending request; `promote` then carries it out.

    Args:
        reason: needed where failed gates are overridden; otherwise the statement of an approval stands in.
        shown: the preview that the approver read; it must be the one that was asked for.

    Raises:
        UserError: if there is no such request, or a reason is missing.
        Refused: if it is not pending, its evidence has changed, name and password do not fit, or the person may not
            approve it.
    """
    request = requests.find(registry, request_id)
    if shown is not None:
        requests.refuse_if_stale(registry, request, shown)
    if request.override and not reason.strip():
        raise UserError("To override a gate, both people give their reason; give yours.")
    meaning = Meaning.APPROVED_RESUME if request.kind is ReleaseKind.RESUME else Meaning.APPROVED
    said = reason.strip() or STATEMENT[meaning]
    return _decide(registry, request, by, said, approve=True)


def decline(registry: Registry, request_id: int, by: Credentials, reason: str) -> Request:
    """Decline a pending request; whoever asked may take it back the same way. Raises as `approve`."""
    return _decide(registry, requests.find(registry, request_id), by, reason, approve=False)


def promote(registry: Registry, request_id: int, *, on_step: StepCallback | None = None) -> ReleaseOutcome:
    """Carry out an approved request, of either kind, and prove it. Raises as `lifecycle.release.promote`."""
    model = requests.find(registry, request_id).model
    outcome = _noted(registry, release.promote(registry, target_of(registry, model), request_id, on_step=on_step))
    straighten_quietly(registry, model)  # what ran beside the champion may be the champion now
    return outcome


def roll_back(
    registry: Registry,
    preview: Preview,
    by: Credentials | DeskSession,
    reason: str,
    *,
    on_step: StepCallback | None = None,
) -> ReleaseOutcome:
    """Put the previewed earlier champion live again and prove it, on the word of one person.

    Args:
        by: name and password, or the session of who is signed in at the desk.

    Raises:
        UserError: if no reason is given, or the preview is of a promotion.
        Refused: if it is blocked, what was shown has changed, or the person may not roll back.
        EnvironmentFault: if the registry or the target cannot be written.
    """
    release.refuse_unless_rollback(preview)
    signature = signed_alone(registry, by, terms.terms_of_rollback(preview), reason)
    target = target_of(registry, preview.model)
    return _noted(registry, release.roll_back(registry, target, preview, signature, on_step=on_step))


def signed_alone(registry: Registry, by: Credentials | DeskSession, asked: Terms, reason: str) -> Signature:
    """One person's signature where seconds count: with name and password, or by the session at the desk.

    Raises:
        UserError: if no reason is given.
        Refused: if the person may not sign this.
    """
    if isinstance(by, DeskSession):
        return sign_by_session(registry, by, asked.meaning, subject=asked.subject, digest=asked.digest, reason=reason)
    return sign(registry, by, asked.meaning, subject=asked.subject, digest=asked.digest, reason=reason)


def settle(registry: Registry, model: str | None = None) -> tuple[ReleaseOutcome, ...]:
    """Finish or undo what a kill left unfinished, of one model or of all; done at every start of window and monitor."""
    outcomes = settle_unfinished(registry, targets_of(registry), model=model)
    requests.settle_lapsed(registry)
    straighten_all(registry)
    note_outcomes(registry, outcomes)
    return outcomes


def _decide(registry: Registry, request: Request, by: Credentials, reason: str, *, approve: bool) -> Request:
    asked = requests.terms_for_decision(registry, request.id, approve=approve, reason=reason)
    signature = sign(registry, by, asked.meaning, subject=asked.subject, digest=asked.digest, reason=reason)
    target = target_of(registry, request.model)
    return requests.decide(registry, target, request.id, signature, approve=approve)


def _noted(registry: Registry, outcome: ReleaseOutcome) -> ReleaseOutcome:
    note_outcomes(registry, (outcome,))
    return outcome
