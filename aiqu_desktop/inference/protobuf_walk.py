"""Reads the wire format of an ONNX file far enough to tell whether it points at files outside itself.

A model must be whole in its own bytes: a tensor whose data lies in another file would let a model read any
file on the machine, and its digest would not cover what it computes with. ONNX Runtime looks for such files
while it loads, so the question is answered here, before it sees a byte.

Wire format: https://protobuf.dev/programming-guides/encoding/; field numbers: onnx/onnx.proto of ONNX 1.23.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_MAX_DEPTH = 64
_EXTERNAL = 1  # TensorProto.DataLocation.EXTERNAL

# Which fields of a message hold which message: the ways from a model down to its tensors.
_CHILDREN: Mapping[str, Mapping[int, str]] = {
    "model": {7: "graph", 20: "training", 25: "function"},
    "training": {1: "graph", 2: "graph"},
    "function": {7: "node", 11: "attribute"},
    "graph": {1: "node", 5: "tensor", 15: "sparse"},
    "node": {5: "attribute"},
    "attribute": {5: "tensor", 6: "graph", 10: "tensor", 11: "graph", 22: "sparse", 23: "sparse"},
    "sparse": {1: "tensor", 2: "tensor"},
}
_MODEL_IR_VERSION, _MODEL_GRAPH = 1, 7
_TENSOR_EXTERNAL_DATA, _TENSOR_DATA_LOCATION = 13, 14


class NotOnnx(ValueError):
    """The bytes are not a whole ONNX protobuf message."""


def uses_external_data(model: bytes) -> bool:
    """True when any tensor of the ONNX model in `model` keeps its data in another file.

    Raises:
        NotOnnx: if the bytes are cut short or are not an ONNX model at all.
    """
    top = {field for field, _ in _fields(memoryview(model))}
    if _MODEL_IR_VERSION not in top or _MODEL_GRAPH not in top:
        raise NotOnnx("no ONNX version or no graph")
    return _external(memoryview(model), "model", 0)


def _external(message: memoryview, kind: str, depth: int) -> bool:
    if depth > _MAX_DEPTH:
        raise NotOnnx("nested too deeply")
    if kind == "tensor":
        return any(
            field == _TENSOR_EXTERNAL_DATA or (field == _TENSOR_DATA_LOCATION and value == _EXTERNAL)
            for field, value in _fields(message)
        )
    children = _CHILDREN[kind]
    return any(
        _external(value, children[field], depth + 1)
        for field, value in _fields(message)
        if field in children and isinstance(value, memoryview)
    )


def _fields(message: memoryview) -> Iterator[tuple[int, int | memoryview]]:
    """(field number, value) of one message; a fixed-width value is given as 0, nothing here needs it."""
    position = 0
    while position < len(message):
        key, position = _varint(message, position)
        field, wire = key >> 3, key & 7
        if wire == _VARINT:
            number, position = _varint(message, position)
            yield field, number
            continue
        if wire == _BYTES:
            size, position = _varint(message, position)
        elif wire == _FIXED64:
            size = 8
        elif wire == _FIXED32:
            size = 4
        else:
            raise NotOnnx(f"wire type {wire}")
        end = position + size
        if end > len(message):
            raise NotOnnx("cut short")
        yield field, message[position:end] if wire == _BYTES else 0
        position = end


def _varint(message: memoryview, position: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        if position >= len(message) or shift > 63:
            raise NotOnnx("cut short")
        byte = message[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, position
        shift += 7
