"""Files of older versions stay readable; sections come back as they were."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from aiqu_desktop.core.words import ColumnKind
from aiqu_desktop.drift import ReferenceProfile, build_profile, compare

GOLDEN = Path(__file__).parent / "golden"


def _window(seed, rows, shift):
    """The window of the golden file, as it was drawn when the file was made (commit 2e11ea9)."""
    rng = np.random.default_rng(seed)
    columns = {
        "pressure": rng.normal(5 + shift, 0.1, rows),
        "flow": rng.lognormal(shift, 1.5, rows).round(4),
        "stops": rng.poisson(3 + shift, rows).astype(float),
        "recipe": rng.choice(["A", "B", "C"], rows).astype(object),
        "open": (rng.random(rows) < 0.3).astype(object),
    }
    columns["pressure"][::50] = np.nan
    columns["recipe"][::40] = None
    return columns


def test_a_profile_of_version_1_gives_the_effects_that_it_gave_then():
    profile = ReferenceProfile.from_bytes((GOLDEN / "version-1.profile").read_bytes())
    then = json.loads((GOLDEN / "version-1.json").read_text())
    now = compare(profile, _window(then["window_seed"], then["rows"], then["shift"]))
    for column in now.columns:
        for name, value in then["effects"][column.name].items():
            assert column.effects[name] == pytest.approx(value, abs=1e-12), (column.name, name)
    assert ReferenceProfile.from_bytes(profile.to_bytes()).to_bytes() == profile.to_bytes()


def test_sections_survive_the_file_form():
    profile = build_profile({"x": np.arange(9.0)}, {"x": ColumnKind.NUMERIC})
    arrays = {"limits": np.linspace(0.0, 1.0, 5), "rates": np.arange(6.0).reshape(2, 3), "none": np.empty(0)}
    richer = profile.with_section("score-calibration", arrays).with_section("other", {"scale": np.array(2.5)})
    again = ReferenceProfile.from_bytes(richer.to_bytes())
    assert set(again.sections) == {"score-calibration", "other"}
    for name, values in arrays.items():
        assert np.array_equal(again.sections["score-calibration"][name], values)
    assert again.sections["other"]["scale"].shape == ()
    assert again.to_bytes() == richer.to_bytes() != profile.to_bytes()


def test_more_rows_than_32_bits_are_kept():
    profile = build_profile({"x": np.arange(9.0)}, {"x": ColumnKind.NUMERIC})
    (column,) = profile.columns
    column.counts[1], many = 2**40, 2**40 + 8
    object.__setattr__(column, "rows", many)
    assert ReferenceProfile.from_bytes(profile.to_bytes()).columns[0].usable == many
