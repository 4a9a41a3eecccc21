"""A process in which Python may not make a network socket; it runs commands of `aiqu` one after the other.

    python -m tests.architecture.offline COMMANDS        (a JSON list of lists of words)

Prints the exit statuses as JSON on the last line. An audit hook sees what Python code does; what compiled libraries do
by themselves it does not see.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import threading
from typing import Any

FAMILIES = (socket.AF_INET, socket.AF_INET6)
ASKS_THE_NETWORK = ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr", "socket.getnameinfo")


CAUGHT = 70  # the exit status


def forbid(event: str, arguments: tuple[Any, ...]) -> None:
    """Ends the process at once, from whatever thread, for a network socket or a name to be looked up."""
    made = event == "socket.__new__" and arguments[1] in FAMILIES
    used = event in ("socket.connect", "socket.bind", "socket.sendto") and arguments[0].family in FAMILIES
    if made or used or event in ASKS_THE_NETWORK:
        sys.stderr.write(f"NETWORK: {event} {arguments[1:]}\n")
        sys.stderr.flush()
        os._exit(CAUGHT)


def main(commands: list[list[str]]) -> None:
    sys.addaudithook(forbid)
    if commands == [["reach out"]]:
        threading.Thread(target=socket.create_connection, args=[("127.0.0.1", 9)]).start()
        return
    from aiqu_desktop.cli.main import main as aiqu

    statuses = []
    for words in commands:
        sys.argv = ["aiqu", *words]
        try:
            aiqu()
        except SystemExit as ended:
            statuses.append(ended.code)
    print("\n" + json.dumps(statuses))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
