"""A model from the bytes of an ONNX file, checked against its schema before it may answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.core.schema import Feature, InputSchema
from aiqu_desktop.core.words import ColumnKind, Task
from aiqu_desktop.inference import encode
from aiqu_desktop.inference.protobuf_walk import NotOnnx, uses_external_data

_FATAL_ONLY = 4  # ONNX Runtime's log level: its messages come to us as exceptions, not on stderr
_FLOATS = {"tensor(float)": np.float32, "tensor(double)": np.float64}
_INTEGERS = {"tensor(int64)": np.int64, "tensor(int32)": np.int32}


@dataclass(frozen=True, slots=True)
class Predictions:
    """What a model answered for N rows.

    values: N class names (str) or N numbers (float64, in the schema's unit).
    scores: [N, C] float64 in the order of the schema's classes; None for a regression.
    """

    values: NDArray[Any]
    scores: NDArray[np.float64] | None


class OnnxModel:
    """A loaded model, built by `from_bytes`. One thread computes: many models share a small machine."""

    def __init__(self, session: Any, schema: InputSchema) -> None:
        self._session = session
        self.schema = schema
        self._inputs = {item.name: item for item in session.get_inputs()}
        self._outputs = [item.name for item in session.get_outputs()][: 2 if schema.classes else 1]
        self._stacked = _is_stacked(session, schema)

    @classmethod
    def from_bytes(cls, data: bytes, schema: InputSchema) -> OnnxModel:
        """Load an ONNX model that takes and gives what `schema` says.

        Raises:
            UserError: if this is no ONNX model, it needs other files, or its inputs or outputs do not fit.
        """
        try:
            if uses_external_data(data):
                raise UserError("The model keeps data in another file; export it again as one ONNX file.")
        except NotOnnx as error:
            raise UserError(f"The model is not a whole ONNX file ({error}); copy or export it again.") from error
        session = _guarded(lambda: _open_session(data), "ONNX Runtime cannot load the model")
        _refuse_unfit(session, schema)
        return cls(session, schema)

    def predict(self, columns: encode.Columns) -> Predictions:
        """Answer for the rows in `columns`: one array of length N a feature; other columns are ignored.

        Raises:
            UserError: if a column is missing or holds values of the wrong kind, or the model fails on them.
        """
        rows = encode.row_count(columns, self.schema.features)
        if rows == 0:
            return self._none()
        feeds = self._stack(columns, rows) if self._stacked else self._one_by_one(columns, rows)
        answers = _guarded(lambda: self._session.run(self._outputs, feeds), "The model fails on these rows")
        return self._read(answers, rows)

    def _none(self) -> Predictions:
        if self.schema.task is Task.REGRESSION:
            return Predictions(np.empty(0), None)
        return Predictions(np.empty(0, dtype="U1"), np.empty((0, len(self.schema.classes))))

    def _stack(self, columns: encode.Columns, rows: int) -> dict[str, NDArray[Any]]:
        matrix = np.empty((rows, len(self.schema.features)), dtype=np.float32)
        with np.errstate(over="ignore"):  # beyond float32 is infinity, for the model to answer to
            for place, feature in enumerate(self.schema.features):
                matrix[:, place] = encode.as_numbers(columns[feature.name], feature)
        return {next(iter(self._inputs)): matrix}

    def _one_by_one(self, columns: encode.Columns, rows: int) -> dict[str, NDArray[Any]]:
        feeds = {}
        for feature in self.schema.features:
            item = self._inputs[feature.name]
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
    if onnx_type in _FLOATS:
        with np.errstate(over="ignore"):
            return numbers.astype(_FLOATS[onnx_type])
    if np.isnan(numbers).any():
        raise UserError(f"The feature {feature.name!r} is missing in a row, and the model cannot take that.")
    return numbers.astype(np.bool_ if onnx_type == "tensor(bool)" else _INTEGERS[onnx_type])


def _open_session(data: bytes) -> Any:
    import onnxruntime  # a third of a second to import: paid by those who run a model, not by every command

    onnxruntime.set_default_logger_severity(_FATAL_ONLY)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = _FATAL_ONLY
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    # ONNX Runtime also reads a format of its own, which nothing here has looked into.
    options.add_session_config_entry("session.load_model_format", "ONNX")
    return onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])


def _guarded(step: Callable[[], Any], failure: str) -> Any:
    """Run a step of ONNX Runtime; its exceptions become one sentence."""
    from onnxruntime.capi import onnxruntime_pybind11_state as state

    classes = [item for item in vars(state).values() if isinstance(item, type)]
    known: tuple[type[Exception], ...] = (
        RuntimeError,
        ValueError,
        *(item for item in classes if issubclass(item, Exception)),
    )
    try:
        return step()
    except known as error:
        reason = " ".join(str(error).split())[:200].rstrip(".")
        raise UserError(f"{failure}: {reason}; export it again or ask its author.") from error


def _is_stacked(session: Any, schema: InputSchema) -> bool:
    """One matrix of all features, and not a single feature that has its own input."""
    inputs = session.get_inputs()
    alone = len(schema.features) == 1 and inputs[0].name == schema.features[0].name
    return len(inputs) == 1 and not alone


def _refuse_unfit(session: Any, schema: InputSchema) -> None:
    """Compare the model's inputs and outputs with its schema.

    Raises:
        UserError: on the first one that does not fit.
    """
    if _is_stacked(session, schema):
        _refuse_unfit_matrix(session.get_inputs()[0], len(schema.features))
    else:
        _refuse_unfit_inputs({item.name: item.type for item in session.get_inputs()}, schema)
    outputs = session.get_outputs()
    if schema.task is Task.REGRESSION:
        if not outputs or outputs[0].type not in _FLOATS:
            raise UserError("The model's first output is not a number; a regression gives one float a row.")
        return
    if len(outputs) < 2 or outputs[0].type not in ("tensor(string)", *_INTEGERS):
        raise UserError("The model does not give labels and scores; these are a classifier's first two outputs.")
    if outputs[1].type not in _FLOATS:
        raise UserError("The model's scores are not one plain table; export it again with zipmap switched off.")
    width = outputs[1].shape[-1] if outputs[1].shape else None
    if isinstance(width, int) and width != len(schema.classes):
        raise UserError(f"The model scores {width} classes and its schema names {len(schema.classes)}; correct one.")


def _refuse_unfit_matrix(item: Any, features: int) -> None:
    if item.type != "tensor(float)" or len(item.shape) != 2:
        raise UserError(f"The model's input {item.name!r} is not a float32 matrix of rows and features.")
    if isinstance(item.shape[1], int) and item.shape[1] != features:
        raise UserError(f"The model takes {item.shape[1]} features and its schema names {features}; correct one.")


def _refuse_unfit_inputs(inputs: dict[str, str], schema: InputSchema) -> None:
    if set(inputs) != set(schema.feature_names):
        wrong = sorted(set(inputs) ^ set(schema.feature_names))
        raise UserError(f"The model's inputs and its schema disagree on {wrong[0]!r}; name inputs as features.")
    for feature in schema.features:
        kind = inputs[feature.name]
        allowed = (*_FLOATS, *_INTEGERS, "tensor(bool)")
        if feature.kind is ColumnKind.CATEGORICAL:
            allowed = (*allowed[:-1], "tensor(string)")
        if kind not in allowed:
            wanted = feature.kind.value
            raise UserError(f"The model's input {feature.name!r} is a {kind}; a {wanted} feature cannot feed it.")
