"""A column of labelled facts, as side panels show them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from aiqu_desktop.ui.theme import set_state
from aiqu_desktop.ui.widgets.labels import make_label

_LONG_WORD = 26


@dataclass(frozen=True, slots=True)
class Fact:
    """health: colours the text when it is abnormal; mono: for digests and paths; a heading stands over the fact."""

    heading: str
    text: str
    health: str = ""
    mono: bool = False


def breakable(text: str) -> str:
    """`text` with places where a digest or path without spaces may be broken, so that no panel is torn wide."""
    return " ".join(
        word if len(word) <= _LONG_WORD else "\u200b".join(word[k : k + 8] for k in range(0, len(word), 8))
        for word in text.split(" ")
    )


class Facts(QWidget):
    """Shows facts one under another; labels are reused, so that a refresh costs no layout when nothing changed."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)
        self._pairs: list[tuple[QWidget, QWidget]] = []
        self._shown: tuple[Fact, ...] = ()

    def show_facts(self, facts: Sequence[Fact]) -> None:
        if tuple(facts) == self._shown:
            return
        self._shown = tuple(facts)
        while len(self._pairs) < len(facts):
            heading, text = make_label("", "faint"), make_label("", wrap=True)
            flags = Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
            text.setTextInteractionFlags(flags)
            text.setContentsMargins(0, 0, 0, 8)
            self._column.addWidget(heading)
            self._column.addWidget(text)
            self._pairs.append((heading, text))
        for k, (heading, text) in enumerate(self._pairs):
            fact = facts[k] if k < len(facts) else None
            heading.setVisible(fact is not None)
            text.setVisible(fact is not None)
            if fact is not None:
                heading.setText(fact.heading)
                text.setText(breakable(fact.text))
                text.setAccessibleName(f"{fact.heading}: {fact.text}")
                set_state(text, kind="mono" if fact.mono else "body", health=fact.health)
