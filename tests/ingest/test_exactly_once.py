"""Nothing is lost and nothing is taken twice: any split over files, any crash, any number of scanning processes."""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
import threading
import time
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from aiqu_desktop.ingest import Ingest, ObservationStore, drop_folder
from aiqu_desktop.registry import Registry
from aiqu_desktop.registry.tables import IngestFile, LabelId, ObservationId, Segment
from aiqu_desktop.security import audit
from tests.ingest.crashing_scan import DIED
from tests.ingest.plant import MODEL, label, make_site, observation, observations, write_csv, write_parquet
from tests.ingest.test_taking import everything

_REPOSITORY = Path(__file__).parents[2]

Pieces = tuple[tuple[str, tuple[int, ...]], ...]  # files: their form and the numbers of their rows


def content(store: ObservationStore) -> list[tuple[tuple[str, str], ...]]:
    """Everything in the store, in a form that compares (NaN equals NaN)."""
    return [tuple((name, repr(value)) for name, value in row.items()) for row in everything(store)]


@st.composite
def splits(draw: st.DrawFn) -> Pieces:
    """Twelve rows over some files of either form: every row at least once, some more often, in any order."""
    rows = draw(st.permutations(range(12)))
    extra = draw(st.lists(st.integers(0, 11), max_size=10))
    pieces: list[list[int]] = [[] for _ in range(draw(st.integers(1, 5)))]
    for row in [*rows, *extra]:
        pieces[draw(st.integers(0, len(pieces) - 1))].append(row)
    return tuple((draw(st.sampled_from(["csv", "parquet"])), tuple(piece)) for piece in pieces if piece)


@cache
def store_of(observation_files: Pieces, label_files: Pieces) -> list[tuple[tuple[str, str], ...]]:
    """What a new site's store holds after one scan of these files."""
    with tempfile.TemporaryDirectory() as folder:
        registry = make_site(Path(folder) / "site")
        drop = drop_folder(registry, MODEL)
        for number, (form, rows) in enumerate(observation_files):
            (write_csv if form == "csv" else write_parquet)(drop / f"o{number}.{form}", observations(rows))
        for number, (form, rows) in enumerate(label_files):
            (write_csv if form == "csv" else write_parquet)(drop / f"l{number}.{form}", [label(row) for row in rows])
        report = Ingest(registry, settle_seconds=0).scan(MODEL)
        assert {file.outcome for file in report.files} <= {"taken", "repeated"}
        assert report.rows_added == 24
        found = content(ObservationStore(registry))
        registry.close()
        return found


@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
@given(files=splits(), labels=splits())
def test_any_split_of_rows_over_files_gives_the_same_store(files: Pieces, labels: Pieces) -> None:
    whole = (("csv", tuple(range(12))),)
    assert store_of(files, labels) == store_of(whole, whole)


def fill(registry: Registry) -> None:
    """Files of every fate: taken, overlapping, repeated, quarantined, labels."""
    drop = drop_folder(registry, MODEL)
    write_csv(drop / "1.csv", observations(range(5)))
    write_parquet(drop / "2.parquet", observations(range(3, 9)))
    write_csv(drop / "3.csv", observations(range(5)))
    write_csv(drop / "4.csv", [observation(50, sensor01="abc")])
    write_csv(drop / "5-labels.csv", [label(number) for number in range(4)])


