"""Measures every version on every month that it could have been live, by its ONNX file, and writes the table."""

from __future__ import annotations

import numpy as np

from demo_training import plant
from demo_training.bundle import LABELS, PRIMARY, Built
from demo_training.versions import CONCENTRATION, MACHINE

_COLUMN = {"accuracy": "accuracy", "mae": "MAE, ppmv", "balanced_accuracy": "balanced accuracy"}


def monthly(built: list[Built], source: plant.Plant) -> str:
    """A Markdown table of one model: versions down, the plant's months across, in brackets those trained on."""
    model = built[0].recipe.model
    month = source.month
    live = [int(number) for number in np.unique(month) if number >= 3]
    groups = [live[i : i + 6] for i in range(0, len(live), 6)] if model == MACHINE else [[number] for number in live]
    heads = [f"{g[0]}-{g[-1]}" if len(g) > 1 else str(g[0]) for g in groups]
    lines = [
        f"| {model} | held out | " + " | ".join(heads) + " |",
        "|---" * (len(groups) + 2) + "|",
        "| rows | | " + " | ".join(str(int(np.isin(month, group).sum())) for group in groups) + " |",
    ]
    labels = source.columns[LABELS[model]]
    for item in built:
        values = item.model.predict({name: source.columns[name] for name in source.features}).values
        cells = []
        for group in groups:
            rows = np.isin(month, group)
            text = _figure(model, labels[rows], values[rows])
            seen = item.recipe.first <= group[-1] and group[0] <= item.recipe.last
            cells.append(f"[{text}]" if seen else text)
        primary = item.metrics[PRIMARY[model]]
        digits = 1 if model == CONCENTRATION else 3
        own = f"{primary['value']:.{digits}f} ({primary['low']:.{digits}f} to {primary['high']:.{digits}f})"
        lines.append(f"| v{item.recipe.version} {_COLUMN[PRIMARY[model]]} | {own} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def out_of_range(built: Built, source: plant.Plant) -> float:
    """Share of the cells, from the day the version is ready, that lie outside its schema's ranges."""
    ready = source.columns["event_time"] >= np.datetime64(built.recipe.available)
    outside = total = 0
    for feature in built.model.schema.features:
        if feature.low is None or feature.high is None:
            continue
        values = source.columns[feature.name][ready]
        outside += int(((values < feature.low) | (values > feature.high)).sum())
        total += len(values)
    return outside / total


def _figure(model: str, labels: np.ndarray, values: np.ndarray) -> str:
    if model == CONCENTRATION:
        return f"{np.abs(values - labels).mean():.1f}"
    correct = labels.astype(str) == values.astype(str)
    if model == MACHINE:
        return f"{np.mean([correct[labels == name].mean() for name in np.unique(labels)]):.2f}"
    return f"{correct.mean():.2f}"
