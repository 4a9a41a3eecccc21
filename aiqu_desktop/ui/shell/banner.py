"""The banner that is always there: the worst alarm that nobody acknowledged, and whether the site is being watched."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from aiqu_desktop.services.views import AlarmRow, Overview
from aiqu_desktop.ui import formatting as fmt
from aiqu_desktop.ui.shell.status import StatusStrip
from aiqu_desktop.ui.states import PRIORITY, Look
from aiqu_desktop.ui.theme import Theme, set_state
from aiqu_desktop.ui.widgets.buttons import make_button, make_icon_button
from aiqu_desktop.ui.widgets.labels import ElidedLabel, IconLabel, make_label

_QUIET = Look("No alarm waits to be acknowledged", "good", "good")


class AlarmStrip(QFrame):
    """Shape, priority, model and message of the worst alarm; the whole strip can be clicked.

    opened: go to the alarm's model; acknowledge_asked, silence_asked: the button was pressed.
    """

    opened = Signal()
    acknowledge_asked = Signal()
    silence_asked = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("banner_alarm")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.alarm: AlarmRow | None = None
        self.icon = IconLabel(theme, "good", "good", 22)
        self.headline = ElidedLabel("Reading the site …", "strong", "alarm_headline")
        self.message = ElidedLabel("", "caption", "alarm_message")
        self.acknowledge = make_button("Acknowledge…", "banner_acknowledge", on_click=self.acknowledge_asked.emit)
        self.silence = make_button("Silence", "banner_silence", on_click=self.silence_asked.emit)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self.headline)
        words.addWidget(self.message)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 4, 6, 4)
        row.setSpacing(10)
        row.addWidget(self.icon)
        row.addLayout(words, 1)
        row.addWidget(self.silence)
        row.addWidget(self.acknowledge)
        self.acknowledge.hide()
        self.silence.hide()

    def show_overview(self, overview: Overview) -> None:
        alarm = self.alarm = overview.worst_alarm
        if alarm is None:
            self.icon.set_icon(_QUIET.icon, _QUIET.token)
            self.headline.set_text(_QUIET.word)
            open_text = fmt.plural(overview.open_alarms, "alarm is", "alarms are")
            self.message.set_text(f"{open_text[:1].upper()}{open_text[1:]} open.")
            set_state(self, health="")
        else:
            look = PRIORITY[alarm.priority]
            health = look.token if look.token in ("alarm", "warning") else "unknown"
            self.icon.set_icon(look.icon, "alarm_ink" if health == "alarm" else look.token)
            age = fmt.ago(alarm.activated_at, overview.site_now)
            more = overview.unacknowledged_alarms - 1
            others = f"   (+{more} more to acknowledge)" if more > 0 else ""
            self.headline.set_text(f"{look.word} · {alarm.model_title} · {age}{others}")
            self.message.set_text(alarm.message)
            set_state(self, health=health)
        for label in (self.headline, self.message):
            set_state(label, banner=self.property("health"))
        self.acknowledge.setVisible(alarm is not None)
        self.setCursor(Qt.CursorShape.PointingHandCursor if alarm else Qt.CursorShape.ArrowCursor)
        self.setAccessibleName(f"{self.headline.text()}. {self.message.text()}")

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self.alarm is not None and event.button() == Qt.MouseButton.LeftButton:
            self.opened.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self.alarm is not None:
            self.opened.emit()
        else:
            super().keyPressEvent(event)


class Banner(QFrame):
    """Back, site, worst alarm, status, theme and menu, in one row."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self.back = make_icon_button(theme, "back", "Back (Alt+Left)", "back")
        self.site = ElidedLabel("AiQu Desktop", "strong", "site_name")
        self.site.setFixedWidth(140)
        self.alarm = AlarmStrip(theme)
        self.status = StatusStrip(theme)
        self.theme_button = make_icon_button(theme, "theme", "Light or dark (Ctrl+Shift+L)", "toggle_theme")
        self.menu_button = make_icon_button(theme, "menu", "Menu", "menu")
        self.product = make_label("AiQu Desktop", "faint")
        names = QVBoxLayout()
        names.setSpacing(0)
        names.addWidget(self.site)
        names.addWidget(self.product)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 7, 10, 7)
        row.setSpacing(10)
        row.addWidget(self.back)
        row.addLayout(names)
        row.addWidget(self.alarm, 1)
        row.addSpacing(8)
        row.addWidget(self.status)
        row.addWidget(self.theme_button)
        row.addWidget(self.menu_button)

    def show_overview(self, overview: Overview) -> None:
        self.site.set_text(overview.site or "Site")
        self.alarm.show_overview(overview)
        self.status.show_overview(overview)
