"""The folder target: a version is switched by replacing one small file, and the line's status file is the answer."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from aiqu_desktop.bundles.names import checked_model_name
from aiqu_desktop.core.clock import Clock, SystemClock, wait_until
from aiqu_desktop.core.errors import EnvironmentFault
from aiqu_desktop.core.files import fsync_directory
from aiqu_desktop.core.paths import SitePaths
from aiqu_desktop.lifecycle.targets.target import Observation, Placement, Smoke, Stop, Wanted
from aiqu_desktop.line.messages import LineState, LineStatus, Pointer, Serving, StopOrder
from aiqu_desktop.line.protocol import TargetFolder


class FolderTarget:
    """One model's folder under the line's root, as a `Target`.

    clock: wall time. The line's heartbeat lives in wall time also where the site's time is replayed.
    """

    def __init__(self, folder: TargetFolder, clock: Clock | None = None) -> None:
        self.folder = folder
        self._clock = clock or SystemClock()

    @property
    def name(self) -> str:
        return "the line"

    @property
    def patience(self) -> float:
        return 15.0

    def stage(self, wanted: Placement, files: Mapping[str, bytes]) -> None:
        with self._writing():
            self.folder.stage(wanted.digest, files)

    def switch(self, wanted: Placement) -> None:
        with self._writing():
            self.folder.point(Pointer(wanted.digest, wanted.version, wanted.release, self._clock.now()))

    def revert(self, former: Placement | None) -> None:
        if former is not None:
            self.switch(former)
            return
        with self._writing():
            # The line's own memory too: it would serve from it at its next start.
            (self.folder.path / "served.json").unlink(missing_ok=True)
            self.folder.pointer_file.unlink(missing_ok=True)
            fsync_directory(self.folder.path)

    def stop(self, order: Stop) -> None:
        with self._writing():
            self.folder.point(StopOrder(order.release, self._clock.now()))

    def observe(self) -> Observation:
        status = self.folder.status()
        return self._observation(status, status is not None and status.alive(self._clock.now()))

    def probe(self, wanted: Wanted, timeout: float) -> Observation:
        """See `Target`. Only a status that differs from the one found at first counts: it was written after this call
        began, and is a sign of life by itself, whatever the clocks of the two sides say.
        """
        first = self.folder.status()
        last = self._observation(first, alive=False)

        def settled() -> bool:
            nonlocal last
            try:
                status = self.folder.status()
            except EnvironmentFault:  # the line replaces it at this moment (Windows): the next look will do
                return False
            if status is None or status == first:
                return False
            last = self._observation(status, status.state is not LineState.STOPPED)
            return last.answers(wanted) or last.refuses(wanted)

        wait_until(settled, timeout)
        return last

    def smoke(self, wanted: Placement, files: Mapping[str, bytes], timeout: float) -> Smoke:
        """See `Target`. The line runs the cases before it serves a version, on the very bytes that it serves."""
        del files, timeout
        seen = self.observe()
        if seen.serving != wanted:
            return Smoke(0, 0, 0.0, f"The line no longer serves version {wanted.version}.")
        return Smoke(seen.golden_passed, seen.golden_total, seen.largest_error)

    def _observation(self, status: LineStatus | None, alive: bool) -> Observation:
        pointed = _placement(self.folder.pointer())
        if status is None:
            return Observation(False, pointed, None, 0, 0, 0.0)
        golden, rejected = status.golden, status.rejected
        return Observation(
            alive=alive,
            pointed=pointed,
            serving=_placement(status.serving),
            golden_passed=golden.passed if golden else 0,
            golden_total=golden.total if golden else 0,
            largest_error=golden.largest_error if golden else 0.0,
            refusal=rejected.reason if rejected else status.problem or "",
            refused_release=rejected.release if rejected else "",
            stopped_by=status.stopped_by or "",
        )

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            reason = error.strerror or error
            raise EnvironmentFault(
                f"The target {self.folder.path} cannot be written ({reason}); make room or correct its permissions."
            ) from error


def folder_target(paths: SitePaths, model: str) -> FolderTarget:
    """The site's own folder target of one model; made ready for a line if it is new.

    Raises:
        UserError: if `model` cannot be a model's name.
        EnvironmentFault: if the folder cannot be made.
    """
    place = paths.line / checked_model_name(model)
    folder = TargetFolder(place)
    if folder.drop is None:
        drop = paths.drop(model)
        try:
            drop.mkdir(parents=True, exist_ok=True)
            # Relative, so that the site's folder can be moved as a whole.
            folder.configure(Path(os.path.relpath(drop, place)), model)
        except OSError as error:
            reason = error.strerror or error
            raise EnvironmentFault(f"The target {place} cannot be made ({reason}); correct its permissions.") from error
    return FolderTarget(folder)


def folder_targets(paths: SitePaths) -> Callable[[str], FolderTarget]:
    """`folder_target` for the models of one site, as settling releases needs it."""
    return lambda model: folder_target(paths, model)


def _placement(said: Pointer | Serving | None) -> Placement | None:
    return None if said is None else Placement(said.digest, said.version, said.release)
