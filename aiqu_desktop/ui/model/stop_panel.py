"""What the model page shows first while the model is stopped: that it is, the proof, and the card to work by."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from aiqu_desktop.core.words import RequestState
from aiqu_desktop.services.views import ModelPage, StopView
from aiqu_desktop.ui import formatting as fmt
from aiqu_desktop.ui.release.fallback_card import FallbackCardFrame
from aiqu_desktop.ui.states import Look
from aiqu_desktop.ui.theme import Theme
from aiqu_desktop.ui.widgets.buttons import explain, make_button
from aiqu_desktop.ui.widgets.labels import StateLabel, make_label

PROVEN = Look("STOPPED, proven: nothing answers", "halt", "alarm")
UNPROVEN = Look("STOPPED, NOT PROVEN: go and see that it stands still", "unknown", "alarm")


_LEAST = 96  # pixels: the state and the first line; where there is no room for more, the rest scrolls


class StopPanel(QScrollArea):
    """Hidden while the model is in service. As high as what it says, or lower, and then it scrolls."""

    resume_asked = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("stop_panel")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.frame = QFrame()
        self.frame.setObjectName("stop_frame")
        self.frame.setProperty("surface", "card")
        self.frame.setProperty("health", "alarm")
        self.setWidget(self.frame)
        self.state = StateLabel(theme, "heading", 22, "stop_state")
        self.said = make_label("", "body", "stop_said", wrap=True)
        self.limits = make_label("", "strong", "stop_limits", wrap=True)
        self.card = FallbackCardFrame()
        self.resume = make_button("Resume…", "resume", "", self.resume_asked.emit)
        top = QHBoxLayout()
        top.addWidget(self.state)
        top.addStretch(1)
        top.addWidget(self.resume)
        column = QVBoxLayout(self.frame)
        column.setContentsMargins(14, 8, 14, 10)
        column.setSpacing(4)
        column.addLayout(top)
        column.addWidget(self.said)
        column.addWidget(self.limits)
        column.addWidget(self.card)
        self.hide()

    def sizeHint(self) -> QSize:
        width = self.viewport().width()
        high = self.frame.heightForWidth(width) if self.frame.hasHeightForWidth() else self.frame.sizeHint().height()
        return QSize(width, high)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, _LEAST)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()

    def show_page(self, page: ModelPage, preparing: str) -> None:
        """Draw one answer. preparing: why nothing can be asked for just now; "" when it can."""
        stop = page.tile.stop
        self.setVisible(stop is not None)
        if stop is None:
            return
        self.state.set_look(PROVEN if stop.proven else UNPROVEN)
        self.said.setText(_said(stop))
        self.limits.setText(_limits(stop))
        self.limits.setVisible(bool(self.limits.text()))
        card = page.card
        if card is None:
            self.card.show_card((), "")
        else:
            self.card.show_card(card.lines, f"number {card.number}, by {card.by}, {fmt.day(card.at)}")
        request = page.resume_request
        pending = request is not None and request.state is RequestState.PENDING
        self.resume.setText("Resume…" if request is None else "Approve resumption…" if pending else "Carry out…")
        self.resume.setAccessibleName(self.resume.text())
        self.updateGeometry()
        explain(self.resume, preparing if page.resume.enabled else page.resume.why_not)


def _said(stop: StopView) -> str:
    took = "" if stop.wall_seconds is None else f" Proven {fmt.duration(stop.wall_seconds)} after the press."
    return f"Since {fmt.instant(stop.since)} by {stop.by}: {stop.reason.rstrip('.')}. {stop.sentence}{took}"


def _limits(stop: StopView) -> str:
    parts = []
    if stop.until is not None:
        parts.append(f"May run so until {fmt.instant(stop.until)}.")
    if stop.files:
        files, rows = fmt.plural(stop.files, "file"), fmt.plural(stop.rows or 0, "row")
        parts.append(f"{files} with {rows} came meanwhile; set aside, not answered.")
    return " ".join(parts)
