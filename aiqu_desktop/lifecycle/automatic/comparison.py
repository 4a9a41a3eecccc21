"""Is the version to go back to no worse on the rows since the onset than what was really served there?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from aiqu_desktop.core.clock import iso
from aiqu_desktop.core.words import Task
from aiqu_desktop.drift.performance import compare_primary
from aiqu_desktop.ingest import ObservationStore
from aiqu_desktop.lifecycle.evaluation.comparing import answers_of, difference_of
from aiqu_desktop.lifecycle.evaluation.holdout import LABEL
from aiqu_desktop.lifecycle.facts import VersionFacts
from aiqu_desktop.lifecycle.gates.figures import Standing, difference_text, metric_name, standing_of
from aiqu_desktop.lifecycle.gates.gate import GateResult
from aiqu_desktop.lifecycle.policy.standing import standing_policy
from aiqu_desktop.registry import ArtifactStore, Registry

LEAST_ROWS = 10
_MOST_ROWS = 20_000
_TITLE = "No worse on the rows since the onset"


@dataclass(frozen=True, slots=True)
class Rivals:
    """metric: the model's primary one. served, back: the champion, and the version to go back to."""

    model: str
    metric: str
    served: VersionFacts
    back: VersionFacts


def no_worse_since(registry: Registry, rivals: Rivals, since: datetime, now: datetime, *, needed: bool) -> GateResult:
    """Hold the older version's answers against those that were served, on the labelled rows from `since` on.

    The answers of the champion are those on record, so what the target really did counts, whatever the file would do
    here. The margin is that of the gate beside recent data (`lifecycle.policy`), read as `standing_of` does.

    Args:
        needed: too few rows are a failure; else, where the alarm is a plain fact, they are advice.
    Raises:
        UserError, EnvironmentFault: if a version or the data cannot be read.
    """
    back, served = rivals.back, rivals.served
    window = ObservationStore(registry).window(
        rivals.model,
        since,
        now,
        columns=("prediction", *back.schema.feature_names),
        served_digest=served.digest,
        labelled_only=True,
    )
    columns = {name: values[-_MOST_ROWS:] for name, values in window.columns.items()}
    rows = int(columns["event_time"].size)
    evidence: dict[str, Any] = {"since": iso(since), "rows": rows}
    few = (
        f"{rows} labelled rows since {iso(since)} are on record, and {LEAST_ROWS} are needed to say whether version "
        f"{back.number} does better."
    )
    if rows < LEAST_ROWS:
        return GateResult("since-onset", _TITLE, False if needed else None, few, evidence)
    labels, old = columns[LABEL], columns["prediction"]
    if back.schema.task is Task.REGRESSION:
        labels, old = labels.astype(np.float64), old.astype(np.float64)
    store = ArtifactStore(registry.paths.artifacts, registry.clock)
    new = answers_of(store, back, {name: columns[name] for name in back.schema.feature_names})
    compared = compare_primary(rivals.metric, labels, old, new)
    if compared is None:
        return GateResult("since-onset", _TITLE, False if needed else None, few, evidence)
    difference = difference_of(compared)
    margin = standing_policy(registry.paths, rivals.model, back.schema).policy.recent.allowed(
        rivals.metric, difference["champion"]
    )
    evidence |= {"difference": difference, "margin": margin}
    figures = (
        f"On the {rows:,} labelled rows since {iso(since)} version {back.number} has {metric_name(rivals.metric)} "
        f"{difference['challenger']:.3g} beside {difference['champion']:.3g} of what version {served.number} answered, "
        f"{difference_text(difference)}"
    )
    where = standing_of(difference, margin)
    if where is Standing.WITHIN:
        return GateResult("since-onset", _TITLE, True, f"{figures}.", evidence)
    why = {
        Standing.BEYOND: f"worse by more than the {margin:.3g} allowed",
        Standing.UNDECIDED: f"so few rows cannot tell whether it is worse by more than the {margin:.3g} allowed",
    }[where]
    return GateResult("since-onset", _TITLE, False, f"{figures}: {why}.", evidence)
