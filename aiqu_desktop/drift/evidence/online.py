"""Online control of the false discovery rate: each test is decided as it comes, for ever, from a few numbers of state.

- "lord": LORD++ (A. Ramdas, F. Yang, M. Wainwright and M. Jordan, NeurIPS 2017).
- "saffron": SAFFRON (A. Ramdas, T. Zrnic, M. Wainwright and M. Jordan, ICML 2018): spends only on p-values below 1/2.
- "addis": ADDIS (J. Tian and A. Ramdas, NeurIPS 2019): also leaves out p-values too large to come from a fair test.

For these three the false discovery rate stays below alpha for independent tests; under dependence they are conservative
in practice but promise nothing. Where tests share a reference or rows, use "lond", LOND with reshaped levels (T. Zrnic,
A. Ramdas and M. Jordan, JMLR 22, 2021, for arbitrary dependence), or e-values with `e_values.ELond`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aiqu_desktop.drift.values import Floats

METHODS = ("lord", "saffron", "addis", "lond")
_KEPT = 256  # rejections whose own wealth is still paid out; older ones pay next to nothing
_LORD_CONSTANT = 0.07720838  # makes the sum of LORD's gamma 1 (A. Javanmard and A. Montanari, Annals of Stat. 46, 2018)
_POWER = 1.6  # SAFFRON's gamma, proportional to j^-1.6
_ZETA = 2.2857656557  # zeta(1.6)


@dataclass(frozen=True)
class Decisions:
    """rejected: whether each test is a discovery, [tests]; levels: what each p-value was held against, [tests]."""

    rejected: NDArray[np.bool_]
    levels: Floats


class OnlineFdr:
    """Decide p-values in the order in which they are given, which must not depend on their values.

    method: one of METHODS. alpha: the false discovery rate. state: what `state()` gave, to go on from there.
    Raises:
        ValueError: for an unknown method, an alpha outside (0, 1), or a state of another method or alpha.
    """

    def __init__(self, method: str = "saffron", alpha: float = 0.05, state: Mapping[str, Any] | None = None) -> None:
        if method not in METHODS or not 0 < alpha < 1:
            raise ValueError(f"method {method!r} must be one of {METHODS} and alpha {alpha} lie in (0, 1)")
        if state is not None and (state["method"], state["alpha"]) != (method, alpha):
            raise ValueError(f"the state is of {state['method']} at {state['alpha']}, not of {method} at {alpha}")
        self.method, self.alpha = method, alpha
        self._clock = int(state["clock"]) if state else 0  # tests that count for the method
        self._tests = int(state["tests"]) if state else 0
        self._found = int(state["found"]) if state else 0
        # For each discovery kept, the clock when it was made; the first is paid differently.
        self._first = int(state["first"]) if state and state["first"] is not None else None
        self._later = [int(at) for at in state["later"]] if state else []

    def test(self, p_values: Floats) -> Decisions:
        """Decide some more tests, [tests]. A NaN is no test: never rejected, and nothing is spent on it."""
        levels = np.zeros(p_values.size)
        rejected = np.zeros(p_values.size, dtype=np.bool_)
        for index, p in enumerate(p_values.tolist()):
            if math.isnan(p):
                continue
            levels[index] = level = self._level()
            rejected[index] = p <= level
            self._advance(p, bool(rejected[index]))
        return Decisions(rejected, levels)

    @property
    def level(self) -> float:
        """What the next p-value will be held against."""
        return self._level()

    def state(self) -> dict[str, Any]:
        """A plain dictionary, ready for json.dumps; of bounded size."""
        return {
            "method": self.method,
            "alpha": self.alpha,
            "clock": self._clock,
            "tests": self._tests,
            "found": self._found,
            "first": self._first,
            "later": list(self._later),
        }

    def _advance(self, p: float, rejected: bool) -> None:
        self._tests += 1
        counted = {"lord": True, "saffron": p > 0.5, "addis": 0.25 < p <= 0.5, "lond": True}[self.method]
        self._clock += counted
        if not rejected:
            return
        self._found += 1
        if self._first is None:
            self._first = self._clock
        else:
            self._later = [*self._later[-(_KEPT - 1) :], self._clock]

    def _level(self) -> float:
        if self.method == "lond":
            t = self._tests + 1  # log(t) + 1 is no less than the harmonic number
            return self.alpha * self._gamma(t) * (self._found + 1) / (math.log(t) + 1.0)
        start = 0.5 * self.alpha
        gain = start * self._gamma(self._clock + 1)
        if self._first is not None:
            gain += (self.alpha - start) * self._gamma(self._clock + 1 - self._first)
        gain += self.alpha * sum(self._gamma(self._clock + 1 - at) for at in self._later)
        if self.method == "lord":
            return gain
        if self.method == "saffron":
            return min(0.5, 0.5 * gain)
        return min(0.25, (0.5 - 0.25) * gain)

    def _gamma(self, j: int) -> float:
        if j < 1:
            return 0.0
        return j**-_POWER / _ZETA if self.method in ("saffron", "addis") else slow_weight(j)


def slow_weight(j: int) -> float:
    """The share of the whole budget that the j-th test gets, j >= 1: falls hardly faster than 1 / j and sums to one."""
    return _LORD_CONSTANT * math.log(max(j, 2)) / (j * math.exp(math.sqrt(math.log(j))))
