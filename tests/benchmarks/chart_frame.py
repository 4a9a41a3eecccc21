"""CPU per frame of 20 curves of 100,000 points: our thinning against pyqtgraph's own `peak` mode, in one run.

    python -m tests.benchmarks.chart_frame [--frames 30] [--json]

Every frame moves the view by a hundredth of its width and paints it. The two ways take turns frame by frame, so that a
busy machine slows both; the ratio is what counts, the milliseconds are this machine's today.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import time
from collections.abc import Callable

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
import pyqtgraph as pg
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication

from aiqu_desktop.ui.charts.drawing import pen
from aiqu_desktop.ui.charts.thinning import pixel_columns, thin

CURVES, POINTS = 20, 100_000
WIDTH, HEIGHT = 1_200, 600
STEP = 60.0  # seconds between two samples


def data() -> tuple[np.ndarray, np.ndarray]:
    """Times, shape (POINTS,), and random walks with spikes, shape (CURVES, POINTS)."""
    rng = np.random.default_rng(1)
    times = 1.2e9 + STEP * np.arange(POINTS)
    values = np.cumsum(rng.normal(0, 0.01, (CURVES, POINTS)), axis=1) + np.arange(CURVES)[:, None]
    values[rng.random(values.shape) < 1e-4] += 3.0
    return times, values


def make_plot(values: np.ndarray) -> pg.PlotWidget:
    plot = pg.PlotWidget()
    plot.resize(WIDTH, HEIGHT)
    plot.getViewBox().disableAutoRange()
    plot.setYRange(float(values.min()), float(values.max()), padding=0)
    plot.show()
    QApplication.processEvents()  # a window that was never exposed would not paint
    return plot


def peak_way(times: np.ndarray, values: np.ndarray) -> Callable[[float, float], None]:
    """pyqtgraph's own: PlotDataItem with peak downsampling, clipped to the view."""
    plot = make_plot(values)
    for row in values:
        item = plot.plot(times, row, pen=pen(QColor("#0072b2")))
        item.setDownsampling(auto=True, method="peak")
        item.setClipToView(True)

    def frame(start: float, end: float) -> None:
        plot.setXRange(start, end, padding=0)
        plot.viewport().repaint()

    return frame


def our_way(times: np.ndarray, values: np.ndarray, *, antialias: bool) -> Callable[[float, float], None]:
    """The charts' way: two points a pixel into a plain PlotCurveItem."""
    plot = make_plot(values)
    items = [pg.PlotCurveItem(pen=pen(QColor("#0072b2")), connect="finite", antialias=antialias) for _ in values]
    for item in items:
        plot.addItem(item, ignoreBounds=True)
    pixels = round(plot.getViewBox().sceneBoundingRect().width())

    def frame(start: float, end: float) -> None:
        plot.setXRange(start, end, padding=0)
        columns = pixel_columns(times, start, end, pixels)
        for item, row in zip(items, values, strict=True):
            item.setData(*thin(times, row, columns))
        plot.viewport().repaint()

    return frame


class PaintCounter:
    """Counts painted curves, so that a frame that paints nothing cannot pass for a fast one."""

    def __init__(self) -> None:
        self.count = 0
        self._paint = pg.PlotCurveItem.paint
        pg.PlotCurveItem.paint = self._counting(self._paint)

    def _counting(self, paint: Callable[..., None]) -> Callable[..., None]:
        def counted(item: pg.PlotCurveItem, *given: object) -> None:
            self.count += 1
            paint(item, *given)

        return counted

    def stop(self) -> None:
        pg.PlotCurveItem.paint = self._paint


def measure(frames: int) -> dict[str, float]:
    """Median CPU milliseconds a frame of each way, and the ratios to `peak`."""
    times, values = data()
    counter = PaintCounter()
    ways = {
        "peak": peak_way(times, values),
        "ours": our_way(times, values, antialias=False),
        "ours_antialiased": our_way(times, values, antialias=True),
    }
    spent: dict[str, list[float]] = {name: [] for name in ways}
    whole = float(times[-1] - times[0])
    for k in range(frames + 2):
        start = float(times[0]) + 0.01 * (k % 20) * 0.8 * whole
        for name, frame in ways.items():
            counter.count = 0
            begun = time.process_time()
            frame(start, start + 0.8 * whole)
            assert counter.count == CURVES, f"{name} painted {counter.count} of {CURVES} curves"
            if k >= 2:  # the first two warm up caches
                spent[name].append((time.process_time() - begun) * 1e3)
    counter.stop()
    medians = {name: statistics.median(values) for name, values in spent.items()}
    ratios = {f"{name}_to_peak": medians[name] / medians["peak"] for name in ways if name != "peak"}
    return {f"{name}_ms": value for name, value in medians.items()} | ratios


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--frames", type=int, default=30)
    parser.add_argument("--json", action="store_true")
    wanted = parser.parse_args()
    application = QApplication.instance() or QApplication([])
    found = measure(wanted.frames)
    if wanted.json:
        print(json.dumps(found))
    else:
        for name, value in found.items():
            print(f"{name:24} {value:8.2f}")
    application.processEvents()


if __name__ == "__main__":
    main()
