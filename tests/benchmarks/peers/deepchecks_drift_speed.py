"""deepchecks' feature drift by its defaults, over all rows; run by its own interpreter.

Given and printed: as `answers.print_seconds` says.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from answers import feature_names, print_seconds
from deepchecks.tabular import Dataset
from deepchecks.tabular.checks import FeatureDrift


def ways(reference: np.ndarray, current: np.ndarray) -> dict[str, Callable[[], object]]:
    """What is timed, by name."""
    names = feature_names(reference)
    known = Dataset(pd.DataFrame(reference, columns=names), cat_features=[])
    seen = Dataset(pd.DataFrame(current, columns=names), cat_features=[])
    rows = len(reference)
    check = FeatureDrift(n_top_columns=len(names), n_samples=rows)
    return {"default": lambda: check.run(known, seen).value}


print_seconds(ways)
