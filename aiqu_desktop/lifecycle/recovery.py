"""Settles what a kill or power cut left open: finishes a release that the target proves, undoes any other.

It may itself be killed at any point and run again: it only does again what is not yet done.
"""

from __future__ import annotations

from collections.abc import Callable

from aiqu_desktop.core.errors import AiquError, Refused
from aiqu_desktop.lifecycle.journal import Journal, Order, unfinished_orders
from aiqu_desktop.lifecycle.lock import sole_release
from aiqu_desktop.lifecycle.release import ReleaseOutcome, ReleaseRun, StepCallback
from aiqu_desktop.lifecycle.targets.target import Target
from aiqu_desktop.registry import Registry

ACTOR = "recovery"


def settle_unfinished(
    registry: Registry,
    target_for: Callable[[str], Target],
    *,
    timeout: float | None = None,
    on_step: StepCallback | None = None,
) -> tuple[ReleaseOutcome, ...]:
    """Settle every open release whose process is gone; called at each start of the product.

    A release that a living process carries out is left alone. Where the target or the registry cannot be written, the
    release stays open for the next start, and its outcome says so.

    Args:
        target_for: the target of the model with a given name.
        timeout: seconds that a target has to prove what it serves; by default its own patience.
    """
    outcomes: list[ReleaseOutcome] = []
    for found in unfinished_orders(registry):
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
        run = ReleaseRun(registry, target_for(order.model), Journal(registry, ACTOR), timeout, on_step)
        return run.settle(order)
    except AiquError as error:
        former = order.former.version if order.former else None
        sentence = f"The {order.kind} to version {order.wanted.version} stays open: {error}"
        return ReleaseOutcome(
            order.release, order.model, order.kind, order.state, former, order.wanted.version, sentence, None, {}
        )
