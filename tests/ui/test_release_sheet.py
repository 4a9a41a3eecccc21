"""The release sheet: nothing happens by accident, and what happens is shown with its proof."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget

from aiqu_desktop.bundles.card import CardMetric
from aiqu_desktop.core.errors import Refused
from aiqu_desktop.core.words import ReleaseState
from aiqu_desktop.ui import settings
from aiqu_desktop.ui.release import ReleaseSheet
from aiqu_desktop.ui.release.compare import compare
from aiqu_desktop.ui.release.hold_button import HOLD_MS, HoldButton
from aiqu_desktop.ui.release.progress_view import ProgressView
from aiqu_desktop.ui.release.steps import START, StepState, advance
from tests.ui.release_story import OLD, facts, outcome, promotion, rollback

FORWARD = ("intended", "laid", "staged", "pointed", "switched", "probed", "proven", "completed")
BACK = ("intended", "laid", "staged", "pointed", "switched", "reverting", "restored", "reverted")


class OneLine:
    """A desk with a line that takes each release or gives it back, when it is let."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str, str]] = []
        self.thread = ""
        self.proves = True
        self.error: Exception | None = None
        self.may_end = threading.Event()
        self.may_end.set()

    def _release(self, name, preview, actor, reason, on_step):
        self.thread = threading.current_thread().name
        self.calls.append((name, actor, reason))
        if self.error is not None:
            raise self.error
        for step in FORWARD if self.proves else BACK:
            on_step(step, f"{step}: said by the line")
        assert self.may_end.wait(10)
        return outcome(preview, done=self.proves)

    def promote(self, preview, *, actor, reason, on_step=None):
        return self._release("promote", preview, actor, reason, on_step)

    def roll_back(self, preview, *, actor, reason, on_step=None):
        return self._release("roll_back", preview, actor, reason, on_step)


@pytest.fixture
def line():
    return OneLine()


@pytest.fixture
def window(qtbot):
    made = QWidget()
    qtbot.addWidget(made)
    made.resize(900, 700)
    made.show()
    yield made
    for left in made.findChildren(ReleaseSheet):
        left.reject()


@pytest.fixture
def sheet(line, tasks, theme, window):
    made = ReleaseSheet(line, tasks, theme, promotion(), "Gas classifier", window)
    made.open()
    return made


def fill(sheet, person="A. Lind", reason="Beats version 2 on the plant's own data."):
    sheet.person.setText(person)
    sheet.reason.setText(reason)


def press(button, kind=QEvent.Type.MouseButtonPress, at=None):
    """A mouse event without QTest's own waiting."""
    position = QPointF(button.rect().center()) if at is None else at
    left = Qt.MouseButton.LeftButton
    held = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseButtonRelease else left
    event = QMouseEvent(kind, position, button.mapToGlobal(position), left, held, Qt.KeyboardModifier.NoModifier)
    {
        QEvent.Type.MouseButtonPress: button.mousePressEvent,
        QEvent.Type.MouseMove: button.mouseMoveEvent,
        QEvent.Type.MouseButtonRelease: button.mouseReleaseEvent,
    }[kind](event)


def texts(widget):
    return " | ".join(label.text() for label in widget.findChildren(QLabel) if label.isVisibleTo(widget))


def hold_to_the_end(qtbot, sheet):
    with qtbot.waitSignal(sheet.ended, timeout=10_000):
        press(sheet.hold)


def test_the_sheet_says_what_changes_and_the_way_back(sheet):
    shown = texts(sheet)
    for words in (
        "Version 2",
        "Version 4",
        "0.932",
        "0.971",
        "+0.039",
        "better",
        "Golden cases on this machine: passed",
        "Data are sound: advice",
        "roll back to version 2",
    ):
        assert words in shown


def test_cancel_is_the_default_and_the_hold_button_never_is(sheet):
    assert sheet.no.isDefault()
    assert not hasattr(sheet.hold, "setDefault")


@pytest.mark.parametrize(("person", "reason", "said"), [("", "why", "who you are"), ("A. Lind", "  ", "Say why")])
def test_without_a_name_or_a_reason_the_button_is_off_and_says_why(sheet, person, reason, said):
    fill(sheet, person, reason)
    assert not sheet.hold.isEnabled()
    assert said in sheet.why_not.text()


