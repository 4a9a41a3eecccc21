"""The schedules page: what is due, what runs, what was found, and the acts on a check."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QPushButton

from aiqu_desktop.ui import settings
from aiqu_desktop.ui.schedules.page import SchedulesPage
from aiqu_desktop.ui.tables.record_model import RecordModel
from aiqu_desktop.ui.widgets.dialogs import AskDialog


@pytest.fixture
def page(qtbot, theme, tasks, desk):
    made = SchedulesPage(desk, tasks, theme)
    qtbot.addWidget(made)
    made.resize(1060, 740)
    made.show()
    qtbot.waitUntil(lambda: len(made.model.rows) == 60)
    return made


def cell(page, check_id, name):
    column = [c.name for c in page.model.columns].index(name)
    for k in range(page.table.proxy.rowCount()):
        index = page.table.proxy.index(k, column)
        if index.data(RecordModel.RowRole).row.check_id == check_id:
            return index
    raise AssertionError(f"check {check_id} is not shown")


def button(page, name):
    return page.findChild(QPushButton, name)


def test_running_and_overdue_checks_come_first(page):
    assert [timed.row.check_id for timed in page.table.shown_rows()[:2]] == [6, 21]


def test_what_is_due_paused_running_or_late_is_said_in_words_with_a_shape(page):
    assert cell(page, 6, "next").data() == "Running 42\u00a0%"
    assert cell(page, 21, "next").data() == "Overdue by 13\u00a0min"
    assert cell(page, 21, "next").data(RecordModel.LookRole).icon == "unknown"
    assert cell(page, 12, "next").data() == "Paused"
    assert cell(page, 12, "next").data(RecordModel.LookRole).icon == "pause"


def test_a_run_that_failed_is_never_shown_as_its_verdict(page):
    assert cell(page, 18, "result").data() == "Failed"
    assert cell(page, 18, "result").data(RecordModel.LookRole).token == "alarm"


def test_without_a_choice_every_button_says_what_to_do_first(page):
    assert not button(page, "run_now").isEnabled()
    assert button(page, "run_now").toolTip() == "Choose a check in the list first."


def test_run_now_asks_for_the_name_once_and_then_acts_at_once(page, qtbot, desk):
    page.table.select_key(1)
    button(page, "run_now").click()
    qtbot.waitUntil(lambda: page.findChild(AskDialog) is not None)
    dialog = page.findChild(AskDialog)
    dialog.person.setText("J. Berg")
    dialog.yes.click()
    qtbot.waitUntil(lambda: ("run_now", (1, "J. Berg")) in desk.calls)
    qtbot.waitUntil(lambda: page.findChild(AskDialog) is None)
    page.table.select_key(2)
    button(page, "run_now").click()
    qtbot.waitUntil(lambda: ("run_now", (2, "J. Berg")) in desk.calls)
    qtbot.waitUntil(lambda: cell(page, 2, "next").data() == "due now")


def test_pausing_needs_a_reason_and_resuming_brings_the_check_back(page, qtbot, desk):
    settings.PERSON.set("J. Berg")
    page.table.select_key(1)
    button(page, "pause").click()
    qtbot.waitUntil(lambda: page.findChild(AskDialog) is not None)
    dialog = page.findChild(AskDialog)
    assert not dialog.yes.isEnabled()
    dialog.note.setPlainText("Array is being calibrated.")
    dialog.yes.click()
    qtbot.waitUntil(lambda: ("pause", (1, "J. Berg", "Array is being calibrated.")) in desk.calls)
    qtbot.waitUntil(lambda: cell(page, 1, "next").data() == "Paused")
    assert "Array is being calibrated." in page.chosen.text()
    assert button(page, "run_now").toolTip() == "Resume it first."
    button(page, "resume").click()
    qtbot.waitUntil(lambda: cell(page, 1, "next").data() != "Paused")


def test_progress_moves_without_asking_the_site(page, qtbot, desk):
    asked = sum(call[0] == "list_schedules" for call in desk.calls)
    desk.schedules = tuple(
        type(r)(**{f: getattr(r, f) for f in r.__slots__} | {"progress": 0.77}) if r.check_id == 6 else r
        for r in desk.schedules
    )
    qtbot.waitUntil(lambda: cell(page, 6, "next").data() == "Running 77\u00a0%")
    assert sum(call[0] == "list_schedules" for call in desk.calls) == asked


def test_cancelling_says_so_while_the_run_obeys(page, qtbot):
    page.table.select_key(6)
    cancel = button(page, "cancel_run")
    assert cancel.isVisible()
    cancel.click()
    assert cancel.text() == "Cancelling …"
    assert not cancel.isEnabled()
    qtbot.waitUntil(lambda: cell(page, 6, "result").data() == "Cancelled")
    assert not cancel.isVisible()


def test_the_list_narrows_to_a_text(page):
    page.find.setText("integrity")
    assert {timed.row.kind.value for timed in page.table.shown_rows()} == {"integrity"}
