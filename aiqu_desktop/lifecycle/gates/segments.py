"""The gate about parts of the data: a candidate that is as good on the whole may have lost a product or a class."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiqu_desktop.core.words import Task
from aiqu_desktop.lifecycle.evaluation.candidacy import Candidacy
from aiqu_desktop.lifecycle.gates.figures import failing, metric_name
from aiqu_desktop.lifecycle.gates.gate import GateResult

_TITLE = "No part of the data collapses"
_NAMED = 3  # small parts that are named; of more it is told how many

Measured = Mapping[str, Any]


def segments_hold(asked: Candidacy, holdout: Measured | None, recent: Measured | None) -> GateResult:
    """In no segment that is large enough is the candidate surely worse than the champion by more than the margin."""
    sets = {"held-out set": holdout, "recent data": recent}
    found = {
        name: measured["comparison"]
        for name, measured in sets.items()
        if measured is not None and measured["comparison"] is not None and measured["comparison"]["segments"]
    }
    rules = asked.standing.policy.segments
    evidence: dict[str, Any] = {name: comparison["segments"] for name, comparison in found.items()}
    if not found:
        finding = "There are no labelled rows of the site's own, or no champion, to compare parts of the data by."
        return _answer(None, finding, evidence)
    judged = [(name, part) for name, parts in evidence.items() for part in parts if part["difference"] is not None]
    small = _too_small(evidence)
    if not judged:
        return _answer(None, f"No part of the data has the {rules.min_rows} rows that are needed{small}.", evidence)
    metric = "mae" if asked.version.schema.task is Task.REGRESSION else "accuracy"
    fallen = [
        (name, part)
        for name, part in judged
        if part["surely_worse"] and part["worse_by"] > rules.allowed(metric, part["champion"])
    ]
    if fallen:
        name, part = max(fallen, key=lambda one: float(one[1]["worse_by"]))
        finding = f"{_said(metric, name, part)}: worse by more than the margin, and by more than chance{small}."
        return _answer(failing(rules.mode), finding, evidence)
    name, worst = max(judged, key=lambda one: float(one[1]["worse_by"]))
    finding = f"Of {len(judged)} parts none collapses; the worst for it is {_said(metric, name, worst)}{small}."
    flattered = recent is not None and not recent["unseen_only"] and "held-out set" not in found
    if flattered or small:
        doubt = " It may have been trained on these rows." if flattered else ""
        return _answer(None, finding + doubt, evidence)
    return _answer(True, finding, evidence)


def _said(metric: str, name: str, part: Mapping[str, Any]) -> str:
    return (
        f"{part['column']} = {part['segment']}: {metric_name(metric)} {part['challenger']:.3g} beside "
        f"{part['champion']:.3g} (n = {part['rows']:,}, {name})"
    )


def _too_small(evidence: Mapping[str, Any]) -> str:
    """Parts that no set has enough rows of."""
    known = {(p["column"], p["segment"]) for parts in evidence.values() for p in parts if p["difference"] is not None}
    seen = {(p["column"], p["segment"]): p for parts in evidence.values() for p in parts}
    small = [part for key, part in sorted(seen.items()) if key not in known]
    if not small:
        return ""
    named = ", ".join(f"{part['segment']} (n = {part['rows']})" for part in small[:_NAMED])
    more = f" and {len(small) - _NAMED} more" if len(small) > _NAMED else ""
    return f"; too small to tell: {named}{more}"


def _answer(passed: bool | None, finding: str, evidence: dict[str, Any]) -> GateResult:
    return GateResult("segments", _TITLE, passed, finding, evidence, overridable=True)
