"""Who is at the desk: signing in, another person, signing out; and what then carries the name."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QMenu

from aiqu_desktop.core.words import Role
from aiqu_desktop.services.views import SignedIn
from aiqu_desktop.ui import settings
from aiqu_desktop.ui.people.sign_in import SignInDialog
from tests.ui.people_story import PASSWORD


@pytest.fixture
def window(open_window, desk):
    return open_window(desk)


def _ask(qtbot, window):
    window.person.ask()
    qtbot.waitUntil(lambda: window.findChild(SignInDialog) is not None)
    return window.findChild(SignInDialog)


def test_the_rail_says_that_nobody_is_signed_in_and_a_press_asks_who_is(qtbot, window):
    assert window.person.text() == "Sign in…"
    window.person.click()
    qtbot.waitUntil(lambda: window.findChild(SignInDialog) is not None)
    window.findChild(SignInDialog).reject()


def test_signing_in_shows_the_person_and_carries_the_name_into_acknowledgements(qtbot, window, desk):
    dialog = _ask(qtbot, window)
    assert not dialog.yes.isEnabled() and dialog.why_not.text() == "Choose who you are."
    dialog.form.choose("elin")
    dialog.form.password.setText(PASSWORD)
    dialog.yes.click()
    qtbot.waitUntil(lambda: window.person.text() == "Elin Sandberg")
    assert desk.signed_in() == SignedIn("elin", "Elin Sandberg", (Role.OPERATOR,))
    assert settings.PERSON.get() == "Elin Sandberg"


def test_a_wrong_password_is_told_in_one_sentence_and_nothing_typed_stays(qtbot, window, desk):
    dialog = _ask(qtbot, window)
    dialog.form.choose("elin")
    dialog.form.password.setText("not this one")
    dialog.yes.click()
    qtbot.waitUntil(lambda: "do not fit together" in dialog.why_not.text())
    assert dialog.form.password.text() == "" and desk.signed_in() is None
    dialog.reject()


def test_another_person_signs_in_over_the_first_and_one_signs_out(qtbot, window, desk):
    desk.person = SignedIn("elin", "Elin Sandberg", (Role.OPERATOR,))
    window.person.show_person()
    window.person.click()
    menu = window.person.findChild(QMenu, "person_menu")
    assert [action.text() for action in menu.actions()] == ["Another person signs in…", "Sign out"]
    menu.close()
    dialog = _ask(qtbot, window)
    dialog.form.choose("jonas")
    dialog.form.password.setText(PASSWORD)
    dialog.yes.click()
    qtbot.waitUntil(lambda: window.person.text() == "Jonas Lindqvist")
    window.person.sign_out()
    qtbot.waitUntil(lambda: window.person.text() == "Sign in…")
    assert settings.PERSON.get() == ""


def test_a_session_that_has_ended_by_itself_is_no_longer_shown(qtbot, window, desk):
    desk.person = SignedIn("elin", "Elin Sandberg", (Role.OPERATOR,))
    settings.PERSON.set("Elin Sandberg")
    window.person.show_person()
    desk.person = None
    window.person._look.setInterval(10)
    qtbot.waitUntil(lambda: window.person.text() == "Sign in…")
    assert settings.PERSON.get() == "", "the name of who left is not filled in for the next person"
