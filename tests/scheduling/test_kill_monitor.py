"""`aiqu monitor` killed at random moments while files keep arriving: nothing is lost, nothing is done twice."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.scheduling.busy_site import busy_site

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")

MONITOR = ("aiqu_desktop.cli.main", "monitor", "--settle-seconds", "0")


@pytest.mark.parametrize(("kills", "longest"), [(1, 1.0), pytest.param(15, 3.0, marks=pytest.mark.campaign)])
def test_a_monitor_that_is_killed_again_and_again_loses_and_repeats_nothing(
    tmp_path: Path, kills: int, longest: float
) -> None:
    with busy_site(tmp_path, seed=kills) as plant:
        for _ in range(kills):
            with plant.scheduled_by(*MONITOR) as process:
                plant.live_and_die(process, longest)
        with plant.scheduled_by(*MONITOR) as process:
            plant.live_and_settle(process)
        said = {line for line in plant.log.read_text().splitlines() if line}
        assert said == {f"The monitor watches {plant.registry.paths.root}; stop it with Ctrl-C."}
        plant.assert_nothing_is_lost_and_nothing_repeated()
