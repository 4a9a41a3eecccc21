"""Running models: ONNX files from bytes, and the golden cases that prove a model answers as accepted."""

from aiqu_desktop.inference.exchange import Exchange, Predictions, Predictor, TensorInfo
from aiqu_desktop.inference.golden import GoldenCase, GoldenCases, GoldenResult
from aiqu_desktop.inference.onnx_model import OnnxModel

__all__ = [
    "Exchange", "GoldenCase", "GoldenCases", "GoldenResult", "OnnxModel", "Predictions", "Predictor", "TensorInfo",
]  # fmt: skip
