"""The V2 target against a server that plays an engine: what it makes of refusals, nonsense and silence."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from aiqu_desktop.core.errors import EnvironmentFault, Refused, UserError
from aiqu_desktop.core.files import sha256_bytes
from aiqu_desktop.core.paths import SitePaths
from aiqu_desktop.lifecycle.targets.repository_v2 import RepositoryTarget
from aiqu_desktop.lifecycle.targets.setting import TritonSetting
from aiqu_desktop.lifecycle.targets.target import Placement, Stop
from tests.factories.bundles import make_bundle, toy_onnx, toy_schema
from tests.lifecycle.targets.plain_server import Asked, PlainServer, answer_json, plain_server

MODEL = toy_onnx(1)
ONE = Placement(sha256_bytes(MODEL), 1, "first")


class Engine:
    """Plays Triton: `loaded` is the placement that it says it serves; any answer can be replaced."""

    def __init__(self) -> None:
        self.loaded: Placement | None = None
        self.instead: dict[str, Callable[[Asked], bytes | None]] = {}

    def answer(self, asked: Asked) -> bytes | None:
        for ending, other in self.instead.items():
            if asked.path.endswith(ending):
                return other(asked)
        if asked.path == "/v2/health/live":
            return answer_json({})
        if asked.path.endswith(("/load", "/unload")):
            return answer_json(None)
        if self.loaded is None:
            return answer_json({"error": "unknown model"}, 404)
        if asked.path.endswith("/config"):
            said = {"aiqu.digest": self.loaded.digest, "aiqu.version": "1", "aiqu.release": self.loaded.release}
            return answer_json({"parameters": {key: {"string_value": value} for key, value in said.items()}})
        return answer_json({"name": "toy", "versions": [str(self.loaded.version)]})


@pytest.fixture
def files(tmp_path: Path) -> dict[str, bytes]:
    bundle = make_bundle(tmp_path / "bundle", "toy", 1)
    schema = json.dumps(toy_schema().to_json()).encode()
    return {"model.onnx": MODEL, "golden.json": (bundle / "golden.json").read_bytes(), "schema.json": schema}


@pytest.fixture
def engine() -> Engine:
    return Engine()


@pytest.fixture
def server(engine: Engine) -> Iterator[PlainServer]:
    with plain_server(engine.answer) as server:
        yield server


@pytest.fixture
def target(server: PlainServer, tmp_path: Path) -> RepositoryTarget:
    setting = TritonSetting(server.url, str(tmp_path / "repository"), seconds=0.5)
    return RepositoryTarget(SitePaths(tmp_path / "site"), "toy", setting)


def test_a_switch_writes_the_pointer_and_tells_the_engine_once(
    target: RepositoryTarget, server: PlainServer, engine: Engine, files: dict[str, bytes]
) -> None:
    target.stage(ONE, files)
    assert target.observe().pointed is None, "staging points to nothing"
    target.switch(ONE)
    engine.loaded = ONE
    orders = [asked.path for asked in server.asked if asked.path.endswith(("/load", "/unload"))]
    assert orders == ["/v2/repository/models/toy/load"]
    seen = target.probe(ONE, 5)
    assert seen.answers(ONE) and seen.pointed == ONE and not seen.proves(ONE), "no golden case has been answered yet"


def test_a_refusal_is_told_and_the_pointer_is_put_back_by_the_way_back(
    target: RepositoryTarget, engine: Engine, files: dict[str, bytes]
) -> None:
    target.stage(ONE, files)
    engine.instead["/load"] = lambda _: answer_json({"error": "load failed:\n no such file"}, 400)
    with pytest.raises(Refused, match="refused version 1: load failed: no such file"):
        target.switch(ONE)
    target.revert(None)
    assert target.observe().pointed is None


@pytest.mark.parametrize("loaded", [
    None, Placement(ONE.digest, 1, "another"), Placement("b" * 64, 1, "first"), Placement(ONE.digest, 2, "first"),
])  # fmt: skip
def test_only_the_wanted_digest_version_and_release_is_an_answer(
    target: RepositoryTarget, engine: Engine, files: dict[str, bytes], loaded: Placement | None
) -> None:
    target.stage(ONE, files)
    target.switch(ONE)
    engine.loaded = loaded
    seen = target.probe(ONE, 0.2)
    assert seen.alive and not seen.answers(ONE)


def test_two_versions_at_once_are_no_answer(target: RepositoryTarget, engine: Engine) -> None:
    engine.loaded = ONE
    engine.instead["/models/toy"] = lambda _: answer_json({"name": "toy", "versions": ["1", "2"]})
    assert target.observe().serving is None


@pytest.mark.parametrize("nonsense", [b"garbage", answer_json([1]), answer_json("x"), answer_json(None)])
def test_an_engine_that_talks_nonsense_is_not_alive(target: RepositoryTarget, engine: Engine, nonsense: bytes) -> None:
    engine.loaded = ONE
    engine.instead["/models/toy"] = lambda _: nonsense
    seen = target.observe()
    assert not seen.alive and seen.refusal


@pytest.mark.parametrize("content", [
    {}, {"outputs": []}, {"outputs": [{"name": "label"}]}, [], None,
    {"outputs": [{"name": "label", "datatype": "INT64", "shape": [3], "data": [1]},
                 {"name": "probabilities", "datatype": "FP32", "shape": [1], "data": ["x"]}]},
])  # fmt: skip
def test_answers_to_golden_cases_that_do_not_hold_together_fail_them_all(
    target: RepositoryTarget, engine: Engine, files: dict[str, bytes], content: Any
) -> None:
    engine.loaded = ONE
    engine.instead["/infer"] = lambda _: answer_json(content)
    smoke = target.smoke(ONE, files, 5)
    assert not smoke.ok and smoke.passed == 0 and smoke.total == 10 and smoke.failure


def test_right_answers_of_another_version_are_no_proof(
    target: RepositoryTarget, engine: Engine, files: dict[str, bytes]
) -> None:
    cases = json.loads(files["golden.json"])["cases"]
    labels = [["good", "worn", "broken"].index(case["prediction"]) for case in cases]
    scores = [score for case in cases for score in case["scores"].values()]
    outputs = [
        {"name": "label", "datatype": "INT64", "shape": [10], "data": labels},
        {"name": "probabilities", "datatype": "FP32", "shape": [10, 3], "data": scores},
    ]
    engine.instead["/infer"] = lambda _: answer_json({"outputs": outputs})
    engine.loaded = ONE
    assert target.smoke(ONE, files, 5).ok
    engine.loaded = Placement("b" * 64, 2, "second")
    assert "no longer serves" in target.smoke(ONE, files, 5).failure


def test_a_silent_engine_ends_at_the_time_limit_and_the_way_back_is_on_disk(
    target: RepositoryTarget, engine: Engine, files: dict[str, bytes]
) -> None:
    target.stage(ONE, files)
    engine.instead["/load"] = lambda _: None
    with pytest.raises(EnvironmentFault, match="no answer"):
        target.switch(ONE)
    engine.instead["/unload"] = lambda _: None
    target.revert(None)
    seen = target.observe()
    assert seen.pointed is None and "no answer" in seen.refusal


def test_another_file_than_the_one_wanted_is_not_staged(target: RepositoryTarget, files: dict[str, bytes]) -> None:
    with pytest.raises(UserError, match="not the one with digest"):
        target.stage(ONE, files | {"model.onnx": toy_onnx(2)})


def test_a_repository_that_cannot_be_written_is_said(
    server: PlainServer, tmp_path: Path, files: dict[str, bytes]
) -> None:
    (tmp_path / "file").write_text("no folder")
    target = RepositoryTarget(SitePaths(tmp_path), "toy", TritonSetting(server.url, str(tmp_path / "file")))
    with pytest.raises(EnvironmentFault, match="cannot be written"):
        target.stage(ONE, files)


def test_a_stop_takes_the_pointer_away_and_is_proven_when_the_index_knows_no_ready_model(
    target: RepositoryTarget, server: PlainServer, engine: Engine, files: dict[str, bytes]
) -> None:
    target.stage(ONE, files)
    target.switch(ONE)
    engine.loaded = ONE
    order = Stop("halt")
    assert not target.observe().answers(order)
    target.stop(order)
    assert server.asked[-1].path == "/v2/repository/models/toy/unload" and target.observe().pointed is None
    assert not target.probe(order, 0.1).answers(order), "the engine still serves"
    engine.loaded = None
    engine.instead["/index"] = lambda _: answer_json([{"name": "toy", "version": "1", "state": "UNAVAILABLE"}])
    assert target.probe(order, 5).proves(order)


@pytest.mark.parametrize("path", ["/models/toy", "/index"])
def test_a_model_of_somebody_else_under_the_same_name_is_no_standstill(
    target: RepositoryTarget, engine: Engine, path: str
) -> None:
    ready = [{"name": "other", "state": "READY"}, {"name": "toy", "version": "7", "state": "READY"}]
    answer = {"name": "toy", "versions": ["7"]} if path == "/models/toy" else ready
    engine.instead[path] = lambda _: answer_json(answer)
    seen = target.observe()
    assert seen.alive and seen.serving is None and seen.foreign and not seen.answers(Stop("halt"))


def test_an_engine_that_refuses_to_unload_says_why_at_once(target: RepositoryTarget, engine: Engine) -> None:
    engine.loaded = ONE
    engine.instead["/unload"] = lambda _: answer_json({"error": "busy"}, 500)
    target.stop(Stop("halt"))
    seen = target.probe(Stop("halt"), 60)
    assert seen.refuses(Stop("halt")) and "busy" in seen.refusal and not seen.refuses(Stop("another"))
