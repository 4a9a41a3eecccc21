"""The write-once store: every file by its SHA-256, never changed, verified on each read."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy.orm import Session

from aiqu_desktop.core.clock import Clock
from aiqu_desktop.core.errors import EnvironmentFault
from aiqu_desktop.core.files import make_folder, remove_leftovers, sha256_bytes, write_atomically
from aiqu_desktop.registry.tables import Artifact


class ArtifactStore:
    """Files under `root/ab/abcdef…`. A file once there is never written again."""

    def __init__(self, root: Path, clock: Clock) -> None:
        self._root = root
        self._clock = clock

    def path(self, sha256: str) -> Path:
        """Where an artifact lies, whether or not it is there."""
        return self._root / sha256[:2] / sha256

    def put(self, session: Session, data: bytes) -> str:
        """Store `data` and note it in the registry; its SHA-256. Storing the same bytes again changes nothing.

        The file is on disk before the transaction commits, so a row never refers to a missing file.
        """
        sha256 = sha256_bytes(data)
        path = self.path(sha256)
        if not path.exists():
            make_folder(path.parent)
            remove_leftovers(path)  # the transaction holds the write lock, so no other process writes it now
            write_atomically(path, data)
            path.chmod(0o444)
        if session.get(Artifact, sha256) is None:
            session.add(Artifact(sha256=sha256, size=len(data), stored_at=self._clock.now()))
            session.flush()
        return sha256

    def get(self, sha256: str) -> bytes:
        """The artifact's bytes.

        Raises:
            EnvironmentFault: if the file is missing or its content no longer has the digest in its name.
        """
        path = self.path(sha256)
        try:
            data = path.read_bytes()
        except OSError as error:
            raise EnvironmentFault(
                f"The artifact {path} cannot be read ({error.strerror}); restore it from a backup."
            ) from error
        found = sha256_bytes(data)
        if found != sha256:
            raise EnvironmentFault(
                f"The artifact {path} was changed on disk (its digest is now {found[:12]}…); restore it from a backup."
            )
        return data
