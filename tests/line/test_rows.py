from __future__ import annotations

import csv
import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.core.words import Task
from aiqu_desktop.inference import OnnxModel, Predictions
from aiqu_desktop.line.rows import read_rows, write_observations
from tests.inference import tiny

SCHEMA = tiny.schema()
MODEL = OnnxModel.from_bytes(tiny.classifier(), SCHEMA)
HEADER = "id,event_time,pressure,flow,grade"
GOOD = "a,2008-03-01T00:00:00Z,1.5,-2,A"

finite = st.floats(width=32, allow_nan=False, allow_infinity=False)
cell = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)


@given(st.lists(st.tuples(cell.filter(bool), st.one_of(finite, st.none()), finite, cell), min_size=1, max_size=8))
def test_what_is_written_is_the_cells_unchanged_and_the_models_own_answers(
    rows: list[tuple[str, float | None, float, str]],
) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(["grade", "extra", *HEADER.split(",")[:-1]])
    for identity, pressure, flow, grade in rows:
        writer.writerow([grade, "x", identity, "2008-03-01T00:00:00Z", "" if pressure is None else pressure, flow])
    read = read_rows(text.getvalue().encode(), SCHEMA)
    written = write_observations(read, MODEL.predict(read.columns), SCHEMA, "d" * 64)
    own = MODEL.predict(
        {
            "pressure": np.array([np.nan if row[1] is None else row[1] for row in rows]),
            "flow": np.array([row[2] for row in rows]),
            "grade": np.array([row[3] for row in rows], dtype=object),
        }
    )
    back = list(csv.DictReader(io.StringIO(written.decode(), newline="")))
    assert list(back[0]) == [*HEADER.split(","), "prediction", *SCHEMA.score_columns, "served_digest"]
    assert [(row["id"], row["grade"]) for row in back] == [(row[0], row[3]) for row in rows]
    assert [row["prediction"] for row in back] == own.values.tolist()
    assert own.scores is not None
    scores = np.array([[float(row[name] or "nan") for name in SCHEMA.score_columns] for row in back])
    assert np.array_equal(scores, own.scores, equal_nan=True)
    assert {row["served_digest"] for row in back} == {"d" * 64}


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "no rows"),
        (HEADER.encode(), "no rows"),
        (b"id,event_time,pressure,flow\na,t,1,2", "lacks the column 'grade'"),
        (b"when\nnow", "lacks the column 'id' and 4 more"),
        (f"{HEADER},flow\n{GOOD},3".encode(), "'flow' twice"),
        (f"{HEADER}\n{GOOD}\nb,2008".encode(), "Line 3 has 2 cells"),
        (f"{HEADER}\n{GOOD}\nb,t,1,high,A".encode(), "Line 3 has 'high' in the numeric column 'flow'"),
        (f"{HEADER}\n,2008,1,2,A".encode(), "Line 2 has no id"),
        (f"{HEADER}\na,,1,2,A".encode(), "Line 2 has no id or no event_time"),
        (HEADER.encode() + b"\n\xff\xfe", "not UTF-8"),
        (f'{HEADER}\n"a,t,1,2,A'.encode(), "not whole CSV"),
    ],
)
def test_a_malformed_file_is_refused_with_the_place(data: bytes, says: str) -> None:
    with pytest.raises(UserError, match=says):
        read_rows(data, SCHEMA)


@given(st.binary(max_size=120))
def test_no_bytes_raise_anything_but_a_refusal(data: bytes) -> None:
    with pytest.raises(UserError):
        read_rows(data, SCHEMA)


def test_a_byte_order_mark_and_windows_line_ends_are_read() -> None:
    assert read_rows(f"\ufeff{HEADER}\r\n{GOOD}\r\n".encode(), SCHEMA).cells == [GOOD.split(",")]


def test_an_answer_that_is_no_number_is_an_empty_cell() -> None:
    schema = tiny.schema(Task.REGRESSION)
    rows = read_rows(f"{HEADER}\n{GOOD}\n".encode(), schema)
    written = write_observations(rows, Predictions(np.array([np.nan]), None), schema, "d")
    assert next(csv.DictReader(io.StringIO(written.decode())))["prediction"] == ""
