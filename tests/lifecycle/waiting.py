"""A process that promotes and stops in mid-release, once it is staged, until a file appears.

python -m tests.lifecycle.waiting SITE MODEL NUMBER FILE
"""

from __future__ import annotations

import sys
from pathlib import Path

from aiqu_desktop.core.clock import SystemClock, wait_until
from aiqu_desktop.core.paths import SitePaths
from aiqu_desktop.lifecycle import folder_target, preview_promotion
from aiqu_desktop.registry import Registry
from tests.factories.people import promoted


def main(site: str, model: str, number: str, file: str) -> None:
    registry = Registry.open(SitePaths(Path(site)), SystemClock())
    gate = Path(file)

    def step(name: str, _detail: str) -> None:
        if name == "staged":
            gate.with_suffix(".waiting").touch()
            assert wait_until(gate.exists, 60), "nobody let go"

    preview = preview_promotion(registry, model, int(number))
    outcome = promoted(registry, folder_target(registry.paths, model), preview, on_step=step)
    assert outcome.done, outcome.sentence


if __name__ == "__main__":
    main(*sys.argv[1:])
