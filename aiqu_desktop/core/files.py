"""Files that are either whole or not there: atomic writes that survive a power cut, and digests."""

from __future__ import annotations

import glob
import hashlib
import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_CHUNK = 1 << 20
_BINARY = getattr(os, "O_BINARY", 0)  # Windows would translate line ends


def sha256_bytes(data: bytes) -> str:
    """SHA-256 of `data`, 64 lower-case hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def sha256_file(path: Path) -> str:
    """SHA-256 of a file's content, read in blocks."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(_CHUNK):
            digest.update(block)
    return digest.hexdigest()


def canonical_json(value: Any) -> bytes:
    """One spelling for one value: sorted keys, no spaces, UTF-8, no NaN. What digests and chains are computed over."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def fsync_directory(directory: Path) -> None:
    """Make a rename inside `directory` survive a power cut (no effect where directories cannot be opened)."""
    if os.name != "posix":
        return
    handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make_folder(folder: Path) -> None:
    """Make a folder that is still there after a power cut, with those above it; one that is there stays as it is."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    fsync_directory(folder.parent)


def write_atomically(path: Path, data: bytes, *, secret: bool = False) -> None:
    """Write `data` to `path` so that a reader sees the old file or the new one, also after a power cut.

    The temporary name starts with a dot, which every folder watcher of the product ignores. A kill leaves that file
    behind; `remove_leftovers` is for who writes `path` again and again.

    Args:
        secret: for the owner's eyes only; otherwise the process's umask says who may read.
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}.tmp")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, 0o600 if secret else 0o666)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    fsync_directory(path.parent)


def remove_leftovers(path: Path) -> None:
    """Delete what killed processes left of writing `path` atomically. Only for who holds the lock to write `path`:
    the file of a living writer would go too.
    """
    for temporary in path.parent.glob(f".{glob.escape(path.name)}.*.tmp"):
        temporary.unlink(missing_ok=True)


def write_json_atomically(path: Path, value: Mapping[str, Any]) -> None:
    """`write_atomically` for a JSON object, indented for the person who opens it."""
    write_atomically(path, json.dumps(value, indent=2, ensure_ascii=False).encode() + b"\n")
