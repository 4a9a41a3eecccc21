"""One model on a site with a real line: put back to its beginning between faults; asked whether all promises hold."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select, text

from aiqu_desktop.bundles import import_bundle
from aiqu_desktop.core.clock import SystemClock, wait_until
from aiqu_desktop.core.errors import EnvironmentFault
from aiqu_desktop.core.paths import SitePaths
from aiqu_desktop.core.words import ReleaseState, VersionState
from aiqu_desktop.lifecycle import Placement, spans
from aiqu_desktop.lifecycle.facts import model_named
from aiqu_desktop.lifecycle.safe_state.hold import stopped
from aiqu_desktop.line.messages import LineStatus, StopOrder
from aiqu_desktop.line.protocol import TargetFolder
from aiqu_desktop.monitoring.release_alarm import standing_condition
from aiqu_desktop.monitoring.stop_alarm import stop_conditions
from aiqu_desktop.registry import Registry
from aiqu_desktop.registry.tables import Alarm, Release, Version
from aiqu_desktop.security import audit
from aiqu_desktop.services import releases
from aiqu_desktop.services.opening import close_site, open_site
from tests.factories.bundles import make_bundle
from tests.factories.people import enrol
from tests.lifecycle.faults.acts import done, let_two_people_sign
from tests.lifecycle.faults.forking import Host

MODEL = "press"
PATIENCE = 30.0
# What the releasing child had said before it ended, and what must then be true for ever.
_LIVE_FOR_EVER = "completed"


@dataclass
class FaultSite:
    """A site in `root` on which `act` is about to happen. `kept` lies on another file system than a power cut hits.

    act: what `acts.prepared` takes. For "settle STEP" a promotion to version 2 has been killed at that step, for
        "settle stop STEP" a stop.
    before, after: the versions of which one must be champion, whatever happens.
    completed: how many releases were completed before.
    said: where the child that is asked about writes what it says.
    """

    root: Path
    kept: Path
    host: Host
    act: str
    line_pid: int | None = None
    before: int = 1
    after: int = 2
    completed: int = 1
    _paths_at_first: frozenset[str] = field(default_factory=frozenset)

    @property
    def target(self) -> TargetFolder:
        return TargetFolder(SitePaths(self.root).line / MODEL)

    def __post_init__(self) -> None:
        self.said = self.kept / "said"

    def build(self) -> None:
        """Import three versions and bring the site to where `act` is next, with its line running."""
        registry = Registry.create(SitePaths(self.root), SystemClock())
        for number in (1, 2, 3):
            bundle = make_bundle(self.kept / f"bundle-{number}", MODEL, number)
            import_bundle(registry, bundle, actor="Eva")
        close_site(registry)
        registry = open_site(self.root)
        releases.preview_promotion(registry, MODEL, 1)  # makes the target's folder, which the line then finds
        self.start_line()
        done(registry, MODEL, "promote 1")
        if self.act == "rollback":
            done(registry, MODEL, "promote 2")
            self.before, self.after, self.completed = 2, 1, 2
        if self.about_stops:
            self.after = 1
        if self.act == "resume":
            done(registry, MODEL, "stop")
            self.completed = 2
        if not self.about_stops or self.act == "resume":
            let_two_people_sign(registry, MODEL, "resume" if self.act == "resume" else f"promote {self.before + 1}")
        enrol(registry)
        close_site(registry)
        if self.act.startswith("settle "):
            killed = "stop" if self.about_stops else "promote 2"
            pid = self.release(killed, fatal=self.act.split()[-1])
            os.kill(pid, signal.SIGCONT)
            assert self.host.wait(pid) == -signal.SIGKILL, self.all_said()
        shutil.copytree(self.root, self.kept / "site", ignore=shutil.ignore_patterns("status.json", "*.tmp", "*-shm"))
        self._paths_at_first = self._paths()

    @property
    def about_stops(self) -> bool:
        """The champion stays what it is, and whether it serves is what is at stake."""
        return "stop" in self.act or self.act == "resume"

    def start_line(self) -> None:
        self.line_pid = self.host.line(SitePaths(self.root).line)
        self._until(lambda status: status.pid == self.line_pid and status.state.value != "stopped")

    def kill_line(self) -> None:
        if self.line_pid is not None:
            self.host.kill(self.line_pid)
            self.line_pid = None

    def put_back(self) -> None:
        """The site as it was built; the pointer last, so that a living line follows it to a whole version."""
        first = self.kept / "site"
        for path in self.root.glob("registry.db*"):
            path.unlink()
        for path in first.glob("registry.db*"):
            shutil.copy2(path, self.root)
        model = Path("line") / MODEL
        shutil.rmtree(self.root / model / "versions", ignore_errors=True)
        shutil.copytree(first / model / "versions", self.root / model / "versions")
        for path in self.leftovers():
            if not path.name.startswith(".served.json"):  # the living line's own
                path.unlink()
        pointer = self.target.pointer_file
        shutil.copy2(first / model / pointer.name, pointer.with_name(".put-back"))
        pointer.with_name(".put-back").replace(pointer)
        wanted = self.target.order()
        assert wanted is not None
        self._until(lambda status: wanted.release in (status.stopped_by, status.serving and status.serving.release))

    def release(self, act: str = "", *, synchronous: str = "", fatal: str = "", aloud: str = "") -> int:
        """A child that stands just before the button of `act`; its process.

        synchronous: SQLite's, when it shall be another than the product's. fatal: the step at which it kills itself.
        aloud: if not empty, each step is also written to /dev/null, where a trace shows it.
        """
        self.said.unlink(missing_ok=True)
        return self.host.release(
            site=str(self.root), model=MODEL, act=act or self.act, said=str(self.said),
            synchronous=synchronous, fatal=fatal, aloud=aloud,
        )  # fmt: skip

    def say(self, steps: Sequence[str]) -> None:
        """Let these steps count as said."""
        self.said.write_text("".join(f"{step} (replayed)\n" for step in steps))

    def all_said(self) -> list[str]:
        """The child's lines: one a step, and those of an error."""
        return self.said.read_bytes().rstrip(b"\0").decode().splitlines()

    def steps_said(self) -> list[str]:
        return [line.split(" ", 1)[0] for line in self.all_said()]

    def errors_said(self) -> list[str]:
        """What a person would read of an error: lines that are no step."""
        return [line for line in self.all_said() if not line[:1].islower()]

    def leftovers(self) -> list[Path]:
        """Temporary files of the desktop; the line's own status is replaced each second."""
        found = [*self.root.rglob(".*.tmp"), *self.root.rglob(".staging-*")]
        return [path for path in found if path.name != ".status.json.tmp"]

    def broken_promises(self) -> list[str]:
        """Start the product again as its next start does, and ask whether everything holds; what does not, in words."""
        try:
            registry = open_site(self.root)
        except EnvironmentFault as error:
            return [str(error)]
        try:
            outcomes = releases.settle(registry)
            again = self.about_stops and self.act != "resume" and self._stop_is_unproven(registry)
            if again:
                done(registry, MODEL, "stop")  # the alarm says so: somebody goes there and presses it again
            broken = [f"recovery: {outcome.sentence}" for outcome in outcomes if outcome.state.unfinished]
            unknown_ends = [one for one in outcomes if one.state is ReleaseState.UNKNOWN]
            broken += [f"recovery: {one.sentence}" for one in unknown_ends if not again]
            broken += self._broken_in_registry(registry, unproven=int(again))
            broken += self._broken_on_target(registry)
            if self.leftovers():
                done(registry, MODEL, f"promote {2 if self._champion(registry) == 1 else 1}")
                broken += [f"left for ever: {path.relative_to(self.root)}" for path in self.leftovers()]
        except EnvironmentFault as error:
            return [str(error)]
        finally:
            close_site(registry)
        unknown = sorted(self._paths() - self._paths_at_first - self._versions())
        return broken + [f"a file that nobody knows: {path}" for path in unknown]

    # --- inside

    def _broken_in_registry(self, registry: Registry, unproven: int) -> list[str]:
        broken = []
        with registry.read() as session:
            champions = list(session.scalars(select(Version.number).where(Version.state == VersionState.CHAMPION)))
            rows = list(session.scalars(select(Release)))
            chain = audit.verify(session)
            whole = session.execute(text("PRAGMA integrity_check")).scalar_one()
        if len(champions) != 1 or champions[0] not in (self.before, self.after):
            broken.append(f"champions: {champions}")
        if not chain.intact:
            broken.append(f"audit chain: {chain.finding}")
        if whole != "ok":
            broken.append(f"database: {whole}")
        broken += [f"open: {row.kind} {row.state}" for row in rows if row.state.unfinished]
        completed = [row.state for row in rows].count(ReleaseState.COMPLETED)
        moved = self._moved(registry) if self.about_stops else champions == [self.after]
        if completed != self.completed + moved:
            broken.append(f"completed releases: {completed}, champion {champions}")
        steps = self.steps_said()
        if ("intended" in steps or self.act.startswith("settle")) and (len(rows) != self.completed + 1 + unproven):
            broken.append("the intent that was said to be written down is lost")
        if _LIVE_FOR_EVER in steps and not moved:
            broken.append(f"said to be done and proven, but the champion is {champions}")
        if "reverted" in steps and (moved or champions != [self.before]):
            broken.append(f"said to be reverted, but the champion is {champions}")
        return broken

    def _moved(self, registry: Registry) -> bool:
        """Whether the stop stands, or the resumption has ended it."""
        with registry.read() as session:
            held = stopped(session, model_named(session, MODEL).id) is not None
        return held is (self.act != "resume")

    def _stop_is_unproven(self, registry: Registry) -> bool:
        with registry.read() as session:
            held = stopped(session, model_named(session, MODEL).id)
        if held is None or held.proven:
            return False
        with registry.read() as session:
            model, now = model_named(session, MODEL).id, registry.clock.now()
            rings = set(session.scalars(select(Alarm.key).where(Alarm.returned_at.is_(None))))
            # Where a full disk kept the alarms back, this is what the next target check raises.
            late = (*stop_conditions(session, model, now), standing_condition(session, model, proven=False))
            rings |= {condition.key for condition in late if condition is not None and condition.bad}
        assert {"stopped", "release"} <= rings, f"nobody is told: {rings}"
        return True

    def _broken_on_target(self, registry: Registry) -> list[str]:
        """Pointer, what the line answers and the registry's last completed release must be one and the same."""
        past = spans(registry, MODEL)
        if not past[-1].serves:
            return self._broken_standstill(past[-1].release)
        with registry.read() as session:
            digest = session.get_one(Version, past[-1].version_id).digest
        wanted = Placement(digest, past[-1].number, past[-1].release)
        target = self.target
        pointer = target.pointer()
        if pointer is None or Placement(pointer.digest, pointer.version, pointer.release) != wanted:
            return [f"the registry says {wanted}, the pointer {pointer}"]

        def proven(status: LineStatus) -> bool:
            serving, golden = status.serving, status.golden
            return (
                serving is not None and golden is not None and golden.total == golden.passed > 0
                and Placement(serving.digest, serving.version, serving.release) == wanted
            )  # fmt: skip

        last = target.status()
        if last is None or last.pid != self.line_pid or not wait_until(lambda: _is(target, proven), PATIENCE):
            return [f"the registry says {wanted}, the line answers {target.status()}"]
        return []

    def _broken_standstill(self, release: str) -> list[str]:
        target = self.target
        order = target.order()
        if not isinstance(order, StopOrder) or order.release != release:
            return [f"the registry says stopped by {release}, the pointer {order}"]
        if not wait_until(lambda: _is(target, lambda status: status.stopped_by == release), PATIENCE):
            return [f"the registry says stopped by {release}, the line {target.status()}"]
        status = target.status()
        return [] if status is not None and status.serving is None else [f"stopped, but the line answers {status}"]

    def _champion(self, registry: Registry) -> int | None:
        with registry.read() as session:
            return session.scalars(select(Version.number).where(Version.state == VersionState.CHAMPION)).one_or_none()

    def _paths(self) -> frozenset[str]:
        found = (path for path in self.root.rglob("*") if path.name not in (".status.json.tmp", "registry.db-wal"))
        return frozenset(str(path.relative_to(self.root)) for path in found if path.name != "registry.db-shm")

    def _versions(self) -> frozenset[str]:
        return frozenset(path for path in self._paths() if path.startswith(f"line{os.sep}{MODEL}{os.sep}versions"))

    def _until(self, ready: object) -> None:
        assert callable(ready)
        assert wait_until(lambda: _is(self.target, ready), PATIENCE), f"the line's last word: {self.target.status()}"


def _is(target: TargetFolder, ready: object) -> bool:
    assert callable(ready)
    status = target.status()
    return status is not None and bool(ready(status))
