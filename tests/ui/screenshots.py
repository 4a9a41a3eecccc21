"""Writes pictures of every screen to a folder: python -m tests.ui.screenshots FOLDER [--site DIR] [PAGE…].

With the made-up site by default, at 1280x800 and 1920x1080, light and dark; look at them after a change.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication

from aiqu_desktop.core.words import AlarmState, CheckKind, Priority, Role
from aiqu_desktop.services.views import ModelPage, SignedIn
from aiqu_desktop.ui.actions import Act
from aiqu_desktop.ui.release import ApprovalSheet, RequestSheet, StopSheet
from aiqu_desktop.ui.settings import ALARM_SOUND
from aiqu_desktop.ui.shell.navigation import Place
from aiqu_desktop.ui.shell.window import MainWindow
from aiqu_desktop.ui.tasks import Tasks
from aiqu_desktop.ui.theme import Theme
from tests.ui.automatic_story import make_row, make_view
from tests.ui.chart_story import shadowed_page, story_page
from tests.ui.fakes import FakeDesk
from tests.ui.rehearsal_story import make_rehearsal
from tests.ui.sheets import asked, sign

SIZES = {"1280": (1280, 800), "1920": (1920, 1080)}


def settle(app: QApplication, tasks: Tasks, seconds: float = 0.35) -> None:
    """Let answers arrive and frames be drawn."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline or tasks.busy:
        app.processEvents()
        time.sleep(0.002)


def shoot(
    app: QApplication, theme: Theme, desk: object, folder: Path, name: str, place: str, size: str,
    prepare: Callable[[MainWindow], None] | None = None,
) -> None:  # fmt: skip
    tasks = Tasks()
    window = MainWindow(desk, tasks, theme)
    window.resize(*SIZES[size])
    window.show()
    window.go(Place.from_text(place))
    settle(app, tasks)
    if place.startswith(("model", "rehearsal")):
        settle(app, tasks, 1.5)
    if prepare is not None:
        prepare(window)
        settle(app, tasks)
    picture = folder / f"{name}-{size}-{theme.name}.png"
    window.grab().save(str(picture))
    dialog = app.activeModalWidget()
    if dialog is not None:
        dialog.grab().save(str(folder / f"{name}-dialog-{theme.name}.png"))
        dialog.close()
    print(picture.name)
    window.close()
    window.deleteLater()
    theme.set_density("desk")
    app.processEvents()


def choose(table: str, row: int) -> Callable[[MainWindow], None]:
    def go(window: MainWindow) -> None:
        from aiqu_desktop.ui.tables.record_table import RecordTable

        window.stack.currentWidget().findChild(RecordTable, table).selectRow(row)

    return go


def show(segment: str) -> Callable[[MainWindow], None]:
    def go(window: MainWindow) -> None:
        from PySide6.QtWidgets import QPushButton

        window.stack.currentWidget().findChild(QPushButton, segment).click()

    return go


def shelve(window: MainWindow) -> None:
    choose("alarm_table", 0)(window)
    window.pages["alarms"].detail.shelve.click()


def first_out() -> FakeDesk:
    """The gas classifier's drift came before its performance fell; one alarm is latched."""
    desk = FakeDesk(12)
    latched = {38: AlarmState.LATCHED_UNACKNOWLEDGED, 33: AlarmState.LATCHED_ACKNOWLEDGED}
    desk.alarms = tuple(replace(a, first_out=a.id == 39, state=latched.get(a.id, a.state)) for a in desk.alarms)
    return desk


def sound(window: MainWindow) -> None:
    """The dialog, while the bell sounds; it is chosen for this picture only."""
    window.sound.choose([Priority.CRITICAL, Priority.HIGH])
    window.actions_book[Act.ALARM_SOUND].trigger()
    ALARM_SOUND.set("")


def plant_state(window: MainWindow) -> None:
    show("show_held")(window)
    settle(QApplication.instance(), window.tasks)
    window.pages["alarms"].held.set_plant.click()


