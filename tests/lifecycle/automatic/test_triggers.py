"""What the target check sees of the right version on the target: each fact has an alarm of its own that may trigger."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import SimpleNamespace

import pytest

from aiqu_desktop.core.errors import EnvironmentFault
from aiqu_desktop.core.words import AutomaticState, Trigger, Verdict
from aiqu_desktop.lifecycle import Placement, Smoke
from aiqu_desktop.monitoring import target_check
from aiqu_desktop.monitoring.alarms import apply_condition
from aiqu_desktop.monitoring.context import make_context
from aiqu_desktop.monitoring.outcome import CheckOutcome
from aiqu_desktop.monitoring.settings import TargetSettings
from tests.lifecycle.automatic.case import COUNTDOWN, Case


@pytest.fixture
def checked(site: Case, monkeypatch: pytest.MonkeyPatch) -> Case:
    """The target check asks the fake."""
    monkeypatch.setattr(target_check, "target_of", lambda _registry, _model: site.target)
    return site


def _check(site: Case) -> CheckOutcome:
    """One run of the check, with its alarms."""
    context = make_context(site.registry, 1, site.clock.now(), lambda _fraction: None)
    outcome = target_check.answer(TargetSettings(), context)
    with site.registry.write() as session:
        for condition in outcome.conditions:
            apply_condition(
                session, condition, model_id=1, version_id=context.version_id, run_id=None, now=site.clock.now()
            )
    return outcome


def _active(site: Case) -> set[str]:
    return {trigger.value for trigger in Trigger if site.alarms(trigger, active=True)}


def test_a_well_target_rings_nothing(checked: Case) -> None:
    assert _check(checked).verdict is Verdict.GOOD and _active(checked) == set()


def test_wrong_answers_of_the_right_version_ring_and_call_for_the_way_back(
    checked: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked.sign(triggers=(Trigger.GOLDEN,))
    well = checked.target.smoke

    def two_wrong(wanted: Placement, files: Mapping[str, bytes], timeout: float) -> Smoke:
        return Smoke(8, 10, 0.4, "case 3 differs.") if wanted.version == 2 else well(wanted, files, timeout)

    monkeypatch.setattr(checked.target, "smoke", two_wrong)
    assert _check(checked).verdict is Verdict.BAD
    assert _active(checked) == {"golden"} and checked.alarms("target", active=True) == []
    checked.look()
    row = checked.look(after=COUNTDOWN)
    assert row is not None and row.state is AutomaticState.DONE and checked.serving() == 1
    assert _check(checked).verdict is Verdict.GOOD and _active(checked) == set(), "it spoke of the other version"


def test_no_answers_ring_at_the_second_time(checked: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_given: object) -> Smoke:
        raise EnvironmentFault("The engine answers 500; look at its log.")

    monkeypatch.setattr(checked.target, "smoke", broken)
    assert "did not answer the golden cases" in _check(checked).summary and _active(checked) == set()
    _check(checked)
    assert _active(checked) == {"target-errors"}


def test_slow_answers_ring_only_under_a_policy_that_says_how_slow(
    checked: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow() -> Iterator[float]:
        while True:
            yield from (0.0, 3.0)

    instants = slow()
    monkeypatch.setattr(target_check, "time", SimpleNamespace(monotonic=lambda: next(instants)))
    for _ in range(2):
        _check(checked)
    assert _active(checked) == set()
    checked.sign(triggers=(Trigger.LATENCY,), latency_ms=2000.0)
    for _ in range(2):
        assert _check(checked).result["answer_ms"] == 3000.0
    assert _active(checked) == {"target-latency"}
    (alarm,) = checked.alarms(Trigger.LATENCY)
    assert "3000 ms" in alarm.message and "2000 ms" in alarm.message
    checked.sign(triggers=(Trigger.LATENCY,), latency_ms=4000.0)
    _check(checked)
    assert _active(checked) == set()
