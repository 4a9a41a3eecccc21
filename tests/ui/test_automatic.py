"""The countdown that cannot be missed, its veto, and the policy that two people sign at one desk."""

from __future__ import annotations

from datetime import timedelta

from PySide6.QtWidgets import QPushButton

from aiqu_desktop.core.words import AutomaticState, Role, Trigger
from aiqu_desktop.services.views import SignedIn
from aiqu_desktop.ui.automatic import PolicySheet, SignDialog
from aiqu_desktop.ui.automatic.countdown import clock
from aiqu_desktop.ui.shell.navigation import Place
from tests.ui.automatic_story import make_row, make_view
from tests.ui.fakes import FakeDesk
from tests.ui.people_story import PASSWORD
from tests.ui.sheets import texts


def _counting(**changes):
    desk = FakeDesk(12)
    desk.countdowns = (make_row(**changes),)
    return desk


def _dialog(qtbot, parent):
    qtbot.waitUntil(lambda: parent.findChild(SignDialog) is not None)
    return parent.findChild(SignDialog)


def _sign(dialog, name, reason="seen on the line", password=PASSWORD):
    dialog.reason.setText(reason)
    dialog.sign.choose(name)
    dialog.sign.password.setText(password)
    dialog.yes.click()


def _policy_sheet(qtbot, window):
    window.go(Place("model", "gas-classifier"))
    page = window.pages["model"]
    qtbot.waitUntil(lambda: page.shown is not None)
    page.header.policy.click()
    qtbot.waitUntil(lambda: page.findChild(PolicySheet) is not None)
    return page.findChild(PolicySheet)


def test_nothing_is_shown_while_nothing_counts_down(open_window):
    window = open_window(FakeDesk(12))
    assert window.countdown.isHidden()


def test_a_countdown_is_shown_on_every_page_with_what_why_and_how_long(qtbot, open_window):
    window = open_window(_counting())
    qtbot.waitUntil(window.countdown.isVisible)
    said = texts(window.countdown)
    assert "Gas classifier rolls back by itself: version 3 → 2" in said and "in 1:5" in said
    assert "signed by Jonas Lindqvist and Maria Ek" in said and "at most once in 10 years" in said
    for place in ("alarms", "audit", "schedules"):
        window.go(Place(place))
        assert window.countdown.isVisible()


def test_who_is_signed_in_vetoes_with_one_press_and_a_reason(qtbot, open_window):
    desk = _counting()
    desk.person = SignedIn("elin", "Elin Sandberg", (Role.OPERATOR,))
    window = open_window(desk)
    qtbot.waitUntil(window.countdown.isVisible)
    window.countdown.veto.click()
    dialog = _dialog(qtbot, window)
    assert not dialog.yes.isEnabled() and "Say why" in dialog.why_not.text()
    dialog.reason.setText("the sensors were just cleaned")
    with qtbot.waitSignal(window.countdown.acted, timeout=10_000):
        dialog.yes.click()
    assert ("veto", ("", "the sensors were just cleaned")) in desk.calls
    qtbot.waitUntil(window.countdown.isHidden)


def test_anybody_else_vetoes_with_a_password_and_a_wrong_one_keeps_the_dialog_open(qtbot, open_window):
    desk = _counting()
    window = open_window(desk)
    qtbot.waitUntil(window.countdown.isVisible)
    window.countdown.veto.click()
    dialog = _dialog(qtbot, window)
    _sign(dialog, "elin", password="wrong")
    qtbot.waitUntil(lambda: "do not fit" in dialog.why_not.text() or "password" in dialog.why_not.text().lower())
    assert desk.countdowns and dialog.isVisible() and not dialog.sign.password.text()
    with qtbot.waitSignal(window.countdown.acted, timeout=10_000):
        _sign(dialog, "elin")


def test_one_that_is_being_done_can_no_longer_be_vetoed(qtbot, open_window):
    window = open_window(_counting(state=AutomaticState.ACTING))
    qtbot.waitUntil(window.countdown.isVisible)
    assert not window.countdown.veto.isEnabled() and "carried out" in window.countdown.veto.toolTip()


