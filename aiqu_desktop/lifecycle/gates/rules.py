"""Gates about the rules that the site set itself: the policy, the freeze windows, the age of a version."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from aiqu_desktop.core.words import ReleaseKind, ReleaseState
from aiqu_desktop.lifecycle.evaluation.candidacy import Candidacy
from aiqu_desktop.lifecycle.gates.figures import failing
from aiqu_desktop.lifecycle.gates.gate import GateResult
from aiqu_desktop.lifecycle.policy.standing import changes
from aiqu_desktop.registry.tables import Release

_POLICY = "policy"
_SHOWN_CHANGES = 4


def policy_stands(session: Session, asked: Candidacy) -> GateResult:
    """The policy can be used; that it was changed since the last promotion is told as advice.

    Its whole content is part of the evidence, so a change of it voids whatever was shown or signed.
    """
    title, standing = "Policy of this model", asked.standing
    evidence: dict[str, Any] = {"digest": standing.policy.digest, "policy": standing.policy.to_json()}
    if standing.fault:
        return GateResult(_POLICY, title, False, standing.fault, evidence)
    source = "Its own policy file" if standing.from_file else "The defaults"
    former = _policy_of_last_promotion(session, asked.model_id)
    changed = changes(former, evidence["policy"]) if former is not None else []
    if not changed:
        return GateResult(_POLICY, title, True, f"{source} ({standing.policy.digest[:12]}…).", evidence)
    more = f" and {len(changed) - _SHOWN_CHANGES} more" if len(changed) > _SHOWN_CHANGES else ""
    finding = f"Changed since the last promotion: {'; '.join(changed[:_SHOWN_CHANGES])}{more}."
    return GateResult(_POLICY, title, None, finding, evidence)


def not_frozen(asked: Candidacy) -> GateResult:
    """The site's clock is outside every freeze window."""
    rules, zone = asked.standing.policy.freeze, asked.standing.policy.zone
    title, evidence = "No freeze window", {"windows": [str(window) for window in rules.windows], "zone": zone.key}
    if not rules.windows:
        return GateResult("freeze", title, True, "The policy names no freeze window.", evidence, overridable=True)
    for window in rules.windows:
        ends = window.ends(asked.now, zone)
        if ends is not None:
            finding = (
                f"Nothing is promoted during {window} ({zone.key}); wait until {ends:%A} {ends:%H:%M}. "
                "A rollback is possible at any time."
            )
            return GateResult("freeze", title, failing(rules.mode), finding, evidence, overridable=True)
    return GateResult(
        "freeze", title, True, f"Outside {', '.join(map(str, rules.windows))}.", evidence, overridable=True
    )


def reference_is_young(asked: Candidacy) -> GateResult:
    """The version's reference data are no older than the policy allows, counted in whole days."""
    rules, made = asked.standing.policy.reference, asked.version.created_at
    title = "Age of the reference"
    evidence = {"created": f"{made:%Y-%m-%d}", "max_age_days": rules.max_age_days}
    last_day = made + timedelta(days=rules.max_age_days)
    if asked.as_of <= last_day:
        finding = f"Made on {made:%Y-%m-%d}; young enough until {last_day:%Y-%m-%d}."
        return GateResult("reference", title, True, finding, evidence, overridable=True)
    finding = (
        f"Made on {made:%Y-%m-%d}, more than {rules.max_age_days:g} days ago: what it was accepted on may be another "
        "plant."
    )
    return GateResult("reference", title, failing(rules.mode), finding, evidence, overridable=True)


def _policy_of_last_promotion(session: Session, model_id: int) -> dict[str, Any] | None:
    query = (
        select(Release)
        .where(
            Release.model_id == model_id,
            Release.kind == ReleaseKind.PROMOTION,
            Release.state == ReleaseState.COMPLETED,
        )
        .order_by(Release.finished_at.desc())
        .limit(1)
        .options(undefer(Release.evidence))
    )
    last = session.scalars(query).first()
    if last is None:
        return None
    gates = last.evidence.get("shown", {}).get("gates", [])
    found = next((gate for gate in gates if gate["name"] == _POLICY), None)
    return None if found is None else found["evidence"]["policy"]
