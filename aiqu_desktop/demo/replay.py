"""Replay the plant day by day: the line predicts, files arrive, the monitor ticks, people act. All through the product.

The replayed instant is kept in the site after each day. A replay that was killed goes on from there; what the last
day had done already is recognised by the product itself and not done twice.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from aiqu_desktop.core.clock import ReplayClock, as_utc, iso
from aiqu_desktop.core.files import write_json_atomically
from aiqu_desktop.core.paths import SitePaths
from aiqu_desktop.demo.line_process import wait_until_read
from aiqu_desktop.demo.operator import ScriptedOperator
from aiqu_desktop.demo.plant import PlantSource, days
from aiqu_desktop.demo.story import Story
from aiqu_desktop.line.protocol import TargetFolder
from aiqu_desktop.registry import Registry
from aiqu_desktop.scheduling import Monitor
from aiqu_desktop.services.automatic import due_instants
from aiqu_desktop.services.imports import import_version
from aiqu_desktop.services.releases import settle

STEP = timedelta(days=1)
_STICK = "Carried in from the data scientists."
OnDay = Callable[[datetime], None]


class Replay:
    """One run through the story.

    Args:
        registry: the site, whose clock is `clock`.
        sources: the plant's machines, one for each model.
    """

    def __init__(
        self, registry: Registry, clock: ReplayClock, story: Story, sources: tuple[PlantSource, ...], monitor: Monitor
    ) -> None:
        self._registry = registry
        self._clock = clock
        self._story = story
        self._sources = sources
        self._monitor = monitor
        self._people = ScriptedOperator(registry, story)

    def run(
        self,
        until: datetime,
        *,
        people_act: bool,
        on_day: OnDay,
        seconds_a_day: float = 0.0,
        seconds_to_veto: float = 0.0,
    ) -> None:
        """Replay from where the site stands to `until`.

        Args:
            people_act: whether the scripted people answer alarms and make their mistake; a person does so live.
            on_day: called after each day; may raise to stop.
            seconds_a_day: the least wall time that a day takes, so that a person can follow.
            seconds_to_veto: wall time for which the replay stands still before an automatic rollback is due.
        """
        for now in days(self._clock.now(), until, STEP):
            began = time.monotonic()
            self._let_countdowns_end(now, seconds_to_veto, on_day)
            self._day(now, people_act)
            remember_position(self._registry.paths, now)
            on_day(now)
            time.sleep(max(0.0, seconds_a_day - (time.monotonic() - began)))

    def stand_still(self, go_on: Callable[[], bool]) -> None:
        """Keep the line and the monitor alive at the end of the story, so that one can still look and act."""
        while go_on():
            self._monitor.tick()
            time.sleep(0.5)

    def _let_countdowns_end(self, until: datetime, seconds_to_veto: float, on_day: OnDay) -> None:
        """Automatic rollbacks are due between two days: the clock stops there, and does not step over them."""
        while (due := next(iter(due_instants(self._registry)), None)) is not None and due < until:
            stood_still = time.monotonic()
            while time.monotonic() - stood_still < seconds_to_veto and due in due_instants(self._registry):
                self._monitor.tick()
                on_day(self._clock.now())
                time.sleep(0.5)
            self._clock.move_to(max(due, self._clock.now()))
            self._monitor.run_until_idle()
            if due in due_instants(self._registry):
                return  # it has to wait, and is late by the day's end

    def _day(self, now: datetime, people_act: bool) -> None:
        before = self._clock.now()
        self._clock.move_to(now)
        settle(self._registry)  # what a kill left open would bar the day's releases
        self._bring_in(before, now)
        if people_act:
            self._people_act(before, now)
        self._measure(now)
        self._monitor.run_until_idle()

    def _people_act(self, before: datetime, now: datetime) -> None:
        """In the morning people see what the night's checks showed, so an answer comes a day after its alarm."""
        self._people.act()
        if before < self._story.automatic.at <= now:
            self._people.sign_the_policy()
        if before < self._story.mistake.at <= now:
            self._people.make_the_mistake()

    def _bring_in(self, before: datetime, now: datetime) -> None:
        for arrival in self._story.arrivals:
            if before < arrival.at <= now:
                folder = self._story.bundle(arrival.model, arrival.version)
                import_version(self._registry, folder, by=self._story.engineer, reason=_STICK)

    def _measure(self, now: datetime) -> None:
        """Rows to the line, all machines at once; labels to the drop folders; then wait for the line."""
        waiting: list[tuple[Path, list[str]]] = []
        name = f"{now:%Y-%m-%d}.csv"
        for source in self._sources:
            if (now - self._story.start) % source.read_out:
                continue
            before = now - source.read_out
            folder = TargetFolder(self._registry.paths.line / source.model)
            rows = source.rows_between(before, now)
            if rows.stop > rows.start:
                source.write_rows(rows, folder.incoming / name)
                waiting.append((folder.incoming, [name]))
            labels = source.labels_between(before, now, made_after=self._story.start)
            if labels.stop > labels.start:
                source.write_labels(labels, now, self._registry.paths.drop(source.model) / f"labels-{name}")
        for incoming, names in waiting:
            wait_until_read(incoming, names)


def remember_position(paths: SitePaths, now: datetime) -> None:
    """Keep the replayed instant in the site."""
    write_json_atomically(_position_file(paths), {"replayed_until": iso(now)})


def position(paths: SitePaths) -> datetime | None:
    """How far the site's replay has come; None where it has not begun."""
    file = _position_file(paths)
    if not file.is_file():
        return None
    return as_utc(datetime.fromisoformat(json.loads(file.read_text("utf-8"))["replayed_until"]))


def _position_file(paths: SitePaths) -> Path:
    return paths.root / "demo.json"
