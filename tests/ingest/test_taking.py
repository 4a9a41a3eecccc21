"""Good files are taken in once, whatever they are called and however often they come."""

from __future__ import annotations

import os
import time
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.ingest import Ingest, ObservationStore, drop_folder
from aiqu_desktop.registry import Registry
from aiqu_desktop.registry.tables import AuditRecord, IngestFile, Segment
from aiqu_desktop.security import audit
from tests.ingest.plant import (
    HOSTILE,
    MODEL,
    NOW,
    REGRESSOR,
    START,
    csv_text,
    label,
    observation,
    observations,
    write_csv,
    write_parquet,
)

FOREVER = timedelta(days=400)


def everything(store: ObservationStore, model: str = MODEL) -> list[dict[str, object]]:
    window = store.window(model, START - FOREVER, START + FOREVER)
    return [{name: values.tolist()[row] for name, values in window.columns.items()} for row in range(window.rows)]


def test_a_csv_file_is_taken_with_every_value(ingest: Ingest, drop: Path, store: ObservationStore) -> None:
    write_csv(drop / "a.csv", observations(range(5)))
    (file,) = ingest.scan(MODEL).files
    assert (file.outcome, file.kind, file.rows_read, file.rows_added) == ("taken", "observations", 5, 5)
    assert (file.first_time, file.last_time) == (START, START + timedelta(hours=4))
    rows = everything(store)
    assert [row["id"] for row in rows] == [f"row-{n}" for n in range(5)]
    assert rows[3] == {
        **{k: v for k, v in observation(3).items() if k != "event_time"},
        "event_time": (START + timedelta(hours=3)).replace(tzinfo=None),
        "running": 1.0,
        "count": 9.0,
        "label": None,
        "labelled_at": None,
    }
    assert rows[4]["sensor02"] != rows[4]["sensor02"], "a missing number is NaN"


def test_a_parquet_file_says_the_same_as_a_csv_file(ingest: Ingest, drop: Path, store: ObservationStore) -> None:
    write_parquet(drop / "a.parquet", observations(range(5)))
    assert ingest.scan(MODEL).files[0].rows_added == 5
    from_parquet = everything(store)
    write_csv(drop / "b.csv", observations(range(5)))
    (file,) = ingest.scan(MODEL).files
    assert (file.outcome, file.rows_added, file.rows_known, file.rows_conflicting) == ("taken", 0, 5, 0)
    assert len(everything(store)) == len(from_parquet)


def test_the_same_file_under_another_name_adds_nothing(ingest: Ingest, drop: Path, store: ObservationStore) -> None:
    write_csv(drop / "a.csv", observations(range(5)))
    ingest.scan(MODEL)
    write_csv(drop / "b.csv", observations(range(5)))
    (file,) = ingest.scan(MODEL).files
    assert (file.outcome, file.rows_added) == ("repeated", 0)
    assert len(everything(store)) == 5
    assert (drop / "done" / "b.csv").exists()


def test_a_repeated_file_leaves_a_record_in_the_books(ingest: Ingest, drop: Path, registry: Registry) -> None:
    write_csv(drop / "a.csv", observations(range(5)))
    ingest.scan(MODEL)
    write_csv(drop / "b.csv", observations(range(5)))
    ingest.scan(MODEL)
    with registry.read() as session:
        (record,) = session.scalars(select(AuditRecord).where(AuditRecord.action == "file.repeated"))
        (noted,) = session.scalars(select(IngestFile).where(IngestFile.outcome == "repeated"))
        assert audit.verify(session).intact
    assert (record.actor, record.subject) == ("ingest", f"model {MODEL}")
    assert record.new == {"file": "b.csv", "sha256": noted.sha256}


