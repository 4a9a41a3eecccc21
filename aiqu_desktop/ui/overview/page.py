"""The overview page: a headline with counts, and the tiles in a grid that adapts to the window."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QListView, QStackedLayout, QVBoxLayout, QWidget

from aiqu_desktop.core.words import Health
from aiqu_desktop.ui.overview.present import OverviewView
from aiqu_desktop.ui.overview.tile_delegate import Form, TileDelegate
from aiqu_desktop.ui.overview.tile_model import TileModel
from aiqu_desktop.ui.states import HEALTH
from aiqu_desktop.ui.theme import Theme
from aiqu_desktop.ui.widgets.empty import EmptyState
from aiqu_desktop.ui.widgets.labels import StateLabel, make_label

GAP = 8
_NARROWEST, _WIDEST = 304, 560
_MOST_EXTRA = 130  # pixels that a trend may take of the space that is left
_SCROLLS_FULL = 12  # up to so many models rather scroll than lose their reasons
_FRAME_BUDGET = 0.006  # seconds of drawing new tiles in one frame


class TileGrid(QListView):
    """Rows of equal length over the whole width; the roomiest form in which all tiles can be seen at once."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("tiles")
        self.setAccessibleName("Models, worst first")
        self._theme = theme
        self.delegate = TileDelegate(theme)
        self.setItemDelegate(self.delegate)
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Fixed)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QListView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setMouseTracking(True)
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor)
        self._catch_up = QTimer(self)
        self._catch_up.setSingleShot(True)
        self._catch_up.setInterval(1)
        self._catch_up.timeout.connect(self.viewport().update)
        theme.changed.connect(self.arrange)

    def arrange(self) -> None:
        """Fit the tiles to the present width."""
        count = self.model().rowCount() if self.model() is not None else 0
        scale = self._theme.density.body / 13
        width = self.width() - 14  # room for the scroll bar, always, so that tiles do not jump when it comes
        most = max(1, int(width // (_NARROWEST * scale + GAP)))
        rows = max(1, -(-count // most))
        columns = min(most, max(1, -(-count // rows)))
        for form in (Form.ROOMY, Form.FULL, Form.COMPACT):
            self.delegate.form = form
            self.delegate.set_extra(0)
            needed = rows * (self.delegate.tile_height + GAP)
            if needed <= self.height() or (form is Form.FULL and count <= _SCROLLS_FULL):
                if form is Form.ROOMY:
                    self.delegate.set_extra(min(_MOST_EXTRA, (self.height() - needed) // rows))
                break
        cell = min(width // columns, round(_WIDEST * scale) + GAP)
        self.delegate.tile_width = cell - GAP
        self.setGridSize(QSize(cell, self.delegate.tile_height + GAP))
        self.scheduleDelayedItemsLayout()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Forty changed tiles take several frames, so that no frame holds up the window."""
        self.delegate.start_frame(_FRAME_BUDGET)
        super().paintEvent(event)
        if self.delegate.behind:
            self._catch_up.start()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.arrange()


class OverviewPage(QWidget):
    """Draws what the window fetched; asks nothing itself.

    model_opened: a tile was clicked or Enter pressed on it.
    """

    model_opened = Signal(str)
    title = "Overview"

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("overview_page")
        self.model = TileModel()
        self.grid = TileGrid(theme)
        self.grid.setModel(self.model)
        self.grid.clicked.connect(self._open)
        self.grid.activated.connect(self._open)
        self.empty = EmptyState(theme, "model", "no_models")
        self.summary = make_label("", "caption", "summary")
        self.counts = {health: StateLabel(theme, "strong", 16, f"count_{health.value}") for health in Health}

        head = QHBoxLayout()
        head.setContentsMargins(4, 0, 18, 0)
        head.setSpacing(20)
        head.addWidget(make_label(self.title, "title"))
        head.addWidget(self.summary)
        head.addStretch(1)
        for label in self.counts.values():
            head.addWidget(label)
        body = QWidget()
        self._stack = QStackedLayout(body)
        self._stack.addWidget(self.grid)
        self._stack.addWidget(self.empty)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 10, 6, 4)
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(body, 1)
        self.empty.say("Reading the site", "The models appear as soon as the registry has answered.")
        self._stack.setCurrentWidget(self.empty)

    def show_overview(self, view: OverviewView) -> None:
        """Draw one answer. The selected tile stays selected when the order changes."""
        count = len(view.tiles)
        before = self.model.rowCount()
        self.model.set_tiles(view.tiles)
        if before != count:
            self.grid.arrange()
        self.summary.setText(f"{count} {'model' if count == 1 else 'models'}, worst first" if count else "")
        for health, number in view.counts:
            look = HEALTH[health]
            self.counts[health].set_look(look, f"{number} {look.word.lower()}")
            self.counts[health].setVisible(number > 0)
        if count:
            first = self._stack.currentWidget() is not self.grid
            self._stack.setCurrentWidget(self.grid)
            if first and self.isVisible():
                self.focus_first()
        else:
            self.empty.say(
                "No models yet",
                "Import a model bundle with “aiqu import FOLDER”, or start the demonstration with “aiqu demo”. "
                "Models appear here as soon as they are imported.",
            )
            self._stack.setCurrentWidget(self.empty)

    def site_changed(self) -> None:
        """The window refreshes this page together with the banner."""

    def focus_first(self) -> None:
        if not self.grid.currentIndex().isValid() and self.model.rowCount():
            self.grid.setCurrentIndex(self.model.index(0))
        self.grid.setFocus()

    def _open(self, index: QModelIndex) -> None:
        self.model_opened.emit(index.data(TileModel.NameRole))
