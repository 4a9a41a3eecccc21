"""Triton's Python backend: serves the approved ONNX model under its own input and output names. Staged as model.py."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import triton_python_backend_utils as triton
from aiqu_onnx import ApprovedModel


class TritonPythonModel:
    """What Triton's Python backend calls. An error while loading makes Triton refuse the version."""

    def initialize(self, args: dict[str, str]) -> None:
        config = json.loads(args["model_config"])
        digest = config["parameters"]["aiqu.digest"]["string_value"]
        self._model = ApprovedModel(Path(__file__).with_name("model.onnx"), digest)
        self._inputs = [item["name"] for item in config["input"]]

    def execute(self, requests: list[Any]) -> list[Any]:
        return [self._answer(request) for request in requests]

    def _answer(self, request: Any) -> Any:
        try:
            given = {name: triton.get_input_tensor_by_name(request, name).as_numpy() for name in self._inputs}
            answers = self._model.run(given)
        except Exception as error:  # noqa: BLE001  one bad request is answered as such; the others go on
            return triton.InferenceResponse(error=triton.TritonError(" ".join(str(error).split())[:300]))
        wanted = request.requested_output_names()
        tensors = [triton.Tensor(name, values) for name, values in answers.items() if name in wanted]
        return triton.InferenceResponse(output_tensors=tensors)
