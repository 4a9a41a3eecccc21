"""A bad file goes to quarantine with one clear sentence, and the rest goes on."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from aiqu_desktop.ingest import FileOutcome, Ingest, ObservationStore, drop_folder
from aiqu_desktop.registry import Registry
from tests.ingest.plant import (
    HOSTILE,
    MODEL,
    REGRESSOR,
    START,
    csv_text,
    label,
    observation,
    observations,
    write_csv,
    write_parquet,
)
from tests.ingest.test_taking import everything

WIDTH = len(observation(0))
HEADER = list(observation(0))


def quarantined(ingest: Ingest, drop: Path, name: str = "a.csv") -> str:
    """Scan, and give the sentence on the one file there, having checked where it went."""
    (file,) = ingest.scan(MODEL).files
    assert file.outcome == "quarantined", file
    assert file.rows_added == 0
    assert file.path == drop / "quarantine" / name
    assert (drop / "quarantine" / f"{name}.reason.txt").read_text(encoding="utf-8") == file.reason + "\n"
    assert "\n" not in file.reason
    assert file.reason.endswith(".")
    assert ingest.scan(MODEL).files == (), "nothing is left to be judged again"
    return file.reason


BAD_VALUES = [
    ({"sensor01": "abc"}, 'column "sensor01": expected a number, found "abc".'),
    ({"sensor02": "1,5"}, 'column "sensor02": expected a number, found "1,5".'),
    ({"sensor02": "x" * 100}, f'column "sensor02": expected a number, found "{"x" * 40}…".'),
    ({"count": "3.5"}, 'column "count": expected a whole number of at most 2^53, found "3.5".'),
    ({"count": "many"}, 'column "count": expected a whole number, found "many".'),
    ({"running": "maybe"}, 'column "running": expected true or false, found "maybe".'),
    ({"prediction": "Methane"}, 'column "prediction": expected one of the classes Ethanol, Ammonia, hot, '
                                'found "Methane".'),
    ({"prediction": None}, 'column "prediction": expected one of the classes Ethanol, Ammonia, hot, found nothing.'),
    ({"score_Ethanol": 1.5}, 'column "score_Ethanol": expected a number between 0 and 1, found "1.5".'),
    ({"score_Ethanol": -0.1}, 'column "score_Ethanol": expected a number between 0 and 1, found "-0.1".'),
    ({"score_Ethanol": "inf"}, 'column "score_Ethanol": expected a number between 0 and 1, found "inf".'),
    ({"score_Ethanol": None}, 'column "score_Ethanol": expected a number between 0 and 1, found nothing.'),
    ({"score_Ethanol": "nan"}, 'column "score_Ethanol": expected a number between 0 and 1, found "nan".'),
    ({"id": None}, 'column "id": expected a text of 1 to 500 characters, found nothing.'),
    ({"id": "x" * 501}, f'column "id": expected a text of 1 to 500 characters, found "{"x" * 40}…".'),
    ({"event_time": "yesterday"}, 'column "event_time": expected a time in ISO 8601, such as 2008-03-01T12:00:00Z, '
                                  'found "yesterday".'),
    ({"event_time": None}, 'column "event_time": expected a time in ISO 8601, such as 2008-03-01T12:00:00Z, '
                           "found nothing."),
    ({"event_time": "2008-06-03T00:00:00Z"}, 'column "event_time": expected a time before 2008-06-02T00:00:00Z, '
                                             'found "2008-06-03T00:00:00Z".'),
    ({"event_time": "0101-01-01T00:00:00Z"}, 'column "event_time": expected a time after 1900, '
                                             'found "0101-01-01T00:00:00Z".'),
    ({"event_time": "infinity"}, 'column "event_time": expected a time before 2008-06-02T00:00:00Z, '
                                 'found "infinity".'),
    ({"served_digest": "latest"}, 'column "served_digest": expected a SHA-256 of 64 lower-case hexadecimal digits, '
                                  'found "latest".'),
]  # fmt: skip


@pytest.mark.parametrize(("change", "sentence"), BAD_VALUES)
def test_a_value_that_does_not_fit_is_told_with_file_line_and_column(
    ingest: Ingest, drop: Path, change: dict[str, object], sentence: str
) -> None:
    rows = [*observations(range(15)), observation(15, **change), *observations(range(16, 20))]
    write_csv(drop / "a.csv", rows)
    assert quarantined(ingest, drop) == f"a.csv, line 17, {sentence}"


def test_the_first_fault_in_file_order_is_told(ingest: Ingest, drop: Path) -> None:
    rows = [observation(0), observation(1, running="later"), observation(2, sensor01="abc")]
    write_csv(drop / "a.csv", rows)
    assert quarantined(ingest, drop) == 'a.csv, line 3, column "running": expected true or false, found "later".'


def test_lines_are_counted_as_an_editor_counts_them(ingest: Ingest, drop: Path) -> None:
    rows = [observation(1, **{HOSTILE: "two\nlines"}), observation(2), observation(3, sensor01="abc")]
    text = csv_text(rows).replace("row-2", "\nrow-2", 1)  # and a blank line before the second row
    (drop / "a.csv").write_text(text, encoding="utf-8")
    line = next(number for number, line in enumerate(text.split("\n"), 1) if ",abc," in line)
    assert quarantined(ingest, drop).startswith(f"a.csv, line {line}, ")


def test_a_renamed_column_goes_to_quarantine(ingest: Ingest, drop: Path) -> None:
    rows = [{("sensr01" if name == "sensor01" else name): value for name, value in observation(1).items()}]
    write_csv(drop / "a.csv", rows)
    assert quarantined(ingest, drop) == (
        'a.csv: column "sensor01" is missing; found a new column "sensr01" in its place (renamed?).'
    )


def test_a_missing_column_is_named(ingest: Ingest, drop: Path) -> None:
    write_csv(drop / "a.csv", observations([1]), [name for name in HEADER if name != "count"])
    assert quarantined(ingest, drop) == 'a.csv: column "count" is missing; expected it by exactly this name.'


def test_another_separator_is_told_by_the_columns_that_are_missing(ingest: Ingest, drop: Path) -> None:
    (drop / "a.csv").write_text("id;event_time;prediction\n1;2;3\n", encoding="utf-8")
    assert "are missing" in quarantined(ingest, drop)


def test_a_column_that_stands_twice_goes_to_quarantine(ingest: Ingest, drop: Path) -> None:
    write_csv(drop / "a.csv", observations([1]), [*HEADER, "count"])
    assert quarantined(ingest, drop) == 'a.csv: column "count" stands twice in the header; expected each name once.'


def test_a_file_cut_anywhere_but_after_a_line_end_is_never_taken(
    ingest: Ingest, drop: Path, store: ObservationStore
) -> None:
    whole = csv_text(observations(range(3))).encode()
    ends = {at + 1 for at, byte in enumerate(whole) if byte == 10}
    cuts = [cut for cut in range(0, len(whole), 23) if cut not in ends]
    for cut in cuts:
        (drop / f"cut-{cut:04d}.csv").write_bytes(whole[:cut])
    report = ingest.scan(MODEL)
    assert [file.outcome for file in report.files] == ["quarantined"] * len(cuts)
    assert everything(store) == []


def test_a_half_written_csv_file_says_where_it_ends(ingest: Ingest, drop: Path) -> None:
    text = csv_text(observations(range(3)))
    (drop / "a.csv").write_text(",".join(text.split("\n")[0:1]) + "\n" + text.split("\n")[1] + "\nrow-2,2008,1")
    assert quarantined(ingest, drop) == (f"a.csv: the last line is cut off after 3 of {WIDTH} columns (half-written?).")


def test_a_last_value_that_may_be_cut_is_not_believed(ingest: Ingest, drop: Path) -> None:
    (drop / "a.csv").write_text(csv_text([label(1)])[:-1], encoding="utf-8")
    assert quarantined(ingest, drop) == (
        "a.csv: the last line has no line end (half-written?); expected one after every row."
    )


def test_a_line_of_another_length_is_named(ingest: Ingest, drop: Path) -> None:
    lines = csv_text(observations(range(4))).split("\n")
    lines[2] += ",more"
    (drop / "a.csv").write_text("\n".join(lines), encoding="utf-8")
    assert quarantined(ingest, drop) == f"a.csv, line 3: expected {WIDTH} columns, found {WIDTH + 1}."


def test_a_quote_that_is_never_closed_is_told(ingest: Ingest, drop: Path) -> None:
    (drop / "a.csv").write_text(csv_text(observations([1])) + '"row-2,\n', encoding="utf-8")
    assert "never closed (half-written?)" in quarantined(ingest, drop)


def test_bytes_that_are_no_utf_8_are_told(ingest: Ingest, drop: Path) -> None:
    text = csv_text([observation(1), observation(2, **{HOSTILE: "SIGN"})]).encode()
    (drop / "a.csv").write_bytes(text.replace(b"SIGN", b"\xe5"))
    assert quarantined(ingest, drop) == "a.csv, line 3: expected UTF-8 text, found the byte 0xe5."


RUBBISH = [b"", b"\n", b"\x00" * 300, b"PAR1", b"id", b'"', b"\xff\xfe\n", b"\r\r\r", b"a,b\x00\n1,2\n"]


@pytest.mark.parametrize("content", RUBBISH)
@pytest.mark.parametrize("name", ["a.csv", "a.parquet"])
def test_rubbish_goes_to_quarantine(ingest: Ingest, drop: Path, name: str, content: bytes) -> None:
    (drop / name).write_bytes(content)
    assert quarantined(ingest, drop, name).startswith("a.")


def test_a_half_written_parquet_file_has_no_footer(ingest: Ingest, drop: Path) -> None:
    path = write_parquet(drop / "a.parquet", observations(range(3)))
    path.write_bytes(path.read_bytes()[:-20])
    assert quarantined(ingest, drop, "a.parquet") == (
        "a.parquet: is not a Parquet file: its footer is missing (half-written?)."
    )


def test_a_parquet_file_with_a_damaged_middle_goes_to_quarantine(ingest: Ingest, drop: Path) -> None:
    path = write_parquet(drop / "a.parquet", observations(range(3)))
    data = bytearray(path.read_bytes())
    data[4:200] = bytes(196)
    path.write_bytes(bytes(data))
    assert "cannot be read" in quarantined(ingest, drop, "a.parquet")


def test_a_parquet_column_of_a_wrong_type_is_named(ingest: Ingest, drop: Path) -> None:
    rows = [observation(n, sensor01=str(n)) for n in range(3)]
    write_parquet(drop / "a.parquet", rows)
    assert quarantined(ingest, drop, "a.parquet") == (
        'a.parquet, column "sensor01": expected a number in each row, found the type VARCHAR.'
    )


def test_a_parquet_value_is_told_with_its_row(ingest: Ingest, drop: Path) -> None:
    write_parquet(drop / "a.parquet", [*observations(range(3)), observation(3, prediction="Methane")])
    assert quarantined(ingest, drop, "a.parquet") == (
        'a.parquet, row 4, column "prediction": expected one of the classes Ethanol, Ammonia, hot, found "Methane".'
    )


def test_a_parquet_time_as_text_that_is_no_time_is_told(ingest: Ingest, drop: Path) -> None:
    rows = [observation(1), observation(2, event_time="soon")]
    write_parquet(drop / "a.parquet", rows, {"event_time": "VARCHAR"})
    assert quarantined(ingest, drop, "a.parquet").endswith('found "soon".')


def test_a_renamed_parquet_column_goes_to_quarantine(ingest: Ingest, drop: Path) -> None:
    rows = [{("Sensor01" if name == "sensor01" else name): value for name, value in observation(1).items()}]
    write_parquet(drop / "a.parquet", rows)
    assert 'found a new column "Sensor01" in its place (renamed?).' in quarantined(ingest, drop, "a.parquet")


def test_an_id_that_stands_twice_with_other_values_goes_to_quarantine(ingest: Ingest, drop: Path) -> None:
    write_csv(drop / "a.csv", [observation(1), observation(2), observation(1, sensor01=3.0)])
    assert quarantined(ingest, drop) == (
        'a.csv, line 4, column "id": expected each id once (an earlier row has the same id and other values), '
        'found "row-1".'
    )


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ({"id": "1", "label": "Methane"}, 'expected one of the classes Ethanol, Ammonia, hot, found "Methane".'),
        ({"id": "1", "label": None}, "expected one of the classes Ethanol, Ammonia, hot, found nothing."),
        ({"id": "1", "label": "Ethanol", "labelled_at": "x"}, 'such as 2008-03-01T12:00:00Z, found "x".'),
    ],
)
def test_a_bad_label_goes_to_quarantine(ingest: Ingest, drop: Path, row: dict[str, object], sentence: str) -> None:
    write_csv(drop / "a.csv", [row])
    assert quarantined(ingest, drop).endswith(sentence)


def test_a_label_file_without_labels_is_known_by_its_name(ingest: Ingest, drop: Path) -> None:
    write_csv(drop / "labels-1.csv", [{"id": "1", "lable": "Ethanol"}])
    assert quarantined(ingest, drop, "labels-1.csv") == (
        'labels-1.csv: column "label" is missing; found a new column "lable" in its place (renamed?).'
    )


@pytest.mark.parametrize("value", ["inf", "", "n/a"])
def test_a_regression_predicts_finite_numbers(ingest: Ingest, registry: Registry, value: str) -> None:
    drop = drop_folder(registry, REGRESSOR)
    write_csv(drop / "a.csv", [{"id": 1, "event_time": "2008-03-01T00:00:00Z", "x": 1, "prediction": value}])
    assert [file.outcome for file in ingest.scan(REGRESSOR).files] == ["quarantined"]


def test_missing_and_infinite_features_are_data_and_not_faults(ingest: Ingest, drop: Path) -> None:
    """They are for the data quality check to judge: the sensor sent them."""
    changes = {"sensor01": "inf", "sensor02": "NaN", "count": None, HOSTILE: "never seen", "running": None}
    write_csv(drop / "a.csv", [observation(1, **changes)])
    assert ingest.scan(MODEL).files[0].outcome == "taken"


def test_other_kinds_of_files_are_told_apart(ingest: Ingest, drop: Path) -> None:
    (drop / "notes.txt").write_text("hello")
    assert quarantined(ingest, drop, "notes.txt") == (
        'notes.txt: expected a file that ends in .csv or .parquet, found ".txt".'
    )


@pytest.mark.skipif(os.name != "posix", reason="links and pipes of POSIX")
def test_links_and_pipes_are_never_followed(ingest: Ingest, drop: Path, tmp_path: Path) -> None:
    secret = write_csv(tmp_path / "secret.csv", observations(range(2)))
    (drop / "a.csv").symlink_to(secret)
    os.mkfifo(drop / "b.csv")
    files = ingest.scan(MODEL).files
    assert [file.outcome for file in files] == ["quarantined", "quarantined"]
    assert "found a link or a special file" in files[0].reason
    assert secret.exists()


@pytest.mark.skipif(os.name != "posix", reason="names as bytes")
def test_a_name_that_is_no_utf_8_goes_to_quarantine(ingest: Ingest, drop: Path) -> None:
    path = drop / os.fsdecode(b"bad-\xff.csv")
    try:
        write_csv(path, observations([1]))
    except OSError:
        pytest.skip("the file system takes UTF-8 names only")
    (file,) = ingest.scan(MODEL).files
    assert file.outcome == "quarantined"
    assert "not valid UTF-8" in file.reason


def test_a_bad_file_does_not_stop_the_others(ingest: Ingest, drop: Path, store: ObservationStore) -> None:
    write_csv(drop / "1.csv", observations([1]))
    write_csv(drop / "2.csv", [observation(2, sensor01="abc")])
    (drop / "3.parquet").write_bytes(b"rubbish")
    write_csv(drop / "4.csv", observations([4]))
    assert [file.outcome for file in ingest.scan(MODEL).files] == ["taken", "quarantined", "quarantined", "taken"]
    assert [row["id"] for row in everything(store)] == ["row-1", "row-4"]


def test_a_corrected_file_is_taken_although_a_bad_one_of_its_name_came_before(ingest: Ingest, drop: Path) -> None:
    write_csv(drop / "a.csv", [observation(1, sensor01="abc")])
    ingest.scan(MODEL)
    write_csv(drop / "a.csv", observations([1]))
    assert ingest.scan(MODEL).files[0].outcome == "taken"


def test_the_same_bad_file_again_is_told_again(ingest: Ingest, drop: Path) -> None:
    outcomes: list[FileOutcome] = []
    for _ in range(2):
        write_csv(drop / "a.csv", [observation(1, sensor01="abc")])
        outcomes += ingest.scan(MODEL).files
    assert outcomes[0].reason == outcomes[1].reason
    assert outcomes[0].path != outcomes[1].path
    assert len(list((drop / "quarantine").glob("*.reason.txt"))) == 2


def test_times_before_the_window_are_taken(ingest: Ingest, drop: Path, store: ObservationStore) -> None:
    write_csv(drop / "a.csv", [observation(1, event_time="2007-12-31T23:59:59Z")])
    assert ingest.scan(MODEL).files[0].outcome == "taken"
    assert store.newest_event_time(MODEL) is not None
    assert store.newest_event_time(MODEL) < START
