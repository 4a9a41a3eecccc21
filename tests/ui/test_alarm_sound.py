"""The optional alarm sound: silent until chosen, per priority, and until it is silenced or seen."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QPushButton

from aiqu_desktop.core.words import Priority
from aiqu_desktop.ui import settings
from aiqu_desktop.ui.alarms.sound import AlarmSound, SoundDialog, chosen_priorities
from tests.ui.fakes import FakeDesk

HIGH, LOW = (41, Priority.HIGH), (37, Priority.LOW)


@pytest.fixture
def bells():
    return []


@pytest.fixture
def sound(qtbot, bells):  # qtbot: a timer needs an application
    return AlarmSound(lambda: bells.append(1))


def test_there_is_no_sound_until_somebody_chooses_a_priority(sound, bells):
    sound.hear([HIGH, LOW])
    assert not sound.sounding and bells == []


def test_it_sounds_again_and_again_for_the_chosen_priorities_only(sound, bells, qtbot):
    sound.choose([Priority.HIGH])
    sound.hear([LOW])
    assert bells == []
    sound._timer.setInterval(1)
    sound.hear([LOW, HIGH])
    qtbot.waitUntil(lambda: len(bells) >= 3)
    sound.hear([LOW])
    assert not sound.sounding, "it was acknowledged"


def test_silence_lasts_until_another_alarm_comes(sound, bells):
    sound.choose([Priority.HIGH])
    sound.hear([HIGH])
    sound.silence()
    sound.hear([HIGH])
    assert (sound.sounding, len(bells)) == (False, 1)
    sound.hear([HIGH, (42, Priority.HIGH)])
    assert (sound.sounding, len(bells)) == (True, 2)


def test_an_alarm_that_rings_anew_after_it_was_seen_sounds_anew(sound, bells):
    sound.choose([Priority.HIGH])
    sound.hear([HIGH])
    sound.silence()
    sound.hear([])
    sound.hear([HIGH])
    assert sound.sounding and len(bells) == 2


def test_the_priorities_are_chosen_in_a_dialog_and_remembered(qtbot, theme, sound):
    window = QPushButton()
    qtbot.addWidget(window)
    dialog = SoundDialog(sound, theme, window)
    dialog.buttons[Priority.CRITICAL].click()
    dialog.buttons[Priority.HIGH].click()
    assert dialog.no.isDefault()
    dialog.yes.click()
    assert chosen_priorities() == {Priority.CRITICAL, Priority.HIGH}
    assert settings.ALARM_SOUND.get() == "critical,high"


def test_the_banner_offers_silence_only_while_it_sounds(open_window):
    window = open_window(FakeDesk(12))
    silence = window.banner.alarm.silence
    assert not silence.isVisible()
    window.sound._bell = lambda: None
    window.sound.choose([Priority.CRITICAL])
    assert silence.isVisible()
    silence.click()
    assert not silence.isVisible()
