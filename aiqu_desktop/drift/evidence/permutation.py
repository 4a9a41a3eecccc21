"""p-values by permuting blocks of rows: for statistics whose distribution under dependence nobody has written down.

Rows are exchanged between two samples in whole blocks, long enough that blocks hardly depend on each other (several
autocorrelation times); then, without a change, every way to deal the blocks out is about as likely as the one seen
(the block idea: S. Lahiri, "Resampling Methods for Dependent Data", 2003).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from aiqu_desktop.drift.values import Floats

BLOCK_TIMES = 5.0  # autocorrelation times in a block
LEAST_BLOCKS = 8  # of the smaller sample; with fewer a permutation says nothing
_SEED = 20_26


def block_permutation_p(
    reference: Floats,
    window: Floats,
    statistic: Callable[[Floats, Floats], Floats],
    *,
    time: float = 1.0,
    permutations: int = 999,
) -> float:
    """The share of ways to deal the blocks out with a statistic at least as large as the one seen.

    reference, window: [rows, columns], in time order. statistic: `statistic(means of the window, means of the
    reference)`, both [permutations, columns], gives [permutations]; so anything that is a function of column means.
    time: autocorrelation time in rows. The seed is fixed: the same data, the same answer. Too few blocks give 1.
    Raises:
        ValueError: if the samples have different columns.
    """
    if reference.shape[1:] != window.shape[1:]:
        raise ValueError(f"columns differ: {reference.shape[1:]} and {window.shape[1:]}")
    length = max(1, round(BLOCK_TIMES * (time - 1.0)) or 1)
    of_reference, of_window = _block_means(reference, length), _block_means(window, length)
    if min(len(of_reference), len(of_window)) < LEAST_BLOCKS:
        return 1.0
    blocks = np.concatenate((of_window, of_reference))
    count, taken = len(blocks), len(of_window)
    random = np.random.default_rng(_SEED)
    total = blocks.sum(axis=0)
    sums = np.empty((permutations + 1, blocks.shape[1]))
    sums[0] = of_window.sum(axis=0)
    for index in range(1, permutations + 1):
        sums[index] = blocks[random.choice(count, taken, replace=False)].sum(axis=0)
    found = statistic(sums / taken, (total - sums) / (count - taken))
    return float((1 + np.sum(found[1:] >= found[0] * (1.0 - 1e-12))) / (permutations + 1))


def _block_means(rows: Floats, length: int) -> Floats:
    count = len(rows) // length
    means: Floats = rows[: count * length].reshape(count, length, rows.shape[1]).mean(axis=1)
    return means
