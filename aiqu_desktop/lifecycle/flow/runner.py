"""Carries out the flow, one run after the other: step by step, each kept as soon as it is known.

A process that dies leaves the run open; the next one goes on with the steps that are not yet kept.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from aiqu_desktop.core.errors import AiquError
from aiqu_desktop.lifecycle.evaluation.candidacy import Candidacy, candidacy_of
from aiqu_desktop.lifecycle.facts import model_named
from aiqu_desktop.lifecycle.flow import record
from aiqu_desktop.lifecycle.flow.steps import STEPS, Step
from aiqu_desktop.lifecycle.policy import notice_policy
from aiqu_desktop.registry import Registry

log = logging.getLogger("aiqu.flow")


def run_next(registry: Registry, go_on: Callable[[], bool], steps: Sequence[Step] = STEPS) -> bool:
    """Take the oldest open run through its steps; False where none is open.

    Args:
        go_on: asked before each step; once it says no, the run is left as it is, for the next process.
    """
    begun = record.begin(registry)
    if begun is None:
        return False
    with _ending(registry, begun):
        _carry_out(registry, begun, go_on, steps)
    return True


def look_again(registry: Registry, go_on: Callable[[], bool], steps: Sequence[Step] = STEPS) -> None:
    """Ask the steps again at which runs wait for rows, and end those that need not wait any more.

    Args:
        go_on: asked before each run; once it says no, the others are left for the next look.
    """
    for begun in record.awaiting(registry):
        for step in steps:
            if step.name in begun.done:
                continue
            if not go_on():
                return
            with _ending(registry, begun):
                began = time.monotonic()
                gates = step.gates(_candidacy(registry, begun))
                if record.go_on(registry, begun.run_id, record.finding_of(gates)):
                    record.keep_step(registry, begun.run_id, step, gates, time.monotonic() - began)
                    record.conclude(registry, begun.run_id)


def _carry_out(registry: Registry, begun: record.Begun, go_on: Callable[[], bool], steps: Sequence[Step]) -> None:
    for step in steps:
        if step.name in begun.done:
            continue
        if not go_on() or not record.is_wanted(registry, begun.run_id):
            return
        began = time.monotonic()
        gates = step.gates(_candidacy(registry, begun))
        if not record.keep_step(registry, begun.run_id, step, gates, time.monotonic() - began):
            return
    record.conclude(registry, begun.run_id)


@contextmanager
def _ending(registry: Registry, begun: record.Begun) -> Iterator[None]:
    """A run ends visibly, whatever breaks on its way."""
    try:
        yield
    except AiquError as error:
        record.fail(registry, begun.run_id, str(error))
    except Exception as error:
        # Our own bug: the run must still end visibly, and the traceback belongs in the log, not on the screen.
        log.exception("the tests of %s version %s failed", begun.model, begun.number)
        said = f"An internal error ({type(error).__name__}: {error}); see the log."
        record.fail(registry, begun.run_id, said)


def _candidacy(registry: Registry, begun: record.Begun) -> Candidacy:
    standing = notice_policy(registry, begun.model)
    with registry.read() as session:
        return candidacy_of(registry, session, model_named(session, begun.model), begun.number, standing)
