"""The one place where the product makes a network connection: to a target that someone switched on by name.

One request, one connection, one deadline for all of it; no redirect is followed, no proxy is taken from the
environment, no more is read than the cap, and a token leaves only over TLS or to this very machine.
"""

from __future__ import annotations

import http.client
import io
import json
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from aiqu_desktop.core.errors import AiquError, EnvironmentFault
from aiqu_desktop.core.paths import SitePaths
from aiqu_desktop.lifecycle.targets.address import Address

_CAP = 4 << 20  # bytes of an answer: metadata and some tens of predictions are a thousandth of that
_REASON = 300  # characters of a server's own words that go into a sentence


class Unreachable(EnvironmentFault):
    """No whole answer came: nobody listens, the time ran out, the connection broke, or the answer is no answer."""


class Answered(AiquError):
    """The server answered with an error status; `reason` is what it said, in one line."""

    def __init__(self, sentence: str, status: int, reason: str) -> None:
        super().__init__(sentence)
        self.status, self.reason = status, reason


@dataclass(frozen=True, slots=True)
class HttpClient:
    """Asks one server. `paths` is where the token's file lies; `name` is what to call the server in sentences."""

    address: Address
    paths: SitePaths
    name: str

    def get(self, path: str, timeout: float) -> Any:
        """The JSON that is at `path`. See `request`."""
        return self.request("GET", path, None, timeout)

    def post(self, path: str, content: Mapping[str, Any], timeout: float) -> Any:
        """The JSON that comes back for `content`. See `request`."""
        return self.request("POST", path, content, timeout)

    def request(
        self, method: str, path: str, content: Mapping[str, Any] | bytes | None, timeout: float, query: str = ""
    ) -> Any:
        """Ask once.

        Args:
            path: below the address's own path, beginning with "/".
            content: sent as JSON; bytes are sent as they are.
            timeout: seconds for connecting, sending and reading together.
        Returns:
            The answer's JSON; None where its body is empty.
        Raises:
            Unreachable: if no whole JSON answer came in time.
            Answered: if the server answered with an error.
            UserError: if the token or the certificate cannot be read.
        """
        raw = isinstance(content, bytes)
        body = content if isinstance(content, bytes) else None if content is None else json.dumps(content).encode()
        headers = {"Accept": "application/json", "Connection": "close"}
        if body is not None:
            headers["Content-Type"] = "application/octet-stream" if raw else "application/json"
        if token := self.address.read_token(self.paths):
            headers["Authorization"] = f"Bearer {token}"
        connection = self._connection(timeout)
        deadline = time.monotonic() + timeout
        try:
            connection.connect()
            connection.sock.settimeout(_left(deadline))
            connection.response_class = partial(_response, deadline)  # type: ignore[assignment]
            connection.request(method, self.address.path + path + query, body, headers)
            with connection.getresponse() as answer:
                status, data = answer.status, answer.read(_CAP + 1)
                if answer.length and len(data) <= _CAP:
                    raise http.client.IncompleteRead(data, answer.length)
        except (OSError, http.client.HTTPException) as error:
            raise self._unreachable(error, timeout) from error
        finally:
            connection.close()
        if len(data) > _CAP:
            raise Unreachable(f"{self.name} answered with more than {_CAP >> 20} MB, which no target needs to.")
        return self._read(status, data)

    def _connection(self, timeout: float) -> http.client.HTTPConnection:
        if not self.address.secure:
            return http.client.HTTPConnection(self.address.host, self.address.port, timeout=timeout)
        context = ssl.create_default_context(cafile=self.address.certificate or None)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        return http.client.HTTPSConnection(self.address.host, self.address.port, timeout=timeout, context=context)

    def _read(self, status: int, data: bytes) -> Any:
        if 300 <= status < 400:
            raise Unreachable(
                f"{self.name} sends elsewhere (status {status}), which is not followed; name its own URL."
            )
        try:
            content = json.loads(data) if data.strip() else None
        except (ValueError, RecursionError) as error:
            if status < 300:
                raise Unreachable(
                    f"{self.name} answered with something that is no JSON; see what listens there."
                ) from error
            content = data.decode("utf-8", "replace")
        if status < 300:
            return content
        reason = _reason(content) or f"status {status}"
        raise Answered(f"{self.name} says no (status {status}): {reason.rstrip('.')}.", status, reason)

    def _unreachable(self, error: Exception, timeout: float) -> Unreachable:
        where = f"{self.address.host}:{self.address.port}"
        if isinstance(error, TimeoutError):
            return Unreachable(f"{self.name} gave no answer at {where} within {timeout:.3g} s; see whether it runs.")
        if isinstance(error, ssl.SSLCertVerificationError):
            return Unreachable(
                f"{self.name} at {where} shows a certificate that is not trusted: {error.verify_message}."
            )
        reason = error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__
        return Unreachable(f"{self.name} cannot be reached at {where} ({reason}); see whether it runs.")


class _TimedStream(io.RawIOBase):
    """Reads a socket until a deadline: a server that drips one byte a second does not hold anyone up."""

    def __init__(self, sock: socket.socket, deadline: float) -> None:
        self._sock, self._deadline = sock, deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._sock.settimeout(_left(self._deadline))
        return self._sock.recv_into(buffer)

    def close(self) -> None:
        if not self.closed:
            self._sock.close()
        super().close()


class _TimedSocket:
    """What http.client's response asks of a socket: a stream to read from."""

    def __init__(self, sock: socket.socket, deadline: float) -> None:
        self._sock, self._deadline = sock, deadline

    def makefile(self, _mode: str) -> io.BufferedReader:
        # A copy of its own: the connection closes its socket before the answer is read, where the server will close.
        return io.BufferedReader(_TimedStream(self._sock.dup(), self._deadline))


def _response(deadline: float, sock: socket.socket, **more: Any) -> http.client.HTTPResponse:
    return http.client.HTTPResponse(_TimedSocket(sock, deadline), **more)  # type: ignore[arg-type]


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _reason(content: Any) -> str:
    """What servers of inference and registries call their errors, as one line of limited length."""
    if isinstance(content, Mapping):
        content = content.get("error") or content.get("message") or content.get("detail") or content.get("error_code")
    return " ".join(str(content or "").split())[:_REASON]
