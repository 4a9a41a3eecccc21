"""e-values: evidence that may be multiplied, averaged and looked at whatever the dependence between tests.

An e-value has a mean of at most one when nothing changed; 20 is about as strong as p = 0.05, and stays honest when
tests share rows or a reference.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from aiqu_desktop.drift.evidence.online import Decisions, slow_weight
from aiqu_desktop.drift.values import Floats


def from_p_values(p_values: Floats) -> Floats:
    """An e-value for each p-value, p^(-1/2) / 2 (V. Vovk and R. Wang, Annals of Statistics 49, 2021); same shape."""
    return np.asarray(0.5 / np.sqrt(np.clip(p_values, 1e-300, 1.0)), dtype=np.float64)


def e_benjamini_hochberg(e_values: Floats) -> Floats:
    """The least false discovery rate at which each e-value is a discovery, whatever the dependence, [tests].

    R. Wang and A. Ramdas, "False discovery rate control with e-values", JRSS B 84 (2022).
    """
    count = e_values.size
    order = np.argsort(-e_values, kind="stable")
    with np.errstate(divide="ignore", over="ignore"):
        stepped = count / (np.arange(1, count + 1) * e_values[order])
    rates = np.empty(count)
    rates[order] = np.minimum(np.minimum.accumulate(stepped[::-1])[::-1], 1.0)
    return rates


class ELond:
    """Online false discovery rate from e-values, whatever their dependence, for ever.

    e-LOND (Z. Xu and A. Ramdas, "Online multiple testing with e-values", AISTATS 2024). alpha: the rate. state: what
    `state()` gave, to go on from there.
    Raises:
        ValueError: for an alpha outside (0, 1) or a state of another alpha.
    """

    def __init__(self, alpha: float = 0.05, state: Mapping[str, Any] | None = None) -> None:
        if not 0 < alpha < 1 or (state is not None and state["alpha"] != alpha):
            raise ValueError(f"alpha {alpha} must lie in (0, 1) and be that of the state")
        self.alpha = alpha
        self._tests = int(state["tests"]) if state else 0
        self._found = int(state["found"]) if state else 0

    def test(self, e_values: Floats) -> Decisions:
        """Decide some more tests, [tests]. A NaN is no test. levels: one over what each e-value had to reach."""
        levels = np.zeros(e_values.size)
        rejected = np.zeros(e_values.size, dtype=np.bool_)
        for index, e in enumerate(e_values.tolist()):
            if e != e:
                continue
            self._tests += 1
            levels[index] = level = self.alpha * slow_weight(self._tests) * (self._found + 1)
            rejected[index] = e >= 1.0 / level
            self._found += int(rejected[index])
        return Decisions(rejected, levels)

    def state(self) -> dict[str, Any]:
        """A plain dictionary, ready for json.dumps."""
        return {"alpha": self.alpha, "tests": self._tests, "found": self._found}
