"""What a release would change: from which version to which, their metrics, the gates, and the way back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from aiqu_desktop.core.words import ReleaseKind
from aiqu_desktop.ui.formatting import day, digest, instant
from aiqu_desktop.ui.release.compare import compare
from aiqu_desktop.ui.release.fallback_card import FallbackCardFrame
from aiqu_desktop.ui.release.gate_list import GateList
from aiqu_desktop.ui.theme import Theme, set_state
from aiqu_desktop.ui.widgets.labels import ElidedLabel, IconLabel, make_label

if TYPE_CHECKING:
    from aiqu_desktop.lifecycle.facts import VersionFacts
    from aiqu_desktop.lifecycle.preview import Preview


class PreviewView(QWidget):
    """Everything that a person must see before deciding; a rollback's is shorter, for it must be quick."""

    def __init__(self, theme: Theme, preview: Preview, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("preview")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        if preview.stopped is not None:
            column.addLayout(_sentence(theme, "halt", "alarm", _stopped(preview), "stopped"))
        if preview.kind is ReleaseKind.STOP and preview.from_version is not None:
            column.addWidget(card_frame(preview))
            column.addLayout(_sentence(theme, "back", "ink", f"The way back: {preview.way_back}", "way_back"))
        if preview.to_version is not None:
            column.addLayout(self._versions(theme, preview))
            if preview.way_back:  # above the many gates, so that nobody must scroll for it
                column.addLayout(_sentence(theme, "back", "ink", f"The way back: {preview.way_back}", "way_back"))
            if preview.kind is not ReleaseKind.RESUME:  # that would compare a version with itself
                column.addWidget(self._metrics(preview, 6 if preview.kind is ReleaseKind.PROMOTION else 1))
        if preview.gates:
            column.addWidget(make_label("Gates", "heading"))
            column.addWidget(GateList(theme, preview.gates))
        if preview.data_as_of is not None:
            known = f"Observations and labels: those known at {instant(preview.data_as_of)}."
            column.addLayout(_sentence(theme, "schedules", "ink_muted", known, "data_as_of"))
        column.addStretch(1)

    def _versions(self, theme: Theme, preview: Preview) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(10)
        arrow = IconLabel(theme, "forward", "ink_muted", 24)
        now = "Live now" if preview.stopped is None else "Stopped now"
        row.addWidget(_card(now, preview.from_version, "from_version"), 1)
        row.addWidget(arrow, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(_card("Would go live", preview.to_version, "to_version"), 1)
        return row

    def _metrics(self, preview: Preview, most: int) -> QFrame:
        frame = QFrame()
        frame.setProperty("surface", "card")
        frame.setObjectName("metrics")
        grid = QGridLayout(frame)
        grid.setContentsMargins(12, 8, 12, 8)
        grid.setHorizontalSpacing(18)
        grid.setVerticalSpacing(5)
        grid.setColumnStretch(4, 1)
        old, new = preview.from_version, preview.to_version
        assert new is not None
        heads = (
            "When accepted",
            "–" if old is None else f"Version {old.number}",
            f"Version {new.number}",
            "Difference",
            "",
        )
        for column, text in enumerate(heads):
            grid.addWidget(make_label(text, "caption"), 0, column)
        rows = compare(None if old is None else old.metrics, new.metrics, preview.primary_metric, most=most)
        for line, row in enumerate(rows, start=1):
            strong = "strong" if line == 1 else "body"
            for column, text in enumerate((row.metric, row.present, row.wanted, row.difference, row.meaning)):
                label = make_label(text, strong if column in (0, 3) else "body")
                if column >= 3 and row.token == "alarm":
                    set_state(label, health="alarm")
                grid.addWidget(label, line, column)
        return frame


def card_frame(preview: Preview) -> FallbackCardFrame:
    """The card that the plant works by after a stop."""
    frame, card = FallbackCardFrame(), preview.fallback
    if card is None:
        frame.show_card((), "")
    else:
        frame.show_card(card.lines, f"number {card.number}, by {card.by}, {day(card.at)}")
    return frame


def _stopped(preview: Preview) -> str:
    stop = preview.stopped
    assert stop is not None
    what = "This stops it again" if preview.kind is ReleaseKind.STOP else "This ends the stop"
    return f"Stopped since {instant(stop.since)} by {stop.by}: {stop.reason.rstrip('.')}. {what}."


def blocking_banner(theme: Theme, preview: Preview) -> QFrame:
    """Why the release may not go ahead."""
    frame = QFrame()
    frame.setObjectName("blocked")
    frame.setProperty("surface", "card")
    frame.setProperty("health", "alarm")
    row = QHBoxLayout(frame)
    row.setContentsMargins(12, 10, 12, 10)
    row.addLayout(_sentence(theme, "cross", "alarm", f"Blocked: {preview.blocking}", "blocking"))
    return frame


def _sentence(theme: Theme, icon: str, token: str, text: str, name: str) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(10)
    row.addWidget(IconLabel(theme, icon, token, 18), 0, Qt.AlignmentFlag.AlignTop)
    row.addWidget(make_label(text, name=name, wrap=True), 1)
    return row


def _card(heading: str, version: VersionFacts | None, name: str) -> QFrame:
    frame = QFrame()
    frame.setObjectName(name)
    frame.setProperty("surface", "card")
    column = QVBoxLayout(frame)
    column.setContentsMargins(12, 8, 12, 8)
    column.setSpacing(2)
    column.addWidget(make_label(heading, "caption"))
    if version is None:
        column.addWidget(make_label("No version", "heading"))
        column.addWidget(make_label("The line serves nothing yet.", "caption"))
        return frame
    column.addWidget(make_label(f"Version {version.number}", "heading"))
    column.addWidget(ElidedLabel(version.notes or "No notes", "body"))
    column.addWidget(ElidedLabel(f"{version.author}, {day(version.created_at)}", "caption"))
    column.addWidget(make_label(digest(version.digest), "mono"))
    return frame
