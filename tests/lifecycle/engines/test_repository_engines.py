"""Triton and MLServer as they are: promotion, rollback, broken versions, a dead engine, a kill, and 40 switches."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from aiqu_desktop.core.words import ReleaseState, TargetKind, Verdict
from aiqu_desktop.lifecycle.facts import facts_of, staging_files
from aiqu_desktop.lifecycle.journal import unfinished_orders
from aiqu_desktop.lifecycle.targets.choice import target_of
from aiqu_desktop.lifecycle.targets.target import Placement
from aiqu_desktop.registry import ArtifactStore
from aiqu_desktop.registry.tables import Version
from aiqu_desktop.services import releases
from tests.lifecycle.engines.engine import Engine, running
from tests.lifecycle.engines.scenarios import EngineSite, Load, engine_site

pytestmark = pytest.mark.campaign

AT_MOST = 10.0  # seconds for an automatic revert
POINTER = {"triton": "config.pbtxt", "mlserver": "model-settings.json"}


@pytest.fixture(scope="module", params=["triton", "mlserver"])
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with running(request.param, tmp_path_factory.mktemp(request.param)) as engine:
        yield engine


@pytest.fixture
def site(engine: Engine, tmp_path: Path) -> Iterator[EngineSite]:
    """Version 1 live on the engine, versions 2 and 3 imported."""
    with engine_site(tmp_path) as site:
        site.take_in(1, 2, 3)
        site.choose(TargetKind(engine.name), url=engine.url, repository=str(engine.folder / "repository"))
        assert site.promote(1).done
        yield site


def report(engine: Engine, what: str, figure: str) -> None:
    print(f"\n{engine.name}: {what}: {figure}")


def test_promotion_and_rollback_are_proven_on_the_engine(engine: Engine, site: EngineSite) -> None:
    promoted = site.promote(2)
    assert promoted.done and "10 of 10 golden cases pass there" in promoted.sentence
    assert (site.champion(), site.serving()) == (2, 2)
    back = site.roll_back()
    assert back.done and (site.champion(), site.serving()) == (1, 1)
    assert site.check().verdict is Verdict.GOOD
    assert site.alarms("release") == site.alarms("target") == 0
    report(engine, "promotion, rollback", f"{promoted.wall_seconds:.2f} s, {back.wall_seconds:.2f} s")


def test_a_broken_version_leaves_the_old_one_serving_and_raises_one_alarm(engine: Engine, site: EngineSite) -> None:
    file = engine.folder / "repository" / "toy" / "2" / "model.onnx"
    begun = time.monotonic()
    outcome = site.promote(2, site.break_staged(file))
    seconds = time.monotonic() - begun
    assert outcome.state is ReleaseState.REVERTED, outcome.sentence
    assert "refused version 2" in outcome.sentence and "version 1 serves again" in outcome.sentence
    assert (site.champion(), site.serving()) == (1, 1) and seconds <= AT_MOST
    assert site.alarms("release") == 1
    assert site.check().verdict is Verdict.GOOD
    assert (site.alarms("release"), site.alarms("release", active=True), site.alarms("target")) == (1, 0, 0)
    assert site.promote(2).done, "staging again repairs what was broken there"
    report(engine, "broken version, reverted within", f"{seconds:.2f} s")


def test_an_engine_that_answers_wrongly_is_found_by_the_golden_cases_there(engine: Engine, site: EngineSite) -> None:
    """The file is right, and what runs it is not: only answers show that."""

    def spoil(step: str, _detail: str) -> None:
        if step != "staged":
            return
        place = engine.folder / "repository" / "toy"
        for runner in (place / "aiqu_onnx.py", place / "2" / "aiqu_onnx.py"):
            if runner.exists():
                honest = "return {name: _bytes(np.asarray(answer))"
                text = runner.read_text()
                assert honest in text
                runner.write_text(text.replace(honest, "return {name: _bytes(np.asarray(answer) * 0)"))

    if engine.name == "mlserver":
        pytest.skip("MLServer's worker imports the runner once for all versions, so that it cannot be spoiled for one")
    outcome = site.promote(2, spoil)
    assert outcome.state is ReleaseState.REVERTED and "golden cases failed there" in outcome.sentence
    assert (site.champion(), site.serving(), site.alarms("release")) == (1, 1, 1)


def test_an_engine_that_is_down_at_the_switch_is_told_of_and_found_again(engine: Engine, site: EngineSite) -> None:
    def down(step: str, _detail: str) -> None:
        if step == "staged":
            engine.kill()

    begun = time.monotonic()
    outcome = site.promote(2, down)
    seconds = time.monotonic() - begun
    try:
        assert outcome.state is ReleaseState.UNKNOWN, outcome.sentence
        assert "cannot be reached" in outcome.sentence and "has not proven that" in outcome.sentence
        assert site.champion() == 1 and site.alarms("release") == 1
        assert site.check().verdict is Verdict.UNKNOWN and site.check().verdict is Verdict.UNKNOWN
        assert site.alarms("target-silent", active=True) == 1
        assert releases.preview_promotion(site.registry, "toy", 2).blocked
    finally:
        engine.start()
    assert site.check().verdict is Verdict.GOOD, "an engine that starts anew serves what the registry says"
    assert site.alarms("target-silent", active=True) == site.alarms("release", active=True) == 0
    report(engine, "engine down at the switch, ended after", f"{seconds:.2f} s")


@pytest.mark.parametrize("step", ["pointed", "probed"])
def test_a_kill_between_switch_and_proof_is_settled(engine: Engine, site: EngineSite, step: str) -> None:
    site.killed("promote-2", step)
    assert site.champion() == 1
    (outcome,) = releases.settle(site.registry)
    assert outcome.done and (site.champion(), site.serving()) == (2, 2)
    site.killed("rollback", step)
    (outcome,) = releases.settle(site.registry)
    assert outcome.done and (site.champion(), site.serving()) == (1, 1)
    assert releases.settle(site.registry) == ()


def test_a_kill_before_the_engine_was_told_is_settled_by_telling_it(engine: Engine, site: EngineSite) -> None:
    """The pointer in the folder is new, and the engine has never heard of it."""
    site.killed("promote-2", "staged")
    target = site.target
    (order,) = unfinished_orders(site.registry)
    target._point(order.wanted)  # type: ignore[attr-defined]
    assert site.serving() == 1
    (outcome,) = releases.settle(site.registry)
    assert outcome.done and (site.champion(), site.serving()) == (2, 2)


def test_a_switch_by_hand_raises_one_alarm_until_it_is_put_right(engine: Engine, site: EngineSite) -> None:
    assert site.promote(2).done
    target, with_1 = site.target, (engine.folder / "repository" / "toy" / POINTER[engine.name])
    proven = with_1.read_bytes()
    target.switch(_placement(site, 1))
    for _ in range(2):
        row = site.check()
        assert row.verdict is Verdict.BAD and "someone switched by hand" in row.summary and "version 1" in row.summary
    assert site.alarms("target") == 1
    with_1.write_bytes(proven)
    engine.kill()
    engine.start()
    assert site.check().verdict is Verdict.GOOD
    assert (site.alarms("target"), site.alarms("target", active=True)) == (1, 0)


def test_forty_switches_under_load_fail_no_prediction(engine: Engine, site: EngineSite) -> None:
    load = Load(_asks(engine))
    begun = time.monotonic()
    target = site.target
    with load.going_on():
        for turn in range(40):
            wanted = _placement(site, 2 if turn % 2 == 0 else 1)
            target.switch(wanted)
            assert target.probe(wanted, 30).answers(wanted)
    report(engine, "40 switches under load", f"{load.asked} predictions, {len(load.failed)} failed, "
           f"{time.monotonic() - begun:.0f} s")  # fmt: skip
    assert load.failed == []


def _placement(site: EngineSite, number: int) -> Placement:
    """A version as it may be told to the engine, staged there."""

    with site.registry.read() as session:
        version = facts_of(session.scalars(select(Version).where(Version.number == number)).one())
    placement = Placement(version.digest, number, f"by hand {number}")
    store = ArtifactStore(site.registry.paths.artifacts, site.registry.clock)
    target_of(site.registry, "toy").stage(placement, staging_files(store, version))
    return placement


def _asks(engine: Engine) -> Callable[[], None]:
    body = json.dumps(
        {"inputs": [{"name": "input", "datatype": "FP32", "shape": [1, 4], "data": [60.0, 5.0, 1500.0, 0.0]}]}
    )

    def ask() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", engine.port, timeout=30)
        try:
            connection.request("POST", "/v2/models/toy/infer", body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            content = answer.read()
            assert answer.status == 200, content
            assert len(json.loads(content)["outputs"]) == 2
        finally:
            connection.close()

    return ask


def test_a_stop_unloads_the_model_and_a_resumption_loads_it_again(engine: Engine, site: EngineSite) -> None:
    stopped = site.stop()
    assert stopped.done, stopped.sentence
    assert (site.champion(), site.serving(), site.stopped()) == (1, None, True)
    pointer = engine.folder / "repository" / "toy" / POINTER[engine.name]
    assert not pointer.exists(), "it stays stopped when it starts anew"
    assert site.check().verdict is Verdict.GOOD
    resumed = site.resume()
    assert resumed.done and (site.serving(), site.stopped()) == (1, False)
    report(engine, "stop, resumption", f"{stopped.wall_seconds:.2f} s, {resumed.wall_seconds:.2f} s")


def test_a_broken_version_out_of_a_stop_leaves_the_engine_stopped(engine: Engine, site: EngineSite) -> None:
    site.stop()
    outcome = site.promote(2, site.break_staged(engine.folder / "repository" / "toy" / "2" / "model.onnx"))
    assert outcome.state is ReleaseState.REVERTED and "toy stays stopped" in outcome.sentence
    assert site.serving() is None and site.check().verdict is Verdict.GOOD


@pytest.mark.parametrize("step", ["intended", "pointed"])
def test_a_stop_that_was_killed_goes_on_at_the_next_start(site: EngineSite, step: str) -> None:
    site.killed("stop", step)
    (outcome,) = releases.settle(site.registry)
    assert outcome.done and site.serving() is None and site.stopped()
