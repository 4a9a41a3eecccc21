"""The Shiryaev-Roberts recursion R <- (R + 1) x factor over many bets and rows at once.

R is the sum, over every row that the change may have begun at, of the wealth of a bet started there. If each factor has
mean 1 or less given the past, R minus the number of rows is a supermartingale: the mean number of rows until R first
passes A is at least A, and the chance that it does so within n rows at most n / A (M. Pollak, Annals of Statistics 15,
1987; for bets without a model: J. Shin, A. Ramdas & A. Rinaldo, "E-detectors", 2022).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from aiqu_desktop.drift.values import Floats

_MOST_STEPS = 64


@dataclass(frozen=True, slots=True)
class Path:
    """The recursion after each of the rows.

    `evidence`: [rows], R over the bets by their shares. `last`: [2, bets], to go on from: R of each bet, and the sum of
    starting rows weighted by their wealth; their ratio is the onset that the bet expects.
    """

    evidence: Floats
    last: Floats


def scan(factors: Floats, numbers: Floats, start: Floats, shares: Floats) -> Path:
    """Run the recursion over `factors`, [rows, bets], each at least 0.

    numbers: [rows] the number of each row, which a candidate that begins there is entered under. start: [2, bets], R
    and the weighted sum of starting rows before the first row. shares: [bets], of all evidence; they sum to 1.

    One row's step is affine in R, so chunks of rows are run side by side from 0 and then joined: a Python loop over
    at most 64 steps instead of over rows. All terms are positive, so nothing cancels.
    """
    rows, bets = factors.shape
    steps = min(max(math.isqrt(rows), 1), _MOST_STEPS)
    chunks = -(-rows // steps)
    padded = np.ones((chunks * steps, bets))
    padded[:rows] = factors
    entries = np.zeros((chunks * steps, 2))
    entries[:rows, 0] = 1.0
    entries[:rows, 1] = numbers
    stepped = np.ascontiguousarray(padded.reshape(chunks, steps, bets).swapaxes(0, 1))
    entered = np.ascontiguousarray(entries.reshape(chunks, steps, 2).transpose(1, 2, 0))[..., np.newaxis]
    carried = np.empty((steps, chunks, bets))
    added = np.empty((steps, chunks, bets))
    # A row's factor may be anything up to 1 / baseline; past the limit, where nobody reads on, R may overflow.
    with np.errstate(over="ignore", invalid="ignore", under="ignore"):
        product: Floats = np.ones((chunks, bets))
        total: Floats = np.zeros((2, chunks, bets))
        for step in range(steps):
            product = np.multiply(product, stepped[step], out=carried[step])
            total += entered[step]
            total *= stepped[step]
            added[step] = total[0]
        starts = np.empty((chunks, bets))
        running = start
        for chunk in range(chunks):
            starts[chunk] = running[0]
            running = product[chunk] * running + total[:, chunk]
        evidence = (added @ shares).T + np.einsum("scb,cb->cs", carried, starts * shares)
    return Path(evidence.reshape(-1)[:rows], running)
