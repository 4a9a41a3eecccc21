"""A small ext4 disk in a file whose power can be cut: what was not forced to it is gone, as after a real cut."""

from __future__ import annotations

import fcntl
import os
import shutil
import struct
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_SHUTDOWN = 0x8004587D  # EXT4_IOC_SHUTDOWN, as in the kernel's fs/ext4/ext4.h
_NO_LOG_FLUSH = 2  # EXT4_GOING_FLAGS_NOLOGFLUSH: the journal's unwritten part is lost too
# As unforgiving as ext4 can be: data are not written before names that refer to them, replacing a file does not force
# it, and the journal is not committed each five seconds.
_OPTIONS = "loop,data=writeback,noauto_da_alloc,commit=600"


@dataclass
class Disk:
    """An ext4 file system in `image`, mounted at `place`."""

    image: Path
    place: Path

    def mount(self) -> None:
        """Mount it; after a cut this replays the journal."""
        _run("mount", "-t", "ext4", "-o", _OPTIONS, str(self.image), str(self.place))

    def flush(self) -> None:
        """Force everything to it."""
        _run("sync", "--file-system", str(self.place))

    def cut_power(self) -> None:
        """From this instant on nothing reaches it any more. Unmount and mount it to see what is left."""
        handle = os.open(self.place, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.ioctl(handle, _SHUTDOWN, struct.pack("I", _NO_LOG_FLUSH))
        finally:
            os.close(handle)

    def unmount(self) -> None:
        _run("umount", str(self.place))


@contextmanager
def disk(folder: Path, megabytes: int = 48) -> Iterator[Disk]:
    """A new empty disk in `folder`, taken away with the block.

    Raises:
        OSError: if this machine does not let us mount; the text says why.
    """
    image, place = folder / "disk.img", folder / "disk"
    place.mkdir()
    with image.open("wb") as stream:
        stream.truncate(megabytes << 20)
    _run("mkfs.ext4", "-q", str(image))
    made = Disk(image, place)
    made.mount()
    try:
        yield made
    finally:
        _run("umount", "--lazy", str(place))  # also while a child that is about to end still has a file open there
        image.unlink()


def why_not_here(folder: Path) -> str:
    """Why power cannot be cut on this machine; empty where it can."""
    try:
        with disk(folder) as trial:
            lost = trial.place / "lost"
            lost.write_text("not forced to disk")
            trial.cut_power()
            trial.unmount()
            trial.mount()
            return "" if not lost.exists() else "what was not forced to disk outlived the cut"
    except OSError as error:
        return str(error)


def _run(program: str, *arguments: str) -> None:
    found = shutil.which(program) or shutil.which(program, path="/usr/sbin:/sbin")
    if found is None:
        raise OSError(f"{program} is not installed")
    ended = subprocess.run([found, *arguments], capture_output=True, text=True, check=False)
    if ended.returncode != 0:
        raise OSError(f"{program} failed: {ended.stderr.strip()}")
