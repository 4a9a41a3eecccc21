"""One model on a site whose target is a real engine, and requests that go on all the while."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from aiqu_desktop.core.clock import wait_until
from aiqu_desktop.core.words import CheckKind, TargetKind, VersionState
from aiqu_desktop.lifecycle import Preview, Target
from aiqu_desktop.lifecycle.facts import model_named
from aiqu_desktop.lifecycle.safe_state.hold import stopped
from aiqu_desktop.lifecycle.targets.choice import target_of
from aiqu_desktop.registry import Registry
from aiqu_desktop.registry.tables import Alarm, Version
from aiqu_desktop.services import releases, safe_state
from aiqu_desktop.services.checking import check_now
from aiqu_desktop.services.imports import import_version
from aiqu_desktop.services.opening import open_site
from aiqu_desktop.services.targets import choose_target
from aiqu_desktop.services.views import CheckRunRow
from tests.factories.bundles import make_bundle
from tests.factories.people import APPROVER, ENGINEER, OPERATOR, enrol


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
        choose_target(
            self.registry, "toy", kind, settings, by=ENGINEER, approver=APPROVER, reason="the engine of line 1"
        )

    def promote(self, number: int, on_step: Callable[[str, str], None] | None = None) -> releases.ReleaseOutcome:
        preview = releases.preview_promotion(self.registry, "toy", number)
        assert not preview.blocked, preview.blocking
        return carry_out(self.registry, preview, on_step)

    def roll_back(self) -> releases.ReleaseOutcome:
        preview = releases.preview_rollback(self.registry, "toy")
        assert not preview.blocked, preview.blocking
        return releases.roll_back(self.registry, preview, OPERATOR, "scrap")

    def stop(self, on_step: Callable[[str, str], None] | None = None) -> releases.ReleaseOutcome:
        return safe_state.stop(
            self.registry, safe_state.preview_stop(self.registry, "toy"), OPERATOR, "wrong answers", on_step=on_step
        )

    def resume(self, on_step: Callable[[str, str], None] | None = None) -> releases.ReleaseOutcome:
        preview = safe_state.preview_resume(self.registry, "toy")
        assert not preview.blocked, preview.blocking
        return carry_out(self.registry, preview, on_step)

    def stopped(self) -> bool:
        with self.registry.read() as session:
            return stopped(session, model_named(session, "toy").id) is not None

    def serving(self) -> int | None:
        seen = self.target.observe().serving
        return seen.version if seen else None

    def champion(self) -> int | None:
        return releases_champion(self.registry)

    def check(self, kind: CheckKind = CheckKind.TARGET) -> CheckRunRow:
        """Ask a check now; the target's, if no other is named."""
        (row,) = check_now(self.registry, model="toy", kind=kind)
        return row

    def alarms(self, key: str, *, active: bool = False) -> int:
        """How many alarms of this kind there ever were, or how many are active."""
        query = select(func.count()).select_from(Alarm).where(Alarm.key == key)
        if active:
            query = query.where(Alarm.returned_at.is_(None))
        with self.registry.read() as session:
            return session.scalars(query).one()

    def break_staged(self, file: Path) -> Callable[[str, str], None]:
        """For `promote`: once the version is staged, its file on the target is no longer what was approved."""

        def on_step(step: str, _detail: str) -> None:
            if step == "staged":
                file.write_bytes(b"broken on the way")

        return on_step

    def killed(self, act: str, step: str) -> None:
        """Do a release in a process of its own that is killed without a chance to clean up at a step."""
        command = [sys.executable, "-m", "tests.lifecycle.engines.killed", str(self.registry.paths.root), act, step]
        assert subprocess.run(command, timeout=120, check=False).returncode == -signal.SIGKILL


def carry_out(
    registry: Registry, preview: Preview, on_step: Callable[[str, str], None] | None = None
) -> releases.ReleaseOutcome:
    """Eva asks for the promotion or resumption, Maria approves it, and it is carried out."""
    request = releases.request_release(registry, preview, ENGINEER, "better")
    return releases.promote(registry, releases.approve(registry, request.id, APPROVER).id, on_step=on_step)


def releases_champion(registry: Registry) -> int | None:
    """The one champion in the registry; fails if there are two."""
    with registry.read() as session:
        return session.scalars(select(Version.number).where(Version.state == VersionState.CHAMPION)).one_or_none()


@contextmanager
def engine_site(folder: Path) -> Iterator[EngineSite]:
    registry = open_site(folder / "site", create=True, name="Engines")
    try:
        enrol(registry)
        yield EngineSite(registry, folder)
    finally:
        registry.close()


@dataclass
class Load:
    """Requests from one thread, one after the other; `failed` holds what went wrong."""

    ask: Callable[[], None]
    asked: int = 0
    failed: list[str] = field(default_factory=list)

    @contextmanager
    def going_on(self) -> Iterator[None]:
        """Ask as fast as answers come, from before the block until after it."""
        enough = threading.Event()

        def work() -> None:
            while not enough.is_set():
                self.asked += 1
                try:
                    self.ask()
                except Exception as error:  # noqa: BLE001  whatever it is, it is a failed prediction
                    self.failed.append(f"{type(error).__name__}: {error}")

        thread = threading.Thread(target=work)
        thread.start()
        try:
            assert wait_until(lambda: self.asked > 3, 30)
            yield
        finally:
            enough.set()
            thread.join()
