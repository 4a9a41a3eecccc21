"""A process that does a release, or settles one, until a named step and is then killed without a chance to clean up.

    python -m tests.lifecycle.killed SITE MODEL {N|rollback|stop|resume|settle} STEP [break FILE]

With `break FILE` the file is overwritten once the release is staged, so that the line refuses the version.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from aiqu_desktop.core.clock import SystemClock
from aiqu_desktop.core.paths import SitePaths
from aiqu_desktop.lifecycle import (
    folder_target,
    folder_targets,
    preview_promotion,
    preview_rollback,
    settle_unfinished,
)
from aiqu_desktop.lifecycle.safe_state.previews import preview_resume, preview_stop
from aiqu_desktop.registry import Registry
from tests.factories.people import promoted, rolled_back, stopped


def main(site: str, model: str, act: str, fatal: str, *more: str) -> None:
    registry = Registry.open(SitePaths(Path(site)), SystemClock())
    broken = Path(more[1]) if more else None

    def step(name: str, _detail: str) -> None:
        if name == "staged" and broken is not None:
            broken.write_bytes(b"broken on the way")
        if name == fatal:
            os.kill(os.getpid(), signal.SIGKILL)

    target = folder_target(registry.paths, model)
    if act == "settle":
        settle_unfinished(registry, folder_targets(registry.paths), on_step=step)
    elif act == "stop":
        stopped(registry, target, preview_stop(registry, model), on_step=step)
    elif act == "resume":
        promoted(registry, target, preview_resume(registry, model), on_step=step)
    elif act == "rollback":
        preview = preview_rollback(registry, model)
        rolled_back(registry, target, preview, on_step=step)
    else:
        preview = preview_promotion(registry, model, int(act))
        promoted(registry, target, preview, on_step=step)


if __name__ == "__main__":
    main(*sys.argv[1:])
