"""A process that has imported everything and forks: a child that releases and may die of it costs no start of Python.

Orders come as JSON lines on standard input, answers go as JSON lines to standard output:

    {"do": "release", "site": …, "model": …, "act": …, "said": …, "synchronous": …}
        → {"pid": …}   the child has opened the site, has seen the preview, and has stopped itself before the button
    {"do": "line", "root": …}   → {"pid": …}
    {"do": "await", "pid": …}   → {"status": …}   as `Popen.returncode`

What the child says goes to the file `said`: one line a step, "! " before an error's sentence, and any traceback.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from sqlalchemy import event

from aiqu_desktop.core.errors import AiquError
from aiqu_desktop.line.main import command
from aiqu_desktop.registry import Registry
from aiqu_desktop.services.opening import close_site, open_site
from tests.lifecycle.faults.acts import prepared

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
    said = os.open(order["said"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    os.dup2(said, 1)
    os.dup2(said, 2)
    try:
        status = _release(order)
    except AiquError as error:
        _say("!", str(error))
        status = error.exit_status
    except BaseException:  # noqa: BLE001 - a child must not go back into its parent's loop
        sys.excepthook(*sys.exc_info())
        status = 70
    sys.stderr.flush()
    os._exit(status)


def _release(order: dict[str, Any]) -> int:
    registry = open_site(Path(order["site"]))
    try:
        if order.get("synchronous"):
            _weaken(registry, order["synchronous"])
        press = prepared(registry, order["model"], order["act"], _say)
        os.kill(os.getpid(), signal.SIGSTOP)
        outcome = press()
        if not outcome.done:
            _say("!", outcome.sentence)
        return _DONE if outcome.done else _NOT_DONE
    finally:
        close_site(registry)


def _weaken(registry: Registry, synchronous: str) -> None:
    """For the control runs, which must fail: let the database return from a commit that is not on disk."""
    registry.close()

    @event.listens_for(registry.engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.execute(f"PRAGMA synchronous={synchronous}")


def _say(step: str, detail: str) -> None:
    os.write(1, f"{step} {detail}\n".encode())


if __name__ == "__main__":
    main()
