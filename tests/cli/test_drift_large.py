"""`aiqu drift` on files that are counted as they pass, and on saved profiles."""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import pytest

from tests.cli.conftest import Aiqu
from tests.factories.bundles import toy_columns, write_parquet


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Path, Path]:
    reference = toy_columns(30_000, seed=1)
    current = toy_columns(20_000, seed=2, shift=0.5)
    current["pressure"] = current["pressure"].astype(float)
    current["pressure"][::50] = np.nan
    return write_parquet(tmp_path / "ref.parquet", reference), write_parquet(tmp_path / "cur.parquet", current)


def test_counting_gives_what_the_exact_comparison_gives(aiqu: Aiqu, pair: tuple[Path, Path]) -> None:
    exact, counted = aiqu("drift", *pair, "--json", "--exact"), aiqu("drift", *pair, "--json", "--counted")
    assert exact.status == counted.status == 1
    for one, other in zip(exact.json["columns"], counted.json["columns"], strict=True):
        assert list(one) == list(other) and one["name"] == other["name"]
        assert one["n_current"] == other["n_current"] and one["drifted"] == other["drifted"]
        assert one["autocorrelation"] == pytest.approx(other["autocorrelation"])
        assert one["missing_current"] == other["missing_current"]
        for name, effect in one["effects"].items():
            assert other["effects"][name] == pytest.approx(effect, abs=2e-3), (one["name"], name)


def test_a_saved_profile_stands_for_its_table(aiqu: Aiqu, pair: tuple[Path, Path], tmp_path: Path) -> None:
    saved = tmp_path / "ref.profile"
    counted = aiqu("drift", *pair, "--json", "--counted", "--save-profile", saved)
    again = aiqu("drift", saved, pair[1], "--json")
    assert again.status == counted.status == 1
    assert again.json["columns"] == counted.json["columns"]
    assert saved.stat().st_size <= 4 * 65_536


def test_a_profile_answers_only_what_it_can(aiqu: Aiqu, pair: tuple[Path, Path], tmp_path: Path) -> None:
    saved = tmp_path / "ref.profile"
    assert aiqu("drift", *pair, "--save-profile", saved).status == 1
    assert "no rows to compare exactly" in aiqu("drift", saved, pair[1], "--exact").said_one_sentence()
    assert "There is no file" in aiqu("drift", tmp_path / "gone.profile", pair[1]).said_one_sentence()
    assert "does not end in .profile" in aiqu("drift", *pair, "--save-profile", tmp_path / "x").said_one_sentence()
    (tmp_path / "torn.profile").write_bytes(saved.read_bytes()[:-5])
    assert "damaged" in aiqu("drift", tmp_path / "torn.profile", pair[1]).said_one_sentence()
    columns = toy_columns(100)
    less = write_parquet(tmp_path / "less.parquet", {name: columns[name] for name in ("temperature", "recipe")})
    assert "no column 'pressure'" in aiqu("drift", saved, less).said_one_sentence()
    more = write_parquet(tmp_path / "more.parquet", columns | {"vibration": np.ones(100)})
    assert "no column 'vibration'" in aiqu("drift", saved, more).said_one_sentence()
    text = write_parquet(tmp_path / "text.parquet", columns | {"pressure": np.array(["high"] * 100, dtype=object)})
    assert "'pressure' is numeric in the profile" in aiqu("drift", saved, text).said_one_sentence()


@pytest.mark.parametrize("mode", ["--exact", "--counted"])
def test_a_shift_that_is_no_longer_worked_shows_in_the_times(aiqu: Aiqu, tmp_path: Path, mode: str) -> None:
    for name, hours in (("ref", 24), ("cur", 8)):
        with duckdb.connect() as connection:
            connection.execute(
                "COPY (SELECT TIMESTAMP '2026-03-02' + to_days(CAST(i // 480 AS INTEGER)) "
                f"+ to_seconds((i % 480) * {hours} * 7.5) AS made_at, sin(i * 7.3) AS level "
                f"FROM range(20000) t(i)) TO '{tmp_path / name}.parquet' (FORMAT parquet)"
            )
    answer = aiqu("drift", tmp_path / "ref.parquet", tmp_path / "cur.parquet", "--json", mode)
    columns = {column["name"]: column for column in answer.json["columns"]}
    assert set(columns) == {"level", "made_at (hour)", "made_at (weekday)", "made_at (gap)"}
    assert columns["made_at (hour)"]["effect"] > 1.0
    assert not columns["level"]["drifted"]
