"""The reference profile: what it holds, and its file form."""

from __future__ import annotations

import struct

import numpy as np
import pytest

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.core.words import ColumnKind
from aiqu_desktop.drift import CategoricalProfile, ReferenceProfile, build_profile, compare
from aiqu_desktop.drift.profiles.format import MAGIC
from tests.drift.samples import SHAPES, autoregressive, numeric_profile


def _mixed(rows: int = 2_000) -> ReferenceProfile:
    rng = np.random.default_rng(7)
    columns = {name: draw(rng, rows, 0.0) for name, draw in SHAPES.items()}
    kinds = dict.fromkeys(columns, ColumnKind.NUMERIC)
    columns["normal"][::10] = np.nan
    columns["whole"], kinds["whole"] = rng.integers(0, 40, rows).astype(float), ColumnKind.INTEGER
    columns["recipe"] = np.array([None if i % 9 == 0 else "AB–C"[i % 4] for i in range(rows)], dtype=object)
    columns["open"] = np.array([i % 3 == 0 for i in range(rows)], dtype=object)
    columns["nothing"] = np.full(rows, np.nan)
    kinds |= {"recipe": ColumnKind.CATEGORICAL, "open": ColumnKind.BOOLEAN, "nothing": ColumnKind.NUMERIC}
    return build_profile(columns, kinds)


def test_a_profile_survives_its_file_form_byte_for_byte():
    profile = _mixed()
    data = profile.to_bytes()
    again = ReferenceProfile.from_bytes(data)
    assert again.to_bytes() == data == _mixed().to_bytes()
    assert again.names == profile.names
    rng = np.random.default_rng(8)
    window = {name: draw(rng, 500, 0.5) for name, draw in SHAPES.items()}
    window |= {"whole": rng.integers(0, 40, 500).astype(float), "nothing": np.zeros(500)}
    window |= {"recipe": rng.choice(["A", "B"], 500), "open": rng.random(500) < 0.3}
    assert compare(again, window).to_json() == compare(profile, window).to_json()


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("rows", [300, 5_000, 100_000])
def test_a_feature_takes_at_most_64_kib(shape, rows):
    values = SHAPES[shape](np.random.default_rng(9), rows, 0.0)
    assert len(build_profile({"x": values}, {"x": ColumnKind.NUMERIC}).to_bytes()) <= 65_536


def test_a_column_with_very_many_long_categories_stays_within_64_kib():
    names = np.array([f"part number {'é' * 30} {i % 3000}" for i in range(9_000)], dtype=object)
    profile = build_profile({"x": names}, {"x": ColumnKind.CATEGORICAL})
    (column,) = profile.columns
    assert isinstance(column, CategoricalProfile)
    assert len(profile.to_bytes()) <= 65_536
    assert column.other > 0 and int(column.counts.sum()) + column.other == 9_000


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04 something else", MAGIC, MAGIC + b"\x01\x00"])
def test_something_else_than_a_profile_is_refused(damage):
    with pytest.raises(UserError, match="not one of AiQu Desktop's"):
        ReferenceProfile.from_bytes(damage)


def test_any_flipped_byte_or_cut_is_noticed():
    data = bytearray(build_profile({"x": np.arange(50.0)}, {"x": ColumnKind.NUMERIC}).to_bytes())
    for position in range(0, len(data), 37):
        broken = data.copy()
        broken[position] ^= 0x55
        with pytest.raises(UserError):
            ReferenceProfile.from_bytes(bytes(broken))
    for length in range(0, len(data), 101):
        with pytest.raises(UserError):
            ReferenceProfile.from_bytes(bytes(data[:length]))


def test_a_newer_version_says_that_the_program_must_be_updated():
    data = bytearray(build_profile({"x": np.arange(50.0)}, {"x": ColumnKind.NUMERIC}).to_bytes())
    struct.pack_into("<H", data, len(MAGIC), 99)
    with pytest.raises(UserError, match=r"version 99.*update"):
        ReferenceProfile.from_bytes(bytes(data))


def test_a_profile_counts_missing_infinite_and_moments():
    values = np.array([1.0, 2.0, 3.0, np.nan, np.inf, -np.inf, 1e300] + [2.0] * 3)
    column = numeric_profile(values)
    assert (column.rows, column.missing, column.infinities, column.usable) == (10, 1, 3, 6)
    assert (column.minimum, column.maximum, column.mean) == (1.0, 3.0, 2.0)
    assert column.std == pytest.approx(np.std([1, 2, 3, 2, 2, 2]))


def test_the_autocorrelation_time_is_that_of_the_process():
    rng = np.random.default_rng(10)
    independent, dependent = (autoregressive(rng, 50_000, 1, factor)[:, 0] for factor in (0.0, 0.8))
    assert numeric_profile(independent).autocorrelation == pytest.approx(1.0, abs=0.1)
    assert numeric_profile(dependent).autocorrelation == pytest.approx(1.8 / 0.2, rel=0.2)


def test_equal_values_in_a_row_of_random_rows_do_not_look_dependent():
    values = np.random.default_rng(11).integers(0, 3, 5_000).astype(float)
    assert numeric_profile(values).autocorrelation < 1.3


def test_sticky_categories_have_a_long_autocorrelation_time():
    rng = np.random.default_rng(12)
    sticky = np.repeat(rng.choice(["A", "B", "C"], 500), 10)
    loose = rng.choice(["A", "B", "C"], 5_000)
    kinds = {"sticky": ColumnKind.CATEGORICAL, "loose": ColumnKind.CATEGORICAL}
    profile = build_profile({"sticky": sticky, "loose": loose}, kinds)
    assert profile.column("sticky").autocorrelation == pytest.approx(10.0, rel=0.25)
    assert profile.column("loose").autocorrelation < 1.3


def test_columns_that_cannot_be_profiled_are_named():
    with pytest.raises(UserError, match="'x' holds a value that is no number"):
        build_profile({"x": np.array(["a", "b"], dtype=object)}, {"x": ColumnKind.NUMERIC})
    with pytest.raises(UserError, match="'x' has no kind"):
        build_profile({"x": np.zeros(3)}, {})
    with pytest.raises(UserError, match="different lengths"):
        build_profile({"x": np.zeros(3), "y": np.zeros(4)}, dict.fromkeys("xy", ColumnKind.NUMERIC))
