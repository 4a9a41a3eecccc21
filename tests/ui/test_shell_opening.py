"""From a folder to a window, and what happens when there is none."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QTimer
from PySide6.QtWidgets import QApplication, QPushButton

from aiqu_desktop.core.clock import wait_until
from aiqu_desktop.core.errors import EnvironmentFault, UserError
from aiqu_desktop.ui.desk import Desk
from aiqu_desktop.ui.shell.opening import NoSiteDialog, Opener
from aiqu_desktop.ui.site_desk import SiteDesk
from aiqu_desktop.ui.widgets.errors import ErrorDialog
from tests.ui.fakes import FakeDesk


@pytest.fixture
def make_opener(theme):
    made = []

    def make(make_desk, **options):
        opener = Opener(theme, make_desk, **options)
        made.append(opener)
        return opener

    yield make
    for opener in made:
        opener.close()
        opener.deleteLater()
    # A window left behind is restyled with every theme of every later test: thousands of widgets, seconds a test.
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def fake_in(folder):
    def make(_root, _create):
        assert threading.current_thread() is not threading.main_thread()
        desk = FakeDesk(3)
        desk.root = folder
        return desk

    return make


def test_a_site_opens_on_a_worker_and_its_monitor_starts(make_opener, qtbot, tmp_path):
    opener = make_opener(fake_in(tmp_path))
    opener.open(tmp_path)
    qtbot.waitUntil(lambda: opener.window is not None and opener.window.isVisible())
    assert opener.window.desk.monitor_started


def test_a_window_that_only_looks_starts_no_monitor(make_opener, qtbot, tmp_path):
    opener = make_opener(fake_in(tmp_path), view_only=True)
    opener.open(tmp_path)
    qtbot.waitUntil(lambda: opener.window is not None)
    assert not opener.window.desk.monitor_started


def test_without_a_site_one_can_be_made_in_place(make_opener, qtbot, tmp_path):
    def make(root, create):
        if not create:
            raise UserError(f"There is no site in {root}; make one with --create.")
        return fake_in(tmp_path)(root, create)

    opener = make_opener(make)
    opener.open(tmp_path / "new")
    qtbot.waitUntil(lambda: isinstance(opener.dialog, NoSiteDialog))
    opener.dialog.findChild(QPushButton, "create").click()
    qtbot.waitUntil(lambda: opener.window is not None)


def test_a_site_that_the_machine_refuses_offers_no_new_one_over_it(make_opener, qtbot, tmp_path):
    def make(_root, _create):
        raise EnvironmentFault("The registry is locked by another program; close that first.")

    opener = make_opener(make)
    opener.open(tmp_path)
    qtbot.waitUntil(lambda: opener.dialog is not None)
    assert opener.dialog.findChild(QPushButton, "create") is None
    with qtbot.waitSignal(opener.finished):
        opener.dialog.findChild(QPushButton, "quit").click()


def test_closing_the_window_ends_the_program(make_opener, qtbot, tmp_path):
    opener = make_opener(fake_in(tmp_path))
    opener.open(tmp_path)
    qtbot.waitUntil(lambda: opener.window is not None)
    with qtbot.waitSignal(opener.finished):
        opener.window.close()


def test_an_exception_in_a_slot_reaches_the_log_and_a_dialog(make_opener, qtbot, tmp_path, caplog):
    opener = make_opener(fake_in(tmp_path))
    opener.open(tmp_path)
    qtbot.waitUntil(lambda: opener.window is not None)
    opener.faults.install()
    with caplog.at_level(logging.ERROR, "aiqu.ui"):
        sys.excepthook(ZeroDivisionError, ZeroDivisionError("division by zero"), None)
        qtbot.waitUntil(lambda: opener.window.findChild(ErrorDialog) is not None)
    dialog = opener.window.findChild(ErrorDialog)
    assert "ZeroDivisionError" in dialog.sentence.text()
    assert "division by zero" in caplog.text
    dialog.close_button.click()


def test_an_exception_in_a_thread_is_not_silent_either(make_opener, qtbot, tmp_path):
    opener = make_opener(fake_in(tmp_path))
    opener.open(tmp_path)
    qtbot.waitUntil(lambda: opener.window is not None)
    opener.faults.install()
    thread = threading.Thread(target=lambda: [][1])
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: opener.window.findChild(ErrorDialog) is not None)
    opener.window.findChild(ErrorDialog).close_button.click()


def test_the_site_desk_answers_everything_that_the_window_asks():
    wanted = {name for name in vars(Desk) if not name.startswith("_") and callable(getattr(Desk, name))}
    for desk in (SiteDesk, FakeDesk):
        assert {name for name in wanted if not callable(getattr(desk, name, None))} == set()


def test_a_real_site_is_made_opened_drawn_and_closed(make_opener, qtbot, tmp_path):
    opener = make_opener(lambda root, create: SiteDesk.open(root, create=create))
    opener.open(tmp_path / "site", create=True)
    qtbot.waitUntil(lambda: opener.window is not None, timeout=20000)
    qtbot.waitUntil(lambda: opener.window.banner.site.text() == "site", timeout=20000)
    qtbot.waitUntil(lambda: "running" in opener.window.banner.status.monitor.word.text(), timeout=20000)
    assert opener.window.overview.empty.isVisible()
    opener.window.pages["audit"].verify_chain()
    qtbot.waitUntil(lambda: opener.window.pages["audit"].verdict.word.text() == "Chain whole", timeout=20000)


def test_interrupting_the_program_closes_it_in_order(tmp_path):
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "XDG_CONFIG_HOME": str(tmp_path / "config")}
    SiteDesk.open(tmp_path / "site", create=True).close()
    process = subprocess.Popen(
        [sys.executable, "-m", "aiqu_desktop.ui.main", "--site", str(tmp_path / "site")],
        cwd=Path(__file__).parents[2], env=environment, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        log = tmp_path / "site" / "logs"
        assert wait_until(lambda: process.poll() is not None or (tmp_path / "config").exists(), 30), log
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=30)
    finally:
        process.kill()
    assert process.returncode == 0, said
    assert "Traceback" not in said


def test_what_cannot_be_asked_ends_with_status_two():
    ended = subprocess.run(
        [sys.executable, "-m", "aiqu_desktop.ui.main", "--theme", "pink"],
        cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ended.returncode == 2
    assert "pink" in ended.stderr


def test_the_notice_of_opening_comes_only_when_it_takes_time(make_opener, qtbot, tmp_path):
    gate = threading.Event()

    def slow(root, create):
        gate.wait(10)
        return fake_in(tmp_path)(root, create)

    opener = make_opener(slow)
    opener.open(tmp_path)
    assert not opener._notice.isVisible()
    qtbot.waitUntil(opener._notice.isVisible)
    QTimer.singleShot(0, gate.set)
    qtbot.waitUntil(lambda: opener.window is not None)
    assert not opener._notice.isVisible()
