"""Reads a bundle's folder: exactly its files, each read once and hashed on the way; only the manifest is parsed.

The bytes that were hashed are the bytes that are used later; nothing is read a second time. A signature over the
folder is to be checked between `read_folder` and the first parser (OpenSSF Model Signing v1.0 covers these digests).
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from aiqu_desktop.bundles.manifest import CONTENT_FILES, MANIFEST_FILE, Manifest, parse_manifest
from aiqu_desktop.core.errors import EnvironmentFault, UserError

_BLOCK = 1 << 20
_LARGEST_MANIFEST = 8 << 20


@dataclass(frozen=True, slots=True)
class BundleContent:
    """A folder whose digests fit: its manifest, and every file's bytes and SHA-256 (the manifest's own too) by name."""

    manifest: Manifest
    files: Mapping[str, bytes]
    digests: Mapping[str, str]


def read_folder(folder: Path) -> BundleContent:
    """Read a bundle's folder.

    Raises:
        UserError: if it is no folder, a file is missing, added, a link, of another size or of another digest, or the
            manifest does not hold together.
        EnvironmentFault: if the folder or a file cannot be read.
    """
    _refuse_other_files(folder)
    raw, raw_digest = _read(folder / MANIFEST_FILE, _LARGEST_MANIFEST)
    if len(raw) > _LARGEST_MANIFEST:
        raise UserError(f"{folder / MANIFEST_FILE} is larger than 8 MiB, which no manifest is; build the bundle again.")
    manifest = parse_manifest(raw)
    files, digests = {MANIFEST_FILE: raw}, {MANIFEST_FILE: raw_digest}
    for name in CONTENT_FILES:
        entry = manifest.files[name]
        data, digest = _read(folder / name, entry.size)
        if len(data) != entry.size:
            how = "longer than" if len(data) > entry.size else f"{len(data)} bytes instead of"
            raise UserError(f"{folder / name} is {how} the {entry.size} bytes in its manifest; copy the bundle again.")
        if digest != entry.sha256:
            raise UserError(
                f"{folder / name} has the digest {digest[:12]}… instead of {entry.sha256[:12]}… in its manifest; "
                "copy the bundle again."
            )
        files[name], digests[name] = data, digest
    return BundleContent(manifest, files, digests)


def _refuse_other_files(folder: Path) -> None:
    """Exactly the bundle's files, each a plain file: links and folders could bring in what no digest covers."""
    try:
        if not stat.S_ISDIR(folder.lstat().st_mode):
            raise UserError(f"{folder} is not a folder; name the folder of a bundle.")
        with os.scandir(folder) as entries:
            found = {entry.name: entry.stat(follow_symlinks=False).st_mode for entry in entries}
    except FileNotFoundError as error:
        raise UserError(f"There is no bundle in {folder}; name its folder.") from error
    except OSError as error:
        raise EnvironmentFault(f"The bundle {folder} cannot be read ({error.strerror or error}).") from error
    expected = {MANIFEST_FILE, *CONTENT_FILES}
    if missing := sorted(expected - found.keys()):
        raise UserError(f"The bundle {folder} lacks {missing[0]}; copy it again.")
    if extra := sorted(found.keys() - expected):
        raise UserError(f"The bundle {folder} holds {extra[0]!r}, which is not part of a bundle; take it out.")
    for name, mode in found.items():
        if not stat.S_ISREG(mode):
            raise UserError(f"{folder / name} is a link or a folder, not a plain file; copy the file itself.")


def _read(path: Path, limit: int) -> tuple[bytes, str]:
    """(at most `limit` + 1 bytes, their SHA-256): one byte more tells a longer file without reading it."""
    digest = hashlib.sha256()
    blocks = []
    wanted = limit + 1
    # A link put in place after the look at the folder is refused by the system, where it can.
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        with os.fdopen(os.open(path, flags), "rb") as stream:
            if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
                raise UserError(f"{path} is not a plain file; copy the file itself.")
            while wanted and (block := stream.read(min(_BLOCK, wanted))):
                digest.update(block)
                blocks.append(block)
                wanted -= len(block)
    except OSError as error:
        raise EnvironmentFault(f"{path} cannot be read ({error.strerror or error}); copy the bundle again.") from error
    return b"".join(blocks), digest.hexdigest()
