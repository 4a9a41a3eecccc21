"""A factory floor for tests: a root with model folders, and the real line process on it."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from aiqu_desktop.core.clock import wait_until
from aiqu_desktop.core.files import sha256_bytes
from aiqu_desktop.core.schema import InputSchema
from aiqu_desktop.core.words import Task
from aiqu_desktop.line.messages import LineStatus, Pointer, ShadowStatus
from aiqu_desktop.line.protocol import TargetFolder
from aiqu_desktop.line.shadow.folder import ShadowFolder
from tests.inference import tiny

REPOSITORY = Path(__file__).parents[2]
PATIENCE = 30.0  # seconds that a loaded machine may take; nothing waits this long when all is well


@dataclass
class Floor:
    """One model folder, what was staged in it, and what was fed to it."""

    root: Path
    name: str = "press"
    schema: InputSchema = field(default_factory=lambda: tiny.schema(Task.REGRESSION))
    models: dict[int, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.drop.mkdir(parents=True, exist_ok=True)
        self.target.configure(self.drop)

    @property
    def target(self) -> TargetFolder:
        return TargetFolder(self.root / self.name)

    @property
    def drop(self) -> Path:
        return self.root.parent / "drop" / self.name

    def files(self, version: int, *, golden: bytes | None = None, model: bytes | None = None) -> dict[str, bytes]:
        """What is staged of a version: a regression of its own unless `model` is given."""
        model = model or tiny.regressor((float(version), 10.0, 100.0))
        self.models[version] = model
        return {
            "model.onnx": model,
            "golden.json": golden or tiny.golden(model, self.schema),
            "schema.json": json.dumps(self.schema.to_json()).encode(),
        }

    def stage(self, version: int, *, golden: bytes | None = None) -> str:
        """Stage a regression of its own for this version; its digest."""
        files = self.files(version, golden=golden)
        digest = sha256_bytes(files["model.onnx"])
        self.target.stage(digest, files)
        return digest

    @property
    def shadow(self) -> ShadowFolder:
        return ShadowFolder(self.target)

    def shadow_by(self, version: int, *, golden: bytes | None = None, model: bytes | None = None) -> str:
        """Begin a shadow of a version; its digest."""
        files = self.files(version, golden=golden, model=model)
        digest = sha256_bytes(files["model.onnx"])
        self.shadow.begin(Pointer(digest, version, f"shadow-{version}", datetime.now(UTC)), files)
        return digest

    def until_shadowing(self, version: int) -> ShadowStatus:
        status = self.until(
            lambda said: (
                said.shadow is not None and said.shadow.serving is not None and said.shadow.serving.version == version
            )
        )
        assert status.shadow is not None
        return status.shadow

    def point(self, version: int, digest: str) -> None:
        self.target.point(Pointer(digest, version, f"release-{version}", datetime.now(UTC)))

    def serve(self, version: int) -> str:
        """Stage and point."""
        digest = self.stage(version)
        self.point(version, digest)
        return digest

    def feed(self, name: str, count: int = 4, seed: int = 0) -> list[str]:
        """A file of rows for the line, under a dot-name first; the ids in it."""
        rows = {column: values.tolist() for column, values in tiny.rows(count, seed).items()}
        ids = [f"{name}-{place}" for place in range(count)]
        lines = ["id,event_time,pressure,flow,grade"]
        for place, identity in enumerate(ids):
            pressure, flow, grade = rows["pressure"][place], rows["flow"][place], rows["grade"][place]
            lines.append(f"{identity},2008-03-01T00:00:{place % 60:02d}Z,{pressure!r},{flow!r},{grade}")
        self.put(f"{name}.csv", "\n".join(lines) + "\n")
        return ids

    def put(self, name: str, text: str | bytes) -> None:
        hidden = self.target.incoming / f".{name}"
        hidden.write_bytes(text.encode() if isinstance(text, str) else text)
        hidden.rename(self.target.incoming / name)

    def observations(self) -> list[dict[str, str]]:
        """Every row in the drop folder, files in the order of their names."""
        return self._rows("obs")

    def shadow_answers(self) -> list[dict[str, str]]:
        """Every row that a shadow has answered."""
        return self._rows("shadow")

    def _rows(self, kind: str) -> list[dict[str, str]]:
        found: list[dict[str, str]] = []
        for path in sorted(self.drop.glob(f"{kind}-*.csv")):
            with path.open(encoding="utf-8", newline="") as stream:
                found.extend(csv.DictReader(stream))
        return found

    def waiting(self) -> list[str]:
        return sorted(path.name for path in self.target.incoming.glob("*.csv"))

    def until(self, ready: Callable[[LineStatus], bool]) -> LineStatus:
        """Wait for a status that `ready` accepts."""
        seen: list[LineStatus] = []

        def look() -> bool:
            status = self.target.status()
            if status is not None:
                seen[:] = [status]
            return status is not None and ready(status)

        assert wait_until(look, PATIENCE), f"the line's last word was {seen}; problems {self.target.problems()}"
        return seen[0]

    def until_serving(self, version: int, pid: int | None = None) -> LineStatus:
        return self.until(
            lambda status: (
                status.serving is not None and status.serving.version == version and (pid is None or status.pid == pid)
            )
        )

    def until_done(self) -> None:
        assert wait_until(lambda: not self.waiting(), PATIENCE), f"still waiting: {self.waiting()[:5]}"


def start(root: Path, *options: str, stdin: int = subprocess.DEVNULL) -> subprocess.Popen[str]:
    """The line as a process of its own; its input has ended before it begins, unless told otherwise."""
    command = [sys.executable, "-m", "aiqu_desktop.line", "--root", str(root), "--poll", "0.01", *options]
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY), "PYTHONWARNINGS": "error"}
    pipe = subprocess.PIPE
    return subprocess.Popen(command, env=environment, stdin=stdin, stdout=pipe, stderr=pipe, text=True)


@contextmanager
def line(root: Path, *options: str) -> Iterator[subprocess.Popen[str]]:
    """The line, ended by SIGTERM; it must go in peace and have said nothing."""
    process = start(root, *options)
    try:
        yield process
        process.send_signal(signal.SIGTERM)
        _, stderr = process.communicate(timeout=PATIENCE)
        assert (process.returncode, stderr) == (0, "")
    finally:
        kill(process)


def kill(process: subprocess.Popen[str]) -> None:
    """Without warning, if it still runs; its pipes closed."""
    if process.poll() is None:
        process.kill()
    process.communicate(timeout=PATIENCE)


def numbers(observations: list[dict[str, str]], column: str) -> np.ndarray[Any, np.dtype[np.float64]]:
    return np.array([float(row[column]) for row in observations])
