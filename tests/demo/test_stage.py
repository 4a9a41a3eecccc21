"""Where a demo may play, and where it goes on."""

from __future__ import annotations

from pathlib import Path

import pytest

from aiqu_desktop.core.clock import ReplayClock, SystemClock
from aiqu_desktop.core.errors import UserError
from aiqu_desktop.core.paths import SitePaths
from aiqu_desktop.demo.replay import position, remember_position
from aiqu_desktop.demo.stage import set_stage
from aiqu_desktop.demo.story import load_story
from aiqu_desktop.lifecycle.facts import champion_of, model_named
from aiqu_desktop.services.opening import open_site
from tests.cli.conftest import Aiqu, aiqu
from tests.factories.plant_site import START

__all__ = ["aiqu"]


def test_the_position_survives(tmp_path: Path) -> None:
    paths = SitePaths(tmp_path)
    assert position(paths) is None
    remember_position(paths, START)
    assert position(paths) == START
    assert position(SitePaths(tmp_path)) == START
    assert [path.name for path in tmp_path.iterdir()] == ["demo.json"]


def test_a_real_site_is_not_played_on(tmp_path: Path, aiqu: Aiqu) -> None:
    open_site(tmp_path / "site", create=True, name="Line 1").close()
    remember_position(SitePaths(tmp_path / "site"), START)  # not even where somebody copied a demo's file to it
    before = (tmp_path / "site" / "registry.db").read_bytes()
    with pytest.raises(UserError, match="is not a demo"), set_stage(tmp_path / "site"):
        pass
    answer = aiqu("demo", "--headless", "--site", tmp_path / "site")
    assert (answer.status, answer.out) == (2, "")
    assert "name another folder with --site" in answer.said_one_sentence()
    assert (tmp_path / "site" / "registry.db").read_bytes() == before
    assert not list((tmp_path / "site" / "line").iterdir())


def test_a_demo_that_was_cut_off_while_its_stage_was_set_can_be_begun_again(tmp_path: Path) -> None:
    story = load_story()
    open_site(tmp_path, create=True, clock=ReplayClock(story.start), name=story.site).close()
    with set_stage(tmp_path) as stage:
        with stage.registry.read() as session:
            live = [champion_of(model_named(session, model.name)) for model in story.models]
        assert [version.number for version in live if version is not None] == [1, 1, 1]
        assert position(stage.registry.paths) == story.start
        assert stage.registry.clock.now() == story.start < SystemClock().now()
