"""A site where version 2 replaced version 1 and turns out worse, under a clock that the test moves."""

from __future__ import annotations

import atexit
import copy
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import select

from aiqu_desktop.core.clock import ReplayClock
from aiqu_desktop.core.paths import SitePaths
from aiqu_desktop.core.words import AutomaticState, Priority, Task, Trigger, VersionState
from aiqu_desktop.ingest import drop_folder
from aiqu_desktop.lifecycle.automatic.policy import AutomaticPolicy
from aiqu_desktop.monitoring.alarms import apply_condition
from aiqu_desktop.monitoring.arrivals import take_in
from aiqu_desktop.monitoring.outcome import Condition
from aiqu_desktop.registry import Registry
from aiqu_desktop.registry.tables import Alarm, AutomaticRollback, Model, Release, Version
from aiqu_desktop.scheduling.automatic import AutomaticWatch
from aiqu_desktop.security.identity import Credentials
from aiqu_desktop.services import automatic
from aiqu_desktop.services.views import AutomaticRow
from tests.factories.bundles import CLASSES, toy_columns, toy_labels, write_parquet
from tests.factories.people import APPROVER, ENGINEER, promoted
from tests.lifecycle.fake_target import FakeTarget
from tests.lifecycle.laboratory import START, Laboratory, laboratory

COUNTDOWN = timedelta(minutes=10)
GUARANTEE = "It rings at most once in 100 years."


class Case(Laboratory):
    """`served` brings rows that the champion answered, `alarm` rings, `look` is what the monitor does each second."""

    def __init__(self, folder: Path) -> None:
        made, served = _template()
        shutil.copytree(made, folder / "site")
        self.folder, self.task, self.days = folder, Task.CLASSIFICATION, 0
        self.clock, self.target = ReplayClock(START), copy.deepcopy(served)
        self.registry = Registry.open(SitePaths(folder / "site"), self.clock)
        self.watch = AutomaticWatch(self.registry, target_for=lambda _model: self.target)

    def promote(self, number: int) -> None:
        assert promoted(self.registry, self.target, self.preview(number)).done

    def policy_of(self, **changes: Any) -> AutomaticPolicy:
        terms: dict[str, Any] = {
            "triggers": (Trigger.PERFORMANCE,),
            "countdown_seconds": int(COUNTDOWN.total_seconds()),
            "valid_until": self.clock.now() + timedelta(days=365),
        }
        return AutomaticPolicy(**terms | changes)

    def sign(self, *, first: Credentials = ENGINEER, second: Credentials = APPROVER, **changes: Any) -> None:
        """Put a policy in force, as two people do."""
        automatic.propose(self.registry, "toy", self.policy_of(**changes), first, "seconds count at night")
        automatic.approve(self.registry, "toy", second)

    def served(self, rows: int = 60, *, wrong: float = 0.5) -> None:
        """A day's rows with their labels; the champion answered a share of them wrong."""
        self.days += 1
        begin = self.clock.now()
        columns = toy_columns(rows, seed=self.days)
        truth = toy_labels(columns, seed=self.days)
        answers = truth.copy()
        shuffled = np.random.default_rng(self.days).permutation(rows)  # errors in a row would be worth less evidence
        for row in shuffled[: round(wrong * rows)].tolist():
            answers[row] = next(name for name in CLASSES if name != truth[row])
        ids = np.array([f"s{self.days}-{row}" for row in range(rows)], dtype=object)
        made = np.datetime64(begin.replace(tzinfo=None), "us") + np.arange(rows) * np.timedelta64(1, "m")
        self.clock.move_to(begin + timedelta(days=1))
        scores = {f"score_{name}": np.where(answers == name, 0.8, 0.1) for name in CLASSES}
        digest = np.full(rows, self.digest(self.live()), dtype=object)
        drop = drop_folder(self.registry, "toy")
        table = {"id": ids, "event_time": made, **columns, "prediction": answers, **scores, "served_digest": digest}
        write_parquet(drop / f"served-{self.days}.parquet", table)
        write_parquet(drop / f"labels-{self.days}.parquet", {"id": ids, "label": truth})
        take_in(self.registry, "toy", settle_seconds=0.0)

    def alarm(self, trigger: Trigger = Trigger.PERFORMANCE, *, bad: bool = True, onset: datetime | None = None) -> int:
        """A check sees the condition, or sees that it is gone."""
        said = Condition(
            trigger, bad, Priority.HIGH, "accuracy 0.5", "act", onset=onset, of_version=True, guarantee=GUARANTEE
        )
        with self.registry.write() as session:
            apply_condition(
                session, said, model_id=1, version_id=self._champion(session).id, run_id=None, now=self.clock.now()
            )
        with self.registry.read() as session:
            return session.scalars(select(Alarm.id).where(Alarm.key == trigger).order_by(Alarm.id.desc())).first() or 0

    def look(self, *, after: timedelta = timedelta(0)) -> AutomaticRow | None:
        """What the monitor does, after some time; the newest row."""
        self.clock.move_to(self.clock.now() + after)
        self.watch.look()
        view = automatic.show(self.registry, "toy")
        return view.pending or next(iter(view.past), None)

    def states(self) -> list[AutomaticState]:
        with self.registry.read() as session:
            return list(session.scalars(select(AutomaticRollback.state).order_by(AutomaticRollback.id)))

    def alarms(self, key: str, *, active: bool = False) -> list[Alarm]:
        query = select(Alarm).where(Alarm.key == key).order_by(Alarm.id)
        with self.registry.read() as session:
            found = session.scalars(query.where(Alarm.returned_at.is_(None)) if active else query)
            return list(found)

    def releases(self) -> list[tuple[str, str]]:
        with self.registry.read() as session:
            found = session.scalars(select(Release).order_by(Release.intended_at))
            return [(release.kind.value, release.state.value) for release in found]

    def live(self) -> int:
        with self.registry.read() as session:
            return self._champion(session).number

    def digest(self, number: int) -> str:
        with self.registry.read() as session:
            return session.scalars(select(Version.digest).where(Version.number == number)).one()

    def serving(self) -> int:
        assert self.target.serving is not None
        return self.target.serving.version

    def _champion(self, session: Any) -> Version:
        champion: Version = session.scalars(
            select(Version).join(Model).where(Model.name == "toy", Version.state == VersionState.CHAMPION)
        ).one()
        return champion


@cache
def _template() -> tuple[Path, FakeTarget]:
    """Made once: version 1 went live, and version 2 after it."""
    folder = Path(tempfile.mkdtemp(prefix="aiqu-automatic-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    with laboratory(folder) as made:
        made.take_in(2)
        assert promoted(made.registry, made.target, made.preview(2)).done
    return folder / "site", made.target


@contextmanager
def case(folder: Path) -> Iterator[Case]:
    made = Case(folder)
    try:
        yield made
    finally:
        made.registry.close()
