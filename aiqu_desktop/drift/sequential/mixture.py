"""Evidence against a mean, mixed over many bets: what the confidence sequences and the e-processes are made of.

For losses x in [0, 1] in time order let p_i = E[x_i | past] be whatever it is at each moment, S the sum of n losses and
P = (p_1 + … + p_n) / n. Two families of supermartingales, each for bets b > 0 that are fixed in advance:

- Bernoulli: exp(b S - n log(1 + P (e^b - 1))) is at most prod exp(b x_i) / (1 + p_i (e^b - 1)) (Jensen), a
  supermartingale because e^(b x) <= 1 + x (e^b - 1) on [0, 1]. The tighter one for 0/1 losses.
- Empirical Bernstein: exp(b (S - n P) - psi(b) V), psi(b) = -log(1 - b) - b, V = sum of (x_i - prediction_i)^2 with a
  prediction made before x_i is seen: Howard, Ramdas, McAuliffe & Sekhon, Annals of Statistics 49, 2021, theorem 4;
  Fan, Grama & Liu 2015. The tighter one for losses that vary little. It needs x_i >= 0 and prediction_i <= 1 only, so
  it holds for losses without an upper bound too.

A fixed weighted mean of them is again below a supermartingale that starts at one, so by Ville's inequality it passes
1/alpha at any time with a probability of at most alpha: no independence, no constant mean, no fixed sample size.
"""

from __future__ import annotations

import numpy as np
from scipy import special

from aiqu_desktop.drift.values import Floats

MEMORY = 256.0  # losses that the prediction of the next one looks back on
_KEEP = 1.0 - 1.0 / MEMORY

_BERNOULLI_BETS: Floats = 4.0 * np.float64(0.5) ** np.arange(16)
_BERNSTEIN_BETS: Floats = np.concatenate(([0.9], 0.5 ** np.arange(1, 15)))
_BERNOULLI_SHARE = 0.8
_BERNOULLI_ODDS: Floats = np.expm1(_BERNOULLI_BETS)
_BERNSTEIN_COST: Floats = -np.log1p(-_BERNSTEIN_BETS) - _BERNSTEIN_BETS
_BERNOULLI_LOG_WEIGHT = float(np.log(_BERNOULLI_SHARE / _BERNOULLI_BETS.size))
_BERNSTEIN_LOG_WEIGHT = float(np.log((1.0 - _BERNOULLI_SHARE) / _BERNSTEIN_BETS.size))
_NEWTON_STEPS = 8
_ROWS_AT_ONCE = 4096


def predictions(
    losses: Floats, centre: float | None, carried: tuple[float, float]
) -> tuple[Floats, tuple[float, float]]:
    """For each loss the exponentially weighted mean of those before it, and what to carry to the next block.

    `centre` counts as one loss before the first; None: the first loss itself does. `carried` is (weighted sum, weight)
    so far: (0, 0) at the start.
    """
    from scipy import signal  # a second to load: paid when it is used

    if losses.size == 0:
        return losses, carried
    prior = 0.0 if centre is None else 1.0
    if centre is None and carried[1] == 0.0:
        carried = (float(losses[0]), 1.0)
    sums, _ = signal.lfilter([1.0], [1.0, -_KEEP], losses, zi=[_KEEP * carried[0]])
    weights, _ = signal.lfilter([1.0], [1.0, -_KEEP], np.ones_like(losses), zi=[_KEEP * carried[1]])
    before = np.concatenate(([carried[0]], sums[:-1]))
    weight_before = np.concatenate(([carried[1]], weights[:-1]))
    return (before + prior * (centre or 0.0)) / (weight_before + prior), (float(sums[-1]), float(weights[-1]))


def log_evidence(mean: Floats, total: Floats, count: Floats, spread: Floats) -> Floats:
    """Log of the mixed evidence that the mean exceeds `mean`, per row. All [rows], in units of losses in [0, 1]."""
    rows = np.broadcast_shapes(mean.shape, total.shape, count.shape, spread.shape)
    columns = [np.broadcast_to(part, rows) for part in (mean, total, count, spread)]
    answer = np.empty(rows)
    for start in range(0, answer.size, _ROWS_AT_ONCE):
        part = slice(start, start + _ROWS_AT_ONCE)
        answer[part] = special.logsumexp(_exponents(*(column[part, None] for column in columns)), axis=1)
    return answer


def log_evidence_unbounded(excess: Floats, spread: Floats) -> Floats:
    """The same from empirical Bernstein alone, for losses >= 0 without upper bound; `excess`: S - n times the mean."""
    exponents = excess[:, None] * _BERNSTEIN_BETS - spread[:, None] * _BERNSTEIN_COST
    answer: Floats = special.logsumexp(exponents, axis=1) - np.log(_BERNSTEIN_BETS.size)
    return answer


def lower_mean(total: Floats, count: Floats, spread: Floats, log_limit: Floats) -> Floats:
    """Smallest mean in [0, 1] against which the evidence stays below exp(log_limit), per row [rows].

    The evidence is convex and falling in the mean, so Newton from below never passes the root: however many steps are
    taken, the bound is valid.
    """
    answer = np.empty(total.size)
    for start in range(0, total.size, _ROWS_AT_ONCE):
        part = slice(start, start + _ROWS_AT_ONCE)
        answer[part] = _lower_mean(total[part, None], count[part, None], spread[part, None], log_limit[part, None])
    return answer


def _lower_mean(total: Floats, count: Floats, spread: Floats, log_limit: Floats) -> Floats:
    safe = np.maximum(count, 1.0)
    bernoulli = np.expm1((_BERNOULLI_BETS * total + _BERNOULLI_LOG_WEIGHT - log_limit) / safe) / _BERNOULLI_ODDS
    price = log_limit - _BERNSTEIN_LOG_WEIGHT + _BERNSTEIN_COST * spread
    bernstein = (total - price / _BERNSTEIN_BETS) / safe
    mean = np.clip(np.maximum(bernoulli.max(axis=1), bernstein.max(axis=1)), 0.0, 1.0)[:, None]
    for _ in range(_NEWTON_STEPS):
        exponents = _exponents(mean, total, count, spread)
        peak = exponents.max(axis=1, keepdims=True)
        terms = np.exp(exponents - peak)
        mass = terms.sum(axis=1, keepdims=True)
        above = peak + np.log(mass) - log_limit
        falls = count * np.concatenate(
            [
                _BERNOULLI_ODDS / (1.0 + mean * _BERNOULLI_ODDS),
                np.broadcast_to(_BERNSTEIN_BETS, (count.shape[0], _BERNSTEIN_BETS.size)),
            ],
            axis=1,
        )
        slope = (terms * falls).sum(axis=1, keepdims=True) / mass
        mean = np.minimum(mean + np.maximum(above, 0.0) / np.maximum(slope, 1e-300), 1.0)
    bound: Floats = mean[:, 0]
    return bound


def _exponents(mean: Floats, total: Floats, count: Floats, spread: Floats) -> Floats:
    """Weighted log evidence of each bet, [rows, bets], from columns [rows, 1]."""
    bernoulli = _BERNOULLI_BETS * total - count * np.log1p(mean * _BERNOULLI_ODDS) + _BERNOULLI_LOG_WEIGHT
    bernstein = _BERNSTEIN_BETS * (total - count * mean) - _BERNSTEIN_COST * spread + _BERNSTEIN_LOG_WEIGHT
    return np.concatenate([bernoulli, bernstein], axis=1)
