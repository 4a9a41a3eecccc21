"""The plan of the demo, read from resources: who brings in what and when, and the one mistake."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from aiqu_desktop.core.paths import resources
from aiqu_desktop.core.words import CheckKind


@dataclass(frozen=True, slots=True)
class Arrival:
    """A bundle that is carried in on a stick."""

    model: str
    version: int
    at: datetime
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Mistake:
    """A promotion that looks right on paper and is wrong on the plant."""

    model: str
    version: int
    at: datetime
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class DemoModel:
    """One model of the plant: its source file, its label column and delay, and its checks' settings."""

    name: str
    source: str
    label: str
    label_delay: timedelta
    checks: dict[CheckKind, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Story:
    """start, end: the replayed span. handover: up to here the history is made; after it the months replay live."""

    site: str
    start: datetime
    handover: datetime
    end: datetime
    operator: str
    models: tuple[DemoModel, ...]
    arrivals: tuple[Arrival, ...]  # in time order; the first of each model is promoted at once
    mistakes: tuple[Mistake, ...]

    @property
    def folder(self) -> Path:
        return demo_resources()

    def bundle(self, model: str, version: int) -> Path:
        """The folder of one shipped bundle."""
        return self.folder / "bundles" / model / f"v{version}"


def demo_resources() -> Path:
    """Where the demo's data, bundles and story lie."""
    return resources() / "demo"
