"""Python environments of their own for programs that are only tested or measured against, never depended on."""

from __future__ import annotations

import os
import subprocess
import venv
from pathlib import Path

from aiqu_desktop.core.locks import lock_file

_LONGEST_MAKING = 900.0  # seconds


def python_in(folder: Path) -> Path:
    """The interpreter of an environment."""
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def is_made(folder: Path) -> bool:
    """Whether the environment is complete."""
    return (folder / "complete").exists()


def make(folder: Path, *requirements: str) -> None:
    """Make an environment with what pip is told to install, or leave a complete one as it is.

    Of two processes that want the same one, the second waits for the first.

    Raises:
        subprocess.CalledProcessError: if its packages cannot be installed; `stderr` says why.
        TimeoutError: if another process does not finish making it.
    """
    handle = lock_file(folder.with_name(f".{folder.name}.lock"), _LONGEST_MAKING)
    if handle is None:
        raise TimeoutError(f"Another process has not finished {folder} in {_LONGEST_MAKING:g} s.")
    try:
        if is_made(folder):
            return
        venv.create(folder, with_pip=True, clear=True)
        command = [python_in(folder), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *requirements]
        subprocess.run(command, check=True, capture_output=True, text=True)
        (folder / "complete").touch()
    finally:
        os.close(handle)
