"""Starts a real engine on this machine for a test; its environment is made from a lock file when it is first wanted."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from aiqu_desktop.core.clock import wait_until
from tests import environments

ROOT = Path(__file__).resolve().parents[3] / ".peers" / "engines"
LOCKS = Path(__file__).parent / "requirements"
START_SECONDS = 180.0  # MLflow takes a minute on a cold, busy machine


def environment(name: str) -> Path:
    """The engine's environment, made if it is absent; a campaign that cannot make it has failed, and says so."""
    folder = ROOT / name
    try:
        environments.make(folder, "--no-deps", "--require-hashes", "--requirement", str(LOCKS / f"{name}.lock"))
    except subprocess.CalledProcessError as error:
        pytest.fail(f"{name} could not be installed, so nothing was tried on it: {error.stderr[-500:]}", pytrace=False)
    return folder


def free_port() -> int:
    """A port that nobody listened on a moment ago."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@dataclass
class Engine:
    """An engine as a process group: started, killed and started again on the same port and folder."""

    name: str
    folder: Path
    port: int
    registry_url: str = ""
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it and wait until it says that it is ready."""
        command, more = _COMMANDS[self.name](self)
        with (self.folder / f"{self.name}.log").open("ab") as log:
            self.process = subprocess.Popen(
                command,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                cwd=self.folder,
                env={**os.environ, **more},
                start_new_session=True,
            )
        assert wait_until(self._ready, START_SECONDS, 0.1), self.said()

    def kill(self) -> None:
        """End it and all that it started, without a chance to clean up."""
        if self.process is None:
            return
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process = None

    def said(self) -> str:
        """The end of its log."""
        return (self.folder / f"{self.name}.log").read_text("utf-8", "replace")[-3000:]

    def _ready(self) -> bool:
        assert self.process is not None and self.process.poll() is None, self.said()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
        try:
            connection.request("GET", _READY.get(self.name, "/v2/health/ready"))
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()


@contextmanager
def running(name: str, folder: Path, registry_url: str = "") -> Iterator[Engine]:
    """The engine with its repository in `folder`/repository, ended with the block."""
    (folder / "repository").mkdir(parents=True, exist_ok=True)
    engine = Engine(name, folder, free_port(), registry_url)
    try:
        engine.start()
        yield engine
    finally:
        engine.kill()


def _triton(engine: Engine) -> tuple[list[str], dict[str, str]]:
    home = environment("triton")
    (packages,) = (home / "lib").glob("python3.*/site-packages")
    server = home / "tritonserver"
    if not server.exists():  # laid together as nvidia-pytriton does at each of its starts
        copy = home / "tritonserver.making"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(packages / "pytriton" / "tritonserver", copy)
        version = packages.parent.name.removeprefix("python")
        stub = copy / "python_backend_stubs" / version / "triton_python_backend_stub"
        shutil.copy(stub, copy / "backends" / "python")
        copy.rename(server)
    libraries = f"{packages / 'nvidia_pytriton.libs'}:{sysconfig.get_config_var('LIBDIR')}"
    more = {"PATH": f"{home / 'bin'}:{os.environ['PATH']}", "VIRTUAL_ENV": str(home), "PYTHONPATH": str(packages)}
    command = [
        str(server / "bin" / "tritonserver"), f"--model-repository={engine.folder / 'repository'}",
        f"--backend-directory={server / 'backends'}", "--model-control-mode=explicit", "--load-model=*",
        "--http-address=127.0.0.1", f"--http-port={engine.port}", "--allow-grpc=false", "--allow-metrics=false",
        f"--backend-config=python,shm-region-prefix-name=aiqu{engine.port}",
    ]  # fmt: skip
    return command, {**more, "LD_LIBRARY_PATH": libraries}


def _mlserver(engine: Engine) -> tuple[list[str], dict[str, str]]:
    settings = {
        "host": "127.0.0.1", "http_port": engine.port, "grpc_port": free_port(), "metrics_port": free_port(),
        "debug": False,
    }  # fmt: skip
    (engine.folder / "repository" / "settings.json").write_text(json.dumps(settings))
    return [str(environment("mlserver") / "bin" / "mlserver"), "start", str(engine.folder / "repository")], {}


def _mlflow(engine: Engine) -> tuple[list[str], dict[str, str]]:
    command = [
        str(environment("mlflow") / "bin" / "mlflow"), "server", "--host", "127.0.0.1", "--port", str(engine.port),
        "--workers", "1", "--backend-store-uri", f"sqlite:///{engine.folder / 'mlflow.db'}",
        "--artifacts-destination", str(engine.folder / "repository"),
    ]  # fmt: skip
    return command, {**_MLFLOW_QUIET, "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}


def _follower(engine: Engine) -> tuple[list[str], dict[str, str]]:
    """A scoring server beside an MLflow registry, whose URL is in `engine.registry_url`."""
    script = Path(__file__).with_name("follower.py")
    python = environments.python_in(environment("mlflow"))
    return [str(python), str(script), engine.registry_url, str(engine.port)], dict(_MLFLOW_QUIET)


_MLFLOW_QUIET = {"MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "1", "GIT_PYTHON_REFRESH": "quiet"}
_COMMANDS = {"triton": _triton, "mlserver": _mlserver, "mlflow": _mlflow, "follower": _follower}
_READY = {"mlflow": "/health", "follower": "/ready"}
