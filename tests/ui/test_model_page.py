"""The model page: head, guarded buttons with their reasons, tables, report, and the way to an alarm."""

from __future__ import annotations

import re
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from aiqu_desktop.core.errors import Refused, UserError
from aiqu_desktop.core.words import Health, VersionState
from aiqu_desktop.services.retraining import RetrainingRequest
from aiqu_desktop.services.views import ActionState, CostRow
from aiqu_desktop.ui import settings
from aiqu_desktop.ui.model import ModelPageWidget
from aiqu_desktop.ui.model.report_dialog import ReportDialog
from aiqu_desktop.ui.model.retraining_dialog import RetrainingDialog
from aiqu_desktop.ui.release import ApprovalSheet, ReleaseSheet
from aiqu_desktop.ui.tables.record_model import RecordModel
from aiqu_desktop.ui.widgets.dialogs import AskDialog
from aiqu_desktop.ui.widgets.errors import ErrorDialog
from tests.ui.chart_story import empty_page, story_page
from tests.ui.fake_rows import NOW
from tests.ui.people_story import STAFF, make_request
from tests.ui.release_story import promotion, rollback


class OneModel:
    """A desk with one model."""

    def __init__(self) -> None:
        self.page = story_page(health=Health.ALARM)
        self.asked: list[tuple[str, object]] = []
        self.threads: set[str] = set()
        self.error: Exception | None = None

    def _note(self, name, detail=None):
        self.threads.add(threading.current_thread().name)
        self.asked.append((name, detail))
        if self.error is not None:
            raise self.error

    def model_page(self, model, start, end):
        self._note("model_page", (model, start, end))
        return replace(self.page, tile=replace(self.page.tile, name=model))

    def preview_promotion(self, model, number):
        self._note("preview_promotion", (model, number))
        return promotion()

    def preview_rollback(self, model, number=None):
        self._note("preview_rollback", (model, number))
        return rollback()

    def list_requests(self, model=None):
        return () if self.page.request is None else (self.page.request,)

    def people(self):
        return STAFF

    def demo_password(self):
        return ""

    def signed_in(self):
        return None

    def acknowledge(self, ids, *, by, note):
        self._note("acknowledge", (tuple(ids), by, note))
        return ()

    def write_model_report(self, model, start, end, *, by):
        self._note("write_model_report", (model, start, end, by))
        return Path("reports") / "gas-classifier.pdf"


@pytest.fixture
def one():
    return OneModel()


@pytest.fixture
def page(qtbot, one, tasks, theme):
    made = ModelPageWidget(one, tasks, theme)
    qtbot.addWidget(made)
    made.resize(1_080, 712)
    made.show()
    made.show_model("gas-classifier")
    qtbot.waitUntil(lambda: made.shown is not None)
    return made


def refresh(qtbot, page, one, answer):
    one.page = answer
    page.site_changed()
    qtbot.waitUntil(lambda: page.shown is not None and page.shown.promote == answer.promote)


def test_the_head_says_how_the_model_is_and_what_serves(page):
    head = page.header
    assert head.title.text() == "Gas classifier"
    assert head.health.word.text() == "Alarm"
    assert "below its limit" in head.reason.text()
    assert head.champion.text() == "Version 4 is live"
    assert head.serving.word.text() == "serving proven"
    assert "n\u00a0=" in head.value.text()
    assert "limit ≥" in head.value.text()
    assert "Process analytics" in head.owner.text()


def test_the_cost_stands_in_the_head_where_one_is_known(qtbot, page, one):
    assert page.header.cost.isHidden()
    one.page = replace(one.page, cost=CostRow(14_380.0, 12_420.0, 16_510.0, 312, "SEK"))
    page.refresh()
    qtbot.waitUntil(lambda: not page.header.cost.isHidden())
    said = page.header.cost.accessibleName() or page.header.cost.text()
    assert re.sub(r"\s", " ", said) == "A thousand predictions cost 14 380 SEK [12 420–16 510], n = 312"


def test_a_champion_that_the_line_does_not_answer_with_is_not_called_proven(qtbot, page, one):
    answer = story_page(health=Health.UNKNOWN)
    one.page = answer
    page.site_changed()
    qtbot.waitUntil(lambda: page.header.serving.word.text() == "serving not proven")


def test_a_disabled_button_says_why_beside_it(page):
    assert not page.header.promote.isEnabled()
    assert "Promote: No candidate has arrived" in page.header.why_not.text()
    assert page.header.promote.accessibleDescription() in page.header.why_not.text()
    assert page.header.roll_back.isEnabled()


def test_roll_back_names_the_version_that_it_goes_to(page):
    assert page.header.roll_back.text() == "Roll back to 2…"


