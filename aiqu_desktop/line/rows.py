"""Reads a file of rows to predict and writes the file of observations, cell texts unchanged.

In:  CSV, UTF-8, with the columns id, event_time and every feature of the schema, in any order; others are ignored.
Out: CSV with id, event_time, the features in schema order, prediction, score_<class>…, served_digest.
     Of a shadow: CSV with id, event_time, shadow_prediction, shadow_digest.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.core.schema import InputSchema
from aiqu_desktop.core.words import ColumnKind
from aiqu_desktop.inference import Predictions

KEYS = ("id", "event_time")


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of one file: their cells in the order of `KEYS` and the schema's features, and the feature columns."""

    cells: list[list[str]]
    columns: dict[str, NDArray[Any]]


def read_rows(data: bytes, schema: InputSchema) -> Rows:
    """Parse an incoming file.

    Raises:
        UserError: if the text, the header or any row is not what the schema needs; nothing is taken from such a file.
    """
    try:
        lines = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True))
    except UnicodeDecodeError as error:
        raise UserError(f"The file is not UTF-8 text at byte {error.start}.") from error
    except csv.Error as error:
        raise UserError(f"The file is not whole CSV ({error}).") from error
    if len(lines) < 2:
        raise UserError("The file holds no rows under a header.")
    header = lines[0]
    wanted = (*KEYS, *schema.feature_names)
    _refuse_header(header, wanted)
    for number, line in enumerate(lines[1:], 2):
        if len(line) != len(header):
            raise UserError(f"Line {number} has {len(line)} cells and the header {len(header)}.")
    if tuple(header) == wanted:
        cells = lines[1:]
    else:
        places = [header.index(name) for name in wanted]
        cells = [[line[place] for place in places] for line in lines[1:]]
    for number, row in enumerate(cells, 2):
        if not row[0] or not row[1]:
            raise UserError(f"Line {number} has no id or no event_time.")
    return Rows(cells, _columns(cells, schema))


def write_observations(rows: Rows, answers: Predictions, schema: InputSchema, digest: str) -> bytes:
    """The observation file of these rows and what the model answered for them."""
    text = io.StringIO(newline="")
    # With \r\n as the end of a line, a cell that holds either character is quoted.
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow((*KEYS, *schema.feature_names, "prediction", *schema.score_columns, "served_digest"))
    values = [_cell(value) for value in answers.values.tolist()]
    scores = [[]] * len(values) if answers.scores is None else answers.scores.tolist()
    writer.writerows(
        [*row, value, *map(_cell, score), digest] for row, value, score in zip(rows.cells, values, scores, strict=True)
    )
    return text.getvalue().encode()


def write_shadow_answers(rows: Rows, answers: Predictions, digest: str) -> bytes:
    """What a challenger answered for these rows; the features are in the champion's observations already."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow((*KEYS, "shadow_prediction", "shadow_digest"))
    writer.writerows(
        [*row[: len(KEYS)], _cell(value), digest]
        for row, value in zip(rows.cells, answers.values.tolist(), strict=True)
    )
    return text.getvalue().encode()


def _refuse_header(header: list[str], wanted: tuple[str, ...]) -> None:
    absent = [name for name in wanted if name not in header]
    if absent:
        more = f" and {len(absent) - 1} more" if len(absent) > 1 else ""
        raise UserError(f"The file lacks the column {absent[0]!r}{more}.")
    if len(set(header)) != len(header):
        twice = next(name for name in header if header.count(name) > 1)
        raise UserError(f"The file has the column {twice!r} twice.")


def _columns(cells: list[list[str]], schema: InputSchema) -> dict[str, NDArray[Any]]:
    columns: dict[str, NDArray[Any]] = {}
    numeric = (ColumnKind.NUMERIC, ColumnKind.INTEGER)
    for place, feature in enumerate(schema.features, len(KEYS)):
        texts = [row[place] for row in cells]
        if feature.kind in numeric:
            columns[feature.name] = _numbers(texts, feature.name)
        else:
            columns[feature.name] = np.array(texts, dtype=object)
    return columns


def _numbers(texts: list[str], name: str) -> NDArray[np.float64]:
    try:
        return np.array([float(text) if text else np.nan for text in texts], dtype=np.float64)
    except ValueError:
        for number, text in enumerate(texts, 2):
            try:
                float(text or "nan")
            except ValueError as error:
                raise UserError(f"Line {number} has {text[:40]!r} in the numeric column {name!r}.") from error
        raise


def _cell(value: Any) -> str:
    """A text as it is, a number so that it reads back exactly, nothing for not-a-number."""
    if isinstance(value, str):
        return value
    return "" if value != value else repr(value)
