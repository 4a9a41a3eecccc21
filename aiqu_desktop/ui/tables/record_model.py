"""One item model for rows that are frozen dataclasses; what a column shows is declared, not coded per page."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QByteArray, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QIcon

from aiqu_desktop.ui.states import Look
from aiqu_desktop.ui.theme import Theme

Index = QModelIndex | QPersistentModelIndex
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True, slots=True)
class Column:
    """text: what the cell writes; look: shape and colour before it; sort: a value that orders (default: the text).

    width: in pixels at desk density; stretch: takes what is left; right: for numbers; tooltip: the long form.
    figures: digits of one width; optional: 0 is always shown, the others give way to the stretched one, highest first.
    """

    name: str
    title: str
    text: Callable[[Any], str]
    width: int = 120
    look: Callable[[Any], Look | None] | None = None
    sort: Callable[[Any], Any] | None = None
    tooltip: Callable[[Any], str] | None = None
    stretch: bool = False
    right: bool = False
    figures: bool = False
    optional: int = 0


class RecordModel(QAbstractTableModel):
    """Rows of one kind. A refresh with the same keys in the same order is one dataChanged over the rows that differ."""

    RowRole = Qt.ItemDataRole.UserRole + 1
    SortRole = Qt.ItemDataRole.UserRole + 2
    LookRole = Qt.ItemDataRole.UserRole + 3

    def __init__(self, theme: Theme, columns: Sequence[Column], key: Callable[[Any], Hashable]) -> None:
        super().__init__()
        self.columns = tuple(columns)
        self.key = key
        self._theme = theme
        self._rows: tuple[Any, ...] = ()
        self._figures = theme.font(figures=True)
        self._answers = self._make_answers()
        theme.changed.connect(self._redraw)

    @property
    def rows(self) -> tuple[Any, ...]:
        return self._rows

    def set_rows(self, rows: Sequence[Any], *, texts_moved: bool = False) -> None:
        """Show `rows`; `texts_moved` redraws them all, since what they write depends on the clock as well."""
        if [self.key(r) for r in self._rows] != [self.key(r) for r in rows]:
            self.beginResetModel()
            self._rows = tuple(rows)
            self.endResetModel()
            return
        old, self._rows = self._rows, tuple(rows)
        changed = [k for k, (a, b) in enumerate(zip(old, self._rows, strict=True)) if texts_moved or a != b]
        if changed:
            self.dataChanged.emit(self.index(changed[0], 0), self.index(changed[-1], len(self.columns) - 1))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        answer = self._answers.get(role)  # Qt asks every cell for roles by the dozen: most are not answered
        if answer is None or not index.isValid():
            return None
        return answer(self.columns[index.column()], self._rows[index.row()])

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section].title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if self.columns[section].right else _LEFT
        return None

    def roleNames(self) -> dict[int, QByteArray]:
        return super().roleNames() | {
            int(self.RowRole): QByteArray(b"row"),
            int(self.SortRole): QByteArray(b"sort"),
            int(self.LookRole): QByteArray(b"look"),
        }

    def _make_answers(self) -> dict[int, Callable[[Column, Any], Any]]:
        roles = Qt.ItemDataRole
        return {
            int(roles.DisplayRole): lambda column, row: column.text(row),
            int(roles.ToolTipRole): lambda column, row: (column.tooltip or column.text)(row),
            int(roles.AccessibleTextRole): lambda column, row: f"{column.title}: {column.text(row)}",
            int(roles.TextAlignmentRole): lambda column, _row: _RIGHT if column.right else _LEFT,
            int(roles.FontRole): lambda column, _row: self._figures if column.figures or column.right else None,
            int(roles.DecorationRole): self._icon,
            int(roles.ForegroundRole): self._colour,
            int(self.RowRole): lambda _column, row: row,
            int(self.SortRole): lambda column, row: column.sort(row) if column.sort else column.text(row).casefold(),
            int(self.LookRole): lambda column, row: column.look(row) if column.look else None,
        }

    def _icon(self, column: Column, row: Any) -> QIcon | None:
        look = column.look(row) if column.look else None
        return None if look is None else self._theme.icon(look.icon, look.token)

    def _colour(self, column: Column, row: Any) -> QColor | None:
        look = column.look(row) if column.look else None
        return None if look is None else self._theme.colour(look.token)

    def _redraw(self) -> None:
        self._figures = self._theme.font(figures=True)
        if self._rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, len(self.columns) - 1))
