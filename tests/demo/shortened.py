"""A process that plays a part of the demo's story headless, and kills itself at a named moment if it is told one.

    python -m tests.demo.shortened SITE START END [day YYYY-MM-DD | step NAME VERSION]

`day` kills at the end of that day, before it is remembered; `step` in the middle of a promotion to that version.
Prints what `aiqu demo --headless --json` prints.
"""

from __future__ import annotations

import os
import signal
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from aiqu_desktop.cli.output import print_json
from aiqu_desktop.core.paths import SitePaths
from aiqu_desktop.demo import replay, stage
from aiqu_desktop.demo.run import run_headless
from aiqu_desktop.demo.story import load_story
from aiqu_desktop.lifecycle.approvals import requests
from aiqu_desktop.registry import Registry
from aiqu_desktop.services import releases

remember, promote = replay.remember_position, releases.promote


def main(site: str, start: str, end: str, moment: str = "", *where: str) -> None:
    story = replace(load_story(), start=_day(start), end=_day(end))
    stage.load_story = lambda: story

    def remember_or_die(paths: SitePaths, now: datetime) -> None:
        if moment == "day" and f"{now:%Y-%m-%d}" == where[0]:
            os.kill(os.getpid(), signal.SIGKILL)
        remember(paths, now)

    def promote_or_die(registry: Registry, request_id: int) -> releases.ReleaseOutcome:
        number = requests.find(registry, request_id).number

        def step(name: str, _sentence: str) -> None:
            if moment == "step" and (name, str(number)) == where:
                os.kill(os.getpid(), signal.SIGKILL)

        return promote(registry, request_id, on_step=step)

    replay.remember_position = remember_or_die
    releases.promote = promote_or_die
    print_json(run_headless(Path(site), lambda *_: None))


def _day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


if __name__ == "__main__":
    main(*sys.argv[1:])
