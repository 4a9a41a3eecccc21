"""One column at a time: effects and test statistics."""

from aiqu_desktop.drift.univariate.cramer_von_mises import cramer_von_mises, cramer_von_mises_p
from aiqu_desktop.drift.univariate.numeric import cramer_von_mises_bound, grid_distances, wasserstein_bound
from aiqu_desktop.drift.univariate.significance import chi_squared, chi_squared_p, g_test, kolmogorov_smirnov_p
from aiqu_desktop.drift.univariate.window import WindowCounter

__all__ = [
    "WindowCounter",
    "chi_squared",
    "chi_squared_p",
    "cramer_von_mises",
    "cramer_von_mises_bound",
    "cramer_von_mises_p",
    "g_test",
    "grid_distances",
    "kolmogorov_smirnov_p",
    "wasserstein_bound",
]
