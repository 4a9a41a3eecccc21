"""Evidently's drift preset by its defaults; run by its own interpreter.

Given and printed: as `answers.print_seconds` says.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from answers import feature_names, print_seconds
from evidently import Report
from evidently.presets import DataDriftPreset


def ways(reference: np.ndarray, current: np.ndarray) -> dict[str, Callable[[], object]]:
    """What is timed, by name."""
    names = feature_names(reference)
    known, seen = pd.DataFrame(reference, columns=names), pd.DataFrame(current, columns=names)
    return {"default": lambda: Report([DataDriftPreset()]).run(seen, known).dict()}


print_seconds(ways)
