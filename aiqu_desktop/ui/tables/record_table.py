"""The table view of every page: sorts, filters by text, keeps its selection over refreshes, follows the density."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, QSize, QSortFilterProxyModel, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from aiqu_desktop.ui.tables.record_model import RecordModel
from aiqu_desktop.ui.theme import Theme

_SENTENCE = 260  # pixels at desk density
_Flag = QItemSelectionModel.SelectionFlag


class RecordProxy(QSortFilterProxyModel):
    """Shows the rows that hold the wanted text in any column and that `accepts` lets through."""

    def __init__(self, model: RecordModel) -> None:
        super().__init__()
        self._text = ""
        self._accepts: Callable[[Any], bool] = lambda _row: True
        self.setSourceModel(model)
        self.setSortRole(RecordModel.SortRole)
        self.setDynamicSortFilter(True)

    def want(self, *, text: str | None = None, accepts: Callable[[Any], bool] | None = None) -> None:
        """Narrow the rows; None leaves that part as it is."""
        wanted = self._text if text is None else text.casefold().strip()
        if wanted != self._text or accepts is not None:
            self._text, self._accepts = wanted, accepts or self._accepts
            self.invalidate()

    def filterAcceptsRow(self, source_row: int, source_parent: QModelIndex) -> bool:  # noqa: ARG002 - Qt's signature
        model: RecordModel = self.sourceModel()
        row = model.rows[source_row]
        if not self._accepts(row):
            return False
        return not self._text or any(self._text in column.text(row).casefold() for column in model.columns)

    def lessThan(self, left: QModelIndex, right: QModelIndex) -> bool:
        """Python's own order, None first: Qt cannot compare datetimes or tuples."""
        a, b = left.data(RecordModel.SortRole), right.data(RecordModel.SortRole)
        if a is None or b is None:
            return a is None and b is not None
        return a < b


class RecordTable(QTableView):
    """selection_changed: another set of rows is selected; row_opened: Enter or a click that asks for more."""

    selection_changed = Signal()
    row_opened = Signal(object)

    def __init__(self, theme: Theme, model: RecordModel, name: str, title: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(title)
        self.records = model
        self.proxy = RecordProxy(model)
        self._theme = theme
        self._kept: tuple[set[Any], Any] = (set(), None)
        model.modelAboutToBeReset.connect(self._keep_selection)
        self.setModel(self.proxy)
        model.modelReset.connect(self._restore_selection)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setSortingEnabled(True)
        head = self.horizontalHeader()
        head.setHighlightSections(False)
        head.setMinimumSectionSize(48)
        self.sortByColumn(-1, Qt.SortOrder.AscendingOrder)
        for k, column in enumerate(model.columns):
            mode = QHeaderView.ResizeMode.Stretch if column.stretch else QHeaderView.ResizeMode.Interactive
            head.setSectionResizeMode(k, mode)
        self.selectionModel().selectionChanged.connect(lambda *_: self.selection_changed.emit())
        self.activated.connect(lambda index: self.row_opened.emit(index.data(RecordModel.RowRole)))
        theme.changed.connect(self._dress)
        self._dress()

    def selected_rows(self) -> tuple[Any, ...]:
        """The selected rows, in the order shown."""
        indexes = sorted(self.selectionModel().selectedRows(), key=lambda index: index.row())
        return tuple(index.data(RecordModel.RowRole) for index in indexes)

    def shown_rows(self) -> tuple[Any, ...]:
        return tuple(self.proxy.index(k, 0).data(RecordModel.RowRole) for k in range(self.proxy.rowCount()))

    def select_key(self, key: Any) -> bool:
        """Select the row with `key` alone and show it; False when it is not shown."""
        for k in range(self.proxy.rowCount()):
            if self.records.key(self.proxy.index(k, 0).data(RecordModel.RowRole)) == key:
                self.selectRow(k)
                self.scrollTo(self.proxy.index(k, 0))
                return True
        return False

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._make_room()

    def _make_room(self) -> None:
        """Optional columns give way until the stretched one has room for a sentence."""
        columns = self.records.columns
        scale = self._theme.density.body / 13
        room = self.viewport().width() - (_SENTENCE if any(c.stretch for c in columns) else 0) * scale
        needed = sum(c.width * scale for c in columns if not c.stretch)
        for k, column in sorted(enumerate(columns), key=lambda pair: -pair[1].optional):
            hide = bool(column.optional) and needed > room
            needed -= column.width * scale if hide else 0
            self.setColumnHidden(k, hide)

    def _keep_selection(self) -> None:
        current = self.currentIndex().data(RecordModel.RowRole) if self.currentIndex().isValid() else None
        self._kept = (
            {self.records.key(row) for row in self.selected_rows()},
            None if current is None else self.records.key(current),
        )

    def _restore_selection(self) -> None:
        keys, current = self._kept
        selection = QItemSelection()
        last = self.proxy.columnCount() - 1
        for k in range(self.proxy.rowCount()):
            key = self.records.key(self.proxy.index(k, 0).data(RecordModel.RowRole))
            if key in keys:
                selection.select(self.proxy.index(k, 0), self.proxy.index(k, last))
            if key == current:
                self.selectionModel().setCurrentIndex(
                    self.proxy.index(k, 0), QItemSelectionModel.SelectionFlag.NoUpdate
                )
        self.selectionModel().select(selection, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def _dress(self) -> None:
        density = self._theme.density
        self.verticalHeader().setDefaultSectionSize(density.row)
        self.setIconSize(QSize(density.icon - 2, density.icon - 2))
        scale = density.body / 13
        for k, column in enumerate(self.records.columns):
            if not column.stretch:
                self.setColumnWidth(k, round(column.width * scale))
        self._make_room()
