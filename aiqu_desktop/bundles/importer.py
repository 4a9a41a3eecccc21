"""Takes a bundle folder into the registry as a new version, whole or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from aiqu_desktop.bundles.folder import BundleContent, read_folder
from aiqu_desktop.bundles.manifest import Manifest
from aiqu_desktop.bundles.schema_rules import difference
from aiqu_desktop.core.errors import EnvironmentFault, Refused, UserError
from aiqu_desktop.core.files import sha256_bytes
from aiqu_desktop.core.schema import InputSchema
from aiqu_desktop.core.words import VersionState
from aiqu_desktop.registry import ArtifactStore, Registry
from aiqu_desktop.registry.tables import Model, ReferenceProfileRecord, Version, VersionFile
from aiqu_desktop.security import audit

if TYPE_CHECKING:
    from aiqu_desktop.drift import ReferenceProfile
    from aiqu_desktop.inference import GoldenResult


@dataclass(frozen=True, slots=True)
class ImportedVersion:
    """What an import did.

    created_model: the model was new to the site.
    changed: False when this very version was there already, and nothing was done.
    sentence: the same for the person at the desk.
    """

    model: str
    version_number: int
    version_id: int
    created_model: bool
    changed: bool
    sentence: str


def import_bundle(registry: Registry, folder: Path, *, actor: str, reason: str = "") -> ImportedVersion:
    """Check a bundle and make it a version of its model; the first version makes the model. Nothing goes live by it.

    Raises:
        UserError: if the bundle is damaged, incomplete, cannot be run here, or no one is named as its importer.
        Refused: if it does not fit its model, or its number or its model.onnx is taken by another version.
        EnvironmentFault: if a file cannot be read or stored.
    """
    actor = actor.strip()
    if not actor:
        raise UserError("An import needs the name of the person who does it; give one.")
    bundle = read_folder(folder)
    manifest, digests = bundle.manifest, bundle.digests
    with registry.read() as session:
        known = _known(session, manifest, digests)
    if known is not None:
        return known
    # A second to import (statistics, Parquet): paid by an import, not by every command that knows bundles.
    from aiqu_desktop.bundles.trial import try_out

    golden, profile = try_out(bundle)
    packed = profile.to_bytes()
    _store(registry, [*bundle.files.values(), packed])
    with registry.write() as session:
        # Another process may have imported since we looked: the second look is under the writer's lock.
        known = _known(session, manifest, digests)
        if known is not None:
            return known
        return _enter(session, registry, bundle, golden, (profile, sha256_bytes(packed)), actor, reason.strip())


def _known(session: Session, manifest: Manifest, digests: Mapping[str, str]) -> ImportedVersion | None:
    """The version, if it is there already; None if it is new and fits.

    Raises:
        Refused: if it can never be taken in beside what is there.
    """
    model = session.scalar(select(Model).where(Model.name == manifest.model))
    if model is None:
        return None
    name = f"{manifest.model} version {manifest.version}"
    for version in model.versions:
        if version.number == manifest.version:
            held = {file.name: file.sha256 for file in version.files}
            if other := sorted(file for file in digests if held.get(file) != digests[file]):
                raise Refused(
                    f"{name} is already here with another {other[0]}; versions never change, so give it a new number."
                )
            sentence = f"{name} is already here with the same files; nothing was changed."
            return ImportedVersion(manifest.model, manifest.version, version.id, False, False, sentence)
        if version.digest == manifest.digest:
            raise Refused(
                f"{name} has the same model.onnx as version {version.number}; "
                "there is nothing new to promote, so it was not taken in."
            )
    if odd := difference(InputSchema.from_json(model.input_schema), manifest.schema):
        raise Refused(f"{name} does not fit its model: {odd}; build it for this model's inputs, or as another model.")
    if model.primary_metric != manifest.primary_metric:
        raise Refused(
            f"{name} is judged by {manifest.primary_metric}, its model by {model.primary_metric}; "
            f"put {model.primary_metric} on its card."
        )
    return None


def _store(registry: Registry, contents: Iterable[bytes]) -> None:
    """Put the files into the store, each in a short transaction: a large one must not hold up the site's writers.

    If the import ends here, they are unused files that its repetition will find in place.
    """
    store = ArtifactStore(registry.paths.artifacts, registry.clock)
    try:
        for data in contents:
            with registry.write() as session:
                store.put(session, data)
    except OSError as error:
        reason = error.strerror or error
        raise EnvironmentFault(
            f"The bundle cannot be stored in {registry.paths.artifacts} ({reason}); free some space and try again."
        ) from error


def _enter(
    session: Session,
    registry: Registry,
    bundle: BundleContent,
    golden: GoldenResult,
    profile: tuple[ReferenceProfile, str],
    actor: str,
    reason: str,
) -> ImportedVersion:
    manifest, now = bundle.manifest, registry.clock.now()
    model = session.scalar(select(Model).where(Model.name == manifest.model))
    created = model is None
    if model is None:
        model = Model(
            name=manifest.model,
            title=manifest.title,
            task=manifest.schema.task,
            owner=manifest.owner,
            input_schema=manifest.schema.to_json(),
            primary_metric=manifest.primary_metric,
            created_at=now,
        )
        session.add(model)
        session.flush()
    version = Version(
        model_id=model.id,
        number=manifest.version,
        state=VersionState.CANDIDATE,
        digest=manifest.digest,
        input_schema=manifest.schema.to_json(),
        metrics={name: metric.to_json() for name, metric in manifest.metrics.items()},
        notes=manifest.notes,
        author=manifest.author,
        created_at=manifest.created,
        imported_at=now,
        imported_by=actor,
    )
    session.add(version)
    session.flush()
    session.add_all(VersionFile(version_id=version.id, name=name, sha256=sha) for name, sha in bundle.digests.items())
    built, packed = profile
    session.add(ReferenceProfileRecord(version_id=version.id, sha256=packed, rows=built.rows, built_at=now))
    audit.record(
        session,
        at=now,
        actor=actor,
        action="version.imported",
        subject=f"model {manifest.model}",
        new={
            "version": manifest.version,
            "created_model": created,
            "files": dict(bundle.digests),
            "reference_profile": packed,
            "golden": f"{golden.passed} of {golden.total}",
        },
        reason=reason,
    )
    sentence = f"{manifest.model} version {manifest.version} was taken in; its {golden.total} golden cases pass here."
    return ImportedVersion(manifest.model, manifest.version, version.id, created, True, sentence)
