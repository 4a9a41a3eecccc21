"""A model from the bytes of an ONNX file, checked against its schema before it may answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from numpy.typing import NDArray

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.core.schema import InputSchema
from aiqu_desktop.core.words import ColumnKind, Task
from aiqu_desktop.inference import encode
from aiqu_desktop.inference.exchange import FLOATS, INTEGERS, Exchange, Predictions, TensorInfo
from aiqu_desktop.inference.protobuf_walk import NotOnnx, uses_external_data

_FATAL_ONLY = 4  # ONNX Runtime's log level: its messages come to us as exceptions, not on stderr


class OnnxModel:
    """A loaded model, built by `from_bytes`. One thread computes: many models share a small machine."""

    def __init__(self, session: Any, schema: InputSchema) -> None:
        self._session = session
        self.schema = schema
        self.exchange = _exchange(session, schema)

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
        return self.exchange.predict(columns, self._run)

    def _run(self, feeds: Mapping[str, NDArray[Any]]) -> list[Any]:
        outputs = [item.name for item in self.exchange.outputs]
        return list(_guarded(lambda: self._session.run(outputs, feeds), "The model fails on these rows"))


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


def _exchange(session: Any, schema: InputSchema) -> Exchange:
    def infos(items: Any) -> tuple[TensorInfo, ...]:
        return tuple(TensorInfo(item.name, item.type, tuple(item.shape)) for item in items)

    return Exchange(schema, infos(session.get_inputs()), infos(session.get_outputs())[: 2 if schema.classes else 1])


def _refuse_unfit(session: Any, schema: InputSchema) -> None:
    """Compare the model's inputs and outputs with its schema.

    Raises:
        UserError: on the first one that does not fit.
    """
    if _exchange(session, schema).stacked:
        _refuse_unfit_matrix(session.get_inputs()[0], len(schema.features))
    else:
        _refuse_unfit_inputs({item.name: item.type for item in session.get_inputs()}, schema)
    outputs = session.get_outputs()
    if schema.task is Task.REGRESSION:
        if not outputs or outputs[0].type not in FLOATS:
            raise UserError("The model's first output is not a number; a regression gives one float a row.")
        return
    if len(outputs) < 2 or outputs[0].type not in ("tensor(string)", *INTEGERS):
        raise UserError("The model does not give labels and scores; these are a classifier's first two outputs.")
    if outputs[1].type not in FLOATS:
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
        allowed = (*FLOATS, *INTEGERS, "tensor(bool)")
        if feature.kind is ColumnKind.CATEGORICAL:
            allowed = (*allowed[:-1], "tensor(string)")
        if kind not in allowed:
            wanted = feature.kind.value
            raise UserError(f"The model's input {feature.name!r} is a {kind}; a {wanted} feature cannot feed it.")
