"""Worst stall of the main thread while background threads run drift checks: the promise is at most 50 ms.

    python -m tests.benchmarks.window_stall [--seconds 10] [--threads 1] [--json]

A model page with twenty months of data is shown; its site changes four times a second, the crosshair moves all the time
and the view zooms. A probe timer asks for every 2 ms; how late it comes is the stall that a reader's click would meet.
`--bare` runs the probe without the background threads, for comparison: a busy machine stalls by itself.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import threading

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtCore import QElapsedTimer, QEventLoop, QPointF, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from aiqu_desktop.core.words import ColumnKind
from aiqu_desktop.drift import build_profile, compare
from aiqu_desktop.scheduling.pool import stand_back
from aiqu_desktop.services.views import ModelPage
from aiqu_desktop.ui.model import ModelPageWidget
from aiqu_desktop.ui.tasks import Tasks
from aiqu_desktop.ui.theme import Theme
from tests.ui.chart_story import story_page

PROBE_MS = 2
ROWS, COLUMNS = 100_000, 20


class StallProbe:
    """Records by how many milliseconds each tick of the main thread came late."""

    def __init__(self, parent: QWidget) -> None:
        self.late: list[float] = []
        self._clock = QElapsedTimer()
        self._timer = QTimer(parent)
        self._timer.setInterval(PROBE_MS)
        self._timer.timeout.connect(self._tick)

    def start(self) -> None:
        self._clock.start()
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()

    def _tick(self) -> None:
        self.late.append(max(self._clock.nsecsElapsed() / 1e6 - PROBE_MS, 0.0))
        self._clock.restart()


class StoryDesk:
    """A desk that answers with one prepared page."""

    def __init__(self) -> None:
        self.page = story_page()

    def model_page(self, _model: str, _start: object, _end: object) -> ModelPage:
        return self.page


class Load:
    """Threads that compare a window with its reference again and again."""

    def __init__(self, threads: int) -> None:
        self._over = threading.Event()
        self.checks = 0
        rng = np.random.default_rng(2)
        self._window = {f"c{k}": rng.normal(size=ROWS) for k in range(COLUMNS)}
        self._profile = build_profile(self._window, dict.fromkeys(self._window, ColumnKind.NUMERIC))
        self._threads = [threading.Thread(target=self._run, name=f"load-{k}") for k in range(threads)]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _run(self) -> None:
        stand_back()  # as the worker pool's threads do
        while not self._over.is_set():
            compare(self._profile, self._window)
            self.checks += 1


class Reader:
    """Somebody who moves the crosshair all the time and zooms now and then."""

    def __init__(self, page: ModelPageWidget) -> None:
        self._page, self._step = page, 0
        self._timer = QTimer(page)
        self._timer.setInterval(30)
        self._timer.timeout.connect(self._move)
        self._timer.start()

    def _move(self) -> None:
        self._step += 1
        charts = self._page.charts
        rect = charts.canvas.metric_panel.rect()
        share = (self._step % 97) / 97
        charts.canvas.point_at(QPointF(rect.left() + share * rect.width(), rect.center().y()))
        if self._step % 40 == 0:
            charts.window_of_time.zoom(0.5)
        elif self._step % 40 == 20:
            charts.window_of_time.choose("all")


def wait(milliseconds: int) -> None:
    """Let the event loop run, without polling it."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def measure(seconds: float, threads: int) -> dict[str, float]:
    """Lateness of the main thread in milliseconds, and how much work the threads did meanwhile."""
    sys.setswitchinterval(0.0005)  # as the window's own start does
    application = QApplication.instance() or QApplication([])
    theme, tasks = Theme(), Tasks()
    theme.apply(application)
    page = ModelPageWidget(StoryDesk(), tasks, theme)
    page.resize(1_720, 990)
    page.show()
    page.show_model("gas-classifier")
    wait(1_500)
    changes = QTimer(page)
    changes.setInterval(250)
    changes.timeout.connect(page.site_changed)
    changes.start()
    reader, probe, load = Reader(page), StallProbe(page), Load(threads)
    load.start()
    try:
        probe.start()
        wait(round(seconds * 1_000))
        probe.stop()
    finally:
        load.stop()
        changes.stop()
        tasks.close()
    late = np.array(probe.late)
    del reader
    page.close()
    return {
        "ticks": float(late.size),
        "median_ms": float(np.median(late)),
        "p99_ms": float(np.percentile(late, 99)),
        "worst_ms": float(late.max()),
        "drift_checks": float(load.checks),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--bare", action="store_true", help="no background threads")
    parser.add_argument("--json", action="store_true")
    wanted = parser.parse_args()
    found = measure(wanted.seconds, 0 if wanted.bare else wanted.threads)
    print(json.dumps(found) if wanted.json else "\n".join(f"{name:16} {value:10.2f}" for name, value in found.items()))


if __name__ == "__main__":
    main()
