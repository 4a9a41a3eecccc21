"""Run the demo: make the history, and replay the rest headless or live."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from aiqu_desktop.demo.stage import Stage, set_stage
from aiqu_desktop.demo.summary import summarise
from aiqu_desktop.services.reporting import write_model_report

# At the pace of the replay a countdown of hours passes in the blink of an eye, and a person needs half a minute.
_SECONDS_TO_VETO = 30.0
OnProgress = Callable[[float, float, str], None]


def run_headless(root: Path, on_progress: OnProgress) -> dict[str, Any]:
    """Play the whole story at once, with its people, and say what it came to.

    A run that was stopped goes on where it stood.
    """
    began = time.monotonic()
    with set_stage(root) as stage:
        _replay(stage, stage.story.end, on_progress)
        report = write_model_report(stage.registry, stage.story.mistake.model, by=stage.story.engineer)
        return summarise(stage.registry, report, time.monotonic() - began)


def make_history(root: Path, on_progress: OnProgress) -> None:
    """Play the story up to its handover, where a person takes over."""
    with set_stage(root) as stage:
        _replay(stage, stage.story.handover, on_progress)


def replay_live(root: Path, seconds_a_day: float, go_on: Callable[[], bool]) -> None:
    """Play the rest slowly enough to watch, with nobody but the person at the window to act.

    Args:
        seconds_a_day: wall time that a replayed day takes at least.
        go_on: asked after each day; the replay ends when it says no, and can be continued later.
    """

    class Enough(Exception):
        pass

    def on_day(_now: datetime) -> None:
        if not go_on():
            raise Enough

    with set_stage(root) as stage:
        try:
            stage.replay.run(
                stage.story.end,
                people_act=False,
                on_day=on_day,
                seconds_a_day=seconds_a_day,
                seconds_to_veto=_SECONDS_TO_VETO,
            )
            stage.replay.stand_still(go_on)
        except Enough:
            return


def _replay(stage: Stage, until: datetime, on_progress: OnProgress) -> None:
    start = stage.story.start
    total = (until - start).days

    def on_day(now: datetime) -> None:
        on_progress((now - start).days, total, f"replaying the plant: {now:%B %Y}")

    stage.replay.run(until, people_act=True, on_day=on_day)
