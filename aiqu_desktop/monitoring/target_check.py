"""Target: does the target answer with the version that the registry calls live, and do its golden cases pass there?

This is the reconciler: it finds a switch by hand, and an engine that started anew with another version.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from aiqu_desktop.core.errors import AiquError
from aiqu_desktop.core.words import ReleaseState, Verdict
from aiqu_desktop.lifecycle.facts import facts_of, staging_files
from aiqu_desktop.lifecycle.history import spans_of
from aiqu_desktop.lifecycle.targets.choice import target_of
from aiqu_desktop.lifecycle.targets.target import Observation, Placement, Target
from aiqu_desktop.monitoring.alarm_records import RECORDS
from aiqu_desktop.monitoring.context import CheckContext
from aiqu_desktop.monitoring.outcome import CheckOutcome, Condition
from aiqu_desktop.monitoring.release_alarm import standing_condition
from aiqu_desktop.monitoring.settings import TargetSettings
from aiqu_desktop.registry import ArtifactStore
from aiqu_desktop.registry.tables import Release, Version

_WRONG, _SILENT = RECORDS["target"], RECORDS["target-silent"]


@dataclass(frozen=True, slots=True)
class _Answer:
    """alive: the target answered. wrong: it is known to serve something else; None where nobody can know."""

    verdict: Verdict
    sentence: str
    alive: bool
    wrong: bool | None
    proof: Observation | None = None


def answer(settings: TargetSettings, context: CheckContext) -> CheckOutcome:
    """Ask the target what it serves and have the golden cases answered there."""
    before = _release_state(context)
    if before[0]:
        return CheckOutcome(Verdict.UNKNOWN, "A release is under way; it proves the target itself.")
    if context.version is None:
        found = _nothing_live(context)
    else:
        try:
            target = target_of(context.registry, context.model)
            found = _compare(target, context)
        except AiquError as error:
            found = _Answer(Verdict.UNKNOWN, str(error), alive=False, wrong=None)
    if _release_state(context) != before:
        return CheckOutcome(Verdict.UNKNOWN, "A release came in between; it proves the target itself.")
    proven = found.verdict is Verdict.GOOD
    with context.registry.read() as session:
        release = standing_condition(session, context.model_id, proven=proven)
    conditions = (
        Condition(_WRONG.key, found.wrong, _WRONG.priority, found.sentence, _WRONG.response),
        Condition(
            _SILENT.key,
            None if context.version is None else not found.alive,
            _SILENT.priority,
            found.sentence,
            _SILENT.response,
            on_delay=int(settings.silent_on_delay),
        ),
    )
    return CheckOutcome(
        found.verdict,
        found.sentence,
        window_to=context.now,
        conditions=conditions if release is None else (*conditions, release),
        result={"proof": found.proof.to_json() if found.proof else None},
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
    smoke = target.smoke(seen.serving, files, target.patience)
    proof = seen.with_smoke(smoke)
    if not smoke.ok:
        failed = f"{smoke.total - smoke.passed} of {smoke.total} golden cases fail there"
        why = f": {smoke.failure}" if smoke.failure else "."
        return _Answer(Verdict.BAD, f"{name} serves version {live.version}, but {failed}{why}", True, True, proof)
    sentence = f"{name} answers with version {live.version}; {smoke.passed} of {smoke.total} golden cases pass there."
    return _Answer(Verdict.GOOD, sentence, True, False, proof)


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
        past = [span.release for span in spans_of(session, context.model_id) if span.version_id == context.version_id]
    store = ArtifactStore(context.registry.paths.artifacts, context.registry.clock)
    placement = Placement(version.digest, version.number, past[-1] if past else "")
    return placement, staging_files(store, version)


def _release_state(context: CheckContext) -> tuple[bool, int]:
    """Whether a release of the model is open, and how many have ended."""
    with context.registry.read() as session:
        states: list[ReleaseState] = list(
            session.scalars(select(Release.state).where(Release.model_id == context.model_id))
        )
    return any(state.unfinished for state in states), len(states)
