"""Policies and held-out sets: what a model's releases are held to, shown, checked and set."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from aiqu_desktop.core.schema import InputSchema
from aiqu_desktop.lifecycle.evaluation.holdout import HoldoutFacts, register_holdout
from aiqu_desktop.lifecycle.facts import model_named
from aiqu_desktop.lifecycle.policy import Policy, notice_policy, policy_file
from aiqu_desktop.lifecycle.policy.standing import changes, read_policy
from aiqu_desktop.lifecycle.policy.toml_file import policy_text
from aiqu_desktop.registry import Registry
from aiqu_desktop.registry.tables import HoldoutSet

__all__ = ["HoldoutRow", "PolicyView", "check_policy", "holdout_sets", "set_holdout", "show_policy"]


@dataclass(frozen=True, slots=True)
class PolicyView:
    """text: the whole policy as TOML, defaults filled in. changes: what differs from the defaults.

    fault: why the file cannot be used, so that every promotion is blocked; empty where it can.
    """

    model: str
    file: Path
    from_file: bool
    digest: str
    fault: str
    changes: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class HoldoutRow:
    """One held-out set of a model; the first of the list is the one that stands."""

    sha256: str
    file_name: str
    rows: int
    at: datetime
    by: str
    reason: str


def show_policy(registry: Registry, model: str) -> PolicyView:
    """The policy that stands; a change that was not noticed yet is recorded.

    Raises:
        UserError: if there is no such model.
    """
    standing = notice_policy(registry, model)
    file = policy_file(registry.paths, model)
    return _view(model, file, standing.policy, from_file=standing.from_file, fault=standing.fault)


def check_policy(registry: Registry, model: str, file: Path | None = None) -> PolicyView:
    """Read a policy file for a model without making it the model's; without a file, the model's own.

    Raises:
        UserError: if there is no such model, or the file is no policy for it; the sentence says where and what.
        EnvironmentFault: if the file cannot be read.
    """
    with registry.read() as session:
        schema = InputSchema.from_json(model_named(session, model).input_schema)
    own = policy_file(registry.paths, model)
    if file is None and not own.exists():
        return _view(model, own, Policy(), from_file=False)
    return _view(model, file or own, read_policy(file or own, schema), from_file=True)


def set_holdout(registry: Registry, model: str, file: Path, *, by: str, reason: str) -> HoldoutFacts:
    """See `lifecycle.evaluation.holdout.register_holdout`."""
    return register_holdout(registry, model, file, by=by, reason=reason)


def holdout_sets(registry: Registry, model: str) -> tuple[HoldoutRow, ...]:
    """Every held-out set that the model had, newest first.

    Raises:
        UserError: if there is no such model.
    """
    with registry.read() as session:
        query = select(HoldoutSet).where(HoldoutSet.model_id == model_named(session, model).id)
        return tuple(
            HoldoutRow(row.sha256, row.file_name, row.rows, row.at, row.by, row.reason)
            for row in session.scalars(query.order_by(HoldoutSet.id.desc()))
        )


def _view(model: str, file: Path, policy: Policy, *, from_file: bool, fault: str = "") -> PolicyView:
    differing = tuple(changes(Policy().to_json(), policy.to_json()))
    return PolicyView(model, file, from_file, policy.digest, fault, differing, policy_text(policy))
