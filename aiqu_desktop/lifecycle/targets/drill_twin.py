"""The twin of a folder target: a second place on the same line, told and proven the same way, that gets no rows."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from aiqu_desktop.bundles.names import checked_model_name
from aiqu_desktop.core.clock import wait_until
from aiqu_desktop.core.errors import EnvironmentFault
from aiqu_desktop.core.paths import SitePaths
from aiqu_desktop.lifecycle.targets.folder import FolderTarget
from aiqu_desktop.line.messages import LineState
from aiqu_desktop.line.protocol import TargetFolder

_SUFFIX = "@drill"  # no model can have this name
_FAREWELL = 3.0  # seconds; the line looks for folders twice a second


@contextmanager
def drill_twin(paths: SitePaths, model: str) -> Iterator[FolderTarget]:
    """A pointer of the model beside its own on the same line; gone again afterwards.

    The line loads, hashes and proves there what it would load, hash and prove for the model itself. What an earlier
    drill left, because it was killed, is cleared away first.

    Raises:
        EnvironmentFault: if its folder cannot be made.
    """
    place = paths.line / f"{checked_model_name(model)}{_SUFFIX}"
    folder = TargetFolder(place)
    _clear(folder)
    try:
        folder.configure(Path("observations"), f"{model}{_SUFFIX}")
    except OSError as error:
        reason = error.strerror or error
        raise EnvironmentFault(f"The twin {place} cannot be made ({reason}); correct its permissions.") from error
    try:
        yield FolderTarget(folder)
    finally:
        _clear(folder)


def _clear(folder: TargetFolder) -> None:
    """Tell the line to let go of the folder, and remove it once the line has, or does not answer."""
    (folder.path / "line.json").unlink(missing_ok=True)

    def let_go() -> bool:
        status = folder.status()
        return status is None or status.state is LineState.STOPPED

    wait_until(let_go, _FAREWELL)
    shutil.rmtree(folder.path, ignore_errors=True)  # what a dying line still holds is cleared by the next drill
