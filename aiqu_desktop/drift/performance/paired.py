"""Champion against challenger on the same rows: is the difference more than chance?

Both versions answered the same rows, so the rows' own difficulty cancels; and rows that follow each other are not
independent, so the evidence is that of n / tau rows, with tau the integrated autocorrelation time of the difference.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import special

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.drift.intervals import CONFIDENCE
from aiqu_desktop.drift.performance.coding import code_rows
from aiqu_desktop.drift.performance.widening import dependence, wilson_share
from aiqu_desktop.drift.values import Floats


@dataclass(frozen=True, slots=True)
class PairedComparison:
    """Challenger minus champion, with its 95 % interval.

    n: rows that both were judged on. effective_n: independent rows that they are worth. p_value: two-sided.
    """

    name: str
    champion: float
    challenger: float
    difference: float
    low: float
    high: float
    p_value: float
    n: int
    effective_n: float
    higher_is_better: bool

    @property
    def challenger_is_better(self) -> bool:
        """Whether the whole interval lies on the better side."""
        return self.low > 0.0 if self.higher_is_better else self.high < 0.0

    @property
    def challenger_is_worse(self) -> bool:
        """Whether the whole interval lies on the worse side."""
        return self.high < 0.0 if self.higher_is_better else self.low > 0.0


def compare_accuracy(
    labels: NDArray[Any], champion: NDArray[Any], challenger: NDArray[Any], *, dependent: bool = True
) -> PairedComparison | None:
    """Difference of two classifiers' accuracies, [rows] of class names each; rows without a label are left out.

    McNemar's mid-p test (M. Fagerland, S. Lydersen and P. Laake, BMC Medical Research Methodology 13:91, 2013) and the
    square-and-add interval (R. Newcombe, Statistics in Medicine 17:2635, 1998, method 10), both at the effective sample
    size. A missing prediction counts as wrong. None when no row has a label.
    Raises:
        UserError: if the lengths differ.
    """
    first, second = code_rows(labels, champion), code_rows(labels, challenger)
    n = first.rows.size
    if not n:
        return None
    old, new = first.labels == first.answers, second.labels == second.answers
    tau = dependence(new.astype(np.float64) - old, dependent=dependent)
    both, gained, lost, neither = (
        float(np.count_nonzero(kept)) / tau for kept in (new & old, new & ~old, old & ~new, ~new & ~old)
    )
    low, high = _square_and_add(both, gained, lost, neither)
    return PairedComparison(
        "accuracy",
        float(old.mean()),
        float(new.mean()),
        float(new.mean() - old.mean()),
        low,
        high,
        mcnemar_mid_p(gained, lost),
        n,
        n / tau,
        True,
    )


def compare_losses(
    name: str, champion: Floats, challenger: Floats, *, dependent: bool = True
) -> PairedComparison | None:
    """Difference of two mean losses, [rows] of absolute errors, log losses or costs; rows where one is missing go.

    Student's paired t at the effective sample size (for dependent rows: H. von Storch and F. Zwiers, "Statistical
    Analysis in Climate Research", 1999, section 6.6). None for fewer than two rows.
    Raises:
        UserError: if the lengths differ.
    """
    if champion.shape != challenger.shape:
        raise UserError(f"There are {champion.size} losses of one and {challenger.size} of the other; pair the rows.")
    usable = np.isfinite(champion) & np.isfinite(challenger)
    old, new = champion[usable], challenger[usable]
    n = old.size
    if n < 2:
        return None
    differences = new - old
    mean, deviation = float(differences.mean()), float(differences.std(ddof=1))
    effective = max(2.0, n / dependence(differences, dependent=dependent))
    error = deviation / math.sqrt(effective)
    half = float(special.stdtrit(effective - 1, 0.5 + CONFIDENCE / 2)) * error
    if error > 0.0:
        p_value = 2.0 * float(special.stdtr(effective - 1, -abs(mean) / error))
    else:
        p_value = 1.0 if mean == 0.0 else 0.0
    return PairedComparison(
        name, float(old.mean()), float(new.mean()), mean, mean - half, mean + half, p_value, n, effective, False
    )


def mcnemar_mid_p(gained: float, lost: float) -> float:
    """Two-sided mid-p of `gained` rows right only by one against `lost` only by the other; 1 for none of either.

    Counts divided by an autocorrelation time need not be whole: the binomial is continued by the beta function.
    """
    n, fewer = gained + lost, min(gained, lost)
    if n <= 0.0 or gained == lost:
        return 1.0
    below = float(special.betainc(n - fewer, fewer + 1.0, 0.5))
    log_point = special.gammaln(n + 1) - special.gammaln(fewer + 1) - special.gammaln(n - fewer + 1) - n * math.log(2)
    return min(1.0, max(0.0, 2.0 * below - math.exp(float(log_point))))


def _square_and_add(both: float, gained: float, lost: float, neither: float) -> tuple[float, float]:
    n = both + gained + lost + neither
    new, old = (both + gained) / n, (both + lost) / n
    new_low, new_high = wilson_share(new, n)
    old_low, old_high = wilson_share(old, n)
    margins = (both + gained) * (lost + neither) * (both + lost) * (gained + neither)
    surplus = both * neither - gained * lost
    if surplus > 0.0:
        surplus = max(0.0, surplus - n / 2)  # Newcombe's continuity correction of phi
    phi = surplus / math.sqrt(margins) if margins > 0.0 else 0.0
    below, above = new - new_low, old_high - old
    low = new - old - math.sqrt(max(0.0, below**2 - 2 * phi * below * above + above**2))
    above, below = new_high - new, old - old_low
    high = new - old + math.sqrt(max(0.0, above**2 - 2 * phi * above * below + below**2))
    return max(-1.0, low), min(1.0, high)
