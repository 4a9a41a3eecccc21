"""Running models: ONNX files from bytes, and the golden cases that prove a model answers as accepted."""

from aiqu_desktop.inference.golden import GoldenCase, GoldenCases, GoldenResult
from aiqu_desktop.inference.onnx_model import OnnxModel, Predictions

__all__ = ["GoldenCase", "GoldenCases", "GoldenResult", "OnnxModel", "Predictions"]
