"""Sees to it that an edited policy file is noticed and recorded within a tick, not only at the next promotion."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from aiqu_desktop.lifecycle.policy import notice_policy, policy_file
from aiqu_desktop.registry import Registry

_Stamp = tuple[int, int] | None


class PolicyWatch:
    """Remembers when each model's file was last written; the file is read again only when that has changed."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._seen: dict[str, _Stamp] = {}

    def look(self, models: Iterable[str]) -> None:
        """Notice what has changed since the last look; at the first one, since the site was last watched."""
        for model in models:
            stamp = _stamp(policy_file(self._registry.paths, model))
            if model not in self._seen or self._seen[model] != stamp:
                notice_policy(self._registry, model)
                self._seen[model] = stamp


def _stamp(file: Path) -> _Stamp:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
