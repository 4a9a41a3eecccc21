"""The digest of a row: what tells the same row in another file from a different one with the same id.

It is computed over typed values, so that 0.10 in a CSV file and 0.1 in a Parquet file are one row. Each value becomes
eight bytes (a float64's bits, an instant's microseconds, a text's SHA-256); the row is the SHA-256 of these.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aiqu_desktop.ingest.batch import Batch
from aiqu_desktop.ingest.columns import LABELS, Column, Form

_BYTES = 8
_MISSING_TEXT = b"\0" * _BYTES


def row_digests(batch: Batch, columns: Sequence[Column]) -> list[bytes]:
    """Eight bytes for each row; `columns` are all that the kind stores, also those that this file leaves out.

    Of a label only the label itself counts: the same label told twice, at two times, is one label.
    """
    counted = [c for c in columns if c.name != "id" and not (batch.kind == LABELS and c.name == "labelled_at")]
    words = np.zeros((len(counted), batch.rows), dtype="<u8")
    for place, column in enumerate(counted):
        values = batch.columns.get(column.name)
        if values is not None and column.form in (Form.TEXT, Form.INSTANT):
            words[place] = _words(values, column.form)
    numbers = [(place, column) for place, column in enumerate(counted) if column.form not in (Form.TEXT, Form.INSTANT)]
    if numbers:  # all at once: a small file has more columns than rows
        words[[place for place, _ in numbers]] = _number_words(np.stack([batch.columns[c.name] for _, c in numbers]))
    words = np.ascontiguousarray(words.T)
    data, width = words.tobytes(), words.shape[1] * _BYTES
    return [hashlib.sha256(data[at : at + width]).digest()[:_BYTES] for at in range(0, len(data), width)]


def _words(values: NDArray[Any], form: Form) -> NDArray[np.uint64]:
    if form is Form.TEXT:
        texts = values.tolist()
        known = {text: _text_word(text) for text in set(texts)}
        return np.frombuffer(b"".join(known[text] for text in texts), dtype="<u8")
    return values.astype("datetime64[us]").astype("<i8").view("<u8")


def _number_words(numbers: NDArray[np.float64]) -> NDArray[np.uint64]:
    numbers = numbers.astype("<f8") + 0.0  # -0.0 becomes 0.0
    numbers[np.isnan(numbers)] = np.nan  # one NaN for all
    return numbers.view("<u8")


def _text_word(text: str | None) -> bytes:
    return _MISSING_TEXT if text is None else hashlib.sha256(text.encode()).digest()[:_BYTES]
