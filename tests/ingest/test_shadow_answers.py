"""What a challenger answered beside the champion is stored on its own, once, and meets observations by their ids."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from aiqu_desktop.core.clock import iso
from aiqu_desktop.ingest import Ingest, ObservationStore, drop_folder
from aiqu_desktop.registry import Registry
from aiqu_desktop.registry.tables import ObservationId, Segment, ShadowAnswerId
from tests.ingest.plant import DIGEST, MODEL, REGRESSOR, START, Row, label, make_site, observations, write_csv

CHALLENGER, OTHER = "cd" * 32, "ef" * 32
END = START + timedelta(days=60)


def answer(number: int, digest: str = CHALLENGER, says: str = "Ethanol") -> Row:
    at = iso(START + timedelta(hours=number))
    return {"id": f"row-{number}", "event_time": at, "shadow_prediction": says, "shadow_digest": digest}


def ids(store: ObservationStore, digest: str = CHALLENGER) -> list[str]:
    found = store.beside(MODEL, START, END, champion=DIGEST, challenger=digest).columns["id"].tolist()
    assert isinstance(found, list)
    return found


def test_answers_stand_beside_the_observations_and_never_among_them(
    drop: Path, ingest: Ingest, store: ObservationStore, registry: Registry
) -> None:
    write_csv(drop / "obs-a.csv", observations(range(6)))
    ingest.scan(MODEL)
    before = store.window(MODEL, START, END)
    write_csv(drop / "shadow-a.csv", [answer(2), answer(4, says="Ammonia, hot"), answer(99)])
    write_csv(drop / "labels.csv", [label(4)])
    report = ingest.scan(MODEL)
    assert {file.name: (file.kind, file.outcome, file.rows_added) for file in report.files} == {
        "labels.csv": ("labels", "taken", 1),
        "shadow-a.csv": ("shadow", "taken", 3),
    }
    after = store.window(MODEL, START, END)
    assert after.columns["prediction"].tolist() == before.columns["prediction"].tolist()
    assert after.rows == 6
    found = store.beside(MODEL, START, END, champion=DIGEST, challenger=CHALLENGER).columns
    assert found["id"].tolist() == ["row-2", "row-4"]
    assert found["prediction"].tolist() == ["Ethanol", "Ammonia, hot"]
    assert found["shadow_prediction"].tolist() == ["Ethanol", "Ammonia, hot"]
    assert found["label"].tolist() == [None, "Ethanol"]
    assert ids(store, OTHER) == []
    with registry.read() as session:
        assert session.scalar(select(func.count()).select_from(ObservationId)) == 6


def test_a_row_that_comes_again_adds_nothing_and_another_version_may_answer_it_too(
    drop: Path, ingest: Ingest, store: ObservationStore
) -> None:
    write_csv(drop / "obs-a.csv", observations(range(4)))
    write_csv(drop / "shadow-a.csv", [answer(1), answer(2)])
    write_csv(drop / "shadow-b.csv", [answer(2), answer(3), answer(1, says="Ammonia, hot")])
    write_csv(drop / "shadow-c.csv", [answer(1, OTHER)])
    second, third = ingest.scan(MODEL).files[2:]
    assert (second.rows_added, second.rows_known, second.rows_conflicting) == (1, 1, 1)
    assert second.reason == '1 row kept out: already known with other content, id "row-1".'
    assert third.rows_added == 1
    assert ids(store) == ["row-1", "row-2", "row-3"]
    assert ids(store, OTHER) == ["row-1"]


def test_a_regressor_is_answered_in_numbers(registry: Registry, ingest: Ingest, store: ObservationStore) -> None:
    drop, at = drop_folder(registry, REGRESSOR), iso(START)
    write_csv(drop / "obs.csv", [{"id": "a", "event_time": at, "x": 1.0, "prediction": 2.0, "served_digest": DIGEST}])
    shadow = {"id": "a", "event_time": at, "shadow_prediction": 2.5, "shadow_digest": CHALLENGER}
    write_csv(drop / "shadow.csv", [shadow])
    ingest.scan(REGRESSOR)
    found = store.beside(REGRESSOR, START, END, champion=DIGEST, challenger=CHALLENGER).columns["shadow_prediction"]
    assert found.dtype == np.float64
    assert found.tolist() == [2.5]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"shadow_prediction": "Helium"}, "expected one of the classes Ethanol, Ammonia, hot"),
        ({"shadow_digest": "AB"}, "expected a SHA-256 of 64 lower-case hexadecimal digits"),
        ({"shadow_digest": None}, "expected a SHA-256 of 64 lower-case hexadecimal digits"),
        ({"event_time": None}, "expected a time in ISO 8601"),
    ],
)
def test_an_answer_that_does_not_fit_goes_to_quarantine(drop: Path, ingest: Ingest, changes: Row, says: str) -> None:
    write_csv(drop / "shadow-a.csv", [answer(1) | changes])
    (file,) = ingest.scan(MODEL).files
    assert file.outcome == "quarantined"
    assert says in file.reason


def test_its_segments_are_looked_after_like_all_others(
    drop: Path, ingest: Ingest, registry: Registry, store: ObservationStore
) -> None:
    write_csv(drop / "shadow-a.csv", [answer(1)])
    ingest.scan(MODEL)
    folder = registry.paths.observations / MODEL
    orphan = folder / "shadow-20080301T000000-0123456789abcdef.parquet"
    orphan.write_bytes(b"left by a crash")
    write_csv(drop / "shadow-b.csv", [answer(2)])
    fresh = Registry.open(registry.paths, registry.clock)
    Ingest(fresh, settle_seconds=0).scan(MODEL)
    fresh.close()
    assert not orphan.exists()
    with registry.read() as session:
        kept = session.scalars(select(Segment.path).where(Segment.kind == "shadow")).all()
    assert len(kept) == 2
    (registry.paths.observations / kept[0]).write_bytes(b"changed")
    (finding,) = ingest.verify(MODEL)
    assert kept[0] in finding


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(st.integers(0, 12), min_size=1, max_size=6), min_size=1, max_size=5))
def test_however_answers_are_cut_into_files_each_is_there_once(
    tmp_path_factory: pytest.TempPathFactory, files: list[list[int]]
) -> None:
    registry = make_site(tmp_path_factory.mktemp("site"))
    try:
        drop = drop_folder(registry, MODEL)
        write_csv(drop / "obs.csv", observations(range(13)))
        for place, numbers in enumerate(files):
            write_csv(drop / f"shadow-{place}.csv", [answer(number) for number in numbers])
        Ingest(registry, settle_seconds=0).scan(MODEL)
        asked = {number for numbers in files for number in numbers}
        assert ids(ObservationStore(registry)) == [f"row-{number}" for number in sorted(asked)]
        with registry.read() as session:
            assert session.scalar(select(func.count()).select_from(ShadowAnswerId)) == len(asked)
    finally:
        registry.close()
