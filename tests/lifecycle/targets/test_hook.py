"""A command hook: a real program of its own that really answers, and programs that do not behave."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from aiqu_desktop.core.clock import wait_until
from aiqu_desktop.core.errors import AiquError, EnvironmentFault, Refused, UserError
from aiqu_desktop.core.words import ReleaseState, TargetKind, Verdict
from aiqu_desktop.lifecycle.targets.hook_process import ask_hook, pin
from aiqu_desktop.services import releases
from tests.lifecycle.engines.scenarios import EngineSite, engine_site

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a script with an interpreter line")

PROGRAM = Path(__file__).with_name("hook_program.txt")


def program(folder: Path, text: str, name: str = "hook") -> list[str]:
    """A script of this Python that can be run by its own path."""
    place = folder / name
    place.write_text(text if text.startswith("#!") else f"#!{sys.executable}\n{text}")
    place.chmod(0o755)
    return [str(place)]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    place = tmp_path / "plant"
    place.mkdir()
    return place


@pytest.fixture
def site(home: Path, tmp_path: Path) -> Iterator[EngineSite]:
    """Version 1 live behind the hook; version 2 imported."""
    text = PROGRAM.read_text().format(python=sys.executable, home=str(home))
    with engine_site(tmp_path) as site:
        site.take_in(1, 2)
        site.choose(TargetKind.HOOK, command=program(tmp_path, text), seconds=20.0)
        assert site.promote(1).done
        yield site


def test_promotion_and_rollback_are_proven_through_the_hook(site: EngineSite) -> None:
    assert site.promote(2).done and (site.champion(), site.serving()) == (2, 2)
    assert site.roll_back().done and (site.champion(), site.serving()) == (1, 1)
    assert site.check().verdict is Verdict.GOOD


def test_a_stop_is_proven_by_what_the_hook_observes_and_ended_by_two_people(site: EngineSite) -> None:
    stopped = site.stop()
    assert stopped.done and (site.champion(), site.serving(), site.stopped()) == (1, None, True)
    row = site.check()
    assert row.verdict is Verdict.GOOD and "answers nothing, as it shall" in row.summary
    assert site.resume().done and (site.serving(), site.stopped()) == (1, False)


def test_a_hook_that_cannot_stop_leaves_it_to_people_and_says_so(home: Path, site: EngineSite) -> None:
    (home / "cannot").touch()
    outcome = site.stop()
    assert outcome.state is ReleaseState.UNKNOWN and site.stopped()
    assert "cannot stop (status 3); do it by hand. the press has no remote switch" in outcome.sentence
    row = site.check()
    assert row.verdict is Verdict.BAD and "answers with version 1 although the model is stopped" in row.summary
    assert (site.alarms("stopped"), site.alarms("release"), site.alarms("target")) == (1, 1, 1)
    (home / "toy" / "state.json").unlink()  # somebody went there
    assert site.check().verdict is Verdict.GOOD
    assert (site.alarms("release", active=True), site.alarms("target", active=True)) == (0, 0)


def test_a_hook_from_before_stops_were_known_is_no_proof(home: Path, site: EngineSite) -> None:
    (home / "cannot").touch()
    old = "import sys, json; print(json.dumps({'reason': 'no such verb'})); sys.exit(1)"
    with pytest.raises(Refused, match="old stop says no"):
        command = program(home, old, "old")
        ask_hook(command, pin(command), "stop", {"model": "toy", "release": "r"}, 20.0)


def test_a_broken_version_is_refused_by_the_program_and_raises_one_alarm(home: Path, site: EngineSite) -> None:
    preview = releases.preview_promotion(site.registry, "toy", 2)
    assert preview.to_version is not None
    broken = site.break_staged(home / "toy" / preview.to_version.digest / "model.onnx")
    begun = time.monotonic()
    outcome = site.promote(2, broken)
    print(f"\nhook: broken version, reverted within {time.monotonic() - begun:.2f} s")
    assert outcome.state is ReleaseState.REVERTED and "not the one that was approved" in outcome.sentence
    assert (site.champion(), site.serving(), site.alarms("release")) == (1, 1, 1)


def test_wrong_answers_are_found_by_the_golden_cases_there(home: Path, site: EngineSite) -> None:
    def spoil(step: str, _detail: str) -> None:
        if step == "switched":
            (home / "wrong").touch()
        if step == "reverting":
            (home / "wrong").unlink()

    outcome = site.promote(2, spoil)
    assert outcome.state is ReleaseState.REVERTED and "golden cases failed there" in outcome.sentence
    (home / "wrong").touch()
    row = site.check()
    assert row.verdict is Verdict.BAD and "10 of 10 golden cases fail there" in row.summary
    assert (site.alarms("golden"), site.alarms("target")) == (1, 0), "the right version, and wrong answers"


def test_a_dead_engine_behind_the_hook_leaves_the_release_open_until_it_lives(home: Path, site: EngineSite) -> None:
    def down(step: str, _detail: str) -> None:
        if step == "staged":
            (home / "down").touch()

    with pytest.raises(AiquError, match="the engine is down"):
        site.promote(2, down)
    assert site.champion() == 1 and site.check().verdict is Verdict.UNKNOWN
    (home / "down").unlink()
    (outcome,) = releases.settle(site.registry)
    assert outcome.state is ReleaseState.REVERTED and site.serving() == 1


@pytest.mark.campaign
@pytest.mark.parametrize("step", ["pointed", "probed"])
def test_a_kill_between_switch_and_proof_is_settled(site: EngineSite, step: str) -> None:
    site.killed("promote-2", step)
    (outcome,) = releases.settle(site.registry)
    assert outcome.done and (site.champion(), site.serving()) == (2, 2)


def test_a_program_that_was_changed_is_not_run_again(tmp_path: Path, site: EngineSite) -> None:
    (tmp_path / "hook").write_text("#!/bin/sh\ntouch " + str(tmp_path / "ran") + "\n")
    assert releases.preview_promotion(site.registry, "toy", 2).blocked
    row = site.check()
    assert row.verdict is Verdict.UNKNOWN and "is not the one that was chosen" in row.summary
    assert not (tmp_path / "ran").exists()


def _ask(command: list[str], timeout: float = 20.0) -> dict[str, object]:
    return ask_hook(command, pin(command), "observe", {"model": "toy"}, timeout)


def test_nothing_of_our_environment_is_handed_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIQU_SECRET", "1")
    answer = _ask(program(tmp_path, "import os, json; print(json.dumps({'names': sorted(os.environ)}))"))
    assert set(answer["names"]) <= {"PATH", "LANG", "LC_CTYPE", "PWD", "SHLVL", "_"}  # type: ignore[arg-type]


def test_a_program_that_does_not_end_is_stopped_with_all_that_it_started(tmp_path: Path) -> None:
    start = f"open({str(tmp_path / 'pid')!r}, 'w').write(str(subprocess.Popen(['sleep', '60']).pid))"
    text = f"import subprocess, time\n{start}\ntime.sleep(60)"
    with pytest.raises(EnvironmentFault, match="did not end within"):
        _ask(program(tmp_path, text), 2.0)
    state = Path(f"/proc/{(tmp_path / 'pid').read_text()}/stat")
    assert wait_until(lambda: not state.exists() or state.read_text().split()[2] == "Z", 10)


@pytest.mark.parametrize(("text", "error", "said"), [
    ("print('x' * 3_000_000)", EnvironmentFault, "printed more than"),
    ("print('hello')", EnvironmentFault, "one JSON object"),
    ("print('[1]')", EnvironmentFault, "one JSON object"),
    ("import sys; sys.exit('no room\\nleft')", Refused, "no room left"),
    ("import os; os.close(0); print('{}')", None, ""),
])  # fmt: skip
def test_a_program_that_misbehaves_is_told_of_in_one_sentence(
    tmp_path: Path, text: str, error: type[AiquError] | None, said: str
) -> None:
    command = program(tmp_path, text)
    if error is None:
        assert _ask(command) == {}
        return
    with pytest.raises(error, match=said) as caught:
        _ask(command)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("command", [["hook"], ["/no/such/file"], [os.devnull]])
def test_a_program_that_is_not_named_by_its_whole_path_is_refused(command: list[str]) -> None:
    with pytest.raises(UserError, match="whole path"):
        pin(command)
