"""A bundle's manifest: who made which version of what, and the SHA-256 and size of every other file in the folder."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NoReturn

from aiqu_desktop.bundles.card import CardMetric, primary_metrics
from aiqu_desktop.bundles.names import checked_model_name
from aiqu_desktop.bundles.schema_rules import checked_schema
from aiqu_desktop.core.clock import as_utc
from aiqu_desktop.core.errors import UserError
from aiqu_desktop.core.schema import InputSchema

FORMAT = "aiqu-bundle-1"
MANIFEST_FILE = "manifest.json"
MODEL_FILE = "model.onnx"
GOLDEN_FILE = "golden.json"
REFERENCE_FILE = "reference.parquet"
CARD_FILE = "card.md"
CONTENT_FILES = (MODEL_FILE, GOLDEN_FILE, REFERENCE_FILE, CARD_FILE)

_SHA256 = re.compile(r"[0-9a-f]{64}")
_LARGEST_FILE = (1 << 31) - 1  # a protobuf message, so an ONNX file, ends at 2 GiB
_LARGEST_NUMBER = 1_000_000


@dataclass(frozen=True, slots=True)
class FileEntry:
    """What a file must be: its SHA-256 and its size in bytes."""

    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """A manifest that holds together; `files` has exactly the names of CONTENT_FILES."""

    model: str
    title: str
    owner: str
    version: int
    notes: str
    author: str
    created: datetime
    schema: InputSchema
    metrics: Mapping[str, CardMetric]
    primary_metric: str
    files: Mapping[str, FileEntry]

    @property
    def digest(self) -> str:
        """SHA-256 of model.onnx: what the target must answer with."""
        return self.files[MODEL_FILE].sha256


def parse_manifest(data: bytes) -> Manifest:
    """Read and check the bytes of a manifest.json.

    Raises:
        UserError: on the first thing that is missing, of the wrong type or does not fit.
    """
    content = _object(data)
    if content.get("format") != FORMAT:
        raise UserError(f"The bundle's format is {content.get('format')!r}; this version reads {FORMAT!r} only.")
    schema = checked_schema(InputSchema.from_json(_field(content, "schema", dict)))
    metrics = {
        _text_key(name): CardMetric.from_json(name, metric) for name, metric in _field(content, "metrics", dict).items()
    }
    primary = _field(content, "primary_metric", str)
    if primary not in primary_metrics(schema.task):
        allowed = " or ".join(primary_metrics(schema.task))
        raise UserError(f"The primary metric of a {schema.task} is {allowed}, and the manifest says {primary!r}.")
    if primary not in metrics:
        raise UserError(f"The card has no figure for its primary metric {primary!r}; measure it and build again.")
    return Manifest(
        model=checked_model_name(_field(content, "model", str)),
        title=_filled(content, "title"),
        owner=_filled(content, "owner"),
        version=_version(content),
        notes=_field(content, "notes", str),
        author=_filled(content, "author"),
        created=_instant(_field(content, "created", str)),
        schema=schema,
        metrics=metrics,
        primary_metric=primary,
        files=_files(_field(content, "files", dict)),
    )


def _object(data: bytes) -> dict[str, Any]:
    try:
        content = json.loads(data.decode("utf-8"), object_pairs_hook=_no_repeats, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise UserError(f"The manifest is not readable JSON ({error}); build the bundle again.") from error
    if not isinstance(content, dict):
        raise UserError("The manifest is not a JSON object; build the bundle again.")
    return content


def _no_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Two readers may choose differently between two values of one name, so there may be no two."""
    content = dict(pairs)
    if len(content) != len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"{next(name for name in names if names.count(name) > 1)!r} is said twice")
    return content


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


def _field(content: Mapping[str, Any], name: str, kind: type[Any]) -> Any:
    value = content.get(name)
    if not isinstance(value, kind) or isinstance(value, bool):
        raise UserError(f"The manifest's field {name!r} is missing or of the wrong type; build the bundle again.")
    return value


def _filled(content: Mapping[str, Any], name: str) -> str:
    text = str(_field(content, name, str)).strip()
    if not text:
        raise UserError(f"The manifest's field {name!r} is empty; fill it in and build the bundle again.")
    return text


def _text_key(name: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,63}", name):
        raise UserError(f"{name[:80]!r} cannot be a metric's name; use lower-case letters, digits and underscores.")
    return name


def _version(content: Mapping[str, Any]) -> int:
    number = int(_field(content, "version", int))
    if not 1 <= number <= _LARGEST_NUMBER:
        raise UserError(f"The version number {number} is not between 1 and {_LARGEST_NUMBER}; number it again.")
    return number


def _instant(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
        if instant.tzinfo is None:
            raise ValueError("no time zone")
        return as_utc(instant)
    except (ValueError, OverflowError) as error:
        raise UserError(f"The manifest's 'created' is {text[:40]!r} ({error}); write ISO 8601 with a zone.") from error


def _files(entries: Mapping[str, Any]) -> dict[str, FileEntry]:
    odd = sorted(set(entries) ^ set(CONTENT_FILES))
    if odd:
        problem = "names a file that no bundle has" if odd[0] in entries else "does not name"
        raise UserError(f"The manifest {problem}: {odd[0][:80]!r}; build the bundle again.")
    return {name: _entry(name, entries[name]) for name in CONTENT_FILES}


def _entry(name: str, data: Any) -> FileEntry:
    sha256, size = (data.get("sha256"), data.get("size")) if isinstance(data, dict) else (None, None)
    if not isinstance(sha256, str) or not _SHA256.fullmatch(sha256):
        raise UserError(f"The manifest gives no SHA-256 for {name}; build the bundle again.")
    if not isinstance(size, int) or isinstance(size, bool) or not 0 < size <= _LARGEST_FILE:
        raise UserError(f"The manifest gives no size for {name} within 1 byte and 2 GiB; build the bundle again.")
    return FileEntry(sha256, size)
