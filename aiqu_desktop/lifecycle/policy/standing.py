"""The policy that stands now: read from the site's file, and recorded in the audit chain when it was changed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from aiqu_desktop.core.errors import EnvironmentFault, UserError
from aiqu_desktop.core.paths import SitePaths
from aiqu_desktop.core.schema import InputSchema
from aiqu_desktop.lifecycle.facts import model_named
from aiqu_desktop.lifecycle.policy.settings import Policy
from aiqu_desktop.lifecycle.policy.toml_file import parse_policy
from aiqu_desktop.registry import Registry
from aiqu_desktop.registry.tables import PolicyRecord
from aiqu_desktop.security import audit

ACTOR = "policy file"  # the product sees that a file was edited, and not by whom
_LARGEST = 1 << 20


@dataclass(frozen=True, slots=True)
class StandingPolicy:
    """policy: what holds; the defaults where there is no file or it cannot be used. fault: why it cannot, or empty."""

    policy: Policy
    from_file: bool
    fault: str = ""


def policy_file(paths: SitePaths, model: str) -> Path:
    """Where the policy of a model lies, whether or not it is there."""
    return paths.policies / f"{model}.toml"


def read_policy(file: Path, schema: InputSchema) -> Policy:
    """The policy in a file.

    Raises:
        UserError: if it is not a policy for a model with this schema.
        EnvironmentFault: if it cannot be read.
    """
    where = f"{file.parent.name}/{file.name}"
    try:
        if file.stat().st_size > _LARGEST:
            raise UserError(f"{where} is larger than 1 MB, which no policy is; correct it.")
        text = file.read_bytes().decode("utf-8")
    except OSError as error:
        raise EnvironmentFault(f"The policy {file} cannot be read ({error.strerror}); correct that.") from error
    except UnicodeDecodeError as error:
        raise UserError(f"{where} is not UTF-8 text ({error.reason} at byte {error.start}); correct it.") from error
    return parse_policy(text, where, schema.feature_names)


def standing_policy(paths: SitePaths, model: str, schema: InputSchema) -> StandingPolicy:
    """What holds now. Changes nothing; see `notice_policy`."""
    file = policy_file(paths, model)
    if not file.exists():
        return StandingPolicy(Policy(), from_file=False)
    try:
        return StandingPolicy(read_policy(file, schema), from_file=True)
    except (UserError, EnvironmentFault) as error:
        return StandingPolicy(Policy(), from_file=True, fault=str(error))


def notice_policy(registry: Registry, model: str) -> StandingPolicy:
    """`standing_policy`, and a record in the audit chain if it is not what the site last knew.

    Raises:
        UserError: if there is no such model.
    """
    with registry.read() as session:
        found = model_named(session, model)
        model_id, schema = found.id, InputSchema.from_json(found.input_schema)
    standing = standing_policy(registry.paths, model, schema)
    with registry.read() as session:
        if _is_known(session, model_id, standing):
            return standing
    with registry.write() as session:
        if not _is_known(session, model_id, standing):  # another process may have noticed it meanwhile
            _record(registry, session, model, model_id, standing)
    return standing


def changes(before: dict[str, Any], after: dict[str, Any], place: str = "") -> list[str]:
    """What differs between two policies' contents, one short text a setting: `recent.margin: 0.05 → 0.1`."""
    found = []
    for key in sorted(before.keys() | after.keys()):
        old, new, name = before.get(key), after.get(key), f"{place}{key}"
        if isinstance(old, dict) and isinstance(new, dict):
            found += changes(old, new, f"{name}.")
        elif old != new:
            found.append(f"{name}: {_shown(old)} → {_shown(new)}")
    return found


def _last(session: Session, model_id: int) -> PolicyRecord | None:
    query = select(PolicyRecord).where(PolicyRecord.model_id == model_id).order_by(PolicyRecord.id.desc()).limit(1)
    return session.scalars(query).first()


def _is_known(session: Session, model_id: int, standing: StandingPolicy) -> bool:
    last = _last(session, model_id)
    if last is None:  # every model begins with the defaults
        return not standing.fault and standing.policy == Policy()
    return (last.digest, last.fault) == (standing.policy.digest, standing.fault)


def _record(registry: Registry, session: Session, model: str, model_id: int, standing: StandingPolicy) -> None:
    last, now = _last(session, model_id), registry.clock.now()
    before = last.content if last else Policy().to_json()
    after, digest = standing.policy.to_json(), standing.policy.digest
    session.add(PolicyRecord(model_id=model_id, at=now, digest=digest, content=after, fault=standing.fault))
    audit.record(
        session,
        at=now,
        actor=ACTOR,
        action="policy.unusable" if standing.fault else "policy.changed",
        subject=f"model {model}",
        old={"digest": last.digest if last else Policy().digest},
        new={"digest": digest, "changes": changes(before, after)},
        reason=standing.fault or "; ".join(changes(before, after)) or "The file can be used again.",
    )


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    return "none" if value is None else str(value)
