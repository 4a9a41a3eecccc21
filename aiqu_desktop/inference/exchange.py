"""What goes in and out of a model as tensors, wherever it runs: here, or in an inference engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.core.schema import Feature, InputSchema
from aiqu_desktop.core.words import Task
from aiqu_desktop.inference import encode

FLOATS = {"tensor(float)": np.float32, "tensor(double)": np.float64}
INTEGERS = {"tensor(int64)": np.int64, "tensor(int32)": np.int32}

Run = Callable[[Mapping[str, NDArray[Any]]], Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Predictions:
    """What a model answered for N rows.

    values: N class names (str) or N numbers (float64, in the schema's unit).
    scores: [N, C] float64 in the order of the schema's classes; None for a regression.
    """

    values: NDArray[Any]
    scores: NDArray[np.float64] | None


class Predictor(Protocol):
    """Anything that answers rows: a model here, or one that an engine serves."""

    @property
    def schema(self) -> InputSchema: ...

    def predict(self, columns: encode.Columns) -> Predictions:
        """Answer for the rows in `columns`.

        Raises:
            UserError: if it cannot.
        """
        ...


@dataclass(frozen=True, slots=True)
class TensorInfo:
    """One input or output: its ONNX type, such as "tensor(float)", and its shape; a free size is None or a name."""

    name: str
    type: str
    shape: tuple[int | str | None, ...]


@dataclass(frozen=True, slots=True)
class Exchange:
    """How rows become a model's inputs, and its outputs become answers. `outputs`: the label or number, then scores."""

    schema: InputSchema
    inputs: tuple[TensorInfo, ...]
    outputs: tuple[TensorInfo, ...]

    @property
    def stacked(self) -> bool:
        """One matrix of all features, and not a single feature that has its own input."""
        alone = len(self.schema.features) == 1 and self.inputs[0].name == self.schema.features[0].name
        return len(self.inputs) == 1 and not alone

    def predict(self, columns: encode.Columns, run: Run) -> Predictions:
        """Answer for the rows in `columns`: one array of length N a feature; other columns are ignored.

        Args:
            run: gives the arrays of `outputs` for the arrays of `inputs`.
        Raises:
            UserError: if a column is missing or holds values of the wrong kind, or the model fails on them.
        """
        rows = encode.row_count(columns, self.schema.features)
        if rows == 0:
            return self._none()
        feeds = self._stack(columns, rows) if self.stacked else self._one_by_one(columns, rows)
        return self._read(list(run(feeds)), rows)

    def _none(self) -> Predictions:
        if self.schema.task is Task.REGRESSION:
            return Predictions(np.empty(0), None)
        return Predictions(np.empty(0, dtype="U1"), np.empty((0, len(self.schema.classes))))

    def _stack(self, columns: encode.Columns, rows: int) -> dict[str, NDArray[Any]]:
        matrix = np.empty((rows, len(self.schema.features)), dtype=np.float32)
        with np.errstate(over="ignore"):  # beyond float32 is infinity, for the model to answer to
            for place, feature in enumerate(self.schema.features):
                matrix[:, place] = encode.as_numbers(columns[feature.name], feature)
        return {self.inputs[0].name: matrix}

    def _one_by_one(self, columns: encode.Columns, rows: int) -> dict[str, NDArray[Any]]:
        feeds, named = {}, {item.name: item for item in self.inputs}
        for feature in self.schema.features:
            item = named[feature.name]
            array = _typed(columns[feature.name], feature, item.type)
            feeds[feature.name] = array.reshape((rows,) + (1,) * (len(item.shape) - 1))
        return feeds

    def _read(self, answers: list[Any], rows: int) -> Predictions:
        first = np.asarray(answers[0]).reshape(-1)
        if len(first) != rows:
            raise UserError(f"The model gave {len(first)} answers for {rows} rows; export it with one answer a row.")
        if self.schema.task is Task.REGRESSION:
            return Predictions(first.astype(np.float64), None)
        scores = np.asarray(answers[1], dtype=np.float64)
        if scores.shape != (rows, len(self.schema.classes)):
            classes = len(self.schema.classes)
            raise UserError(f"The model's scores have the shape {scores.shape}; its schema names {classes} classes.")
        return Predictions(_class_names(first, self.schema.classes), scores)


def _class_names(labels: NDArray[Any], classes: tuple[str, ...]) -> NDArray[Any]:
    """The class names of labels that are names already, or indices into `classes`."""
    if labels.dtype.kind in "iu":
        outside = (labels < 0) | (labels >= len(classes))
        if outside.any():
            raise UserError(f"The model answered class number {labels[outside][0]}, which its schema does not name.")
        named: NDArray[Any] = np.array(classes)[labels]
        return named
    names = labels.astype(str)
    unknown = sorted(set(names.tolist()) - set(classes))
    if unknown:
        raise UserError(f"The model answered {unknown[0]!r}, a class that its schema does not name.")
    return names


def _typed(values: NDArray[Any], feature: Feature, onnx_type: str) -> NDArray[Any]:
    """One feature's column in the type of its own ONNX input."""
    if onnx_type == "tensor(string)":
        return np.array(encode.as_texts(values), dtype=object)
    numbers = encode.as_numbers(values, feature)
    if onnx_type in FLOATS:
        with np.errstate(over="ignore"):
            return numbers.astype(FLOATS[onnx_type])
    if np.isnan(numbers).any():
        raise UserError(f"The feature {feature.name!r} is missing in a row, and the model cannot take that.")
    return numbers.astype(np.bool_ if onnx_type == "tensor(bool)" else INTEGERS[onnx_type])
