"""How fast a version answers on this machine and how much memory it takes, measured in a process of its own."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from aiqu_desktop.core.errors import EnvironmentFault, UserError
from aiqu_desktop.core.files import canonical_json, sha256_bytes

TIMEOUT_SECONDS = 120.0
_ALONE = threading.Lock()  # two measurements at once would measure each other


@dataclass(frozen=True, slots=True)
class Speed:
    """row_p99_ms, batch_p99_ms: 99th percentile of the time for one row and for a batch of 1,000, in milliseconds of
    one processor core of this machine: what a row waits there while nothing else runs.

    peak_mb: the most memory, in MiB, that a process held which does nothing but run this model.
    """

    row_p99_ms: float
    batch_p99_ms: float
    peak_mb: float

    def to_json(self) -> dict[str, Any]:
        """A plain dictionary, three digits a figure: more would be noise."""
        return {name: _rounded(getattr(self, name)) for name in ("row_p99_ms", "batch_p99_ms", "peak_mb")}


def measure_speed(files: Mapping[str, bytes], timeout: float = TIMEOUT_SECONDS) -> Speed:
    """Measure a version in a child process, which inherits this one's priority.

    files: model.onnx, golden.json (whose inputs are the questions) and schema.json.
    Raises:
        UserError: if the child ended without figures: the model fails, or needs more memory or time than there is.
        EnvironmentFault: if the files cannot be laid out, or no process can be started.
    """
    try:
        with tempfile.TemporaryDirectory(prefix="aiqu-speed-") as place, _ALONE:
            for name, data in files.items():
                (Path(place) / name).write_bytes(data)
            command = [sys.executable, "-m", "aiqu_desktop.inference.speed_child", place]
            done = subprocess.run(command, capture_output=True, timeout=timeout, check=False)
    except subprocess.TimeoutExpired as error:
        raise UserError(f"The model was not measured within {timeout:g} s; it is too slow for this machine.") from error
    except OSError as error:
        raise EnvironmentFault(f"The model cannot be measured ({error.strerror or error}); free some space.") from error
    if done.returncode != 0:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        why = said[-1] if said else f"it ended with status {done.returncode}"
        raise UserError(f"The model could not be measured: {why.rstrip('.')}; ask its author.")
    found = json.loads(done.stdout)
    return Speed(found["row_p99_ms"], found["batch_p99_ms"], found["peak_mb"])


@cache
def this_machine() -> str:
    """A name for the machine and the runtime that figures hold for: measured elsewhere, they say nothing here."""
    facts = [platform.node(), platform.machine(), _processor(), os.cpu_count(), version("onnxruntime")]
    return sha256_bytes(canonical_json(facts))[:16]


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8", "replace").splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")


def _rounded(value: float) -> float:
    return float(f"{value:.3g}")
