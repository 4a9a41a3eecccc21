"""What the window remembers between starts, declared once: key, type, default."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QByteArray, QSettings


@dataclass(frozen=True, slots=True)
class Setting:
    key: str
    kind: type
    default: Any

    def get(self) -> Any:
        """The remembered value, or the default where none or one of another type is stored."""
        value = _store().value(self.key, self.default)
        if self.kind is bool and isinstance(value, str):
            return value == "true"
        return value if isinstance(value, self.kind) else self.default

    def set(self, value: Any) -> None:
        _store().setValue(self.key, value)


def _store() -> QSettings:
    return QSettings(QSettings.defaultFormat(), QSettings.Scope.UserScope, "AiQu", "AiQu Desktop")


THEME = Setting("window/theme", str, "light")
DENSITY = Setting("window/density", str, "desk")
GEOMETRY = Setting("window/geometry", QByteArray, QByteArray())
PLACE = Setting("window/place", str, "overview")
PERSON = Setting("person/name", str, "")
ALARM_SOUND = Setting("alarms/sound", str, "")  # the priorities that sound, such as "critical,high"; none by default
ALARMS_SHOW_ALL = Setting("alarms/show_all", bool, False)