def acknowledge(window: MainWindow) -> None:
    window.acknowledge_worst()


def verify(window: MainWindow) -> None:
    choose("audit_table", 0)(window)
    window.pages["audit"].verify_chain()


def rehearsed() -> FakeDesk:
    desk = FakeDesk(12)
    desk.rehearsals = (
        make_rehearsal(2, CheckKind.PERFORMANCE, {"limit": 0.85}),
        make_rehearsal(1, CheckKind.DRIFT, {"share_limit": 0.25}),
    )
    return desk


def choose_drift(window: MainWindow) -> None:
    window.pages["rehearsal"].choose_kind(CheckKind.DRIFT)


def waiting(*, override: bool = False, demo: bool = False) -> Callable[[], FakeDesk]:
    """A site on which Jonas has asked for a promotion."""

    def make() -> FakeDesk:
        desk = FakeDesk(12, demo=demo)
        desk.gate_fails = override
        asked(desk, override=override)
        return desk

    return make


def signed_in() -> FakeDesk:
    desk = FakeDesk(12)
    desk.person = SignedIn("elin", "Elin Sandberg", (Role.OPERATOR,))
    return desk


def failing_gate() -> FakeDesk:
    desk = FakeDesk(12)
    desk.gate_fails = True
    return desk


def open_promotion(window: MainWindow) -> None:
    window.pages["model"].ask_promotion(4)


def open_rollback(window: MainWindow) -> None:
    window.pages["model"].ask_rollback()


def open_stop(window: MainWindow) -> None:
    window.pages["model"].ask_stop()


def open_resume(window: MainWindow) -> None:
    window.pages["model"].ask_resume()


def open_card(window: MainWindow) -> None:
    window.pages["model"].ask_card()


def stopped_now(window: MainWindow) -> None:
    open_stop(window)
    settle(QApplication.instance(), window.tasks)
    sheet = window.findChild(StopSheet)
    sign(sheet, "elin", "Wrong answers on every second piece.")
    sheet.go()


def stopped(*, proven: bool = True, card: bool = True) -> Callable[[], FakeDesk]:
    """A site on which the gas classifier is stopped."""

    def make() -> FakeDesk:
        desk = FakeDesk(12)
        desk.has_card = card
        desk.stop_now("gas-classifier", proven=proven)
        return desk

    return make


def without_card() -> FakeDesk:
    desk = FakeDesk(12)
    desk.has_card = False
    return desk


def open_sign_in(window: MainWindow) -> None:
    window.person.ask()


def signed_request(window: MainWindow) -> None:
    open_promotion(window)
    settle(QApplication.instance(), window.tasks)
    sheet = window.findChild(RequestSheet)
    sign(sheet, "jonas")
    sheet.yes.click()


def promoted(window: MainWindow) -> None:
    open_promotion(window)
    settle(QApplication.instance(), window.tasks)
    sheet = window.findChild(ApprovalSheet)
    sign(sheet, "maria", "")
    sheet.go()


def gloved(prepare: Callable[[MainWindow], None]) -> Callable[[MainWindow], None]:
    def go(window: MainWindow) -> None:
        window.theme.set_density("glove")
        prepare(window)

    return go


def counting_down(*, signed: bool = True) -> Callable[[], FakeDesk]:
    """A rollback of the gas classifier is due in two hours."""

    def make() -> FakeDesk:
        desk = signed_in() if signed else FakeDesk(12)
        desk.countdowns = (make_row(),)
        desk.automatic_view = make_view(acts=True, pending=make_row())
        return desk

    return make


def policy(*, acts: bool = False, proposed: bool = False) -> Callable[[], FakeDesk]:
    def make() -> FakeDesk:
        desk = FakeDesk(12)
        desk.automatic_view = make_view(acts=acts, proposed=proposed)
        return desk

    return make


def open_policy(window: MainWindow) -> None:
    window.pages["model"].ask_automatic()


