"""An MLflow model registry as a target: an alias, such as "champion", names the version that shall serve.

A version is uploaded with a loader of ours and a tag that holds its digest. MLflow's registry serves nothing itself:
with a probe address, a scoring server that follows the alias is asked what it answers with; without one, what serves is
not observed, and a release is marked so.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

import numpy as np
from numpy.typing import NDArray

from aiqu_desktop.core.errors import EnvironmentFault, UserError
from aiqu_desktop.core.files import sha256_bytes
from aiqu_desktop.core.paths import SitePaths, resources
from aiqu_desktop.inference import OnnxModel
from aiqu_desktop.lifecycle.targets.address import address_of
from aiqu_desktop.lifecycle.targets.http_client import Answered, HttpClient, Unreachable
from aiqu_desktop.lifecycle.targets.probing import observe_until_settled
from aiqu_desktop.lifecycle.targets.remote_smoke import answer_golden_cases
from aiqu_desktop.lifecycle.targets.setting import MLflowSetting
from aiqu_desktop.lifecycle.targets.target import Observation, Placement, Smoke, Stop, Wanted
from aiqu_desktop.line.messages import digest_text
from aiqu_desktop.line.protocol import MODEL_FILE

_API = "/api/2.0/mlflow"
_EXPERIMENT = "aiqu"
_LOOK_SECONDS = 5.0
_UPLOAD_SECONDS = 60.0
_POLL_SECONDS = 0.2
_SERVES_NOTHING = (404, 410, 503)  # any other error may come from a model that answers, only not to this question
_MLMODEL = """flavors:
  python_function:
    loader_module: aiqu_mlflow
    code: code
    data: data
    env: {}
