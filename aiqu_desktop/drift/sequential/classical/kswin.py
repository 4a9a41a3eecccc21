"""KSWIN: Kolmogorov-Smirnov between the newest values of a sliding window and a sample of its older ones."""

from __future__ import annotations

import random
from functools import lru_cache
from typing import Any

import numpy as np

from aiqu_desktop.drift.sequential.classical.detector import Scanner, first_true
from aiqu_desktop.drift.values import Floats, Ints

_LEAST_DISTANCE = 0.1  # River detects nothing below, however small the p-value


class Kswin(Scanner):
    """KSWIN (C. Raab, M. Heusinger & F.-M. Schleif, Neurocomputing 416, 2020), as River has it.

    alpha: level of each test. window: values looked at. newest: of them, against a sample of as many of the others.
    seed: of the samples. They are those that River draws with the same seed, unless `newest` is below 21 and the window
    large, where Python draws samples in another way.
    """

    NAME = "kswin"
    BLOCK = 2048
    _recent: Floats
    _random: random.Random

    def __init__(self, alpha: float = 0.005, window: int = 100, newest: int = 30, seed: int = 0) -> None:
        if not 0.0 <= alpha <= 1.0 or not 1 <= newest <= window - newest:
            raise ValueError("KSWIN needs alpha in [0, 1] and a window of at least twice its newest values.")
        self.alpha, self.window, self.newest, self.seed = alpha, window, newest, seed
        self._critical = critical_distance(alpha, newest)
        super().__init__()

    def _scan(self, block: Floats) -> int | None:
        values = np.concatenate((self._recent, block))
        tests = max(values.size - self.window + 1, 0)
        if tests and self._critical is not None:
            older = self.window - self.newest
            chosen = _shuffled(self._draws(tests), older)  # [newest, tests]
            # ranks sort faster than values; the lowest bit tells which sample a value is of
            ranks = np.unique(values, return_inverse=True)[1].astype(np.int32) << 1
            moments = np.arange(tests)[:, None]
            both = np.concatenate(
                (ranks[chosen.T + moments], ranks[moments + older + np.arange(self.newest)] | 1), axis=1
            )
            hit = first_true(_distances(both) >= self._critical)
            if hit is not None:
                return hit + self.window - 1 - int(self._recent.size)
        self._recent = values[max(values.size - self.window + 1, 0) :].copy()
        return None

    def _draws(self, tests: int) -> Ints:
        """Random numbers below older, older - 1, … for each test, [newest, tests], as Python's `sample` draws them."""
        older = self.window - self.newest
        plan = [(limit, limit.bit_length()) for limit in range(older, older - self.newest, -1)]
        bits = self._random.getrandbits
        drawn = []
        for _ in range(tests):
            for limit, width in plan:
                number = bits(width)
                while number >= limit:
                    number = bits(width)
                drawn.append(number)
        return np.array(drawn, dtype=np.int64).reshape(tests, self.newest).T

    def _clear(self) -> None:
        self._recent = np.empty(0)
        self._random = random.Random(self.seed)

    def _parameters(self) -> dict[str, Any]:
        return {"alpha": self.alpha, "window": self.window, "newest": self.newest, "seed": self.seed}

    def _numbers(self) -> dict[str, Any]:
        return {"recent": self._recent.tolist(), "random": list(self._random.getstate()[1])}

    def _restore(self, numbers: dict[str, Any]) -> None:
        self._recent = np.array(numbers["recent"], dtype=np.float64)
        self._random.setstate((3, tuple(numbers["random"]), None))


@lru_cache(maxsize=32)
def critical_distance(alpha: float, size: int) -> int | None:
    """Least Kolmogorov-Smirnov distance of two samples of `size`, times `size`, whose exact p-value is <= alpha."""
    from scipy import stats  # a second to load: paid when it is used

    places = np.arange(size, dtype=np.float64)
    for steps in range(1, size + 1):
        if steps / size > _LEAST_DISTANCE and stats.ks_2samp(places, places + steps - 0.5).pvalue <= alpha:
            return steps
    return None


def _shuffled(draws: Ints, older: int) -> Ints:
    """Which of the `older` values each sample takes, [newest, tests]: a drawn one is replaced by the last."""
    newest, tests = draws.shape
    pool = np.repeat(np.arange(older), tests).reshape(older, tests)
    flat = pool.reshape(-1)
    chosen = np.empty_like(draws)
    columns = np.arange(tests)
    for step in range(newest):
        place = draws[step] * tests + columns
        chosen[step] = flat[place]
        flat[place] = pool[older - step - 1]
    return chosen


def _distances(both: np.ndarray[Any, np.dtype[np.int32]]) -> Ints:
    """Kolmogorov-Smirnov distances times the sample size, [tests], from ranks with the sample in the lowest bit."""
    both.sort(axis=1)
    ahead = np.cumsum(1 - 2 * (both & 1), axis=1, dtype=np.int32)
    ranks = both >> 1
    ahead[:, :-1][ranks[:, 1:] == ranks[:, :-1]] = 0  # equal values step together
    return np.asarray(np.abs(ahead).max(axis=1), dtype=np.int64)
