"""Which target each model has: shown, listed and chosen, for the window and the command line alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from aiqu_desktop.core.words import Meaning, TargetKind
from aiqu_desktop.lifecycle.approvals.target_choice import Consent, terms_of_choice
from aiqu_desktop.lifecycle.facts import model_named
from aiqu_desktop.lifecycle.targets import move
from aiqu_desktop.lifecycle.targets.choice import record_of, setting_of
from aiqu_desktop.lifecycle.targets.move import Move
from aiqu_desktop.lifecycle.targets.setting import Setting, complete, from_json, place_of, to_json
from aiqu_desktop.registry import Registry
from aiqu_desktop.registry.tables import Model
from aiqu_desktop.security.identity import Credentials
from aiqu_desktop.security.signing import sign


@dataclass(frozen=True, slots=True)
class TargetRow:
    """A model's target. `place`: what it is and where, in a few words. at, by, reason: None and empty where nobody ever
    chose, so that it is the site's folder."""

    model: str
    kind: TargetKind
    place: str
    settings: dict[str, Any]
    at: datetime | None
    by: str
    reason: str


def target_row(session: Session, model: Model) -> TargetRow:
    """The target of one model, in the caller's transaction."""
    record, setting = record_of(session, model.id), setting_of(session, model.id)
    return TargetRow(
        model=model.name,
        kind=setting.kind,
        place=place_of(setting),
        settings=to_json(setting),
        at=record.at if record else None,
        by=record.by if record else "",
        reason=record.reason if record else "",
    )


def show_target(registry: Registry, model: str) -> TargetRow:
    """The target of one model. No connection is made.

    Raises:
        UserError: if there is no such model.
    """
    with registry.read() as session:
        return target_row(session, model_named(session, model))


def list_targets(registry: Registry) -> tuple[TargetRow, ...]:
    """The target of every model, by name. No connection is made."""
    with registry.read() as session:
        return tuple(target_row(session, model) for model in session.scalars(select(Model).order_by(Model.name)))


def choose_target(
    registry: Registry,
    model: str,
    kind: TargetKind,
    settings: Mapping[str, Any],
    *,
    by: Credentials,
    approver: Credentials,
    reason: str,
) -> Move:
    """Give a model this target: an engineer chooses it, an approver signs as well.

    Raises:
        UserError: if there is no such model, the settings cannot be used, or no reason is given.
        Refused: if a signature is refused; otherwise as `lifecycle.targets.move.set_target`.
        EnvironmentFault: if the target cannot be reached or written.
    """
    setting: Setting = complete(from_json(kind, settings))
    signatures: list[str] = []
    for who, meaning in ((by, Meaning.TARGET_CHOSEN), (approver, Meaning.TARGET_APPROVED)):
        with registry.read() as session:
            terms = terms_of_choice(session, model, setting, meaning)
        made = sign(registry, who, meaning, subject=terms.subject, digest=terms.digest, reason=reason)
        signatures.append(made.id)
    return move.set_target(registry, model, setting, Consent(*signatures))
