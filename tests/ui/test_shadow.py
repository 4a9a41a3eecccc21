"""A version beside the champion: drawn apart from it, read out with it, begun and ended from the table of versions."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt

from aiqu_desktop.ui.charts import prepare
from aiqu_desktop.ui.charts.picture import looks_like
from aiqu_desktop.ui.charts.reading import read_at, read_newest
from aiqu_desktop.ui.charts.readout import cells
from aiqu_desktop.ui.model import ModelPageWidget
from aiqu_desktop.ui.model.shadow_dialog import ShadowDialog
from tests.ui.chart_story import shadowed_page, story_page
from tests.ui.fakes import FakeDesk
from tests.ui.people_story import PASSWORD


@pytest.fixture(scope="module")
def picture():
    return prepare(shadowed_page())


class Desk(FakeDesk):
    """The made-up site, with or without a shadow of version 3."""

    def __init__(self, *, runs: bool) -> None:
        super().__init__(12)
        self.runs = runs

    def model_page(self, model, start, end):
        story = shadowed_page() if self.runs else story_page()
        return replace(super().model_page(model, start, end), versions=story.versions)


def shown(qtbot, theme, tasks, desk):
    made = ModelPageWidget(desk, tasks, theme)
    qtbot.addWidget(made)
    made.resize(1_280, 900)
    made.show()
    made.show_model("gas-classifier")
    qtbot.waitUntil(lambda: made.shown is not None)
    return made


def select(page, number):
    page.tabs.open_tab(page.tabs.versions)
    rows = [row.number for row in page.tabs.versions.records.rows]
    page.tabs.versions.table.selectRow(rows.index(number))


def test_its_curve_is_told_apart_by_colour_dash_marker_and_name(column):
    panel = column.canvas.metric_panel
    beside, real, guess = panel.challenger, panel.line.opts["pen"], panel.estimate
    pen = beside.line.opts["pen"]
    assert beside.line.isVisible() and beside.band.isVisible()
    assert pen.color() not in (real.color(), guess.line.opts["pen"].color())
    assert pen.style() == Qt.PenStyle.CustomDashLine
    assert pen.dashPattern() != guess.line.opts["pen"].dashPattern()
    assert len({beside.style.symbol, guess.style.symbol, panel.dots.opts["symbol"]}) == 3
    assert "Shadow, version 3" in [key.text for key in panel.keys]
    lows = beside.curve.low[np.isfinite(beside.curve.low)]
    assert panel.low <= lows.min(), "the axis reaches its interval"


def test_the_crosshair_reads_it_with_its_count_and_interval(picture):
    at = float(picture.challenger.times[-1])
    read = {cell.caption: cell for cell in cells(picture, 0, read_at(picture, 0, at), newest=False)}
    cell = read["Shadow, version 3"]
    assert "[" in cell.value and "n\u00a0=\u00a0180" in cell.detail and "serves nothing" in cell.detail
    assert read_newest(picture, 0).challenger is not None
    assert read_newest(picture, 1).challenger is None


def test_without_one_nothing_speaks_of_it_and_the_pictures_differ(picture):
    plain = prepare(story_page())
    assert not any("Shadow" in cell.caption for cell in cells(plain, 0, read_newest(plain, 0), newest=True))
    assert not looks_like(picture, plain, 86_400.0)


def test_the_table_says_which_version_runs_beside_and_how_it_compares(qtbot, theme, tasks):
    page = shown(qtbot, theme, tasks, Desk(runs=True))
    column = next(c for c in page.tabs.versions.records.columns if c.name == "shadow")
    rows = {row.number: row for row in page.tabs.versions.records.rows}
    assert [column.text(rows[number]) for number in (4, 3, 2)] == [
        "", "Runs, -0.05 (95 % -0.09 to -0.01)", "",
    ]  # fmt: skip
    assert "its accuracy is 0.907 beside 0.957" in column.tooltip(rows[3])
    assert "by Jonas Lindqvist: Trained on December only." in column.tooltip(rows[3])


def test_the_button_says_why_it_cannot_act(qtbot, theme, tasks):
    page = shown(qtbot, theme, tasks, Desk(runs=True))
    for number, why in (
        (4, "This version is live; a shadow is of another one."),
        (2, "Version 3 runs beside the champion already; end that shadow first."),
    ):
        select(page, number)
        assert not page.tabs.shadow.isEnabled() and page.tabs.shadow.toolTip() == why
    select(page, 3)
    assert page.tabs.shadow.isEnabled() and page.tabs.shadow.text() == "End shadow…"


def test_a_version_that_did_not_pass_its_tests_cannot_be_a_shadow(qtbot, theme, tasks):
    page = shown(qtbot, theme, tasks, Desk(runs=False))
    select(page, 3)
    assert "has passed its tests" in page.tabs.shadow.toolTip()


@pytest.mark.parametrize("runs", [False, True])
def test_it_is_begun_and_ended_with_a_reason_and_a_signature(qtbot, theme, tasks, runs):
    desk = Desk(runs=runs)
    page = shown(qtbot, theme, tasks, desk)
    select(page, 3 if runs else 2)
    page.tabs.shadow.click()
    qtbot.waitUntil(lambda: page.findChild(ShadowDialog) is not None)
    dialog = page.findChild(ShadowDialog)
    assert not dialog.yes.isEnabled() and "Say why" in dialog.why_not.text()
    dialog.reason.setText("newer data")
    assert not dialog.yes.isEnabled()
    dialog.sign.choose("jonas")
    dialog.sign.password.setText("wrong")
    dialog.yes.click()
    if not runs:
        qtbot.waitUntil(lambda: "do not fit together" in dialog.why_not.text())
        assert dialog.sign.password.text() == "", "nothing typed stays behind"
        dialog.sign.password.setText(PASSWORD)
        with qtbot.waitSignal(dialog.acted):
            dialog.yes.click()
    wanted = ("end_shadow", ("gas-classifier", "jonas", "newer data")) if runs else (
        "begin_shadow", ("gas-classifier", 2, "jonas", "newer data")
    )  # fmt: skip
    qtbot.waitUntil(lambda: wanted in desk.calls)
