"""Stop to the safe state: what the sheet says before, what it shows after, and how a stopped model looks everywhere."""

from __future__ import annotations

import pytest

from aiqu_desktop.core.errors import EnvironmentFault
from aiqu_desktop.core.words import Health, Role
from aiqu_desktop.services.views import SignedIn
from aiqu_desktop.ui.model.card_dialog import CardDialog
from aiqu_desktop.ui.model.page import ModelPageWidget
from aiqu_desktop.ui.overview.present import present_tile
from aiqu_desktop.ui.release import ApprovalSheet, ReleaseSheet, RequestSheet, StopSheet
from aiqu_desktop.ui.release.steps import STOP, StepState, advance
from tests.ui.people_story import PASSWORD, make_request
from tests.ui.sheets import hold_to_the_end, opened, sign, texts

ELIN = SignedIn("elin", "Elin Sandberg", (Role.OPERATOR,))


@pytest.fixture
def page(qtbot, desk, tasks, theme):
    made = ModelPageWidget(desk, tasks, theme)
    qtbot.addWidget(made)
    made.resize(1100, 800)
    made.show()
    made.show_model("gas-classifier")
    qtbot.waitUntil(lambda: made.shown is not None)
    yield made
    for left in made.findChildren(ReleaseSheet):
        left.reject()


def stopped_as(desk):
    return [call for call in desk.calls if call[0] == "stop_model"]


def test_the_sheet_shows_the_card_and_stops_nothing_without_a_reason_and_a_hold(qtbot, desk, tasks, theme, window):
    sheet = opened(StopSheet, desk, tasks, theme, desk.preview_stop("gas-classifier"), window)
    said = texts(sheet)
    assert "Sort by hand at station 4" in said and "Maria Ek, telephone 4711" in said and "8 hours" in said
    assert "Version 3 answers nothing from then on" in said
    assert not sheet.hold.isEnabled() and sheet.no.isDefault()
    sign(sheet, "elin", "Wrong answers.")
    assert sheet.hold.isEnabled() and stopped_as(desk) == []
    hold_to_the_end(qtbot, sheet)
    assert stopped_as(desk) == [("stop_model", ("elin", "Wrong answers."))]
    said = texts(sheet)
    assert "Stopped and proven: nothing answers" in said and "From press to proof" in said
    assert "Sort by hand at station 4" in said, "the card stays in sight"


def test_who_is_signed_in_gives_a_reason_only(qtbot, desk, tasks, theme, window):
    desk.person = ELIN
    sheet = opened(StopSheet, desk, tasks, theme, desk.preview_stop("gas-classifier"), window)
    sheet.reason.setText("Wrong answers.")
    hold_to_the_end(qtbot, sheet)
    assert stopped_as(desk) == [("stop_model", ("", "Wrong answers."))]


def test_a_model_without_a_card_can_be_stopped_and_the_sheet_says_so(desk, tasks, theme, window):
    desk.has_card = False
    sheet = opened(StopSheet, desk, tasks, theme, desk.preview_stop("gas-classifier"), window)
    assert "There is no fallback card" in texts(sheet)
    sign(sheet, "elin", "Wrong answers.")
    assert sheet.hold.isEnabled()


def test_a_stop_that_is_not_proven_is_never_shown_as_done(qtbot, desk, tasks, theme, window):
    desk.line_proves = False
    sheet = opened(StopSheet, desk, tasks, theme, desk.preview_stop("gas-classifier"), window)
    sign(sheet, "elin", "Wrong answers.")
    hold_to_the_end(qtbot, sheet)
    said = texts(sheet)
    assert "It shall stand still, but that is not proven: go and look" in said and "Stopped and proven" not in said


def test_a_refused_stop_leaves_the_sheet_for_another_try(qtbot, desk, tasks, theme, window):
    sheet = opened(StopSheet, desk, tasks, theme, desk.preview_stop("gas-classifier"), window)
    desk.error = EnvironmentFault("The registry cannot be written; make room.")
    sign(sheet, "elin", "Wrong answers.")
    hold_to_the_end(qtbot, sheet)
    assert sheet.isVisible() and "The registry cannot be written" in sheet.why_not.text()
    desk.error = None


def test_the_steps_of_a_stop_fail_without_a_way_back():
    steps = advance(advance(STOP, "intended", ""), "unknown", "The line still answers.")
    assert [step.state for step in steps] == [StepState.DONE, StepState.FAILED, StepState.WAITING]


