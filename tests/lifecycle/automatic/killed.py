"""A process that carries out what is due on a site, as the monitor does, and is killed at a named moment.

    python -m tests.lifecycle.automatic.killed SITE NOW {examined|STEP|never} [GATE]

NOW is the site's instant, ISO 8601. `examined`: it is due and found fit, and no intent is written. STEP: a step of the
release. With GATE the process waits until that file is there before it begins.
"""

from __future__ import annotations

import os
import signal
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from aiqu_desktop.core.clock import ReplayClock, wait_until
from aiqu_desktop.core.paths import SitePaths
from aiqu_desktop.lifecycle import folder_targets
from aiqu_desktop.lifecycle.automatic import acting
from aiqu_desktop.monitoring.automatic_alarm import announce
from aiqu_desktop.registry import Registry


def main(site: str, now: str, fatal: str, *gate: str) -> None:
    registry = Registry.open(SitePaths(Path(site)), ReplayClock(datetime.fromisoformat(now)))

    def die(step: str, _detail: str) -> None:
        if step == fatal:
            os.kill(os.getpid(), signal.SIGKILL)

    if fatal == "examined":
        examine = acting.examine

        def examine_and_die(*given: Any) -> Any:
            examine(*given)
            os.kill(os.getpid(), signal.SIGKILL)

        acting.examine = examine_and_die  # type: ignore[assignment]
    waiting = acting.due(registry)
    if gate:
        Path(f"{gate[0]}.{os.getpid()}").touch()
        assert wait_until(Path(gate[0]).exists, 60)
    for one in waiting:
        acting.carry_out(registry, folder_targets(registry.paths), one, announce, timeout=15.0, on_step=die)


if __name__ == "__main__":
    main(*sys.argv[1:])
