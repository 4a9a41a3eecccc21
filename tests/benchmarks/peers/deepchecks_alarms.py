"""deepchecks' feature drift on windows without drift, by its condition's default; run by its own interpreter.

Given and printed: as `answers.print_flagged` says.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from answers import feature_names, print_flagged
from deepchecks.tabular import Dataset
from deepchecks.tabular.checks import FeatureDrift

LIMIT = 0.2  # the default of `add_condition_drift_score_less_than` for numeric features


def flagged_features(reference: np.ndarray, windows: np.ndarray) -> list[int]:
    """Features flagged in each window."""
    names = feature_names(reference)
    known = Dataset(pd.DataFrame(reference, columns=names), cat_features=[])
    counts = []
    for window in windows:
        seen = Dataset(pd.DataFrame(window, columns=names), cat_features=[])
        found = FeatureDrift(n_top_columns=len(names)).run(known, seen).value
        counts.append(sum(found[name]["Drift score"] >= LIMIT for name in names))
    return counts


print_flagged(flagged_features)
