"""Runs a command hook: no shell, pinned files, an empty environment, a time limit, and a cap on what it may say."""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from aiqu_desktop.core.errors import EnvironmentFault, Refused, UserError
from aiqu_desktop.core.files import sha256_file

_CAP = 1 << 20  # bytes of its answer
_REASON = 300
CANNOT = 3  # the exit status of a hook that has no way to do what it is asked
# Nothing of ours is handed on: no token, no proxy, no library path. A program that needs more reads its own file.
_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}


def pin(command: Sequence[str]) -> dict[str, str]:
    """The SHA-256 of every file that a command names with its whole path: its program, its script.

    Raises:
        UserError: if the program is not named by its whole path, or cannot be read or run.
    """
    program = Path(command[0]) if command else Path()
    if not program.is_absolute() or not program.is_file() or not os.access(program, os.X_OK):
        raise UserError(f"The hook's program {str(program)!r} is no file that can be run; give its whole path.")
    try:
        files = [Path(word) for word in command if Path(word).is_absolute() and Path(word).is_file()]
        return {str(file): sha256_file(file) for file in files}
    except OSError as error:
        raise UserError(f"A file of the hook cannot be read ({error}); correct its permissions.") from error


def ask_hook(
    command: Sequence[str], pins: Mapping[str, str], verb: str, content: Mapping[str, Any], timeout: float
) -> dict[str, Any]:
    """Run the command with `verb` as its last argument and `content` as JSON on its standard input.

    Returns:
        The JSON object that it printed.
    Raises:
        Refused: if a pinned file is not what it was, or the hook ended with another status than 0; its reason is the
            `reason` of what it printed, or the end of its standard error.
        EnvironmentFault: if it could not be run, took too long, or printed too much or something else.
    """
    _refuse_changed(pins)
    name = Path(command[0]).name
    deadline = time.monotonic() + timeout
    try:
        process = subprocess.Popen(
            [*command, verb],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=_ENVIRONMENT,
            cwd="/" if os.name == "posix" else None,
            start_new_session=True,
        )
    except OSError as error:
        raise EnvironmentFault(f"The hook {command[0]} cannot be run ({error.strerror or error}).") from error
    try:
        out, errors = _exchange(process, json.dumps(content).encode(), deadline)
        if max(len(out), len(errors)) > _CAP:  # it may still be writing, so it is not waited for
            raise EnvironmentFault(f"The hook {name} {verb} printed more than {_CAP >> 10} kB and was stopped.")
        status = process.wait(max(0.0, deadline - time.monotonic()))
    except (TimeoutError, subprocess.TimeoutExpired) as error:
        raise EnvironmentFault(f"The hook {name} {verb} did not end within {timeout:g} s and was stopped.") from error
    finally:
        _end(process)
    answer = _object(out)
    if status != 0:
        said = str(answer.get("reason", "")) if answer else errors.decode("utf-8", "replace")[-_REASON:]
        if status == CANNOT:
            raise Refused(f"The hook {name} cannot {verb} (status {status}); do it by hand. {_one_line(said)}".strip())
        raise Refused(f"The hook {name} {verb} says no (status {status}): {_one_line(said)}")
    if answer is None:
        raise EnvironmentFault(f"The hook {name} {verb} did not print one JSON object; see its protocol.")
    return answer


def _one_line(said: str) -> str:
    return " ".join(said.split())[:_REASON]


def _refuse_changed(pins: Mapping[str, str]) -> None:
    for file, digest in pins.items():
        try:
            found = sha256_file(Path(file))
        except OSError as error:
            raise Refused(f"The hook's file {file} cannot be read ({error.strerror or error}).") from error
        if found != digest:
            raise Refused(f"The hook's file {file} is not the one that was chosen; set the target again if it may run.")


def _exchange(process: subprocess.Popen[bytes], content: bytes, deadline: float) -> tuple[bytes, bytes]:
    """Write `content`, read both outputs up to the cap; TimeoutError at the deadline."""
    assert process.stdin and process.stdout and process.stderr, "all three are pipes"
    out, errors, left = bytearray(), bytearray(), memoryview(content)
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ, out)
        selector.register(process.stderr, selectors.EVENT_READ, errors)
        os.set_blocking(process.stdin.fileno(), False)
        selector.register(process.stdin, selectors.EVENT_WRITE)
        while selector.get_map():
            for key, _ in selector.select(_left(deadline)):
                stream: IO[bytes] = key.fileobj  # type: ignore[assignment]
                if key.data is None:
                    with contextlib.suppress(BrokenPipeError):  # it does not want to read all of it
                        left = left[os.write(stream.fileno(), left[:65_536]) :]
                        if left:
                            continue
                    selector.unregister(stream)
                    stream.close()
                    continue
                data = os.read(stream.fileno(), 65_536)
                key.data.extend(data)
                if not data:
                    selector.unregister(stream)
                elif len(key.data) > _CAP:
                    return bytes(out), bytes(errors)
    return bytes(out), bytes(errors)


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _end(process: subprocess.Popen[bytes]) -> None:
    """End it with all that it started, and let its pipes go."""
    if sys.platform == "win32":
        process.kill()
    else:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    for stream in (process.stdin, process.stdout, process.stderr):
        if stream is not None:
            with contextlib.suppress(BrokenPipeError):
                stream.close()
    process.wait()


def _object(out: bytes) -> dict[str, Any] | None:
    try:
        answer = json.loads(out)
    except (ValueError, RecursionError):
        return None
    return answer if isinstance(answer, dict) else None
