"""The plan of the demo, read from resources: who brings in what and when, and the one mistake.

What is not in it is decided by what the product shows: when an alarm rings, and what is done about it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from aiqu_desktop.bundles.manifest import parse_manifest
from aiqu_desktop.core.clock import as_utc
from aiqu_desktop.core.errors import EnvironmentFault, UserError
from aiqu_desktop.core.paths import resources
from aiqu_desktop.core.words import CheckKind, Role

_DAY = 86_400
# Which plant file feeds a model, and which of its columns turns out to be true.
_SOURCES = {
    "gas-classifier": ("gas.parquet", "gas"),
    "gas-concentration": ("gas.parquet", "concentration_ppmv"),
    "machine-failure": ("machine.parquet", "Machine_failure"),
}
# The plant measures some ten samples a day and stands still at times: windows of weeks, checked every few days.
_CHECKS: Mapping[CheckKind, Mapping[str, Any]] = {
    CheckKind.PERFORMANCE: {"every_seconds": _DAY, "min_labels": 30},
    CheckKind.DRIFT: {"every_seconds": 4 * _DAY},
    CheckKind.QUALITY: {"every_seconds": 3 * _DAY, "window_days": 14.0, "min_rows": 10, "rate_limit": 0.1},
    CheckKind.FRESHNESS: {"every_seconds": 2 * _DAY, "data_days": 10.0, "label_days": 21.0},
    CheckKind.INTEGRITY: {"every_seconds": 30 * _DAY},
    CheckKind.STANDBY: {"every_seconds": 14 * _DAY},
    CheckKind.DRILL: {"every_seconds": 30 * _DAY},
    CheckKind.TARGET: {"every_seconds": _DAY},
}
# The milling machine's controller is read out once a week; its failures are rare, so it is judged over a longer time.
_READ_OUT = {"machine-failure": timedelta(days=7)}
_OWN_CHECKS: Mapping[str, Mapping[CheckKind, Mapping[str, Any]]] = {
    "machine-failure": {
        CheckKind.PERFORMANCE: {"every_seconds": 7 * _DAY, "min_labels": 30, "window_days": 84.0},
        CheckKind.FRESHNESS: {"every_seconds": 2 * _DAY, "data_days": 15.0, "label_days": 28.0},
    }
}


@dataclass(frozen=True, slots=True)
class Arrival:
    """A bundle that is carried in on a stick."""

    model: str
    version: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Mistake:
    """A promotion that looks right on paper and is wrong on the plant; and what is said when it is taken back."""

    model: str
    version: int
    at: datetime
    by: str
    reason: str
    rollback_reason: str


@dataclass(frozen=True, slots=True)
class SignedPolicy:
    """A policy for automatic rollbacks that the engineer proposes and the approver signs, long before it is needed."""

    model: str
    at: datetime
    countdown: timedelta
    at_most: int
    reason: str


@dataclass(frozen=True, slots=True)
class DemoModel:
    """One model of the plant.

    features: its input columns. read_out: how often its machine hands over rows. reason: why its successors are
    promoted.
    """

    name: str
    first_version: int
    source: Path
    label: str
    label_delay: timedelta
    read_out: timedelta
    features: tuple[str, ...]
    reason: str
    checks: Mapping[CheckKind, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Story:
    """people: full names by their one role.

    start, end: the replayed span. handover: up to here the history is made; after it the months replay live.
    """

    site: str
    folder: Path
    start: datetime
    handover: datetime
    end: datetime
    people: Mapping[Role, str]
    models: tuple[DemoModel, ...]
    arrivals: tuple[Arrival, ...]
    mistake: Mistake
    automatic: SignedPolicy

    @property
    def operator(self) -> str:
        """Who acknowledges alarms and rolls back."""
        return self.people[Role.OPERATOR]

    @property
    def engineer(self) -> str:
        """Who brings versions in and asks for their promotion."""
        return self.people[Role.ENGINEER]

    @property
    def approver(self) -> str:
        """Who approves it."""
        return self.people[Role.APPROVER]

    def bundle(self, model: str, version: int) -> Path:
        """The folder of one shipped bundle."""
        return _bundle(self.folder, model, version)

    def model(self, name: str) -> DemoModel:
        """One model of the story by its name."""
        return next(model for model in self.models if model.name == name)


def load_story() -> Story:
    """Read the story that the product ships.

    Raises:
        EnvironmentFault: if it is missing or damaged.
    """
    folder = resources() / "demo"
    try:
        data = json.loads((folder / "story.json").read_text("utf-8"))
        return _story(folder, data)
    except (OSError, KeyError, TypeError, ValueError, UserError) as error:
        raise EnvironmentFault(f"The demo in {folder} cannot be read ({error}); install AiQu Desktop again.") from error


def _story(folder: Path, data: Mapping[str, Any]) -> Story:
    mistake, automatic = data["mistake"], data["automatic"]
    return Story(
        site="Demo plant",
        folder=folder,
        start=_instant(data["start"]),
        handover=_instant(data["handover"]),
        end=_instant(data["end"]),
        people={Role(role): name for role, name in data["people"].items()},
        models=tuple(_model(folder, name, data) for name in data["models"]),
        arrivals=tuple(
            Arrival(name, entry["version"], _instant(entry["available"]))
            for name, model in data["models"].items()
            for entry in model["imports"]
        ),
        mistake=Mistake(
            model=mistake["model"],
            version=mistake["version"],
            at=_instant(mistake["at"]),
            by=mistake["by"],
            reason=mistake["reason"],
            rollback_reason=mistake["rollback"]["reason"],
        ),
        automatic=SignedPolicy(
            model=automatic["model"],
            at=_instant(automatic["at"]),
            countdown=timedelta(seconds=automatic["countdown_seconds"]),
            at_most=automatic["at_most"],
            reason=automatic["reason"],
        ),
    )


def _model(folder: Path, name: str, data: Mapping[str, Any]) -> DemoModel:
    source, label = _SOURCES[name]
    first = data["models"][name]["initial_version"]
    return DemoModel(
        name=name,
        first_version=first,
        source=folder / "plant" / source,
        label=label,
        label_delay=timedelta(days=data["label_delay_days"][name]),
        read_out=_READ_OUT.get(name, timedelta(days=1)),
        features=_features(_bundle(folder, name, first)),
        reason=data["reasons"].get(name, "The live version no longer copes with the plant as it is now."),
        checks={**_CHECKS, **_OWN_CHECKS.get(name, {})},
    )


def _features(bundle: Path) -> tuple[str, ...]:
    return parse_manifest((bundle / "manifest.json").read_bytes()).schema.feature_names


def _bundle(folder: Path, model: str, version: int) -> Path:
    return folder / "bundles" / model / f"v{version}"


def _instant(text: str) -> datetime:
    return as_utc(datetime.fromisoformat(text))
