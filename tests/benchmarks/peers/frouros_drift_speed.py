"""frouros' PSI, Kolmogorov-Smirnov and Wasserstein, column by column, by their defaults; run by its own interpreter.

Given and printed: as `answers.print_seconds` says.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from answers import print_seconds
from frouros.detectors.data_drift import EMD, PSI, KSTest


def ways(reference: np.ndarray, current: np.ndarray) -> dict[str, Callable[[], object]]:
    """What is timed, by name."""
    made: dict[str, list] = {"psi": [], "ks": [], "wasserstein": []}
    for feature in range(reference.shape[1]):
        for name, kind in (("psi", PSI), ("ks", KSTest), ("wasserstein", EMD)):
            detector = kind()
            detector.fit(X=reference[:, feature])
            made[name].append(detector)

    def run(name: str) -> object:
        return [detector.compare(X=current[:, feature]) for feature, detector in enumerate(made[name])]

    return {name: lambda n=name: run(n) for name in made}


print_seconds(ways)
