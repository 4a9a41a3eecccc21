"""The rail on the left: the pages, then every model with its state, worst first."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QSize, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QButtonGroup,
    QFrame,
    QListView,
    QPushButton,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
)

from aiqu_desktop.ui.actions import ENTRIES, Act
from aiqu_desktop.ui.overview.tile_model import TileModel
from aiqu_desktop.ui.people.sign_in import PersonButton
from aiqu_desktop.ui.shell.navigation import PAGES, Place
from aiqu_desktop.ui.states import HEALTH
from aiqu_desktop.ui.theme import Theme
from aiqu_desktop.ui.widgets.labels import make_label

_WIDTH = 212


class _ModelLine(QStyledItemDelegate):
    """One model as a line: its state's shape, then its title."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme

    def initStyleOption(self, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        super().initStyleOption(option, index)
        look = HEALTH[index.data(TileModel.HealthRole)]
        option.features |= QStyleOptionViewItem.ViewItemFeature.HasDecoration
        option.icon = self._theme.icon(look.icon, look.token)
        option.decorationSize = QSize(16, 16)

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:  # noqa: ARG002 - Qt's signature
        density = self._theme.density
        return QSize(_WIDTH - 20, density.row - 4 if density.name == "desk" else density.row)


class Rail(QFrame):
    """place_chosen: the reader wants to go there."""

    place_chosen = Signal(Place)

    def __init__(self, theme: Theme, models: TileModel, person: PersonButton) -> None:
        super().__init__()
        self.setObjectName("rail")
        self.person = person
        self._theme = theme
        self._buttons: dict[str, QPushButton] = {}
        self._group = QButtonGroup(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 10, 0, 0)
        column.setSpacing(1)
        titles = {entry.act: entry for entry in ENTRIES}
        for act in PAGES:
            entry = titles[act]
            button = QPushButton(entry.title)
            button.setObjectName(f"nav_{act.value}")
            button.setProperty("role", "nav")
            button.setCheckable(True)
            button.setAccessibleName(entry.title)
            button.setToolTip(f"{entry.title} ({entry.keys[0]})")
            button.clicked.connect(lambda _c=False, page=act.value: self.place_chosen.emit(Place(page)))
            self._group.addButton(button)
            self._buttons[act.value] = button
            column.addWidget(button)
        heading = make_label("Models", "faint")
        heading.setContentsMargins(16, 16, 0, 4)
        column.addWidget(heading)
        self.models = QListView()
        self.models.setObjectName("models")
        self.models.setAccessibleName("Models")
        self.models.setModel(models)
        self.models.setItemDelegate(_ModelLine(theme))
        self.models.setUniformItemSizes(True)
        self.models.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.models.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.models.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.models.clicked.connect(self._open_model)
        self.models.activated.connect(self._open_model)
        column.addWidget(self.models, 1)
        column.addWidget(person)
        self._icons = {act.value: titles[act].icon for act in PAGES}
        theme.changed.connect(self._dress)
        self._dress()

    def show_place(self, place: Place) -> None:
        """Mark where the window is."""
        self._group.setExclusive(False)
        for page, button in self._buttons.items():
            button.setChecked(page == place.page)
        self._group.setExclusive(place.page in self._buttons)
        row = self.models.model().row_of(place.model) if place.model else -1
        if row >= 0:
            self.models.setCurrentIndex(self.models.model().index(row))
        else:
            self.models.clearSelection()
            self.models.setCurrentIndex(QModelIndex())

    def show_alarm_count(self, unacknowledged: int, open_count: int) -> None:
        """Behind "Alarms": how many wait, or how many are open when none waits."""
        button = self._buttons[Act.ALARMS.value]
        suffix = f"   {unacknowledged} new" if unacknowledged else f"   {open_count} open" if open_count else ""
        button.setText(f"Alarms{suffix}")
        button.setAccessibleName(f"Alarms, {unacknowledged} to acknowledge, {open_count} open")

    def _dress(self) -> None:
        density = self._theme.density
        self.setFixedWidth(_WIDTH if density.name == "desk" else round(_WIDTH * 1.3))
        for page, button in self._buttons.items():
            button.setIcon(self._theme.icon(self._icons[page]))
            button.setIconSize(QSize(density.icon, density.icon))
        self.person.setIcon(self._theme.icon("person"))
        self.person.setIconSize(QSize(density.icon, density.icon))
        self.models.setIconSize(QSize(16, 16))
        self.models.doItemsLayout()

    def _open_model(self, index: QModelIndex) -> None:
        self.place_chosen.emit(Place("model", index.data(TileModel.NameRole)))
