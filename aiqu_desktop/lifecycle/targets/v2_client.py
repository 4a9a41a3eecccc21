"""The V2 inference protocol with its model-repository extension: one client for Triton, MLServer and their like.

Source: KServe "Open Inference Protocol" (V2), and Triton's model repository extension of it. Tensors travel as JSON.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

import numpy as np
from numpy.typing import NDArray

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.inference import TensorInfo
from aiqu_desktop.lifecycle.targets.http_client import Answered, HttpClient, Unreachable

V2_TYPES = {
    "tensor(float)": "FP32", "tensor(double)": "FP64", "tensor(int64)": "INT64", "tensor(int32)": "INT32",
    "tensor(bool)": "BOOL", "tensor(string)": "BYTES",
}  # fmt: skip
_NOT_FOUND = (400, 404)  # MLServer says 404, Triton 404 or 400, for a model that is not loaded


class V2Client:
    """Asks one engine about one model."""

    def __init__(self, http: HttpClient, model: str, *, missing_as_null: bool) -> None:
        """missing_as_null: how a missing number is written; JSON has no NaN, but Triton reads it and not null."""
        self._http = http
        self._missing_as_null = missing_as_null
        self._name, self._model = model, quote(model, safe="")

    def alive(self, timeout: float) -> None:
        """Return if the engine answers.

        Raises:
            Unreachable, Answered: if it does not, or says that it does not live.
        """
        self._http.get("/v2/health/live", timeout)

    def metadata(self, timeout: float) -> Mapping[str, Any] | None:
        """What the engine says of the model that an unversioned request reaches; None where none is loaded."""
        return self._described(f"/v2/models/{self._model}", timeout)

    def config(self, timeout: float) -> Mapping[str, Any] | None:
        """The configuration that the engine loaded the model with (Triton's extension); None where none is loaded."""
        return self._described(f"/v2/models/{self._model}/config", timeout)

    def has_model(self, timeout: float) -> bool:
        """Whether the engine may answer for the model: it describes it, or its repository index calls it ready.

        An engine without the index is taken at its description alone.
        """
        if self.metadata(timeout) is not None:
            return True
        try:
            index = self._http.post("/v2/repository/index", {}, timeout)
        except Answered as error:
            if error.status in _NOT_FOUND:
                return False
            raise
        entries = index if isinstance(index, list) else ()
        named = [entry for entry in entries if isinstance(entry, Mapping) and entry.get("name") == self._name]
        return any(entry.get("state") == "READY" for entry in named)

    def load(self, timeout: float) -> None:
        """Have the engine load what lies in its repository now.

        Raises:
            Answered: if it refuses; what it served before, it serves on.
            Unreachable: if it gave no answer.
        """
        self._http.post(f"/v2/repository/models/{self._model}/load", {}, timeout)

    def unload(self, timeout: float) -> None:
        """Have the engine serve the model no longer; a model that is not loaded is no error."""
        try:
            self._http.post(f"/v2/repository/models/{self._model}/unload", {}, timeout)
        except Answered as error:
            if error.status not in _NOT_FOUND:
                raise

    def infer(
        self, inputs: Mapping[str, NDArray[Any]], types: Sequence[TensorInfo], outputs: Sequence[str], timeout: float
    ) -> list[NDArray[Any]]:
        """The outputs by their order for the inputs by name; `types` gives each input's ONNX type.

        Raises:
            UserError: if the engine answers with tensors that were not asked for or do not hold together.
        """
        tensors = [_tensor(item, inputs[item.name], self._missing_as_null) for item in types]
        content = {"inputs": tensors, "outputs": [{"name": name} for name in outputs]}
        answer = self._http.post(f"/v2/models/{self._model}/infer", content, timeout)
        try:
            given = {item["name"]: _array(item) for item in answer["outputs"]}
            return [given[name] for name in outputs]
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise UserError(f"The engine's answer does not hold the outputs asked for ({error!r}).") from error

    def _described(self, path: str, timeout: float) -> Mapping[str, Any] | None:
        try:
            answer = self._http.get(path, timeout)
        except Answered as error:
            if error.status in _NOT_FOUND:
                return None
            raise
        if not isinstance(answer, Mapping):
            raise Unreachable("The engine describes the model with something that is no JSON object.")
        return answer


def _tensor(item: TensorInfo, values: NDArray[Any], missing_as_null: bool) -> dict[str, Any]:
    data = values.reshape(-1).tolist()
    if missing_as_null:
        data = [None if isinstance(value, float) and math.isnan(value) else value for value in data]
    return {"name": item.name, "shape": list(values.shape), "datatype": V2_TYPES[item.type], "data": data}


def _array(item: Mapping[str, Any]) -> NDArray[Any]:
    if item["datatype"] == "BYTES":
        return np.array([str(value) for value in item["data"]], dtype=object).reshape(item["shape"])
    whole = item["datatype"].startswith(("INT", "UINT"))
    data = [np.nan if value is None else value for value in item["data"]]
    return np.array(data, dtype=np.int64 if whole else np.float64).reshape(item["shape"])
