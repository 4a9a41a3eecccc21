"""A stop on a real line: proven, killed at any step, across processes; and the checks that watch it."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from aiqu_desktop.core.clock import wait_until
from aiqu_desktop.core.errors import Refused
from aiqu_desktop.core.words import CheckKind, Health, ReleaseState, TargetKind, Verdict
from aiqu_desktop.lifecycle import FolderTarget
from aiqu_desktop.lifecycle.lock import sole_release
from aiqu_desktop.line.messages import LineState, Pointer, SetAside, StopOrder
from aiqu_desktop.line.protocol import TargetFolder
from aiqu_desktop.registry.tables import Alarm
from aiqu_desktop.services import releases
from aiqu_desktop.services.doctor import examine
from aiqu_desktop.services.model_page import model_page
from aiqu_desktop.services.opening import open_site
from aiqu_desktop.services.overview import overview
from aiqu_desktop.services.served import served_at, served_spans
from aiqu_desktop.services.views import ModelTile
from tests.factories.people import OPERATOR
from tests.lifecycle.engines.scenarios import EngineSite, engine_site
from tests.lifecycle.plant import running_line

PATIENCE = 30.0


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site on which version 2 went live after version 1; made once, because its signatures cost most of a test."""
    folder = tmp_path_factory.mktemp("made")
    with engine_site(folder) as site, running_line(site.registry.paths.line):
        site.take_in(1, 2)
        assert wait_until(lambda: site.target.observe().alive, PATIENCE)
        assert site.promote(1).done and site.promote(2).done
    return folder / "site"


@pytest.fixture
def site(made: Path, tmp_path: Path) -> Iterator[EngineSite]:
    """A copy of it, with a line of its own that serves version 2."""
    shutil.copytree(made, tmp_path / "site", ignore=shutil.ignore_patterns("status.json"))
    registry = open_site(tmp_path / "site")
    try:
        with running_line(registry.paths.line):
            site = EngineSite(registry, tmp_path)
            assert wait_until(lambda: site.serving() == 2, PATIENCE)
            yield site
    finally:
        registry.close()


def folder(site: EngineSite) -> TargetFolder:
    return TargetFolder(site.registry.paths.line / "toy")


def tile(site: EngineSite) -> ModelTile:
    return overview(site.registry).tiles[0]


def active(site: EngineSite) -> set[str]:
    with site.registry.read() as session:
        return set(session.scalars(select(Alarm.key).where(Alarm.returned_at.is_(None))))


def test_a_stop_is_proven_by_the_line_and_timed_from_the_press(site: EngineSite) -> None:
    outcome = site.stop()
    assert outcome.done and outcome.wall_seconds is not None
    status = folder(site).status()
    assert status is not None and (status.state, status.serving) == (LineState.HELD, None)
    assert status.stopped_by == outcome.release == outcome.proof["stopped_by"]
    assert isinstance(folder(site).order(), StopOrder)
    assert (site.champion(), site.serving(), site.stopped()) == (2, None, True)
    assert active(site) == {"stopped"}


def test_rows_are_set_aside_and_counted_and_a_resumption_answers_only_new_ones(site: EngineSite) -> None:
    site.stop()
    target = folder(site)
    (target.incoming / "during.csv").write_text("id,event_time\n1,2026-03-01T00:00:00Z\n")
    assert wait_until(lambda: target.status().set_aside == SetAside(1, 1), PATIENCE)  # type: ignore[union-attr]
    stop = tile(site).stop
    assert stop is not None and (stop.files, stop.rows, stop.proven) == (1, 1, True)
    assert site.resume().done and (site.serving(), site.stopped()) == (2, False)
    assert not list(target.incoming.glob("*.csv")) and not list(site.registry.paths.drop("toy").glob("*.csv"))
    assert active(site) == set()


@pytest.mark.parametrize("step", ["intended", "pointed", "switched", "proven"])
@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
def test_a_stop_killed_at_any_step_goes_on_at_the_next_start(site: EngineSite, step: str) -> None:
    site.killed("stop", step)
    assert site.stopped(), "it counts from the written intent on"
    (outcome,) = releases.settle(site.registry)
    assert outcome.done and (site.champion(), site.serving(), site.stopped()) == (2, None, True)
    assert releases.settle(site.registry) == () and active(site) == {"stopped"}


RARE = ("intended", "laid", "switched", "probed", "proven")  # each takes a process: with the campaigns


@pytest.mark.parametrize(
    "step", ["staged", "pointed", *(pytest.param(step, marks=pytest.mark.campaign) for step in RARE)]
)
@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
def test_a_resumption_killed_at_any_step_is_finished_or_leaves_the_model_stopped(site: EngineSite, step: str) -> None:
    site.stop()
    site.killed("resume", step)
    (outcome,) = releases.settle(site.registry)
    if step in ("intended", "laid", "staged"):
        assert outcome.state is ReleaseState.REVERTED and "toy stays stopped" in outcome.sentence
        assert (site.champion(), site.serving(), site.stopped()) == (2, None, True)
    else:
        assert outcome.done and (site.champion(), site.serving(), site.stopped()) == (2, 2, False)
    assert ("stopped" in active(site)) is site.stopped()


