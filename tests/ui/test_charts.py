"""The chart column as a reader meets it: crosshair, flags, presets, pause, keys, themes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from aiqu_desktop.ui.charts import ChartColumn, prepare
from aiqu_desktop.ui.charts.reading import Standing, read_at, read_newest
from aiqu_desktop.ui.charts.time_window import DAY
from tests.ui.chart_story import ALARM, SILENCE, UNLABELLED, empty_page, short_page, story_page


@pytest.fixture(scope="module")
def story():
    return prepare(story_page())


@pytest.fixture
def column(qtbot, theme):
    made = ChartColumn(theme)
    qtbot.addWidget(made)
    made.resize(1_100, 640)
    made.show()
    return made


def show(qtbot, column, picture):
    column.show_picture(picture, new_model=True)
    qtbot.waitUntil(lambda: column.canvas.picture is picture and column.window_of_time.now == picture.now)
    column.canvas.redraw()


def middle_of(column, share=0.5):
    rect = column.canvas.metric_panel.rect()
    return QPointF(rect.left() + share * rect.width(), rect.center().y())


def move_mouse(column, position):
    viewport = column.canvas.viewport()
    event = QMouseEvent(
        QEvent.Type.MouseMove, position, viewport.mapToGlobal(position), Qt.MouseButton.NoButton,
        Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip
    column.gestures.eventFilter(viewport, event)


def test_the_crosshair_shows_the_values_of_every_chart(qtbot, column, story):
    show(qtbot, column, story)
    move_mouse(column, middle_of(column, 0.47))
    captions = [cell.caption for cell in column.readout.cells]
    assert captions == [
        "At the cursor",
        "Accuracy",
        "Champion",
        "Drifted share",
        "Most drifted",
        "Observations a day",
    ]
    assert all(cell.value != "–" for cell in column.readout.cells)
    text = column.readout.text()
    assert "n\u00a0=" in text
    assert "limit" in text
    assert "labelled" in text
    assert column.readout.accessibleDescription() == text


def test_without_a_cursor_the_newest_answers_are_read_out(qtbot, column, story):
    show(qtbot, column, story)
    assert column.readout.cells[0].caption == "Newest answers"
    assert column.readout.cells[2].value == "version 4"


def test_a_value_beyond_its_limit_says_so_in_words(story):
    reading = read_at(story, 0, ALARM.timestamp() + DAY)
    assert reading.metric is not None
    assert reading.metric.wrong


def test_unlabelled_silent_and_realised_spans_are_told_apart(story):
    assert read_at(story, 0, UNLABELLED[0].timestamp() + 10 * DAY).standing is Standing.UNLABELLED
    assert read_at(story, 0, SILENCE[0].timestamp() + 6 * DAY).standing is Standing.NOTHING
    assert read_at(story, 0, ALARM.timestamp()).standing is Standing.REALISED


def test_nothing_newer_for_long_is_stale():
    page = story_page()
    late = prepare(replace(page, site_now=page.site_now.replace(month=7, day=28)))
    assert late.stale is not None
    assert read_at(late, 0, late.now - DAY).standing is Standing.STALE


def test_a_missing_answer_breaks_the_line(qtbot, column, story):
    show(qtbot, column, story)
    line = column.canvas.metric_panel.line
    x, y = line.getData()
    inside = (x > UNLABELLED[0].timestamp() + DAY) & (x < UNLABELLED[1].timestamp() - DAY)
    assert inside.any()
    assert np.isnan(y[inside]).all()
    assert line.opts["connect"] == "finite"


def test_every_preset_ends_at_the_newest_instant(qtbot, column, story):
    show(qtbot, column, story)
    for key, seconds in (("24h", DAY), ("7d", 7 * DAY), ("30d", 30 * DAY), ("90d", 90 * DAY)):
        column.findChild(QPushButton, f"preset-{key}").click()
        window = column.window_of_time
        assert window.start == pytest.approx(story.now - seconds)
        assert story.now <= window.end <= story.now + 0.02 * seconds
        assert window.live


def test_moving_by_hand_pauses_and_newer_data_waits(qtbot, column, story):
    show(qtbot, column, story)
    column.window_of_time.pan(-0.3)
    assert not column.window_of_time.live
    newer = replace(story, now=story.now + DAY)
    column.show_picture(newer)
    qtbot.waitUntil(lambda: "newer data waits" in column.toolbar.live.text())
    assert column.canvas.picture is story
    column.toolbar.live.click()
    qtbot.waitUntil(lambda: column.canvas.picture is newer)


def test_a_live_chart_follows_the_clock(qtbot, column, story):
    show(qtbot, column, story)
    column.window_of_time.choose("7d")
    newer = replace(story, now=story.now + DAY)
    column.show_picture(newer)
    qtbot.waitUntil(lambda: column.window_of_time.now == newer.now)
    assert column.window_of_time.start == pytest.approx(newer.now - 7 * DAY)


def test_keys_zoom_pan_and_come_home(qtbot, column, story):
    show(qtbot, column, story)
    window, canvas = column.window_of_time, column.canvas
    whole = window.width
    QTest.keyClick(canvas, Qt.Key.Key_Plus)
    assert window.width < whole
    before = window.start
    QTest.keyClick(canvas, Qt.Key.Key_Right)
    assert window.start > before
    QTest.keyClick(canvas, Qt.Key.Key_Minus)
    QTest.keyClick(canvas, Qt.Key.Key_Home)
    assert window.width == pytest.approx(whole)
    assert window.live


def test_the_cursor_steps_through_samples_from_the_keyboard(qtbot, column, story):
    show(qtbot, column, story)
    QTest.keyClick(column.canvas, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    first = column.canvas.cursor_at
    QTest.keyClick(column.canvas, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert first is not None
    assert column.canvas.cursor_at == pytest.approx(first - DAY)
    QTest.keyRelease(column.canvas, Qt.Key.Key_Shift)  # else Qt holds Shift to be down in the tests that follow


def test_the_view_never_shrinks_to_nothing(column):
    window = column.window_of_time
    window.show(100.0, 100.0)
    assert window.width > 0
    for _ in range(200):
        window.zoom(0.5)
    assert window.width > 0


def test_a_click_on_a_flag_shows_its_sentence_and_leads_to_the_alarm(qtbot, column, story):
    show(qtbot, column, story)
    strip = column.canvas.flags
    flag = next(f for f in strip.placed if any(strip.marks[k].kind == "alarm" for k in f.keys))
    mark = next(strip.marks[k] for k in flag.keys if strip.marks[k].kind == "alarm")
    rect = strip.sceneBoundingRect()
    position = QPointF(rect.left() + flag.x, rect.top() + strip._box(flag).center().y())
    column.gestures.marks_asked.emit(column.canvas.marks_at(position), position, True)
    assert mark.sentence in column.note.text
    asked = []
    column.alarm_asked.connect(asked.append)
    column.note.findChild(QPushButton, "open-alarm").click()
    assert asked == [mark]


def test_markup_in_a_sentence_stays_text(column, story):
    evil = replace(story.marks[0], sentence="<img src=x> & more")
    column.note.show_marks((evil,), column.pos(), column.canvas.rect(), pinned=True)
    assert "&lt;img" in column.note.text


def test_all_plots_share_their_left_and_right_edge(qtbot, column, story):
    show(qtbot, column, story)
    edges = {(round(p.rect().left()), round(p.rect().right())) for p in column.canvas.panels}
    assert len(edges) == 1


def test_every_feature_can_be_reached(qtbot, column, story):
    show(qtbot, column, story)
    heat = column.canvas.heat_panel
    assert heat.rows < heat.count == 128
    column.canvas.feature_scroll.setValue(column.canvas.feature_scroll.maximum())
    column.canvas.redraw()
    assert heat.first + heat.rows == 128
    column.toolbar.all_features.click()
    column.canvas.redraw()
    assert heat.rows == 128


def test_the_drift_chart_draws_its_limit_and_names_it(qtbot, column, story):
    show(qtbot, column, story)
    panel = column.canvas.drift_panel
    assert np.nanmax(panel.limit_line.getData()[1]) == 0.25
    assert any("limit" in tag.text for tag in panel.tags)


def test_the_theme_changes_the_curves_of_the_same_plots(qtbot, column, story, theme):
    show(qtbot, column, story)
    line = column.canvas.metric_panel.line
    before = line.opts["pen"].color().name()
    theme.set_name("dark")
    assert column.canvas.metric_panel.line is line
    assert line.opts["pen"].color().name() != before


def test_twenty_pictures_make_no_new_items(qtbot, column, story):
    show(qtbot, column, story)
    count = len(column.canvas.scene().items())
    short = prepare(short_page())
    for k in range(20):
        column.canvas.set_picture(short if k % 2 else story)
        column.canvas.redraw()
    assert len(column.canvas.scene().items()) == count


def test_a_picture_that_shrinks_is_painted_without_a_fault(qtbot, column, story):
    show(qtbot, column, story)
    column.canvas.set_picture(prepare(empty_page()))
    column.canvas.viewport().repaint()
    column.canvas.redraw()
    column.canvas.viewport().repaint()
    assert column.canvas.flags.placed == []


def test_an_empty_model_says_what_is_missing(qtbot, column):
    show(qtbot, column, prepare(empty_page()))
    assert column._nothing.isVisible()
    assert [cell.value for cell in column.readout.cells[1:]] == ["–"] * 5


def test_a_low_canvas_gives_up_the_heat_map_and_gets_it_back(qtbot, column, story):
    show(qtbot, column, story)
    column.resize(1_100, 440)
    qtbot.waitUntil(lambda: not column.canvas.heat_panel.shown)
    qtbot.waitUntil(lambda: column.canvas.axis.sceneBoundingRect().bottom() <= column.canvas.height())
    column.resize(1_100, 760)
    qtbot.waitUntil(lambda: column.canvas.heat_panel.shown)


def test_the_same_data_again_is_not_drawn_again(qtbot, column, story):
    show(qtbot, column, story)
    same = prepare(story_page())
    column.show_picture(same)
    qtbot.waitUntil(lambda: column._newest is None)
    assert column.canvas.picture is story


def test_one_changed_value_is_drawn(qtbot, column, story):
    show(qtbot, column, story)
    page = story_page()
    page.performance[0].values[-1] -= 0.1
    changed = prepare(page)
    column.show_picture(changed)
    qtbot.waitUntil(lambda: column.canvas.picture is changed)


def test_moving_the_crosshair_paints_no_new_picture(qtbot, column, story):
    show(qtbot, column, story)
    column.canvas.viewport().repaint()
    painted = column.canvas._painted
    assert painted is not None
    move_mouse(column, middle_of(column, 0.3))
    column.canvas.viewport().repaint()
    assert column.canvas._painted is painted
    column.window_of_time.pan(0.1)
    column.canvas.redraw()
    assert column.canvas._painted is None


def test_each_chart_reads_out_its_own_newest_answer():
    page = story_page()
    page.drift.values[-9:] = np.nan
    page.heat.effects[:, -5:] = np.nan
    reading = read_newest(prepare(page), 0)
    assert reading.metric is not None
    assert reading.drift is not None
    assert reading.feature is not None
    assert reading.volume is not None
    assert reading.drift.at < reading.metric.at