def test_roll_back_opens_its_sheet(qtbot, page, one):
    page.header.roll_back.click()
    qtbot.waitUntil(lambda: page.findChild(ReleaseSheet) is not None)
    assert ("preview_rollback", ("gas-classifier", None)) in one.asked
    page.findChild(ReleaseSheet).reject()


def test_promote_opens_the_sheet_of_the_only_candidate(qtbot, page, one):
    refresh(qtbot, page, one, replace(one.page, promote=ActionState(True, "", (4,))))
    assert page.header.promote.text() == "Promote 4…"
    page.header.promote.click()
    qtbot.waitUntil(lambda: page.findChild(ReleaseSheet) is not None)
    assert ("preview_promotion", ("gas-classifier", 4)) in one.asked
    page.findChild(ReleaseSheet).reject()


def test_several_candidates_are_offered_and_none_is_chosen_for_the_reader(qtbot, page, one):
    refresh(qtbot, page, one, replace(one.page, promote=ActionState(True, "", (5, 4))))
    page.header.promote.click()
    menu = page.header.findChild(object, "promote_choices")
    qtbot.waitUntil(menu.isVisible)
    assert [action.text() for action in menu.actions()] == ["Version 5", "Version 4"]
    menu.actions()[1].trigger()
    menu.close()
    qtbot.waitUntil(lambda: ("preview_promotion", ("gas-classifier", 4)) in one.asked)
    qtbot.waitUntil(lambda: page.findChild(ReleaseSheet) is not None)
    page.findChild(ReleaseSheet).reject()


def former(story, *states):
    """The story's page where nothing waits: its versions, newest first, are in these states."""
    versions = tuple(replace(row, state=state) for row, state in zip(story.versions, states, strict=True))
    numbers = tuple(row.number for row in versions if row.state is not VersionState.CHAMPION)
    return replace(story, versions=versions, promote=ActionState(True, "", numbers))


def test_where_none_waits_former_versions_are_offered_by_what_they_were(qtbot, page, one):
    states = (VersionState.CHAMPION, VersionState.WITHDRAWN, VersionState.RETIRED, VersionState.RETIRED)
    refresh(qtbot, page, one, former(one.page, *states))
    assert page.header.promote.text() == "Promote…"
    page.header.promote.click()
    menu = page.header.findChild(object, "promote_choices")
    qtbot.waitUntil(menu.isVisible)
    assert [action.text() for action in menu.actions()] == [
        "Version 3, withdrawn", "Version 2, retired", "Version 1, retired",
    ]  # fmt: skip
    menu.actions()[0].trigger()
    menu.close()
    qtbot.waitUntil(lambda: ("preview_promotion", ("gas-classifier", 3)) in one.asked)
    qtbot.waitUntil(lambda: page.findChild(ReleaseSheet) is not None)
    page.findChild(ReleaseSheet).reject()


def test_a_withdrawn_version_can_be_promoted_from_the_table_while_another_waits(qtbot, page, one):
    states = (VersionState.CANDIDATE, VersionState.WITHDRAWN, VersionState.CHAMPION, VersionState.RETIRED)
    refresh(qtbot, page, one, former(one.page, *states))
    assert page.header.promote.text() == "Promote 4…"
    button = page.tabs.promote
    assert (button.isVisible(), button.isEnabled()) == (True, False)
    assert button.toolTip() == "Select one version that is not live first."
    page.tabs.versions.table.selectRow(2)
    assert not button.isEnabled(), "the live version"
    page.tabs.versions.table.selectRow(1)
    assert (button.text(), button.isEnabled()) == ("Promote 3…", True)
    button.click()
    qtbot.waitUntil(lambda: ("preview_promotion", ("gas-classifier", 3)) in one.asked)
    qtbot.waitUntil(lambda: page.findChild(ReleaseSheet) is not None)
    page.findChild(ReleaseSheet).reject()
    page.tabs.open_tab(page.tabs.runs)
    assert not button.isVisible()


def test_a_refused_preview_is_told_and_the_button_comes_back(qtbot, page, one):
    one.error = Refused("gas-classifier version 4 is the champion already; there is nothing to promote.")
    page.header.roll_back.click()
    qtbot.waitUntil(lambda: page.findChild(ErrorDialog) is not None)
    page.findChild(ErrorDialog).close()
    assert page.header.roll_back.isEnabled()


def test_a_page_that_cannot_be_read_says_so_in_its_head(qtbot, page, one):
    one.error = UserError("There is no model 'gas-classifier' on this site.")
    page.site_changed()
    qtbot.waitUntil(lambda: page.header.health.word.text() == "Not read")
    assert "There is no model" in page.header.reason.text()


