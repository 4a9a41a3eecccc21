"""An MLServer runtime for the approved ONNX model: metadata tell the version and digest that were loaded."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from aiqu_onnx import ApprovedModel
from mlserver import MLModel
from mlserver.codecs import NumpyCodec
from mlserver.errors import InferenceError
from mlserver.types import InferenceRequest, InferenceResponse, MetadataModelResponse, Parameters, ResponseOutput

_DTYPES = {"FP32": np.float32, "FP64": np.float64, "INT64": np.int64, "INT32": np.int32, "BOOL": np.bool_}


class AiquOnnx(MLModel):
    """Serves `model.onnx` of the folder that `parameters.extra` names. An error in `load` makes MLServer refuse it."""

    async def load(self) -> bool:
        placed = self.settings.parameters.extra
        folder = Path(self.settings._source).parent / placed["folder"]
        self._model = ApprovedModel(folder / "model.onnx", placed["aiqu.digest"])
        return True

    async def metadata(self) -> MetadataModelResponse:
        told = await super().metadata()
        told.parameters = Parameters(**{k: v for k, v in self.settings.parameters.extra.items() if k != "folder"})
        return told

    async def predict(self, payload: InferenceRequest) -> InferenceResponse:
        try:
            answers = self._model.run({item.name: _array(item) for item in payload.inputs})
        except Exception as error:
            raise InferenceError(" ".join(str(error).split())[:300]) from error
        wanted = {item.name for item in payload.outputs or ()} or set(answers)
        outputs = [_output(name, values) for name, values in answers.items() if name in wanted]
        return InferenceResponse(model_name=self.name, model_version=self.version, outputs=outputs)


def _array(item: Any) -> Any:
    if item.datatype == "BYTES":
        return np.array(list(item.data), dtype=object).reshape(item.shape)
    data = [np.nan if value is None else value for value in item.data]
    return np.array(data, dtype=_DTYPES[item.datatype]).reshape(item.shape)


def _output(name: str, values: Any) -> ResponseOutput:
    if values.dtype == object:
        texts = [value.decode() for value in values.reshape(-1)]
        return ResponseOutput(name=name, shape=list(values.shape), datatype="BYTES", data=texts)
    return NumpyCodec.encode_output(name, values)
