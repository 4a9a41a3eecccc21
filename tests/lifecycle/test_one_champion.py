"""Whatever is asked in whatever order, and wherever it is cut off: one champion, and the target follows it."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from aiqu_desktop.bundles import import_bundle
from aiqu_desktop.core.clock import ReplayClock
from aiqu_desktop.core.errors import AiquError
from aiqu_desktop.core.paths import SitePaths
from aiqu_desktop.core.words import ReleaseState, VersionState
from aiqu_desktop.lifecycle import (
    Placement,
    ReleaseOutcome,
    preview_promotion,
    preview_rollback,
    settle_unfinished,
    spans,
)
from aiqu_desktop.registry import Registry
from aiqu_desktop.registry.tables import Model, Release, Version
from aiqu_desktop.security import audit
from tests.factories.bundles import make_bundle
from tests.factories.people import promoted, rolled_back
from tests.lifecycle.fake_target import FakeTarget, Mood, copy_model

STEPS = ("intended", "laid", "staged", "pointed", "switched", "probed", "proven", "reverting", "restored")
VERSIONS = (1, 2, 3)
_names = itertools.count(1)

# What to release (0: roll back), how the target behaves from which step on, and where the process is cut off.
acts = st.tuples(
    st.sampled_from((0, *VERSIONS)),
    st.sampled_from(list(Mood)),
    st.sampled_from(("never", *STEPS)),
    st.sampled_from(("never", *STEPS)),
)


class Killed(BaseException):
    """Stands for the end of the process: nothing of the product catches it."""


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    folder: Path = tmp_path_factory.mktemp("champion")
    opened = Registry.create(SitePaths(folder / "site"), ReplayClock(datetime(2008, 3, 1, tzinfo=UTC)))
    for number in VERSIONS:
        import_bundle(opened, make_bundle(folder / str(number), "source", number), actor="Eva")
    yield opened
    opened.close()


def _champion(registry: Registry, model: str) -> tuple[int, str] | None:
    """(number, digest) of the one champion."""
    with registry.read() as session:
        query = select(Version.number, Version.digest).join(Model).where(Model.name == model)
        found = session.execute(query.where(Version.state == VersionState.CHAMPION)).one_or_none()  # raises for two
        return None if found is None else (found.number, found.digest)


def _open(registry: Registry, model: str) -> list[Release]:
    states = [state for state in ReleaseState if state.unfinished]
    with registry.read() as session:
        return list(session.scalars(select(Release).join(Model).where(Model.name == model, Release.state.in_(states))))


def _act(
    registry: Registry, target: FakeTarget, model: str, number: int, mood: Mood, turn: str, end: str
) -> ReleaseOutcome:
    def step(name: str, _detail: str) -> None:
        if name == turn:
            target.mood = mood
        if name == end:
            raise Killed

    if number:
        preview = preview_promotion(registry, model, number, target=target)
        return promoted(registry, target, preview, timeout=0, on_step=step)
    preview = preview_rollback(registry, model, target=target)
    return rolled_back(registry, target, preview, timeout=0, on_step=step)


def _holds(registry: Registry, target: FakeTarget, model: str) -> None:
    """What must be true at any moment, also while a release is open."""
    champion = _champion(registry, model)
    opened = _open(registry, model)
    assert len(opened) <= 1
    if not opened:
        # Nothing is open: the target is told to serve the champion, and nothing else.
        assert (target.pointed.digest if target.pointed else None) == (champion[1] if champion else None)


def _is_true(
    outcome: ReleaseOutcome, registry: Registry, target: FakeTarget, model: str, before: tuple[int, str] | None
) -> None:
    """An outcome says what is: completed means that the target serves it, anything else that nothing has changed."""
    now = _champion(registry, model)
    if outcome.done:
        assert now is not None and now[0] == outcome.to_version
        assert target.serving is not None and target.serving.digest == now[1]
    else:
        assert now == before
    if outcome.state is ReleaseState.REVERTED and outcome.proof:
        assert (target.serving.digest if target.serving else None) == (before[1] if before else None)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(story=st.lists(acts, min_size=1, max_size=7))
def test_there_are_never_two_champions_and_settling_always_ends_with_the_target_on_the_one(
    registry: Registry, story: list[tuple[int, Mood, str, str]]
) -> None:
    model, target = f"story-{next(_names)}", FakeTarget()
    copy_model(registry, "source", model)
    for number, mood, turn, end in story:
        before = _champion(registry, model)
        outcome = None
        with contextlib.suppress(AiquError, Killed):
            outcome = _act(registry, target, model, number, mood, turn, end)
        _holds(registry, target, model)
        if outcome is not None:
            _is_true(outcome, registry, target, model, before)
        settle_unfinished(registry, lambda _: target, timeout=0)
        _holds(registry, target, model)
    target.mood = Mood.WELL
    settle_unfinished(registry, lambda _: target, timeout=0)
    assert _open(registry, model) == [], "a target that is well again lets every release be settled"
    champion = _champion(registry, model)
    seen = target.observe()
    assert (seen.serving.digest if seen.serving else None) == (champion[1] if champion else None)
    past = spans(registry, model)
    assert (past[-1].number if past else None) == (champion[0] if champion else None)
    with registry.read() as session:
        assert audit.verify(session).intact


@pytest.mark.campaign
@pytest.mark.parametrize("end", ["never", *STEPS])
@pytest.mark.parametrize("turn", ["intended", "staged", "pointed"])
@pytest.mark.parametrize("mood", list(Mood), ids=lambda mood: mood.name.lower())
def test_every_fault_at_every_step_leaves_the_old_or_the_new_version_live(
    registry: Registry, mood: Mood, turn: str, end: str
) -> None:
    model, target = f"fault-{next(_names)}", FakeTarget()
    copy_model(registry, "source", model)
    assert _act(registry, target, model, 1, Mood.WELL, "never", "never").done
    try:
        _act(registry, target, model, 2, mood, turn, end)
    except (AiquError, Killed):
        assert len(_open(registry, model)) <= 1
    target.mood = Mood.WELL
    settle_unfinished(registry, lambda _: target, timeout=0)
    champion, seen = _champion(registry, model), target.observe()
    assert champion is not None and champion[0] in (1, 2)
    assert seen.pointed == seen.serving and seen.serving is not None and seen.serving.digest == champion[1]
    assert _open(registry, model) == []


def _killed(registry: Registry, target: FakeTarget, model: str, step: str) -> None:
    """A promotion from version 1 to version 2 that is cut off at a step."""
    copy_model(registry, "source", model)
    assert _act(registry, target, model, 1, Mood.WELL, "never", "never").done
    with pytest.raises(Killed):
        _act(registry, target, model, 2, Mood.WELL, "never", step)


def test_what_was_never_switched_is_reverted_without_asking_a_dead_target(registry: Registry) -> None:
    model, target = f"dead-{next(_names)}", FakeTarget()
    _killed(registry, target, model, "intended")
    target.mood = Mood.DEAD
    (outcome,) = settle_unfinished(registry, lambda _: target, timeout=0)
    assert outcome.state is ReleaseState.REVERTED
    assert "nothing was switched, and version 1 stays live" in outcome.sentence


def test_a_target_that_still_serves_what_it_is_no_longer_told_to_does_not_complete_the_release(
    registry: Registry,
) -> None:
    model, target = f"late-{next(_names)}", FakeTarget()
    _killed(registry, target, model, "proven")
    former = target.pointed
    assert target.serving is not None and target.serving.version == 2
    with registry.read() as session:
        version = session.scalars(select(Version).join(Model).where(Model.name == model, Version.number == 1)).one()
        release = spans(registry, model)[0].release
    target.mood = Mood.SILENT  # it has not yet followed the restored pointer when its process was killed
    target.pointed = Placement(version.digest, 1, release)
    assert former != target.pointed
    (outcome,) = settle_unfinished(registry, lambda _: target, timeout=0)
    assert not outcome.done and target.pointed.version == 1
    champion = _champion(registry, model)
    assert champion is not None and champion[0] == 1


def test_a_pointer_that_cannot_be_restored_keeps_the_release_open_for_the_next_start(registry: Registry) -> None:
    model, target = f"locked-{next(_names)}", FakeTarget()
    _killed(registry, target, model, "staged")
    target.mood = Mood.LOCKED
    (outcome,) = settle_unfinished(registry, lambda _: target, timeout=0)
    assert outcome.state.unfinished and "stays open" in outcome.sentence and "permissions" in outcome.sentence
    target.mood = Mood.WELL
    (outcome,) = settle_unfinished(registry, lambda _: target, timeout=0)
    assert outcome.state is ReleaseState.REVERTED and settle_unfinished(registry, lambda _: target, timeout=0) == ()
