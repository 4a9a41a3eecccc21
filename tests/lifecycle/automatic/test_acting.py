"""An alarm is answered once: with advice, or with a rollback after its countdown, and never to an unhealthy version."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from aiqu_desktop.core.errors import Refused
from aiqu_desktop.core.words import AlarmState, AutomaticState, Trigger
from aiqu_desktop.lifecycle import preview_rollback
from aiqu_desktop.lifecycle.automatic.lapse import LATE
from aiqu_desktop.lifecycle.lock import sole_release
from aiqu_desktop.lifecycle.safe_state.previews import preview_stop
from aiqu_desktop.monitoring.alarms import acknowledge
from aiqu_desktop.registry.tables import AuditRecord, ReleaseAuthority
from aiqu_desktop.security import audit
from aiqu_desktop.services import automatic
from aiqu_desktop.services.automatic_rows import countdown_rows
from tests.factories.people import ADMIN, APPROVER, ENGINEER, OPERATOR, rolled_back, stopped
from tests.lifecycle.automatic.case import COUNTDOWN, GUARANTEE, Case
from tests.lifecycle.fake_target import Mood

WAITING, DONE, ADVISED = AutomaticState.WAITING, AutomaticState.DONE, AutomaticState.ADVISED
VETOED, CANCELLED, FAILED = AutomaticState.VETOED, AutomaticState.CANCELLED, AutomaticState.FAILED


def _acted(site: Case) -> Any:
    """Look, wait for the countdown, look again."""
    site.look()
    return site.look(after=COUNTDOWN)


def test_without_a_policy_it_advises_in_the_alarm_and_does_nothing(worse: Case) -> None:
    row = worse.look()
    assert row is not None and (row.state, row.to_version, row.due_at) == (ADVISED, 1, None)
    assert "No policy is signed" in row.obstacle
    (alarm,) = worse.alarms("performance")
    assert alarm.response == row.sentence and alarm.response.startswith("Roll back to version 1.")
    assert "60 labelled rows" in row.sentence and "beside 0.5 of what version 2 answered" in row.sentence
    worse.look(after=timedelta(days=3))
    assert worse.states() == [ADVISED] and worse.serving() == 2
    assert worse.alarms("automatic") == [], "advice is no alarm of its own"


def test_under_a_policy_it_counts_down_and_then_rolls_back_once(worse: Case) -> None:
    worse.sign()
    row = worse.look()
    assert row is not None and row.state is WAITING and row.due_at == worse.clock.now() + COUNTDOWN
    with worse.registry.read() as session:
        assert [running.id for running in countdown_rows(session, worse.registry)] == [row.id]
    worse.look(after=COUNTDOWN - timedelta(seconds=1))
    assert worse.serving() == 2, "the countdown still runs"
    row = worse.look(after=timedelta(seconds=1))
    assert row is not None and (row.state, row.from_version, row.to_version) == (DONE, 2, 1)
    assert (worse.serving(), worse.live()) == (1, 1)
    assert (row.guarantee, row.signed_by, row.policy) == (GUARANTEE, "Eva and Maria", 1)
    assert row.seconds_to_proof is not None and row.from_digest == worse.digest(2)
    worse.look(after=timedelta(days=1))
    assert worse.states() == [DONE]
    assert worse.releases() == [("promotion", "completed"), ("promotion", "completed"), ("rollback", "completed")]
    with worse.registry.read() as session:
        assert audit.verify(session).intact
        authority = session.scalars(select(ReleaseAuthority)).all()[-1]
        assert authority.approved_by == "Eva and Maria, beforehand"
        actions = session.scalars(select(AuditRecord.action).where(AuditRecord.action.like("automatic.%"))).all()
    assert actions == ["automatic.proposed", "automatic.approved", "automatic.waiting", "automatic.done"]


def test_it_tells_afterwards_until_somebody_has_seen_it(worse: Case) -> None:
    worse.sign()
    _acted(worse)
    (told,) = worse.alarms("automatic")
    assert told.state is AlarmState.RETURNED_UNACKNOWLEDGED and told.priority.value == "high"
    assert "Version 2 → version 1 was rolled back automatically" in told.message and told.guarantee == GUARANTEE
    with worse.registry.write() as session:
        assert acknowledge(session, told.id, by="Olle", note="seen", now=worse.clock.now()).state is AlarmState.NORMAL


def test_a_trigger_that_the_policy_does_not_name_is_advice(worse: Case) -> None:
    worse.sign(triggers=(Trigger.GOLDEN,))
    row = worse.look()
    assert row is not None and row.state is ADVISED and "does not name the trigger performance" in row.obstacle


@pytest.mark.parametrize("trigger", [Trigger.GOLDEN, Trigger.ERRORS])
def test_a_plain_fact_about_the_target_needs_no_labelled_rows(site: Case, trigger: Trigger) -> None:
    site.sign(triggers=(trigger,))
    site.alarm(trigger)
    row = _acted(site)
    assert row is not None and row.state is DONE and row.trigger is trigger and site.serving() == 1


def test_an_alarm_that_the_policy_names_comes_before_another(worse: Case) -> None:
    worse.sign(triggers=(Trigger.GOLDEN,))
    worse.look()
    worse.alarm(Trigger.GOLDEN)
    row = worse.look()
    assert worse.states() == [CANCELLED, WAITING] and row is not None and row.trigger is Trigger.GOLDEN


@pytest.mark.parametrize("who", [OPERATOR, ENGINEER, APPROVER])
def test_one_person_vetoes_and_that_alarm_is_not_answered_again(worse: Case, who: Any) -> None:
    worse.sign()
    worse.look()
    row = automatic.veto(worse.registry, "toy", who, "the sensor was just cleaned")
    assert row.state is VETOED and "the sensor was just cleaned" in row.ended
    worse.look(after=COUNTDOWN)
    worse.look(after=timedelta(days=2))
    assert worse.states() == [VETOED] and worse.serving() == 2
    worse.alarm(bad=False)
    worse.alarm(onset=worse.clock.now() - timedelta(days=3))
    worse.look()
    assert worse.states() == [VETOED, WAITING], "another alarm is another matter"


def test_a_veto_needs_the_right_role_and_something_that_waits(worse: Case) -> None:
    with pytest.raises(Refused, match="nothing to veto"):
        automatic.veto(worse.registry, "toy", OPERATOR, "no")
    worse.sign()
    worse.look()
    with pytest.raises(Refused, match="needs the signature of"):
        automatic.veto(worse.registry, "toy", ADMIN, "no")
    worse.look(after=COUNTDOWN)
    with pytest.raises(Refused, match="nothing to veto"):
        automatic.veto(worse.registry, "toy", OPERATOR, "too late")


def test_the_switch_to_advice_ends_a_countdown(worse: Case) -> None:
    worse.sign()
    worse.look()
    automatic.advise_only(worse.registry, "toy", OPERATOR, "not now")
    worse.look(after=COUNTDOWN)
    assert worse.states() == [CANCELLED, ADVISED] and worse.serving() == 2


def test_a_policy_that_ends_or_is_replaced_meanwhile_ends_a_countdown(worse: Case) -> None:
    worse.sign(valid_until=worse.clock.now() + COUNTDOWN)
    worse.look()
    row = worse.look(after=COUNTDOWN)
    assert worse.states() == [CANCELLED, ADVISED] and row is not None and "was valid until" in row.obstacle
    worse.sign()
    worse.look()
    worse.sign(at_most=2)
    worse.look(after=COUNTDOWN)
    assert worse.states()[-2:] == [CANCELLED, WAITING] and worse.serving() == 2


def test_a_policy_signed_while_the_alarm_stands_begins_a_countdown(worse: Case) -> None:
    worse.look()
    worse.sign()
    worse.look()
    assert worse.states() == [CANCELLED, WAITING]


def test_an_alarm_that_is_over_ends_a_countdown(worse: Case) -> None:
    worse.sign()
    worse.look()
    worse.alarm(bad=False)
    row = worse.look(after=COUNTDOWN)
    assert row is not None and row.state is CANCELLED and "was over" in row.ended and worse.serving() == 2


def test_a_rollback_by_hand_ends_a_countdown(worse: Case) -> None:
    worse.sign()
    worse.look()
    assert rolled_back(worse.registry, worse.target, preview_rollback(worse.registry, "toy", target=worse.target)).done
    row = worse.look(after=COUNTDOWN)
    assert row is not None and row.state is CANCELLED and "Version 1 is live meanwhile" in row.ended
    assert len(worse.releases()) == 3


def test_what_nobody_carried_out_in_time_is_asked_anew(worse: Case) -> None:
    worse.sign()
    worse.look()
    worse.look(after=COUNTDOWN + LATE + timedelta(seconds=1))
    assert worse.states() == [CANCELLED, WAITING] and worse.serving() == 2, "not late and unseen"
    worse.look(after=COUNTDOWN + LATE)
    assert worse.states() == [CANCELLED, DONE], "a little late is in time"


def test_it_waits_while_another_release_of_the_model_runs(worse: Case) -> None:
    worse.sign()
    worse.look()
    with sole_release(worse.registry.paths, "toy"):
        worse.look(after=COUNTDOWN)
        assert worse.states() == [WAITING] and worse.serving() == 2
    worse.look(after=timedelta(seconds=1))
    assert worse.states() == [DONE]


def test_a_target_that_does_not_answer_stops_it_before_anything_is_switched(worse: Case) -> None:
    worse.sign()
    worse.look()
    worse.target.mood = Mood.DEAD
    row = worse.look(after=COUNTDOWN)
    assert worse.states() == [CANCELLED, ADVISED] and row is not None and "no sign of life" in row.obstacle
    assert len(worse.alarms("automatic", active=True)) == 1, "nothing happens by itself, and that is said"
    worse.target.mood = Mood.WELL
    with worse.registry.read() as session:
        assert audit.verify(session).intact


def test_one_that_did_not_take_is_told_and_not_tried_again(worse: Case) -> None:
    worse.sign()
    worse.look()
    worse.target.mood = Mood.REFUSES
    row = worse.look(after=COUNTDOWN)
    assert row is not None and row.state is FAILED and (worse.serving(), worse.live()) == (2, 2)
    (told,) = worse.alarms("automatic")
    assert "could not be rolled back automatically" in told.message
    worse.target.mood = Mood.WELL
    worse.look(after=timedelta(days=1))
    assert worse.states() == [FAILED]


def test_it_acts_within_a_freeze_window_because_back_is_the_safe_way(worse: Case) -> None:
    worse.policy('[freeze]\nwindows = ["00:00-24:00"]')
    worse.sign()
    row = _acted(worse)
    assert row is not None and row.state is DONE


def test_a_stop_ends_the_countdown_and_nothing_is_rolled_back_while_it_stands(worse: Case) -> None:
    worse.sign()
    worse.look()
    preview = preview_stop(worse.registry, "toy")
    assert stopped(worse.registry, worse.target, preview).done
    row = worse.look(after=COUNTDOWN)
    assert row is not None and row.state is CANCELLED and "The model is stopped since" in row.ended
    worse.look(after=timedelta(days=1))
    assert worse.states() == [CANCELLED] and worse.target.serving is None
