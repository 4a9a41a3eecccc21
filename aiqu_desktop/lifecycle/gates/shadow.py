"""The gate about a shadow: how the candidate did beside the champion on the very rows that the champion answered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiqu_desktop.core.errors import AiquError
from aiqu_desktop.core.words import Task
from aiqu_desktop.lifecycle.evaluation.candidacy import Candidacy
from aiqu_desktop.lifecycle.gates.figures import failing, held_to
from aiqu_desktop.lifecycle.gates.gate import WAITING, GateResult
from aiqu_desktop.lifecycle.shadow.comparing import measure_shadow
from aiqu_desktop.lifecycle.shadow.place import why_no_shadow

_TITLE = "As the champion's shadow"


def shadow_compared(asked: Candidacy) -> GateResult:
    """As many rows and labels as the policy asks for were answered beside the champion, and no worse than by it.

    Where the policy asks for none, what a shadow found counts all the same.
    """
    rules = asked.standing.policy.shadow
    if asked.champion is None:
        return _answer(True, "There is no champion to run beside.", {})
    try:
        measured = measure_shadow(asked)
    except AiquError as error:
        return _answer(failing(rules.mode), f"It could not be measured: {error}", {})
    rows, labels = measured["rows"], measured["labels"]
    evidence = {"measured": measured}
    if not rows and not rules.asks:
        return _answer(True, "The policy asks for no shadow, and none answered.", evidence)
    if rows < rules.min_rows or labels < rules.min_labels:
        with asked.registry.read() as session:
            impossible = why_no_shadow(session, asked.model_id)
        if impossible:
            return _answer(None, impossible, evidence)
        finding = (
            f"Version {asked.version.number} has answered {rows:,} of the {rules.min_rows:,} rows that the policy asks "
            f"for beside version {asked.champion.number}, with {labels:,} of {rules.min_labels:,} labels."
        )
        return _answer(failing(rules.mode), finding, evidence | {WAITING: True})
    said = (
        f"{rows:,} rows beside version {asked.champion.number}: {agreement_text(asked.version.schema.task, measured)}"
    )
    if measured["difference"] is None:
        return _answer(None, f"{said}; too few labels have come to tell which of the two is right.", evidence)
    passed, verdict = held_to(asked, rules, measured["difference"])
    return _answer(passed, f"{said}; on {labels:,} labelled ones {verdict}", evidence)


def agreement_text(task: Task, measured: Mapping[str, Any]) -> str:
    """`the same answer in 97.2 % (95 % 96 to 98.1)`, or for numbers `apart by 0.31 on average (95 % …)`."""
    alike = measured["agreement"]
    if alike is None:
        return "no two answers that can be compared"
    if task is Task.REGRESSION:
        return f"apart by {alike['value']:.3g} on average (95 % {alike['low']:.3g} to {alike['high']:.3g})"
    value, low, high = (100 * alike[name] for name in ("value", "low", "high"))
    return f"the same answer in {value:.3g} % (95 % {low:.3g} to {high:.3g})"


def _answer(passed: bool | None, finding: str, evidence: dict[str, Any]) -> GateResult:
    return GateResult("shadow", _TITLE, passed, finding, evidence, overridable=True)
