"""The preview of a release: all that a person sees before deciding, and the digest that binds the decision to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from aiqu_desktop.core.clock import iso
from aiqu_desktop.core.errors import Refused
from aiqu_desktop.core.files import canonical_json, sha256_bytes
from aiqu_desktop.core.words import ReleaseKind
from aiqu_desktop.lifecycle.evaluation.candidacy import candidacy_of
from aiqu_desktop.lifecycle.facts import VersionFacts, champion_of, facts_of, model_named, version_numbered
from aiqu_desktop.lifecycle.gates.gate import GateResult
from aiqu_desktop.lifecycle.gates.promotion import promotion_gates
from aiqu_desktop.lifecycle.gates.site import target_answers
from aiqu_desktop.lifecycle.gates.version import files_intact, golden_cases_pass
from aiqu_desktop.lifecycle.last_good import healthy_champions, performance_alarm, why_no_way_back
from aiqu_desktop.lifecycle.policy import notice_policy
from aiqu_desktop.lifecycle.safe_state.cards import WrittenCard
from aiqu_desktop.lifecycle.safe_state.hold import Stopped, stopped
from aiqu_desktop.lifecycle.targets.choice import chosen_target, target_of
from aiqu_desktop.lifecycle.targets.target import Target
from aiqu_desktop.registry import ArtifactStore, Registry
from aiqu_desktop.registry.tables import Model, Version


@dataclass(frozen=True, slots=True)
class Preview:
    """What a release would do, and whether it may.

    from_version: the present champion; None before the first promotion.
    to_version: the version that would go live; None when there is none to roll back to.
    blocking: why it may not go ahead, in one sentence; empty when it may.
    way_back: how to undo it, in one sentence.
    requested: the version number that was asked for; None when the last known good was.
    data_as_of: the observations and labels that its gates looked at are those known then; None where none were.
    stopped: the stop that stands now, which the release would end (or, unproven, repeat). fallback: the card that the
        plant would work by after a stop; None where there is none.
    """

    kind: ReleaseKind
    model: str
    primary_metric: str
    from_version: VersionFacts | None
    to_version: VersionFacts | None
    gates: tuple[GateResult, ...]
    blocking: str
    way_back: str
    requested: int | None
    data_as_of: datetime | None = None
    stopped: Stopped | None = None
    fallback: WrittenCard | None = None

    @property
    def blocked(self) -> bool:
        return bool(self.blocking)

    @property
    def failed(self) -> tuple[GateResult, ...]:
        """The gates that block."""
        return tuple(gate for gate in self.gates if gate.blocks)

    @property
    def overridable(self) -> bool:
        """True when gates failed and two people may go ahead against every one of them."""
        return bool(self.failed) and self.to_version is not None and all(gate.overridable for gate in self.failed)

    @property
    def evidence_digest(self) -> str:
        """SHA-256 of the canonical JSON of all that is shown."""
        return sha256_bytes(canonical_json(self.to_json()))

    def to_json(self) -> dict[str, Any]:
        """All that is shown, as a plain dictionary: the evidence of the release."""
        shown = {
            "kind": self.kind.value,
            "model": self.model,
            "primary_metric": self.primary_metric,
            "from": self.from_version.to_json() if self.from_version else None,
            "to": self.to_version.to_json() if self.to_version else None,
            "gates": [gate.to_json() for gate in self.gates],
            "blocking": self.blocking,
            "way_back": self.way_back,
            "data_as_of": iso(self.data_as_of) if self.data_as_of else None,
        }
        if self.stopped is not None:
            shown["stopped"] = self.stopped.to_json()
        if self.kind is ReleaseKind.STOP:
            shown["fallback"] = self.fallback.to_json() if self.fallback else None
        return shown


def preview_promotion(
    registry: Registry,
    model_name: str,
    number: int,
    *,
    target: Target | None = None,
    as_of: datetime | None = None,
) -> Preview:
    """What promoting a version would do; on the model's own target unless another is given.

    Args:
        as_of: look at the data that were known on this day, as a preview before did (`Preview.data_as_of`); today's by
            default. All else is asked now.

    Raises:
        UserError: if there is no such model or version.
        Refused: if the version is the champion already.
    """
    standing = notice_policy(registry, model_name)
    with registry.read() as session:
        model = model_named(session, model_name)
        live = champion_of(model)
        if live is not None and live.number == number:
            raise Refused(f"{model.name} version {number} is the champion already; there is nothing to promote.")
        asked = candidacy_of(registry, session, model, number, standing, known_at=as_of)
        way_back, standing_stop = _way_back(registry, session, model, live), stopped(session, model.id)
        gates = promotion_gates(asked, session, target or target_of(registry, model_name))
    return Preview(
        ReleaseKind.PROMOTION,
        model_name,
        asked.metric,
        asked.champion,
        asked.version,
        gates,
        first_failure(gates),
        way_back,
        number,
        asked.as_of,
        standing_stop,
    )


def preview_rollback(
    registry: Registry, model_name: str, to_number: int | None = None, *, target: Target | None = None
) -> Preview:
    """What rolling back would do: to the last known good, or to another earlier champion that was healthy.

    When there is none to go to, the preview is blocked and says why.

    Raises:
        UserError: if there is no such model or version.
    """
    store = ArtifactStore(registry.paths.artifacts, registry.clock)
    with registry.read() as session:
        model = model_named(session, model_name)
        live, healthy, primary = champion_of(model), healthy_champions(session, model.id), model.primary_metric
        if to_number is not None:
            version_numbered(model, to_number)
        row = next((version for version in healthy if to_number in (None, version.number)), None)
        champion, version = facts_of(live) if live else None, facts_of(row) if row else None
        chosen, why_none = chosen_target(session, model.id), why_no_way_back(session, model.id)
        standing = stopped(session, model.id)
    if champion is None or version is None:
        why = _no_way_back(model_name, champion, to_number, healthy, why_none)
        return Preview(ReleaseKind.ROLLBACK, model_name, primary, champion, None, (), why, "", to_number)
    gates = (
        files_intact(store, version),
        golden_cases_pass(store, version),
        target_answers(target or target_of(registry, model_name), chosen),
    )
    way_back = f"Version {champion.number} is kept as withdrawn; it can be promoted again through its gates."
    return Preview(
        ReleaseKind.ROLLBACK, model_name, primary, champion, version, gates, first_failure(gates), way_back, to_number,
        stopped=standing,
    )  # fmt: skip


def refuse_if_changed(shown: Preview, now: Preview) -> None:
    """Compare what was shown with what holds now.

    Raises:
        Refused: if they differ; the sentence says where.
    """
    if shown.evidence_digest == now.evidence_digest:
        return
    what = "the versions"
    before = {gate.name: gate for gate in shown.gates}
    for gate in now.gates:
        if before.get(gate.name) != gate:
            what = f"{gate.title}: {gate.finding.rstrip('.')}"
            break
    raise Refused(f"What you saw has changed ({what}); look at it again before you decide.")


def first_failure(gates: Sequence[GateResult]) -> str:
    """Why gates block, in one sentence; empty when none does."""
    failed = [gate for gate in gates if gate.blocks]
    if not failed:
        return ""
    others = f" ({len(failed) - 1} more gate(s) failed.)" if len(failed) > 1 else ""
    return failed[0].finding + others


def _way_back(registry: Registry, session: Session, model: Model, live: Version | None) -> str:
    """Where a rollback would go after this promotion."""
    if live is None:
        return "This is the first version to go live, so there is nothing to roll back to until a second one does."
    if not performance_alarm(session, model.id, live.id, registry.clock.now()):
        return f"If it disappoints, one person can roll back to version {live.number} with one reason."
    earlier = healthy_champions(session, model.id)
    harm = f"Version {live.number} has a performance alarm, so it will not count as good"
    if earlier:
        return f"{harm}; a rollback would go to version {earlier[0].number}."
    return f"{harm}, and no earlier version does: there will be nothing to roll back to."


def _no_way_back(
    model: str, champion: VersionFacts | None, to_number: int | None, healthy: Sequence[Version], why_none: str
) -> str:
    if champion is None:
        return f"{model} has no champion, so there is nothing to roll back from; promote a version."
    if to_number == champion.number:
        return f"{model} version {to_number} is the champion already; there is nothing to roll back to it from."
    if to_number is not None:
        known = ", ".join(str(version.number) for version in healthy) or "none"
        return (
            f"{model} version {to_number} is no healthy earlier champion, so a rollback cannot go to it "
            f"(it can go to: {known}); promote it through its gates."
        )
    return f"{model} has no last known good. {why_none} Another version can be promoted through its gates."
