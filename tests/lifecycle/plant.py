"""One model on a site with a real line: what the tests of releases ask and do."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from aiqu_desktop.bundles import import_bundle
from aiqu_desktop.core.clock import wait_until
from aiqu_desktop.core.words import VersionState
from aiqu_desktop.lifecycle import (
    FolderTarget,
    ReleaseOutcome,
    folder_target,
    folder_targets,
    preview_promotion,
    preview_rollback,
    promote,
    settle_unfinished,
)
from aiqu_desktop.lifecycle.approvals.requests import Request
from aiqu_desktop.registry import Registry
from aiqu_desktop.registry.tables import Model, Release, Version
from tests.factories.bundles import make_bundle
from tests.factories.people import decided, promoted, rolled_back

TIMEOUT = 15.0


@contextmanager
def running_line(root: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The line as a process of its own, ended with the block."""
    command = [sys.executable, "-m", "aiqu_desktop.line", "--root", str(root), "--poll", "0.02"]
    line = subprocess.Popen(command)
    try:
        yield line
    finally:
        line.kill()
        line.wait()


@dataclass
class Plant:
    """One model: its registry, its target, and where its bundles are made."""

    registry: Registry
    model: str
    bundles: Path

    @property
    def target(self) -> FolderTarget:
        return folder_target(self.registry.paths, self.model)

    def take_in(self, *numbers: int) -> None:
        """Import versions and wait until the line knows the model."""
        for number in numbers:
            folder = make_bundle(self.bundles / f"{self.model}-{number}", self.model, number)
            import_bundle(self.registry, folder, actor="Eva")
        self.wait_for_line()

    def wait_for_line(self) -> None:
        target = self.target
        assert wait_until(lambda: target.observe().alive, TIMEOUT), "the line does not answer"

    def promote(self, number: int, timeout: float = TIMEOUT, on_step: Callable[[str, str], None] | None = None):
        preview = preview_promotion(self.registry, self.model, number)
        return promoted(self.registry, self.target, preview, timeout=timeout, on_step=on_step)

    def promote_request(self, request: Request) -> ReleaseOutcome:
        """Approve a pending request and carry it out."""
        return promote(self.registry, self.target, decided(self.registry, self.target, request).id)

    def roll_back(
        self, number: int | None = None, timeout: float = TIMEOUT, on_step: Callable[[str, str], None] | None = None
    ):
        preview = preview_rollback(self.registry, self.model, number)
        return rolled_back(self.registry, self.target, preview, timeout=timeout, on_step=on_step)

    def settle(self, timeout: float = TIMEOUT) -> tuple[ReleaseOutcome, ...]:
        return settle_unfinished(self.registry, folder_targets(self.registry.paths), timeout=timeout)

    def champion(self) -> int | None:
        """The one champion in the registry; fails if there are two."""
        with self.registry.read() as session:
            return session.scalars(
                select(Version.number).join(Model).where(Model.name == self.model, Version.state == "champion")
            ).one_or_none()

    def pointer(self) -> int | None:
        pointer = self.target.folder.pointer()
        return pointer.version if pointer else None

    def serving(self) -> int | None:
        seen = self.target.observe().serving
        return seen.version if seen else None

    def state(self, number: int) -> VersionState:
        with self.registry.read() as session:
            return session.scalars(
                select(Version.state).join(Model).where(Model.name == self.model, Version.number == number)
            ).one()

    def releases(self) -> list[Release]:
        with self.registry.read() as session:
            return list(
                session.scalars(
                    select(Release).join(Model).where(Model.name == self.model).order_by(Release.intended_at)
                )
            )
