"""Labelled observations of a window, in the order in which their labels became known."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from aiqu_desktop.core.schema import InputSchema
from aiqu_desktop.core.words import Task
from aiqu_desktop.ingest import Window
from aiqu_desktop.monitoring.performance.judgement import LabelledRows
from aiqu_desktop.monitoring.performance.losses import Floats


def labelled_rows(window: Window, schema: InputSchema) -> LabelledRows:
    """The rows of a window that was asked for with `labelled_only`; a tie keeps the order of the events."""
    known = as_seconds(window.columns["labelled_at"])
    order = np.argsort(known, kind="stable")
    labels, predictions = window.columns["label"][order], window.columns["prediction"][order]
    if schema.task is Task.REGRESSION:
        labels, predictions = labels.astype(np.float64), predictions.astype(np.float64)
    return LabelledRows(
        known_at=known[order],
        event_time=as_seconds(window.columns["event_time"])[order],
        labels=labels,
        predictions=predictions,
        classes=schema.classes,
    )


def as_seconds(instants: npt.NDArray[Any]) -> Floats:
    """Seconds since 1970 UTC of datetime64 values, [rows]."""
    seconds: Floats = instants.astype("datetime64[us]").astype(np.int64) / 1e6
    return seconds
