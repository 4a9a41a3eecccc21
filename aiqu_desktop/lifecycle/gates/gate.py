"""Gates: the conditions of a release, each answered with its evidence. A failed gate blocks; advice does not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

WAITING = "waiting"  # in the evidence of a gate that failed only because more must come first


@dataclass(frozen=True, slots=True)
class GateResult:
    """The answer of one gate.

    passed: None means advice: something to weigh, which does not block.
    finding: one sentence with figures. It holds nothing that changes by itself from second to second (such as an age),
        because a release goes ahead only while its gates say what they said when they were shown.
    overridable: two people may let a release go ahead although it failed. What proves that the right file would serve
        (digest, golden cases, a target that answers) can never be overridden.
    """

    name: str
    title: str
    passed: bool | None
    finding: str
    evidence: dict[str, Any]
    overridable: bool = False

    @property
    def blocks(self) -> bool:
        return self.passed is False

    def to_json(self) -> dict[str, Any]:
        """A plain dictionary, part of the evidence."""
        return {
            "name": self.name,
            "title": self.title,
            "passed": "advice" if self.passed is None else self.passed,
            "finding": self.finding,
            "evidence": self.evidence,
            "overridable": self.overridable,
        }
