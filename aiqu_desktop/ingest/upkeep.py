"""Look after the segments: remove what a crash left behind, and re-check what the ledger vouches for."""

from __future__ import annotations

import time
import weakref
from pathlib import Path

from sqlalchemy import select

from aiqu_desktop.core.files import sha256_file
from aiqu_desktop.ingest.ledger import ModelFacts
from aiqu_desktop.registry import Registry
from aiqu_desktop.registry.tables import Segment

_DRAFT_SECONDS = 600  # a draft lives for seconds; an older one has lost its process


_swept: weakref.WeakKeyDictionary[Registry, set[int]] = weakref.WeakKeyDictionary()


def sweep_once(registry: Registry, model: ModelFacts) -> None:
    """`sweep_orphans` the first time that a registry asks for a model: crashes happen between two openings."""
    done = _swept.setdefault(registry, set())
    if model.id not in done:
        sweep_orphans(registry, model)
        done.add(model.id)


def sweep_again(registry: Registry) -> None:
    """Have every model swept once more: something went wrong in this very process."""
    _swept.pop(registry, None)


def sweep_orphans(registry: Registry, model: ModelFacts) -> tuple[Path, ...]:
    """Remove segment files that no ledger row names: a crash came between the rename and the commit.

    Runs inside a write transaction, the lock under which segments get their names, so that a segment that another
    process is about to record is never mistaken for an orphan.

    Returns:
        What was removed. The rows in it are not lost: their drop file was not moved away, and is read again.
    """
    folder = registry.paths.observations / model.name
    if not folder.is_dir() or not _suspects(registry, model, folder):
        return ()
    with registry.write():
        removed = _suspects(registry, model, folder)
        for path in removed:
            path.unlink(missing_ok=True)
    return tuple(removed)


def verify_segments(registry: Registry, model: ModelFacts) -> tuple[str, ...]:
    """Re-compute every segment's SHA-256; a sentence for each that is missing or changed."""
    with registry.read() as session:
        query = select(Segment.path, Segment.sha256).where(Segment.model_id == model.id).order_by(Segment.id)
        segments = session.execute(query).all()
    findings = []
    for name, sha256 in segments:
        try:
            found = sha256_file(registry.paths.observations / name)
        except FileNotFoundError:
            findings.append(f"The observation segment {name} is missing; restore it from a backup.")
            continue
        except OSError as error:
            problem = f"cannot be read ({error.strerror})"
            findings.append(f"The observation segment {name} {problem}; restore it from a backup.")
            continue
        if found != sha256:
            findings.append(
                f"The observation segment {name} was changed on disk (its digest is now {found[:12]}…, expected "
                f"{sha256[:12]}…); restore it from a backup."
            )
    return tuple(findings)


def _suspects(registry: Registry, model: ModelFacts, folder: Path) -> list[Path]:
    with registry.read() as session:
        recorded = set(session.scalars(select(Segment.path).where(Segment.model_id == model.id)))
    found = []
    for path in folder.iterdir():
        if path.name.startswith("."):
            if path.suffix == ".tmp" and _age(path) > _DRAFT_SECONDS:
                found.append(path)
        elif path.suffix == ".parquet" and f"{model.name}/{path.name}" not in recorded:
            found.append(path)
    return found


def _age(path: Path) -> float:
    try:
        return time.time() - path.stat().st_mtime
    except FileNotFoundError:
        return 0.0
