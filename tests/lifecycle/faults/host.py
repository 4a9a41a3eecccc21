"""A process that has imported everything and forks: a child that releases and may die of it costs no start of Python.

Orders come as JSON lines on standard input, answers go as JSON lines to standard output:

    {"do": "release", "site": …, "model": …, "act": …, "said": …, "synchronous": …, "fatal": …,
     "aloud": …}
        → {"pid": …}   the child has opened the site, has seen the preview, and has stopped itself before the button
    {"do": "line", "root": …}   → {"pid": …}
    {"do": "await", "pid": …}   → {"status": …}   as `Popen.returncode`

What the child says goes to the file `said`: one line a step, "! " before an error's sentence, and any traceback. It is
written through shared memory, which takes no system call: a fault injected into `write` does not hit it.
"""

from __future__ import annotations

import json
import mmap
import os
import signal
import sys
import traceback
from pathlib import Path
from typing import Any

from sqlalchemy import event

from aiqu_desktop.core.errors import AiquError
from aiqu_desktop.line.main import command
from aiqu_desktop.registry import Registry
from aiqu_desktop.services.opening import close_site, open_site
from tests.lifecycle.faults.acts import Step, prepared

SAID_BYTES = 1 << 16
_DONE, _NOT_DONE = 0, 1


def main() -> None:
    for text in sys.stdin:
        order = json.loads(text)
        if order["do"] == "await":
            answer = {"status": os.waitstatus_to_exitcode(os.waitpid(order["pid"], 0)[1])}
        else:
            answer = {"pid": _forked(order)}
        print(json.dumps(answer), flush=True)


def _forked(order: dict[str, Any]) -> int:
    pid = os.fork()
    if pid == 0:
        os.close(0)
        _child(order)
    if order["do"] == "release":
        os.waitpid(pid, os.WUNTRACED)  # it has stopped itself, or it has ended, which `await` tells
    return pid


def _child(order: dict[str, Any]) -> None:
    """Never returns: leaves with the status that the command line would give."""
    if order["do"] == "line":
        command.main(["--root", order["root"], "--poll", "0.01"])
    with Path(order["said"]).open("w+b") as stream:
        stream.truncate(SAID_BYTES)
        said = mmap.mmap(stream.fileno(), SAID_BYTES)
    nowhere = os.open(os.devnull, os.O_WRONLY)

    def say(step: str, detail: str) -> None:
        said.write(f"{step} {detail}\n".encode())
        if order["aloud"]:
            os.write(nowhere, step.encode())
        if step == order["fatal"]:
            os.kill(os.getpid(), signal.SIGKILL)

    try:
        status = _release(order, say)
    except AiquError as error:
        say("!", str(error))
        status = error.exit_status
    except BaseException:  # noqa: BLE001 - a child must not go back into its parent's loop
        say("Traceback", traceback.format_exc())
        status = 70
    os._exit(status)


def _release(order: dict[str, Any], say: Step) -> int:
    registry = open_site(Path(order["site"]))
    try:
        if order["synchronous"]:
            _weaken(registry, order["synchronous"])
        press = prepared(registry, order["model"], order["act"], say)
        os.kill(os.getpid(), signal.SIGSTOP)
        outcome = press()
        settled = order["act"].startswith("settle") and not outcome.state.unfinished
        if outcome.done or settled:
            return _DONE
        say("!", outcome.sentence)
        return _NOT_DONE
    finally:
        close_site(registry)


def _weaken(registry: Registry, synchronous: str) -> None:
    """For the control runs, which must fail: let the database return from a commit that is not on disk."""
    registry.close()

    @event.listens_for(registry.engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.execute(f"PRAGMA synchronous={synchronous}")


if __name__ == "__main__":
    main()
