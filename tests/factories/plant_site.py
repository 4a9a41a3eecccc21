"""A small plant for tests above the rooms: a site under a replayed clock, a toy model, days of data good or bad."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aiqu_desktop.core.clock import ReplayClock, iso, wait_until
from aiqu_desktop.core.words import CheckKind
from aiqu_desktop.lifecycle import folder_target
from aiqu_desktop.line.protocol import TargetFolder
from aiqu_desktop.registry import Registry
from aiqu_desktop.scheduling import Monitor
from aiqu_desktop.services import releases
from aiqu_desktop.services.imports import import_version
from aiqu_desktop.services.opening import open_site
from tests.factories.bundles import CLASSES, make_bundle, toy_columns, toy_labels
from tests.factories.people import OPERATOR, enrol, promoted

START = datetime(2026, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
Columns = dict[str, NDArray[Any]]
DAILY = {kind: {"every_seconds": 86_400} for kind in CheckKind}


class PlantSite:
    """One site with the model "toy". `day` brings a day's observations and labels and lets the monitor work."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = ReplayClock(START)
        self.registry: Registry = open_site(folder / "site", create=True, clock=self.clock, name="Test plant")
        self.monitor = Monitor(self.registry, "monitor", settle_seconds=0.0)
        self.days = 0
        enrol(self.registry)

    @property
    def drop(self) -> Path:
        return self.registry.paths.drop("toy")

    def import_version(self, number: int, **changes: Any) -> None:
        bundle = make_bundle(self.folder / f"v{number}", "toy", number, **changes)
        import_version(self.registry, bundle, by="Eva", overrides=DAILY)

    def promote(self, number: int) -> releases.ReleaseOutcome:
        folder = TargetFolder(self.registry.paths.line / "toy")
        assert wait_until(lambda: folder.status() is not None, 20), "the line does not answer"
        preview = releases.preview_promotion(self.registry, "toy", number)
        return promoted(self.registry, folder_target(self.registry.paths, "toy"), preview)

    def roll_back(self) -> releases.ReleaseOutcome:
        """To the last known good."""
        preview = releases.preview_rollback(self.registry, "toy")
        outcome = releases.roll_back(self.registry, preview, OPERATOR, "scrap")
        assert outcome.done, outcome.sentence
        return outcome

    def digest(self) -> str:
        """What the line says that it serves; empty where it serves nothing."""
        status = TargetFolder(self.registry.paths.line / "toy").status()
        return status.serving.digest if status and status.serving else ""

    def day(
        self,
        rows: int = 60,
        *,
        wrong: float = 0.0,
        shift: float = 0.0,
        labels: bool = True,
        change: Callable[[Columns], None] | None = None,
    ) -> None:
        """One day: `rows` observations, of which the share `wrong` is mispredicted, their labels, and the checks.

        change: what else happens to the features, in place.
        """
        self.days += 1
        now = START + self.days * DAY
        self.clock.move_to(now)
        if rows:
            self.write(rows, now, wrong, shift, labels, change)
        assert self.monitor.run_until_idle(60)

    def write(
        self,
        rows: int,
        now: datetime,
        wrong: float = 0.0,
        shift: float = 0.0,
        labels: bool = True,
        change: Callable[[Columns], None] | None = None,
    ) -> None:
        columns = toy_columns(rows, seed=self.days, shift=shift)
        if change is not None:
            change(columns)
        truth = toy_labels(columns, seed=self.days)
        predictions = [str(label) for label in truth]
        for row in range(round(wrong * rows)):
            predictions[row] = next(name for name in CLASSES if name != truth[row])
        ids = [f"d{self.days}-{row}" for row in range(rows)]
        times = [iso(now - DAY + (row + 1) * DAY / (rows + 1)) for row in range(rows)]
        scores = {f"score_{name}": np.where(np.array(predictions) == name, 0.8, 0.1) for name in CLASSES}
        header = ["id", "event_time", *columns, "prediction", *scores, "served_digest"]
        table = [ids, times, *columns.values(), predictions, *scores.values(), [self.digest()] * rows]
        self._csv(f"obs-{self.days:03d}.csv", header, table)
        if labels:
            self._csv(f"labels-{self.days:03d}.csv", ["id", "label", "labelled_at"], [ids, truth, [iso(now)] * rows])

    def _csv(self, name: str, header: list[str], columns: list[Any]) -> None:
        with (self.drop / f".{name}").open("w", newline="") as stream:
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerow(header)
            writer.writerows(zip(*columns, strict=True))
        (self.drop / f".{name}").rename(self.drop / name)

    def close(self) -> None:
        self.monitor.stop()
        self.registry.close()


@contextmanager
def plant_site(folder: Path) -> Iterator[PlantSite]:
    """A site with version 1 of the toy live on a real line."""
    from tests.lifecycle.plant import running_line

    site = PlantSite(folder)
    try:
        with running_line(site.registry.paths.line) as site.line:
            site.import_version(1)
            assert site.promote(1).done
            yield site
    finally:
        site.close()
