"""Results of a query as a stream of blocks of NumPy columns, without a copy in between.

DuckDB hands its results out by the Arrow C stream interface (https://arrow.apache.org/docs/format/CStreamInterface.html,
and CDataInterface.html for the structures). Its NumPy interface would collect the whole result first, and takes four
times as long. Nothing but `ctypes` is needed to read the stream.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray


class _Array(ctypes.Structure):
    """struct ArrowArray."""


_Array._fields_ = [
    ("length", ctypes.c_int64),
    ("null_count", ctypes.c_int64),
    ("offset", ctypes.c_int64),
    ("n_buffers", ctypes.c_int64),
    ("n_children", ctypes.c_int64),
    ("buffers", ctypes.POINTER(ctypes.c_void_p)),
    ("children", ctypes.POINTER(ctypes.POINTER(_Array))),
    ("dictionary", ctypes.c_void_p),
    ("release", ctypes.CFUNCTYPE(None, ctypes.POINTER(_Array))),
    ("private_data", ctypes.c_void_p),
]


class _Stream(ctypes.Structure):
    """struct ArrowArrayStream."""


_Stream._fields_ = [
    ("get_schema", ctypes.c_void_p),
    ("get_next", ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(_Stream), ctypes.POINTER(_Array))),
    ("get_last_error", ctypes.CFUNCTYPE(ctypes.c_char_p, ctypes.POINTER(_Stream))),
    ("release", ctypes.c_void_p),
    ("private_data", ctypes.c_void_p),
]

_pointer_of = ctypes.pythonapi.PyCapsule_GetPointer
_pointer_of.restype = ctypes.c_void_p
_pointer_of.argtypes = [ctypes.py_object, ctypes.c_char_p]


class _Block:
    """One block of a stream; gives its memory back when the last array that looks into it is gone."""

    def __init__(self) -> None:
        self.array = _Array()

    def __del__(self) -> None:
        if self.array.release:
            self.array.release(ctypes.byref(self.array))


def stream(relation: duckdb.DuckDBPyRelation, is_text: list[bool]) -> Iterator[list[NDArray[Any]]]:
    """Every block of a query's result, in order: one array a column.

    relation: of columns that are DOUBLE or, where `is_text` says so, VARCHAR. The numbers are float64 with NaN for
    missing, and views of DuckDB's own block, which lives as long as one of them; the texts are objects with None for
    missing.
    Raises:
        duckdb.Error: if the query fails on the way.
    """
    capsule = relation.__arrow_c_stream__()  # releases the stream when it is collected
    source = ctypes.cast(_pointer_of(capsule, b"arrow_array_stream"), ctypes.POINTER(_Stream))
    while True:
        block = _Block()
        if source.contents.get_next(source, ctypes.byref(block.array)):
            said = source.contents.get_last_error(source) or b"the stream broke off"
            raise duckdb.Error(said.decode(errors="replace"))
        if not block.array.release:
            break
        children = [block.array.children[place].contents for place in range(len(is_text))]
        yield [
            _texts(block, child) if text else _numbers(block, child)
            for child, text in zip(children, is_text, strict=True)
        ]
        del block, children
    del capsule


def _view(block: _Block, array: _Array, buffer: int, kind: type[Any], count: int) -> NDArray[Any]:
    if not count or not array.buffers[buffer]:
        return np.empty(0, dtype=kind)
    memory = (kind * count).from_address(array.buffers[buffer])
    memory.owner = block  # the view's base is `memory`, which keeps the block
    return np.frombuffer(memory, dtype=kind)


def _missing(block: _Block, array: _Array) -> NDArray[np.bool_] | None:
    """Which rows have no value; None where all have one."""
    if array.null_count == 0 or not array.buffers[0]:
        return None
    end = array.offset + array.length
    bits = np.unpackbits(_view(block, array, 0, ctypes.c_uint8, (end + 7) // 8), bitorder="little")
    missing: NDArray[np.bool_] = bits[array.offset : end] == 0
    return missing if missing.any() else None


def _numbers(block: _Block, array: _Array) -> NDArray[np.float64]:
    values = _view(block, array, 1, ctypes.c_double, array.offset + array.length)[array.offset :]
    missing = _missing(block, array)
    return values if missing is None else np.where(missing, np.nan, values)


def _texts(block: _Block, array: _Array) -> NDArray[Any]:
    texts = np.full(array.length, None, dtype=object)
    if not array.length:
        return texts
    offsets = _view(block, array, 1, ctypes.c_int32, array.offset + array.length + 1)[array.offset :].tolist()
    data = ctypes.string_at(array.buffers[2], offsets[-1]) if array.buffers[2] else b""
    known: dict[bytes, str] = {}
    for row, (start, end) in enumerate(pairwise(offsets)):
        raw = data[start:end]
        text = known.get(raw)
        if text is None:
            text = known[raw] = raw.decode()
        texts[row] = text
    missing = _missing(block, array)
    if missing is not None:
        texts[missing] = None
    return texts
