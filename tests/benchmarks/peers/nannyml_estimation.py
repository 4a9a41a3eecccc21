"""NannyML's performance estimation, run with NannyML's own interpreter; prints JSON on the last line.

    nannyml_estimation.py prepare FOLDER [ELEC2.CSV]   write cases from NannyML's own data sets, and from Elec2 with a
                                                       LightGBM classifier trained on its first 5,000 rows
    nannyml_estimation.py estimate CASE.npz            CBPE or DLE with its defaults on one case

A case: `task`, `size` (rows a window), and for reference and analysis `<part>_labels`, `<part>_predictions` and, for
classification, `<part>_scores` [rows, classes], for regression `<part>_features` [rows, features].
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import nannyml as nml
import numpy as np
import pandas as pd
from lightgbm import LGBMClassifier

CLASSIFICATION = ("accuracy", "f1", "roc_auc", "precision", "recall")
REGRESSION = ("mae", "rmse")


def with_targets(analysis: pd.DataFrame, targets: pd.DataFrame) -> pd.DataFrame:
    """The analysis rows with their labels, joined by what both have, or else row by row."""
    shared = next((name for name in targets.columns if name in analysis.columns), None)
    return analysis.merge(targets, on=shared) if shared else analysis.join(targets)


def binary(folder: Path, name: str, loaded, score: str, label: str, size: int) -> None:
    reference, analysis, targets = loaded
    if label not in analysis:
        analysis = with_targets(analysis, targets)
    parts = {}
    for part, rows in (("reference", reference), ("analysis", analysis)):
        rows = rows.dropna(subset=[score, label])
        positive = rows[score].to_numpy(dtype=float)
        predictions = rows["y_pred"].to_numpy() if "y_pred" in rows else positive >= 0.5
        parts |= {
            f"{part}_scores": np.column_stack([1 - positive, positive]),
            f"{part}_predictions": predictions.astype(int),
            f"{part}_labels": rows[label].to_numpy().astype(int),
        }
    np.savez(folder / f"{name}.npz", task="classification", size=size, **parts)


def multiclass(folder: Path, name: str, loaded, scores: dict[str, str], label: str, size: int) -> None:
    reference, analysis, targets = loaded
    analysis = with_targets(analysis, targets)
    classes = sorted(scores)
    parts = {}
    for part, rows in (("reference", reference), ("analysis", analysis)):
        parts |= {
            f"{part}_scores": rows[[scores[c] for c in classes]].to_numpy(dtype=float),
            f"{part}_predictions": rows["y_pred"].map(classes.index).to_numpy(),
            f"{part}_labels": rows[label].map(classes.index).to_numpy(),
        }
    np.savez(folder / f"{name}.npz", task="classification", size=size, **parts)


def regression(folder: Path) -> None:
    reference, analysis, targets = nml.load_synthetic_car_price_dataset()
    analysis = with_targets(analysis, targets)
    names = ["car_age", "km_driven", "price_new", "accident_count", "door_count", "fuel", "transmission"]
    parts = {}
    for part, rows in (("reference", reference), ("analysis", analysis)):
        coded = rows[names].copy()
        for column in ("fuel", "transmission"):
            order = sorted(reference[column].unique())
            coded[column] = coded[column].map(order.index)
        parts |= {
            f"{part}_features": coded.to_numpy(dtype=float),
            f"{part}_predictions": rows["y_pred"].to_numpy(dtype=float),
            f"{part}_labels": rows["y_true"].to_numpy(dtype=float),
        }
    np.savez(folder / "nannyml_car_price.npz", task="regression", size=2000, **parts)


def elec2(folder: Path, file: str) -> None:
    rows = pd.read_csv(file)
    labels = rows["class"].to_numpy(dtype=int)
    features = rows.drop(columns="class").to_numpy(dtype=float)
    model = LGBMClassifier(n_estimators=60, random_state=0, verbose=-1, n_jobs=1).fit(features[:5000], labels[:5000])
    scores = model.predict_proba(features)
    parts = {}
    for part, kept in (("reference", slice(5000, 12000)), ("analysis", slice(12000, None))):
        parts |= {
            f"{part}_scores": scores[kept],
            f"{part}_predictions": scores[kept].argmax(axis=1),
            f"{part}_labels": labels[kept],
        }
    np.savez(folder / "elec2.npz", task="classification", size=1000, **parts)


def prepare(folder: Path, file: str | None) -> list[str]:
    loan = nml.load_synthetic_car_loan_dataset()
    binary(folder, "nannyml_car_loan", loan, "y_pred_proba", "repaid", 2000)
    housing = nml.load_modified_california_housing_dataset()
    binary(folder, "nannyml_housing", housing, "y_pred_proba", "clf_target", 300)
    work = nml.load_us_census_ma_employment_data()
    binary(folder, "nannyml_employment", work, "predicted_probability", "employed", 3000)
    cards = {f"{name}_card": f"y_pred_proba_{name}_card" for name in ("prepaid", "highstreet", "upmarket")}
    multiclass(folder, "nannyml_cards", nml.load_synthetic_multiclass_classification_dataset(), cards, "y_true", 2000)
    regression(folder)
    if file:
        elec2(folder, file)
    return sorted(path.stem for path in folder.glob("*.npz"))


def classification_answer(case) -> tuple[dict[str, list[float]], dict]:
    classes = case["reference_scores"].shape[1]

    def frame(part: str) -> pd.DataFrame:
        rows = pd.DataFrame({f"s{k}": case[f"{part}_scores"][:, k] for k in range(classes)})
        labels, predictions = case[f"{part}_labels"], case[f"{part}_predictions"]
        rows["y_true"] = labels if classes == 2 else [f"c{k}" for k in labels]
        rows["y_pred"] = predictions if classes == 2 else [f"c{k}" for k in predictions]
        return rows

    estimator = nml.CBPE(
        y_pred="y_pred",
        y_true="y_true",
        y_pred_proba="s1" if classes == 2 else {f"c{k}": f"s{k}" for k in range(classes)},
        problem_type="classification_binary" if classes == 2 else "classification_multiclass",
        metrics=list(CLASSIFICATION),
        chunk_size=int(case["size"]),
    )
    return estimate(estimator, frame, CLASSIFICATION)


def regression_answer(case) -> tuple[dict[str, list[float]], dict]:
    features = [f"f{k}" for k in range(case["reference_features"].shape[1])]

    def frame(part: str) -> pd.DataFrame:
        rows = pd.DataFrame(case[f"{part}_features"], columns=features)
        rows["y_pred"], rows["y_true"] = case[f"{part}_predictions"], case[f"{part}_labels"]
        return rows

    estimator = nml.DLE(
        feature_column_names=features,  # it adds the prediction itself
        y_pred="y_pred",
        y_true="y_true",
        metrics=list(REGRESSION),
        chunk_size=int(case["size"]),
    )
    return estimate(estimator, frame, REGRESSION)


def estimate(estimator, frame, metrics):
    reference, analysis = frame("reference"), frame("analysis")
    started = time.perf_counter()
    estimator.fit(reference)
    fitted = time.perf_counter()
    found = estimator.estimate(analysis.drop(columns="y_true")).filter(period="analysis").to_df()
    seconds = {"fit": fitted - started, "estimate": time.perf_counter() - fitted}
    answer = {}
    for name in metrics:
        rows = found[name]
        answer[name] = {
            key: [float(value) for value in rows[column]]
            for key, column in (
                ("value", "value"),
                ("low", "lower_confidence_boundary"),
                ("high", "upper_confidence_boundary"),
            )
        }
    return answer, seconds


def main() -> None:
    if sys.argv[1] == "prepare":
        print(json.dumps(prepare(Path(sys.argv[2]), sys.argv[3] if len(sys.argv) > 3 else None)))
        return
    with np.load(sys.argv[2]) as case:
        answer, seconds = (classification_answer if str(case["task"]) == "classification" else regression_answer)(case)
    print(json.dumps({"estimates": answer, "seconds": seconds}))


if __name__ == "__main__":
    main()
