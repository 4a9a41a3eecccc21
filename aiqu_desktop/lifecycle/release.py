"""Carries out a release: intent, staging, switch, proof; or the way back, with the target's own reason.

INTENDED ─ staged on the target ─ STAGED ─ pointer replaced ─ SWITCHED ─ proven by the target ─ COMPLETED
    │                               └────────────┴── not proven: former pointer restored ──── REVERTED, or UNKNOWN
    └── not staged: nothing was touched ───────────────────────────────────────────────────── REVERTED

Out of a stop the way back is to stand still again, not to serve the former version. `safe_state.stopping` is the stop.

Capitals are committed states. A kill anywhere leaves an unfinished state, which `recovery` settles from what the target
says: until the completing transaction the old champion is the champion, and the target's pointer names one of the two.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from aiqu_desktop.core.errors import AiquError, Refused, UserError
from aiqu_desktop.core.words import ReleaseKind, ReleaseState, RequestState
from aiqu_desktop.lifecycle.approvals import requests
from aiqu_desktop.lifecycle.approvals.warrant import ApprovedRequest, SignedRollback, Warrant
from aiqu_desktop.lifecycle.facts import facts_of, staging_files
from aiqu_desktop.lifecycle.journal import Journal, Order
from aiqu_desktop.lifecycle.lock import sole_release
from aiqu_desktop.lifecycle.preview import Preview, preview_rollback, refuse_if_changed
from aiqu_desktop.lifecycle.targets.target import Observation, Placement, Stop, Target
from aiqu_desktop.registry import ArtifactStore, Registry
from aiqu_desktop.registry.tables import Version
from aiqu_desktop.security.signing import Signature

StepCallback = Callable[[str, str], None]


@dataclass(frozen=True, slots=True)
class ReleaseOutcome:
    """How a release ended.

    state: COMPLETED, REVERTED or UNKNOWN; still an unfinished one where settling it was not possible.
    to_version: what serves after it is done; of a stop, what does not.
    sentence: what happened and what is live now, with the target's own reason where it had one.
    wall_seconds: from intent to proof on the monotonic clock, of a stop from the press; None where it did not complete
        in one process.
    proof: what the target answered last.
    stopped: the model shall not serve after it: it was a stop, or one stands that this release did not end.
    """

    release: str
    model: str
    kind: ReleaseKind
    state: ReleaseState
    from_version: int | None
    to_version: int
    sentence: str
    wall_seconds: float | None
    proof: dict[str, Any]
    stopped: bool = False

    @property
    def done(self) -> bool:
        return self.state is ReleaseState.COMPLETED


def promote(
    registry: Registry,
    target: Target,
    request_id: int,
    *,
    timeout: float | None = None,
    on_step: StepCallback | None = None,
) -> ReleaseOutcome:
    """Put the version live that two people signed for, and prove it: a promotion, or a resumption after a stop.

    Args:
        request_id: an approved request; its evidence must still hold, and it serves once.
        timeout: seconds that the target has to answer with the new version, and with the former one when reverting;
            by default the target's own patience.
        on_step: called after each step with its name and a sentence, for progress.
    Raises:
        UserError: if there is no such request.
        Refused: if it is not approved, has expired or become void, what was shown has changed, or another release of
            the model is open.
        EnvironmentFault: if the registry or the target cannot be written; an open release is settled at the next start.
    """
    request = requests.find(registry, request_id)
    requests.refuse_unless(request, RequestState.APPROVED)
    with sole_release(registry.paths, request.model):
        now = requests.seen_again(registry, target, request)
        requests.refuse_if_stale(registry, request, now)
        run = ReleaseRun(registry, target, Journal(registry), timeout, on_step)
        return run.carry_out(now, ApprovedRequest(request_id))


def roll_back(
    registry: Registry,
    target: Target,
    preview: Preview,
    signature: Signature,
    *,
    timeout: float | None = None,
    on_step: StepCallback | None = None,
) -> ReleaseOutcome:
    """Put the previewed earlier champion live again on one person's word, and prove it; the present one is withdrawn.

    Args:
        preview: what the person saw; its evidence must still hold.
        signature: over `terms_of_rollback`; its reason is the rollback's.
    Raises:
        UserError: if the preview is of a promotion.
        Refused, EnvironmentFault: as `promote`; Refused also if the signature is of something else.
    """
    refuse_unless_rollback(preview)
    with sole_release(registry.paths, preview.model):
        now = preview_rollback(registry, preview.model, preview.requested, target=target)
        refuse_unless_rollback(now)
        refuse_if_changed(preview, now)
        run = ReleaseRun(registry, target, Journal(registry), timeout, on_step)
        return run.carry_out(now, SignedRollback(signature.id))


def refuse_unless_rollback(preview: Preview) -> None:
    """Raise UserError for the preview of a promotion, Refused for a blocked one."""
    if preview.kind is not ReleaseKind.ROLLBACK:
        raise UserError("The preview is of a promotion, and a rollback was asked for; preview the rollback first.")
    if preview.blocked:
        raise Refused(f"The {preview.kind} is blocked: {preview.blocking}")


class ReleaseRun:
    """The steps of one release. Whoever runs them holds the model's lock."""

    def __init__(
        self,
        registry: Registry,
        target: Target,
        journal: Journal,
        timeout: float | None,
        on_step: StepCallback | None,
    ) -> None:
        self._registry = registry
        self._target = target
        self._journal = journal
        self._timeout = target.patience if timeout is None else timeout
        self._on_step = on_step
        self._store = ArtifactStore(registry.paths.artifacts, registry.clock)

    def carry_out(self, preview: Preview, warrant: Warrant) -> ReleaseOutcome:
        """From intent to outcome."""
        started = time.monotonic()
        order = self._journal.intend(preview, warrant)
        self._say("intended", f"The {order.kind} to version {order.wanted.version} is written down.")
        try:
            self._stage(order.wanted, order.wanted_id)
        except AiquError as error:
            return self._untouched(order, f"Version {order.wanted.version} could not be staged: {error}")
        self._say("laid", f"Version {order.wanted.version} lies ready on the target.")
        order = self._journal.advance(order, ReleaseState.STAGED, f"version {order.wanted.version} lies ready")
        self._say("staged", "That is written down.")
        try:
            self._target.switch(order.wanted)
        except AiquError as error:
            return self.undo(order, f"The switch failed: {error}")
        self._say("pointed", f"The target is told to serve version {order.wanted.version}.")
        order = self._journal.advance(order, ReleaseState.SWITCHED, f"told to serve version {order.wanted.version}")
        self._say("switched", "That is written down.")
        return self.prove(order, started)

    def prove(self, order: Order, started: float | None) -> ReleaseOutcome:
        """Wait for the target's proof; complete with it, undo without it. `started` None: begun by another process."""
        try:
            seen, detail = self._proof(order)
        except AiquError as error:
            return self.undo(order, str(error))
        self._say("proven", detail)
        seconds = None if started is None else time.monotonic() - started
        order = self._journal.complete(order, detail, seen.to_json(), seconds)
        self._say("completed", detail)
        return outcome_of(order, detail, seen.to_json(), seconds)

    def _proof(self, order: Order) -> tuple[Observation, str]:
        """The target's answer with the digest and the golden cases, and what it comes to in one sentence.

        Raises:
            AiquError: if it does not answer so; the sentence says why.
        """
        version = f"version {order.wanted.version}"
        seen = self._target.probe(order.wanted, self._timeout)
        if seen.told(order.wanted):
            # The person was told so by the gate "Target reachable", and the target is set to be like that.
            name = self._target.name
            return seen, f"{name[:1].upper()}{name[1:]} is told to serve {version}; what serves there was not observed."
        if not seen.answers(order.wanted):
            raise Refused(self._why_not(order, seen))
        self._say("probed", f"The target answers with {version}.")
        smoke = self._target.smoke(order.wanted, self._files(order.wanted_id), self._timeout)
        if not smoke.ok:
            why = f": {smoke.failure}" if smoke.failure else "."
            failed = f"{smoke.total - smoke.passed} of {smoke.total} golden cases failed there"
            raise Refused(f"{self._target.name} answers with {version}, but {failed}{why}")
        return seen.with_smoke(smoke), (
            f"Version {order.wanted.version} is live: {self._target.name} answers with its digest, and "
            f"{smoke.passed} of {smoke.total} golden cases pass there."
        )

    def undo(self, order: Order, why: str) -> ReleaseOutcome:
        """Restore the former pointer and wait until the target answers with the former version.

        Raises:
            EnvironmentFault: if the pointer cannot be restored; the release stays open and the next start tries again.
        """
        self._say("reverting", why)
        if order.stopped_by:
            return self._stand_still(order, why)
        former = order.former
        if former is not None and order.former_id is not None:
            why = self._repair(former, order.former_id, why)
        self._target.revert(former)
        self._say("restored", f"The target is told to serve {_named(former)} again.")
        try:
            seen = self._target.probe(former, self._timeout)
            if seen.answers(former) and former is not None and order.former_id is not None:
                seen = seen.with_smoke(self._target.smoke(former, self._files(order.former_id), self._timeout))
        except AiquError as error:
            why, seen = f"{why.rstrip('.')}; {error}", self._nothing_seen(former)
        if seen.proves(former):
            state, end = ReleaseState.REVERTED, "serves again" if former else "is live, as before"
        elif seen.told(former):
            state, end = ReleaseState.REVERTED, "is what it is told to serve again; what serves was not observed"
        else:
            state, end = ReleaseState.UNKNOWN, "is what it shall serve again, but it has not proven that: look at it"
        return self._give_up(order, state, f"{why.rstrip('.')}; {_named(former)} {end}.", seen.to_json())

    def _stand_still(self, order: Order, why: str) -> ReleaseOutcome:
        """Out of a stop: the target is told to stop again, and the stop stands whether it proves that or not."""
        stop = Stop(order.stopped_by)
        self._target.stop(stop)
        self._say("restored", "The target is told to answer nothing again.")
        try:
            seen = self._target.probe(stop, self._timeout)
        except AiquError as error:
            why, seen = f"{why.rstrip('.')}; {error}", self._nothing_seen(None)
        if seen.proves(stop):
            state, end = ReleaseState.REVERTED, "stays stopped: nothing answers"
        elif seen.told(stop):
            state, end = ReleaseState.REVERTED, "stays stopped; what serves was not observed"
        else:
            state, end = ReleaseState.UNKNOWN, "shall stay stopped, but the target has not proven that: look at it"
        return self._give_up(order, state, f"{why.rstrip('.')}; {order.model} {end}.", seen.to_json())

    def settle(self, order: Order) -> ReleaseOutcome:
        """Finish or undo a release whose process died, from what the target says."""
        if order.state is ReleaseState.INTENDED:
            return self._untouched(order, "The product stopped before anything was switched.")
        seen = self._target.observe()
        if seen.pointed == order.wanted:
            if seen.serving != order.wanted:
                # The kill may have come after the pointer was written and before the engine was told of it.
                try:
                    self._target.switch(order.wanted)
                except AiquError as error:
                    return self.undo(order, f"The switch failed: {error}")
            return self.prove(order, None)
        return self.undo(order, "The product stopped during the release.")

    def _stage(self, placement: Placement, version_id: int) -> None:
        self._target.stage(placement, self._files(version_id))

    def _files(self, version_id: int) -> dict[str, bytes]:
        with self._registry.read() as session:
            version = facts_of(session.get_one(Version, version_id))
        return staging_files(self._store, version)

    def _repair(self, former: Placement, former_id: int, why: str) -> str:
        """Put the former version's files in place again; a fault does not stop the way back, and is told with `why`."""
        try:
            self._stage(former, former_id)
        except AiquError as error:
            return f"{why.rstrip('.')}; {error}"
        return why

    def _untouched(self, order: Order, why: str) -> ReleaseOutcome:
        """Before STAGED is committed no release tells the target anything, so there is nothing to restore."""
        stays = f"{order.model} stays stopped" if order.stopped_by else f"{_named(order.former)} stays live"
        detail = f"{why.rstrip('.')}; nothing was switched, and {stays}."
        return self._give_up(order, ReleaseState.REVERTED, detail, {})

    def _give_up(self, order: Order, state: ReleaseState, detail: str, proof: dict[str, Any]) -> ReleaseOutcome:
        detail = detail[:1].upper() + detail[1:]
        order = self._journal.give_up(order, state, detail, proof)
        self._say(state.value, detail)
        return outcome_of(order, detail, proof, None)

    def _why_not(self, order: Order, seen: Observation) -> str:
        version = f"version {order.wanted.version}"
        if seen.refuses(order.wanted):
            return f"{self._target.name} refused {version}: {seen.refusal}"
        if not seen.alive:
            return f"{self._target.name} gave no sign of life for {self._timeout:g} s and did not prove {version}"
        problem = f" ({seen.refusal.rstrip('.')})" if seen.refusal else ""
        return f"{self._target.name} did not answer with {version} within {self._timeout:g} s{problem}"

    def _nothing_seen(self, pointed: Placement | None) -> Observation:
        return Observation(False, pointed, None, 0, 0, 0.0)

    def _say(self, step: str, detail: str) -> None:
        if self._on_step is not None:
            self._on_step(step, detail)


def outcome_of(order: Order, sentence: str, proof: dict[str, Any], seconds: float | None) -> ReleaseOutcome:
    """How an order stands now, for whoever asked for it."""
    former = order.former.version if order.former else None
    stopped = order.kind is ReleaseKind.STOP or (bool(order.stopped_by) and order.state is not ReleaseState.COMPLETED)
    return ReleaseOutcome(
        order.release, order.model, order.kind, order.state, former, order.wanted.version, sentence, seconds, proof,
        stopped,
    )  # fmt: skip


def _named(placement: Placement | None) -> str:
    return "no version" if placement is None else f"version {placement.version}"
