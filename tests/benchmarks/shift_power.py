"""What shift of one feature of twenty a window of 1,000 rows can show at all, and what ours finds of it.

    python -m tests.benchmarks.shift_power [--windows 200] [--shifts 0.25 0.5 0.75 1.0 1.25]

Rows are independent, or AR(1) with factor 0.5 or 0.9; the reference has 10,000 rows in time order, the verdict 1 % for
all twenty features together. Beside ours stands what no test can pass. By the lemma of Neyman and Pearson the most
powerful test of a shift of a Gaussian AR(1) series whose parameters are known is that of its generalised
least-squares mean, which has the information 1 + (n - 1) (1 - f) / (1 + f) (U. Grenander and G. Szegő, "Toeplitz forms
and their applications", 1958, chapter 11): 53.6 independent rows in 1,000 for f = 0.9. Two clairvoyants are shown:

- "told all": knows mean, spread, factor, the direction and the very feature, and spends the whole 1 % on it;
- "not told which": knows the distribution of every feature but not which one moved nor to which side; 1 % over twenty
  features and two sides (Bonferroni, as for the most powerful test's critical value of a maximum of independent ones).

Prints one JSON object: for each world the shares of windows in which the shift is found, the false alarms of ours, and
the shifts that the clairvoyants find in 80 and in 99.9 % of windows, in standard deviations.
"""

from __future__ import annotations

import argparse
import json
from typing import Any

import numpy as np
from scipy import special

from aiqu_desktop.drift import DriftLimits, compare
from tests.benchmarks.false_alarms import FEATURES, WINDOW, as_columns, draw, profile_of

WORLDS = {"iid": 0.0, "ar 0.5": 0.5, "ar 0.9": 0.9}
LEVEL = 0.01
SHIFTS = (0.25, 0.5, 0.75, 1.0, 1.25)
_PER_REFERENCE = 20


def information(factor: float, rows: int = WINDOW) -> float:
    """Independent rows that tell as much about the mean as `rows` of an AR(1) series of unit variance."""
    return 1.0 + (rows - 1) * (1.0 - factor) / (1.0 + factor)


def clairvoyant(shift: float, factor: float, *, told: bool) -> float:
    """The power of the best possible test for a shift in standard deviations."""
    z = shift * np.sqrt(information(factor))
    if told:
        return float(special.ndtr(z - _critical(told=True)))
    critical = _critical(told=False)
    return float(special.ndtr(z - critical) + special.ndtr(-z - critical))


def smallest_shift(power: float, factor: float, *, told: bool) -> float:
    """The shift that the best possible test finds with a given power."""
    return float((_critical(told=told) + special.ndtri(power)) / np.sqrt(information(factor)))


def _critical(*, told: bool) -> float:
    return float(-special.ndtri(LEVEL if told else LEVEL / (2 * FEATURES)))


def ours(factor: float, seed: int, windows: int, shifts: tuple[float, ...]) -> dict[str, Any]:
    """Shares of windows flagged without a shift, and in which each shift is found; a fresh reference every 20."""
    limits = DriftLimits(alpha=LEVEL)
    flagged, found = 0, dict.fromkeys(shifts, 0)
    batches = -(-windows // _PER_REFERENCE)
    for batch in range(batches):
        reference, rows = draw(np.random.default_rng([3, seed, batch]), factor, False, _PER_REFERENCE)
        profile = profile_of(reference)
        for window in rows:
            columns = as_columns(window)
            flagged += compare(profile, columns, limits=limits).drifted
            for shift in shifts:
                moved = {**columns, "f007": columns["f007"] + shift}
                found[shift] += "f007" in compare(profile, moved, limits=limits).drifted_columns
    total = batches * _PER_REFERENCE
    return {"windows": total, "flagged": flagged / total, "found": {str(s): n / total for s, n in found.items()}}


def measure(windows: int, shifts: tuple[float, ...]) -> dict[str, Any]:
    answer: dict[str, Any] = {}
    for seed, (world, factor) in enumerate(WORLDS.items()):
        answer[world] = {"independent rows": round(information(factor), 1), "ours": ours(factor, seed, windows, shifts)}
        for name, told in (("told all", True), ("not told which", False)):
            answer[world][f"clairvoyant, {name}"] = {
                "found": {str(shift): round(clairvoyant(shift, factor, told=told), 3) for shift in shifts},
                "smallest shift": {str(p): round(smallest_shift(p, factor, told=told), 3) for p in (0.8, 0.999)},
            }
    return answer


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--windows", type=int, default=200)
    parser.add_argument("--shifts", type=float, nargs="*", default=SHIFTS)
    options = parser.parse_args()
    print(json.dumps(measure(options.windows, tuple(options.shifts)), indent=2))


if __name__ == "__main__":
    main()
