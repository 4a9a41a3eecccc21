"""The examples in the documentation run."""

from __future__ import annotations

import doctest

import pytest

from aiqu_desktop.drift import estimation, performance


@pytest.mark.parametrize("room", [estimation, performance])
def test_the_example_of_the_room_is_right(room):
    outcome = doctest.testmod(room)
    assert outcome.attempted > 5
    assert outcome.failed == 0
