"""Evidently's drift preset on windows without drift, by its defaults; run by its own interpreter.

Given and printed: as `answers.print_flagged` says.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from answers import feature_names, print_flagged
from evidently import Report
from evidently.presets import DataDriftPreset


def flagged_features(reference: np.ndarray, windows: np.ndarray) -> list[int]:
    """Features flagged in each window."""
    names = feature_names(reference)
    known = pd.DataFrame(reference, columns=names)
    counts = []
    for window in windows:
        run = Report([DataDriftPreset()]).run(pd.DataFrame(window, columns=names), known)
        drifted = next(m for m in run.dict()["metrics"] if "DriftedColumnsCount" in str(m))
        counts.append(int(drifted["value"]["count"]))
    return counts


print_flagged(flagged_features)
