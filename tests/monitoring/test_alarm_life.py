"""An alarm rings after its on-delay, clears after its off-delay, and goes through the states of ISA-18.2 only."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiqu_desktop.core.words import AlarmEvent, AlarmState, Suppression
from aiqu_desktop.monitoring.alarm_life import (
    HOLDS,
    RELEASES,
    Life,
    Streak,
    Transition,
    advance,
    after,
    is_active,
    transition,
    within_deadband,
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
    for place, (was, became) in enumerate(zip([False, *states], states, strict=False)):
        said = [answer for answer in answers[: place + 1] if answer is not None]
        if became and not was:
            assert said[-on:] == [True] * on
        if was and not became:
            assert said[-off:] == [False] * off


# ANSI/ISA-18.2-2016, "Alarm state transition diagram": (state, what happens) → state. L: of a latching alarm.
_S, _E = AlarmState, AlarmEvent
_FIGURE = {
    (_S.NORMAL, _E.ACTIVATED): _S.UNACKNOWLEDGED,
    (_S.UNACKNOWLEDGED, _E.ACKNOWLEDGED): _S.ACKNOWLEDGED,
    (_S.UNACKNOWLEDGED, _E.RETURNED): _S.RETURNED_UNACKNOWLEDGED,
    (_S.ACKNOWLEDGED, _E.RETURNED): _S.NORMAL,
    (_S.RETURNED_UNACKNOWLEDGED, _E.ACKNOWLEDGED): _S.NORMAL,
    (_S.RETURNED_UNACKNOWLEDGED, _E.ACTIVATED): _S.UNACKNOWLEDGED,
    (_S.UNACKNOWLEDGED, "L"): _S.LATCHED_UNACKNOWLEDGED,
    (_S.ACKNOWLEDGED, "L"): _S.LATCHED_ACKNOWLEDGED,
    (_S.LATCHED_UNACKNOWLEDGED, _E.ACKNOWLEDGED): _S.LATCHED_ACKNOWLEDGED,
    (_S.LATCHED_UNACKNOWLEDGED, _E.ACTIVATED): _S.UNACKNOWLEDGED,
    (_S.LATCHED_ACKNOWLEDGED, _E.RESET): _S.NORMAL,
    (_S.LATCHED_ACKNOWLEDGED, _E.ACTIVATED): _S.UNACKNOWLEDGED,
}
_TOLD = {
    _S.NORMAL: Life(),
    _S.UNACKNOWLEDGED: Life(present=True, unseen=True),
    _S.ACKNOWLEDGED: Life(present=True),
    _S.RETURNED_UNACKNOWLEDGED: Life(unseen=True),
    _S.LATCHED_UNACKNOWLEDGED: Life(unseen=True, latched=True),
    _S.LATCHED_ACKNOWLEDGED: Life(latched=True),
}
_LIVES = st.builds(Life, st.booleans(), st.booleans(), st.booleans(), st.frozensets(st.sampled_from(Suppression)))


@pytest.mark.parametrize("state", _TOLD)
@pytest.mark.parametrize("event", [*AlarmEvent, "L"])
def test_every_transition_is_that_of_the_figure_and_nothing_else_moves(state: AlarmState, event: AlarmEvent) -> None:
    life = _TOLD[state]
    assert life.state is state
    happened = AlarmEvent.RETURNED if event == "L" else event
    if happened in HOLDS or happened in RELEASES:
        return  # from and to suppression: the tests below
    assert after(life, happened, latching=event == "L").state is _FIGURE.get((state, event), state)


@pytest.mark.parametrize("life", _TOLD.values(), ids=str)
@pytest.mark.parametrize(
    ("begin", "end", "state"),
    [
        (_E.SHELVED, _E.UNSHELVED, _S.SHELVED),
        (_E.SUPPRESSED, _E.UNSUPPRESSED, _S.SUPPRESSED_BY_DESIGN),
        (_E.REMOVED, _E.RESTORED, _S.OUT_OF_SERVICE),
    ],
)
def test_from_every_state_an_alarm_can_be_held_back_and_comes_back_as_its_condition_is(
    life: Life, begin: AlarmEvent, end: AlarmEvent, state: AlarmState
) -> None:
    held = after(life, begin)
    assert held.state is state
    assert after(held, AlarmEvent.ACKNOWLEDGED) == held, "there is nothing to acknowledge"
    back = after(held, end)
    if life.present:
        assert back.state is AlarmState.UNACKNOWLEDGED, "it rings anew"
    elif not life.latched:
        rang_unseen = life.unseen and begin is AlarmEvent.SUPPRESSED
        assert back.state is (AlarmState.RETURNED_UNACKNOWLEDGED if rang_unseen else AlarmState.NORMAL)
    else:
        assert back.state is AlarmState.LATCHED_UNACKNOWLEDGED


@given(_LIVES, st.lists(st.tuples(st.sampled_from(AlarmEvent), st.booleans()), max_size=12))
def test_no_order_of_events_loses_a_condition_that_is_there(life: Life, events: list[tuple[AlarmEvent, bool]]) -> None:
    for event, latching in events:
        life = after(life, event, latching=latching)
        assert life.state in AlarmState
        assert life.state.suppressed == bool(life.held)
        if life.present:
            assert life.state is not AlarmState.NORMAL
    for end in RELEASES:
        life = after(life, end)
    assert life.state.needs_acknowledgement or not life.unseen
    assert not life.state.suppressed
    assert life.present == (life.state in (AlarmState.UNACKNOWLEDGED, AlarmState.ACKNOWLEDGED))


@given(
    st.lists(st.floats(0.901, 1.099, allow_nan=False), min_size=1, max_size=40), st.integers(1, 3), st.integers(1, 3)
)
def test_a_value_that_dances_on_its_limit_is_one_alarm(values: list[float], on: int, off: int) -> None:
    """The limit is 1 and the deadband a tenth of it: within that, an alarm that rang does not return."""
    streak, active, rang = Streak(), False, 0
    for value in values:
        bad = within_deadband(bad=value > 1, margin=1 - value, deadband=0.1, active=active)
        streak = advance(streak, bad=bad, at=NOW)
        step = transition(streak, active=active, on_delay=on, off_delay=off)
        rang += step is Transition.ACTIVATE
        active = active or step is Transition.ACTIVATE
        assert step is not Transition.RETURN
    assert rang <= 1


def test_clear_of_the_deadband_it_returns_and_without_a_deadband_it_dances() -> None:
    assert within_deadband(bad=False, margin=0.05, deadband=0.1, active=True) is True
    assert within_deadband(bad=False, margin=0.1, deadband=0.1, active=True) is False
    assert within_deadband(bad=False, margin=0.05, deadband=0.1, active=False) is False
    assert within_deadband(bad=False, margin=0.0, deadband=0.0, active=True) is False
    assert within_deadband(bad=None, margin=0.05, deadband=0.1, active=True) is None
    assert within_deadband(bad=False, margin=None, deadband=0.1, active=True) is False


def test_only_what_is_told_and_there_counts_as_active() -> None:
    assert [state for state in AlarmState if is_active(state)] == [AlarmState.UNACKNOWLEDGED, AlarmState.ACKNOWLEDGED]
