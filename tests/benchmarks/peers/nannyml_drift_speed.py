"""NannyML's univariate drift calculator by its defaults and with one chunk; run by its own interpreter.

Given and printed: as `answers.print_seconds` says.
"""

from __future__ import annotations

from collections.abc import Callable

import nannyml
import numpy as np
import pandas as pd
from answers import feature_names, print_seconds


def ways(reference: np.ndarray, current: np.ndarray) -> dict[str, Callable[[], object]]:
    """What is timed, by name."""
    names = feature_names(reference)
    known, seen = pd.DataFrame(reference, columns=names), pd.DataFrame(current, columns=names)
    calculators = {
        "default": nannyml.UnivariateDriftCalculator(column_names=names),
        "one chunk": nannyml.UnivariateDriftCalculator(column_names=names, chunk_number=1),
    }
    for calculator in calculators.values():
        calculator.fit(known)
    return {name: lambda c=calculator: c.calculate(seen).to_df() for name, calculator in calculators.items()}


print_seconds(ways)
