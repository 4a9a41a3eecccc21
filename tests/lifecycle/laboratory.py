"""A site with a toy model, a target in memory, and days of observations with labels: what data gates are asked on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import select

from aiqu_desktop.bundles import import_bundle
from aiqu_desktop.core.clock import ReplayClock
from aiqu_desktop.core.paths import SitePaths
from aiqu_desktop.core.words import Task
from aiqu_desktop.ingest import drop_folder
from aiqu_desktop.lifecycle import GateResult, Preview, preview_promotion
from aiqu_desktop.lifecycle.policy import policy_file
from aiqu_desktop.monitoring.arrivals import take_in
from aiqu_desktop.registry import Registry
from aiqu_desktop.registry.tables import Version
from tests.factories.bundles import CLASSES, make_bundle, toy_columns, toy_labels, write_parquet
from tests.factories.people import promoted
from tests.lifecycle.fake_target import FakeTarget

START = datetime(2026, 3, 2, 8, tzinfo=UTC)
DAY = timedelta(days=1)


class Laboratory:
    """Version 1 of the toy is live from the first day on."""

    def __init__(self, folder: Path, task: Task = Task.CLASSIFICATION) -> None:
        self.folder, self.task, self.days = folder, task, 0
        self.clock = ReplayClock(START)
        self.registry = Registry.create(SitePaths(folder / "site"), self.clock)
        self.target = FakeTarget()
        self.take_in(1)
        assert promoted(self.registry, self.target, self.preview(1)).done

    def take_in(self, number: int, **changes: Any) -> None:
        bundle = make_bundle(self.folder / f"v{number}", "toy", number, task=self.task, **changes)
        import_bundle(self.registry, bundle, actor="Eva")

    def policy(self, text: str) -> None:
        policy_file(self.registry.paths, "toy").write_text(text)

    def day(self, rows: int = 40, labels: bool = True, recipe: str = "", beside: int = 0, wrong: int = 0) -> None:
        """A day passes and brings rows of the morning before it; of one recipe only, if named.

        beside: this version answered them beside version 1, and of its answers the first `wrong` are not the truth.
        """
        self.days += 1
        columns = toy_columns(rows, seed=self.days)
        if recipe:
            columns["recipe"] = np.full(rows, recipe, dtype=object)
        truth = toy_labels(columns, self.task, seed=self.days)
        ids = np.array([f"d{self.days}-{row}" for row in range(rows)], dtype=object)
        made = np.datetime64(self.clock.now().replace(tzinfo=None), "us") + np.arange(rows) * np.timedelta64(1, "m")
        self.clock.move_to(START + self.days * DAY)
        answers: dict[str, Any] = {"prediction": truth}
        if self.task is Task.CLASSIFICATION:
            answers |= {f"score_{name}": np.where(truth == name, 0.8, 0.1) for name in CLASSES}
        drop = drop_folder(self.registry, "toy")
        if beside:
            answers["served_digest"] = np.full(rows, self.digest(1), dtype=object)
            said = truth.copy()
            said[:wrong] = np.roll(CLASSES, 1)[[CLASSES.index(name) for name in truth[:wrong]]]
            shadow = {"shadow_prediction": said, "shadow_digest": np.full(rows, self.digest(beside), dtype=object)}
            write_parquet(drop / f"shadow-{self.days}.parquet", {"id": ids, "event_time": made, **shadow})
        write_parquet(drop / f"obs-{self.days}.parquet", {"id": ids, "event_time": made, **columns, **answers})
        if labels:
            write_parquet(drop / f"labels-{self.days}.parquet", {"id": ids, "label": truth})
        take_in(self.registry, "toy", settle_seconds=0.0)

    def digest(self, number: int) -> str:
        with self.registry.read() as session:
            return session.scalars(select(Version.digest).where(Version.number == number)).one()

    def preview(self, number: int) -> Preview:
        return preview_promotion(self.registry, "toy", number, target=self.target)

    def gate(self, number: int, name: str) -> GateResult:
        return {gate.name: gate for gate in self.preview(number).gates}[name]

    def holdout(self, rows: int = 400, seed: int = 99, **columns: Any) -> Path:
        """A file that fits as a held-out set; `columns` replace its own."""
        own = toy_columns(rows, seed)
        table = {**own, "label": toy_labels(own, self.task, seed), **columns}
        return write_parquet(self.folder / f"holdout-{seed}-{rows}.parquet", table)


@contextmanager
def laboratory(folder: Path, task: Task = Task.CLASSIFICATION) -> Iterator[Laboratory]:
    made = Laboratory(folder, task)
    try:
        yield made
    finally:
        made.registry.close()
