"""What the flow consists of: a list of steps, each some of the gates that a promotion asks.

A step measures what takes time, and what it measured is kept: the preview of a promotion then reads it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from aiqu_desktop.lifecycle.evaluation.candidacy import Candidacy
from aiqu_desktop.lifecycle.gates.budget import within_budget
from aiqu_desktop.lifecycle.gates.data import data_gates
from aiqu_desktop.lifecycle.gates.gate import GateResult
from aiqu_desktop.lifecycle.gates.shadow import shadow_compared
from aiqu_desktop.lifecycle.gates.version import files_intact, golden_cases_pass, schema_fits


@dataclass(frozen=True, slots=True)
class Step:
    """name: as kept in the registry. gates: asks them; what they need is in the candidacy."""

    name: str
    title: str
    gates: Callable[[Candidacy], tuple[GateResult, ...]]


def _verify(asked: Candidacy) -> tuple[GateResult, ...]:
    return files_intact(asked.store, asked.version), schema_fits(asked.version, asked.champion)


def _golden(asked: Candidacy) -> tuple[GateResult, ...]:
    return (golden_cases_pass(asked.store, asked.version),)


def _budget(asked: Candidacy) -> tuple[GateResult, ...]:
    return (within_budget(asked),)


def _shadow(asked: Candidacy) -> tuple[GateResult, ...]:
    return (shadow_compared(asked),)


STEPS: tuple[Step, ...] = (
    Step("verify", "Verified", _verify),
    Step("golden", "Golden cases", _golden),
    Step("evaluation", "Evaluated on the site's data", data_gates),
    Step("budget", "Time and memory", _budget),
    # Last: only a version that has passed the others may run beside the champion.
    Step("shadow", "Shadow", _shadow),
)
