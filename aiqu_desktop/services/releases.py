"""Promote and roll back: the one way to both, for the window and for the command line alike."""

from __future__ import annotations

from aiqu_desktop.lifecycle import preview as previews
from aiqu_desktop.lifecycle import release
from aiqu_desktop.lifecycle.preview import Preview
from aiqu_desktop.lifecycle.recovery import settle_unfinished
from aiqu_desktop.lifecycle.release import ReleaseOutcome, StepCallback
from aiqu_desktop.lifecycle.targets.choice import target_of, targets_of
from aiqu_desktop.registry import Registry


def preview_promotion(registry: Registry, model: str, number: int) -> Preview:
    """What promoting a version would change, with its gates.

    Raises:
        UserError: if there is no such model or version.
        Refused: if the version is the champion already.
    """
    return previews.preview_promotion(registry, model, number)


def preview_rollback(registry: Registry, model: str, number: int | None = None) -> Preview:
    """What rolling back would change; without a number, to the last known good version.

    Raises:
        UserError: if there is no such model or version.
    """
    return previews.preview_rollback(registry, model, number)


def promote(
    registry: Registry, preview: Preview, *, actor: str, reason: str, on_step: StepCallback | None = None
) -> ReleaseOutcome:
    """Put the previewed version live and prove it. See `lifecycle.release.promote` for what it raises."""
    target = target_of(registry, preview.model)
    return release.promote(registry, target, preview, actor=actor, reason=reason, on_step=on_step)


def roll_back(
    registry: Registry, preview: Preview, *, actor: str, reason: str, on_step: StepCallback | None = None
) -> ReleaseOutcome:
    """Put the previewed earlier champion live again and prove it. See `lifecycle.release.roll_back`."""
    target = target_of(registry, preview.model)
    return release.roll_back(registry, target, preview, actor=actor, reason=reason, on_step=on_step)


def settle(registry: Registry) -> tuple[ReleaseOutcome, ...]:
    """Finish or undo what a kill left unfinished; done at every start of the window and of the monitor."""
    return settle_unfinished(registry, targets_of(registry))
