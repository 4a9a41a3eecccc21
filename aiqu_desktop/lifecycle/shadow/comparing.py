"""Champion and challenger on the rows that both answered: how often they agree, and which of them the labels favour."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from aiqu_desktop.core.clock import iso
from aiqu_desktop.core.files import canonical_json, sha256_bytes
from aiqu_desktop.core.words import Task
from aiqu_desktop.drift.performance import compare_primary, primary_estimate
from aiqu_desktop.ingest import ObservationStore
from aiqu_desktop.ingest.window import Window
from aiqu_desktop.lifecycle.evaluation.candidacy import Candidacy
from aiqu_desktop.lifecycle.evaluation.comparing import difference_of
from aiqu_desktop.lifecycle.evaluation.kept import kept
from aiqu_desktop.lifecycle.shadow.record import first_begun


def measure_shadow(asked: Candidacy) -> dict[str, Any]:
    """The candidate beside the champion, on what was known when the site's day began: it stands still for that day.

    Returns `compare_answers`; with rows 0 where the version never ran beside this champion.
    Raises:
        UserError, EnvironmentFault: if the data cannot be read.
    """
    with asked.registry.read() as session:
        begun = first_begun(session, asked.version.version_id)
    if begun is None or asked.champion is None:
        return {"rows": 0, "labels": 0, "agreement": None, "champion": None, "challenger": None, "difference": None}
    rules = asked.standing.policy.shadow
    start, end = max(begun, asked.day_before(rules.days)), asked.as_of
    store, champion, challenger = ObservationStore(asked.registry), asked.champion.digest, asked.version.digest
    inputs = {
        "model": asked.model,
        "metric": asked.metric,
        "challenger": challenger,
        "champion": champion,
        "from": iso(start),
        "until": iso(end),
        "data": sha256_bytes(canonical_json(store.contents(asked.model, start, end, end, shadow=True))),
    }

    def compute() -> dict[str, Any]:
        window = store.beside(asked.model, start, end, champion=champion, challenger=challenger, known_by=end)
        return compare_answers(asked.version.schema.task, asked.metric, window)

    return kept(asked.registry, "shadow", inputs, compute)


def compare_answers(task: Task, metric: str, window: Window) -> dict[str, Any]:
    """What `ObservationStore.beside` found, as plain values.

    rows, labels: pairs of answers, and how many of them have a label. agreement: for a classifier the share of equal
    answers, for a regressor the mean absolute difference of the two, with its 95 % interval. champion, challenger: each
    one's primary metric on the labelled rows. difference: challenger minus champion, paired. None where there is none.
    """
    columns = window.columns
    old, new, labels = columns["prediction"], columns["shadow_prediction"], columns["label"]
    has = _labelled(labels)
    alike = primary_estimate("mae" if task is Task.REGRESSION else "accuracy", old, new) if window.rows else None
    found: dict[str, Any] = {
        "rows": window.rows,
        "labels": int(has.sum()),
        "agreement": alike.to_json() if alike else None,
        "champion": None,
        "challenger": None,
        "difference": None,
    }
    if has.any():
        known, before, after = labels[has], old[has], new[has]
        theirs, mine = primary_estimate(metric, known, before), primary_estimate(metric, known, after)
        difference = compare_primary(metric, known, before, after)
        found["champion"] = theirs.to_json() if theirs else None
        found["challenger"] = mine.to_json() if mine else None
        found["difference"] = difference_of(difference) if difference else None
    return found


def _labelled(labels: NDArray[Any]) -> NDArray[np.bool_]:
    if labels.dtype == np.float64:
        finite: NDArray[np.bool_] = np.isfinite(labels)
        return finite
    return np.array([label is not None for label in labels.tolist()], dtype=np.bool_)
