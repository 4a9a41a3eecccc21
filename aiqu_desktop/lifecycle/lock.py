"""One release, and one drill, of a model at a time."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from aiqu_desktop.bundles.names import checked_model_name
from aiqu_desktop.core.errors import EnvironmentFault, Refused
from aiqu_desktop.core.locks import lock_file
from aiqu_desktop.core.paths import SitePaths


@contextmanager
def sole_release(paths: SitePaths, model: str) -> Iterator[None]:
    """Hold the model's lock. It holds against other processes and other threads of this one.

    Raises:
        Refused: if a release of the model is under way, here or in another process.
        EnvironmentFault: if the lock file cannot be made.
    """
    with _sole(paths, checked_model_name(model), f"A release of {model} is under way in another window or process"):
        yield


@contextmanager
def sole_drill(paths: SitePaths, model: str) -> Iterator[None]:
    """Hold the model's lock for drills; a release is not held up by it. Raises as `sole_release` does."""
    with _sole(paths, f"{checked_model_name(model)}.drill", f"A drill of {model} is under way"):
        yield


@contextmanager
def _sole(paths: SitePaths, name: str, under_way: str) -> Iterator[None]:
    place = paths.root / "locks" / f"{name}.lock"
    try:
        handle = lock_file(place)
    except OSError as error:
        reason = error.strerror or error
        raise EnvironmentFault(f"The lock {place} cannot be made ({reason}); correct its permissions.") from error
    if handle is None:
        raise Refused(f"{under_way}; wait until it is done.")
    try:
        yield
    finally:
        os.close(handle)
