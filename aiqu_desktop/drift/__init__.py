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

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
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

_HOMES = {
    "AlarmBudget": "evidence",
    "Baseline": "sequential",
    "CategoricalProfile": "profiles.profile",
    "ColumnDrift": "results",
    "ColumnProfile": "profiles.profile",
    "CostMatrix": "performance",
    "DriftLimits": "results",
    "DriftResult": "results",
    "EDetector": "sequential",
    "Estimate": "intervals",
    "FeatureQuality": "quality",
    "MultivariateReference": "multivariate",
    "NumericProfile": "profiles.profile",
    "OnlineFdr": "evidence",
    "ProfileBuilder": "profiles",
    "QualityResult": "quality",
    "ReferenceProfile": "profiles.profile",
    "benjamini_hochberg": "evidence",
    "block_permutation_p": "evidence",
    "bootstrap_interval": "intervals",
    "build_profile": "profiles.profile",
    "classification_metrics": "performance",
    "compare": "verdict",
    "compare_accuracy": "performance",
    "compare_jointly": "multivariate",
    "compare_losses": "performance",
    "compare_samples": "verdict",
    "confidence_sequence": "sequential",
    "confusion_matrix": "performance",
    "count_quality": "quality",
    "estimate_classification": "estimation",
    "estimate_regression": "estimation",
    "estimator_error": "estimation",
    "fit_cbpe": "estimation",
    "fit_dle": "estimation",
    "holm": "evidence",
    "label_delay": "estimation",
    "limit_for": "sequential",
    "mean_interval": "intervals",
    "merge": "profiles",
    "onset": "sequential.changepoint",
    "regression_metrics": "performance",
    "risk_e_process": "sequential",
    "segment_losses": "segments",
    "summary": "performance",
    "wilson": "intervals",
    "windowed_band": "sequential",
    "worst_segment": "segments",
}


def __getattr__(name: str) -> Any:
    """Import a name when it is asked for: `aiqu drift` must not wait for what only a model's checks need."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
