"""The box of a site, one for each open registry."""

from __future__ import annotations

import os
import threading
import weakref

import duckdb

from aiqu_desktop.core.errors import EnvironmentFault
from aiqu_desktop.ingest.box import Box
from aiqu_desktop.registry import Registry

_boxes: weakref.WeakKeyDictionary[Registry, tuple[int, Box]] = weakref.WeakKeyDictionary()
_lock = threading.Lock()


def site_box(registry: Registry) -> Box:
    """The box of a site, which sees its drop folders and its observations; one for each open registry.

    Raises:
        EnvironmentFault: if DuckDB cannot be started.
    """
    with _lock:
        known = _boxes.get(registry)
        if known is not None and known[0] == os.getpid():  # a forked child must not share DuckDB's threads
            return known[1]
        root = registry.paths.root.resolve()
        try:
            box = Box(folders=(root / "drop", root / "observations"))
        except duckdb.Error as error:
            raise EnvironmentFault(f"DuckDB could not be started ({error}); install AiQu Desktop again.") from error
        _boxes[registry] = (os.getpid(), box)
        return box


def forget_site_box(registry: Registry) -> None:
    """Close a site's box; the next one that asks for it gets a new one."""
    with _lock:
        known = _boxes.pop(registry, None)
    if known is not None:
        known[1].close()
