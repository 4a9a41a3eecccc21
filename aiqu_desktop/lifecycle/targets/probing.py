"""Waiting for a target that has to be asked again and again what it serves."""

from __future__ import annotations

from collections.abc import Callable

from aiqu_desktop.core.clock import wait_until
from aiqu_desktop.lifecycle.targets.target import Observation, Wanted


def observe_until_settled(
    observe: Callable[[], Observation], wanted: Wanted, timeout: float, poll_seconds: float
) -> Observation:
    """`Target.probe` for a target whose every answer is given anew: the first one that says yes or no, or the last one.

    Raises:
        AiquError: as `observe` does.
    """
    last = observe()

    def settled() -> bool:
        nonlocal last
        last = observe()
        return last.answers(wanted) or last.refuses(wanted) or last.told(wanted)

    wait_until(settled, timeout, poll_seconds)
    return last
