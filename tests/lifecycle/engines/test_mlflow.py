"""MLflow's registry as it is, with a scoring server that follows the alias, and without one."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from aiqu_desktop.core.clock import wait_until
from aiqu_desktop.core.errors import AiquError
from aiqu_desktop.core.words import ReleaseState, TargetKind, Verdict
from aiqu_desktop.services import releases
from tests.lifecycle.engines.engine import Engine, running
from tests.lifecycle.engines.scenarios import EngineSite, engine_site

pytestmark = pytest.mark.campaign

AT_MOST = 10.0  # seconds for an automatic revert


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with running("mlflow", tmp_path_factory.mktemp("mlflow")) as engine:
        yield engine


@pytest.fixture(scope="module")
def scoring(registry: Engine) -> Iterator[Engine]:
    with running("follower", registry.folder, registry.url) as engine:
        yield engine


@pytest.fixture
def site(registry: Engine, scoring: Engine, tmp_path: Path) -> Iterator[EngineSite]:
    """Version 1 live, proven by the scoring server; version 2 imported."""
    with engine_site(tmp_path) as site:
        site.take_in(1, 2)
        site.choose(TargetKind.MLFLOW, url=registry.url, probe=scoring.url)
        assert site.promote(1).done
        yield site


def test_promotion_and_rollback_are_proven_by_the_scoring_server(site: EngineSite) -> None:
    promoted = site.promote(2)
    assert promoted.done and "10 of 10 golden cases pass there" in promoted.sentence
    assert (site.champion(), site.serving()) == (2, 2)
    back = site.roll_back()
    assert back.done and (site.champion(), site.serving()) == (1, 1)
    assert site.check().verdict is Verdict.GOOD
    print(f"\nmlflow: promotion, rollback: {promoted.wall_seconds:.2f} s, {back.wall_seconds:.2f} s")


def test_a_broken_version_leaves_the_old_one_serving_and_raises_one_alarm(registry: Engine, site: EngineSite) -> None:
    """Its file in MLflow's artifact store is not what was approved: its own loader refuses it."""

    def spoil(step: str, _detail: str) -> None:
        if step == "staged":
            files = sorted((registry.folder / "repository").glob("*/*/artifacts/model/data/model.onnx"))
            newest = max(files, key=lambda file: file.stat().st_mtime_ns)
            newest.write_bytes(b"broken on the way")

    site.take_in(9)
    begun = time.monotonic()
    outcome = site.promote(9, spoil)
    seconds = time.monotonic() - begun
    assert outcome.state is ReleaseState.REVERTED, outcome.sentence
    assert (site.champion(), site.serving()) == (1, 1) and seconds <= AT_MOST
    assert site.alarms("release") == 1 and site.check().verdict is Verdict.GOOD
    assert (site.alarms("release"), site.alarms("target")) == (1, 0)
    print(f"\nmlflow: broken version, reverted within {seconds:.2f} s")


@pytest.mark.parametrize("step", ["pointed", "probed"])
def test_a_kill_between_switch_and_proof_is_settled(site: EngineSite, step: str) -> None:
    site.killed("promote-2", step)
    assert site.champion() == 1
    (outcome,) = releases.settle(site.registry)
    assert outcome.done and (site.champion(), site.serving()) == (2, 2)


def test_a_switch_by_hand_raises_one_alarm(site: EngineSite) -> None:
    assert site.promote(2).done
    target = site.target
    with site.registry.read() as session:
        from aiqu_desktop.lifecycle.history import spans_of

        first = spans_of(session, 1)[0].release
    from aiqu_desktop.lifecycle import Placement

    one = Placement(_digest(site, 1), 1, first)
    target.switch(one)
    assert target.probe(one, 20).answers(one)
    for _ in range(2):
        row = site.check()
        assert row.verdict is Verdict.BAD and "someone switched by hand" in row.summary
    assert site.alarms("target") == 1


