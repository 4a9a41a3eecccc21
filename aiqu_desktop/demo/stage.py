"""Set the demo's stage: the site, its line, its monitor and its first versions; and clear it away again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sqlalchemy import select

from aiqu_desktop.core.clock import ReplayClock
from aiqu_desktop.core.errors import UserError
from aiqu_desktop.core.paths import SitePaths
from aiqu_desktop.demo.line_process import LineProcess
from aiqu_desktop.demo.operator import ScriptedOperator
from aiqu_desktop.demo.people import enrol
from aiqu_desktop.demo.plant import PlantSource, load_source
from aiqu_desktop.demo.replay import Replay, position, remember_position
from aiqu_desktop.demo.story import Story, load_story
from aiqu_desktop.lifecycle.facts import champion_of, model_named
from aiqu_desktop.line.protocol import TargetFolder
from aiqu_desktop.registry import Registry
from aiqu_desktop.registry.tables import Site
from aiqu_desktop.scheduling import Monitor
from aiqu_desktop.services import releases
from aiqu_desktop.services.automatic import write_report
from aiqu_desktop.services.imports import import_version
from aiqu_desktop.services.opening import open_site


@dataclass(frozen=True, slots=True)
class Stage:
    """Everything that a replay plays on."""

    registry: Registry
    story: Story
    replay: Replay


@contextmanager
def set_stage(root: Path) -> Iterator[Stage]:
    """Open the demo site in `root`, or make it, with its line running; stop everything that was started on leaving.

    Raises:
        UserError: if `root` holds a site that is not a demo.
        EnvironmentFault: if the line does not start.
    """
    story = load_story()
    paths = SitePaths(root.expanduser().absolute())
    reached = position(paths)
    clock = ReplayClock(reached or story.start)
    registry = open_site(paths.root, create=True, clock=clock, name=story.site)
    if not _is_demo(registry):
        registry.close()
        raise UserError(f"The site in {paths.root} is not a demo; name another folder with --site.")
    line = LineProcess(paths.line, paths.logs / "line.log")
    monitor = Monitor(registry, "demo", settle_seconds=0.0, on_acted=partial(write_report, registry))
    try:
        line.start()
        enrol(registry, story)
        if reached is None:
            _first_versions(registry, story, line)
            monitor.run_until_idle()  # the first slot of every check is the story's first instant
            remember_position(paths, story.start)
        replay = Replay(registry, clock, story, _sources(story), monitor)
        yield Stage(registry, story, replay)
    finally:
        monitor.stop()
        line.stop()
        registry.close()


def _is_demo(registry: Registry) -> bool:
    with registry.read() as session:
        return session.scalars(select(Site.is_demo)).one()


def _first_versions(registry: Registry, story: Story, line: LineProcess) -> None:
    people = ScriptedOperator(registry, story)
    for model in story.models:
        bundle = story.bundle(model.name, model.first_version)
        import_version(registry, bundle, by=story.engineer, reason="First version.", overrides=model.checks)
        line.wait_for(TargetFolder(registry.paths.line / model.name))
        releases.settle(registry)  # where a kill came between
        with registry.read() as session:
            serves = champion_of(model_named(session, model.name))
        if serves is None:
            people.promote_first(model)


def _sources(story: Story) -> tuple[PlantSource, ...]:
    return tuple(load_source(model) for model in story.models)