def test_the_page_of_a_stopped_model_shows_stop_and_card_first(qtbot, desk, page):
    assert not page.stop_panel.isVisible() and page.header.stop.isEnabled()
    desk.stop_now("gas-classifier")
    page.refresh()
    qtbot.waitUntil(page.stop_panel.isVisible)
    said = texts(page.stop_panel)
    assert "STOPPED, proven: nothing answers" in said and "Sort by hand at station 4" in said
    assert "3 files with 36 rows came meanwhile" in said and "May run so until" in said
    assert page.header.champion.text() == "Version 2 is stopped"
    assert not page.header.stop.isVisible() and page.header.roll_back.isEnabled()


def test_an_unproven_stop_can_be_pressed_again(qtbot, desk, page):
    desk.has_card = False
    desk.stop_now("gas-classifier", proven=False)
    page.refresh()
    qtbot.waitUntil(page.stop_panel.isVisible)
    assert "NOT PROVEN" in texts(page.stop_panel) and "There is no fallback card" in texts(page.stop_panel)
    assert page.header.stop.isVisible() and page.header.stop.text() == "Stop again…"


def test_a_stopped_model_does_not_keep_the_window_from_being_small(qtbot, desk, page):
    before = page.minimumSizeHint().height()
    desk.stop_now("gas-classifier")
    page.refresh()
    qtbot.waitUntil(page.stop_panel.isVisible)
    qtbot.waitUntil(lambda: page.minimumSizeHint().height() <= before)  # the card scrolls where there is no room


def test_stop_and_rollback_do_not_stand_side_by_side(page):
    header = page.header
    between = header.roll_back.geometry().left() - header.stop.geometry().right()
    assert between > 3 * header.promote.width(), "they are not pressed one for the other"


def test_the_buttons_lead_to_their_sheets(qtbot, desk, page):
    page.header.stop.click()
    qtbot.waitUntil(lambda: page.findChild(StopSheet) is not None)
    page.findChild(StopSheet).reject()
    desk.stop_now("gas-classifier")
    page.refresh()
    qtbot.waitUntil(page.stop_panel.isVisible)
    page.stop_panel.resume.click()
    qtbot.waitUntil(lambda: page.findChild(RequestSheet) is not None)
    sheet = page.findChild(RequestSheet)
    assert "serves again" in sheet.heading.text() and "This ends the stop" in texts(sheet)


def test_a_resumption_that_was_asked_for_is_approved_in_its_own_sheet(qtbot, desk, page):
    desk.stop_now("gas-classifier")
    preview = desk.preview_resume("gas-classifier")
    desk.requests = (make_request(desk.now_is, "jonas", "The sensor was cleaned.", preview),)
    page.refresh()
    qtbot.waitUntil(lambda: page.stop_panel.resume.text() == "Approve resumption…")
    assert page.header.promote.text().startswith("Promote"), "it is no promotion"
    page.stop_panel.resume.click()
    qtbot.waitUntil(lambda: page.findChild(ApprovalSheet) is not None)
    sheet = page.findChild(ApprovalSheet)
    assert "it stays stopped" in texts(sheet) and sheet.hold.text() == "Hold to approve and resume version 3"


def test_a_card_is_written_with_a_reason_and_an_engineers_signature(qtbot, desk, page):
    page.header.card.click()
    qtbot.waitUntil(lambda: page.findChild(CardDialog) is not None)
    dialog = page.findChild(CardDialog)
    assert dialog.decides.text() == "The shift leader" and not dialog.yes.isEnabled()
    dialog.call.setText("Maria Ek, telephone 4712")
    dialog.reason.setText("New number.")
    dialog.sign.choose("jonas")
    dialog.sign.password.setText("wrong")
    dialog.yes.click()
    qtbot.waitUntil(lambda: "do not fit together" in dialog.state.text())
    dialog.sign.password.setText(PASSWORD)
    with qtbot.waitSignal(dialog.accepted, timeout=10_000):
        dialog.yes.click()
    assert desk.cards[-1]["call"] == "Maria Ek, telephone 4712" and desk.cards[-1]["at_most_hours"] == 8.0


def test_the_tile_of_a_stopped_model_says_what_the_plant_does_instead(desk):
    desk.stop_now("gas-classifier")
    tile = desk.tiles[0]
    assert tile.health is Health.STOPPED, "sorted first"
    view = present_tile(tile, desk.now_is)
    assert view.state == "Stopped" and "Instead: Sort by hand" in view.reason
    assert view.facts[0] == ("Live", "nothing", "") and "nothing serves" in view.spoken