def test_a_stop_waits_for_no_other_process_and_meets_no_other_release(site: EngineSite) -> None:
    with sole_release(site.registry.paths, "toy"), pytest.raises(Refused, match="is under way"):
        site.stop()
    assert not site.stopped()


def test_what_a_kill_left_open_does_not_bar_a_stop(site: EngineSite) -> None:
    site.killed("rollback", "staged")
    assert site.stop().done and site.serving() is None and site.champion() == 2


def test_a_version_that_the_line_refuses_leaves_the_model_stopped(site: EngineSite) -> None:
    stop = site.stop().release
    preview = releases.preview_rollback(site.registry, "toy")
    assert preview.to_version is not None
    broken = site.break_staged(folder(site).version_folder(preview.to_version.digest) / "model.onnx")
    outcome = releases.roll_back(site.registry, preview, OPERATOR, "scrap", on_step=broken)
    assert outcome.state is ReleaseState.REVERTED, outcome.sentence
    assert "toy stays stopped: nothing answers" in outcome.sentence
    assert site.stopped() and folder(site).status().stopped_by == stop  # type: ignore[union-attr]
    assert active(site) == {"stopped", "release"}


def test_a_rollback_out_of_a_stop_takes_one_person_and_ends_it(site: EngineSite) -> None:
    site.stop()
    assert site.roll_back().done
    assert (site.champion(), site.serving(), site.stopped()) == (1, 1, False) and active(site) == set()


def test_the_target_check_finds_a_stopped_model_that_serves(site: EngineSite) -> None:
    site.stop()
    row = site.check()
    assert row.verdict is Verdict.GOOD and "answers nothing, as it shall" in row.summary
    digest = releases.preview_rollback(site.registry, "toy").from_version.digest  # type: ignore[union-attr]
    folder(site).point(Pointer(digest, 2, "byhand", datetime.now(UTC)))
    assert wait_until(lambda: site.serving() == 2, PATIENCE)
    row = site.check()
    assert row.verdict is Verdict.BAD and "answers with version 2 although the model is stopped since" in row.summary
    assert active(site) == {"stopped", "target"}
    stop = tile(site).stop
    assert stop is not None and not stop.proven and tile(site).health is Health.STOPPED


def test_a_stop_without_a_line_is_unknown_until_the_line_is_seen_to_obey(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with engine_site(tmp_path) as site:
        with running_line(site.registry.paths.line):
            site.take_in(1)
            assert wait_until(lambda: site.target.observe().alive, PATIENCE)
            site.promote(1)
        monkeypatch.setattr(FolderTarget, "patience", 0.2)
        outcome = site.stop()
        assert outcome.state is ReleaseState.UNKNOWN and "gave no sign of life" in outcome.sentence
        assert active(site) == {"stopped", "release"}
        assert "NOT PROVEN" in tile(site).reason
        with running_line(site.registry.paths.line):
            assert wait_until(lambda: site.check().verdict is Verdict.GOOD, PATIENCE)
            assert active(site) == {"stopped"} and site.serving() is None
            stop = tile(site).stop
            assert stop is not None and stop.proven


def test_checks_of_a_stopped_model_expect_no_data_and_drill_nothing(site: EngineSite) -> None:
    site.stop()
    assert "no observation is expected" in site.check(CheckKind.FRESHNESS).summary
    drill = site.check(CheckKind.DRILL)
    assert drill.verdict is Verdict.UNKNOWN and "is stopped, so nothing is drilled" in drill.summary
    assert site.check(CheckKind.STANDBY).verdict is Verdict.GOOD, "what one may go back to is kept ready"
    assert active(site) == {"stopped"}


def test_every_view_says_that_the_model_is_stopped(site: EngineSite) -> None:
    site.stop()
    shown = tile(site)
    assert shown.health is Health.STOPPED and not shown.serving_proven
    assert shown.reason.startswith("Stopped since ") and shown.reason.endswith("by Olle: wrong answers")
    page = model_page(site.registry, "toy")
    assert not page.stop.enabled and page.resume.enabled and page.roll_back.enabled and page.promote.enabled
    assert [span.stopped for span in page.served] == [False, False, True]
    last = served_spans(site.registry, "toy")[-1]
    assert (last.serves, last.proven, last.by) == (False, True, "Olle")
    assert not served_at(site.registry, "toy", site.registry.clock.now()).serves
    (found,) = [finding for finding in examine(site.registry.paths.root) if finding.topic == "target toy"]
    assert found.ok and found.sentence.startswith("Stopped since")
    site.resume()
    page = model_page(site.registry, "toy")
    assert page.stop.enabled and not page.resume.enabled and page.tile.stop is None


def test_a_stopped_model_is_not_given_another_target(site: EngineSite, tmp_path: Path) -> None:
    site.stop()
    hook = tmp_path / "hook"
    hook.write_text("#!/bin/sh\n")
    hook.chmod(0o755)
    with pytest.raises(Refused, match="is stopped, and a new target would have to serve"):
        site.choose(TargetKind.HOOK, command=[str(hook)])
