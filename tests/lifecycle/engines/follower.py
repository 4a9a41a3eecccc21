"""A scoring server that follows an alias: MLflow's own scoring app, loaded anew when the alias names another version.

    PYTHON follower.py REGISTRY_URL PORT

A version that cannot be loaded leaves the old one serving. Runs in MLflow's environment, knows nothing of the product.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
from typing import Any

import mlflow
import uvicorn
from mlflow.exceptions import MlflowException
from mlflow.pyfunc import scoring_server
from mlflow.tracking import MlflowClient

POLL_SECONDS = 0.2


class Follower:
    """An ASGI application that hands each request to the scoring app of the version that serves."""

    def __init__(self, registry: str) -> None:
        mlflow.set_tracking_uri(registry)
        self._client = MlflowClient()
        self._serving: Any = None
        self._seen = ""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        if scope["path"] == "/ready":
            await _plain(send, 200, b"{}")
        elif self._serving is None:
            await _plain(send, 503, b'{"error": "no version serves"}')
        else:
            await self._serving(scope, receive, send)

    async def follow(self) -> None:
        while True:
            with contextlib.suppress(MlflowException, OSError):  # the registry is away: serve on
                await asyncio.to_thread(self._look)
            await asyncio.sleep(POLL_SECONDS)

    def _look(self) -> None:
        try:
            found = self._client.get_model_version_by_alias("toy", "champion")
        except MlflowException as error:
            if "not found" not in str(error):
                raise
            self._seen, self._serving = "", None
            return
        if found.version == self._seen:
            return
        self._seen = found.version  # a version that was refused is not tried again and again
        try:
            self._serving = scoring_server.init(mlflow.pyfunc.load_model(f"models:/toy/{found.version}"))
        except Exception as error:  # noqa: BLE001  whatever is wrong with it, the old one serves on
            print(f"version {found.version} was refused: {error}", flush=True)


async def _plain(send: Any, status: int, body: bytes) -> None:
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def main(registry: str, port: int) -> None:
    follower = Follower(registry)
    server = uvicorn.Server(uvicorn.Config(follower, host="127.0.0.1", port=port, lifespan="off", log_level="warning"))
    following = asyncio.create_task(follower.follow())
    await server.serve()
    following.cancel()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
