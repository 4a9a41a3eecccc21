"""The thread that tests imported versions: one at a time, at low priority, beside the checks."""

from __future__ import annotations

import time

from sqlalchemy.orm import Session

from aiqu_desktop.lifecycle.flow.record import anything_awaited, anything_to_do
from aiqu_desktop.lifecycle.flow.runner import look_again, run_next
from aiqu_desktop.registry import Registry
from aiqu_desktop.scheduling.background import BackgroundWorker
from aiqu_desktop.scheduling.pool import stand_back

_LOOK_SECONDS = 60.0  # between two looks at versions that wait for rows


class FlowWorker(BackgroundWorker):
    """Runs what is open until nothing is."""

    name = "flow"
    failed = "the tests of a version could not be carried out"
    patience = 10.0

    def __init__(self, registry: Registry) -> None:
        super().__init__(registry)
        self._next_look = 0.0

    def _anything_to_do(self, session: Session) -> bool:
        return anything_to_do(session) or (time.monotonic() >= self._next_look and anything_awaited(session))

    def _work_off(self) -> None:
        stand_back()
        while not self._stopping.is_set() and run_next(self._registry, self._goes_on):
            pass
        self._next_look = time.monotonic() + _LOOK_SECONDS
        look_again(self._registry, self._goes_on)

    def _goes_on(self) -> bool:
        return not self._stopping.is_set()
