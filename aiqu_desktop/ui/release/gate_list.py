"""The gates of a release: a sign, the condition and what was found; what failed comes first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from aiqu_desktop.ui.states import Look
from aiqu_desktop.ui.theme import Theme, set_state
from aiqu_desktop.ui.widgets.labels import IconLabel, make_label

PASSED = Look("passed", "verified", "good")
FAILED = Look("not passed", "cross", "alarm")
ADVICE = Look("advice", "warning", "warning")


class Gate(Protocol):
    """See `lifecycle.gates.gate.GateResult`."""

    title: str
    passed: bool | None
    finding: str


def look_of(gate: Gate) -> Look:
    """Sign, word and colour of a gate's answer."""
    if gate.passed is None:
        return ADVICE
    return PASSED if gate.passed else FAILED


class GateList(QWidget):
    """One row a gate; the texts can be selected."""

    def __init__(self, theme: Theme, gates: Sequence[Gate], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("gates")
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(7)
        grid.setColumnStretch(2, 1)
        order = {FAILED.word: 0, ADVICE.word: 1, PASSED.word: 2}
        for row, gate in enumerate(sorted(gates, key=lambda g: order[look_of(g).word])):
            look = look_of(gate)
            icon = IconLabel(theme, look.icon, look.token, 18)
            icon.setAccessibleName(look.word)
            words = make_label(f"{gate.title[:1].upper()}{gate.title[1:]}: {look.word}", "strong", wrap=True)
            words.setFixedWidth(190)
            set_state(words, health="" if look is PASSED else look.token)
            finding = make_label(gate.finding, wrap=True)
            finding.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            top = Qt.AlignmentFlag.AlignTop
            grid.addWidget(icon, row, 0, top)
            grid.addWidget(words, row, 1, top)
            grid.addWidget(finding, row, 2, top)