def test_letting_go_early_does_nothing_and_says_so(qtbot, sheet, line):
    fill(sheet)
    with qtbot.assertNotEmitted(sheet.hold.held, wait=HOLD_MS + 200):
        press(sheet.hold)
        qtbot.waitUntil(lambda: sheet.hold.progress > 0.2)
        press(sheet.hold, QEvent.Type.MouseButtonRelease)
    assert sheet.hold.progress == 0.0
    assert line.calls == []
    assert "nothing was done" in sheet.why_not.text()


def test_sliding_off_the_button_cancels(sheet, line):
    fill(sheet)
    press(sheet.hold)
    press(sheet.hold, QEvent.Type.MouseMove, QPointF(-40, 5))
    assert sheet.hold.progress == 0.0
    assert line.calls == []


def test_enter_never_confirms(sheet, line):
    fill(sheet)
    for place in (sheet.person, sheet.reason, sheet.hold):
        for key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            place.setFocus()
            QTest.keyClick(place, key)
    assert line.calls == []
    assert sheet.isVisible()


def test_a_single_tap_of_space_or_a_click_never_confirms(sheet, line):
    fill(sheet)
    QTest.keyClick(sheet.hold, Qt.Key.Key_Space)
    QTest.mouseClick(sheet.hold, Qt.MouseButton.LeftButton)
    sheet.hold.click()
    assert line.calls == []


def test_holding_the_mouse_for_a_second_promotes_with_name_and_reason(qtbot, sheet, line):
    fill(sheet)
    hold_to_the_end(qtbot, sheet)
    assert line.calls == [("promote", "A. Lind", "Beats version 2 on the plant's own data.")]
    assert line.thread.startswith("aiqu-ui")


def test_holding_the_space_bar_confirms_although_it_repeats(qtbot, sheet, line):
    fill(sheet)
    with qtbot.waitSignal(sheet.ended, timeout=10_000):
        QTest.keyPress(sheet.hold, Qt.Key.Key_Space)
    assert len(line.calls) == 1


def test_the_end_shows_the_digest_the_golden_cases_and_the_seconds(qtbot, sheet):
    fill(sheet)
    hold_to_the_end(qtbot, sheet)
    shown = texts(sheet.progress)
    for words in ("Version 4 is live and proven", "4a7c3e91d20b", "24 of 24", "1.8"):
        assert words in shown
    assert all(step.state is StepState.DONE for step in sheet.progress.steps)


def test_a_line_that_refuses_shows_its_reason_and_who_serves_again(qtbot, sheet, line):
    line.proves = False
    fill(sheet)
    hold_to_the_end(qtbot, sheet)
    shown = texts(sheet.progress)
    for words in (
        "Version 2 is live, as before",
        "Golden case 7 differed",
        "Wait for the line's proof: failed",
        "Restore the former version: done",
    ):
        assert words in shown


def test_a_refusal_by_the_gates_is_shown_in_its_own_sentence(qtbot, sheet, line):
    line.error = Refused("What you saw has changed (Golden cases: 3 fail); look at it again before you decide.")
    fill(sheet)
    hold_to_the_end(qtbot, sheet)
    assert "What you saw has changed" in texts(sheet.progress)


def test_the_sheet_cannot_be_closed_while_the_line_is_being_switched(qtbot, sheet, line):
    line.may_end.clear()
    fill(sheet)
    press(sheet.hold)
    qtbot.waitUntil(lambda: sheet.progress.steps[-1].state is StepState.DONE, timeout=10_000)
    QTest.keyClick(sheet, Qt.Key.Key_Escape)
    sheet.reject()
    assert sheet.isVisible()
    assert not sheet.no.isEnabled()
    with qtbot.waitSignal(sheet.ended, timeout=10_000):
        line.may_end.set()
    assert sheet.no.isEnabled()
    sheet.reject()
    assert not sheet.isVisible()


