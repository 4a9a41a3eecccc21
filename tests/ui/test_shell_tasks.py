"""The bridge from workers to the window."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import QObject
from shiboken6 import delete

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.ui.tasks import Tasks


def test_work_runs_on_a_worker_and_its_answer_arrives_on_the_main_thread(qtbot, tasks):
    seen = []
    tasks.run(threading.current_thread, lambda worker: seen.append((worker, threading.current_thread())))
    qtbot.waitUntil(lambda: len(seen) == 1)
    assert seen[0][0] is not threading.main_thread()
    assert seen[0][1] is threading.main_thread()


def test_an_error_goes_to_its_own_handler(qtbot, tasks):
    def fail():
        raise UserError("There is no model called x.")

    seen = []
    tasks.run(fail, None, seen.append)
    qtbot.waitUntil(lambda: len(seen) == 1)
    assert str(seen[0]) == "There is no model called x."


def test_an_error_that_nobody_handles_is_never_silent(qtbot, tasks):
    with qtbot.waitSignal(tasks.failed) as caught:
        tasks.run(lambda: 1 / 0)
    assert isinstance(caught.args[0], ZeroDivisionError)


def test_of_many_refreshes_only_the_running_and_the_newest_are_run(qtbot, tasks):
    gate, ran, seen = threading.Event(), [], []

    def work(k):
        ran.append(k)
        gate.wait(5)
        return k

    for k in range(20):
        tasks.latest("overview", lambda k=k: work(k), seen.append)
    gate.set()
    qtbot.waitUntil(lambda: 19 in seen)
    assert ran == [0, 19]
    assert seen == [0, 19]


def test_an_answer_about_the_page_that_was_left_is_dropped(qtbot, tasks):
    gate, seen = threading.Event(), []
    tasks.latest("page", lambda: gate.wait(5) and "old", seen.append, subject="gas")
    tasks.latest("page", lambda: "new", seen.append, subject="kiln")
    gate.set()
    qtbot.waitUntil(lambda: bool(seen))
    assert seen == ["new"]


def test_an_answer_for_a_widget_that_is_gone_is_dropped(qtbot, tasks):
    class Widget(QObject):
        def take(self, _answer):
            raise AssertionError("called after its end")

    gate, after = threading.Event(), []
    widget = Widget()
    tasks.run(lambda: gate.wait(5), widget.take)
    delete(widget)
    gate.set()
    tasks.run(lambda: 1, after.append)
    qtbot.waitUntil(lambda: bool(after) and not tasks.busy)


def test_a_worker_reports_its_steps_on_the_main_thread(qtbot, tasks):
    steps = []
    send = tasks.relay(lambda text: steps.append((text, threading.current_thread())))
    tasks.run(lambda: send("staged"))
    qtbot.waitUntil(lambda: len(steps) == 1)
    assert steps == [("staged", threading.main_thread())]


@pytest.mark.filterwarnings("error")
def test_closing_waits_for_what_runs_and_delivers_nothing_more(qtbot):
    tasks, finished, seen = Tasks(), [], []
    started = threading.Event()

    def work():
        started.set()
        threading.Event().wait(0.1)
        finished.append(True)

    tasks.run(work, seen.append)
    assert started.wait(5)
    tasks.close()
    assert finished == [True]
    qtbot.wait(20)
    assert seen == []
