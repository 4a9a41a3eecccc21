"""The form of a proposal: each setting as it is now, and a field for what is proposed instead."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from aiqu_desktop.core.words import CheckKind
from aiqu_desktop.ui.rehearsal.proposal import (
    FIELDS,
    LIMIT_OF,
    Field,
    NotUsable,
    Value,
    limit_words,
    read_sizes,
    read_value,
    sizes_title,
    write_value,
)
from aiqu_desktop.ui.theme import Theme, set_state
from aiqu_desktop.ui.widgets.labels import make_label

_NUMBER_WIDTH, _TEXT_WIDTH, _NOW_WIDTH = 88, 168, 64
_NONE = "none"
_MOST_ROWS = max(len(fields) for fields in FIELDS.values())


class ProposalForm(QWidget):
    """changed: another text stands in a field."""

    changed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("proposal")
        self.kind = CheckKind.PERFORMANCE
        self.present: Mapping[str, Any] = {}
        self._subject: object = None
        grid = self._grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(4)
        for place, text in enumerate(("", "Now", "Proposed")):
            grid.addWidget(make_label(text, "faint"), 0, place)
        self._titles: list[QLabel] = []
        self._nows: list[QLabel] = []
        self.fields: list[QLineEdit] = []
        for row in range(1, _MOST_ROWS + 1):
            title, now, field = make_label(), make_label("", "caption"), QLineEdit()
            now.setMinimumWidth(_NOW_WIDTH)
            field.setObjectName(f"proposed_{row}")  # until it is known which setting it is of
            field.setAccessibleName("Proposed")
            field.setAlignment(Qt.AlignmentFlag.AlignRight)
            title.setBuddy(field)
            field.textChanged.connect(self._type)
            for place, widget in enumerate((title, now, field)):
                grid.addWidget(widget, row, place)
            self._titles.append(title)
            self._nows.append(now)
            self.fields.append(field)
        grid.setColumnStretch(0, 1)
        self._sizes_title = make_label("", "body", "sizes_title")
        self.sizes = QLineEdit()
        self.sizes.setObjectName("sizes")
        self.sizes.setAccessibleName("Sizes to plant")
        self.sizes.setPlaceholderText("the usual sizes")
        self._sizes_title.setBuddy(self.sizes)
        self.sizes.textChanged.connect(self._type)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(grid)
        column.addSpacing(4)
        column.addWidget(self._sizes_title)
        column.addWidget(self.sizes)
        self._theme = theme
        theme.changed.connect(self._dress)
        self._dress()

    def show_settings(self, subject: object, kind: CheckKind, settings: Mapping[str, Any]) -> None:
        """Show what holds now; what the reader typed stays while it is about the same `subject`."""
        kept = {
            field.name: edit.text()
            for field, edit in zip(FIELDS[self.kind], self.fields, strict=False)
            if subject == self._subject and edit.text() != write_value(self.present.get(field.name))
        }
        if subject != self._subject:
            self.sizes.clear()
        self._subject, self.kind, self.present = subject, kind, dict(settings)
        shown = FIELDS[kind]
        for place, (title, now, edit) in enumerate(zip(self._titles, self._nows, self.fields, strict=True)):
            field = shown[place] if place < len(shown) else None
            for widget in (title, now, edit):
                widget.setVisible(field is not None)
            if field is not None:
                now.setVisible(not field.text)  # a text takes the room of both, and says in its tooltip what holds now
                self._grid.addWidget(edit, place + 1, *((1, 1, 2) if field.text else (2,)))
                self._show_field(field, title, now, edit, kept.get(field.name))
        self._sizes_title.setText(sizes_title(kind, settings))
        self.sizes.setAccessibleName(sizes_title(kind, settings))
        self._type()

    def reset(self) -> None:
        """Propose what holds now."""
        for field, edit in zip(FIELDS[self.kind], self.fields, strict=False):
            edit.setText(write_value(self.present.get(field.name)))
        self.sizes.clear()

    @property
    def differs(self) -> bool:
        """True when a field says anything but what holds now, usable or not."""
        texts = [write_value(self.present.get(field.name)) for field in FIELDS[self.kind]]
        return bool(self.sizes.text().strip()) or any(
            edit.text() != text for edit, text in zip(self.fields, texts, strict=False)
        )

    def proposed(self) -> tuple[dict[str, Value], tuple[float, ...]]:
        """The settings that differ from those of now, and the sizes to plant (none: the usual ones).

        Raises:
            NotUsable: if a field cannot be read; its text is the reason.
        """
        changes: dict[str, Value] = {}
        for field, edit in zip(FIELDS[self.kind], self.fields, strict=False):
            value = read_value(field, edit.text())
            if value != self.present.get(field.name):
                changes[field.name] = value
        return changes, read_sizes(self.sizes.text())

    def _dress(self) -> None:
        for field, edit in zip(FIELDS[self.kind], self.fields, strict=False):
            edit.setFixedWidth(self._width_of(field))

    def _hint(self, field: Field) -> str:
        if not field.text:
            return field.meaning
        return f"{field.meaning}. Now: {write_value(self.present.get(field.name)) or _NONE}"

    def _width_of(self, field: Field) -> int:
        return round((_TEXT_WIDTH if field.text else _NUMBER_WIDTH) * self._theme.density.body / 13)

    def _show_field(self, field: Field, title: QLabel, now: QLabel, edit: QLineEdit, kept: str | None) -> None:
        is_limit = field.name == LIMIT_OF[self.kind]
        title.setText(f"{field.title}: {limit_words(self.kind, self.present)}" if is_limit else field.title)
        text = write_value(self.present.get(field.name))
        now.setText(text or _NONE)
        now.setAccessibleName(f"{title.text()}, now {text or 'none'}")
        edit.setFixedWidth(self._width_of(field))
        edit.setAlignment(Qt.AlignmentFlag.AlignLeft if field.text else Qt.AlignmentFlag.AlignRight)
        edit.setObjectName(field.name)
        edit.setAccessibleName(f"{title.text()}, proposed")
        for widget in (title, now, edit):
            widget.setToolTip(self._hint(field))
        edit.setText(text if kept is None else kept)
        edit.setCursorPosition(0)  # a long text is read from its beginning

    def _type(self) -> None:
        """What differs from now stands out by weight and by an arrow, not by colour."""
        for field, title, now, edit in zip(FIELDS[self.kind], self._titles, self._nows, self.fields, strict=False):
            text = write_value(self.present.get(field.name))
            differs = edit.text() != text
            set_state(title, kind="strong" if differs else "body")
            now.setText(f"{text or _NONE} →" if differs else text or _NONE)
            try:
                read_value(field, edit.text())
                why = ""
            except NotUsable as problem:
                why = str(problem)
            edit.setToolTip(why or self._hint(field))
            set_state(edit, problem=bool(why))
        self.changed.emit()
