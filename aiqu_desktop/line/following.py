"""Follows a pointer: what it names is loaded, proven, and only then served; a broken one leaves the old one serving.

An order to stop in the pointer's place lets the version go, and is remembered like one.
"""

from __future__ import annotations

from collections.abc import Callable

from aiqu_desktop.core.clock import Clock
from aiqu_desktop.core.errors import AiquError
from aiqu_desktop.line.messages import Pointer, Rejected, Serving, StopOrder
from aiqu_desktop.line.protocol import TargetFolder
from aiqu_desktop.line.version import LoadedVersion, fingerprint, load_version

Stamp = tuple[int, int, int]


def _nothing_waits() -> str | None:
    return None


class Follower:
    """The version of one folder.

    version, serving: what answers; None until something does. rejected: the present pointer when it is not followed.
    problem: what is wrong with the pointer itself, in one sentence. stopped_by: the release of the stop that is obeyed.
    """

    def __init__(
        self,
        folder: TargetFolder,
        clock: Clock,
        advice: str,
        out_of_stop: Callable[[], str | None] = _nothing_waits,
    ) -> None:
        """advice: what a person does about a damaged pointer. out_of_stop: called before a version serves after a stop;
        what it returns stands in the way of that.
        """
        self._folder = folder
        self._clock = clock
        self._advice = advice
        self._out_of_stop = out_of_stop
        self._seen: Stamp | None = None
        self._refused: tuple[Pointer, tuple[tuple[int, int] | None, ...]] | None = None
        self.version: LoadedVersion | None = None
        self.serving: Serving | None = None
        self.rejected: Rejected | None = None
        self.problem: str | None = None
        self.stopped_by: str | None = None

    def recall_stop(self) -> bool:
        """At a start: stand still if a stop was obeyed last; True then."""
        last = self._folder.last_served()
        if isinstance(last, StopOrder):
            self._stand_still(last)
        return self.stopped_by is not None

    def follow(self) -> bool:
        """Do as the pointer says: swap to its version, if that proves itself, or stand still; True when it was new."""
        stamp = self._stamp()
        if stamp == self._seen and not self._worth_a_retry():
            return False
        self._seen = stamp
        self._refused = None
        told = self._folder.order()
        if told is None:
            self.rejected = None
            self.problem = None if stamp is None else f"{self._folder.pointer_file.name} is damaged; {self._advice}."
            return False
        self.problem = None
        if isinstance(told, StopOrder):
            self._stand_still(told)
            self._folder.write_last_served(told)
        elif self._swap(told):
            self.rejected = None
            self._folder.write_last_served(told)
        return True

    def serve_last_known(self) -> None:
        """At a start whose pointer is broken or missing: what was served before the stop."""
        last = self._folder.last_served()
        if not isinstance(last, Pointer):
            return
        rejected, refused = self.rejected, self._refused
        if self._swap(last) or rejected is not None:  # what is told and retried stays the pointer's own refusal
            self.rejected, self._refused = rejected, refused

    def _swap(self, pointer: Pointer) -> bool:
        """Load, prove, and only then serve. False leaves what served before, and `rejected` says why."""
        seen = fingerprint(self._folder, pointer)
        try:
            version = load_version(self._folder, pointer)
        except AiquError as error:
            self.rejected = Rejected(pointer.digest, pointer.version, pointer.release, str(error))
            self._refused = (pointer, seen)
            return False
        obstacle = None if self.stopped_by is None else self._out_of_stop()
        if obstacle is not None:
            self.rejected = Rejected(pointer.digest, pointer.version, pointer.release, obstacle)
            self._refused = (pointer, seen)
            return False
        self.stopped_by = None
        self.version = version
        self.serving = Serving(pointer.digest, pointer.version, pointer.release, self._clock.now())
        return True

    def _stand_still(self, order: StopOrder) -> None:
        """Let go of the version; nothing is answered until another pointer is followed."""
        self.version = self.serving = self.rejected = None
        self.stopped_by = order.release

    def _worth_a_retry(self) -> bool:
        return self._refused is not None and fingerprint(self._folder, self._refused[0]) != self._refused[1]

    def _stamp(self) -> Stamp | None:
        try:
            found = self._folder.pointer_file.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_ino, found.st_size
