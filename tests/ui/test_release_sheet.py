"""The sheets of a request, an approval and a rollback: nothing happens by accident, and what happens is proven."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QWidget

from aiqu_desktop.bundles.card import CardMetric
from aiqu_desktop.core.errors import EnvironmentFault, Refused
from aiqu_desktop.core.words import ReleaseState, Role
from aiqu_desktop.services.views import SignedIn
from aiqu_desktop.ui.release import ApprovalSheet, RequestSheet, RollbackSheet
from aiqu_desktop.ui.release.compare import compare
from aiqu_desktop.ui.release.hold_button import HOLD_MS, HoldButton
from aiqu_desktop.ui.release.progress_view import ProgressView
from aiqu_desktop.ui.release.steps import START, StepState, advance
from tests.ui.people_story import PASSWORD
from tests.ui.release_story import OLD, facts, outcome, promotion
from tests.ui.sheets import asked, hold_to_the_end, opened, press, sign, texts

ELIN = SignedIn("elin", "Elin Sandberg", (Role.OPERATOR,))


def did(desk):
    """What the desk was asked to do."""
    acts = ("request_release", "approve_and_promote", "decline", "roll_back")
    return [call for call in desk.calls if call[0] in acts]


@pytest.fixture
def request_sheet(desk, tasks, theme, window):
    return opened(RequestSheet, desk, tasks, theme, desk.preview_promotion("gas-classifier", 4), window)


@pytest.fixture
def approval(desk, tasks, theme, window):
    return opened(ApprovalSheet, desk, tasks, theme, asked(desk), window)


@pytest.fixture
def rollback(desk, tasks, theme, window):
    return opened(RollbackSheet, desk, tasks, theme, desk.preview_rollback("gas-classifier"), window)


# the requester


def test_the_request_says_what_changes_and_the_way_back(request_sheet):
    shown = texts(request_sheet)
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
        "Nothing is switched by a request",
    ):
        assert words in shown


def test_only_engineers_can_be_chosen_to_ask(request_sheet):
    offered = {request_sheet.sign.account.itemData(place) for place in range(request_sheet.sign.account.count())}
    assert offered == {"", "jonas", "sara"}


def test_a_signed_request_waits_for_an_approver_and_switches_nothing(qtbot, request_sheet, desk):
    sign(request_sheet, "jonas")
    with qtbot.waitSignal(request_sheet.ended, timeout=10_000):
        request_sheet.yes.click()
    assert did(desk) == [("request_release", ("jonas", "Beats version 2 on the plant's own data.", False))]
    assert not desk.switched
    assert (
        "Version 4 waits for an approver, until " in request_sheet.findChild(QWidget, "request_state").accessibleName()
    )
    with qtbot.waitSignal(request_sheet.review_asked) as review:
        request_sheet.review.click()
    assert review.args == [4]


def test_a_wrong_password_keeps_the_sheet_open_with_its_words_and_without_the_password(qtbot, request_sheet, desk):
    sign(request_sheet, "jonas", password="not this one")
    with qtbot.waitSignal(request_sheet.ended, timeout=10_000):
        request_sheet.yes.click()
    assert "do not fit together" in request_sheet.why_not.text()
    assert request_sheet.sign.password.text() == "" and request_sheet.reason.text()
    assert request_sheet.isVisible() and not request_sheet.yes.isEnabled()


def test_a_blocked_promotion_cannot_be_asked_for_and_says_what_blocks(desk, tasks, theme, window):
    sheet = opened(RequestSheet, desk, tasks, theme, promotion(blocked=True), window)
    assert not sheet.yes.isVisible() and not sheet.form.isVisible()
    assert "Blocked: 3 of 24 golden cases fail" in texts(sheet)
    assert "Golden cases on this machine: not passed" in texts(sheet)


def test_a_gate_that_two_people_may_override_takes_a_tick(qtbot, desk, tasks, theme, window):
    desk.gate_fails = True
    sheet = opened(RequestSheet, desk, tasks, theme, desk.preview_promotion("gas-classifier", 4), window)
    sign(sheet, "jonas", "The card was measured on the wrong month.")
    assert not sheet.yes.isEnabled() and "A gate failed" in sheet.yes.toolTip()
    sheet.override.setChecked(True)
    with qtbot.waitSignal(sheet.ended, timeout=10_000):
        sheet.yes.click()
    assert did(desk) == [("request_release", ("jonas", "The card was measured on the wrong month.", True))]


# the approver


def test_the_approver_sees_who_asked_why_and_until_when_beside_the_evidence(approval):
    shown = texts(approval)
    for words in ("Asked for by Jonas Lindqvist", "until ", "Better on the plant's own data.", "+0.039", "Gates"):
        assert words in shown


def test_who_asked_is_not_among_those_who_can_approve_nor_is_a_disabled_account(desk, tasks, theme, window):
    preview = asked(desk)
    desk.requests = (replace(desk.requests[0], requested_name="sara", requested_by="Sara Berg"),)
    sheet = opened(ApprovalSheet, desk, tasks, theme, preview, window)
    offered = {sheet.sign.account.itemData(place) for place in range(sheet.sign.account.count())}
    assert offered == {"", "maria"}


def test_a_second_person_approves_without_ending_the_first_ones_session(qtbot, desk, tasks, theme, window):
    desk.person = ELIN
    sheet = opened(ApprovalSheet, desk, tasks, theme, asked(desk), window)
    sign(sheet, "maria", "")
    hold_to_the_end(qtbot, sheet)
    assert did(desk) == [("approve_and_promote", (7, "maria", ""))]
    assert desk.signed_in() == ELIN and desk.switched
    assert "Version 4 is live and proven" in texts(sheet.progress)


def test_declining_takes_a_reason(qtbot, approval, desk):
    sign(approval, "maria", "")
    assert not approval.decline.isEnabled() and "why you decline" in approval.decline.toolTip()
    approval.reason.setText("Too few rows.")
    with qtbot.waitSignal(approval.ended, timeout=10_000):
        approval.decline.click()
    assert did(desk) == [("decline", (7, "maria", "Too few rows."))]
    assert "is declined; nothing was changed" in approval.why_not.text()


def test_an_override_takes_the_approvers_reason_too(desk, tasks, theme, window):
    desk.gate_fails = True
    sheet = opened(ApprovalSheet, desk, tasks, theme, asked(desk, override=True), window)
    assert "AGAINST failed gates: Golden cases on this machine" in texts(sheet)
    sign(sheet, "maria", "")
    assert not sheet.hold.isEnabled() and "both people give their reason" in sheet.why_not.text()
    sheet.reason.setText("Checked with the laboratory.")
    assert sheet.hold.isEnabled()


def test_a_gate_that_failed_since_it_was_asked_for_cannot_be_approved(desk, tasks, theme, window):
    preview = asked(desk)
    sheet = opened(
        ApprovalSheet, desk, tasks, theme, replace(promotion(blocked=True), requested=preview.requested), window
    )
    sign(sheet, "maria")
    assert not sheet.hold.isEnabled() and "has failed since" in sheet.why_not.text()


def test_what_was_approved_before_is_only_carried_out(qtbot, desk, tasks, theme, window):
    sheet = opened(ApprovalSheet, desk, tasks, theme, asked(desk, approved=True), window)
    assert not sheet.form.isVisible() and not sheet.decline.isVisible()
    hold_to_the_end(qtbot, sheet)
    assert did(desk) == [("approve_and_promote", (7, "", ""))]


# the rollback


def test_a_rollback_takes_one_person_and_one_reason(qtbot, rollback, desk):
    sign(rollback, "elin", "Wrong gases.")
    assert "version 2" in rollback.hold.text()
    hold_to_the_end(qtbot, rollback)
    assert did(desk) == [("roll_back", ("elin", "Wrong gases."))]


def test_who_is_signed_in_gives_a_reason_only(qtbot, desk, tasks, theme, window):
    desk.person = ELIN
    sheet = opened(RollbackSheet, desk, tasks, theme, desk.preview_rollback("gas-classifier"), window)
    assert not sheet.sign.isVisible() and "Signed in: Elin Sandberg" in texts(sheet)
    sheet.reason.setText("Wrong gases.")
    hold_to_the_end(qtbot, sheet)
    assert did(desk) == [("roll_back", ("", "Wrong gases."))]


def test_another_person_may_sign_the_rollback_instead(qtbot, desk, tasks, theme, window):
    desk.person = ELIN
    sheet = opened(RollbackSheet, desk, tasks, theme, desk.preview_rollback("gas-classifier"), window)
    sheet.findChild(QWidget, "another").click()
    sign(sheet, "jonas", "Wrong gases.")
    hold_to_the_end(qtbot, sheet)
    assert did(desk) == [("roll_back", ("jonas", "Wrong gases."))]


def test_a_session_whose_roles_do_not_allow_it_is_not_used(desk, tasks, theme, window):
    desk.person = SignedIn("henrik", "Henrik Åberg", (Role.AUDITOR,))
    sheet = opened(RollbackSheet, desk, tasks, theme, desk.preview_rollback("gas-classifier"), window)
    assert sheet.sign.isVisible()


# what all have in common


def test_cancel_is_the_default_and_the_hold_button_never_is(approval):
    assert approval.no.isDefault()
    assert not hasattr(approval.hold, "setDefault")


@pytest.mark.parametrize(
    ("name", "password", "reason", "said"),
    [("", "", "why", "who you are"), ("elin", "", "why", "your password"), ("elin", PASSWORD, "  ", "Say why")],
)
def test_what_is_lacking_is_said_and_switches_the_button_off(rollback, name, password, reason, said):
    sign(rollback, name, reason, password)
    assert not rollback.hold.isEnabled()
    assert said in rollback.why_not.text()


def test_passwords_are_hidden_and_shown_on_a_demonstration_only(rollback, desk, tasks, theme, window):
    assert rollback.sign.password.echoMode() is QLineEdit.EchoMode.Password
    assert PASSWORD not in texts(rollback)
    desk.demo = True
    sheet = opened(RollbackSheet, desk, tasks, theme, desk.preview_rollback("gas-classifier"), window)
    assert f"everybody's password is {PASSWORD}" in texts(sheet)


def test_letting_go_early_does_nothing_and_says_so(qtbot, approval, desk):
    sign(approval, "maria")
    with qtbot.assertNotEmitted(approval.hold.held, wait=HOLD_MS + 200):
        press(approval.hold)
        qtbot.waitUntil(lambda: approval.hold.progress > 0.2)
        press(approval.hold, QEvent.Type.MouseButtonRelease)
    assert approval.hold.progress == 0.0
    assert did(desk) == []
    assert "nothing was done" in approval.why_not.text()


def test_sliding_off_the_button_cancels(approval, desk):
    sign(approval, "maria")
    press(approval.hold)
    press(approval.hold, QEvent.Type.MouseMove, QPointF(-40, 5))
    assert approval.hold.progress == 0.0
    assert did(desk) == []


def test_enter_never_confirms(approval, desk):
    sign(approval, "maria")
    for place in (approval.sign.password, approval.reason, approval.hold):
        for key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            place.setFocus()
            QTest.keyClick(place, key)
    assert did(desk) == []
    assert approval.isVisible()


def test_a_single_tap_of_space_or_a_click_never_confirms(approval, desk):
    sign(approval, "maria")
    QTest.keyClick(approval.hold, Qt.Key.Key_Space)
    QTest.mouseClick(approval.hold, Qt.MouseButton.LeftButton)
    approval.hold.click()
    assert did(desk) == []


def test_holding_the_mouse_for_a_second_promotes_off_the_main_thread(qtbot, approval, desk):
    sign(approval, "maria")
    hold_to_the_end(qtbot, approval)
    assert did(desk) == [("approve_and_promote", (7, "maria", "Beats version 2 on the plant's own data."))]
    assert any(thread.startswith("aiqu-ui") for thread in desk.threads)


def test_holding_the_space_bar_confirms_although_it_repeats(qtbot, approval, desk):
    sign(approval, "maria")
    with qtbot.waitSignal(approval.ended, timeout=10_000):
        QTest.keyPress(approval.hold, Qt.Key.Key_Space)
    assert len(did(desk)) == 1


def test_the_end_shows_the_digest_the_golden_cases_and_the_seconds(qtbot, approval):
    sign(approval, "maria")
    hold_to_the_end(qtbot, approval)
    shown = texts(approval.progress)
    for words in ("Version 4 is live and proven", "4a7c3e91d20b", "24 of 24", "1.8"):
        assert words in shown
    assert all(step.state is StepState.DONE for step in approval.progress.steps)


def test_a_line_that_refuses_shows_its_reason_and_who_serves_again(qtbot, approval, desk):
    desk.line_proves = False
    sign(approval, "maria")
    hold_to_the_end(qtbot, approval)
    shown = texts(approval.progress)
    for words in (
        "Version 2 is live, as before",
        "Golden case 7 differed",
        "Wait for the target's proof: failed",
        "Restore the former version: done",
    ):
        assert words in shown


def test_a_refusal_before_the_first_step_is_said_in_the_sheet_which_stays_open(qtbot, approval, desk):
    desk.error = Refused("What you saw has changed (Golden cases: 3 fail); look at it again before you decide.")
    sign(approval, "maria")
    hold_to_the_end(qtbot, approval)
    assert "What you saw has changed" in approval.why_not.text()
    assert approval.no.isEnabled() and approval.reason.isVisible()


def test_a_fault_after_the_first_step_ends_the_release_with_its_sentence(qtbot, approval, desk):
    desk.line_fault = EnvironmentFault("The registry cannot be written; make room.")
    sign(approval, "maria")
    hold_to_the_end(qtbot, approval)
    assert "The registry cannot be written" in texts(approval.progress)


def test_the_sheet_cannot_be_closed_while_the_line_is_being_switched(qtbot, approval, desk):
    desk.release_may_end.clear()
    sign(approval, "maria")
    press(approval.hold)
    qtbot.waitUntil(lambda: approval.progress.steps[-1].state is StepState.DONE, timeout=10_000)
    QTest.keyClick(approval, Qt.Key.Key_Escape)
    approval.reject()
    assert approval.isVisible()
    assert not approval.no.isEnabled()
    with qtbot.waitSignal(approval.ended, timeout=10_000):
        desk.release_may_end.set()
    assert approval.no.isEnabled()
    approval.reject()
    assert not approval.isVisible()


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
