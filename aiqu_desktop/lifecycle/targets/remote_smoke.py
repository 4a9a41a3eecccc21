"""Golden cases answered by an engine: the questions are made here, and the answers are judged here."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.core.schema import InputSchema
from aiqu_desktop.inference import GoldenCases, OnnxModel, Predictions
from aiqu_desktop.inference.encode import Columns
from aiqu_desktop.lifecycle.targets.target import Smoke
from aiqu_desktop.line.protocol import GOLDEN_FILE, MODEL_FILE, SCHEMA_FILE

Ask = Callable[[OnnxModel, Mapping[str, NDArray[Any]]], Sequence[Any]]


@dataclass(frozen=True, slots=True)
class _Remote:
    """Stands for the model on the engine: takes and gives what the staged model does."""

    model: OnnxModel
    ask: Ask

    @property
    def schema(self) -> InputSchema:
        return self.model.schema

    def predict(self, columns: Columns) -> Predictions:
        return self.model.exchange.predict(columns, lambda feeds: self.ask(self.model, feeds))


def staged_schema(files: Mapping[str, bytes]) -> InputSchema:
    """The input schema among a version's staged files.

    Raises:
        UserError: if it cannot be read.
    """
    return InputSchema.from_json(json.loads(files[SCHEMA_FILE]))


def answer_golden_cases(files: Mapping[str, bytes], ask: Ask) -> Smoke:
    """Put every golden case to an engine.

    Args:
        files: model.onnx, golden.json and schema.json of the version.
        ask: gives the outputs, by their order, for the arrays of the inputs by name; a UserError fails all cases.
    Raises:
        AiquError: what `ask` raises otherwise.
    """
    model = OnnxModel.from_bytes(files[MODEL_FILE], staged_schema(files))
    cases = GoldenCases.from_bytes(files[GOLDEN_FILE])
    return judged(cases, _Remote(model, ask))


def judged(cases: GoldenCases, predictor: Any) -> Smoke:
    """How the predictor answered, with the first complaint."""
    try:
        result = cases.run(predictor)
    except (ValueError, TypeError, OverflowError) as error:
        # What came back has not even the form of an answer: that is the engine's fault, and no proof.
        raise UserError(f"The answers to the golden cases cannot be read ({error}).") from error
    return Smoke(result.passed, result.total, result.largest_error, result.failures[0] if result.failures else "")
