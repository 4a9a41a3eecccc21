"""How a release is asked for: the one place to change when the services ask for more."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from aiqu_desktop.lifecycle import ReleaseOutcome, settle_unfinished
from aiqu_desktop.lifecycle.targets.choice import targets_of
from aiqu_desktop.registry import Registry
from aiqu_desktop.services import releases

Step = Callable[[str, str], None]


def prepared(registry: Registry, model: str, act: str, on_step: Step | None = None) -> Callable[[], ReleaseOutcome]:
    """All that comes before the button is pressed; the callable that is returned presses it.

    act: "promote N", "rollback" to the last known good, or "settle", as a start of the product does, what is open.
    """
    if act.startswith("settle"):
        targets = targets_of(registry)
        return lambda: settle_unfinished(registry, targets, on_step=on_step)[0]
    if act == "rollback":
        back = releases.preview_rollback(registry, model)
        return partial(releases.roll_back, registry, back, actor="Olle", reason="scrap", on_step=on_step)
    preview = releases.preview_promotion(registry, model, int(act.removeprefix("promote ")))
    return partial(releases.promote, registry, preview, actor="Eva", reason="better", on_step=on_step)


def done(registry: Registry, model: str, act: str) -> ReleaseOutcome:
    """Carry out a release that nothing disturbs."""
    outcome = prepared(registry, model, act)()
    assert outcome.done, outcome.sentence
    return outcome
