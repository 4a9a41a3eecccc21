"""Begins and ends a shadow on one signed word, and makes the line's folder say what the registry says."""

from __future__ import annotations

import logging
import uuid
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from aiqu_desktop.core.errors import AiquError, EnvironmentFault, Refused
from aiqu_desktop.core.files import canonical_json, sha256_bytes
from aiqu_desktop.core.words import FlowState, Meaning
from aiqu_desktop.lifecycle.approvals.subject import Terms, subject_of
from aiqu_desktop.lifecycle.approvals.terms import artifact_digest
from aiqu_desktop.lifecycle.facts import (
    VersionFacts,
    champion_of,
    facts_of,
    model_named,
    staging_files,
    version_numbered,
)
from aiqu_desktop.lifecycle.lock import sole_release
from aiqu_desktop.lifecycle.shadow.place import why_no_shadow
from aiqu_desktop.lifecycle.shadow.record import open_shadow, write_begun, write_ended
from aiqu_desktop.lifecycle.targets.folder import folder_target
from aiqu_desktop.line.messages import Pointer
from aiqu_desktop.line.protocol import TargetFolder
from aiqu_desktop.line.shadow.folder import ShadowFolder
from aiqu_desktop.registry import ArtifactStore, Registry
from aiqu_desktop.registry.tables import FlowRun, Model, ShadowRecord, Version
from aiqu_desktop.security.signing import verified

log = logging.getLogger("aiqu.shadow")

_TESTED = (FlowState.READY, FlowState.AWAITING_ROWS)


@dataclass(frozen=True, slots=True)
class Begun:
    """A shadow that has begun: its id, and of which version it is beside which."""

    shadow: str
    model: str
    version: int
    beside: int


def terms_of_begin(registry: Registry, model: str, number: int, reason: str) -> Terms:
    """What the engineer signs.

    Raises:
        UserError: if there is no such model or version.
        Refused: if it cannot be begun now; the sentence says why.
    """
    with registry.read() as session:
        version, champion = _able(session, model_named(session, model), number)
        return _begin_terms(model, version, champion, reason)


def begin_shadow(registry: Registry, model: str, number: int, signature_id: str, reason: str) -> Begun:
    """Let a version answer beside the champion.

    Args:
        signature_id: of `terms_of_begin`, with the same reason.
    Raises:
        UserError: if there is no such model or version.
        Refused: if it cannot be begun now, or the signature is of something else.
        EnvironmentFault: if the line's folder cannot be written; the shadow is then ended at once.
    """
    with sole_release(registry.paths, model):
        with registry.write() as session:
            found = model_named(session, model)
            version, champion = _able(session, found, number)
            terms = _begin_terms(model, version, champion, reason)
            signer = verified(session, signature_id, (terms.meaning,), subject=terms.subject, digest=terms.digest)
            if session.scalar(select(ShadowRecord.id).where(ShadowRecord.signature_id == signer.id)) is not None:
                raise Refused("This signature has begun a shadow already; sign anew.")
            row = ShadowRecord(
                id=uuid.uuid4().hex,
                model_id=found.id,
                version_id=version.version_id,
                begun_at=registry.clock.now(),
                begun_by=signer.full_name,
                reason=signer.reason,
                signature_id=signer.id,
            )
            write_begun(session, row, version_numbered(found, number), champion.number, signer)
            begun = Begun(row.id, model, number, champion.number)
        try:
            straighten(registry, model)
        except AiquError as error:
            with registry.write() as session:
                left = session.get_one(ShadowRecord, begun.shadow)
                write_ended(session, left, now=registry.clock.now(), by="shadow", reason=f"It could not begin: {error}")
            raise
    return begun


def terms_of_end(registry: Registry, model: str, reason: str) -> Terms:
    """What is signed to end the model's shadow.

    Raises:
        UserError: if there is no such model.
        Refused: if no shadow runs.
    """
    with registry.read() as session:
        return _end_terms(model, _running(session, model), reason)


