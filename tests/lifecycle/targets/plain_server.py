"""A small HTTP server in this process that answers as a test says: honest answers, errors, garbage, silence."""

from __future__ import annotations

import json
import socketserver
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

Answer = Callable[["Asked"], "bytes | Iterable[bytes] | None"]


@dataclass
class Asked:
    """One request as it came; `release` lets go a handler that keeps silent."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    release: threading.Event


@dataclass
class PlainServer:
    """`answer` gives the raw bytes to send back, or their pieces, or None: say nothing till the test ends."""

    port: int
    answer: Answer
    asked: list[Asked] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def answer_json(content: Any, status: int = 200) -> bytes:
    body = json.dumps(content).encode()
    head = f"HTTP/1.1 {status} x\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


@contextmanager
def plain_server(answer: Answer) -> Iterator[PlainServer]:
    release = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def _any(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            asked = Asked(self.command, self.path, dict(self.headers), body, release)
            ours.asked.append(asked)
            said = ours.answer(asked)
            if said is None:
                release.wait(30)
            else:
                with suppress(OSError):  # the client has had enough, which is what some tests are about
                    for piece in [said] if isinstance(said, bytes) else said:
                        self.wfile.write(piece)
            self.close_connection = True

        do_GET = do_POST = do_PUT = do_DELETE = _any

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = False
        block_on_close = True

    with Server(("127.0.0.1", 0), Handler) as server:
        ours = PlainServer(server.server_address[1], answer)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield ours
        finally:
            release.set()
            server.shutdown()
            thread.join()