def scan_in_child(root: Path, die_at: int | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.ingest.crashing_scan", str(root)]
    if die_at is not None:
        command.append(str(die_at))
    return subprocess.run(command, cwd=_REPOSITORY, capture_output=True, text=True, timeout=120, check=False)


def check_whole(registry: Registry) -> None:
    """What must hold when all is done, whatever happened on the way."""
    store = ObservationStore(registry)
    rows = everything(store)
    assert [row["id"] for row in rows] == [f"row-{number}" for number in range(9)]
    assert [row["label"] for row in rows] == ["Ethanol"] * 4 + [None] * 5
    drop = drop_folder(registry, MODEL)
    assert [path.name for path in drop.iterdir() if path.is_file()] == []
    assert {path.name for path in (drop / "done").iterdir()} == {"1.csv", "2.parquet", "3.csv", "5-labels.csv"}
    assert [path.name for path in (drop / "quarantine").iterdir() if path.suffix == ".csv"] == ["4.csv"]
    with registry.read() as session:
        assert session.scalar(select(func.count()).select_from(ObservationId)) == 9
        assert session.scalar(select(func.count()).select_from(LabelId)) == 4
        assert session.scalar(select(func.sum(Segment.rows)).where(Segment.kind == "observations")) == 9
        assert session.scalar(select(func.sum(IngestFile.rows_added))) == 13
        recorded = set(session.scalars(select(Segment.path)))
        assert audit.verify(session).intact
    assert Ingest(registry).verify(MODEL) == ()
    on_disk = {f"{MODEL}/{path.name}" for path in (registry.paths.observations / MODEL).iterdir()}
    assert on_disk >= recorded
    assert {name for name in on_disk - recorded if not name.startswith(f"{MODEL}/.")} == set()


# There are 59 steps: before and after fsync, rename, replace, deletion and commit of each of the five files.
_QUICK = range(4, 59, 5)
_SLOW = [pytest.param(step, marks=pytest.mark.campaign) for step in range(1, 59) if step not in _QUICK]


@pytest.mark.parametrize("die_at", [*_QUICK, *_SLOW])
def test_a_process_that_dies_at_any_step_loses_and_repeats_nothing(tmp_path: Path, die_at: int) -> None:
    registry = make_site(tmp_path / "site")
    fill(registry)
    died = scan_in_child(registry.paths.root, die_at)
    assert died.returncode == DIED, died.stderr
    # The drop folder must not be empty, or else there is nothing that the next scan could notice.
    write_csv(drop_folder(registry, MODEL) / "3.csv", observations(range(5)))
    Ingest(registry, settle_seconds=0).scan(MODEL)
    for path in (registry.paths.root / "drop" / MODEL / "done").glob("3-*.csv"):
        path.unlink()  # the file that this test dropped a second time
    check_whole(registry)
    registry.close()


def test_a_process_that_dies_again_and_again_still_finishes(tmp_path: Path) -> None:
    registry = make_site(tmp_path / "site")
    fill(registry)
    for die_at in (30, 17, 12):
        assert scan_in_child(registry.paths.root, die_at).returncode in (DIED, 0)
    assert scan_in_child(registry.paths.root).returncode == 0
    check_whole(registry)
    registry.close()


@pytest.mark.campaign
def test_kill_9_at_random_moments_loses_and_repeats_nothing(tmp_path: Path) -> None:
    registry = make_site(tmp_path / "site")
    drop = drop_folder(registry, MODEL)
    for number in range(60):
        write_csv(drop / f"{number:03d}.csv", observations(range(number * 3, number * 3 + 4)))
    chance = random.Random(4711)
    command = [sys.executable, "-m", "tests.ingest.crashing_scan", str(registry.paths.root)]
    for _ in range(12):
        child = subprocess.Popen(command, cwd=_REPOSITORY, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(1.0 + chance.random())  # a random moment of its work is the point here
        child.kill()
        child.wait()
    assert scan_in_child(registry.paths.root).returncode == 0
    assert [row["id"] for row in everything(ObservationStore(registry))] == [f"row-{n}" for n in range(181)]
    assert Ingest(registry).verify(MODEL) == ()
    registry.close()


def test_two_processes_and_a_thread_on_one_folder_take_every_row_once(tmp_path: Path) -> None:
    registry = make_site(tmp_path / "site")
    drop = drop_folder(registry, MODEL)
    for number in range(25):
        write_csv(drop / f"{number:03d}.csv", observations(range(number * 3, number * 3 + 5)))
    command = [sys.executable, "-m", "tests.ingest.crashing_scan", str(registry.paths.root)]
    children = [
        subprocess.Popen(command, cwd=_REPOSITORY, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    # This process joins in once the first file is gone, so that all three work at the same time.
    deadline = time.monotonic() + 60
    while (drop / "000.csv").exists() and time.monotonic() < deadline:
        time.sleep(0.005)
    threads = [threading.Thread(target=Ingest(registry, settle_seconds=0).scan, args=(MODEL,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for child in children:
        _, errors = child.communicate(timeout=120)
        assert child.returncode == 0, errors
    Ingest(registry, settle_seconds=0).scan(MODEL)
    assert [row["id"] for row in everything(ObservationStore(registry))] == [f"row-{n}" for n in range(77)]
    assert sorted(path.name for path in (drop / "done").iterdir()) == [f"{n:03d}.csv" for n in range(25)]
    with registry.read() as session:
        taken = select(func.count()).where(IngestFile.outcome == "taken")
        assert session.scalar(taken) == 25
        assert session.scalar(select(func.sum(Segment.rows))) == 77
        assert audit.verify(session).intact
    registry.close()


def test_a_segment_that_a_crash_left_unrecorded_is_removed_at_the_next_opening(tmp_path: Path) -> None:
    registry = make_site(tmp_path / "site")
    drop = drop_folder(registry, MODEL)
    write_csv(drop / "1.csv", observations(range(3)))
    Ingest(registry, settle_seconds=0).scan(MODEL)
    registry.close()
    orphan = registry.paths.observations / MODEL / "observations-20080301T000000-0123456789abcdef.parquet"
    orphan.write_bytes(b"PAR1 never recorded")
    registry = Registry.open(registry.paths, registry.clock)
    write_csv(drop / "2.csv", observations(range(3, 5)))
    Ingest(registry, settle_seconds=0).scan(MODEL)
    assert not orphan.exists()
    assert len(everything(ObservationStore(registry))) == 5
    registry.close()


def test_a_commit_that_fails_leaves_no_segment_behind_and_the_file_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry = make_site(tmp_path / "site")
    drop = drop_folder(registry, MODEL)
    write_csv(drop / "1.csv", observations(range(3)))

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(audit, "record", full)
        with pytest.raises(OSError, match="No space left"):
            Ingest(registry, settle_seconds=0).scan(MODEL)
    assert (drop / "1.csv").exists()
    assert everything(ObservationStore(registry)) == []
    write_csv(drop / "0.csv", observations(range(5)))
    assert [file.rows_added for file in Ingest(registry, settle_seconds=0).scan(MODEL).files] == [5, 0]
    with registry.read() as session:
        recorded = set(session.scalars(select(Segment.path)))
    assert {f"{MODEL}/{path.name}" for path in (registry.paths.observations / MODEL).iterdir()} == recorded
    registry.close()
