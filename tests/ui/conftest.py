"""Fixtures for the window's tests: one dressed application, bridges that are closed, nothing left behind."""

from __future__ import annotations

import os
import threading

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QWidget

from aiqu_desktop.ui.charts import ChartColumn
from aiqu_desktop.ui.release.sheet import ReleaseSheet
from aiqu_desktop.ui.shell.window import MainWindow
from aiqu_desktop.ui.tasks import Tasks
from aiqu_desktop.ui.theme import Theme
from tests.ui.fakes import FakeDesk


@pytest.fixture(autouse=True)
def own_settings(tmp_path):
    """What the window remembers goes to the test's own folder, never to the user's."""
    QSettings.setDefaultFormat(QSettings.Format.IniFormat)
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(tmp_path / "settings"))


@pytest.fixture(autouse=True)
def no_thread_left_behind():
    """Fails a test after which a worker of ours still runs."""
    yield
    left = [thread.name for thread in threading.enumerate() if thread.name.startswith("aiqu")]
    assert left == []


@pytest.fixture
def theme(qapp):
    made = Theme()
    made.apply(qapp)
    return made


@pytest.fixture
def tasks(qapp):
    made = Tasks()
    yield made
    made.close()


@pytest.fixture
def desk():
    return FakeDesk(12)


@pytest.fixture
def open_window(qtbot, theme):
    """Makes a shown window on a desk, with its first answer drawn; closes it after the test."""
    made = []

    def make(desk, size=(1280, 800)):
        window = MainWindow(desk, Tasks(), theme)
        qtbot.addWidget(window)
        made.append(window)
        window.resize(*size)
        with qtbot.waitSignal(window.overview_drawn):
            window.show()
        return window

    yield make
    for window in made:
        window.close()


@pytest.fixture
def column(qtbot, theme, picture):
    """The charts of the test module's own `picture`, drawn."""
    made = ChartColumn(theme)
    qtbot.addWidget(made)
    made.resize(1_100, 640)
    made.show()
    made.show_picture(picture, new_model=True)
    qtbot.waitUntil(lambda: made.canvas.picture is picture)
    made.canvas.redraw()
    return made


@pytest.fixture
def window(qtbot):
    """A shown widget for sheets to stand on; those still open are closed after the test."""
    made = QWidget()
    qtbot.addWidget(made)
    made.resize(900, 700)
    made.show()
    yield made
    for left in made.findChildren(ReleaseSheet):
        left.reject()