"""


class MLflowTarget:
    """One registered model of an MLflow server, as a `Target`."""

    def __init__(self, paths: SitePaths, model: str, setting: MLflowSetting) -> None:
        self._setting = setting
        self._registered = setting.registered or model
        address = address_of(setting.url, setting.certificate, setting.token)
        self.name = f"MLflow at {address.host}:{address.port}"
        self._http = HttpClient(address, paths, self.name)
        self._probe: HttpClient | None = None
        if setting.probe:
            probe = address_of(setting.probe, setting.certificate, setting.token)
            self._probe = HttpClient(probe, paths, f"The scoring server at {probe.host}:{probe.port}")

    @property
    def patience(self) -> float:
        return self._setting.seconds

    def stage(self, wanted: Placement, files: Mapping[str, bytes]) -> None:
        if sha256_bytes(files[MODEL_FILE]) != wanted.digest:
            raise UserError(f"The model.onnx to be staged is not the one with digest {wanted.digest[:12]}…; import it.")
        self._unless_there("/registered-models/create", {"name": self._registered})
        if self._version_of(wanted) is not None:
            return
        content = {
            "MLmodel": _MLMODEL.encode(),
            "requirements.txt": b"numpy\nonnxruntime\n",
            "code/aiqu_onnx.py": (resources() / "targets" / "aiqu_onnx.py").read_bytes(),
            "code/aiqu_mlflow.py": (resources() / "targets" / "aiqu_mlflow.py").read_bytes(),
            "data/digest": wanted.digest.encode(),
            "data/model.onnx": files[MODEL_FILE],
        }
        run = self._ask("/runs/create", {"experiment_id": self._experiment(), "start_time": int(time.time() * 1000)})
        root = str(run["run"]["info"]["artifact_uri"])
        if not root.startswith("mlflow-artifacts:/"):
            raise UserError(
                f"{self.name} keeps artifacts at {root!r}; start it with --serve-artifacts, so that it takes them."
            )
        for name, data in content.items():
            path = quote(f"{root.removeprefix('mlflow-artifacts:').lstrip('/')}/model/{name}")
            self._http.request("PUT", f"/api/2.0/mlflow-artifacts/artifacts/{path}", data, _UPLOAD_SECONDS)
        tags = {"aiqu.digest": wanted.digest, "aiqu.version": str(wanted.version)}
        self._ask("/model-versions/create", {
            "name": self._registered, "source": f"{root}/model", "run_id": run["run"]["info"]["run_id"],
            "tags": [{"key": key, "value": value} for key, value in tags.items()],
        })  # fmt: skip

    def switch(self, wanted: Placement) -> None:
        version = self._version_of(wanted)
        if version is None:
            raise EnvironmentFault(f"{self.name} no longer has version {wanted.version}; promote it again.")
        # The release first: until the alias moves, nobody reads it.
        tag = {"name": self._registered, "version": version, "key": "aiqu.release", "value": wanted.release}
        self._ask("/model-versions/set-tag", tag)
        alias = {"name": self._registered, "alias": self._setting.alias, "version": version}
        self._ask("/registered-models/alias", alias)

    def revert(self, former: Placement | None) -> None:
        if former is not None:
            self.switch(former)
            return
        self._remove_alias()

    def stop(self, order: Stop) -> None:  # noqa: ARG002 - without an alias there is no place for its release
        self._remove_alias()

    def observe(self) -> Observation:
        observed = self._probe is not None
        try:
            pointed = self._aliased()
        except (Answered, Unreachable) as error:
            return Observation(False, None, None, 0, 0, 0.0, str(error), serving_observed=observed)
        if self._probe is None:
            return Observation(True, pointed, None, 0, 0, 0.0, serving_observed=False)
        try:
            digest = self._served_digest(self._probe)
        except Answered as error:  # it lives; only some of its errors say that nothing serves there
            foreign = error.status not in _SERVES_NOTHING
            return Observation(True, pointed, None, 0, 0, 0.0, str(error), foreign=foreign)
        except Unreachable as error:
            return Observation(False, pointed, None, 0, 0, 0.0, str(error))
        return Observation(True, pointed, self._placement_of(digest, pointed), 0, 0, 0.0)

    def probe(self, wanted: Wanted, timeout: float) -> Observation:
        return observe_until_settled(self.observe, wanted, timeout, _POLL_SECONDS)

    def smoke(self, wanted: Placement, files: Mapping[str, bytes], timeout: float) -> Smoke:
        probe = self._probe
        if probe is None:
            return Smoke(0, 0, 0.0, "No scoring server is named that could be asked.")

        def ask(model: OnnxModel, feeds: Mapping[str, NDArray[Any]]) -> Sequence[NDArray[Any]]:
            inputs = {name: values.tolist() for name, values in feeds.items()}
            try:
                answer = probe.post("/invocations", {"inputs": inputs}, timeout)
                said = answer["predictions"]
                if said["aiqu.digest"] != wanted.digest:
                    raise UserError(f"It no longer serves version {wanted.version}.")
                return [np.asarray(said["outputs"][item.name]) for item in model.exchange.outputs]
            except Answered as error:
                raise UserError(str(error)) from error  # an answer, if a bad one: all cases fail
            except (KeyError, TypeError, ValueError) as error:
                raise UserError(f"The scoring server's answer does not hold what was asked for ({error!r}).") from error

        return answer_golden_cases(files, ask)

    def _remove_alias(self) -> None:
        try:
            content = {"name": self._registered, "alias": self._setting.alias}
            self._http.request("DELETE", f"{_API}/registered-models/alias", content, _LOOK_SECONDS)
        except Answered as error:
            if error.status not in (400, 404):  # there is none to take away
                raise

    def _aliased(self) -> Placement | None:
        query = urlencode({"name": self._registered, "alias": self._setting.alias})
        try:
            answer = self._http.request("GET", f"{_API}/registered-models/alias", None, _LOOK_SECONDS, f"?{query}")
        except Answered as error:
            if error.status in (400, 404):
                return None
            raise
        return _placement(_tags(answer.get("model_version")) if isinstance(answer, Mapping) else {})

    def _version_of(self, wanted: Placement) -> str | None:
        """The number that MLflow gave the version; its newest, if it was staged twice."""
        by_digest = f"name='{self._registered}' and tag.`aiqu.digest`='{wanted.digest}'"
        query = urlencode({"filter": by_digest, "max_results": 1, "order_by": "version_number DESC"})
        answer = self._http.request("GET", f"{_API}/model-versions/search", None, _LOOK_SECONDS, f"?{query}")
        found = answer.get("model_versions") if isinstance(answer, Mapping) else None
        return str(found[0]["version"]) if found else None

    def _served_digest(self, probe: HttpClient) -> str:
        answer = probe.post("/invocations", {"inputs": {"aiqu.digest": [0]}}, _LOOK_SECONDS)
        try:
            return digest_text(answer["predictions"]["aiqu.digest"])
        except (KeyError, TypeError, ValueError) as error:
            raise Unreachable(f"{probe.name} does not say which digest it serves; see what runs there.") from error

    def _placement_of(self, digest: str, pointed: Placement | None) -> Placement:
        """A scoring server knows its digest; the release is the alias's, if that names the same version."""
        if pointed is not None and pointed.digest == digest:
            return pointed
        return Placement(digest, 0, "")

    def _experiment(self) -> str:
        self._unless_there("/experiments/create", {"name": _EXPERIMENT})
        query = urlencode({"experiment_name": _EXPERIMENT})
        answer = self._http.request("GET", f"{_API}/experiments/get-by-name", None, _LOOK_SECONDS, f"?{query}")
        return str(answer["experiment"]["experiment_id"])

    def _unless_there(self, path: str, content: Mapping[str, Any]) -> None:
        try:
            self._ask(path, content)
        except Answered as error:
            if "already exists" not in error.reason:
                raise

    def _ask(self, path: str, content: Mapping[str, Any]) -> Any:
        return self._http.post(_API + path, content, _LOOK_SECONDS)


def _tags(version: Any) -> dict[str, str]:
    try:
        return {str(tag["key"]): str(tag["value"]) for tag in version.get("tags", ())}
    except (AttributeError, KeyError, TypeError):
        return {}


def _placement(tags: Mapping[str, str]) -> Placement | None:
    try:
        return Placement(digest_text(tags["aiqu.digest"]), int(tags["aiqu.version"]), tags.get("aiqu.release", ""))
    except (KeyError, ValueError):
        return None