def test_a_scoring_server_that_is_away_leaves_what_serves_unknown(scoring: Engine, site: EngineSite) -> None:
    def down(step: str, _detail: str) -> None:
        if step == "staged":
            scoring.kill()

    begun = time.monotonic()
    outcome = site.promote(2, down)
    print(f"\nmlflow: scoring server down at the switch, ended after {time.monotonic() - begun:.2f} s")
    try:
        assert outcome.state is ReleaseState.UNKNOWN and site.champion() == 1
        assert site.check().verdict is Verdict.UNKNOWN and site.alarms("release") == 1
    finally:
        scoring.start()
    target = site.target
    wanted = target.observe().pointed
    assert target.probe(wanted, 30).answers(wanted)
    assert site.check().verdict is Verdict.GOOD, "the alias was put back while the scoring server was away"


def test_a_registry_that_is_down_at_the_switch_leaves_the_release_open_until_it_is_back(
    registry: Engine, site: EngineSite
) -> None:
    def down(step: str, _detail: str) -> None:
        if step == "staged":
            registry.kill()

    try:
        with pytest.raises(AiquError, match="cannot be reached"):
            site.promote(2, down)
        assert site.champion() == 1 and site.check().verdict is Verdict.UNKNOWN
    finally:
        registry.start()
    (outcome,) = releases.settle(site.registry)
    assert outcome.state is ReleaseState.REVERTED, outcome.sentence
    assert (site.champion(), site.serving()) == (1, 1) and site.alarms("release") == 1


def test_without_a_scoring_server_a_release_is_marked_and_never_called_proven(registry: Engine, tmp_path: Path) -> None:
    with engine_site(tmp_path) as site:
        site.take_in(1, 2)
        site.choose(TargetKind.MLFLOW, url=registry.url, serving_not_observed=True, registered="blind")
        preview = releases.preview_promotion(site.registry, "toy", 1)
        (gate,) = (gate for gate in preview.gates if gate.name == "target")
        assert gate.passed is None and "nothing there says what it serves" in gate.finding
        for number in (1, 2):
            outcome = site.promote(number)
            assert outcome.done and "what serves there was not observed" in outcome.sentence
            assert outcome.proof["serving_observed"] is False and outcome.proof["serving"] is None
        row = site.check()
        assert row.verdict is Verdict.UNKNOWN and "not observed" in row.summary
        assert site.roll_back().done and site.champion() == 1


def test_a_stop_takes_the_alias_away_and_is_proven_when_the_scoring_server_refuses(site: EngineSite) -> None:
    stopped = site.stop()
    assert stopped.done, stopped.sentence
    assert site.target.observe().pointed is None and site.serving() is None and site.stopped()
    assert site.check().verdict is Verdict.GOOD
    resumed = site.resume()
    assert resumed.done and (site.serving(), site.stopped()) == (1, False)
    print(f"\nmlflow: stop, resumption: {stopped.wall_seconds:.2f} s, {resumed.wall_seconds:.2f} s")


def test_a_stop_is_not_proven_by_a_scoring_server_that_is_away(scoring: Engine, site: EngineSite) -> None:
    scoring.kill()
    try:
        outcome = site.stop()
        assert outcome.state is ReleaseState.UNKNOWN and site.stopped() and site.alarms("release") == 1
    finally:
        scoring.start()
    assert wait_until(lambda: site.check().verdict is Verdict.GOOD, 30), "the alias is gone, so it serves nothing"


def test_without_a_scoring_server_a_stop_is_never_called_proven(registry: Engine, tmp_path: Path) -> None:
    with engine_site(tmp_path) as site:
        site.take_in(1)
        site.choose(TargetKind.MLFLOW, url=registry.url, serving_not_observed=True, registered="blind-stop")
        site.promote(1)
        outcome = site.stop()
        assert outcome.state is ReleaseState.UNKNOWN and "nothing there says what serves" in outcome.sentence
        assert site.stopped() and site.target.observe().pointed is None


def _digest(site: EngineSite, number: int) -> str:
    preview = releases.preview_promotion(site.registry, "toy", number)
    assert preview.to_version is not None
    return preview.to_version.digest
