"""Runs one staged ONNX model inside an inference engine, and only if its bytes are the ones that were approved.

Copied beside each staged version; needs numpy and onnxruntime in the engine's own Python.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime


class ApprovedModel:
    """An ONNX model whose SHA-256 was compared with the approved one; the bytes that are hashed are those that run.

    Raises:
        ValueError: if the file has another digest; the engine then refuses to load it, and keeps what it serves.
    """

    def __init__(self, file: Path, digest: str) -> None:
        data = file.read_bytes()
        found = hashlib.sha256(data).hexdigest()
        if found != digest:
            raise ValueError(f"{file.name} has the digest {found[:12]}... instead of {digest[:12]}...; stage it again.")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.add_session_config_entry("session.load_model_format", "ONNX")
        self._session = onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
        self.inputs = self._session.get_inputs()
        self.outputs = [item.name for item in self._session.get_outputs()]

    def run(self, inputs: Mapping[str, Any]) -> dict[str, Any]:
        """Every output of the model by name; texts come and go as UTF-8 bytes, as the V2 protocol has them."""
        feeds = {name: _texts(values) if values.dtype == object else values for name, values in inputs.items()}
        answers = self._session.run(self.outputs, feeds)
        return {name: _bytes(np.asarray(answer)) for name, answer in zip(self.outputs, answers, strict=True)}


def _texts(values: Any) -> Any:
    decoded = [value.decode() if isinstance(value, bytes) else str(value) for value in values.reshape(-1)]
    return np.array(decoded, dtype=object).reshape(values.shape)


def _bytes(values: Any) -> Any:
    if values.dtype.kind not in "OUS":
        return values
    return np.array([str(value).encode() for value in values.reshape(-1)], dtype=object).reshape(values.shape)
