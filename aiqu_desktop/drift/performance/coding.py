"""Labels and predictions as they arrive, brought to class codes row by row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.drift.values import Floats, Ints, as_categories


@dataclass(frozen=True, slots=True)
class CodedRows:
    """The labelled rows of a sample.

    names: the model's classes first, then others that were met. n_classes: how many of them are the model's.
    rows: [labelled] row numbers in the input, in order. labels, answers: [labelled] indices into `names`; an answer of
    len(names) is a missing prediction. total: rows of the input.
    """

    names: tuple[str, ...]
    n_classes: int
    rows: Ints
    labels: Ints
    answers: Ints
    total: int

    @property
    def table(self) -> Floats:
        """Counts [labels, predictions]; the last row is empty and the last column counts the missing predictions."""
        size = len(self.names) + 1
        counts = np.bincount(self.labels * size + self.answers, minlength=size * size)
        return counts.astype(np.float64).reshape(size, size)


def code_rows(labels: NDArray[Any], predictions: NDArray[Any], classes: Sequence[str] = ()) -> CodedRows:
    """Codes of the rows that have a label.

    labels, predictions: class names [rows], missing as None or NaN.
    Raises:
        UserError: if the lengths differ.
    """
    truth, answers = as_categories(labels), as_categories(predictions)
    if len(truth) != len(answers):
        raise UserError(f"There are {len(truth)} labels and {len(answers)} predictions; give one of each a row.")
    names = {str(name): index for index, name in enumerate(classes)}
    n_classes = len(names)
    for met in sorted({name for name in (*truth, *answers) if name is not None}):
        names.setdefault(met, len(names))
    rows = [row for row, label in enumerate(truth) if label is not None]
    missing = len(names)
    return CodedRows(
        tuple(names),
        n_classes,
        np.array(rows, dtype=np.int64),
        np.array([names[label] for label in truth if label is not None], dtype=np.int64),
        np.array([missing if (name := answers[row]) is None else names[name] for row in rows], dtype=np.int64),
        len(truth),
    )


def fitting_scores(scores: Any, coded: CodedRows) -> Floats:
    """`scores` of the labelled rows, [labelled, classes].

    Raises:
        UserError: if the scores do not fit the rows and the classes.
    """
    given = np.asarray(scores, dtype=np.float64)
    if given.shape != (coded.total, coded.n_classes):
        raise UserError(
            f"The scores have shape {given.shape}, not ({coded.total}, {coded.n_classes}); give rows by classes."
        )
    return given[coded.rows]
