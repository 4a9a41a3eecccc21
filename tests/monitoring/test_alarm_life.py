"""An alarm rings after its on-delay, clears after its off-delay, and never by chance or by silence."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from aiqu_desktop.core.words import AlarmState
from aiqu_desktop.monitoring.alarm_life import (
    Streak,
    Transition,
    advance,
    after_acknowledgement,
    after_return,
    is_active,
    transition,
)

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def _replay(answers: list[bool | None], on_delay: int, off_delay: int) -> list[bool]:
    """Whether the alarm is active after each answer."""
    streak, active, states = Streak(), False, []
    for answer in answers:
        streak = advance(streak, bad=answer, at=NOW)
        step = transition(streak, active=active, on_delay=on_delay, off_delay=off_delay)
        active = {Transition.ACTIVATE: True, Transition.RETURN: False, Transition.STAY: active}[step]
        states.append(active)
    return states


def test_one_noisy_answer_does_not_ring() -> None:
    assert _replay([True, False, True, False, True, False], on_delay=2, off_delay=1) == [False] * 6


def test_two_bad_answers_in_a_row_ring_and_two_good_ones_clear() -> None:
    assert _replay([True, True, False, True, False, False], 2, 2) == [False, True, True, True, True, False]


def test_no_answer_neither_rings_nor_clears() -> None:
    assert _replay([True, None, None, True, None, False, None, False], 2, 2) == [
        False, False, False, True, True, True, True, False,
    ]  # fmt: skip


@given(st.lists(st.sampled_from([True, False, None]), max_size=60), st.integers(1, 5), st.integers(1, 5))
def test_it_rings_only_after_a_full_run_of_bad_answers(answers: list[bool | None], on: int, off: int) -> None:
    states = _replay(answers, on, off)
    for place, (before, after) in enumerate(zip([False, *states], states, strict=False)):
        said = [answer for answer in answers[: place + 1] if answer is not None]
        if after and not before:
            assert said[-on:] == [True] * on
        if before and not after:
            assert said[-off:] == [False] * off


def test_the_states_follow_isa_18_2() -> None:
    assert after_acknowledgement(AlarmState.UNACKNOWLEDGED) is AlarmState.ACKNOWLEDGED
    assert after_return(AlarmState.ACKNOWLEDGED) is AlarmState.NORMAL
    assert after_return(AlarmState.UNACKNOWLEDGED) is AlarmState.RETURNED_UNACKNOWLEDGED
    assert after_acknowledgement(AlarmState.RETURNED_UNACKNOWLEDGED) is AlarmState.NORMAL
    assert after_acknowledgement(AlarmState.ACKNOWLEDGED) is AlarmState.ACKNOWLEDGED
    assert [state for state in AlarmState if is_active(state)] == [AlarmState.UNACKNOWLEDGED, AlarmState.ACKNOWLEDGED]
