"""The example in the room's front door runs as written."""

from __future__ import annotations

import doctest

from aiqu_desktop import drift


def test_the_example_of_the_front_door_runs_as_written():
    result = doctest.testmod(drift)
    assert result.attempted >= 8 and result.failed == 0
