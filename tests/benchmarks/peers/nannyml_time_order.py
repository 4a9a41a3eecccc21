"""NannyML's realized performance over chunks in time order; run by NannyML's own interpreter.

    nannyml_time_order.py LOSSES.npz

LOSSES.npz holds `losses` (0/1, [rows]) and `head`: how many of them, the first, are the reference. Prints one JSON
object: for each size of chunk and width of the limits (deviations of the reference's chunks) the last row of each chunk
whose accuracy is below the limit while the one before was not.
"""

from __future__ import annotations

import json
import sys

import numpy as np
import pandas as pd
from nannyml import PerformanceCalculator
from nannyml.thresholds import StandardDeviationThreshold

SIZES = (100, 200, 500, 1_000)
WIDTHS = (3, 5, 8)


def alarms(losses: np.ndarray, head: int, size: int, width: int) -> list[int]:
    rows = pd.DataFrame({"y_true": 0, "y_pred": losses.astype(int), "y_pred_proba": losses.astype(float)})
    rows.loc[:, "y_true"] = np.arange(losses.size) % 2  # both classes must occur; wrong where the loss is 1
    rows["y_pred"] = np.where(losses > 0, 1 - rows["y_true"], rows["y_true"])
    calculator = PerformanceCalculator(
        y_true="y_true",
        y_pred="y_pred",
        y_pred_proba="y_pred_proba",
        problem_type="classification_binary",
        metrics=["accuracy"],
        chunk_size=size,
        thresholds={"accuracy": StandardDeviationThreshold(width, width)},
    ).fit(rows.iloc[:head])
    found = calculator.calculate(rows.iloc[head:]).filter(period="analysis").to_df()
    value, lower = found[("accuracy", "value")].to_numpy(), found[("accuracy", "lower_threshold")].to_numpy()
    beyond = value < lower
    ends = found[("chunk", "end_index")].to_numpy().astype(int) + head
    return [int(end) for end in ends[beyond & ~np.concatenate(([False], beyond[:-1]))]]


def main(path: str) -> None:
    stored = np.load(path)
    losses, head = stored["losses"], int(stored["head"])
    answer = {
        f"NannyML, chunks of {size}, {width} deviations": alarms(losses, head, size, width)
        for size in SIZES
        if head >= 4 * size
        for width in WIDTHS
    }
    print(json.dumps(answer))


main(sys.argv[1])
