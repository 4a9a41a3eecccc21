"""An optional sound while alarms of chosen priorities wait: the system's bell, until they are seen or silenced."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication, QDialog, QHBoxLayout, QVBoxLayout, QWidget

from aiqu_desktop.core.words import Priority
from aiqu_desktop.ui import settings
from aiqu_desktop.ui.states import PRIORITY
from aiqu_desktop.ui.theme import Theme
from aiqu_desktop.ui.widgets.buttons import make_button, make_segments
from aiqu_desktop.ui.widgets.labels import make_label

EVERY_MS = 4000


def chosen_priorities() -> frozenset[Priority]:
    """The priorities that sound on this desk; none until somebody chooses."""
    words = settings.ALARM_SOUND.get().split(",")
    return frozenset(priority for priority in Priority if priority.value in words)


class AlarmSound(QObject):
    """Sounds while an alarm of a chosen priority waits that was not silenced. sounding_changed: it began, or ended.

    bell: makes one sound; it must not wait for it.
    """

    sounding_changed = Signal(bool)

    def __init__(self, bell: Callable[[], None] = QApplication.beep, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bell = bell
        self._loud: frozenset[int] = frozenset()
        self._silenced: frozenset[int] = frozenset()
        self._waiting: tuple[tuple[int, Priority], ...] = ()
        self._timer = QTimer(self)
        self._timer.setInterval(EVERY_MS)
        self._timer.timeout.connect(self._ring)

    @property
    def sounding(self) -> bool:
        return self._timer.isActive()

    def hear(self, waiting: Iterable[tuple[int, Priority]]) -> None:
        """waiting: id and priority of every unacknowledged alarm."""
        self._waiting = tuple(waiting)
        chosen = chosen_priorities()
        self._loud = frozenset(number for number, priority in self._waiting if priority in chosen)
        self._silenced &= self._loud
        self._set_sounding(bool(self._loud - self._silenced))

    def silence(self) -> None:
        """No sound for what waits now; an alarm that comes later sounds again."""
        self._silenced = self._loud
        self._set_sounding(False)

    def choose(self, priorities: Iterable[Priority]) -> None:
        """Let these priorities sound from now on."""
        settings.ALARM_SOUND.set(",".join(priority.value for priority in priorities))
        self.hear(self._waiting)

    def _set_sounding(self, sounding: bool) -> None:
        if sounding == self.sounding:
            return
        if sounding:
            self._timer.start()
            self._ring()
        else:
            self._timer.stop()
        self.sounding_changed.emit(sounding)

    def _ring(self) -> None:
        self._bell()


class SoundDialog(QDialog):
    """Which priorities sound on this desk."""

    def __init__(self, sound: AlarmSound, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("sound_dialog")
        self.setWindowTitle("Alarm sound")
        self.setModal(True)
        self.setMinimumWidth(480)
        self._sound = sound
        chosen = chosen_priorities()
        row = QHBoxLayout()
        row.setSpacing(0)
        segments = make_segments(
            [(look.word, f"sound_{priority.value}") for priority, look in PRIORITY.items()], exclusive=False
        )
        self.buttons = dict(zip(PRIORITY, segments, strict=True))
        for priority, button in self.buttons.items():
            button.setIcon(theme.icon(PRIORITY[priority].icon, PRIORITY[priority].token))
            button.setChecked(priority in chosen)
            row.addWidget(button, 1)
        self.yes = make_button("Save", "yes", "primary", self._save)
        self.no = make_button("Cancel", "no", on_click=self.reject)
        self.try_it = make_button("Try", "try_sound", on_click=QApplication.beep)
        self.no.setDefault(True)
        buttons = QHBoxLayout()
        buttons.addWidget(self.try_it)
        buttons.addStretch(1)
        buttons.addWidget(self.no)
        buttons.addWidget(self.yes)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(8)
        column.addWidget(make_label("Alarm sound", "title"))
        column.addWidget(make_label("The bell of this desk sounds every four seconds while an alarm of a chosen "
                                    "priority waits to be acknowledged.", wrap=True))  # fmt: skip
        column.addLayout(row)
        column.addWidget(make_label("None is chosen: no sound. “Silence” on the banner ends the sound until another "
                                    "alarm comes.", "caption", wrap=True))  # fmt: skip
        column.addSpacing(8)
        column.addLayout(buttons)

    def _save(self) -> None:
        self._sound.choose(priority for priority, button in self.buttons.items() if button.isChecked())
        self.accept()
