"""Gives a model another target. While a version is live, the new target must first prove that it serves that version.

The old target is left as it is, so that nothing that still asks it is cut off; who moves a model says so to its users.
A kill on the way leaves the old choice: the registry names the new target only once it has proven itself.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from aiqu_desktop.core.errors import AiquError, Refused
from aiqu_desktop.core.words import ReleaseState
from aiqu_desktop.lifecycle.approvals.target_choice import Consent, signers_of
from aiqu_desktop.lifecycle.facts import champion_of, facts_of, model_named, staging_files
from aiqu_desktop.lifecycle.history import placed_by
from aiqu_desktop.lifecycle.lock import sole_release
from aiqu_desktop.lifecycle.safe_state.hold import hold_of
from aiqu_desktop.lifecycle.shadow.record import open_shadow
from aiqu_desktop.lifecycle.targets.choice import build, setting_of
from aiqu_desktop.lifecycle.targets.setting import FolderSetting, Setting, fingerprint, to_json
from aiqu_desktop.lifecycle.targets.target import Observation, Placement, Target
from aiqu_desktop.registry import ArtifactStore, Registry
from aiqu_desktop.registry.tables import Release, TargetRecord
from aiqu_desktop.security import audit


@dataclass(frozen=True, slots=True)
class Move:
    """What choosing a target came to. changed: False when it was chosen already."""

    model: str
    setting: Setting
    changed: bool
    sentence: str


def set_target(registry: Registry, model: str, setting: Setting, consent: Consent) -> Move:
    """Choose a model's target on two people's word, audited; with a live version, prove it there first.

    Raises:
        UserError: if there is no such model.
        Refused: if the two signatures do not entitle to it, a release of the model is open, or the new target does not
            prove the live version.
        EnvironmentFault: if the new target cannot be reached or written.
    """
    with registry.read() as session:
        model_named(session, model)
    with sole_release(registry.paths, model):
        with registry.read() as session:
            found = model_named(session, model)
            before = setting_of(session, found.id)
            if fingerprint(before) == fingerprint(setting):
                return Move(model, setting, False, f"{model} has this target already; nothing was changed.")
            _refuse_open_release(session, found.id, model)
            if not isinstance(setting, FolderSetting) and open_shadow(session, found.id) is not None:
                raise Refused(f"A shadow of {model} runs, and the new target cannot run one; end it first.")
            signers_of(session, model, setting, consent)
            live = champion_of(found)
            version = facts_of(live) if live else None
            _refuse_stopped(session, found.id, model)
            release = placed_by(session, found.id, live.id) if live else ""
        target = build(registry.paths, model, setting)
        if version is None:
            proof, sentence = {}, f"{model} is released to {target.name} from now on."
        else:
            store = ArtifactStore(registry.paths.artifacts, registry.clock)
            placement = Placement(version.digest, version.number, release)
            seen = _prove(target, placement, staging_files(store, version))
            shown = "is proven there" if seen.serving_observed else "is what it is told; what serves is not observed"
            proof, sentence = seen.to_json(), f"{model} is released to {target.name}; version {version.number} {shown}."
        _write(registry, model, before, setting, consent, proof)
    return Move(model, setting, True, sentence)


def _prove(target: Target, live: Placement, files: dict[str, bytes]) -> Observation:
    """Have the new target serve the live version, and prove it; undone where it does not."""
    before = target.observe()
    if not before.alive:
        dead = f"{target.name} gives no sign of life"
        raise Refused(f"{dead}; start it before a model with a live version is moved there.")
    try:
        target.stage(live, files)
        target.switch(live)
        seen = target.probe(live, target.patience)
        if seen.told(live):
            return seen
        if seen.answers(live):
            smoke = target.smoke(live, files, target.patience)
            seen = seen.with_smoke(smoke)
            if seen.proves(live):
                return seen
            why = smoke.failure or "its golden cases do not pass there."
        else:
            why = seen.refusal or "it did not answer with that version in time."
    except AiquError as error:
        why = str(error)
    target.revert(before.pointed)
    raise Refused(f"{target.name} does not prove the live version {live.version}, so the target stays as it was: {why}")


def _refuse_open_release(session: Session, model_id: int, model: str) -> None:
    unfinished = [state for state in ReleaseState if state.unfinished]
    query = select(Release.id).where(Release.model_id == model_id, Release.state.in_(unfinished))
    if session.scalars(query).first() is not None:
        raise Refused(f"A release of {model} is open; settle it (restart AiQu Desktop) before its target is changed.")


def _refuse_stopped(session: Session, model_id: int, model: str) -> None:
    if hold_of(session, model_id) is not None:
        raise Refused(f"{model} is stopped, and a new target would have to serve to be proven; end the stop first.")


def _write(
    registry: Registry, model: str, before: Setting, setting: Setting, consent: Consent, proof: dict[str, object]
) -> None:
    now = registry.clock.now()
    with registry.write() as session:
        chooser, approver = signers_of(session, model, setting, consent)
        by = f"{chooser.full_name} and {approver.full_name}"
        row = TargetRecord(
            model_id=model_named(session, model).id,
            at=now,
            by=by,
            reason=chooser.reason,
            kind=setting.kind,
            settings=to_json(setting),
        )
        session.add(row)
        audit.record(
            session,
            at=now,
            actor=by,
            action="target.chosen",
            subject=f"model {model}",
            old={"kind": before.kind.value, **to_json(before)},
            new={
                "kind": setting.kind.value,
                **to_json(setting),
                "proof": proof,
                "signatures": [chooser.id, approver.id],
            },
            reason=chooser.reason,
        )
