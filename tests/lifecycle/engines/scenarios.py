"""One model on a site whose target is a real engine, and requests that go on all the while."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from aiqu_desktop.core.clock import SystemClock, wait_until
from aiqu_desktop.core.paths import SitePaths
from aiqu_desktop.core.words import CheckKind, TargetKind
from aiqu_desktop.lifecycle import Target
from aiqu_desktop.lifecycle.targets.choice import target_of
from aiqu_desktop.registry import Registry
from aiqu_desktop.registry.tables import Alarm
from aiqu_desktop.services import releases
from aiqu_desktop.services.checking import run_checks
from aiqu_desktop.services.imports import import_version
from aiqu_desktop.services.opening import open_site
from aiqu_desktop.services.targets import choose_target
from tests.factories.bundles import make_bundle


@dataclass
class EngineSite:
    """A site with the model "toy"; `folder` is where its bundles and the engine's files lie."""

    registry: Registry
    folder: Path

    @property
    def target(self) -> Target:
        return target_of(self.registry, "toy")

    def take_in(self, *numbers: int) -> None:
        for number in numbers:
            import_version(self.registry, make_bundle(self.folder / f"v{number}", "toy", number), by="Eva")

    def choose(self, kind: TargetKind, **settings: Any) -> None:
        choose_target(self.registry, "toy", kind, settings, by="Eva", reason="the engine of line 1")

    def promote(self, number: int, on_step: Callable[[str, str], None] | None = None) -> releases.ReleaseOutcome:
        preview = releases.preview_promotion(self.registry, "toy", number)
        assert not preview.blocked, preview.blocking
        return releases.promote(self.registry, preview, actor="Eva", reason="better", on_step=on_step)

    def roll_back(self) -> releases.ReleaseOutcome:
        preview = releases.preview_rollback(self.registry, "toy")
        assert not preview.blocked, preview.blocking
        return releases.roll_back(self.registry, preview, actor="Olle", reason="scrap")

    def serving(self) -> int | None:
        seen = self.target.observe().serving
        return seen.version if seen else None
