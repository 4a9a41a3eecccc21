"""The Cramér-von Mises test against SciPy, and the distance of the grid within its bound of the exact one."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from aiqu_desktop.core.words import ColumnKind
from aiqu_desktop.drift.univariate import cramer_von_mises, cramer_von_mises_bound, cramer_von_mises_p, grid_distances
from aiqu_desktop.drift.univariate.numeric import exact_distances
from tests.drift.samples import SHAPES, numeric_profile


@pytest.mark.parametrize("shape", ["normal", "laplace", "student", "lognormal"])
@pytest.mark.parametrize("sizes", [(40, 35), (300, 312), (5_000, 1_000)])
@pytest.mark.parametrize("shift", [0.0, 0.1, 0.5])
def test_statistic_and_p_value_equal_scipys(shape, sizes, shift):
    rng = np.random.default_rng(1)
    reference, current = SHAPES[shape](rng, sizes[0], 0.0), SHAPES[shape](rng, sizes[1], shift)
    expected = stats.cramervonmises_2samp(reference, current, method="asymptotic")
    statistic = cramer_von_mises(reference, current)
    p_value = cramer_von_mises_p(np.array([statistic]), np.array([sizes[0]]), np.array([sizes[1]]))[0]
    assert statistic == pytest.approx(expected.statistic, rel=1e-9, abs=1e-9)
    assert p_value == pytest.approx(expected.pvalue, abs=2e-6)  # SciPy cuts its series at 1e-7
    squared = exact_distances(reference, current).cramer_von_mises ** 2
    assert statistic == pytest.approx(squared * sizes[0] * sizes[1] / sum(sizes), rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("kind", [ColumnKind.NUMERIC, ColumnKind.INTEGER])
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("sizes", [(312, 300), (10_000, 1_000), (20_000, 20_000)], ids=str)
@pytest.mark.parametrize("shift", [0.0, 0.25, 3.0])
def test_the_distance_of_the_grid_keeps_its_bound(shape, kind, sizes, shift):
    rng = np.random.default_rng(2)
    reference, current = SHAPES[shape](rng, sizes[0], 0.0), SHAPES[shape](rng, sizes[1], shift)
    if kind is ColumnKind.INTEGER:
        reference, current = np.rint(reference), np.rint(current)
    profile = numeric_profile(reference, kind)
    grid, exact = grid_distances(profile, current), exact_distances(reference, current)
    assert 0 <= grid.cramer_von_mises <= 1
    bound = cramer_von_mises_bound(profile, current) + 1e-12
    assert abs(grid.cramer_von_mises**2 - exact.cramer_von_mises**2) <= bound
