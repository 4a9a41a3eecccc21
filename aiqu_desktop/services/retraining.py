"""Ask the data scientists for a newer version: gather the drifted window and its evidence into a folder to carry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from aiqu_desktop.core.clock import iso
from aiqu_desktop.core.errors import UserError
from aiqu_desktop.core.files import canonical_json, sha256_bytes
from aiqu_desktop.core.schema import InputSchema
from aiqu_desktop.core.words import RunState
from aiqu_desktop.ingest import ObservationStore
from aiqu_desktop.lifecycle.facts import champion_of, model_named
from aiqu_desktop.lifecycle.policy import notice_policy
from aiqu_desktop.lifecycle.retraining import drafted, without_names
from aiqu_desktop.registry import Registry
from aiqu_desktop.registry.tables import Alarm, CheckRun, Model
from aiqu_desktop.security import audit
from aiqu_desktop.services.lookup import version_numbers
from aiqu_desktop.services.model_page import release_rows
from aiqu_desktop.services.why import explain_model

_NO_WISHES = "# What we ask for\n\nA version that is as good on these observations as the last one was when it came.\n"
_DAYS_AT_MOST = 3660.0


@dataclass(frozen=True, slots=True)
class RetrainingRequest:
    """What a request came to. left_out: how many features stayed here. manifest_sha256: what the audit chain names."""

    model: str
    folder: Path
    start: datetime
    end: datetime
    rows: int
    labelled: int
    left_out: int
    manifest_sha256: str


def features_of(registry: Registry, model: str) -> tuple[tuple[str, bool], ...]:
    """Every feature of a model with whether its policy names it confidential.

    Raises:
        UserError: if there is no such model.
    """
    hidden = set(notice_policy(registry, model).policy.retraining.confidential)
    with registry.read() as session:
        schema = InputSchema.from_json(model_named(session, model).input_schema)
    return tuple((name, name in hidden) for name in schema.feature_names)


def request_retraining(
    registry: Registry,
    model: str,
    output: Path,
    *,
    by: str,
    wishes: str = "",
    without: Sequence[str] = (),
    days: float | None = None,
) -> RetrainingRequest:
    """Write the request into a new folder and record it.

    Args:
        wishes: Markdown, in the site's own words.
        without: features that stay here, beside those that the policy names confidential.
        days: how far back the window reaches; the policy's number by default.
    Raises:
        UserError: if the model, a feature, the name or the span cannot be used, the folder is there, or no
            observation lies in the window.
        EnvironmentFault: if the policy cannot be read or the folder cannot be written; nothing was recorded then.
    """
    if not by.strip():
        raise UserError("A retraining request needs the name of the person who makes it; give one.")
    standing = notice_policy(registry, model)
    if standing.fault:
        # Without its policy nobody knows what is confidential.
        raise UserError(f"Nothing leaves the site while its policy cannot be read: {standing.fault}")
    rules = standing.policy.retraining
    span = rules.days if days is None else days
    if not 0 < span <= _DAYS_AT_MOST:
        raise UserError(f"{span:g} days is no span; give a number above 0 and up to {_DAYS_AT_MOST:g}.")
    end = registry.clock.now()
    start = end - timedelta(days=span)
    with registry.read() as session:
        found = model_named(session, model)
        schema = InputSchema.from_json(found.input_schema)
        hidden = set(rules.confidential) | set(without)
        if strange := sorted(hidden - set(schema.feature_names)):
            raise UserError(f"{model} has no feature {strange[0]!r} that could be left out.")
        evidence = _evidence(session, found, schema, hidden, start, end)
        facts = _facts(found, start, end)
    kept = tuple(name for name in schema.feature_names if name not in hidden)
    answers = ("prediction", *schema.score_columns, "served_digest", "label", "labelled_at")
    window = ObservationStore(registry).window(model, start, end, columns=(*kept, *answers)).columns
    rows, labelled = int(window["id"].size), int((~np.isnat(window["labelled_at"])).sum())
    if not rows:
        raise UserError(f"No observation of {model} lies in the last {span:g} days; give more with --days.")
    evidence["why_it_drifted"] = _why(registry, model, hidden)
    facts |= {"rows": rows, "labelled": labelled, "features_left_out": len(hidden), "asked_by": by.strip()}
    text = without_names(wishes.strip(), hidden) + "\n" if wishes.strip() else _NO_WISHES
    with drafted(output, facts, window, without_names(evidence, hidden), text) as manifest:
        digest = sha256_bytes(canonical_json(manifest) + b"\n")
        with registry.write() as session:
            audit.record(
                session,
                at=end,
                actor=by.strip(),
                action="retraining.requested",
                subject=f"model {model}",
                new={
                    "folder": output.name,
                    "manifest": digest,
                    "rows": rows,
                    "labelled": labelled,
                    "from": iso(start),
                    "left_out": sorted(hidden),
                },
                reason=wishes.strip(),
            )
    return RetrainingRequest(model, output, start, end, rows, labelled, len(hidden), digest)


def _facts(model: Model, start: datetime, end: datetime) -> dict[str, Any]:
    champion = champion_of(model)
    return {
        "model": model.name,
        "primary_metric": model.primary_metric,
        "version": champion.number if champion else None,
        "digest": champion.digest if champion else None,
        "from": iso(start),
        "until": iso(end),
    }


def _evidence(
    session: Session, model: Model, schema: InputSchema, hidden: set[str], start: datetime, end: datetime
) -> dict[str, Any]:
    numbers = version_numbers(session, model.id)
    alarms = session.scalars(
        select(Alarm).where(Alarm.model_id == model.id, Alarm.activated_at <= end).order_by(Alarm.id)
    )
    runs = session.scalars(
        select(CheckRun)
        .where(CheckRun.model_id == model.id, CheckRun.state == RunState.DONE, CheckRun.scheduled_for >= start)
        .order_by(CheckRun.id)
    )
    return {
        "features": [_feature(item) for item in schema.to_json()["features"] if item["name"] not in hidden],
        "alarms": [
            {
                "key": alarm.key,
                "version": numbers.get(alarm.version_id) if alarm.version_id else None,
                "message": alarm.message,
                "onset": _when(alarm.onset_at),
                "activated": iso(alarm.activated_at),
                "returned": _when(alarm.returned_at),
            }
            for alarm in alarms
            if alarm.returned_at is None or alarm.returned_at >= start
        ],
        "check_runs": [
            {
                "kind": run.kind.value,
                "version": numbers.get(run.version_id) if run.version_id else None,
                "at": iso(run.scheduled_for),
                "verdict": run.verdict.value,
                "rows": run.rows,
                "summary": run.summary,
            }
            for run in runs
        ],
        "releases": [
            {
                "kind": release.kind.value,
                "from": release.from_version,
                "to": release.to_version,
                "at": iso(release.intended_at),
                "outcome": release.outcome,
            }
            for release in release_rows(session, model.id, numbers)
            if release.intended_at >= start
        ],
    }


def _feature(item: dict[str, Any]) -> dict[str, Any]:
    return {key: item[key] for key in ("name", "kind", "unit", "importance")}


def _why(registry: Registry, model: str, hidden: set[str]) -> dict[str, Any]:
    view = explain_model(registry, model)
    reasons = [asdict(reason) for reason in view.reasons if reason.feature not in hidden]
    segment = "" if view.segment.partition(" = ")[0] in hidden else view.segment
    return {"drifted": view.drifted, "sentence": view.sentence, "segment": segment, "reasons": reasons}


def _when(instant: datetime | None) -> str | None:
    return None if instant is None else iso(instant)
