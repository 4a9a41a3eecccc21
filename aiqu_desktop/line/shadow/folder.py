"""The folder of a shadow, inside its model's: through it the desktop, the line and the shadow speak to each other."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from aiqu_desktop.core.errors import EnvironmentFault
from aiqu_desktop.core.files import fsync_directory
from aiqu_desktop.line.messages import Pointer, ShadowStatus
from aiqu_desktop.line.protocol import TargetFolder
from aiqu_desktop.line.waiting import is_waiting

# What may wait for a shadow that is slower than the champion; the rows beyond are dropped, and counted.
MOST_FILES = 256
MOST_BYTES = 64 << 20


class ShadowFolder:
    """A model folder of its own, one level below the model's, so that pointing, staging and proving are the same."""

    def __init__(self, model: TargetFolder) -> None:
        self._model = model
        self.target = TargetFolder(model.path / "shadow")

    # --- the desktop writes

    def begin(self, pointer: Pointer, files: Mapping[str, bytes]) -> None:
        """Lay the version ready and name it; repeating it changes nothing.

        files: model.onnx, golden.json and schema.json.
        Raises:
            UserError: if the files are not those of the pointer.
            OSError, EnvironmentFault: if the folder cannot be written.
        """
        drop = self._model.drop
        if drop is None:
            raise EnvironmentFault(f"{self._model.path} has no line.json that can be read; set the target up again.")
        if self.target.drop != drop:
            self.target.configure(Path(os.path.relpath(drop, self.target.path)), self._model.model)
        self.target.stage(pointer.digest, files)
        if self.target.pointer() != pointer:
            self.target.point(pointer)
        for former in self.target.versions.iterdir():
            if former.name != pointer.digest and not former.name.startswith("."):
                shutil.rmtree(former, ignore_errors=True)

    def end(self) -> None:
        """Name no version any more; the line ends the shadow, and clears away what still waits for it."""
        if self.target.pointer_file.exists():
            self.target.pointer_file.unlink()
            fsync_directory(self.target.path)

    # --- the line and the shadow

    def status(self) -> ShadowStatus | None:
        """What the shadow last said; None when nothing readable is there."""
        return self.target.read("status.json", ShadowStatus.from_json)

    def write_status(self, status: ShadowStatus) -> None:
        """Replace the shadow's status."""
        self.target.write_answer(json.dumps(status.to_json(), indent=2).encode())

    def has_room(self) -> bool:
        """Whether one more file may wait.

        Raises:
            OSError: if the folder cannot be listed.
        """
        files = used = 0
        with os.scandir(self.target.incoming) as entries:
            for entry in entries:
                if is_waiting(entry):
                    files, used = files + 1, used + entry.stat().st_size
        return files < MOST_FILES and used < MOST_BYTES

    def clear(self) -> None:
        """Remove what still waits for a shadow that has ended, and what it said; the next one begins anew."""
        shutil.rmtree(self.target.incoming, ignore_errors=True)
        (self.target.path / "status.json").unlink(missing_ok=True)
