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

The rooms hold more than this front door shows: `profiles`, `univariate`, `multivariate`, `evidence`, `segments`,
`explain`, `sequential` (with `sequential.classical`), `estimation` and `performance`.
"""

from aiqu_desktop.drift.estimation import (
    estimate_classification,
    estimate_regression,
    estimator_error,
    fit_cbpe,
    fit_dle,
    label_delay,
)
from aiqu_desktop.drift.evidence import AlarmBudget, OnlineFdr, benjamini_hochberg, block_permutation_p, holm
from aiqu_desktop.drift.intervals import Estimate, bootstrap_interval, mean_interval, wilson
from aiqu_desktop.drift.multivariate import MultivariateReference, compare_jointly
from aiqu_desktop.drift.performance import (
    CostMatrix,
    classification_metrics,
    compare_accuracy,
    compare_losses,
    confusion_matrix,
    regression_metrics,
    summary,
)
from aiqu_desktop.drift.profiles import ProfileBuilder, merge
from aiqu_desktop.drift.profiles.profile import (
    CategoricalProfile,
    ColumnProfile,
    NumericProfile,
    ReferenceProfile,
    build_profile,
)
from aiqu_desktop.drift.quality import FeatureQuality, QualityResult, count_quality
from aiqu_desktop.drift.results import ColumnDrift, DriftLimits, DriftResult
from aiqu_desktop.drift.segments import segment_losses, worst_segment
from aiqu_desktop.drift.sequential import (
    Baseline,
    EDetector,
    confidence_sequence,
    limit_for,
    risk_e_process,
    windowed_band,
)
from aiqu_desktop.drift.sequential.changepoint import onset
from aiqu_desktop.drift.verdict import compare, compare_samples

__all__ = [
    "AlarmBudget",
    "Baseline",
    "CategoricalProfile",
    "ColumnDrift",
    "ColumnProfile",
    "CostMatrix",
    "DriftLimits",
    "DriftResult",
    "EDetector",
    "Estimate",
    "FeatureQuality",
    "MultivariateReference",
    "NumericProfile",
    "OnlineFdr",
    "ProfileBuilder",
    "QualityResult",
    "ReferenceProfile",
    "benjamini_hochberg",
    "block_permutation_p",
    "bootstrap_interval",
    "build_profile",
    "classification_metrics",
    "compare",
    "compare_accuracy",
    "compare_jointly",
    "compare_losses",
    "compare_samples",
    "confidence_sequence",
    "confusion_matrix",
    "count_quality",
    "estimate_classification",
    "estimate_regression",
    "estimator_error",
    "fit_cbpe",
    "fit_dle",
    "holm",
    "label_delay",
    "limit_for",
    "mean_interval",
    "merge",
    "onset",
    "regression_metrics",
    "risk_e_process",
    "segment_losses",
    "summary",
    "wilson",
    "windowed_band",
    "worst_segment",
]