def end_shadow(registry: Registry, model: str, signature_id: str, reason: str) -> int:
    """End the model's shadow; the number of its version.

    Args:
        signature_id: of `terms_of_end`, with the same reason.
    Raises:
        UserError: if there is no such model.
        Refused: if no shadow runs, or the signature is of something else.
        EnvironmentFault: if the line's folder cannot be written; the next start makes it good.
    """
    with sole_release(registry.paths, model):
        with registry.write() as session:
            row = _running(session, model)
            terms = _end_terms(model, row, reason)
            signer = verified(session, signature_id, (terms.meaning,), subject=terms.subject, digest=terms.digest)
            number = session.get_one(Version, row.version_id).number
            now = registry.clock.now()
            write_ended(session, row, now=now, by=signer.full_name, reason=signer.reason, signature_id=signer.id)
        straighten(registry, model)
    return number


def straighten(registry: Registry, model: str) -> None:
    """Make the line's folder name the shadow that the registry has, or none; done already, it changes nothing.

    Raises:
        EnvironmentFault: if a file of the version is damaged or the folder cannot be written.
    """
    with registry.read() as session:
        row = open_shadow(session, model_named(session, model).id)
        version = facts_of(session.get_one(Version, row.version_id)) if row is not None else None
    try:
        if row is None or version is None:
            ShadowFolder(TargetFolder(registry.paths.line / model)).end()
            return
        store = ArtifactStore(registry.paths.artifacts, registry.clock)
        place = ShadowFolder(folder_target(registry.paths, model).folder)
        pointer = Pointer(version.digest, version.number, row.id, row.begun_at)
        place.begin(pointer, staging_files(store, version))
    except OSError as error:
        reason = error.strerror or error
        raise EnvironmentFault(
            f"The shadow's folder cannot be written ({reason}); make room or correct that."
        ) from error


def straighten_quietly(registry: Registry, model: str) -> None:
    """`straighten` where something greater must not fail over a shadow: what cannot be made good goes to the log."""
    try:
        straighten(registry, model)
    except AiquError as error:
        log.warning("%s: %s", model, error)


def straighten_all(registry: Registry) -> None:
    """`straighten_quietly` for every model, at a start: a kill may have come between the registry and the folder."""
    with registry.read() as session:
        models = session.scalars(select(Model.name).order_by(Model.name)).all()
    for model in models:
        straighten_quietly(registry, model)


def _able(session: Session, model: Model, number: int) -> tuple[VersionFacts, VersionFacts]:
    """The version and the champion that it may run beside."""
    row, live = version_numbered(model, number), champion_of(model)
    if impossible := why_no_shadow(session, model.id):
        raise Refused(impossible)
    if live is None:
        raise Refused(f"{model.name} has no champion, so there is nothing to run beside; promote a version first.")
    if live.id == row.id:
        raise Refused(f"Version {number} of {model.name} is the champion; a shadow is of another version.")
    running = open_shadow(session, model.id)
    if running is not None:
        other = session.get_one(Version, running.version_id).number
        raise Refused(f"Version {other} of {model.name} is its shadow already; end that one first.")
    newest = session.scalars(
        select(FlowRun).where(FlowRun.version_id == row.id).order_by(FlowRun.id.desc()).limit(1)
    ).first()
    if newest is None or newest.state not in _TESTED:
        how = "was never tested" if newest is None else f"has not passed its tests ({newest.sentence or newest.state})"
        raise Refused(
            f"Version {number} of {model.name} {how.rstrip('.')}; only a version that has passed them may run beside "
            f"the champion ('aiqu versions {model.name} --test {number}')."
        )
    return facts_of(row), facts_of(live)


def _running(session: Session, model: str) -> ShadowRecord:
    row = open_shadow(session, model_named(session, model).id)
    if row is None:
        raise Refused(f"No version of {model} runs as a shadow, so there is nothing to end.")
    return row


def _begin_terms(model: str, version: VersionFacts, champion: VersionFacts, reason: str) -> Terms:
    content = {
        "act": "begin shadow",
        "model": model,
        "version": version.version_id,
        "artifact": artifact_digest(version),
        "beside": champion.digest,
        "reason": reason.strip(),
    }
    return Terms(Meaning.SHADOW_BEGUN, subject_of(model), sha256_bytes(canonical_json(content)))


def _end_terms(model: str, row: ShadowRecord, reason: str) -> Terms:
    content = {"act": "end shadow", "shadow": row.id, "reason": reason.strip()}
    return Terms(Meaning.SHADOW_ENDED, subject_of(model), sha256_bytes(canonical_json(content)))
