"""The window as a whole: the banner, the rail, going places and back, and an orderly end."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit, QWidget

from aiqu_desktop.core.errors import EnvironmentFault
from aiqu_desktop.services.views import SchedulerView
from aiqu_desktop.ui import settings
from aiqu_desktop.ui.actions import ENTRIES, Act
from aiqu_desktop.ui.changes import PERIOD_MS
from aiqu_desktop.ui.shell.navigation import OVERVIEW, History, Place
from aiqu_desktop.ui.shell.status import BEAT_EXPIRES, monitor_words
from aiqu_desktop.ui.widgets.dialogs import AskDialog
from aiqu_desktop.ui.widgets.errors import ErrorDialog
from tests.ui.fakes import FakeDesk


def label(window, name):
    return window.findChild(QLabel, name)


def test_the_banner_shows_the_worst_alarm_with_shape_word_and_model(open_window, desk):
    window = open_window(desk)
    strip = window.banner.alarm
    assert strip.property("health") == "alarm"
    assert label(window, "alarm_headline").text().startswith("Critical · Gas classifier · 6\u00a0h ago")
    assert "+4 more" in label(window, "alarm_headline").text()


def test_the_banner_is_there_on_every_page(open_window, desk):
    window = open_window(desk)
    for act in (Act.ALARMS, Act.SCHEDULES, Act.FILES, Act.AUDIT, Act.OVERVIEW):
        window.actions_book[act].trigger()
        assert window.history.current == Place(act.value)
        assert window.banner.alarm.isVisible()


def test_the_worst_alarm_is_acknowledged_from_the_banner(open_window, desk, qtbot):
    window = open_window(desk)
    window.banner.alarm.acknowledge.click()
    qtbot.waitUntil(lambda: window.findChild(AskDialog) is not None)
    dialog = window.findChild(AskDialog)
    dialog.person.setText("M. Ek")
    dialog.note.setPlainText("Rolling back.")
    dialog.yes.click()
    qtbot.waitUntil(lambda: "Weld seam camera" in label(window, "alarm_headline").text())
    assert window.windowTitle().startswith("(4)")


def test_without_an_alarm_the_banner_is_quiet_and_says_so(open_window):
    window = open_window(FakeDesk(6, healthy=True))
    assert window.banner.alarm.property("health") == ""
    assert label(window, "alarm_headline").text() == "No alarm waits to be acknowledged"
    assert not window.banner.alarm.acknowledge.isVisible()
    assert not window.actions_book[Act.ACKNOWLEDGE].isEnabled()


def test_a_replayed_clock_is_marked(open_window):
    assert label(open_window(FakeDesk(3, demo=True)), "replay").isVisible()
    assert not label(open_window(FakeDesk(3)), "replay").isVisible()


def test_a_monitor_that_does_not_run_looks_like_an_alarm(open_window):
    window = open_window(FakeDesk(3, alive=False))
    monitor = window.banner.status.monitor
    assert monitor.word.text() == "Monitor NOT RUNNING"
    assert monitor.word.property("health") == "alarm"
    assert window.banner.status.beat.text().replace("\u00a0", " ") == "last beat 6 min ago"


def test_a_heartbeat_expires_when_the_site_no_longer_answers():
    alive = SchedulerView("monitor", 1, True, 1.0)
    assert monitor_words(alive, 0.0)[0].word == "Running"
    look, sentence = monitor_words(alive, BEAT_EXPIRES + 1)
    assert (look.word, look.token) == ("Unknown", "unknown")
    assert sentence.startswith("no answer for")


def test_a_change_of_the_site_is_drawn_without_asking_for_it(open_window, desk, qtbot):
    window = open_window(desk)
    desk.alarms = ()
    threading.Thread(target=desk.announce, name="watcher").start()
    qtbot.waitUntil(lambda: "No alarm waits" in label(window, "alarm_headline").text())


def test_a_storm_of_changes_is_drawn_at_most_four_times_a_second(open_window, desk, qtbot):
    window = open_window(desk)
    drawn = []
    window.changes.site_changed.connect(lambda: drawn.append(True))
    for _ in range(500):
        desk.announce()
    qtbot.waitUntil(lambda: len(drawn) >= 1)
    qtbot.wait(PERIOD_MS // 2)
    assert len(drawn) <= 2


def test_back_leads_the_way_that_was_come(open_window, desk):
    window = open_window(desk)
    assert not window.banner.back.isEnabled()
    window.actions_book[Act.ALARMS].trigger()
    window.actions_book[Act.AUDIT].trigger()
    window.banner.back.click()
    assert window.history.current == Place("alarms")
    window.actions_book[Act.BACK].trigger()
    assert window.history.current == OVERVIEW
    assert not window.banner.back.isEnabled()


def test_the_place_is_remembered_for_the_next_start(open_window, desk):
    open_window(desk).go(Place("schedules"))
    assert settings.PLACE.get() == "schedules"
    assert open_window(FakeDesk(3)).history.current == Place("schedules")


def test_an_unknown_remembered_place_is_the_overview():
    assert Place.from_text("nonsense") == OVERVIEW
    assert Place.from_text("model:") == OVERVIEW
    assert Place.from_text(Place("model", "gas:1").to_text()) == Place("model", "gas:1")


def test_the_history_forgets_no_step_and_never_goes_below_its_start():
    history = History()
    for k in range(200):
        history.visit(Place("model", f"m{k}"))
    assert history.back() == Place("model", "m198")
    while history.can_go_back:
        history.back()
    assert history.back() is None


def test_refresh_asks_the_site_again(open_window, desk, qtbot):
    window = open_window(desk)
    window.actions_book[Act.FILES].trigger()
    qtbot.waitUntil(lambda: sum(call[0] == "list_files" for call in desk.calls) == 1)
    window.actions_book[Act.REFRESH].trigger()
    qtbot.waitUntil(lambda: sum(call[0] == "list_files" for call in desk.calls) == 2)


def test_a_page_that_is_not_seen_asks_nothing_until_it_is(open_window, desk, qtbot):
    window = open_window(desk)
    desk.announce()
    qtbot.wait(PERIOD_MS + 50)
    assert "list_audit" not in {call[0] for call in desk.calls}
    window.actions_book[Act.AUDIT].trigger()
    qtbot.waitUntil(lambda: "list_audit" in {call[0] for call in desk.calls})


def test_find_puts_the_cursor_into_the_page_s_field(open_window, desk, qtbot):
    window = open_window(desk)
    window.activateWindow()
    window.actions_book[Act.AUDIT].trigger()
    window.actions_book[Act.FIND].trigger()
    qtbot.waitUntil(lambda: window.pages["audit"].findChild(QLineEdit, "find").hasFocus())


def test_every_act_has_one_shortcut_of_its_own():
    keys = [QKeySequence(key).toString() for entry in ENTRIES for key in entry.keys]
    assert all(keys)
    assert len(keys) == len(set(keys))
    assert {entry.act for entry in ENTRIES} == set(Act)


def test_the_theme_switches_and_is_remembered(open_window, desk, theme):
    window = open_window(desk)
    window.banner.theme_button.click()
    assert theme.is_dark
    assert settings.THEME.get() == "dark"


def test_gloves_make_every_row_and_button_large_enough(open_window, desk, theme, qtbot):
    window = open_window(desk, size=(1920, 1080))
    window.actions_book[Act.TOGGLE_GLOVE].trigger()
    window.actions_book[Act.ALARMS].trigger()
    page = window.pages["alarms"]
    qtbot.waitUntil(lambda: page.table.proxy.rowCount() == 7)
    page.table.selectRow(0)
    assert page.table.rowHeight(0) >= 60
    assert page.detail.acknowledge.height() >= 60
    theme.set_density("desk")


def test_the_same_failure_of_the_site_is_shown_once(open_window, desk, qtbot):
    window = open_window(desk)
    desk.error = EnvironmentFault("The registry cannot be read; see whether the disk is mounted.")
    window.refresh_overview()
    qtbot.waitUntil(lambda: window.findChild(ErrorDialog) is not None)
    dialog = window.findChild(ErrorDialog)
    assert "disk is mounted" in dialog.sentence.text()
    dialog.close_button.click()
    qtbot.waitUntil(lambda: window.findChild(ErrorDialog) is None)
    asked = len(desk.calls)
    window.refresh_overview()
    qtbot.waitUntil(lambda: len(desk.calls) > asked and not window.tasks.busy)
    assert window.findChild(ErrorDialog) is None


def test_the_site_is_never_asked_on_the_main_thread(open_window, desk, qtbot):
    window = open_window(desk)
    for act in (Act.ALARMS, Act.SCHEDULES, Act.FILES, Act.AUDIT):
        window.actions_book[act].trigger()
    qtbot.waitUntil(lambda: {"list_alarms", "list_schedules", "list_files", "list_audit"} <= {c[0] for c in desk.calls})
    assert all(name.startswith("aiqu-ui") for name in desk.threads)


def test_closing_lets_everything_go(open_window, desk):
    window = open_window(desk)
    window.close()
    assert desk.closed
    assert desk._watchers == []
    assert not [t.name for t in threading.enumerate() if t.name.startswith("aiqu-ui")]


def test_every_control_has_a_name_for_screen_readers_and_for_tests(open_window, desk, qtbot):
    window = open_window(desk)
    for act in (Act.ALARMS, Act.SCHEDULES, Act.FILES, Act.AUDIT):
        window.actions_book[act].trigger()
    qtbot.waitUntil(lambda: not window.tasks.busy)
    controls = [w for w in window.findChildren(QWidget) if isinstance(w, QAbstractButton | QLineEdit)]
    own = [w for w in controls if not w.objectName().startswith("qt_") and type(w.parent()).__name__ not in
           ("QLineEdit", "QTableView", "RecordTable", "QHeaderView", "QComboBox")]  # fmt: skip
    assert len(own) > 20
    assert [w for w in own if not w.objectName()] == []
    assert [w.objectName() for w in own if not (w.accessibleName() or getattr(w, "text", str)())] == []


def test_nothing_is_cut_off_at_the_smallest_supported_size(open_window, desk, qtbot):
    window = open_window(desk, size=(1280, 800))
    for act in (Act.OVERVIEW, Act.ALARMS, Act.SCHEDULES, Act.FILES, Act.AUDIT):
        window.actions_book[act].trigger()
        qtbot.waitUntil(lambda: not window.tasks.busy)
        assert window.width() == 1280
        for button in window.findChildren(QAbstractButton):
            if button.isVisible() and button.text():
                assert button.width() >= button.minimumSizeHint().width(), button.objectName()


@pytest.mark.parametrize("count", [1, 2])
def test_the_rail_says_how_many_alarms_wait(open_window, count):
    desk = FakeDesk(12)
    desk.alarms = tuple(replace(a, id=k) for k, a in enumerate(desk.alarms[:count]))
    window = open_window(desk)
    assert f"{count} new" in window.rail._buttons["alarms"].text()


def test_a_click_on_the_alarm_strip_goes_to_its_model(open_window, desk, qtbot):
    window = open_window(desk)
    qtbot.mouseClick(window.banner.alarm, Qt.MouseButton.LeftButton, pos=window.banner.alarm.rect().center())
    assert window.history.current == Place("model", "gas-classifier")
    qtbot.waitUntil(lambda: not window.tasks.busy)


def test_an_alarm_named_by_the_model_page_is_chosen_on_the_alarms_page(open_window, desk, qtbot):
    window = open_window(desk)
    window.open_alarm(40)
    assert window.history.current == Place("alarms")
    qtbot.waitUntil(lambda: [r.id for r in window.pages["alarms"].table.selected_rows()] == [40])


def test_no_page_keeps_the_window_from_being_small(open_window, desk):
    assert open_window(desk).minimumSizeHint().width() <= 1024
    assert open_window(desk).minimumSizeHint().height() <= 680
