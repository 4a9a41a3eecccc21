"""The change that no single column shows."""

from __future__ import annotations

import json

import numpy as np
import pytest

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.core.words import ColumnKind
from aiqu_desktop.drift import build_profile, compare
from aiqu_desktop.drift.multivariate import JointLimits, MultivariateReference, compare_jointly
from tests.drift.samples import autoregressive

N = ColumnKind.NUMERIC


def _columns(matrix):
    return {f"f{i}": matrix[:, i] for i in range(matrix.shape[1])}


def _kinds(columns):
    return dict.fromkeys(columns, N)


def _tied(matrix, correlation):
    """The second column follows the first; each stays standard normal."""
    tied = matrix.copy()
    tied[:, 1] = correlation * matrix[:, 0] + np.sqrt(1 - correlation**2) * matrix[:, 1]
    return _columns(tied)


def _fit(columns):
    return MultivariateReference.fit(columns, _kinds(columns))


def test_a_correlation_that_turns_is_found_where_no_column_moved():
    rng = np.random.default_rng(70)
    reference = _tied(rng.normal(size=(6_000, 10)), 0.6)
    window = _tied(rng.normal(size=(1_000, 10)), -0.6)
    assert not compare(build_profile(reference, _kinds(reference)), window).drifted
    result = compare_jointly(_fit(reference), window)
    assert result.drifted and result.separation > 0.6 and result.separation_p < 1e-6


@pytest.mark.parametrize("factor", [0.0, 0.9])
@pytest.mark.parametrize("shuffled", [False, True])
def test_windows_without_a_change_are_hardly_ever_flagged(factor, shuffled):
    rng = np.random.default_rng(71)
    flagged = 0
    for _ in range(4):
        rows = autoregressive(rng, 10_000, 8, factor)
        known = rng.permutation(rows[:5_000]) if shuffled else rows[:5_000]
        reference = _fit(_columns(known))
        limits = JointLimits(separation=0.0, reconstruction=0.0)  # the evidence alone must hold
        for start in range(5_000, 10_000, 500):
            flagged += compare_jointly(reference, _columns(rows[start : start + 500]), limits=limits).drifted
    assert flagged <= 2


def test_a_million_rows_would_not_make_a_trifle_drift():
    rng = np.random.default_rng(72)
    reference = _fit(_tied(rng.normal(size=(50_000, 3)), 0.5))
    result = compare_jointly(reference, _tied(rng.normal(size=(20_000, 3)), 0.45))
    assert result.separation_p < 0.01 and not result.drifted


def test_the_file_form_gives_the_same_answer_and_stays_small():
    rng = np.random.default_rng(73)
    columns = _columns(rng.normal(size=(2_000, 20)))
    reference = _fit(columns)
    data = reference.to_bytes()
    window = _columns(rng.normal(size=(400, 20)))
    again = MultivariateReference.from_bytes(data)
    assert compare_jointly(again, window) == compare_jointly(reference, window)
    assert again.to_bytes() == data and len(data) < 1_000_000
    for broken in (b"", data[:-1], data + b"x", b"other" + data, data[:200]):
        with pytest.raises(UserError, match="no joint reference"):
            MultivariateReference.from_bytes(broken)


def test_categories_and_numbers_are_judged_together():
    rng = np.random.default_rng(74)

    def draw(rows, matching):
        recipe = rng.choice(["A", "B"], rows)
        pressure = rng.normal(size=rows) + np.where((recipe == "A") == matching, 1.5, -1.5)
        return {"recipe": recipe.astype(object), "pressure": pressure, "shift": rng.choice([True, False], rows)}

    kinds = {"recipe": ColumnKind.CATEGORICAL, "pressure": N, "shift": ColumnKind.BOOLEAN}
    reference = MultivariateReference.fit(draw(3_000, True), kinds)
    assert not compare_jointly(reference, draw(800, True)).drifted
    assert compare_jointly(reference, draw(800, False)).drifted


def test_missing_values_are_counted_and_take_the_centre():
    rng = np.random.default_rng(75)
    reference = _fit(_columns(rng.normal(size=(2_000, 3))))
    window = rng.normal(size=(500, 3))
    window[:20, 1] = np.nan
    window[5, 2] = np.inf
    result = compare_jointly(reference, _columns(window))
    assert dict(result.missing) == {"f1": 20, "f2": 1} and not result.drifted


def test_an_off_manifold_window_has_a_larger_reconstruction_error():
    rng = np.random.default_rng(76)

    def draw(rows, noise):
        return _columns(rng.normal(size=(rows, 2)) @ rng_mix + noise * rng.normal(size=(rows, 6)))

    rng_mix = rng.normal(size=(2, 6))
    reference = _fit(draw(4_000, 0.2))
    rebuilt = compare_jointly(reference, draw(1_000, 0.6)).reconstruction
    assert rebuilt.error.low > rebuilt.usual_high and rebuilt.effect > 1 and rebuilt.p_value < 1e-6
    same = compare_jointly(reference, draw(1_000, 0.2)).reconstruction
    assert same.usual_low < same.error.value < same.usual_high


def test_constant_columns_and_few_rows_are_no_trouble():
    rng = np.random.default_rng(77)
    columns = {"x": rng.normal(size=500), "still": np.ones(500), "empty": np.full(500, np.nan)}
    reference = _fit(columns)
    assert not compare_jointly(reference, columns).drifted
    little = compare_jointly(reference, {name: values[:50] for name, values in columns.items()})
    assert not little.enough_data and not little.drifted and little.p_value is None
    assert json.loads(json.dumps(little.to_json(), allow_nan=False))["reconstruction"] is None
    json.dumps(compare_jointly(reference, columns).to_json(), allow_nan=False)


def test_what_cannot_be_asked_is_said():
    columns = {"x": np.zeros(500)}
    with pytest.raises(UserError, match="takes 200"):
        _fit({"x": np.zeros(199)})
    with pytest.raises(UserError, match="has no kind"):
        MultivariateReference.fit(columns, {})
    with pytest.raises(UserError, match="no column"):
        MultivariateReference.fit({}, {})
    with pytest.raises(UserError, match="no column 'x'"):
        compare_jointly(_fit(columns), {"y": np.zeros(500)})
