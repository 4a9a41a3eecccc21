"""Statistics: how far a window's columns have moved from the reference. Pure functions over NumPy arrays.

>>> import numpy as np
>>> from aiqu_desktop.core.words import ColumnKind
>>> from aiqu_desktop.drift import ReferenceProfile, build_profile, compare
>>> rng = np.random.default_rng(0)
>>> kinds = {"pressure": ColumnKind.NUMERIC, "recipe": ColumnKind.CATEGORICAL}
>>> reference = {"pressure": rng.normal(5.0, 0.1, 5000), "recipe": rng.choice(["A", "B"], 5000)}
>>> profile = ReferenceProfile.from_bytes(build_profile(reference, kinds).to_bytes())
>>> window = {"pressure": rng.normal(5.05, 0.1, 1000), "recipe": rng.choice(["A", "B"], 1000)}
>>> result = compare(profile, window)
>>> result.drifted_columns
('pressure',)
>>> round(result.columns[0].effect, 1), result.columns[0].effect_name
(0.5, 'wasserstein')
"""

from aiqu_desktop.drift.evidence.multiple import benjamini_hochberg, holm
from aiqu_desktop.drift.intervals import Estimate, bootstrap_interval, mean_interval, wilson
from aiqu_desktop.drift.performance.metrics import classification_metrics, regression_metrics, summary
from aiqu_desktop.drift.profiles.profile import (
    CategoricalProfile,
    ColumnProfile,
    NumericProfile,
    ReferenceProfile,
    build_profile,
)
from aiqu_desktop.drift.quality import FeatureQuality, QualityResult, count_quality
from aiqu_desktop.drift.results import ColumnDrift, DriftLimits, DriftResult
from aiqu_desktop.drift.sequential.changepoint import onset
from aiqu_desktop.drift.verdict import compare, compare_samples

__all__ = [
    "CategoricalProfile",
    "ColumnDrift",
    "ColumnProfile",
    "DriftLimits",
    "DriftResult",
    "Estimate",
    "FeatureQuality",
    "NumericProfile",
    "QualityResult",
    "ReferenceProfile",
    "benjamini_hochberg",
    "bootstrap_interval",
    "build_profile",
    "classification_metrics",
    "compare",
    "compare_samples",
    "count_quality",
    "holm",
    "mean_interval",
    "onset",
    "regression_metrics",
    "summary",
    "wilson",
]
