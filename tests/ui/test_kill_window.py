"""The window, which schedules where no monitor does, killed at random moments: nothing is lost or done twice."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.scheduling.busy_site import busy_site

pytestmark = [pytest.mark.campaign, pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")]

WINDOW = "aiqu_desktop.ui.main"


def test_a_window_that_is_killed_again_and_again_loses_and_repeats_nothing(tmp_path: Path) -> None:
    with busy_site(tmp_path, seed=13) as plant:
        for _ in range(12):
            with plant.scheduled_by(WINDOW) as process:
                plant.live_and_die(process, longest=1.2)
        with plant.scheduled_by(WINDOW) as process:
            plant.live_and_settle(process)
        complaints = [line for line in plant.log.read_text().splitlines() if not line.startswith("INFO ")]
        assert complaints == []
        plant.assert_nothing_is_lost_and_nothing_repeated()
