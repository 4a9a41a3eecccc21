"""Moves one file of rows from incoming to the drop folder so that a kill at any moment loses and repeats nothing.

Order of one file: the observations are written under a dot-name; the note `.working` says which incoming file (name
and SHA-256) is about to be handed over; the observations get their name; the incoming file is deleted. At the next
start the note tells the two states apart in which the incoming file is still there: observations still under their
dot-name mean that nothing was handed over, and the file is done again; gone from there, they were handed over (the
reader may have taken them away already), and only the deletion is made good.

Instead of being deleted a file can be passed on: to what answers the same rows beside the champion.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from aiqu_desktop.core.files import fsync_directory, sha256_bytes
from aiqu_desktop.line.protocol import TargetFolder

_NOTE = ".working"


def _to_nobody(_source: Path, _digest: str) -> bool:
    return False


class Handover:
    """Hands over one file at a time; `durable` forces each step to disk, which survives a power cut too.

    kind: what the files in the drop folder begin with.
    pass_on: is given each file that was handed over, with its SHA-256, and says whether it took it away; it never
        raises. What it leaves is deleted.
    """

    def __init__(
        self, folder: TargetFolder, durable: bool, kind: str = "obs", pass_on: Callable[[Path, str], bool] = _to_nobody
    ) -> None:
        self._incoming = folder.incoming
        self._rejected = folder.rejected_files
        self._durable = durable
        self._kind = kind
        self._pass_on = pass_on

    def settle(self, drop: Path) -> None:
        """Finish what an earlier process began; called before the first file is taken."""
        note = self._incoming / _NOTE
        try:
            digest, _, name = note.read_text(encoding="utf-8").rstrip("\n").partition(" ")
            source = self._incoming / Path(name).name
            handed_over = bool(name) and not self._unnamed(drop, source).exists()
            if handed_over and sha256_bytes(source.read_bytes()) == digest:
                self._let_go(source, digest)
        except (FileNotFoundError, UnicodeDecodeError, IsADirectoryError):
            pass  # no note, none that a line wrote, or its file is gone already: nothing is half done
        note.unlink(missing_ok=True)

    def give(self, source: Path, data: bytes, observations: bytes, drop: Path) -> bool:
        """Put `observations` into `drop`; then pass `source`, whose content is `data`, on (True) or delete it."""
        digest = sha256_bytes(data)
        unnamed = self._unnamed(drop, source)
        try:
            self._write(unnamed, observations)
        except FileNotFoundError:
            drop.mkdir(parents=True, exist_ok=True)
            self._write(unnamed, observations)
        (self._incoming / _NOTE).write_text(f"{digest} {source.name}\n", encoding="utf-8")
        unnamed.replace(self._free_name(drop, source, digest))
        if self._durable:
            fsync_directory(drop)
        return self._let_go(source, digest)

    def reject(self, source: Path, reason: str) -> None:
        """Put a file that cannot be predicted aside, with the reason beside it."""
        self._rejected.mkdir(exist_ok=True)
        place = free_place(self._rejected, source)
        place.with_name(place.name + ".reason.txt").write_text(reason + "\n", encoding="utf-8")
        source.replace(place)

    def _let_go(self, source: Path, digest: str) -> bool:
        if self._pass_on(source, digest):
            return True
        source.unlink()
        return False

    def _write(self, path: Path, data: bytes) -> None:
        with path.open("wb") as stream:
            stream.write(data)
            if self._durable:
                stream.flush()
                os.fsync(stream.fileno())

    def _unnamed(self, drop: Path, source: Path) -> Path:
        return drop / f".{self._kind}-{source.stem}.csv.tmp"

    def _free_name(self, drop: Path, source: Path, digest: str) -> Path:
        """<kind>-<stem>.csv; with the content's digest when an earlier file of that name has not been taken yet."""
        plain = drop / f"{self._kind}-{source.stem}.csv"
        return plain if not plain.exists() else drop / f"{self._kind}-{source.stem}-{digest[:16]}.csv"


def free_place(folder: Path, source: Path) -> Path:
    """Where `source` can be put in `folder` without covering another file: under its own name, or a numbered one."""
    place, number = folder / source.name, 1
    while place.exists():
        number += 1
        place = folder / f"{source.stem}-{number}{source.suffix}"
    return place