def test_nothing_is_asked_on_the_main_thread(qtbot, page, one):
    page.header.roll_back.click()
    qtbot.waitUntil(lambda: page.findChild(ReleaseSheet) is not None)
    page.findChild(ReleaseSheet).reject()
    assert threading.main_thread().name not in one.threads


def test_a_hidden_page_asks_nothing_until_it_is_seen(qtbot, page, one):
    page.hide()
    asked = len(one.asked)
    page.site_changed()
    assert len(one.asked) == asked
    page.show()
    qtbot.waitUntil(lambda: len(one.asked) > asked)


def test_versions_stand_side_by_side_and_the_last_known_good_is_marked(page):
    model = page.tabs.versions.records
    titles = [column.title for column in model.columns]
    assert titles[:5] == ["Version", "State", "Way back", "Accuracy", "Macro f1"] or "Macro F1" in titles
    marked = [row.number for row in model.rows if row.is_last_known_good]
    way_back = titles.index("Way back")
    assert [model.index(k, way_back).data() for k in range(4)].count("last known good") == len(marked) == 1
    assert b"row" in {bytes(name.data()) for name in model.roleNames().values()}
    assert model.index(0, 0).data(RecordModel.RowRole).number == 4


def test_the_waiting_alarm_is_acknowledged_with_name_and_note(qtbot, page, one):
    page.tabs.open_tab(page.tabs.alarms)
    assert page.tabs.tabText(1) == "Alarms (1 to acknowledge)"
    page.tabs.acknowledge.click()
    ask = page.findChild(AskDialog)
    ask.person.setText("M. Ek")
    ask.note.setPlainText("Asked for a renewed version.")
    ask.yes.click()
    qtbot.waitUntil(lambda: ("acknowledge", ((7,), "M. Ek", "Asked for a renewed version.")) in one.asked)


def test_without_a_waiting_alarm_acknowledge_is_off_and_says_why(qtbot, page, one):
    one.page = empty_page()
    page.site_changed()
    qtbot.waitUntil(lambda: not page.tabs.alarms.records.rows)
    assert not page.tabs.acknowledge.isEnabled()
    assert page.tabs.acknowledge.toolTip() == "There are no alarms."


def test_an_alarm_flag_opens_its_alarm(page):
    opened = []
    page.open_alarm.connect(opened.append)
    mark = next(mark for mark in page.shown.marks if mark.kind == "alarm")
    page.charts.alarm_asked.emit(mark)
    assert opened == [7]


def test_a_report_asks_for_its_period_and_says_where_it_is(qtbot, page, one):
    page.header.report.click()
    dialog = page.findChild(ReportDialog)
    assert not dialog.yes.isEnabled()
    assert "who makes the report" in dialog.state.text()
    dialog.person.setText("A. Lind")
    dialog.period.setCurrentText("Last 90 days")
    dialog.yes.click()
    qtbot.waitUntil(lambda: "gas-classifier.pdf" in dialog.state.text())
    name, (model, start, end, by) = one.asked[-1]
    assert (name, model, by) == ("write_model_report", "gas-classifier", "A. Lind")
    assert 89 <= (end - start).days <= 91
    assert dialog.folder.isVisible()
    dialog.reject()


def test_a_report_on_all_data_has_no_period(qtbot, page, one):
    page.header.report.click()
    dialog = page.findChild(ReportDialog)
    dialog.person.setText("A. Lind")
    dialog.yes.click()
    qtbot.waitUntil(lambda: one.asked[-1][0] == "write_model_report")
    assert one.asked[-1][1][1:3] == (None, None)
    qtbot.waitUntil(dialog.folder.isVisible)
    dialog.reject()


@pytest.mark.parametrize("approved", [False, True])
def test_a_request_that_waits_stands_out_and_its_button_opens_the_approvers_sheet(qtbot, page, one, approved):
    answer = replace(story_page(), promote=ActionState(True, "", (5, 4)))
    request = make_request(answer.site_now, "jonas", "Better on the plant's data.", promotion(), approved=approved)
    one.page = replace(answer, request=request)
    page.site_changed()
    qtbot.waitUntil(page.header.waiting.isVisible)
    said = "is approved and waits to be carried out" if approved else "waits for an approver"
    assert page.header.waiting.word.text().startswith(f"Version 4 {said}, until ")
    assert page.header.promote.text() == ("Carry out 4…" if approved else "Approve 4…")
    page.header.promote.click()
    qtbot.waitUntil(lambda: page.findChild(ApprovalSheet) is not None)
    page.findChild(ApprovalSheet).reject()


