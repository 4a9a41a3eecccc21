"""How gates write figures, and the one rule by which two versions' figures are held against a margin."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Protocol

from aiqu_desktop.lifecycle.evaluation.candidacy import Candidacy
from aiqu_desktop.lifecycle.policy import Mode


class Rules(Protocol):
    """What a policy says about a comparison with the champion."""

    @property
    def mode(self) -> Mode: ...

    @property
    def undecided(self) -> Mode: ...

    def allowed(self, metric: str, champion: float) -> float:
        """The margin in the metric's own unit."""
        ...


class Standing(StrEnum):
    """WITHIN: the whole interval lies within the margin. BEYOND: worse by more than the margin, and surely worse.

    UNDECIDED: anything else; so few rows cannot tell.
    """

    WITHIN = "within"
    BEYOND = "beyond"
    UNDECIDED = "undecided"


def standing_of(difference: Mapping[str, Any], margin: float) -> Standing:
    """Where a paired difference stands: a test of non-inferiority by its 95 % interval.

    CONSORT's reading of such intervals (G. Piaggio et al., JAMA 308:2594, 2012, figure 1).
    """
    sign = -1.0 if difference["higher_is_better"] else 1.0
    worse = sorted((sign * difference["low"], sign * difference["high"]))
    if worse[1] <= margin:
        return Standing.WITHIN
    if worse[0] > 0.0 and sign * difference["difference"] > margin:
        return Standing.BEYOND
    return Standing.UNDECIDED


def failing(mode: Mode) -> bool | None:
    """`GateResult.passed` of a gate that did not pass: False where it blocks, None where it advises."""
    return False if mode is Mode.BLOCK else None


def metric_name(metric: str) -> str:
    """A metric's name as people say it."""
    return metric.upper() if metric == "mae" else metric.replace("_", " ")


def estimate(figure: Mapping[str, Any]) -> str:
    """`0.952 (95 % 0.93 to 0.97, n = 800)`."""
    return f"{figure['value']:.3g} (95 % {figure['low']:.3g} to {figure['high']:.3g}, n = {figure['n']:,})"


def difference_text(difference: Mapping[str, Any]) -> str:
    """`+0.03 (95 % +0.01 to +0.05)`."""
    low, high = difference["low"], difference["high"]
    return f"{difference['difference']:+.3g} (95 % {low:+.3g} to {high:+.3g})"


def held_to(asked: Candidacy, rules: Rules, difference: Mapping[str, Any]) -> tuple[bool | None, str]:
    """Whether a paired difference passes by the policy's rules, and why in words that end the sentence."""
    assert asked.champion is not None, "a difference has two sides"
    margin = rules.allowed(asked.metric, difference["champion"])
    figures = (
        f"{metric_name(asked.metric)} {difference['challenger']:.3g} beside {difference['champion']:.3g} of version "
        f"{asked.champion.number}, {difference_text(difference)}"
    )
    standing = standing_of(difference, margin)
    if standing is Standing.WITHIN:
        return True, f"{figures}: not worse by more than the {margin:.3g} allowed."
    if standing is Standing.BEYOND:
        return failing(rules.mode), f"{figures}: worse by more than the {margin:.3g} allowed."
    verdict = f"{figures}: so few rows cannot tell whether it is worse by more than the {margin:.3g} allowed."
    return failing(rules.undecided), verdict
