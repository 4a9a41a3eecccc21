"""Answers alarms under the policies for automatic rollbacks; only the process that holds the lease does it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from aiqu_desktop.core.errors import AiquError
from aiqu_desktop.core.words import AlarmState, RunState, Trigger
from aiqu_desktop.lifecycle.automatic import acting
from aiqu_desktop.lifecycle.automatic.noting import note
from aiqu_desktop.lifecycle.automatic.rows import OPEN
from aiqu_desktop.lifecycle.targets.choice import targets_of
from aiqu_desktop.lifecycle.targets.target import Target
from aiqu_desktop.monitoring.automatic_alarm import announce
from aiqu_desktop.monitoring.release_alarm import note_outcomes
from aiqu_desktop.registry import Registry
from aiqu_desktop.registry.tables import Alarm, AutomaticRollback, CheckRun, Model
from aiqu_desktop.scheduling.background import BackgroundWorker

log = logging.getLogger("aiqu.scheduling")


class AutomaticWatch(BackgroundWorker):
    """One look at a time, in a thread of its own: a target that takes long to answer must not hold up the checks.

    Args:
        on_acted: called with the id of each automatic rollback whose release is over, to write its report.
        target_for: the target of the model with a given name; the chosen one by default.
    """

    name = "automatic"
    failed = "the automatic rollbacks could not be looked at"
    patience = 60.0  # for a rollback that has begun

    def __init__(
        self,
        registry: Registry,
        on_acted: Callable[[int], object] | None = None,
        target_for: Callable[[str], Target] | None = None,
    ) -> None:
        super().__init__(registry)
        self._target_for = target_for or targets_of(registry)
        self._on_acted = on_acted
        self._one_look = threading.Lock()
        self._looked_at: dict[str, int] = {}  # model → the newest check run that its advice was examined with

    def _anything_to_do(self, session: Session) -> bool:
        return bool(self._wanted(session))

    def _work_off(self) -> None:
        self.look()

    def look(self) -> None:
        """Answer what calls, cancel what lost its ground, do what is due."""
        with self._one_look:
            self._settle()
            with self._registry.read() as session:
                models = self._wanted(session)
            for model in models:
                self._look_at(model)
            for one in acting.due(self._registry):
                if not self._stopping.is_set():
                    self._carry_out(one)

    def _look_at(self, model: str) -> None:
        """One model's trouble holds up no other: it is logged, and the next look tries again."""
        try:
            acting.cancel_lapsed(self._registry, model, announce)
            newest = self._newest_run(model)
            if self._looked_at.get(model) != newest:
                acting.look_again(self._registry, self._target_for, model, announce)
                self._looked_at[model] = newest
            note(self._registry, self._target_for, model, announce)
        except AiquError as error:
            log.warning("The automatic rollback of %s could not be looked at: %s", model, error)

    def _carry_out(self, one: acting.Due) -> None:
        try:
            outcome = acting.carry_out(self._registry, self._target_for, one, announce)
        except AiquError as error:
            log.warning("The automatic rollback of %s has to wait: %s", one.model, error)
            return
        if outcome is None:
            self._look_at(one.model)  # cancelled: what the alarm calls for now is said at once
            return
        note_outcomes(self._registry, (outcome,))
        self._settle()

    def _settle(self) -> None:
        for row_id in acting.settle(self._registry, announce):
            self._tell(row_id)

    def _tell(self, row_id: int) -> None:
        """What was done stands, whether or not its report can be written."""
        if self._on_acted is None:
            return
        try:
            self._on_acted(row_id)
        except AiquError as error:
            log.warning("The report of automatic rollback %s could not be written: %s", row_id, error)

    def _wanted(self, session: Session) -> list[str]:
        """The models with an alarm that may call, or an automatic rollback that is open."""
        alarms = select(Alarm.model_id).where(
            Alarm.key.in_([trigger.value for trigger in Trigger]),
            Alarm.state.in_((AlarmState.UNACKNOWLEDGED, AlarmState.ACKNOWLEDGED)),
        )
        rows = select(AutomaticRollback.model_id).where(AutomaticRollback.state.in_(OPEN))
        query = select(Model.name).where(Model.id.in_(alarms.union(rows).scalar_subquery()))
        return list(session.scalars(query.order_by(Model.name)))

    def _newest_run(self, model: str) -> int:
        query = (
            select(func.max(CheckRun.id))
            .join(Model, Model.id == CheckRun.model_id)
            .where(Model.name == model, CheckRun.state == RunState.DONE)
        )
        with self._registry.read() as session:
            return session.scalar(query) or 0
