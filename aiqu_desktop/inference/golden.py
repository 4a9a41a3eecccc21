"""Golden cases: inputs with the answers that the model gave when it was accepted.

A model that answers them within the tolerance on this machine is the model that was accepted, run by a
runtime that computes as its author's did.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.core.schema import InputSchema
from aiqu_desktop.core.words import ColumnKind, Task
from aiqu_desktop.inference.exchange import Predictions, Predictor


@dataclass(frozen=True, slots=True)
class GoldenCase:
    """One input (None where missing) and the accepted answer; `scores` by class, empty for a regression."""

    features: Mapping[str, float | str | bool | None]
    prediction: str | float
    scores: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class GoldenResult:
    """How a model answered its golden cases.

    largest_error: the largest |answer − accepted| / max(1, |accepted|) over predicted numbers and scores.
    failures: one sentence for each case that failed.
    """

    passed: int
    total: int
    largest_error: float
    failures: tuple[str, ...]

    @property
    def ok(self) -> bool:
        return self.passed == self.total


@dataclass(frozen=True, slots=True)
class GoldenCases:
    """The golden cases of one version; `tolerance` bounds what `GoldenResult.largest_error` measures."""

    tolerance: float
    cases: tuple[GoldenCase, ...]

    @classmethod
    def from_bytes(cls, data: bytes) -> GoldenCases:
        """Read a golden.json.

        Raises:
            UserError: if it is not one, or holds no case: an empty list would prove nothing.
        """
        try:
            content = json.loads(data)
            cases = tuple(
                GoldenCase(
                    features=dict(case["features"]),
                    prediction=case["prediction"],
                    scores={str(name): float(score) for name, score in (case.get("scores") or {}).items()},
                )
                for case in content["cases"]
            )
            tolerance = float(content["tolerance"])
        except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
            raise UserError(f"The golden cases cannot be read ({error!r}); build the bundle again.") from error
        if not cases:
            raise UserError("The golden cases are empty, so nothing would be proven; build the bundle again.")
        if not 0 <= tolerance < np.inf:
            raise UserError(f"The golden cases' tolerance {tolerance} is not a bound; build the bundle again.")
        return cls(tolerance, cases)

    def run(self, model: Predictor) -> GoldenResult:
        """Ask the model every case; a model that cannot answer fails them all."""
        try:
            answers = model.predict(self.columns(model.schema))
        except UserError as error:
            return GoldenResult(0, len(self.cases), float("inf"), (str(error),))
        failures: list[str] = []
        largest = 0.0
        for place, case in enumerate(self.cases):
            error_size, complaint = self._compare(place, case, answers, model)
            largest = max(largest, error_size)
            if complaint:
                failures.append(complaint)
        return GoldenResult(len(self.cases) - len(failures), len(self.cases), largest, tuple(failures))

    def columns(self, schema: InputSchema) -> dict[str, NDArray[Any]]:
        """The cases' inputs, one array of all cases a feature.

        Raises:
            UserError: if a case lacks a feature.
        """
        columns: dict[str, NDArray[Any]] = {}
        for feature in schema.features:
            absent = [n for n, case in enumerate(self.cases, 1) if feature.name not in case.features]
            if absent:
                raise UserError(f"Golden case {absent[0]} lacks the feature {feature.name!r}.")
            values = [case.features[feature.name] for case in self.cases]
            if feature.kind is ColumnKind.CATEGORICAL:
                columns[feature.name] = np.array(values, dtype=object)
            else:
                columns[feature.name] = np.array([np.nan if v is None else v for v in values], dtype=object)
        return columns

    def _compare(self, place: int, case: GoldenCase, answers: Predictions, model: Predictor) -> tuple[float, str]:
        """(error, "" or what is wrong) of one case."""
        name = f"Golden case {place + 1} of {len(self.cases)}"
        if model.schema.task is Task.REGRESSION:
            try:
                size = _error(float(answers.values[place]), float(case.prediction))
            except (TypeError, ValueError):
                return float("inf"), f"{name} expects {case.prediction!r}, which is not a number."
            wrong = f"{name} gave {answers.values[place]:.6g}, accepted was {float(case.prediction):.6g}."
            return size, "" if size <= self.tolerance else wrong
        if answers.scores is None or set(case.scores) - set(model.schema.classes):
            return float("inf"), f"{name} expects scores of classes that the schema does not name."
        column = {label: index for index, label in enumerate(model.schema.classes)}
        given = answers.scores[place]
        size = max((_error(float(given[column[c]]), score) for c, score in case.scores.items()), default=0.0)
        if str(answers.values[place]) != str(case.prediction):
            return size, f"{name} gave {answers.values[place]}, accepted was {case.prediction}."
        wrong = f"{name} gave scores off by {size:.2g}, allowed is {self.tolerance:.2g}."
        return size, "" if size <= self.tolerance else wrong


def _error(given: float, accepted: float) -> float:
    """|given − accepted| / max(1, |accepted|); infinite when only one is a number, 0 when neither is."""
    if np.isfinite(given) and np.isfinite(accepted):
        return abs(given - accepted) / max(1.0, abs(accepted))
    same = given == accepted or (np.isnan(given) and np.isnan(accepted))
    return 0.0 if same else float("inf")