def test_the_countdown_leads_to_the_model(qtbot, open_window):
    window = open_window(_counting())
    qtbot.waitUntil(window.countdown.isVisible)
    window.countdown.open.click()
    assert window.history.current == Place("model", "gas-classifier")


def test_the_model_page_says_whether_it_acts_and_what_is_advised(qtbot, open_window):
    desk = FakeDesk(12)
    desk.automatic_view = make_view(pending=make_row(AutomaticState.ADVISED))
    window = open_window(desk)
    window.go(Place("model", "gas-classifier"))
    header = window.pages["model"].header
    qtbot.waitUntil(lambda: header.third.isVisible())
    assert "advises only" in header.automatic.word.text()
    assert header.advice.text().startswith("Advice: Roll back to version 2.")


def test_an_engineer_proposes_what_is_filled_in(qtbot, open_window):
    desk = FakeDesk(12)
    sheet = _policy_sheet(qtbot, open_window(desk))
    sheet.form.boxes[Trigger.LATENCY].setChecked(True)
    sheet.form.latency.setValue(1500)
    sheet.form.countdown.setValue(900)
    sheet.sign.click()
    with qtbot.waitSignal(sheet.acted, timeout=10_000):
        _sign(_dialog(qtbot, sheet), "jonas")
    (name, reason, policy) = next(said for call, said in desk.calls if call == "propose_automatic")
    assert (name, reason) == ("jonas", "seen on the line")
    assert policy.triggers == (Trigger.PERFORMANCE, Trigger.LATENCY) and policy.latency_ms == 1500
    assert policy.countdown_seconds == 900 and policy.valid_until == desk.automatic_view.site_now.replace(
        microsecond=0
    ) + timedelta(days=90)


def test_a_proposal_without_a_trigger_is_not_even_signed(qtbot, open_window):
    sheet = _policy_sheet(qtbot, open_window(FakeDesk(12)))
    sheet.form.boxes[Trigger.PERFORMANCE].setChecked(False)
    sheet.sign.click()
    assert "needs a trigger" in sheet.form.why_not.text() and sheet.findChild(SignDialog) is None
    sheet.close_button.click()


def test_the_second_person_approves_at_the_same_desk_and_is_not_the_first(qtbot, open_window):
    desk = FakeDesk(12)
    desk.automatic_view = make_view(proposed=True)
    sheet = _policy_sheet(qtbot, open_window(desk))
    assert "Waits for an approver: policy 2" in texts(sheet) and sheet.form.isHidden()
    sheet.sign.click()
    dialog = _dialog(qtbot, sheet)
    assert "Golden cases fail on the target" in texts(dialog) and "at night nobody watches" in texts(dialog)
    assert dialog.sign.account.findData("jonas") < 0
    with qtbot.waitSignal(sheet.acted, timeout=10_000):
        _sign(dialog, "maria", reason="")
    assert ("approve_automatic", ("maria", 2)) in desk.calls


def test_back_to_advice_is_offered_only_where_there_is_something_to_end(qtbot, open_window):
    sheet = _policy_sheet(qtbot, open_window(FakeDesk(12)))
    assert not sheet.advise.isEnabled()
    sheet.close_button.click()
    desk = FakeDesk(12)
    desk.automatic_view = make_view(acts=True)
    sheet = _policy_sheet(qtbot, open_window(desk))
    assert "Vetoed by Elin Sandberg" in texts(sheet)
    sheet.findChild(QPushButton, "advise").click()
    with qtbot.waitSignal(sheet.acted, timeout=10_000):
        _sign(_dialog(qtbot, sheet), "elin", reason="a new line is run in")
    assert ("advise_only", ("elin", "a new line is run in")) in desk.calls


def test_time_left_reads_like_a_clock():
    seconds = (0, 9, 599, 7199.6, 86_400)
    assert [clock(each) for each in seconds] == ["0:00", "0:09", "9:59", "2:00:00", "24:00:00"]
