"""How far estimates without labels are from what the labels showed: ours beside NannyML's CBPE and DLE.

    python -m tests.benchmarks.estimation_error [--elec2 FILE.csv] [--only NAME] [--folder FOLDER]

Prints one JSON object. By case and figure: mean |estimate - realised| over the windows of the analysis, and the share
of windows whose realised figure lay in the band (ours: 95 %; NannyML's: three standard errors). `reference` is the
error of saying "as on the reference". Cases: shifts planted in synthetic data, NannyML's own data sets, the demo's gas
and machine models in time order, and Elec2 when its file is given. NannyML must have been made
(`python -m tests.benchmarks.peers nannyml`).
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from scipy import special

from aiqu_desktop.drift import Estimate
from aiqu_desktop.drift.estimation import estimate_classification, estimate_regression, fit_cbpe, fit_dle
from aiqu_desktop.drift.estimation.expected import Judged
from tests.benchmarks.estimation_data import write_cases
from tests.benchmarks.peers import ask

PEER = Path(__file__).resolve().parent / "peers" / "nannyml_estimation.py"
FIGURES = {"classification": ("accuracy", "f1", "roc_auc", "precision", "recall"), "regression": ("mae", "rmse")}
MACRO = {"f1": "macro_f1", "precision": "macro_precision", "recall": "macro_recall"}  # of more than two classes
LEAST_WINDOWS = 5


def ours(case: Any, cuts: list[slice]) -> tuple[list[dict[str, Estimate]], dict[str, float]]:
    """Our estimates for each window, and seconds."""
    started = time.perf_counter()
    if str(case["task"]) == "regression":
        model = fit_dle(case["reference_features"], case["reference_predictions"], case["reference_labels"])
        fitted = time.perf_counter()
        found = [
            estimate_regression(model, case["analysis_features"][cut], case["analysis_predictions"][cut])
            for cut in cuts
        ]
    else:
        names = np.array([f"c{k}" for k in range(case["reference_scores"].shape[1])])
        calibration = fit_cbpe(
            case["reference_scores"],
            names[case["reference_predictions"]],
            names[case["reference_labels"]],
            names.tolist(),
        )
        fitted = time.perf_counter()
        found = [
            estimate_classification(calibration, case["analysis_scores"][cut], names[case["analysis_predictions"][cut]])
            for cut in cuts
        ]
    return found, {"fit": fitted - started, "estimate": time.perf_counter() - fitted}


def realised(case: Any, part: str, cut: slice) -> dict[str, float]:
    """What the labels showed."""
    labels, predictions = case[f"{part}_labels"][cut], case[f"{part}_predictions"][cut]
    if str(case["task"]) == "regression":
        errors = predictions - labels
        return {"mae": float(np.abs(errors).mean()), "rmse": float(np.sqrt((errors**2).mean()))}
    scores = case[f"{part}_scores"][cut]
    return Judged(scores, predictions).figures(np.eye(scores.shape[1])[labels])


def judge(case: Any, peer: dict[str, Any]) -> dict[str, Any]:
    """Errors and coverages of one case, by figure."""
    size, rows = int(case["size"]), case["analysis_labels"].size
    cuts = [slice(start, start + size) for start in range(0, rows - size + 1, size)]
    found, seconds = ours(case, cuts)
    truth = [realised(case, "analysis", cut) for cut in cuts]
    before = realised(case, "reference", slice(None))
    several = str(case["task"]) == "classification" and case["reference_scores"].shape[1] > 2
    report: dict[str, Any] = {}
    for name in FIGURES[str(case["task"])]:
        key = MACRO.get(name, name) if several else name
        shown = np.array([window.get(key, np.nan) for window in truth])
        mine = np.array([
            [w[key].value, w[key].low, w[key].high] if key in w else [np.nan] * 3 for w in found
        ])  # fmt: skip
        theirs = np.column_stack([peer["estimates"][name][part][: len(cuts)] for part in ("value", "low", "high")])
        both = np.isfinite(shown) & np.isfinite(mine[:, 0]) & np.isfinite(theirs[:, 0])
        if both.any():
            report[name] = {
                "windows": int(both.sum()),
                **{f"{who}_error": float(np.abs(values[both, 0] - shown[both]).mean())
                   for who, values in (("our", mine), ("nannyml", theirs))},
                "reference_error": float(np.abs(before[key] - shown[both]).mean()),
                **{f"{who}_coverage": float(
                       np.mean((values[both, 1] <= shown[both]) & (shown[both] <= values[both, 2])))
                   for who, values in (("our", mine), ("nannyml", theirs))},
                **{f"{who}_width": float(np.mean(values[both, 2] - values[both, 1]))
                   for who, values in (("our", mine), ("nannyml", theirs))},
            }  # fmt: skip
            report[name] = {key: round(value, 5) for key, value in report[name].items()}
    report["seconds"] = {
        f"{who}_{part}": round(value, 3)
        for who, times in (("our", seconds), ("nannyml", peer["seconds"]))
        for part, value in times.items()
    }
    return report


def overall(report: dict[str, Any]) -> dict[str, Any]:
    """Geometric mean over the cases of our error by NannyML's, and where NannyML's was smaller, by figure.

    interval: 95 % for the ratio on other cases like these (t of the log ratios). Cases of fewer than five windows are
    left out: the error of one window is luck.
    """
    answer: dict[str, Any] = {}
    for name in ("accuracy", "f1", "roc_auc", "precision", "recall", "mae", "rmse"):
        pairs = {case: (rows[name]["our_error"], rows[name]["nannyml_error"])
                 for case, rows in report.items()
                 if name in rows and rows[name]["windows"] >= LEAST_WINDOWS}  # fmt: skip
        pairs = {case: pair for case, pair in pairs.items() if min(pair) > 0}
        if pairs:
            ratios = {case: mine / theirs for case, (mine, theirs) in pairs.items()}
            logs = np.log(list(ratios.values()))
            spread = float(logs.std(ddof=1)) if logs.size > 1 else float("inf")
            half = float(special.stdtrit(max(1, logs.size - 1), 0.975)) * spread / np.sqrt(logs.size)
            answer[name] = {
                "ratio": round(float(np.exp(logs.mean())), 3),
                "interval": [round(float(np.exp(logs.mean() + side * half)), 3) for side in (-1, 1)],
                "nannyml_better": {case: round(ratio, 3) for case, ratio in ratios.items() if ratio > 1.0},
                "cases": len(ratios),
            }
    return answer


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--elec2", type=Path, help="the Elec2 data as CSV")
    parser.add_argument("--only", default="", help="cases whose name holds this")
    parser.add_argument("--folder", type=Path, help="keep the cases and NannyML's answers here, and use those there")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.folder or Path(temporary)
        if not any(folder.glob("*.npz")):
            folder.mkdir(parents=True, exist_ok=True)
            write_cases(folder)
            ask("nannyml", PEER, "prepare", str(folder), *([str(options.elec2.resolve())] if options.elec2 else []))
        report = {}
        for file in sorted(folder.glob(f"*{options.only}*.npz" if options.only else "*.npz")):
            kept = file.with_suffix(".json")
            if not kept.exists():
                kept.write_text(json.dumps(ask("nannyml", PEER, "estimate", str(file))))
            with np.load(file) as case:
                report[file.stem] = judge(case, json.loads(kept.read_text()))
    print(json.dumps({"overall": overall(report), "cases": report}, indent=2))


if __name__ == "__main__":
    main()
