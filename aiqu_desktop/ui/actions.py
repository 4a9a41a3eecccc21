"""The one registry of what can be asked of the window. Menus, buttons, shortcuts and tests name the same entry.

Declared without Qt; `shell/action_book.py` makes the QActions.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Act(StrEnum):
    BACK = "back"
    REFRESH = "refresh"
    SIGN_IN = "sign-in"
    OVERVIEW = "overview"
    ALARMS = "alarms"
    SCHEDULES = "schedules"
    FILES = "files"
    AUDIT = "audit"
    NEXT_MODEL = "next-model"
    PREVIOUS_MODEL = "previous-model"
    WORST_ALARM = "worst-alarm"
    ACKNOWLEDGE = "acknowledge"
    ALARM_SOUND = "alarm-sound"
    SILENCE = "silence"
    WHY = "why"
    LIMITS = "limits"
    FIND = "find"
    TOGGLE_THEME = "toggle-theme"
    TOGGLE_GLOVE = "toggle-glove"
    OPEN_SITE = "open-site"
    SHORTCUTS = "shortcuts"
    QUIT = "quit"


@dataclass(frozen=True, slots=True)
class Entry:
    """title: as in the menu; keys: shortcuts in Qt's portable spelling, the first is shown; group: menu section."""

    act: Act
    title: str
    keys: tuple[str, ...]
    group: str
    icon: str = ""


ENTRIES: tuple[Entry, ...] = (
    Entry(Act.OVERVIEW, "Overview", ("Ctrl+1",), "Go", "overview"),
    Entry(Act.ALARMS, "Alarms", ("Ctrl+2",), "Go", "alarms"),
    Entry(Act.SCHEDULES, "Schedules", ("Ctrl+3",), "Go", "schedules"),
    Entry(Act.FILES, "Files", ("Ctrl+4",), "Go", "files"),
    Entry(Act.AUDIT, "Audit", ("Ctrl+5",), "Go", "audit"),
    Entry(Act.BACK, "Back", ("Alt+Left",), "Go", "back"),
    Entry(Act.NEXT_MODEL, "Next model", ("Ctrl+Down",), "Go"),
    Entry(Act.PREVIOUS_MODEL, "Previous model", ("Ctrl+Up",), "Go"),
    Entry(Act.WORST_ALARM, "Go to the worst alarm", ("F8",), "Alarm", "alarms"),
    Entry(Act.ACKNOWLEDGE, "Acknowledge the worst alarm…", ("Ctrl+K",), "Alarm", "acknowledge"),
    Entry(Act.SILENCE, "Silence the alarm sound", ("Ctrl+Shift+S",), "Alarm"),
    Entry(Act.ALARM_SOUND, "Alarm sound…", ("Ctrl+Shift+A",), "Alarm", "sound"),
    Entry(Act.WHY, "Why the model drifted", ("Ctrl+E",), "Model", "search"),
    Entry(Act.LIMITS, "Limits of the model", ("Ctrl+L",), "Model", "rehearse"),
    Entry(Act.REFRESH, "Refresh", ("F5", "Ctrl+R"), "View", "refresh"),
    Entry(Act.FIND, "Find on this page", ("Ctrl+F",), "View", "search"),
    Entry(Act.TOGGLE_THEME, "Light or dark", ("Ctrl+Shift+L",), "View", "theme"),
    Entry(Act.TOGGLE_GLOVE, "Large controls for gloves", ("Ctrl+Shift+G",), "View"),
    Entry(Act.SIGN_IN, "Sign in, or another person…", ("Ctrl+Shift+P",), "Window"),
    Entry(Act.OPEN_SITE, "Open another site…", ("Ctrl+O",), "Window"),
    Entry(Act.SHORTCUTS, "Keyboard shortcuts", ("F1",), "Window"),
    Entry(Act.QUIT, "Quit", ("Ctrl+Q",), "Window"),
)
