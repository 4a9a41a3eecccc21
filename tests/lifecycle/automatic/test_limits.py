"""Never to an unhealthy version, never more often than signed, never back and forth."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from aiqu_desktop.core.words import AutomaticState, Trigger
from aiqu_desktop.lifecycle.automatic.fitness import examine
from aiqu_desktop.registry.tables import Alarm
from aiqu_desktop.services import automatic
from tests.factories.people import OPERATOR
from tests.lifecycle.automatic.case import COUNTDOWN, Case
from tests.lifecycle.fake_target import Mood

WAITING, DONE, ADVISED = AutomaticState.WAITING, AutomaticState.DONE, AutomaticState.ADVISED


def _alarmed(site: Case, **served: Any) -> Any:
    """The policy is signed, the champion answers a day's rows, its alarm rings, the monitor looks."""
    site.sign()
    onset = site.clock.now()
    site.served(**served)
    site.alarm(onset=onset)
    return site.look()


def test_one_that_is_no_better_on_the_rows_since_the_onset_is_not_gone_back_to(site: Case) -> None:
    row = _alarmed(site, wrong=0.0)
    assert row is not None and (row.state, row.to_version) == (ADVISED, None)
    assert "There is no safe way back" in row.sentence and "Ask for a version" in row.sentence
    (told,) = site.alarms("automatic", active=True)
    assert "no safe way back" in told.message and "retraining request" in told.response
    site.look(after=COUNTDOWN)
    assert site.serving() == 2


def test_too_few_labelled_rows_show_nothing(site: Case) -> None:
    row = _alarmed(site, rows=9, wrong=1.0)
    assert row is not None and row.state is ADVISED and "9 labelled rows since" in row.obstacle


def test_more_labels_that_show_it_later_begin_the_countdown(site: Case) -> None:
    _alarmed(site, rows=9, wrong=1.0)
    site.served(wrong=0.5)
    site.watch._looked_at.clear()  # a check has answered meanwhile
    row = site.look()
    assert row is not None and row.state is WAITING
    assert site.alarms("automatic", active=True) == [], "there is a way back now"


def test_one_whose_files_were_damaged_is_not_gone_back_to(site: Case) -> None:
    digest = site.digest(1)
    file = next(path for path in site.registry.paths.artifacts.rglob("*") if path.name == digest)
    file.chmod(0o644)
    file.write_bytes(b"damaged")
    row = _alarmed(site)
    assert row is not None and row.state is ADVISED and row.to_version is None


def test_one_that_is_damaged_during_the_countdown_is_not_gone_back_to(site: Case) -> None:
    _alarmed(site)
    file = next(path for path in site.registry.paths.artifacts.rglob("*") if path.name == site.digest(1))
    file.chmod(0o644)
    file.write_bytes(b"damaged")
    row = site.look(after=COUNTDOWN)
    assert site.states() == [AutomaticState.CANCELLED, ADVISED] and row is not None and site.serving() == 2


def test_one_that_cannot_be_laid_ready_on_the_target_is_not_gone_back_to(site: Case) -> None:
    site.target.mood = Mood.UNSTAGEABLE
    row = _alarmed(site)
    assert row is not None and row.state is ADVISED and "cannot be laid ready" in row.obstacle


def test_one_with_an_alarm_of_its_own_is_not_gone_back_to(site: Case) -> None:
    onset = site.clock.now()
    site.served()
    number = site.alarm(onset=onset)
    with site.registry.write() as session:
        session.add(
            Alarm(
                model_id=1, version_id=1, key=Trigger.GOLDEN, priority="high", state="acknowledged", message="m",
                response="r", activated_at=site.clock.now(),
            )
        )  # fmt: skip
    with site.registry.read() as session:
        alarm = session.get_one(Alarm, number)
    found = examine(site.registry, lambda _model: site.target, "toy", alarm, site.clock.now())
    assert "has itself an alarm" in found.obstacle


def test_there_is_nothing_to_go_back_to_from_the_first_version(site: Case) -> None:
    site.sign()
    site.alarm()
    assert site.look() is not None
    automatic.advise_only(site.registry, "toy", OPERATOR, "x")
    site.alarm(bad=False)


def _again(site: Case, number: int) -> Any:
    """Promoted by two people; it disappoints at once, and a countdown passes."""
    site.promote(number)
    onset = site.clock.now()
    site.served()
    site.alarm(onset=onset)
    site.look()
    return site.look(after=COUNTDOWN)


def test_only_so_many_in_seven_days(site: Case) -> None:
    assert _alarmed(site) is not None
    site.look(after=COUNTDOWN)
    assert site.states() == [DONE]
    site.take_in(3)
    row = _again(site, 3)
    assert row is not None and row.state is ADVISED
    assert "1 automatic rollback was made in the last seven days" in row.obstacle and site.live() == 3
    site.look(after=timedelta(days=7))
    site.watch._looked_at.clear()
    site.look()
    row = site.look(after=COUNTDOWN)
    assert row is not None and row.state is DONE and site.live() == 1


def test_never_back_and_forth_between_two_versions(site: Case) -> None:
    site.sign(at_most=7)
    onset = site.clock.now()
    site.served()
    site.alarm(onset=onset)
    site.look()
    site.look(after=COUNTDOWN)
    assert site.live() == 1
    site.alarm(bad=False)
    row = _again(site, 2)
    assert row is not None and row.state is ADVISED and "between just these two versions" in row.obstacle
    assert site.live() == 2
