"""Read a policy file. Strict: what it does not know it refuses, because a misspelt margin must not mean no margin."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Collection, Mapping
from dataclasses import Field, fields, is_dataclass
from typing import Any, get_type_hints
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.lifecycle.policy.freeze import FreezeWindow
from aiqu_desktop.lifecycle.policy.settings import Mode, Policy

# The lists that name features of the model.
_OF_FEATURES = {("segments", "columns"), ("retraining", "confidential")}


def parse_policy(text: str, where: str, features: Collection[str]) -> Policy:
    """The policy that a TOML text states; what it leaves out has its default.

    Args:
        where: the file's name, for the sentence that says what is wrong.
        features: the model's, which some lists must keep to.
    Raises:
        UserError: on the first thing that is not TOML, unknown or of the wrong kind: file, key, what was expected.
    """
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UserError(f"{where} is no TOML file ({error}); correct it.") from error
    sections: dict[str, Any] = {}
    hints = get_type_hints(Policy)
    for key, value in _known(content, Policy, where, "the policy"):
        if is_dataclass(hints[key]):
            sections[key] = _section(hints[key], key, value, where, features)
        else:
            sections[key] = _zone(value, where)
    return Policy(**sections)


def _section(kind: Any, name: str, content: Any, where: str, features: Collection[str]) -> Any:
    if not isinstance(content, Mapping):
        raise UserError(f"{where}: {name} is {content!r}; expected a table that begins with [{name}].")
    hints, settings = get_type_hints(kind), {}
    declared = {one.name: one for one in fields(kind)}
    for key, value in _known(content, kind, where, f"[{name}]"):
        read = _reader(hints[key])
        settings[key] = read(value, declared[key], f"{where}: {key} in [{name}]")
        if (name, key) in _OF_FEATURES and (strange := sorted(set(settings[key]) - set(features))):
            raise UserError(f"{where}: {key} in [{name}] names {strange[0]!r}; expected features of the model.")
    return kind(**settings)


def _known(content: Mapping[str, Any], kind: Any, where: str, place: str) -> list[tuple[str, Any]]:
    names = [one.name for one in fields(kind)]
    for key in content:
        if key not in names:
            raise UserError(f"{where}: {place} has no key {key!r}; expected one of {', '.join(sorted(names))}.")
    return list(content.items())


def _reader(hint: Any) -> Callable[[Any, Field[Any], str], Any]:
    readers: dict[Any, Callable[[Any, Field[Any], str], Any]] = {
        Mode: _mode,
        bool: _yes_or_no,
        int: _whole,
        float: _number,
        float | None: _number,
        tuple[str, ...]: _texts,
        tuple[FreezeWindow, ...]: _windows,
    }
    return readers[hint]


def _mode(value: Any, _declared: Field[Any], where: str) -> Mode:
    if value not in tuple(mode.value for mode in Mode):
        raise UserError(f'{where} is {value!r}; expected "block" or "advise".')
    return Mode(value)


def _yes_or_no(value: Any, _declared: Field[Any], where: str) -> bool:
    if not isinstance(value, bool):
        raise UserError(f"{where} is {value!r}; expected true or false.")
    return value


def _number(value: Any, declared: Field[Any], where: str) -> float:
    low, high = declared.metadata["low"], declared.metadata["high"]
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise UserError(f"{where} is {value!r}; expected a number from {low:g} to {high:g}.")
    return float(value)


def _whole(value: Any, declared: Field[Any], where: str) -> int:
    low, high = declared.metadata["low"], declared.metadata["high"]
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise UserError(f"{where} is {value!r}; expected a whole number from {low} to {high}.")
    return value


def _texts(value: Any, _declared: Field[Any], where: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise UserError(f'{where} is {value!r}; expected a list of texts such as ["a", "b"].')
    return tuple(value)


def _windows(value: Any, declared: Field[Any], where: str) -> tuple[FreezeWindow, ...]:
    try:
        return tuple(FreezeWindow.parse(text) for text in _texts(value, declared, where))
    except UserError as error:
        raise UserError(str(error) if str(error).startswith(where) else f"{where}: {error}") from error


def _zone(value: Any, where: str) -> str:
    try:
        return ZoneInfo(value).key
    except (ZoneInfoNotFoundError, TypeError, ValueError, OSError) as error:
        raise UserError(
            f'{where}: time_zone is {value!r}; expected a name of the time zone database such as "Europe/Stockholm".'
        ) from error


def policy_text(policy: Policy) -> str:
    """A policy as the TOML file that states it in full; what is not set stands there as a comment."""
    lines, tables = [], []
    for key, value in policy.to_json().items():
        if isinstance(value, dict):
            tables += ["", f"[{key}]", *(_line(name, item) for name, item in value.items())]
        else:
            lines.append(_line(key, value))
    return "\n".join([*lines, *tables]) + "\n"


def _line(key: str, value: Any) -> str:
    # TOML writes texts, lists, numbers and booleans as JSON does.
    return f"# {key} is not set" if value is None else f"{key} = {json.dumps(value, ensure_ascii=False)}"
