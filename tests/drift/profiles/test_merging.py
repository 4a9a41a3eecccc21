"""Merged profiles: within their stated rank error of all rows together, in any order and grouping."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.core.words import ColumnKind
from aiqu_desktop.drift import build_profile
from aiqu_desktop.drift.profiles import merge
from tests.drift.samples import SHAPES


def _profile(values, kind=ColumnKind.NUMERIC):
    return build_profile({"x": values}, {"x": kind})


@settings(max_examples=40, deadline=None)
@given(
    st.integers(0, 2**32 - 1),
    st.lists(
        st.tuples(st.sampled_from(sorted(SHAPES)), st.integers(0, 4_000), st.floats(-3, 3)), min_size=3, max_size=5
    ),
    st.sampled_from([ColumnKind.NUMERIC, ColumnKind.INTEGER]),
)
def test_any_grouping_is_within_its_rank_error_of_the_truth(seed, given_parts, kind):
    rng = np.random.default_rng(seed)
    parts = [SHAPES[shape](rng, rows, shift) for shape, rows, shift in given_parts]
    if kind is ColumnKind.INTEGER:
        parts = [np.rint(2.0 * part) for part in parts]
    profiles = [_profile(part, kind) for part in parts]
    ordered = np.sort(np.concatenate(parts))
    left = merge([merge(profiles[:2]), *profiles[2:]])
    right = merge([profiles[0], merge(profiles[1:])])
    for merged in (merge(profiles), left, right, merge(profiles[::-1])):
        (column,) = merged.columns
        assert (column.rows, column.usable) == (ordered.size, ordered.size)
        if not ordered.size:
            continue
        truth = np.searchsorted(ordered, column.grid.edges) / ordered.size
        assert np.abs(column.distribution - truth).max() <= column.rank_error + 1e-12
        assert (column.minimum, column.maximum) == (ordered[0], ordered[-1])
        assert column.mean == pytest.approx(ordered.mean(), rel=1e-9, abs=1e-9)
        assert column.std == pytest.approx(ordered.std(), rel=1e-6, abs=1e-6)
        assert len(merged.to_bytes()) <= 65_536


def test_profiles_of_few_values_or_on_one_grid_merge_without_loss():
    rng = np.random.default_rng(1)
    days = [rng.normal(size=3_000).round(1) for _ in range(4)]
    assert merge([_profile(day) for day in days]).columns[0].rank_error == 0
    same = _profile(rng.normal(size=5_000))
    (column,) = merge([same, same]).columns
    assert column.rank_error == 0
    assert np.array_equal(column.counts, 2 * same.columns[0].counts)


def test_large_profiles_merge_within_two_thousandths():
    rng = np.random.default_rng(2)
    merged = merge([_profile(rng.normal(day / 10, 1.0, 50_000)) for day in range(7)])
    assert merged.columns[0].rank_error <= 3 / 2048


def test_categories_add_up():
    kinds = {"recipe": ColumnKind.CATEGORICAL}
    first = build_profile({"recipe": np.array(["A", "B", None, "A"], dtype=object)}, kinds)
    second = build_profile({"recipe": np.array(["B", "C", "B"], dtype=object)}, kinds)
    (column,) = merge([first, second]).columns
    assert dict(zip(column.categories, column.counts.tolist(), strict=True)) == {"A": 2, "B": 3, "C": 1}
    assert (column.rows, column.missing) == (7, 1)


def test_profiles_of_other_columns_or_kinds_are_refused():
    numeric, whole = _profile(np.zeros(3)), _profile(np.zeros(3), ColumnKind.INTEGER)
    with pytest.raises(UserError, match="'x' is integer and numeric"):
        merge([numeric, whole])
    with pytest.raises(UserError, match="not have the same columns"):
        merge([numeric, build_profile({"y": np.zeros(3)}, {"y": ColumnKind.NUMERIC})])
    with pytest.raises(UserError, match="no profile"):
        merge([])