def open_veto(window: MainWindow) -> None:
    window.countdown.veto.click()


def break_chain() -> FakeDesk:
    desk = FakeDesk(12)
    desk.chain_intact = False
    return desk


def of_story(story: ModelPage) -> FakeDesk:
    """The made-up site with the page of a story in place of its own."""
    desk = FakeDesk(12, demo=True)
    desk.model_page = lambda *_asked: story
    return desk


def open_shadow(number: int) -> Callable[[MainWindow], None]:
    def go(window: MainWindow) -> None:
        tabs = window.pages["model"].tabs
        tabs.fold(False)
        rows = [row.number for row in tabs.versions.records.rows]
        tabs.versions.table.selectRow(rows.index(number))
        tabs.shadow.click()

    return go


def fake_pictures() -> list[tuple[str, Callable[[], object], str, tuple[str, ...], Callable | None]]:
    both = ("1280", "1920")
    return [
        ("overview-12", lambda: FakeDesk(12, demo=True), "overview", both, None),
        ("overview-3", lambda: FakeDesk(3), "overview", both, None),
        ("overview-40", lambda: FakeDesk(40, alive=False), "overview", both, None),
        ("overview-good", lambda: FakeDesk(12, healthy=True), "overview", ("1280",), None),
        ("overview-empty", lambda: FakeDesk(0), "overview", ("1280",), None),
        ("alarms", lambda: FakeDesk(12), "alarms", both, choose("alarm_table", 0)),
        ("alarms-plain", lambda: FakeDesk(12), "alarms", ("1280",), None),
        ("alarms-none", lambda: FakeDesk(12, healthy=True), "alarms", ("1280",), None),
        ("alarms-held", lambda: FakeDesk(12), "alarms", both, show("show_held")),
        ("alarms-figures", lambda: FakeDesk(12), "alarms", both, show("show_figures")),
        ("alarms-glove", lambda: FakeDesk(12), "alarms", ("1280",), gloved(choose("alarm_table", 0))),
        ("shelve", lambda: FakeDesk(12), "alarms", ("1280",), shelve),
        ("alarm-sound", lambda: FakeDesk(12), "alarms", ("1280",), sound),
        ("first-out", first_out, "alarms", ("1280",), choose("alarm_table", 5)),
        ("plant-state", lambda: FakeDesk(12), "alarms", ("1280",), plant_state),
        ("acknowledge", lambda: FakeDesk(12), "alarms", ("1280",), acknowledge),
        ("schedules", lambda: FakeDesk(12), "schedules", both, choose("schedule_table", 0)),
        ("files", lambda: FakeDesk(12), "files", both, choose("file_table", 1)),
        ("audit", lambda: FakeDesk(12), "audit", both, verify),
        ("limits", rehearsed, "rehearsal:gas-classifier", both, None),
        ("limits-drift", rehearsed, "rehearsal:gas-classifier", ("1280",), choose_drift),
        ("why", lambda: FakeDesk(12), "model:gas-classifier", both, MainWindow.open_why),
        ("request", lambda: FakeDesk(12, demo=True), "model:gas-classifier", ("1280",), open_promotion),
        ("request-glove", lambda: FakeDesk(12), "model:gas-classifier", ("1280",), gloved(open_promotion)),
        ("request-override", failing_gate, "model:gas-classifier", ("1280",), open_promotion),
        ("request-signed", lambda: FakeDesk(12), "model:gas-classifier", ("1280",), signed_request),
        ("waiting", waiting(), "model:gas-classifier", both, None),
        ("approval", waiting(), "model:gas-classifier", ("1280",), open_promotion),
        ("approval-glove", waiting(demo=True), "model:gas-classifier", ("1280",), gloved(open_promotion)),
        ("approval-override", waiting(override=True), "model:gas-classifier", ("1280",), open_promotion),
        ("promoted", waiting(), "model:gas-classifier", ("1280",), promoted),
        ("rollback", lambda: FakeDesk(12), "model:gas-classifier", ("1280",), open_rollback),
        ("rollback-signed-in", signed_in, "model:gas-classifier", ("1280",), open_rollback),
        ("rollback-glove", signed_in, "model:gas-classifier", ("1280",), gloved(open_rollback)),
        ("shadow", lambda: of_story(shadowed_page()), "model:gas-classifier", both, None),
        ("shadow-end", lambda: of_story(shadowed_page()), "model:gas-classifier", ("1280",), open_shadow(3)),
        ("shadow-begin", lambda: of_story(story_page()), "model:gas-classifier", ("1280",), open_shadow(2)),
        ("stopped-overview", stopped(), "overview", both, None),
        ("stopped", stopped(), "model:gas-classifier", both, None),
        ("stopped-unproven", stopped(proven=False, card=False), "model:gas-classifier", ("1280",), None),
        ("stop", lambda: FakeDesk(12), "model:gas-classifier", ("1280",), open_stop),
        ("stop-without-card", without_card, "model:gas-classifier", ("1280",), open_stop),
        ("stop-glove", signed_in, "model:gas-classifier", ("1280",), gloved(open_stop)),
        ("stop-done", lambda: FakeDesk(12), "model:gas-classifier", ("1280",), stopped_now),
        ("resume", stopped(), "model:gas-classifier", ("1280",), open_resume),
        ("fallback-card", lambda: FakeDesk(12), "model:gas-classifier", ("1280",), open_card),
        ("countdown", counting_down(), "overview", both, None),
        ("countdown-model", counting_down(), "model:gas-classifier", both, None),
        ("veto", counting_down(), "overview", ("1280",), open_veto),
        ("veto-glove", counting_down(signed=False), "overview", ("1280",), gloved(open_veto)),
        ("policy", policy(), "model:gas-classifier", ("1280",), open_policy),
        ("policy-proposed", policy(proposed=True), "model:gas-classifier", ("1280",), open_policy),
        ("policy-acts", policy(acts=True), "model:gas-classifier", ("1280",), open_policy),
        ("sign-in", lambda: FakeDesk(12, demo=True), "overview", ("1280",), open_sign_in),
        ("sign-in-glove", lambda: FakeDesk(12), "overview", ("1280",), gloved(open_sign_in)),
        ("audit-broken", break_chain, "audit", ("1280",), verify),
    ]


