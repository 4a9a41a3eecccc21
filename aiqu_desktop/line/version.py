"""Loads a staged version and proves it before it may serve."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.core.files import sha256_bytes
from aiqu_desktop.core.schema import InputSchema
from aiqu_desktop.inference import GoldenCases, OnnxModel
from aiqu_desktop.line.messages import GoldenSummary, Pointer
from aiqu_desktop.line.protocol import GOLDEN_FILE, MODEL_FILE, SCHEMA_FILE, VERSION_FILES, TargetFolder


@dataclass(frozen=True, slots=True)
class LoadedVersion:
    """A version in memory whose digest and golden cases have been checked."""

    pointer: Pointer
    model: OnnxModel
    golden: GoldenSummary


def load_version(folder: TargetFolder, pointer: Pointer) -> LoadedVersion:
    """Read the version that `pointer` names; the bytes that are hashed are the bytes that serve.

    Raises:
        UserError: if a file is missing or cannot be read, the digest differs, the model does not load or does not fit
            its schema, or a golden case fails.
    """
    place = folder.version_folder(pointer.digest)
    content = {name: _bytes(place / name) for name in VERSION_FILES}
    found = sha256_bytes(content[MODEL_FILE])
    if found != pointer.digest:
        raise UserError(f"model.onnx has the digest {found[:12]}… instead of {pointer.digest[:12]}…; stage it again.")
    try:
        schema = InputSchema.from_json(json.loads(content[SCHEMA_FILE]))
    except (ValueError, AttributeError, RecursionError) as error:
        raise UserError(f"schema.json cannot be read ({error}); stage the version again.") from error
    model = OnnxModel.from_bytes(content[MODEL_FILE], schema)
    result = GoldenCases.from_bytes(content[GOLDEN_FILE]).run(model)
    if not result.ok:
        failed = result.total - result.passed
        raise UserError(f"{failed} of {result.total} golden cases failed: {result.failures[0]}")
    return LoadedVersion(pointer, model, GoldenSummary(result.passed, result.total, result.largest_error))


def fingerprint(folder: TargetFolder, pointer: Pointer) -> tuple[tuple[int, int] | None, ...]:
    """(modification time in ns, size) of the version's files: a change makes a retry worth while."""
    place = folder.versions / pointer.digest
    return tuple(_stamp(place / name) for name in VERSION_FILES)


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        reason = error.strerror or error
        raise UserError(f"{path.name} of the staged version cannot be read ({reason}); stage it again.") from error
