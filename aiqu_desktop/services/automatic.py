"""Automatic rollback: propose, approve, back to advice, veto; what stands, what waits, and the report of what was done.

A policy is signed by two people with their passwords. Back to advice and a veto take one, who may be signed in.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from aiqu_desktop.core.clock import as_utc
from aiqu_desktop.core.words import AutomaticState, Meaning
from aiqu_desktop.lifecycle.approvals.subject import Terms
from aiqu_desktop.lifecycle.automatic import rows, signing, terms
from aiqu_desktop.lifecycle.automatic.policy import AutomaticPolicy
from aiqu_desktop.lifecycle.facts import model_named
from aiqu_desktop.monitoring.automatic_alarm import announce
from aiqu_desktop.registry import Registry
from aiqu_desktop.registry.tables import AutomaticRollback
from aiqu_desktop.security.identity import Credentials
from aiqu_desktop.security.permissions import STATEMENT
from aiqu_desktop.security.sessions import DeskSession
from aiqu_desktop.security.signing import Signature, sign, sign_by_session
from aiqu_desktop.services.automatic_rows import automatic_row, automatic_view, report_path
from aiqu_desktop.services.reporting import write_model_report
from aiqu_desktop.services.views import AutomaticRow, AutomaticView

_BEFORE = timedelta(days=28)  # what the report shows of the time before the onset


def show(registry: Registry, model: str) -> AutomaticView:
    """The policy that stands, the one that waits, what is advised or due, and what came of former ones.

    Raises:
        UserError: if there is no such model.
    """
    with registry.read() as session:
        return automatic_view(session, registry, model_named(session, model))


def propose(registry: Registry, model: str, policy: AutomaticPolicy, by: Credentials, reason: str) -> int:
    """Propose a policy; nothing is in force before another person approves. Returns its number.

    Raises:
        UserError: if there is no such model, no reason is given, or the policy says what none may.
        Refused: if name and password do not fit, or the person may not propose one.
    """
    policy.check(registry.clock.now())
    asked = terms.terms_of_proposal(model, signing.next_number(registry, model), policy.to_json(), reason)
    return signing.propose(registry, model, policy, _signed(registry, by, asked, reason))


def approve(registry: Registry, model: str, by: Credentials, reason: str = "", *, shown: int | None = None) -> int:
    """Put the open proposal in force. Returns its number.

    Args:
        reason: the statement of such an approval where none is given.
        shown: the number of the proposal that the approver read; it must be the one that is open.
    Raises:
        UserError: if there is no such model.
        Refused: if none is open, name and password do not fit, or the person may not approve it.
    """
    said = reason.strip() or STATEMENT[Meaning.APPROVED_AUTOMATIC]
    asked = signing.terms_for_approval(registry, model, said, shown)
    return signing.approve(registry, model, _signed(registry, by, asked, said))


def advise_only(registry: Registry, model: str, by: Credentials | DeskSession, reason: str) -> int:
    """Back to advice at once, on one person's word; a countdown that runs ends with it. Returns the number.

    Raises:
        UserError: if there is no such model, or no reason is given.
        Refused: if the person may not sign this.
    """
    asked = terms.terms_of_advice(model, signing.next_number(registry, model), reason)
    return signing.advise(registry, model, _signed(registry, by, asked, reason))


def veto(registry: Registry, model: str, by: Credentials | DeskSession, reason: str) -> AutomaticRow:
    """Stop the model's rollback whose countdown runs, on one person's word.

    Raises:
        UserError: if there is no such model, or no reason is given.
        Refused: if none waits, or the person may not sign this.
    """
    with registry.read() as session:
        row_id = rows.waiting_row(session, model_named(session, model)).id
    asked = rows.terms_for_veto(registry, row_id, reason)
    rows.veto(registry, row_id, _signed(registry, by, asked, reason), announce)
    with registry.read() as session:
        return automatic_row(session, registry, row_id)


def write_report(registry: Registry, row_id: int) -> Path:
    """The report of an automatic rollback: the model's, from four weeks before the onset on, with its own section.

    Raises:
        UserError, EnvironmentFault: as `write_model_report`.
    """
    with registry.read() as session:
        row = automatic_row(session, registry, row_id)
    start = (row.onset_at or row.alarm_at) - _BEFORE
    path = report_path(registry.paths, row.model, row.id)
    return write_model_report(registry, row.model, start, by=rows.ACTOR, path=path)


def due_instants(registry: Registry) -> Sequence[datetime]:
    """When the countdowns that run are over; a replay stops there instead of stepping over them."""
    query = select(AutomaticRollback.due_at).where(AutomaticRollback.state == AutomaticState.WAITING)
    with registry.read() as session:
        return sorted(as_utc(due) for due in session.scalars(query) if due is not None)


def _signed(registry: Registry, by: Credentials | DeskSession, asked: Terms, reason: str) -> Signature:
    about = {"subject": asked.subject, "digest": asked.digest, "reason": reason}
    if isinstance(by, DeskSession):
        return sign_by_session(registry, by, asked.meaning, **about)
    return sign(registry, by, asked.meaning, **about)