def real_pictures(site: Path) -> list[tuple[str, Callable[[], object], str, tuple[str, ...], Callable | None]]:
    """The pages of a real site; it is only looked at."""
    from aiqu_desktop.ui.site_desk import SiteDesk

    def make() -> SiteDesk:
        return SiteDesk.open(site)

    desk = make()
    names = [tile.name for tile in desk.overview().tiles]
    desk.close()
    pages = [("overview", None), ("alarms", choose("alarm_table", 0)), ("schedules", choose("schedule_table", 0)),
             ("files", choose("file_table", 0)), ("audit", verify)]  # fmt: skip
    pages += [(f"model:{name}", None) for name in names]
    return [(f"site-{page.replace(':', '-')}", make, page, tuple(SIZES), prepare) for page, prepare in pages]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("only", nargs="*", help="names of pictures, all by default")
    parser.add_argument("--site", type=Path, help="a real site instead of the made-up one")
    parser.add_argument("--theme", choices=["light", "dark"])
    arguments = parser.parse_intermixed_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as remembered:
        QSettings.setDefaultFormat(QSettings.Format.IniFormat)
        QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, remembered)
        app = QApplication(sys.argv[:1])
        theme = Theme()
        theme.apply(app)
        for name in ["light", "dark"] if arguments.theme is None else [arguments.theme]:
            theme.set_name(name)
            pictures = fake_pictures() if arguments.site is None else real_pictures(arguments.site)
            for title, make, place, sizes, prepare in pictures:
                if not arguments.only or title in arguments.only:
                    for size in sizes:
                        shoot(app, theme, make(), arguments.folder, title, place, size, prepare)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
