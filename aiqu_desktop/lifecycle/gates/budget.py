"""The gate about time and memory on this machine."""

from __future__ import annotations

from typing import Any

from aiqu_desktop.core.errors import AiquError
from aiqu_desktop.lifecycle.evaluation.candidacy import Candidacy
from aiqu_desktop.lifecycle.evaluation.speed import speed_here
from aiqu_desktop.lifecycle.gates.figures import failing
from aiqu_desktop.lifecycle.gates.gate import GateResult

_TITLE = "Time and memory on this machine"
# Below these a multiple of the champion's figure tells of noise, not of cost.
_FLOORS = {"row_p99_ms": 5.0, "batch_p99_ms": 50.0, "peak_mb": 256.0}
_WORDS = {
    "row_p99_ms": ("one row", "ms"),
    "batch_p99_ms": ("1,000 rows", "ms"),
    "peak_mb": ("peak memory", "MB"),
}


def within_budget(asked: Candidacy) -> GateResult:
    """The version's figures keep to the policy's budgets, and to a multiple of the champion's where that says more.

    The figures were measured once on this machine and kept, so they stand still.
    """
    rules = asked.standing.policy.budget
    try:
        mine = speed_here(asked.registry, asked.version)
    except AiquError as error:
        return _answer(failing(rules.mode), str(error), {})
    evidence: dict[str, Any] = {"version": mine, "champion": None}
    stated = {"row_p99_ms": rules.row_ms, "batch_p99_ms": rules.batch_ms, "peak_mb": rules.memory_mb}
    limits = {name: (limit, "the policy's") for name, limit in stated.items() if limit is not None}
    if asked.champion is not None:
        try:
            theirs = speed_here(asked.registry, asked.champion)
        except AiquError:
            theirs = {}  # a champion that no longer runs is no measure; its own gates say so
        evidence["champion"] = theirs or None
        for name, value in theirs.items():
            bound = max(_FLOORS[name], rules.times_champion * value)
            if name not in limits:
                limits[name] = (bound, f"{rules.times_champion:g} times the champion's, at least {_FLOORS[name]:g}")
    said = ", ".join(f"{_WORDS[name][0]} {mine[name]:g} {_WORDS[name][1]}" for name in _WORDS)
    if not limits:
        return _answer(None, f"{said} (99th percentiles); there is no champion and no budget in the policy.", evidence)
    over = [name for name, (limit, _) in limits.items() if mine[name] > limit]
    if over:
        words, unit = _WORDS[over[0]]
        limit, whose = limits[over[0]]
        finding = f"{words} takes {mine[over[0]]:g} {unit}; at most {limit:.3g} {unit} ({whose}) is allowed."
        return _answer(failing(rules.mode), finding, evidence)
    return _answer(True, f"{said} (99th percentiles): within its budget.", evidence)


def _answer(passed: bool | None, finding: str, evidence: dict[str, Any]) -> GateResult:
    return GateResult("budget", _TITLE, passed, finding[:1].upper() + finding[1:], evidence, overridable=True)
