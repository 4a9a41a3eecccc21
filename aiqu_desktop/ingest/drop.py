"""The drop folder of a model: what waits in it, and where a file goes when it was judged."""

from __future__ import annotations

import os
import stat
import time
from dataclasses import dataclass
from pathlib import Path

from aiqu_desktop.core.errors import EnvironmentFault
from aiqu_desktop.core.files import write_atomically
from aiqu_desktop.registry import Registry

DONE = "done"
QUARANTINE = "quarantine"
_UNFINISHED = (".tmp", ".part")


def drop_folder(registry: Registry, model: str) -> Path:
    """The model's drop folder with its `done` and `quarantine`, made if need be.

    Raises:
        EnvironmentFault: if it cannot be made.
    """
    folder = registry.paths.drop(model)
    try:
        for part in (folder, folder / DONE, folder / QUARANTINE):
            part.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise EnvironmentFault(
            f"The drop folder {folder} cannot be made ({error.strerror}); mend the permissions of the site."
        ) from error
    return folder.resolve()


@dataclass(frozen=True, slots=True)
class Stamp:
    """What changes when a file is written to or replaced."""

    inode: int
    size: int
    modified: int

    @classmethod
    def of(cls, path: Path) -> Stamp:
        """Raises FileNotFoundError if there is no such file."""
        status = path.stat(follow_symlinks=False)
        return cls(status.st_ino, status.st_size, status.st_mtime_ns)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A file in the drop folder as it was seen; `regular` is false for links, pipes and the like."""

    path: Path
    stamp: Stamp
    regular: bool

    def settled(self, seconds: float) -> bool:
        """Whether the file was left alone for `seconds`. Wall time: this is about files, not about events."""
        age = time.time() - self.stamp.modified / 1e9
        return age >= seconds or age < -seconds  # a writer's clock may run ahead; `unchanged` still guards the reading

    def unchanged(self) -> bool:
        """Whether the file is still there as it was seen."""
        try:
            return Stamp.of(self.path) == self.stamp
        except FileNotFoundError:
            return False


def waiting_files(folder: Path) -> list[Waiting]:
    """What lies in the folder, in name order; no folders, dot-names, .tmp or .part."""
    found = []
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or path.name.casefold().endswith(_UNFINISHED):
            continue
        try:
            mode = path.lstat().st_mode
            if not stat.S_ISDIR(mode):
                found.append(Waiting(path, Stamp.of(path), stat.S_ISREG(mode)))
        except FileNotFoundError:
            continue  # another process took it meanwhile
    return found


def put_away(file: Waiting, place: str, sha256: str, reason: str = "") -> Path | None:
    """Move a judged file into DONE or QUARANTINE; with its reason beside it where there is one.

    A name that is in use there gets the content's digest, so that no earlier file is overwritten by other content.
    The writer may have put a new file of the same name in the drop folder meanwhile: that one is not ours to move.

    Returns:
        Where the file is now; None if it was gone or replaced.
    """
    if not file.unchanged():
        return None
    target = _free_name(file.path.parent / place / file.path.name, sha256)
    try:
        file.path.rename(target)
    except FileNotFoundError:
        return None
    if Stamp.of(target) != file.stamp:  # replaced between the look and the move: put it back, it was never read
        target.rename(_free_name(file.path, sha256))
        return None
    if reason:
        write_atomically(target.with_name(target.name + ".reason.txt"), (reason + "\n").encode("utf-8", "replace"))
    return target  # no fsync: a move that a power cut undoes is made good by the next scan


def _free_name(target: Path, sha256: str) -> Path:
    if not _taken(target):
        return target
    number = 1
    while True:
        candidate = target.with_name(f"{target.stem}-{sha256[:12]}-{number}{target.suffix}")
        if not _taken(candidate):
            return candidate
        number += 1


def _taken(path: Path) -> bool:
    return os.path.lexists(path)  # also a dangling link takes a name