def test_a_repeat_and_its_record_are_written_together_or_not_at_all(
    ingest: Ingest, drop: Path, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_csv(drop / "a.csv", observations(range(5)))
    ingest.scan(MODEL)
    write_csv(drop / "b.csv", observations(range(5)))

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the books are closed")

    monkeypatch.setattr(audit, "record", broken)
    with pytest.raises(RuntimeError, match="books are closed"):
        ingest.scan(MODEL)
    with registry.read() as session:
        assert session.scalars(select(IngestFile.outcome)).all() == ["taken"]


def test_the_same_rows_in_another_file_add_only_the_new_ones(
    ingest: Ingest, drop: Path, store: ObservationStore
) -> None:
    write_csv(drop / "a.csv", observations(range(5)))
    write_csv(drop / "b.csv", observations([7, 4, 3, 6]), columns=sorted(observation(0)))
    outcomes = {file.name: file for file in ingest.scan(MODEL).files}
    assert (outcomes["b.csv"].rows_added, outcomes["b.csv"].rows_known) == (2, 2)
    assert [row["id"] for row in everything(store)] == [f"row-{n}" for n in (0, 1, 2, 3, 4, 6, 7)]


def test_the_same_row_twice_in_one_file_counts_once(ingest: Ingest, drop: Path, store: ObservationStore) -> None:
    write_csv(drop / "a.csv", observations([1, 2, 1, 1]))
    (file,) = ingest.scan(MODEL).files
    assert (file.rows_added, file.rows_known) == (2, 2)
    assert len(everything(store)) == 2


def test_a_known_row_with_other_content_is_kept_out_and_told(
    ingest: Ingest, drop: Path, store: ObservationStore
) -> None:
    write_csv(drop / "a.csv", observations(range(3)))
    write_csv(drop / "b.csv", [observation(1, sensor01=99.0), observation(8)])
    file = ingest.scan(MODEL).files[1]
    assert (file.rows_added, file.rows_conflicting) == (1, 1)
    assert file.reason == '1 row kept out: already known with other content, id "row-1".'
    assert everything(store)[1]["sensor01"] == 1 / 8


def test_spelling_of_numbers_and_missing_values_makes_no_new_row(ingest: Ingest, drop: Path) -> None:
    write_csv(drop / "a.csv", [observation(1, sensor01=0.5, sensor02=0.0), observation(2, sensor02=None)])
    ingest.scan(MODEL)
    write_csv(drop / "b.csv", [observation(1, sensor01="+5.00e-1", sensor02="-0"), observation(2, sensor02="NaN")])
    (file,) = ingest.scan(MODEL).files
    assert (file.rows_known, file.rows_conflicting) == (2, 0)


def test_a_time_is_read_in_its_zone_and_without_one_as_utc(ingest: Ingest, drop: Path, store: ObservationStore) -> None:
    times = {"a": "2008-03-01T12:00:00+02:00", "b": "2008-03-01 11:00:00", "c": "2008-03-01T12:00:00.000001Z"}
    write_csv(drop / "a.csv", [observation(1, id=name, event_time=text) for name, text in times.items()])
    ingest.scan(MODEL)
    hours = [(row["id"], row["event_time"].isoformat()) for row in everything(store)]
    assert hours == [("a", "2008-03-01T10:00:00"), ("b", "2008-03-01T11:00:00"), ("c", "2008-03-01T12:00:00.000001")]


def test_labels_come_later_in_files_of_their_own(
    ingest: Ingest, drop: Path, store: ObservationStore, registry: Registry
) -> None:
    write_csv(drop / "a.csv", observations(range(4)))
    ingest.scan(MODEL)
    write_csv(drop / "l1.csv", [label(1, labelled_at="2008-03-09T00:00:00Z"), label(77, labelled_at=None)])
    write_parquet(drop / "l2.parquet", [label(3, label="Ammonia, hot")])
    report = ingest.scan(MODEL)
    assert [(file.kind, file.rows_added) for file in report.files] == [("labels", 2), ("labels", 1)]
    rows = everything(store)
    assert [row["label"] for row in rows] == [None, "Ethanol", None, "Ammonia, hot"]
    assert rows[1]["labelled_at"].isoformat() == "2008-03-09T00:00:00"
    assert rows[3]["labelled_at"] == registry.clock.now().replace(tzinfo=None), "not given: when it was received"


def test_a_label_told_twice_is_one_label_and_another_one_is_a_conflict(
    ingest: Ingest, drop: Path, store: ObservationStore
) -> None:
    write_csv(drop / "a.csv", observations(range(4)))
    write_csv(drop / "l1.csv", [label(1)])
    write_csv(drop / "l2.csv", [label(1, labelled_at="2008-03-09T00:00:00Z")])
    write_csv(drop / "l3.csv", [label(1, label="Ammonia, hot")])
    _, _, again, other = ingest.scan(MODEL).files
    assert (again.rows_known, again.rows_conflicting) == (1, 0)
    assert (other.rows_known, other.rows_conflicting) == (0, 1)
    assert everything(store)[1]["label"] == "Ethanol"


def test_labels_may_come_before_their_observations(ingest: Ingest, drop: Path, store: ObservationStore) -> None:
    write_csv(drop / "l.csv", [label(1)])
    ingest.scan(MODEL)
    write_csv(drop / "o.csv", observations([1]))
    ingest.scan(MODEL)
    assert everything(store)[0]["label"] == "Ethanol"


def test_a_regression_has_numbers_for_prediction_and_label(
    ingest: Ingest, registry: Registry, store: ObservationStore
) -> None:
    drop = drop_folder(registry, REGRESSOR)
    rows = [{"id": n, "event_time": f"2008-03-0{n}T00:00:00Z", "x": 1.0, "prediction": n / 2} for n in (1, 2)]
    write_csv(drop / "o.csv", rows)
    write_csv(drop / "labels.csv", [{"id": 2, "label": 1.25}])
    assert [file.outcome for file in ingest.scan(REGRESSOR).files] == ["taken", "taken"]
    window = store.window(REGRESSOR, START - FOREVER, START + FOREVER)
    assert window.columns["prediction"].tolist() == [0.5, 1.0]
    assert window.columns["label"].tolist()[1] == 1.25
    assert window.columns["label"][0] != window.columns["label"][0]


def test_a_file_is_put_away_and_a_second_of_its_name_does_not_overwrite_it(ingest: Ingest, drop: Path) -> None:
    first = write_csv(drop / "a.csv", observations(range(2))).read_text()
    ingest.scan(MODEL)
    second = write_csv(drop / "a.csv", observations(range(2, 4))).read_text()
    (file,) = ingest.scan(MODEL).files
    assert (drop / "done" / "a.csv").read_text() == first
    assert file.path is not None
    assert file.path.read_text() == second
    assert [path.name for path in drop.iterdir() if path.is_file()] == []


def test_a_file_still_being_written_is_left_for_the_next_scan(registry: Registry, drop: Path) -> None:
    careful = Ingest(registry, settle_seconds=60)
    path = write_csv(drop / "a.csv", observations(range(2)))
    report = careful.scan(MODEL)
    assert (report.files, report.waiting) == ((), ("a.csv",))
    os.utime(path, (time.time() - 61,) * 2)
    assert [file.outcome for file in careful.scan(MODEL).files] == ["taken"]


def test_a_file_that_changes_while_it_is_read_is_left_for_the_next_scan(
    ingest: Ingest, drop: Path, store: ObservationStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    from aiqu_desktop.ingest import ingest as room

    path = write_csv(drop / "a.csv", observations(range(2)))
    read = room.read_batch

    def read_while_it_grows(*arguments: object) -> object:
        batch = read(*arguments)
        with path.open("a", encoding="utf-8") as stream:
            stream.write(csv_text(observations([5])).split("\n", 1)[1])
        return batch

    monkeypatch.setattr(room, "read_batch", read_while_it_grows)
    report = ingest.scan(MODEL)
    assert (report.files, report.waiting) == ((), ("a.csv",))
    monkeypatch.setattr(room, "read_batch", read)
    assert ingest.scan(MODEL).files[0].rows_added == 3
    assert len(everything(store)) == 3


def test_a_file_replaced_by_its_writer_before_it_is_put_away_is_read_next_time(
    ingest: Ingest, drop: Path, store: ObservationStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    from aiqu_desktop.ingest import ingest as room

    write_csv(drop / "a.csv", observations(range(2)))
    put_away = room.put_away

    def replaced_first(*arguments: object) -> object:
        write_csv(drop / ".a.tmp", observations(range(2, 5))).replace(drop / "a.csv")
        return put_away(*arguments)

    monkeypatch.setattr(room, "put_away", replaced_first)
    assert ingest.scan(MODEL).files[0].path is None
    monkeypatch.setattr(room, "put_away", put_away)
    assert ingest.scan(MODEL).files[0].rows_added == 3
    assert len(everything(store)) == 5


def test_hidden_and_unfinished_names_and_folders_are_not_looked_at(ingest: Ingest, drop: Path) -> None:
    for name in (".a.csv", "b.csv.tmp", "c.part", "D.CSV.TMP"):
        write_csv(drop / name, observations(range(2)))
    (drop / "folder").mkdir()
    assert ingest.scan(MODEL).files == ()
    assert (drop / ".a.csv").exists()


@pytest.mark.parametrize(
    "name",
    ["with space.csv", "quote'\".csv", "å∂ö.csv", "'; DROP TABLE models; --.csv", "a*[x]?.csv", "--x=1.csv", "K=V.CSV"],
)
def test_a_hostile_name_is_only_a_name(ingest: Ingest, drop: Path, store: ObservationStore, name: str) -> None:
    write_csv(drop / "ordinary.csv", observations([9]))
    write_csv(drop / name, observations(range(3)))
    assert {file.name: file.rows_added for file in ingest.scan(MODEL).files} == {"ordinary.csv": 1, name: 3}
    assert (drop / "done" / name).exists()
    assert len(everything(store)) == 4


def test_extra_columns_are_left_out_and_noted(ingest: Ingest, drop: Path, store: ObservationStore) -> None:
    write_csv(drop / "a.csv", [observation(1, shift="night", ID="x")])
    (file,) = ingest.scan(MODEL).files
    assert file.outcome == "taken"
    assert file.reason == 'a.csv: left out 2 columns that the model does not have: "shift", "ID".'
    assert "shift" not in everything(store)[0]


def test_a_file_without_rows_is_taken_and_leaves_no_segment(ingest: Ingest, drop: Path, registry: Registry) -> None:
    (drop / "a.csv").write_text(csv_text(observations([1])).split("\n")[0] + "\n", encoding="utf-8")
    (file,) = ingest.scan(MODEL).files
    assert (file.outcome, file.rows_read) == ("taken", 0)
    with registry.read() as session:
        assert session.scalars(select(Segment)).all() == []


def test_windows_line_ends_byte_order_mark_and_quoted_line_breaks_are_read(
    ingest: Ingest, drop: Path, store: ObservationStore
) -> None:
    text = csv_text([observation(1, **{HOSTILE: "two\nlines"}), observation(2)]).replace("\n", "\r\n")
    (drop / "a.csv").write_bytes(b"\xef\xbb\xbf" + text.encode())
    (file,) = ingest.scan(MODEL).files
    assert (file.outcome, file.rows_added) == ("taken", 2)
    assert everything(store)[0][HOSTILE] == "two\r\nlines"


def test_every_file_leaves_an_audit_record_and_a_ledger_row(ingest: Ingest, drop: Path, registry: Registry) -> None:
    write_csv(drop / "a.csv", observations(range(2)))
    write_csv(drop / "b.csv", observations(range(2)), columns=["id", "event_time"])
    write_csv(drop / "c.csv", [label(1)])
    ingest.scan(MODEL)
    with registry.read() as session:
        records = session.scalars(select(AuditRecord).order_by(AuditRecord.sequence)).all()
        assert [record.action for record in records] == ["observations.taken", "file.quarantined", "labels.taken"]
        assert {record.subject for record in records} == {"model gas"}
        assert records[0].new is not None
        assert records[0].new["rows_added"] == 2
        assert audit.verify(session).intact
        files = session.scalars(select(IngestFile).order_by(IngestFile.id)).all()
        assert [(file.name, file.outcome) for file in files] == [
            ("a.csv", "taken"), ("b.csv", "quarantined"), ("c.csv", "taken"),
        ]  # fmt: skip
        assert {file.at for file in files} == {NOW}


def test_a_model_that_is_not_there_is_told_in_one_sentence(ingest: Ingest) -> None:
    with pytest.raises(UserError, match="There is no model 'nobody' on this site"):
        ingest.scan("nobody")


def test_a_changed_or_missing_segment_is_named(ingest: Ingest, drop: Path, registry: Registry) -> None:
    write_csv(drop / "a.csv", observations(range(2)))
    write_csv(drop / "b.csv", observations(range(2, 4)))
    ingest.scan(MODEL)
    assert ingest.verify(MODEL) == ()
    first, second = sorted((registry.paths.observations / MODEL).glob("*.parquet"))
    data = bytearray(first.read_bytes())
    data[len(data) // 2] ^= 1
    first.write_bytes(bytes(data))
    second.unlink()
    changed, missing = sorted(ingest.verify(MODEL))
    assert first.name in changed
    assert "was changed on disk" in changed
    assert second.name in missing
    assert "is missing" in missing