def test_on_a_low_screen_the_tables_are_folded_until_a_tab_is_pressed(qtbot, page):
    assert page.tabs.folded
    page.tabs.tabBarClicked.emit(0)
    assert not page.tabs.folded
    qtbot.waitUntil(page.tabs.versions.table.isVisible)
    page.findChild(QPushButton, "toggle_tables").click()
    assert page.tabs.folded


def test_on_a_tall_screen_the_tables_are_open(qtbot, page):
    page.resize(1_720, 990)
    qtbot.waitUntil(lambda: not page.tabs.folded)


def test_another_model_is_drawn_from_its_beginning(qtbot, page):
    page.charts.window_of_time.choose("7d")
    page.show_model("gas-concentration")
    qtbot.waitUntil(lambda: page.charts.window_of_time.preset == "all")
    assert page.shown.tile.name == "gas-concentration"


def test_until_a_model_is_read_nothing_can_be_acted_on(page):
    page.show_model("gas-concentration")
    assert page.header.title.text() == "gas-concentration"
    for button in (page.header.promote, page.header.roll_back, page.header.report):
        assert not button.isEnabled()
        assert button.toolTip() == "The model is being read."


def test_an_answer_about_another_model_is_dropped(page):
    late = story_page()
    page.model = "machine-failure"
    page.shown = None
    page._show((late, None))
    assert page.shown is None


def test_every_control_has_an_object_name_and_an_accessible_name(page):
    for button in page.findChildren(QPushButton):
        assert button.objectName(), button.text()
        assert button.accessibleName(), button.objectName()


def _select_version(page, number):
    page.tabs.open_tab(page.tabs.versions)
    rows = [row.number for row in page.tabs.versions.records.rows]
    page.tabs.versions.table.selectRow(rows.index(number))


def test_each_version_shows_how_its_tests_went_and_each_step_on_demand(page):
    shown = {row.number: row for row in page.tabs.versions.records.rows}
    column = next(c for c in page.tabs.versions.records.columns if c.name == "tests")
    assert [column.text(shown[number]) for number in (4, 3, 2, 1)] == [
        "Running, 2 of 5", "Not ready", "Ready for approval", "Not tested",
    ]  # fmt: skip
    assert "NOT PASSED: Version 3 on 214 labelled observations" in column.tooltip(shown[3])


def test_the_tests_of_a_version_are_stopped_or_begun_again_from_its_row(qtbot, page, one, monkeypatch):
    asked = []
    monkeypatch.setattr(one, "stop_tests", lambda *what, by: asked.append(("stop", *what, by)), raising=False)
    monkeypatch.setattr(one, "ask_again", lambda *what, by: asked.append(("again", *what, by)), raising=False)
    settings.PERSON.set("Eva")
    assert not page.tabs.test.isEnabled()
    for number, word in ((4, "Stop tests"), (3, "Test again")):
        _select_version(page, number)
        assert page.tabs.test.text() == word
        page.tabs.test.click()
    qtbot.waitUntil(lambda: len(asked) == 2)
    assert asked == [("stop", "gas-classifier", 4, "Eva"), ("again", "gas-classifier", 3, "Eva")]


def test_a_retraining_request_leaves_out_what_is_deselected_and_what_is_confidential(
    qtbot, page, one, monkeypatch, tmp_path
):
    written = []

    def request(model, output, *, by, wishes, without):
        written.append((model, output, by, wishes, without))
        return RetrainingRequest(model, output, NOW, NOW, 1240, 880, 2, "ab" * 32)

    features = (("sensor01_dR", False), ("sensor02_dR", False), ("recipe_code", True))
    monkeypatch.setattr(one, "retraining_features", lambda _model: features, raising=False)
    monkeypatch.setattr(one, "request_retraining", request, raising=False)
    page.header.retraining.click()
    qtbot.waitUntil(lambda: page.findChild(RetrainingDialog) is not None)
    dialog = page.findChild(RetrainingDialog)
    assert not dialog.yes.isEnabled()
    dialog.place.setText(str(tmp_path / "request"))
    dialog.person.setText("Eva")
    dialog.wishes.setPlainText("Fewer false alarms.")
    dialog.features.item(0).setCheckState(Qt.CheckState.Unchecked)
    confidential = dialog.features.item(2)
    assert not confidential.flags() & Qt.ItemFlag.ItemIsEnabled and "never leaves the site" in confidential.toolTip()
    dialog.yes.click()
    qtbot.waitUntil(lambda: "Written: 1,240 observations" in dialog.state.text())
    assert written == [
        ("gas-classifier", tmp_path / "request", "Eva", "Fewer false alarms.", ("sensor01_dR",)),
    ]  # fmt: skip
    dialog.no.click()
