"""NannyML's univariate drift calculator on windows without drift, by its defaults; run by its own interpreter.

Given and printed: as `answers.print_flagged` says.
"""

from __future__ import annotations

import nannyml
import numpy as np
import pandas as pd
from answers import feature_names, print_flagged


def flagged_features(reference: np.ndarray, windows: np.ndarray) -> list[int]:
    """Features flagged in each window."""
    names = feature_names(reference)
    calculator = nannyml.UnivariateDriftCalculator(column_names=names, chunk_size=windows.shape[1])
    calculator.fit(pd.DataFrame(reference, columns=names))
    rows = pd.DataFrame(windows.reshape(-1, windows.shape[2]), columns=names)
    found = calculator.calculate(rows).filter(period="analysis").to_df()
    alerts = found.loc[:, [column for column in found.columns if column[-1] == "alert"]]
    return alerts.sum(axis=1).astype(int).tolist()


print_flagged(flagged_features)
