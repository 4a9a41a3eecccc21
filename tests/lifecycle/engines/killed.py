"""A process that does a release of "toy" on its own target until a named step and is then killed.

python -m tests.lifecycle.engines.killed SITE {promote-N|rollback|stop|resume} STEP
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from aiqu_desktop.services import releases, safe_state
from aiqu_desktop.services.opening import open_site
from tests.factories.people import OPERATOR
from tests.lifecycle.engines.scenarios import carry_out


def main(site: str, act: str, fatal: str) -> None:
    registry = open_site(Path(site))

    def step(name: str, _detail: str) -> None:
        if name == fatal:
            os.kill(os.getpid(), signal.SIGKILL)

    if act == "stop":
        safe_state.stop(registry, safe_state.preview_stop(registry, "toy"), OPERATOR, "wrong answers", on_step=step)
    elif act == "resume":
        carry_out(registry, safe_state.preview_resume(registry, "toy"), step)
    elif act == "rollback":
        preview = releases.preview_rollback(registry, "toy")
        releases.roll_back(registry, preview, OPERATOR, "scrap", on_step=step)
    else:
        preview = releases.preview_promotion(registry, "toy", int(act.removeprefix("promote-")))
        carry_out(registry, preview, step)


if __name__ == "__main__":
    main(*sys.argv[1:])