def test_a_blocked_promotion_has_no_button_and_says_what_blocks(line, tasks, theme, window):
    sheet = ReleaseSheet(line, tasks, theme, promotion(blocked=True), "Gas classifier", window)
    sheet.open()
    assert not sheet.hold.isVisible()
    assert not sheet.person.isVisible()
    assert "Blocked: 3 of 24 golden cases fail" in texts(sheet)
    assert "Golden cases on this machine: not passed" in texts(sheet)


def test_a_rollback_takes_one_name_and_one_reason(qtbot, line, tasks, theme, window):
    sheet = ReleaseSheet(line, tasks, theme, rollback(), "Gas classifier", window)
    sheet.open()
    fill(sheet, "M. Ek", "Wrong gases.")
    assert "version 2" in sheet.hold.text()
    hold_to_the_end(qtbot, sheet)
    assert line.calls == [("roll_back", "M. Ek", "Wrong gases.")]


def test_the_name_is_remembered_for_the_next_time(qtbot, sheet, line, tasks, theme, window):
    fill(sheet, "M. Ek")
    hold_to_the_end(qtbot, sheet)
    assert settings.PERSON.get() == "M. Ek"
    again = ReleaseSheet(line, tasks, theme, rollback(), "Gas classifier", window)
    assert again.person.text() == "M. Ek"
    assert again.reason.text() == ""


def test_a_disabled_hold_button_ignores_every_gesture(theme, window):
    button = HoldButton(theme, "Hold", danger=True, parent=window)
    button.setEnabled(False)
    press(button)
    QTest.keyPress(button, Qt.Key.Key_Space)
    assert button.progress == 0.0


def test_disabling_the_button_while_it_is_held_cancels(qtbot, theme, window):
    button = HoldButton(theme, "Hold", danger=True, parent=window)
    button.show()
    with qtbot.waitSignal(button.let_go):
        press(button)
        button.setEnabled(False)


def test_a_step_that_failed_before_the_switch_leaves_nothing_to_restore():
    steps = advance(advance(START, "intended", "written"), "reverted", "disk full")
    assert [step.state for step in steps][:2] == [StepState.DONE, StepState.FAILED]
    assert all(step.key != "reverted" for step in steps)


def test_a_return_that_is_not_proven_is_marked_as_failed():
    steps = START
    for name in ("intended", "staged", "switched", "reverting", "restored", "unknown"):
        steps = advance(steps, name, name)
    assert steps[-1].key == "reverted"
    assert steps[-1].state is StepState.FAILED


def test_overlapping_intervals_are_no_difference_and_a_clear_loss_is_named():
    same = facts(5, 0.935, 0.02, OLD.state, "")
    worse = facts(6, 0.80, 0.01, OLD.state, "")
    assert compare(OLD.metrics, same.metrics, "accuracy")[0].meaning == "intervals overlap"
    rows = compare(OLD.metrics, worse.metrics, "accuracy")
    assert rows[0].meaning == "worse"
    assert rows[0].token == "alarm"
    assert next(row for row in rows if row.metric.startswith("Log loss")).meaning == "worse"


def test_a_smaller_error_is_better_whatever_it_is_called():
    for name in ("mae", "log_loss", "median_relative_error"):
        old, new = CardMetric(0.5, 0.45, 0.55, 100), CardMetric(0.2, 0.15, 0.25, 100)
        assert compare({name: old}, {name: new}, name)[0].meaning == "better"
        assert compare({name: new}, {name: old}, name)[0].meaning == "worse"


def test_the_first_version_has_nothing_to_compare_with():
    rows = compare(None, OLD.metrics, "accuracy")
    assert {row.meaning for row in rows} == {"nothing to compare"}


def test_every_end_of_a_release_has_its_own_words(theme, qtbot):
    view = ProgressView(theme)
    qtbot.addWidget(view)
    headlines = set()
    for state in (ReleaseState.COMPLETED, ReleaseState.REVERTED, ReleaseState.UNKNOWN):
        ended = outcome(promotion(), done=state is ReleaseState.COMPLETED)
        view.finish(replace(ended, state=state))
        headlines.add(view.verdict.word.text())
    assert len(headlines) == 3
