"""How a release is asked for: the one place to change when the services ask for more."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from aiqu_desktop.core.words import ReleaseKind, RequestState
from aiqu_desktop.lifecycle import ReleaseOutcome, settle_unfinished
from aiqu_desktop.lifecycle.targets.choice import targets_of
from aiqu_desktop.registry import Registry
from aiqu_desktop.services import releases, safe_state
from aiqu_desktop.services.requests import list_requests
from tests.factories.people import APPROVER, ENGINEER, OPERATOR, enrol

Step = Callable[[str, str], None]


def prepared(registry: Registry, model: str, act: str, on_step: Step | None = None) -> Callable[[], ReleaseOutcome]:
    """All that comes before the button is pressed; the callable that is returned presses it.

    act: "promote N" or "resume", which an approved request must be there for, "rollback" to the last known good,
    "stop", or "settle", as a start of the product does, what is open.
    """
    if act.startswith("settle"):
        targets = targets_of(registry)
        return lambda: settle_unfinished(registry, targets, on_step=on_step)[0]
    if act == "rollback":
        back = releases.preview_rollback(registry, model)
        return partial(releases.roll_back, registry, back, OPERATOR, "scrap", on_step=on_step)
    if act == "stop":
        shown = safe_state.preview_stop(registry, model)
        return partial(safe_state.stop, registry, shown, OPERATOR, "wrong answers", on_step=on_step)
    (request,) = _approved(registry, model, act)
    return partial(releases.promote, registry, request, on_step=on_step)


def let_two_people_sign(registry: Registry, model: str, act: str) -> None:
    """Eva asks for a promotion or resumption and Maria approves it, unless that is so already."""
    enrol(registry)
    if _approved(registry, model, act):
        return
    if act == "resume":
        preview = safe_state.preview_resume(registry, model)
    else:
        preview = releases.preview_promotion(registry, model, int(act.removeprefix("promote ")))
    request = releases.request_release(registry, preview, ENGINEER, "better")
    releases.approve(registry, request.id, APPROVER)


def done(registry: Registry, model: str, act: str) -> ReleaseOutcome:
    """Carry out a release that nothing disturbs."""
    if act == "resume" or act.startswith("promote "):
        let_two_people_sign(registry, model, act)
    outcome = prepared(registry, model, act)()
    assert outcome.done, outcome.sentence
    return outcome


def _approved(registry: Registry, model: str, act: str) -> list[int]:
    """The requests that just this act can be carried out on: another version's, or another kind's, are none."""
    rows = [row for row in list_requests(registry, model=model) if row.state is RequestState.APPROVED]
    if act == "resume":
        return [row.id for row in rows if row.kind is ReleaseKind.RESUME]
    number = int(act.removeprefix("promote "))
    return [row.id for row in rows if row.kind is ReleaseKind.PROMOTION and row.version == number]
