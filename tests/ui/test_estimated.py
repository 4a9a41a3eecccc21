"""Estimated performance beside the realised one: drawn apart, read out with both, named where labels are missing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt

from aiqu_desktop.ui.charts import prepare
from aiqu_desktop.ui.charts.reading import Standing, read_at, read_newest
from aiqu_desktop.ui.charts.readout import cells
from aiqu_desktop.ui.charts.time_window import DAY
from aiqu_desktop.ui.model.header import ModelHeader
from tests.ui.chart_story import UNLABELLED, estimated_page, series, story_page

IN_THE_DARK = UNLABELLED[0].timestamp() + 10 * DAY


@pytest.fixture(scope="module")
def picture():
    return prepare(estimated_page())


def test_the_estimate_is_drawn_unlike_the_realised_curve(column):
    panel = column.canvas.metric_panel
    real, guess = panel.line.opts["pen"], panel.estimate.line.opts["pen"]
    assert guess.color() != real.color()
    assert guess.style() == Qt.PenStyle.CustomDashLine
    assert real.style() == Qt.PenStyle.SolidLine
    assert (panel.estimate.dots.opts["symbol"], panel.dots.opts["symbol"]) == ("s", "o")
    assert panel.estimate.band.brush.style() != Qt.BrushStyle.SolidPattern
    assert any("estimated" in key.text for key in panel.keys)


def test_the_estimate_goes_on_where_the_realised_curve_has_a_gap(column):
    panel = column.canvas.metric_panel

    def known(item):
        x, y = item.getData()
        return np.isfinite(y[(x > UNLABELLED[0].timestamp() + 2 * DAY) & (x < UNLABELLED[1].timestamp() - 2 * DAY)])

    assert not known(panel.line).any()
    assert known(panel.estimate.line).all()


def test_the_axis_reaches_the_band_of_the_estimate(qtbot, column, picture):
    low = replace(picture, estimated=replace(picture.estimated, low=np.full_like(picture.estimated.low, 0.11)))
    column.canvas.set_picture(low)
    column.canvas.redraw()
    assert column.canvas.metric_panel.low <= 0.11


def test_the_crosshair_reads_both_with_their_counts_and_bands(picture):
    at = picture.metrics[0].times[30]
    reading = read_at(picture, 0, float(at))
    shown = {cell.caption: cell for cell in cells(picture, 0, reading, newest=False)}
    for caption in ("Accuracy", "Accuracy, estimated"):
        assert "[" in shown[caption].value
        assert "n\u00a0=" in shown[caption].detail
    assert "without labels" in shown["Accuracy, estimated"].detail


def test_without_labels_the_read_out_says_that_it_is_only_estimated(picture):
    reading = read_at(picture, 0, IN_THE_DARK)
    assert reading.standing is Standing.UNLABELLED
    shown = {cell.caption: cell for cell in cells(picture, 0, reading, newest=False)}
    assert (shown["Accuracy"].value, shown["Accuracy"].detail) == ("–", "no labels: only estimated")
    assert shown["Accuracy, estimated"].value.startswith("0.")


def test_the_panel_itself_says_where_labels_are_missing_but_an_estimate_stands(column, picture):
    ground = column.canvas.ground
    span = next(s for s in picture.unlabelled if s[0] <= IN_THE_DARK <= s[1])
    assert ground._is_estimated(span)
    column.canvas.set_picture(prepare(story_page()))
    column.canvas.redraw()
    assert not ground._is_estimated(span)


def test_another_metric_has_no_estimate(column, picture):
    column.choose_metric(1)
    column.canvas.redraw()
    panel = column.canvas.metric_panel
    assert not panel.estimate.line.isVisible()
    assert not any("estimated" in key.text for key in panel.keys)
    assert read_newest(picture, 1).estimated is None


def test_without_an_estimate_nothing_speaks_of_one():
    plain = prepare(story_page())
    words = " ".join(cell.caption for cell in cells(plain, 0, read_newest(plain, 0), newest=True))
    assert "estimated" not in words


def test_a_model_that_never_had_a_label_shows_its_estimate(qtbot, column):
    page = estimated_page()
    never = prepare(replace(page, performance=(series("accuracy", "Accuracy", "", [], []),)))
    column.canvas.set_picture(never)
    column.canvas.redraw()
    assert not never.empty
    panel = column.canvas.metric_panel
    assert panel.estimate.line.isVisible()
    assert panel.low < float(np.nanmin(never.estimated.values)) < panel.high


def test_the_head_gives_the_estimate_when_no_label_proves_the_metric(qtbot, theme):
    header = ModelHeader(theme)
    qtbot.addWidget(header)
    page = estimated_page()
    header.show_page(replace(page, tile=replace(page.tile, value=None, low=None, high=None, n=0)))
    assert header.value.text().startswith("Accuracy unknown, estimated without labels 0.")
    header.show_page(page)
    assert "estimated" not in header.value.text()
