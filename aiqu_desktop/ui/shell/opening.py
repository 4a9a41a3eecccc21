"""From a folder to a window: opens the site on a worker, asks what to do when there is none, hands over."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QDialog, QFileDialog, QHBoxLayout, QVBoxLayout

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.core.paths import SitePaths
from aiqu_desktop.ui.desk import Desk
from aiqu_desktop.ui.shell.faults import FaultHook, log_to
from aiqu_desktop.ui.shell.window import MainWindow
from aiqu_desktop.ui.tasks import Tasks
from aiqu_desktop.ui.theme import Theme
from aiqu_desktop.ui.widgets.buttons import make_button
from aiqu_desktop.ui.widgets.errors import ErrorDesk, sentence_of
from aiqu_desktop.ui.widgets.labels import IconLabel, make_label


class NoSiteDialog(QDialog):
    """There is no site (or it cannot be opened): make one, choose another folder, or leave."""

    def __init__(self, theme: Theme, root: Path, error: Exception, opener: Opener) -> None:
        super().__init__()
        self.setObjectName("no_site")
        self.setWindowTitle("AiQu Desktop")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(520)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(10)
        top = QHBoxLayout()
        top.setSpacing(12)
        top.addWidget(IconLabel(theme, "warning", "warning", 28), 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.addWidget(make_label("The site cannot be opened", "heading"))
        words.addWidget(make_label(sentence_of(error), name="sentence", wrap=True))
        words.addWidget(make_label(str(root), "mono", wrap=True))
        top.addLayout(words, 1)
        column.addLayout(top)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        self.quit = make_button("Quit", "quit", on_click=self.reject)
        self.choose = make_button("Choose a folder…", "choose", on_click=self._then(opener.choose))
        buttons.addWidget(self.quit)
        buttons.addWidget(self.choose)
        if isinstance(error, UserError) and not SitePaths(root).registry.exists():
            create = make_button("Make a new site here", "create", "primary")
            create.clicked.connect(lambda _c=False: self._then(lambda: opener.open(root, create=True))())
            buttons.addWidget(create)
        self.quit.setDefault(True)
        column.addSpacing(6)
        column.addLayout(buttons)

    def _then(self, act: Callable[[], None]) -> Callable[[], None]:
        def go() -> None:
            self.accept()
            act()

        return go


class Opener(QObject):
    """Keeps the one window. `make_desk(root, create)` runs on a worker.

    finished: the reader closed the window, or gave up opening one.
    """

    finished = Signal()

    def __init__(
        self,
        theme: Theme,
        make_desk: Callable[[Path, bool], Desk],
        *,
        view_only: bool = False,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.window: MainWindow | None = None
        self.dialog: QDialog | None = None
        self._theme = theme
        self._make_desk = make_desk
        self._view_only = view_only
        self._tasks = Tasks(self)
        self._log: logging.Handler | None = None
        self._notice = make_label("", "heading", "opening_notice")
        self._notice.setContentsMargins(40, 28, 40, 28)
        self._notice_later = QTimer(self)  # a site that opens at once shows no flicker
        self._notice_later.setSingleShot(True)
        self._notice_later.setInterval(400)
        self._notice_later.timeout.connect(self._show_notice)
        self._root = Path()
        self.errors = ErrorDesk(theme)
        self.faults = FaultHook(self)
        self.faults.failed.connect(self._show_fault)

    def open(self, root: Path, *, create: bool = False) -> None:
        """Open `root` in the background; the window that is there stays until the new one can be shown."""
        self._root = root
        self._notice_later.start()
        self._tasks.run(lambda: self._open(root, create), self._opened, self._not_opened)

    def choose(self) -> None:
        """Let the reader choose a folder."""
        chosen = QFileDialog.getExistingDirectory(self.window, "Choose the folder of a site", str(self._root))
        if chosen:
            self.open(Path(chosen))
        elif self.window is None:
            self._not_opened(UserError("No folder was chosen; choose the folder of a site."))

    def close(self) -> None:
        """Close everything in order; safe to call twice."""
        if self.dialog is not None:
            self.dialog.close()
        self._hide_notice()
        if self.window is not None:
            self.window.closed.disconnect(self.finished)
            self.window.close()
            self.window.deleteLater()
            self.window = None
        self._tasks.close()
        self.faults.uninstall()
        self._stop_log()

    def _open(self, root: Path, create: bool) -> Desk:
        desk = self._make_desk(root, create)
        if not self._view_only:
            desk.start_monitor()
        return desk

    def _opened(self, desk: Desk) -> None:
        self._hide_notice()
        if self.window is not None:
            self.window.closed.disconnect(self.finished)
            self.window.close()
            self.window.deleteLater()
        self._stop_log()
        self._log = log_to(SitePaths(desk.root).logs)
        self.window = MainWindow(desk, Tasks(), self._theme)
        self.window.site_wanted.connect(self.choose)
        self.window.closed.connect(self.finished)
        self.errors = self.window.errors
        self.window.show()

    def _not_opened(self, error: Exception) -> None:
        self._hide_notice()
        if self.window is not None:
            self.errors.show(error)
            return
        self.dialog = NoSiteDialog(self._theme, self._root, error, self)
        self.dialog.accepted.connect(self._dialog_closed)
        self.dialog.rejected.connect(self._dialog_closed)
        self.dialog.rejected.connect(self.finished)
        self.dialog.show()

    def _dialog_closed(self) -> None:
        self.dialog = None

    def _show_notice(self) -> None:
        self._notice.setText(f"Opening {self._root.name} …")
        self._notice.show()

    def _hide_notice(self) -> None:
        self._notice_later.stop()
        self._notice.hide()

    def _show_fault(self, error: BaseException) -> None:
        self.errors.show(error)

    def _stop_log(self) -> None:
        if self._log is not None:
            logging.getLogger().removeHandler(self._log)
            self._log.close()
            self._log = None
