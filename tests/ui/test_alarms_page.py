"""The alarms page: order, filters, detail, and acknowledgement with a name and a note."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QDialog, QPushButton

from aiqu_desktop.core.errors import EnvironmentFault
from aiqu_desktop.core.words import AlarmState, ShelfTime, Suppression
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


def held_page(qtbot, page):
    page.findChild(QPushButton, "show_held").click()
    qtbot.waitUntil(lambda: len(page.held.model.rows) == 3)
    return page.held


def test_what_is_held_back_is_listed_with_its_kind_in_shape_and_word(page, qtbot):
    held = held_page(qtbot, page)
    shown = {
        held.table.proxy.index(k, 0).data(): held.table.proxy.index(k, 0).data(RecordModel.LookRole).icon
        for k in range(3)
    }
    assert shown == {
        "Shelved": "state-shelved", "Out of service": "state-out-of-service",
        "Suppressed by design": "state-suppressed",
    }  # fmt: skip
    assert page.summary.text() == "3 held back, 2 with their condition present"
    assert held.plant_state.text() == "Plant: running."


def test_what_a_person_held_back_is_told_again_with_a_reason_and_what_the_plant_does_is_not(page, qtbot, desk):
    held = held_page(qtbot, page)
    assert not held.end.isEnabled()
    held.table.select_key(3)
    assert not held.end.isEnabled()
    assert held.end.toolTip() == "The plant's state holds it back; it is told again when that changes."
    held.table.select_key(2)
    assert held.end.text() == "Put back into service…"
    held.end.click()
    dialog = dialog_of(qtbot, page)
    dialog.person.setText("Eva Holm")
    dialog.note.setPlainText("The camera is back.")
    dialog.yes.click()
    done = ("weld-seam-camera", "freshness-data", Suppression.OUT_OF_SERVICE, "Eva Holm", "The camera is back.")
    qtbot.waitUntil(lambda: ("end_suppression", done) in desk.calls)
    qtbot.waitUntil(lambda: len(held.model.rows) == 2)


def test_shelving_asks_for_a_fixed_time_and_a_critical_alarm_cannot_have_a_long_one(page, qtbot, desk):
    page.table.select_key(41)
    page.detail.shelve.click()
    dialog = dialog_of(qtbot, page)
    choices = {button.text(): button for button in dialog.findChildren(QPushButton) if button.isCheckable()}
    assert {text: button.isEnabled() for text, button in choices.items()} == {
        "10 minutes": True, "1 hour": True, "8 hours": False, "End of shift": False,
    }  # fmt: skip
    assert "one hour at most" in choices["8 hours"].toolTip()
    dialog.person.setText("M. Ek")
    dialog.note.setPlainText("The sensor is being washed.")
    assert dialog.why_not.text() == "Choose one of them."
    choices["1 hour"].click()
    assert dialog.yes.isEnabled()
    dialog.yes.click()
    done = ((41,), ShelfTime.ONE_HOUR, "M. Ek", "The sensor is being washed.")
    qtbot.waitUntil(lambda: ("shelve", done) in desk.calls)
    qtbot.waitUntil(lambda: 41 not in ids(page))


def test_an_alarm_is_taken_out_of_service_for_maintenance(page, qtbot, desk):
    page.table.select_key(40)
    page.detail.take_out.click()
    dialog = dialog_of(qtbot, page)
    dialog.person.setText("Eva Holm")
    dialog.note.setPlainText("The lens is changed.")
    dialog.yes.click()
    done = ("weld-seam-camera", "performance", "Eva Holm", "The lens is changed.")
    qtbot.waitUntil(lambda: ("take_out_of_service", done) in desk.calls)


def test_a_latched_alarm_is_reset_instead_of_acknowledged(page, qtbot, desk):
    desk.alarms = tuple(
        replace(row, state=AlarmState.LATCHED_ACKNOWLEDGED) if row.id == 41 else row for row in desk.alarms
    )
    page.refresh()
    qtbot.waitUntil(lambda: any(row.state is AlarmState.LATCHED_ACKNOWLEDGED for row in page.model.rows))
    page.table.select_key(41)
    assert page.detail.reset.isVisible() and not page.detail.acknowledge.isVisible()
    page.detail.reset.click()
    dialog = dialog_of(qtbot, page)
    dialog.person.setText("Eva Holm")
    dialog.note.setPlainText("Restored from the backup of Monday.")
    dialog.yes.click()
    done = ((41,), "Eva Holm", "Restored from the backup of Monday.")
    qtbot.waitUntil(lambda: ("reset_alarms", done) in desk.calls)


def test_the_detail_tells_the_record_of_its_type_and_what_happened(page, qtbot):
    page.table.select_key(39)
    qtbot.waitUntil(lambda: any(fact.heading == "Cause" for fact in page.detail.facts._shown))
    record = {fact.heading: fact.text for fact in page.detail.facts._shown}
    assert record["Cause"].startswith("The version that serves is wrong")
    assert record["If nobody responds (major)"].startswith("Wrong predictions reach the line")
    assert record["Time to respond"] == "8\u00a0h"
    happened = [fact.heading.partition(", ")[0] for fact in page.detail.facts._shown if ", 2026" in fact.heading]
    assert happened == ["Acknowledged", "Activated"], "newest first"


def test_the_alarm_that_came_first_is_marked_in_shape_and_words(page, qtbot, desk):
    desk.alarms = tuple(replace(row, first_out=row.id == 39) for row in desk.alarms)
    page.refresh()
    qtbot.waitUntil(lambda: any(row.first_out for row in page.model.rows))
    page.table.select_key(39)
    index = page.table.selectionModel().selectedRows(2)[0]
    assert index.data() == "1st · Gas classifier"
    assert index.data(RecordModel.LookRole).icon == "first-out"
    assert "First out" in {fact.heading for fact in page.detail.facts._shown}


def test_the_plants_state_is_set_with_a_name_and_a_reason(page, qtbot, desk):
    held = held_page(qtbot, page)
    held.set_plant.click()
    dialog = dialog_of(qtbot, page)
    dialog.person.setText("Elin Sandberg")
    dialog.note.setPlainText("New mould in press 2.")
    dialog.findChild(QPushButton, "choice_changeover").click()
    dialog.yes.click()
    qtbot.waitUntil(lambda: held.plant_state.text().startswith("Plant: changeover since"))


def test_the_figures_stand_beside_what_is_recommended_and_say_which_are_kept(page, qtbot):
    page.findChild(QPushButton, "show_figures").click()
    figures = page.figures
    qtbot.waitUntil(lambda: len(figures.frequent.rows) == 4)
    cards = {
        name: (card.value.text(), card.state.word.text(), card.limit.text()) for name, card in figures.cards.items()
    }
    assert cards["peak_in_10_min"] == ("13", "Beyond", "Recommended: at most 10")
    assert cards["average_per_10_min"][1] == "Within"
    assert cards["chattering"] == ("1", "Beyond", "Recommended: none")
    assert "Critical and high: 10\u00a0% (recommended 5\u00a0%)" in figures.shares.accessibleName().replace(
        "High", "high"
    )
    assert page.summary.text().startswith("94 alarms told since")
    assert figures.days.accessibleName().startswith("Busiest: 14 alarms on")


def test_another_period_asks_for_other_figures_and_a_stale_alarm_can_be_gone_to(page, qtbot, desk):
    page.findChild(QPushButton, "show_figures").click()
    page.findChild(QPushButton, "period_7").click()
    qtbot.waitUntil(
        lambda: any(name == "alarm_figures" and (asked[1] - asked[0]).days == 7 for name, asked in desk.calls)
    )
    qtbot.waitUntil(lambda: len(page.figures.stale.rows) == 3)
    page.figures.stale_table.row_opened.emit(page.figures.stale.rows[0])
    qtbot.waitUntil(lambda: [row.id for row in page.table.selected_rows()] == [37])
    assert page.views.currentWidget() is page.lists


def test_coming_back_to_the_open_alarms_shows_them(page, qtbot):
    held_page(qtbot, page)
    page.findChild(QPushButton, "show_open").click()
    qtbot.waitUntil(lambda: page.summary.text() == "7 alarms shown, 5 to acknowledge")
    assert page.views.currentWidget() is page.lists
