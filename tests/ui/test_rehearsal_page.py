"""The rehearsal page: limits are proposed, rehearsed off the main thread, and saved only with a name and a reason."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QLineEdit, QPushButton

from aiqu_desktop.core.errors import Refused, UserError
from aiqu_desktop.core.words import CheckKind
from aiqu_desktop.ui import settings
from aiqu_desktop.ui.actions import ENTRIES, Act
from aiqu_desktop.ui.charts.reading import read_at
from aiqu_desktop.ui.rehearsal import RehearsalPage
from aiqu_desktop.ui.rehearsal.proposal import FIELDS, NotUsable, read_sizes, read_value
from aiqu_desktop.ui.rehearsal.replayed import cells_at, facts_of, picture_of
from aiqu_desktop.ui.shell.navigation import Place
from aiqu_desktop.ui.widgets.dialogs import AskDialog
from aiqu_desktop.ui.widgets.errors import ErrorDialog
from tests.ui.fake_rows import NOW
from tests.ui.rehearsal_story import make_rehearsal

PERFORMANCE, DRIFT = CheckKind.PERFORMANCE, CheckKind.DRIFT


@pytest.fixture
def page(qtbot, desk, tasks, theme):
    settings.PERSON.set("M. Ek")
    made = RehearsalPage(desk, tasks, theme)
    qtbot.addWidget(made)
    made.resize(1_150, 700)
    made.show()
    made.show_model("gas-classifier")
    qtbot.waitUntil(lambda: made._present is not None)
    yield made
    desk.rehearsal_may_end.set()


def field(page, name):
    return page.findChild(QLineEdit, name)


def rehearse(qtbot, page, desk):
    count = len(desk.rehearsals)
    page.side.rehearse.click()
    qtbot.waitUntil(lambda: len(desk.rehearsals) > count and not page._running)


def asked(desk, name):
    return [detail for called, detail in desk.calls if called == name]


def test_the_present_limits_stand_beside_what_is_proposed(page):
    titles = [label.text() for label in page.side.form._titles]
    assert titles[0] == "Limit: Accuracy"
    shown = [label.text() for label in page.side.form._nows if not label.isHidden()]
    assert shown == ["0.873034", "28", "10", "1", "2", "30"]
    assert field(page, "limit").text() == "0.873034"
    assert "proposed" in field(page, "limit").accessibleName()


def test_a_drift_check_has_no_false_alarm_budget(qtbot, page):
    page.choose_kind(DRIFT)
    qtbot.waitUntil(lambda: page._present is not None and "share_limit" in page._present)
    assert field(page, "share_limit").isVisible()
    assert field(page, "false_alarm_years") is None
    assert page.side.form._titles[0].text() == "Limit: drifted share"


def test_segments_are_proposed_as_words_with_commas_between_them(qtbot, page, desk):
    page.choose_kind(DRIFT)
    qtbot.waitUntil(lambda: page._present is not None and "share_limit" in page._present)
    assert field(page, "segment_by").text() == "recipe, line"
    assert not page.side.form.differs
    field(page, "segment_by").setText("recipe, line, product ,")
    field(page, "shift_starts").setText("06:00, 18:00")
    rehearse(qtbot, page, desk)
    wanted = {"segment_by": ["recipe", "line", "product"], "shift_starts": ["06:00", "18:00"]}
    assert asked(desk, "rehearse") == [("gas-classifier", DRIFT, wanted, "M. Ek", ())]
    heading = page.result.heading.text()
    assert "Judge segments of recipe, line → recipe, line, product" in heading
    assert "… or by shifts from none → 06:00, 18:00" in heading


def test_only_what_differs_is_rehearsed_off_the_main_thread_in_the_persons_name(qtbot, page, desk):
    field(page, "limit").setText("0,85")
    field(page, "sizes").setText("0.8 0.7")
    rehearse(qtbot, page, desk)
    assert asked(desk, "rehearse") == [("gas-classifier", PERFORMANCE, {"limit": 0.85}, "M. Ek", (0.8, 0.7))]
    assert threading.main_thread().name not in desk.threads


def test_a_change_stands_out_and_reset_takes_it_back(page):
    title, now = page.side.form._titles[1], page.side.form._nows[1]
    assert not page.side.reset.isEnabled()
    field(page, "window_days").setText("14")
    assert (title.property("kind"), now.text()) == ("strong", "28 →")
    page.side.reset.click()
    assert (title.property("kind"), now.text(), field(page, "window_days").text()) == ("body", "28", "28")


def test_what_cannot_be_used_switches_rehearse_off_and_says_why(page):
    field(page, "on_delay").setText("1.5")
    assert not page.side.rehearse.isEnabled()
    assert page.side.problem.text() == "Bad answers that raise it: type a whole number."
    assert page.side.rehearse.accessibleDescription() == page.side.problem.text()
    assert field(page, "on_delay").property("problem") is True


def test_a_rehearsal_shows_its_progress_and_then_its_answer(qtbot, page, desk):
    desk.rehearsal_may_end.clear()
    page.side.rehearse.click()
    qtbot.waitUntil(lambda: page.side.what.text() == "Replaying …")
    assert page.side.bar.value() == 400
    assert page.side.cancel.isVisible()
    assert not page.side.rehearse.isVisible()
    assert not page.side.form.isEnabled()
    desk.rehearsal_may_end.set()
    qtbot.waitUntil(lambda: page.result.row is not None)
    assert page.result.isVisible()
    assert page.result.sentence.text().startswith("Replayed from")
    assert page.side.rehearse.isVisible()
    qtbot.waitUntil(lambda: len(page.side.records.rows) == 1)


def test_a_cancelled_rehearsal_ends_and_leaves_nothing(qtbot, page, desk):
    desk.rehearsal_may_end.clear()
    page.side.rehearse.click()
    qtbot.waitUntil(lambda: page.side.what.text() == "Replaying …")
    page.side.cancel.click()
    qtbot.waitUntil(lambda: page.side.what.text() == "Stopped; nothing was kept.")
    assert desk.rehearsals == ()
    assert page.side.rehearse.isEnabled()


def test_closing_the_window_stops_the_rehearsal(qtbot, open_window, desk):
    settings.PERSON.set("M. Ek")
    window = open_window(desk)
    window.go(Place("rehearsal", "gas-classifier"))
    page = window.pages["rehearsal"]
    qtbot.waitUntil(lambda: page.side.rehearse.isEnabled())
    desk.rehearsal_may_end.clear()
    page.side.rehearse.click()
    qtbot.waitUntil(lambda: page.side.what.text() == "Replaying …")
    window.close()
    assert desk.rehearsals == ()


def test_a_refused_rehearsal_is_told_and_the_button_comes_back(qtbot, open_window, desk):
    settings.PERSON.set("M. Ek")
    window = open_window(desk)
    window.go(Place("rehearsal", "gas-classifier"))
    page = window.pages["rehearsal"]
    qtbot.waitUntil(lambda: page.side.rehearse.isEnabled())
    window._heartbeat.stop()
    qtbot.waitUntil(lambda: not window.tasks.busy)
    desk.rehearse = _raise(UserError("Nothing was labelled yet."))
    page.side.rehearse.click()
    qtbot.waitUntil(lambda: window.findChild(ErrorDialog) is not None)
    assert window.findChild(ErrorDialog).sentence.text() == "Nothing was labelled yet."
    window.findChild(ErrorDialog).close()
    assert page.side.rehearse.isEnabled()


def _raise(error):
    def act(*_args, **_named):
        raise error

    return act


def test_planted_changes_say_what_was_not_found_in_time(qtbot, page, desk):
    rehearse(qtbot, page, desk)
    model = page.result.planted
    rows = [[model.index(k, c).data() for c in range(4)] for k in range(model.rowCount())]
    assert rows[0] == ["Accuracy goes from 0.962 to 0.853", "12\u00a0% of 60", "> 60 d", "> 60 d"]
    assert rows[3] == ["Accuracy goes from 0.962 to 0.673", "100\u00a0% of 60", "8.5 d", "14 d"]


def test_the_replay_is_drawn_with_its_limit_and_its_alarms(qtbot, page, desk):
    field(page, "limit").setText("0.85")
    rehearse(qtbot, page, desk)
    canvas = page.result.chart.canvas
    qtbot.waitUntil(lambda: canvas.picture is not None and bool(canvas.flags.marks))
    canvas.redraw()
    assert np.nanmax(canvas.metric_panel.limit_line.getData()[1]) == 0.85
    assert [mark.kind for mark in canvas.flags.marks] == ["rehearsed", "rehearsed"]
    assert len(canvas.picture.standing) == 2
    assert canvas.panels == (canvas.metric_panel,)
    assert not canvas.feature_scroll.isVisible()
    assert not page.result.chart.toolbar.live.isVisible()


def test_an_alarm_that_nothing_cleared_ends_with_its_version():
    row = make_rehearsal()
    first = {"version": 1, "at": row.rehearsal["start"], "cleared_at": None, "value": 0.8}
    both = [first, *row.rehearsal["alarms"][1:]]
    spans = picture_of(replace(row, rehearsal={**row.rehearsal, "alarms": both})).standing
    assert spans == ((first["at"], both[1]["at"]), (both[1]["at"], row.rehearsal["end"]))


def test_the_crosshair_of_the_replay_says_whether_an_alarm_stands():
    row = make_rehearsal(changes={"limit": 0.85})
    picture = picture_of(row)
    start, end = picture.standing[0]
    shown = cells_at(picture, 0, read_at(picture, 0, (start + end) / 2), newest=False)
    assert [cell.caption for cell in shown] == ["At the cursor", "Accuracy", "Alarm"]
    assert shown[2].value == "stands"
    assert cells_at(picture, 0, read_at(picture, 0, start - 9 * 86_400), newest=False)[2].value == "none"


def test_false_alarms_beyond_the_budget_are_said_in_words():
    row = make_rehearsal()
    assert facts_of(row)[1].token == "ink"
    noisy = replace(row, rehearsal={**row.rehearsal, "false_alarms_a_year": 0.4})
    assert facts_of(noisy)[1].detail.startswith("above the budget")
    blind = replace(row, rehearsal={**row.rehearsal, "false_alarms_a_year": None, "detections": []})
    assert facts_of(blind)[1].value == "–"


def test_saving_asks_with_no_as_the_default_and_names_what_changes(qtbot, page, desk):
    field(page, "limit").setText("0.85")
    field(page, "window_days").setText("21")
    rehearse(qtbot, page, desk)
    qtbot.waitUntil(page.result.save.isEnabled)
    page.result.save.click()
    ask = page.findChild(AskDialog)
    assert ask.no.isDefault()
    assert not ask.yes.isEnabled()
    words = " ".join(label.text() for label in ask.findChildren(type(ask.why_not)))
    assert "Limit: 0.873034 → 0.85" in words
    assert "Window, days: 28 → 21" in words
    assert "Performance check of Gas classifier" in words
    ask.note.setPlainText("Agreed with the process owner.")
    ask.yes.click()
    qtbot.waitUntil(lambda: asked(desk, "save_limits") == [(1, "M. Ek", "Agreed with the process owner.")])
    qtbot.waitUntil(lambda: page.result.why_not.text() == "The check has these limits already.")
    assert page.side.form._nows[0].text() == "0.85"


def test_limits_that_change_nothing_cannot_be_saved(qtbot, page, desk):
    rehearse(qtbot, page, desk)
    qtbot.waitUntil(lambda: page.result.why_not.text() == "The check has these limits already.")
    assert not page.result.save.isEnabled()
    assert page.result.save.accessibleDescription() == "The check has these limits already."


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (make_rehearsal(1, changes={"limit": 0.85}, at=NOW - timedelta(days=8)), "older than 7 days"),
        (make_rehearsal(1, changes={"limit": 0.85}, before={"metric": "accuracy", "limit": 0.7}), "was changed since"),
    ],
)
def test_what_was_overtaken_cannot_be_saved(qtbot, page, desk, row, why):
    desk.rehearsals = (row,)
    page.refresh()
    qtbot.waitUntil(lambda: page.result.row is not None)
    assert why in page.result.why_not.text()
    assert not page.result.save.isEnabled()


def test_a_refusal_of_the_service_is_shown(qtbot, open_window, desk):
    settings.PERSON.set("M. Ek")
    desk.rehearsals = (make_rehearsal(1, changes={"limit": 0.85}),)
    desk.save_limits = _raise(Refused("The check was changed since rehearsal 1; rehearse again."))
    window = open_window(desk)
    window.go(Place("rehearsal", "gas-classifier"))
    page = window.pages["rehearsal"]
    qtbot.waitUntil(lambda: page.result.row is not None)
    page.result.save.click()
    ask = page.findChild(AskDialog)
    ask.note.setPlainText("Agreed.")
    ask.yes.click()
    qtbot.waitUntil(lambda: window.findChild(ErrorDialog) is not None)
    assert "rehearse again" in window.findChild(ErrorDialog).sentence.text()
    window.findChild(ErrorDialog).close()


def test_earlier_rehearsals_are_listed_and_can_be_looked_at_again(qtbot, page, desk):
    desk.rehearsals = (
        make_rehearsal(3, changes={"limit": 0.85}),
        make_rehearsal(2, DRIFT, changes={"share_limit": 0.2}),
        make_rehearsal(1, changes={"limit": 0.8}, by="J. Berg"),
    )
    page.refresh()
    qtbot.waitUntil(lambda: len(page.side.records.rows) == 2)
    qtbot.waitUntil(lambda: page.result.row is not None and page.result.row.id == 3)
    page.side.earlier.select_key(1)
    assert page.result.heading.text() == "Rehearsal 1: Limit 0.873034 → 0.8"
    page.choose_kind(DRIFT)
    qtbot.waitUntil(lambda: page.result.row is not None and page.result.row.id == 2)
    assert page.result.facts.cells[3].caption == "Observations a day"


def test_what_was_typed_survives_a_change_of_the_site(qtbot, page, desk):
    field(page, "limit").setText("0.8")
    desk.settings[PERFORMANCE]["window_days"] = 14.0
    page.site_changed()
    qtbot.waitUntil(lambda: page.side.form._nows[1].text() == "14")
    assert field(page, "limit").text() == "0.8"
    assert field(page, "window_days").text() == "14"


def test_a_name_is_asked_for_once(qtbot, page, desk):
    settings.PERSON.set("")
    page.side.rehearse.click()
    ask = page.findChild(AskDialog)
    ask.person.setText("K. Lind")
    ask.yes.click()
    qtbot.waitUntil(lambda: len(desk.rehearsals) == 1)
    assert desk.rehearsals[0].by == "K. Lind"
    qtbot.waitUntil(lambda: not page._running)


def test_a_check_that_cannot_be_read_says_so(qtbot, page, desk):
    desk.check_settings = _raise(UserError("gas-classifier has no drift check."))
    page.choose_kind(DRIFT)
    qtbot.waitUntil(lambda: page.side.problem.text() == "gas-classifier has no drift check.")
    assert not page.side.rehearse.isEnabled()


def test_limits_are_reached_by_key_and_from_the_models_page(qtbot, open_window, desk):
    window = open_window(desk)
    keys = next(entry.keys for entry in ENTRIES if entry.act is Act.LIMITS)
    assert window.actions_book[Act.LIMITS].shortcut() == QKeySequence(keys[0])
    assert not window.actions_book[Act.LIMITS].isEnabled()
    window.go(Place("model", "gas-classifier"))
    window.pages["model"].header.limits.click()
    assert window.history.current == Place("rehearsal", "gas-classifier")
    page = window.pages["rehearsal"]
    qtbot.waitUntil(lambda: page.summary.text().startswith("Gas classifier"))
    page.findChild(QPushButton, "to_model").click()
    assert window.history.current == Place("model", "gas-classifier")
    assert Place.from_text(Place("rehearsal", "x").to_text()) == Place("rehearsal", "x")


def test_every_control_of_the_page_has_a_name(page):
    for kind in (QPushButton, QLineEdit):
        for widget in page.findChildren(kind):
            if widget.isVisible():
                assert widget.objectName(), widget
                assert widget.accessibleName(), widget.objectName()


@pytest.mark.parametrize(("text", "sizes"), [
    ("", ()), ("0.8 0.7", (0.8, 0.7)), ("0,8; 0,7", (0.8, 0.7)), ("0.8,0.7", (0.8, 0.7)), ("1, 2", (1.0, 2.0)),
])  # fmt: skip
def test_sizes_are_read_with_points_or_commas(text, sizes):
    assert read_sizes(text) == sizes


@pytest.mark.parametrize("text", ["x", "0.8 nan", "1 2 3 4 5 6 7 8 9"])
def test_sizes_that_are_no_sizes_are_not_used(text):
    with pytest.raises(NotUsable):
        read_sizes(text)


@pytest.mark.parametrize(("name", "text"), [("limit", ""), ("window_days", "0"), ("on_delay", "100"), ("limit", "inf")])
def test_settings_out_of_reach_are_not_used(name, text):
    wanted = next(field for field in FIELDS[PERFORMANCE] if field.name == name)
    with pytest.raises(NotUsable):
        read_value(wanted, text)
