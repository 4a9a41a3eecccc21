"""What each kind of target can be told. Stored as JSON with the model; unknown fields are refused, not ignored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, ClassVar

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.core.files import canonical_json, sha256_bytes
from aiqu_desktop.core.words import TargetKind


@dataclass(frozen=True, slots=True)
class FolderSetting:
    """The site's own folder target, read by `aiqu-line`. It has nothing to set."""

    kind: ClassVar[TargetKind] = TargetKind.FOLDER


Setting = FolderSetting

_BY_KIND: dict[TargetKind, type[Setting]] = {TargetKind.FOLDER: FolderSetting}


def to_json(setting: Setting) -> dict[str, Any]:
    """A plain dictionary for the target's row."""
    return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(setting).items()}


def from_json(kind: TargetKind, data: Mapping[str, Any]) -> Setting:
    """The typed setting of a target.

    Raises:
        UserError: if a field is unknown, missing or cannot be used.
    """
    setting_type = _BY_KIND[kind]
    known = {field.name for field in fields(setting_type)}
    unknown = sorted(set(data) - known)
    if unknown:
        has = ", ".join(sorted(known)) or "none"
        raise UserError(f"A {kind} target has no setting {unknown[0]!r}; it has {has}.")
    try:
        return setting_type(**data)
    except TypeError as error:
        raise UserError(f"The settings of the {kind} target are incomplete: {error}.") from error


def fingerprint(setting: Setting) -> str:
    """SHA-256 over the kind and its settings: the same for the same target."""
    return sha256_bytes(canonical_json({"kind": setting.kind.value, "settings": to_json(setting)}))
