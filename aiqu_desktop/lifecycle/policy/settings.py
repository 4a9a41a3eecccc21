"""What a policy can say, each thing once: its section, key, default, and what values are accepted.

Margins come in two kinds, because the primary metric does: of a share (accuracy, balanced accuracy) it is absolute, of
an error (mae) it is a share of the champion's error.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from aiqu_desktop.bundles.card import higher_is_better
from aiqu_desktop.core.files import canonical_json, sha256_bytes
from aiqu_desktop.lifecycle.policy.freeze import FreezeWindow


class Mode(StrEnum):
    """What a gate does that did not pass."""

    BLOCK = "block"
    ADVISE = "advise"


def _number(default: float | None, low: float, high: float) -> Any:
    return field(default=default, metadata={"low": low, "high": high})


@dataclass(frozen=True, slots=True)
class Margins:
    """How much worse than the champion a candidate may be."""

    margin: float = _number(0.05, 0.0, 1.0)
    error_margin: float = _number(0.1, 0.0, 10.0)

    def allowed(self, metric: str, champion: float) -> float:
        """The margin in the metric's own unit, beside a champion's value of it."""
        return self.margin if higher_is_better(metric) else self.error_margin * champion


@dataclass(frozen=True, slots=True)
class HoldoutRules(Margins):
    """The evaluation on the site's held-out set.

    worst: the worst acceptable value of the primary metric on it; none by default.
    required: whether a model without a held-out set is a failure and not only advice.
    undecided: what it means when the interval reaches to both sides of the margin.
    """

    mode: Mode = Mode.BLOCK
    required: bool = False
    worst: float | None = _number(None, 0.0, 1e300)
    undecided: Mode = Mode.ADVISE


@dataclass(frozen=True, slots=True)
class RecentRules(Margins):
    """Champion against challenger on the site's own labelled observations of the last `days`.

    min_rows: fewer rows decide nothing. max_rows: of more, the newest.
    """

    mode: Mode = Mode.BLOCK
    required: bool = False
    days: float = _number(28.0, 1.0, 3660.0)
    min_rows: int = _number(50, 10, 1_000_000)
    max_rows: int = _number(20_000, 100, 1_000_000)
    undecided: Mode = Mode.ADVISE


@dataclass(frozen=True, slots=True)
class ShadowRules(Margins):
    """A challenger that answered beside the champion, on the rows of the last `days`.

    min_rows, min_labels: rows that both must have answered, and how many of these must be labelled; 0 asks for none.
    """

    mode: Mode = Mode.BLOCK
    days: float = _number(28.0, 1.0, 3660.0)
    min_rows: int = _number(0, 0, 100_000_000)
    min_labels: int = _number(0, 0, 100_000_000)
    undecided: Mode = Mode.ADVISE

    @property
    def asks(self) -> bool:
        """Whether a promotion needs a shadow at all."""
        return self.min_rows > 0 or self.min_labels > 0


@dataclass(frozen=True, slots=True)
class SegmentRules(Margins):
    """No part of the data may collapse. columns: categorical features to cut by; empty means all of them."""

    margin: float = _number(0.15, 0.0, 1.0)
    error_margin: float = _number(0.5, 0.0, 10.0)
    mode: Mode = Mode.BLOCK
    columns: tuple[str, ...] = ()
    min_rows: int = _number(30, 10, 1_000_000)


@dataclass(frozen=True, slots=True)
class BudgetRules:
    """Time and memory on this machine. row_ms, batch_ms: the 99th percentile for one row and for a batch of 1,000.

    memory_mb: the peak of a process that serves this model alone. times_champion: how many times the champion's
    figures, where these are large enough to be told from noise.
    """

    mode: Mode = Mode.BLOCK
    row_ms: float | None = _number(None, 0.001, 1e7)
    batch_ms: float | None = _number(None, 0.001, 1e7)
    memory_mb: float | None = _number(None, 1.0, 1e7)
    times_champion: float = _number(4.0, 1.0, 1000.0)


@dataclass(frozen=True, slots=True)
class PaperRules(Margins):
    """The figures on the two cards: they decide only where no data of the site do."""

    error_margin: float = _number(0.25, 0.0, 10.0)
    mode: Mode = Mode.BLOCK


@dataclass(frozen=True, slots=True)
class ReferenceRules:
    """How old the version and with it its reference data may be."""

    mode: Mode = Mode.ADVISE
    max_age_days: float = _number(730.0, 1.0, 36_600.0)


@dataclass(frozen=True, slots=True)
class AlarmRules:
    """Open alarms. block: those that are no mere advice, by their key."""

    block: tuple[str, ...] = ("integrity",)


@dataclass(frozen=True, slots=True)
class FreezeRules:
    """When nothing is promoted, in the site's time zone. A rollback is always possible."""

    mode: Mode = Mode.BLOCK
    windows: tuple[FreezeWindow, ...] = ()


@dataclass(frozen=True, slots=True)
class RetrainingRules:
    """What a retraining request carries. confidential: features that never leave the site."""

    days: float = _number(90.0, 1.0, 3660.0)
    confidential: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Policy:
    """What the releases of one model are held to; the defaults are those of a site without a policy file."""

    time_zone: str = "UTC"
    holdout: HoldoutRules = HoldoutRules()
    recent: RecentRules = RecentRules()
    shadow: ShadowRules = ShadowRules()
    segments: SegmentRules = SegmentRules()
    budget: BudgetRules = BudgetRules()
    paper: PaperRules = PaperRules()
    reference: ReferenceRules = ReferenceRules()
    alarms: AlarmRules = AlarmRules()
    freeze: FreezeRules = FreezeRules()
    retraining: RetrainingRules = RetrainingRules()

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def to_json(self) -> dict[str, Any]:
        """Every setting, defaults too: a plain dictionary, part of the evidence."""
        content = asdict(self)
        content["freeze"]["windows"] = [str(window) for window in self.freeze.windows]
        return {key: _plain(value) for key, value in content.items()}

    @property
    def digest(self) -> str:
        """SHA-256 of what the policy says; comments and spelling do not count."""
        return sha256_bytes(canonical_json(self.to_json()))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return value.value if isinstance(value, Mode) else value
