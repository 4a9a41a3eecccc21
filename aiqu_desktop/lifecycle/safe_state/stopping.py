"""Carries out a stop: intent, order to the target, proof that nothing answers.

INTENDED ─ target told to answer nothing ─ SWITCHED ─ seen to answer nothing ─ COMPLETED
    └──────────── cannot be told ─────────────┴───── still answers, or nobody can know ── UNKNOWN

From the intent on the model is held, whatever the target says: a stop is never undone by itself, also not by a kill,
after which `recovery` goes on with it. UNKNOWN means that a person must look at the target.
"""

from __future__ import annotations

import time
from typing import Any

from aiqu_desktop.core.errors import AiquError, Refused, UserError
from aiqu_desktop.core.words import ReleaseKind, ReleaseState
from aiqu_desktop.lifecycle.approvals.warrant import SignedStop, Warrant
from aiqu_desktop.lifecycle.journal import Journal, Order
from aiqu_desktop.lifecycle.lock import sole_release
from aiqu_desktop.lifecycle.preview import Preview, refuse_if_changed
from aiqu_desktop.lifecycle.release import ReleaseOutcome, StepCallback, outcome_of
from aiqu_desktop.lifecycle.safe_state.previews import preview_stop
from aiqu_desktop.lifecycle.targets.target import Observation, Stop, Target
from aiqu_desktop.registry import Registry
from aiqu_desktop.security.signing import Signature


def stop(
    registry: Registry,
    target: Target,
    preview: Preview,
    signature: Signature,
    *,
    pressed: float | None = None,
    timeout: float | None = None,
    on_step: StepCallback | None = None,
) -> ReleaseOutcome:
    """Take the previewed model out of service on one person's word, and prove that nothing answers.

    Args:
        preview: what the person saw; it must still hold.
        signature: over `terms_of_stop`; its reason is the stop's.
        pressed: when the person acted, on the monotonic clock; now by default. The outcome's time counts from there.
        timeout: seconds that the target has to fall silent; by default its own patience.
    Raises:
        UserError: if the preview is of something else.
        Refused: if there is nothing to stop, what was shown has changed, the signature is of something else, or another
            release of the model is open.
        EnvironmentFault: if the registry cannot be written; nothing was told to the target, or the stop goes on at the
            next start.
    """
    started = time.monotonic() if pressed is None else pressed
    refuse_unless_stop(preview)
    with sole_release(registry.paths, preview.model):
        now = preview_stop(registry, preview.model)
        refuse_unless_stop(now)
        refuse_if_changed(preview, now)
        return StopRun(target, Journal(registry), timeout, on_step).carry_out(now, SignedStop(signature.id), started)


def refuse_unless_stop(preview: Preview) -> None:
    """Raise UserError for the preview of another release, Refused where there is nothing to stop."""
    if preview.kind is not ReleaseKind.STOP:
        raise UserError(f"The preview is of a {preview.kind}, and a stop was asked for; preview the stop first.")
    if preview.blocked:
        raise Refused(preview.blocking)


class StopRun:
    """The steps of one stop. Whoever runs them holds the model's lock."""

    def __init__(self, target: Target, journal: Journal, timeout: float | None, on_step: StepCallback | None) -> None:
        self._target = target
        self._journal = journal
        self._timeout = target.patience if timeout is None else timeout
        self._on_step = on_step

    def carry_out(self, preview: Preview, warrant: Warrant, started: float) -> ReleaseOutcome:
        """From intent to outcome."""
        order = self._journal.intend(preview, warrant)
        self._say("intended", f"The stop of {order.model} is written down; it counts from now on.")
        return self.finish(order, started)

    def finish(self, order: Order, started: float | None) -> ReleaseOutcome:
        """Tell the target, and see whether it obeys. `started` None: begun by another process; done again as needed."""
        wanted = Stop(order.release)
        try:
            self._target.stop(wanted)
        except AiquError as error:
            return self._unproven(order, f"{self._name} could not be told to stop ({str(error).rstrip('.')})", {})
        self._say("pointed", "The target is told to answer nothing.")
        if order.state is not ReleaseState.SWITCHED:
            order = self._journal.advance(order, ReleaseState.SWITCHED, "told to answer nothing")
        self._say("switched", "That is written down.")
        try:
            seen = self._target.probe(wanted, self._timeout)
        except AiquError as error:
            return self._unproven(order, str(error), {})
        if not seen.proves(wanted):
            return self._unproven(order, self._why_not(seen, wanted), seen.to_json())
        detail = f"{order.model} is stopped: {self._target.name} answers nothing."
        self._say("proven", detail)
        seconds = None if started is None else time.monotonic() - started
        order = self._journal.complete(order, detail, seen.to_json(), seconds)
        self._say("completed", detail)
        return outcome_of(order, detail, seen.to_json(), seconds)

    def _unproven(self, order: Order, why: str, proof: dict[str, Any]) -> ReleaseOutcome:
        detail = (
            f"{why.rstrip('.')}; {order.model} shall be stopped, but nothing proves that it is: go to the target and "
            "see that it stands still."
        )
        detail = detail[:1].upper() + detail[1:]
        order = self._journal.give_up(order, ReleaseState.UNKNOWN, detail, proof)
        self._say("unknown", detail)
        return outcome_of(order, detail, proof, None)

    def _why_not(self, seen: Observation, wanted: Stop) -> str:
        if seen.told(wanted):
            return f"{self._name} is told to serve nothing, and nothing there says what serves"
        problem = f" ({seen.refusal.rstrip('.')})" if seen.refusal else ""
        if not seen.alive:
            return f"{self._name} gave no sign of life for {self._timeout:g} s{problem}"
        if seen.serving is not None:
            known = f"version {seen.serving.version}" if seen.serving.version else "another version"
            return f"{self._name} still answers with {known} after {self._timeout:g} s{problem}"
        if seen.foreign:
            return f"Something still answers at {self._target.name}{problem}"
        return f"{self._name} did not say within {self._timeout:g} s that it obeys{problem}"

    @property
    def _name(self) -> str:
        return self._target.name[:1].upper() + self._target.name[1:]

    def _say(self, step: str, detail: str) -> None:
        if self._on_step is not None:
            self._on_step(step, detail)
