"""What a policy for automatic rollbacks says: what may trigger, how long a veto is awaited, and how often."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from aiqu_desktop.core.clock import as_utc, iso
from aiqu_desktop.core.errors import UserError
from aiqu_desktop.core.words import Trigger

COUNTDOWN = (10, 86_400)  # seconds
AT_MOST = (1, 7)
WITHIN = timedelta(days=7)
LONGEST = timedelta(days=3660)
LATENCY_MS = (1.0, 600_000.0)


@dataclass(frozen=True, slots=True)
class AutomaticPolicy:
    """countdown_seconds: from the alarm to the act, while anyone may veto. at_most: automatic rollbacks in seven days.

    latency_ms: what the golden cases on the target may take together; needed for the trigger `target-latency` only.
    """

    triggers: tuple[Trigger, ...]
    countdown_seconds: int
    valid_until: datetime
    at_most: int = 1
    latency_ms: float | None = None

    def to_json(self) -> dict[str, Any]:
        """What is signed: a plain dictionary."""
        return {
            "triggers": [trigger.value for trigger in self.triggers],
            "countdown_seconds": self.countdown_seconds,
            "at_most": self.at_most,
            "valid_until": iso(self.valid_until),
            "latency_ms": self.latency_ms,
        }

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> AutomaticPolicy:
        """The policy that a row states. Raises KeyError or ValueError where it states none."""
        return cls(
            triggers=tuple(Trigger(name) for name in content["triggers"]),
            countdown_seconds=int(content["countdown_seconds"]),
            valid_until=as_utc(datetime.fromisoformat(content["valid_until"])),
            at_most=int(content["at_most"]),
            latency_ms=content["latency_ms"],
        )

    def check(self, now: datetime) -> None:
        """Refuse what no policy may say.

        Raises:
            UserError: on the first thing that is out of its range; the sentence says which range.
        """
        if not self.triggers:
            raise UserError("A policy needs a trigger; choose from: " + ", ".join(Trigger) + ".")
        _within("The countdown", self.countdown_seconds, COUNTDOWN, "seconds")
        _within("The number of automatic rollbacks in seven days", self.at_most, AT_MOST, "")
        if not now < self.valid_until <= now + LONGEST:
            raise UserError("A policy is valid until a day to come, ten years away at most; name one.")
        if (Trigger.LATENCY in self.triggers) is not (self.latency_ms is not None):
            raise UserError("The trigger target-latency and a latency in milliseconds belong together; give both.")
        if self.latency_ms is not None:
            _within("The latency", self.latency_ms, LATENCY_MS, "milliseconds")


def _within(what: str, value: float, allowed: tuple[float, float], unit: str) -> None:
    low, high = allowed
    if not low <= value <= high:
        raise UserError(f"{what} is {value:g}; it may be {low:g} to {high:g} {unit}".rstrip() + ".")
