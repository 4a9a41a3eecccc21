"""The tiles as one item model with named roles; a refresh touches only the tiles that differ."""

from __future__ import annotations

from PySide6.QtCore import QAbstractListModel, QByteArray, QModelIndex, QPersistentModelIndex, Qt

from aiqu_desktop.ui.overview.present import TileView

Index = QModelIndex | QPersistentModelIndex


class TileModel(QAbstractListModel):
    """Rows are tiles, worst first."""

    TileRole = Qt.ItemDataRole.UserRole + 1
    NameRole = Qt.ItemDataRole.UserRole + 2
    HealthRole = Qt.ItemDataRole.UserRole + 3

    def __init__(self) -> None:
        super().__init__()
        self._tiles: tuple[TileView, ...] = ()

    def set_tiles(self, tiles: tuple[TileView, ...]) -> None:
        """Show `tiles`; same models in the same order cost one dataChanged for each tile that differs."""
        old = self._tiles
        before, after = [t.name for t in old], [t.name for t in tiles]
        if before == after:
            self._tiles = tiles
            for row, (was, now) in enumerate(zip(old, tiles, strict=True)):
                if was != now:
                    self.dataChanged.emit(self.index(row), self.index(row))
        elif sorted(before) == sorted(after):
            self._reorder(tiles)
        else:
            self.beginResetModel()
            self._tiles = tiles
            self.endResetModel()

    def row_of(self, name: str) -> int:
        """The row of the model `name`, -1 when it has none."""
        return next((row for row, tile in enumerate(self._tiles) if tile.name == name), -1)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self._tiles)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        tile = self._tiles[index.row()]
        if role == self.TileRole:
            return tile
        if role == self.NameRole:
            return tile.name
        if role == self.HealthRole:
            return tile.health
        if role == Qt.ItemDataRole.DisplayRole:
            return tile.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return tile.spoken
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{tile.title}: {tile.state}\n{tile.reason}"
        return None

    def roleNames(self) -> dict[int, QByteArray]:
        return super().roleNames() | {
            int(self.TileRole): QByteArray(b"tile"),
            int(self.NameRole): QByteArray(b"name"),
            int(self.HealthRole): QByteArray(b"health"),
        }

    def _reorder(self, tiles: tuple[TileView, ...]) -> None:
        """The same models in another order: the one that is selected stays selected."""
        self.layoutAboutToBeChanged.emit()
        kept = [(index, self._tiles[index.row()].name) for index in self.persistentIndexList()]
        self._tiles = tiles
        for index, name in kept:
            self.changePersistentIndex(index, self.index(self.row_of(name)))
        self.layoutChanged.emit()
