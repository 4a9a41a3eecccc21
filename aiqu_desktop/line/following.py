"""Follows a pointer: what it names is loaded, proven, and only then served; a broken one leaves the old one serving."""

from __future__ import annotations

from aiqu_desktop.core.clock import Clock
from aiqu_desktop.core.errors import AiquError
from aiqu_desktop.line.messages import Pointer, Rejected, Serving
from aiqu_desktop.line.protocol import TargetFolder
from aiqu_desktop.line.version import LoadedVersion, fingerprint, load_version

Stamp = tuple[int, int, int]


class Follower:
    """The version of one folder.

    version, serving: what answers; None until something does. rejected: the present pointer when it is not followed.
    problem: what is wrong with the pointer itself, in one sentence.
    """

    def __init__(self, folder: TargetFolder, clock: Clock, advice: str) -> None:
        """`advice`: what a person does about a damaged pointer."""
        self._folder = folder
        self._clock = clock
        self._advice = advice
        self._seen: Stamp | None = None
        self._refused: tuple[Pointer, tuple[tuple[int, int] | None, ...]] | None = None
        self.version: LoadedVersion | None = None
        self.serving: Serving | None = None
        self.rejected: Rejected | None = None
        self.problem: str | None = None

    def follow(self) -> bool:
        """Swap to the version that the pointer names, if it is new and proves itself; True when there was a new one."""
        stamp = self._stamp()
        if stamp == self._seen and not self._worth_a_retry():
            return False
        self._seen = stamp
        self._refused = None
        pointer = self._folder.pointer()
        if pointer is None:
            self.rejected = None
            self.problem = None if stamp is None else f"{self._folder.pointer_file.name} is damaged; {self._advice}."
            return False
        self.problem = None
        if self._swap(pointer):
            self.rejected = None
            self._folder.write_last_served(pointer)
        return True

    def serve_last_known(self) -> None:
        """At a start whose pointer is broken or missing: what was served before the stop."""
        last = self._folder.last_served()
        if last is None:
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
        self.version = version
        self.serving = Serving(pointer.digest, pointer.version, pointer.release, self._clock.now())
        return True

    def _worth_a_retry(self) -> bool:
        return self._refused is not None and fingerprint(self._folder, self._refused[0]) != self._refused[1]

    def _stamp(self) -> Stamp | None:
        try:
            found = self._folder.pointer_file.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_ino, found.st_size
