"""Settles what a kill or power cut left open: finishes a release that the target proves, undoes any other.

A stop is never undone: somebody wanted the model out of service, so it is finished, proven or not.

It may itself be killed at any point and run again: it only does again what is not yet done.
"""

from __future__ import annotations

from collections.abc import Callable

from aiqu_desktop.core.errors import AiquError, Refused
from aiqu_desktop.core.words import ReleaseKind
from aiqu_desktop.lifecycle.journal import Journal, Order, unfinished_orders
from aiqu_desktop.lifecycle.lock import sole_release
from aiqu_desktop.lifecycle.release import ReleaseOutcome, ReleaseRun, StepCallback, outcome_of
from aiqu_desktop.lifecycle.safe_state.stopping import StopRun
from aiqu_desktop.lifecycle.targets.target import Target
from aiqu_desktop.registry import Registry

ACTOR = "recovery"


def settle_unfinished(
    registry: Registry,
    target_for: Callable[[str], Target],
    *,
    model: str | None = None,
    timeout: float | None = None,
    on_step: StepCallback | None = None,
) -> tuple[ReleaseOutcome, ...]:
    """Settle every open release whose process is gone; called at each start of the product.

    A release that a living process carries out is left alone. Where the target or the registry cannot be written, the
    release stays open for the next start, and its outcome says so.

    Args:
        target_for: the target of the model with a given name.
        model: settle this model's only.
        timeout: seconds that a target has to prove what it serves; by default its own patience.
    """
    outcomes: list[ReleaseOutcome] = []
    for found in unfinished_orders(registry, model):
        try:
            with sole_release(registry.paths, found.model):
                # What was open when we looked may have been finished before we held the lock.
                still_open = unfinished_orders(registry, found.model)
                outcomes += [_settle(registry, target_for, order, timeout, on_step) for order in still_open]
        except Refused:
            continue  # its process lives
    return tuple(outcomes)


def _settle(
    registry: Registry,
    target_for: Callable[[str], Target],
    order: Order,
    timeout: float | None,
    on_step: StepCallback | None,
) -> ReleaseOutcome:
    try:
        target, journal = target_for(order.model), Journal(registry, ACTOR)
        if order.kind is ReleaseKind.STOP:
            return StopRun(target, journal, timeout, on_step).finish(order, None)
        return ReleaseRun(registry, target, journal, timeout, on_step).settle(order)
    except AiquError as error:
        of = f"of {order.model}" if order.kind is ReleaseKind.STOP else f"to version {order.wanted.version}"
        return outcome_of(order, f"The {order.kind} {of} stays open: {error}", {}, None)
