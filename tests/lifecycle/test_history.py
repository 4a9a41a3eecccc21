"""Which version was live when, and which one a rollback goes to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from aiqu_desktop.bundles import import_bundle
from aiqu_desktop.core.clock import ReplayClock
from aiqu_desktop.core.errors import Refused
from aiqu_desktop.core.paths import SitePaths
from aiqu_desktop.core.words import AlarmState, Priority, ReleaseKind, VersionState
from aiqu_desktop.lifecycle import preview_promotion, preview_rollback, span_at, spans
from aiqu_desktop.registry import Registry
from aiqu_desktop.registry.tables import Alarm, Model, Version
from tests.factories.bundles import make_bundle
from tests.factories.people import promoted, rolled_back
from tests.lifecycle.fake_target import FakeTarget, Mood

DAY = timedelta(days=1)
START = datetime(2008, 3, 1, tzinfo=UTC)


class Story:
    """A model whose releases happen a day apart on a replayed clock."""

    def __init__(self, registry: Registry, clock: ReplayClock) -> None:
        self.registry = registry
        self.clock = clock
        self.target = FakeTarget()

    def next_day(self) -> None:
        self.clock.move_to(self.clock.now() + DAY)

    def promote(self, number: int) -> None:
        self.next_day()
        preview = preview_promotion(self.registry, "toy", number, target=self.target)
        assert promoted(self.registry, self.target, preview).done

    def roll_back(self, number: int | None = None) -> int:
        self.next_day()
        preview = preview_rollback(self.registry, "toy", number, target=self.target)
        outcome = rolled_back(self.registry, self.target, preview)
        assert outcome.done
        return outcome.to_version

    def alarm(self, number: int | None, key: str = "performance") -> None:
        """A day later an alarm of a version (None: of the model alone) becomes active."""
        self.next_day()
        with self.registry.write() as session:
            model = session.scalars(select(Model)).one()
            version = session.scalar(select(Version.id).where(Version.number == number)) if number else None
            session.add(
                Alarm(
                    model_id=model.id, version_id=version, key=key, priority=Priority.HIGH, message="It hurts.",
                    state=AlarmState.UNACKNOWLEDGED, response="Roll back.", activated_at=self.clock.now(),
                )
            )  # fmt: skip

    def alarm_returns(self) -> None:
        self.next_day()
        with self.registry.write() as session:
            alarm = session.scalars(select(Alarm).where(Alarm.returned_at.is_(None))).one()
            alarm.returned_at, alarm.state = self.clock.now(), AlarmState.NORMAL

    def last_known_good(self) -> int | None:
        version = preview_rollback(self.registry, "toy", target=self.target).to_version
        return version.number if version else None

    def served(self, days: float) -> int | None:
        span = span_at(spans(self.registry, "toy"), START + days * DAY)
        return span.number if span else None


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    clock = ReplayClock(START)
    registry = Registry.create(SitePaths(tmp_path / "site"), clock)
    for number in (1, 2, 3):
        import_bundle(registry, make_bundle(tmp_path / str(number), "toy", number), actor="Eva")
    yield Story(registry, clock)
    registry.close()


def test_what_was_served_follows_completed_releases_in_the_sites_time(story: Story) -> None:
    assert story.served(0) is None and spans(story.registry, "toy") == ()
    story.promote(1)
    story.promote(2)
    story.roll_back()
    assert [story.served(days) for days in (0.9, 1, 1.9, 2, 2.9, 3, 100)] == [None, 1, 1, 2, 2, 1, 1]
    first, second, third = spans(story.registry, "toy")
    assert (first.number, second.number, third.number) == (1, 2, 1)
    assert first.until == second.since == START + 2 * DAY and third.until is None
    assert (second.ended_by, third.kind) == (ReleaseKind.ROLLBACK, ReleaseKind.ROLLBACK)


def test_releases_at_the_same_replayed_instant_keep_their_order(story: Story) -> None:
    story.promote(1)
    for number in (3, 2):
        preview = preview_promotion(story.registry, "toy", number, target=story.target)
        assert promoted(story.registry, story.target, preview).done
    assert [span.number for span in spans(story.registry, "toy")] == [1, 3, 2]
    assert story.served(1) == 2 and story.served(0.5) is None


def test_a_release_that_was_reverted_never_served(story: Story) -> None:
    story.promote(1)
    story.next_day()
    preview = preview_promotion(story.registry, "toy", 2, target=story.target)
    story.target.mood = Mood.REFUSES
    assert not promoted(story.registry, story.target, preview, timeout=0).done
    assert [span.number for span in spans(story.registry, "toy")] == [1]
    assert story.served(50) == 1


def test_the_last_known_good_is_the_newest_earlier_champion(story: Story) -> None:
    story.promote(1)
    assert story.last_known_good() is None
    story.promote(2)
    story.promote(3)
    assert story.last_known_good() == 2


def test_a_champion_that_hurt_when_it_was_replaced_is_no_known_good(story: Story) -> None:
    story.promote(1)
    story.promote(2)
    story.alarm(2)
    story.promote(3)
    assert story.last_known_good() == 1


def test_an_alarm_that_had_returned_before_the_replacement_does_not_count(story: Story) -> None:
    story.promote(1)
    story.alarm(1)
    story.alarm_returns()
    story.promote(2)
    assert story.last_known_good() == 1


def test_an_alarm_that_returns_after_the_replacement_counts_for_good(story: Story) -> None:
    story.promote(1)
    story.alarm(1)
    story.promote(2)
    story.alarm_returns()
    seen = preview_rollback(story.registry, "toy", target=story.target)
    assert seen.blocked and seen.to_version is None and "no last known good" in seen.blocking
    with pytest.raises(Refused, match="no last known good"):
        rolled_back(story.registry, story.target, seen)


def test_drift_and_an_alarm_of_another_version_are_not_held_against_it(story: Story) -> None:
    story.promote(1)
    story.alarm(1)
    story.promote(2)
    story.alarm(2, key="drift")
    story.promote(3)
    assert story.last_known_good() == 2


def test_the_demos_story_rolls_back_to_the_version_before_the_mistake(story: Story) -> None:
    story.promote(1)
    story.alarm(1)
    story.promote(2)
    story.alarm_returns()
    story.promote(3)
    story.alarm(3)
    assert story.roll_back() == 2
    with story.registry.read() as session:
        states = {v.number: v.state for v in session.scalars(select(Version))}
    assert states == {1: VersionState.RETIRED, 2: VersionState.CHAMPION, 3: VersionState.WITHDRAWN}


def test_a_withdrawn_version_is_no_known_good_even_though_it_was_champion_last(story: Story) -> None:
    story.promote(1)
    story.promote(2)
    story.roll_back()
    story.promote(3)
    assert story.last_known_good() == 1


def test_only_a_healthy_earlier_champion_can_be_named(story: Story) -> None:
    story.promote(1)
    story.promote(2)
    named = preview_rollback(story.registry, "toy", 3, target=story.target)
    assert named.blocked and "it can go to: 1" in named.blocking
    assert preview_rollback(story.registry, "toy", 2, target=story.target).blocked
    story.promote(3)
    assert story.roll_back(1) == 1


def test_the_preview_of_a_promotion_says_the_way_back(story: Story) -> None:
    def way_back(number: int) -> str:
        return preview_promotion(story.registry, "toy", number, target=story.target).way_back

    assert "first version" in way_back(1)
    story.promote(1)
    assert "roll back to version 1" in way_back(2)
    story.alarm(1)
    assert "nothing to roll back to" in way_back(2)
    story.promote(2)
    story.alarm_returns()
    story.promote(3)
    story.alarm(3)
    assert "would go to version 2" in way_back(1)
