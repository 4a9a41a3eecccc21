"""The alarms page: order, filters, detail, and acknowledgement with a name and a note."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QDialog, QPushButton

from aiqu_desktop.core.errors import EnvironmentFault
from aiqu_desktop.core.words import AlarmState
from aiqu_desktop.ui import settings
from aiqu_desktop.ui.alarms.page import AlarmsPage
from aiqu_desktop.ui.tables.record_model import RecordModel
from aiqu_desktop.ui.widgets.dialogs import AskDialog
from aiqu_desktop.ui.widgets.empty import EmptyState
from tests.ui.fakes import FakeDesk


@pytest.fixture
def page(qtbot, theme, tasks, desk):
    made = AlarmsPage(desk, tasks, theme)
    qtbot.addWidget(made)
    made.resize(1060, 740)
    made.show()
    qtbot.waitUntil(lambda: len(made.model.rows) == 7)
    return made


def ids(page):
    return [row.id for row in page.table.shown_rows()]


def dialog_of(qtbot, page):
    qtbot.waitUntil(lambda: page.findChild(AskDialog) is not None)
    return page.findChild(AskDialog)


def test_alarms_that_wait_come_first_and_worst_first(page):
    assert ids(page) == [41, 40, 38, 35, 37, 39, 33]


def test_every_priority_has_a_shape_and_a_word(page):
    shown = {
        page.table.proxy.index(k, 0).data(): page.table.proxy.index(k, 0).data(RecordModel.LookRole).icon
        for k in range(page.table.proxy.rowCount())
    }
    assert shown == {
        "Critical": "priority-critical", "High": "priority-high", "Medium": "priority-medium", "Low": "priority-low",
    }  # fmt: skip


def test_closed_alarms_are_shown_on_request(page, qtbot):
    qtbot.mouseClick(page.findChild(QPushButton, "show_all"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: 21 in ids(page))
    assert ids(page)[-1] == 21


def test_the_list_narrows_to_one_model_and_to_a_text(page):
    models = page.findChild(QComboBox, "model_filter")
    models.setCurrentIndex(models.findData("gas-classifier"))
    assert ids(page) == [41, 39]
    page.find.setText("importance")
    assert ids(page) == [39]
    page.find.setText("nothing like this")
    assert page.findChild(EmptyState, "no_alarms").isVisible()


def test_the_detail_starts_with_what_to_do_and_tells_how_long_before_the_alarm_it_began(page):
    page.table.select_key(39)
    assert page.detail.isVisible()
    assert page.detail.response.text().startswith("Have the sensor array calibrated")
    facts = {fact.heading: fact.text for fact in page.detail.facts._shown}
    assert "1\u00a0d 7\u00a0h before the alarm" in facts["Estimated onset"]
    assert facts["Note"] == "Calibration ordered for Friday."
    assert "False alarms" not in facts


def test_the_detail_states_how_rarely_such_an_alarm_is_false(page):
    page.table.select_key(41)
    facts = {fact.heading: fact.text for fact in page.detail.facts._shown}
    assert "at most once in 10 years" in facts["False alarms"]


def test_an_acknowledged_alarm_says_why_it_cannot_be_acknowledged_again(page):
    page.table.select_key(39)
    assert not page.detail.acknowledge.isEnabled()
    assert page.detail.acknowledge.toolTip().startswith("Acknowledged already")


def test_acknowledging_needs_a_name_and_a_note_and_enter_never_does_it(page, qtbot, desk):
    page.table.select_key(41)
    page.detail.acknowledge.click()
    dialog = dialog_of(qtbot, page)
    assert not dialog.yes.isEnabled()
    assert dialog.why_not.text() == "Say who you are."
    dialog.person.setText("M. Ek")
    assert not dialog.yes.isEnabled()
    dialog.note.setPlainText("Rolling back.")
    assert dialog.yes.isEnabled()
    assert dialog.no.isDefault()
    assert not dialog.yes.isDefault()
    qtbot.keyClick(dialog.person, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.findChild(AskDialog) is None)
    assert not [call for call in desk.calls if call[0] == "acknowledge"]


def test_acknowledging_several_tells_the_desk_once_and_remembers_the_name(page, qtbot, desk):
    for row in (0, 1):
        page.table.selectionModel().select(
            page.table.proxy.index(row, 0),
            page.table.selectionModel().SelectionFlag.Select | page.table.selectionModel().SelectionFlag.Rows,
        )
    assert page.detail.acknowledge.text() == "Acknowledge 2…"
    page.detail.acknowledge.click()
    dialog = dialog_of(qtbot, page)
    dialog.person.setText("M. Ek")
    dialog.note.setPlainText("Both cells are stopped.")
    dialog.yes.click()
    qtbot.waitUntil(lambda: ("acknowledge", ((41, 40), "M. Ek", "Both cells are stopped.")) in desk.calls)
    qtbot.waitUntil(lambda: sum(row.state is AlarmState.ACKNOWLEDGED for row in page.model.rows) == 4)
    assert settings.PERSON.get() == "M. Ek"


def test_acknowledging_a_returned_alarm_closes_it(page, qtbot):
    page.table.select_key(35)
    page.detail.acknowledge.click()
    dialog = dialog_of(qtbot, page)
    dialog.person.setText("M. Ek")
    dialog.note.setPlainText("Burner was changed.")
    dialog.yes.click()
    qtbot.waitUntil(lambda: 35 not in ids(page))


def test_a_refresh_keeps_the_selection(page, qtbot, desk):
    page.table.select_key(38)
    desk.alarms = desk.alarms[1:]
    page.refresh()
    qtbot.waitUntil(lambda: 41 not in ids(page))
    assert [row.id for row in page.table.selected_rows()] == [38]


def test_an_alarm_that_is_closed_already_can_still_be_gone_to(page, qtbot):
    page.select_alarm(21)
    qtbot.waitUntil(lambda: [row.id for row in page.table.selected_rows()] == [21])


@pytest.mark.usefixtures("page")
def test_the_desk_is_never_asked_on_the_main_thread(desk):
    assert desk.threads
    assert all(name.startswith("aiqu-ui") for name in desk.threads)


def test_a_failure_of_the_site_is_reported_and_the_list_stays(page, qtbot, tasks, desk):
    desk.error = EnvironmentFault("The disk of the registry is full; make room.")
    with qtbot.waitSignal(tasks.failed) as failed:
        page.refresh()
    assert "disk" in str(failed.args[0])
    assert len(ids(page)) == 7


def test_no_open_alarm_is_said_in_words(qtbot, theme, tasks):
    page = AlarmsPage(FakeDesk(6, healthy=True), tasks, theme)
    qtbot.addWidget(page)
    page.show()
    empty = page.findChild(EmptyState, "no_alarms")
    qtbot.waitUntil(empty.isVisible)
    qtbot.waitUntil(lambda: empty.headline.text() == "No open alarms")


def test_the_question_names_the_alarm_the_consequence_and_what_does_not_change(page, qtbot):
    page.table.select_key(41)
    page.detail.acknowledge.click()
    dialog = dialog_of(qtbot, page)
    assert isinstance(dialog, QDialog)
    said = " ".join(label.text() for label in dialog.findChildren(type(dialog.why_not)))
    assert "Accuracy 0.712" in said
    assert "Nothing on the line changes" in said
    assert dialog.yes.text() == "Acknowledge"
    dialog.reject()
