"""What MLflow loads a staged version with: its answers name the digest of the file that gives them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from aiqu_onnx import ApprovedModel

_ASKS_FOR_DIGEST = "aiqu.digest"  # an input of this name asks for the digest alone
_TYPES = {
    "tensor(float)": np.float32,
    "tensor(double)": np.float64,
    "tensor(int64)": np.int64,
    "tensor(int32)": np.int32,
    "tensor(bool)": np.bool_,
    "tensor(string)": object,
}


class Answering:
    """One version, as MLflow's scoring server calls it."""

    def __init__(self, folder: Path) -> None:
        self._digest = (folder / "digest").read_text().strip()
        self._model = ApprovedModel(folder / "model.onnx", self._digest)

    def predict(self, given: Any, params: Any = None) -> dict[str, Any]:
        """Outputs by name for inputs by name, `given` as `{"inputs": {name: values}}` or as columns of a table."""
        del params
        if _ASKS_FOR_DIGEST in given:
            return {"aiqu.digest": self._digest, "outputs": {}}
        inputs = {item.name: np.asarray(given[item.name], dtype=_TYPES[item.type]) for item in self._model.inputs}
        answers = self._model.run(inputs)
        return {"aiqu.digest": self._digest, "outputs": {name: _plain(values) for name, values in answers.items()}}


def _plain(values: Any) -> Any:
    if values.dtype == object:
        return np.array([value.decode() for value in values.reshape(-1)]).reshape(values.shape).tolist()
    return values.tolist()


def _load_pyfunc(path: str) -> Answering:
    return Answering(Path(path))
