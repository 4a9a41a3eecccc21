"""Gates that the site's own data decide: its held-out set, its recent labelled observations, and each part of both."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from aiqu_desktop.bundles.card import higher_is_better
from aiqu_desktop.core.errors import AiquError
from aiqu_desktop.core.words import VersionState
from aiqu_desktop.lifecycle.evaluation.candidacy import Candidacy
from aiqu_desktop.lifecycle.evaluation.measuring import measure_holdout, measure_recent
from aiqu_desktop.lifecycle.gates.figures import estimate, failing, held_to, metric_name
from aiqu_desktop.lifecycle.gates.gate import GateResult
from aiqu_desktop.lifecycle.gates.segments import segments_hold
from aiqu_desktop.lifecycle.policy import Mode

Measured = Mapping[str, Any]
_TITLES = {"holdout": "Held-out set of the site", "recent": "Beside the champion on recent data"}


def data_gates(asked: Candidacy) -> tuple[GateResult, ...]:
    """The three gates: each set of rows is measured once and read by two of them."""
    policy = asked.standing.policy
    holdout, holdout_fault = _tried(
        lambda: measure_holdout(asked, asked.holdout) if asked.holdout is not None else None
    )
    recent, recent_fault = _tried(lambda: measure_recent(asked))
    return (
        _on_holdout(asked, holdout) if not holdout_fault else _broken("holdout", policy.holdout.mode, holdout_fault),
        _on_recent(asked, recent or {}) if not recent_fault else _broken("recent", policy.recent.mode, recent_fault),
        segments_hold(asked, holdout, recent),
    )


def decided_by_data(gates: tuple[GateResult, ...]) -> bool:
    """Whether held-out set or recent data said yes or no: then figures on paper are advice only."""
    return any(gate.name in _TITLES and gate.passed is not None for gate in gates)


def _tried(measure: Callable[[], Measured | None]) -> tuple[Measured | None, str]:
    try:
        return measure(), ""
    except AiquError as error:
        return None, str(error)


def _broken(name: str, mode: Mode, fault: str) -> GateResult:
    return _answer(name, failing(mode), f"It could not be measured: {fault}", {})


def _on_holdout(asked: Candidacy, measured: Measured | None) -> GateResult:
    rules = asked.standing.policy.holdout
    if measured is None or asked.holdout is None:
        finding = f"{asked.model} has no held-out set of the site's own; 'aiqu holdout set' gives it one."
        return _answer("holdout", failing(rules.mode) if rules.required else None, finding, {})
    evidence = {"set": asked.holdout.sha256, "measured": dict(measured)}
    compared = measured["comparison"]
    if compared is None or compared["challenger"] is None:
        finding = "The bundle's reference carries every row of the held-out set, so nothing is left to judge it by."
        return _answer("holdout", failing(rules.mode), finding, evidence)
    left = f"; {measured['carried']:,} rows that its bundle carries are left out" if measured["carried"] else ""
    name, mine = metric_name(asked.metric), compared["challenger"]
    said = f"Version {asked.version.number}: {name} {estimate(mine)} on the held-out set{left}"
    if rules.worst is not None and _is_worse(asked.metric, mine["value"], rules.worst):
        finding = f"{said}; the worst that the policy accepts is {rules.worst:g}."
        return _answer("holdout", failing(rules.mode), finding, evidence)
    if compared["difference"] is None:
        if rules.worst is not None:
            return _answer("holdout", True, f"{said}; the policy accepts {rules.worst:g}.", evidence)
        return _answer("holdout", None, f"{said}; there is no champion and no limit to hold it against.", evidence)
    passed, verdict = held_to(asked, rules, compared["difference"])
    return _answer("holdout", passed, f"{said}; {verdict}", evidence)


def _on_recent(asked: Candidacy, measured: Measured) -> GateResult:
    rules = asked.standing.policy.recent
    evidence, compared = {"measured": dict(measured)}, measured.get("comparison")
    lacking = failing(rules.mode) if rules.required else None
    if asked.champion is None:
        itself = asked.version.state is VersionState.CHAMPION
        finding = "It is the champion itself." if itself else "There is no champion to compare with."
        return _answer("recent", None, finding, evidence)
    if compared is None or compared["difference"] is None:
        finding = (
            f"{measured['rows']:,} labelled observations of the last {rules.days:g} days can be used, "
            f"and {rules.min_rows:,} are needed to tell anything."
        )
        return _answer("recent", lacking, finding, evidence)
    passed, verdict = held_to(asked, rules, compared["difference"])
    number, rows = asked.version.number, f"{measured['rows']:,}"
    said = f"Version {number} on {rows} labelled observations: {verdict}"
    if measured["unseen_only"]:
        return _answer("recent", passed, f"{said} It cannot have been trained on them.", evidence)
    doubt = f"Only {measured['unseen']:,} are newer than version {number}; it may have been trained on the others"
    if passed is False:
        return _answer("recent", False, f"{said} {doubt}, and is worse even so.", evidence)
    return _answer("recent", lacking, f"{said} {doubt}, so this proves nothing in its favour.", evidence)


def _is_worse(metric: str, value: float, level: float) -> bool:
    return value < level if higher_is_better(metric) else value > level


def _answer(name: str, passed: bool | None, finding: str, evidence: dict[str, Any]) -> GateResult:
    return GateResult(name, _TITLES[name], passed, finding, evidence, overridable=True)
