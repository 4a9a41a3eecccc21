"""Target: does the target answer with the version that the registry calls live, and do its golden cases pass there?

This is the reconciler: it finds a switch by hand, and an engine that started anew with another version. Of a model that
is stopped it asks the opposite: does it stand still? Whatever answers then, somebody started by hand.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from sqlalchemy import select

from aiqu_desktop.core.clock import iso
from aiqu_desktop.core.errors import AiquError
from aiqu_desktop.core.words import ReleaseState, Trigger, Verdict
from aiqu_desktop.lifecycle.automatic.standing import latency_budget
from aiqu_desktop.lifecycle.facts import facts_of, staging_files
from aiqu_desktop.lifecycle.history import placed_by
from aiqu_desktop.lifecycle.safe_state.hold import Stopped, stopped
from aiqu_desktop.lifecycle.targets.choice import target_of
from aiqu_desktop.lifecycle.targets.target import Observation, Placement, Stop, Target
from aiqu_desktop.monitoring.alarm_records import RECORDS
from aiqu_desktop.monitoring.context import CheckContext
from aiqu_desktop.monitoring.outcome import CheckOutcome, Condition
from aiqu_desktop.monitoring.release_alarm import standing_condition
from aiqu_desktop.monitoring.settings import TargetSettings
from aiqu_desktop.monitoring.stop_alarm import stop_conditions
from aiqu_desktop.registry import ArtifactStore
from aiqu_desktop.registry.tables import Model, Release, Version

_WRONG, _SILENT = RECORDS["target"], RECORDS["target-silent"]
_STARTED = "Find out who started it by hand and have it taken out of service there; then stop it here again."


@dataclass(frozen=True, slots=True)
class _Answer:
    """alive: the target answered. wrong: it is known to serve something else; None where nobody can know.

    golden: golden cases of the right version fail there. erring: it serves the right version and gives no answers.
    answer_ms: how long all golden cases took there, from question to last answer. None where nobody can know.
    """

    verdict: Verdict
    sentence: str
    alive: bool
    wrong: bool | None
    proof: Observation | None = None
    golden: bool | None = None
    erring: bool | None = None
    answer_ms: float | None = None


def answer(settings: TargetSettings, context: CheckContext) -> CheckOutcome:
    """Ask the target what it serves and have the golden cases answered there."""
    before = _release_state(context)
    if before[0]:
        return CheckOutcome(Verdict.UNKNOWN, "A release is under way; it proves the target itself.")
    with context.registry.read() as session:
        standing = stopped(session, context.model_id)
    if context.version is None:
        found = _nothing_live(context)
    else:
        try:
            target = target_of(context.registry, context.model)
            found = _compare(target, context) if standing is None else _stands_still(target, standing)
        except AiquError as error:
            found = _Answer(Verdict.UNKNOWN, str(error), alive=False, wrong=None)
    if _release_state(context) != before:
        return CheckOutcome(Verdict.UNKNOWN, "A release came in between; it proves the target itself.")
    proven = found.verdict is Verdict.GOOD
    with context.registry.read() as session:
        release = standing_condition(session, context.model_id, proven=proven)
        of_stop = stop_conditions(session, context.model_id, context.now)
        budget = latency_budget(session, session.get_one(Model, context.model_id), context.now)
    conditions = (
        Condition(
            _WRONG.key,
            found.wrong,
            _WRONG.priority,
            found.sentence,
            _WRONG.response if standing is None else _STARTED,
        ),
        *_of_the_version(settings, found, budget),
        Condition(
            _SILENT.key,
            None if context.version is None else not found.alive,
            _SILENT.priority,
            found.sentence,
            _SILENT.response,
            on_delay=int(settings.silent_on_delay),
        ),
        *of_stop,
    )
    return CheckOutcome(
        found.verdict,
        found.sentence,
        window_to=context.now,
        conditions=conditions if release is None else (*conditions, release),
        result={"proof": found.proof.to_json() if found.proof else None, "answer_ms": found.answer_ms},
    )


def _of_the_version(settings: TargetSettings, found: _Answer, budget: float | None) -> tuple[Condition, ...]:
    """What is wrong with the right version on the target; each may call for an automatic rollback."""
    delay = int(settings.silent_on_delay)
    slow, taken = False, "No policy limits how long answers may take."
    if budget is not None and found.answer_ms is not None:
        slow = found.answer_ms > budget
        taken = f"The golden cases took {found.answer_ms:.0f} ms on the target; the policy allows {budget:.0f} ms."
    unknown = budget is not None and found.answer_ms is None
    unfit, breaks, late = RECORDS[Trigger.GOLDEN], RECORDS[Trigger.ERRORS], RECORDS[Trigger.LATENCY]
    return (
        Condition(Trigger.GOLDEN, found.golden, unfit.priority, found.sentence, unfit.response, of_version=True),
        Condition(
            Trigger.ERRORS,
            found.erring,
            breaks.priority,
            found.sentence,
            breaks.response,
            on_delay=delay,
            of_version=True,
        ),
        Condition(
            Trigger.LATENCY,
            None if unknown else slow,
            late.priority,
            taken,
            late.response,
            on_delay=delay,
            of_version=True,
        ),
    )


def _compare(target: Target, context: CheckContext) -> _Answer:
    live, files = _live(context)
    name = target.name[:1].upper() + target.name[1:]
    seen = target.observe()
    context.report(0.4)
    if not seen.alive:
        why = f" ({seen.refusal.rstrip('.')})" if seen.refusal else ""
        return _Answer(Verdict.UNKNOWN, f"{name} gives no sign of life{why}.", alive=False, wrong=None)
    if not seen.serving_observed:
        return _told(name, seen, live)
    if seen.serving is None or seen.serving.digest != live.digest:
        return _Answer(Verdict.BAD, f"{name} serves {_differs(seen.serving, live)}", True, True, seen)
    began = time.monotonic()
    try:
        smoke = target.smoke(seen.serving, files, target.patience)
    except AiquError as error:
        sentence = f"{name} serves version {live.version}, but it did not answer the golden cases: {error}"
        return _Answer(Verdict.BAD, sentence, True, False, seen, None, True)
    took = 1000.0 * (time.monotonic() - began)
    proof = seen.with_smoke(smoke)
    if not smoke.ok:
        failed = f"{smoke.total - smoke.passed} of {smoke.total} golden cases fail there"
        why = f": {smoke.failure}" if smoke.failure else "."
        sentence = f"{name} serves version {live.version}, but {failed}{why}"
        return _Answer(Verdict.BAD, sentence, True, False, proof, smoke.total > 0, smoke.total == 0, took)
    sentence = f"{name} answers with version {live.version}; {smoke.passed} of {smoke.total} golden cases pass there."
    return _Answer(Verdict.GOOD, sentence, True, False, proof, False, False, took)


def _stands_still(target: Target, standing: Stopped) -> _Answer:
    """Whether a stopped model answers nothing, as it shall."""
    wanted, seen = Stop(standing.release), target.observe()
    name, since = target.name[:1].upper() + target.name[1:], f"stopped since {iso(standing.since)} by {standing.by}"
    if seen.proves(wanted):
        return _Answer(Verdict.GOOD, f"{name} answers nothing, as it shall: {since}.", True, False, seen)
    if not seen.alive:
        why = f" ({seen.refusal.rstrip('.')})" if seen.refusal else ""
        sentence = f"{name} gives no sign of life{why}, so nobody knows that it stands still; {since}."
        return _Answer(Verdict.UNKNOWN, sentence, alive=False, wrong=None, proof=seen)
    if seen.told(wanted):
        sentence = f"{name} is told to serve nothing; what serves there is not observed; {since}."
        return _Answer(Verdict.UNKNOWN, sentence, True, False, seen)
    if seen.serving_observed and seen.serving is None and not seen.foreign:
        sentence = f"{name} serves nothing now, but does not say that it obeys this stop; {since}."
        return _Answer(Verdict.UNKNOWN, sentence, True, None, seen)
    found = seen.serving if seen.serving_observed else seen.pointed
    what = f"version {found.version}" if found is not None and found.version else "something"
    does = "answers with" if seen.serving_observed else "is told to serve"
    return _Answer(Verdict.BAD, f"{name} {does} {what} although the model is {since}.", True, True, seen)


def _told(name: str, seen: Observation, live: Placement) -> _Answer:
    if seen.pointed is None or seen.pointed.digest != live.digest:
        return _Answer(Verdict.BAD, f"{name} is told to serve {_differs(seen.pointed, live)}", True, True, seen)
    sentence = f"{name} is told to serve version {live.version}; what serves there is not observed."
    return _Answer(Verdict.UNKNOWN, sentence, True, False, seen)


def _differs(found: Placement | None, live: Placement) -> str:
    if found is None:
        other = "no version that is known here"
    else:
        number = f"version {found.version}" if found.version else "another version"
        other = f"{number} ({found.digest[:12]}…)"
    return (
        f"{other}, and the registry says version {live.version}: someone switched by hand, or it started anew "
        "with something else."
    )


def _nothing_live(context: CheckContext) -> _Answer:
    """No version is live by the registry: nothing is asked of anyone."""
    return _Answer(Verdict.UNKNOWN, f"{context.model} has no live version, so there is nothing to compare.", True, None)


def _live(context: CheckContext) -> tuple[Placement, dict[str, bytes]]:
    """The champion as the target has it, and what was staged of it."""
    with context.registry.read() as session:
        version = facts_of(session.get_one(Version, context.version_id))
        release = placed_by(session, context.model_id, version.version_id)
    store = ArtifactStore(context.registry.paths.artifacts, context.registry.clock)
    placement = Placement(version.digest, version.number, release)
    return placement, staging_files(store, version)


def _release_state(context: CheckContext) -> tuple[bool, int]:
    """Whether a release of the model is open, and how many have ended."""
    with context.registry.read() as session:
        states: list[ReleaseState] = list(
            session.scalars(select(Release.state).where(Release.model_id == context.model_id))
        )
    return any(state.unfinished for state in states), len(states)
