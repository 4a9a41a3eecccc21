"""What each kind of target can be told. Stored as JSON with the model; unknown fields are refused, not ignored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any, ClassVar

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.core.files import canonical_json, sha256_bytes
from aiqu_desktop.core.words import TargetKind
from aiqu_desktop.lifecycle.targets.address import address_of
from aiqu_desktop.lifecycle.targets.hook_process import pin


@dataclass(frozen=True, slots=True)
class FolderSetting:
    """The site's own folder target, read by `aiqu-line`. It has nothing to set."""

    kind: ClassVar[TargetKind] = TargetKind.FOLDER


@dataclass(frozen=True, slots=True)
class RepositorySetting:
    """An engine with the V2 model-repository protocol.

    url: where it listens. repository: the model-repository folder that it and this machine share, as this one sees it.
    certificate, token: see `Address`. seconds: how long it may take to load a version.
    """

    kind: ClassVar[TargetKind]
    url: str
    repository: str
    certificate: str = ""
    token: str = ""
    seconds: float = 8.0

    def __post_init__(self) -> None:
        address_of(self.url, self.certificate, self.token)
        if not Path(self.repository).is_absolute():
            raise UserError(f"The model repository {self.repository!r} needs its whole path.")
        _refuse_odd_seconds(self.seconds)


@dataclass(frozen=True, slots=True)
class TritonSetting(RepositorySetting):
    """Triton Inference Server with its Python backend."""

    kind: ClassVar[TargetKind] = TargetKind.TRITON


@dataclass(frozen=True, slots=True)
class MLServerSetting(RepositorySetting):
    """Seldon MLServer."""

    kind: ClassVar[TargetKind] = TargetKind.MLSERVER


@dataclass(frozen=True, slots=True)
class MLflowSetting:
    """An alias in an MLflow model registry.

    registered: the registered model's name; the model's own where empty. alias: which alias stands for the champion.
    probe: the URL of a scoring server that follows the alias; without one, `serving_not_observed` must be said.
    certificate, token: see `Address`; for both servers. seconds: how long the scoring server may take to follow.
    """

    kind: ClassVar[TargetKind] = TargetKind.MLFLOW
    url: str
    registered: str = ""
    alias: str = "champion"
    probe: str = ""
    serving_not_observed: bool = False
    certificate: str = ""
    token: str = ""
    seconds: float = 8.0

    def __post_init__(self) -> None:
        address_of(self.url, self.certificate, self.token)
        if bool(self.probe) == bool(self.serving_not_observed):
            raise UserError(
                "An MLflow registry serves nothing itself: name the scoring server with probe=URL, or accept with "
                "serving_not_observed=yes that nobody can say what serves."
            )
        if self.probe:
            address_of(self.probe, self.certificate, self.token)
        for name in (self.registered, self.alias):
            if any(character in name for character in "'`\"/:\\"):
                raise UserError(f"{name!r} cannot be a name in MLflow; use letters, digits, '-', '_' and '.'.")
        _refuse_odd_seconds(self.seconds)


@dataclass(frozen=True, slots=True)
class HookSetting:
    """A command of the plant's own: its program with its whole path, and its arguments.

    pins: file → SHA-256 of every file that the command names, taken when the target is chosen.
    seconds: how long one call may take, and how long a version may take to serve.
    """

    kind: ClassVar[TargetKind] = TargetKind.HOOK
    command: Sequence[str]
    pins: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 8.0

    def __post_init__(self) -> None:
        words = self.command
        if isinstance(words, str) or not words or not all(isinstance(word, str) and word for word in words):
            raise UserError("A hook needs a command as a list of words: the program's whole path, then its arguments.")
        _refuse_odd_seconds(self.seconds)


Setting = FolderSetting | TritonSetting | MLServerSetting | MLflowSetting | HookSetting

_BY_KIND: dict[TargetKind, type[Setting]] = {
    TargetKind.FOLDER: FolderSetting,
    TargetKind.TRITON: TritonSetting,
    TargetKind.MLSERVER: MLServerSetting,
    TargetKind.MLFLOW: MLflowSetting,
    TargetKind.HOOK: HookSetting,
}
_LONGEST_SECONDS = 300.0


def to_json(setting: Setting) -> dict[str, Any]:
    """A plain dictionary for the target's row."""
    return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(setting).items()}


def from_json(kind: TargetKind, data: Mapping[str, Any]) -> Setting:
    """The typed setting of a target.

    Raises:
        UserError: if a field is unknown, missing or cannot be used.
    """
    setting_type = _BY_KIND[kind]
    known = {one.name for one in fields(setting_type)}
    unknown = sorted(set(data) - known)
    if unknown:
        has = ", ".join(sorted(known)) or "none"
        raise UserError(f"A {kind} target has no setting {unknown[0]!r}; it has {has}.")
    for one in fields(setting_type):
        given = data.get(one.name, "")
        if one.type == "str" and not isinstance(given, str):
            raise UserError(f"The {kind} target's setting {one.name!r} must be a text, not {given!r}.")
    try:
        return setting_type(**data)
    except TypeError as error:
        raise UserError(f"The settings of the {kind} target are incomplete: {error}.") from error


def _refuse_odd_seconds(seconds: Any) -> None:
    number = isinstance(seconds, int | float) and not isinstance(seconds, bool)
    if not number or not 0 < seconds <= _LONGEST_SECONDS:
        raise UserError(f"{seconds!r} is no time limit; give seconds, {_LONGEST_SECONDS:g} at most.")


def complete(setting: Setting) -> Setting:
    """The setting with all that belongs to it and is found on this machine when it is chosen: a hook's digests."""
    return replace(setting, pins=pin(setting.command)) if isinstance(setting, HookSetting) else setting


def place_of(setting: Setting) -> str:
    """What it is and where, in a few words."""
    if isinstance(setting, FolderSetting):
        return "the site's own line"
    if isinstance(setting, HookSetting):
        return f"the command {' '.join(setting.command)}"
    if isinstance(setting, MLflowSetting):
        return f"MLflow at {setting.url}, " + (
            f"served at {setting.probe}" if setting.probe else "serving not observed"
        )
    return f"{setting.kind} at {setting.url}"


def fingerprint(setting: Setting) -> str:
    """SHA-256 over the kind and its settings: the same for the same target."""
    return sha256_bytes(canonical_json({"kind": setting.kind.value, "settings": to_json(setting)}))
