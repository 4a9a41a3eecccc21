"""A model's input schema: the named, typed columns that its observations must carry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.core.words import ColumnKind, Task

# The product's own columns in observation and label files and in the store. No feature may bear such a name, in
# whatever case: Parquet readers, DuckDB among them, take "A" and "a" for one column.
OWN_COLUMNS = ("id", "event_time", "prediction", "served_digest", "label", "labelled_at", "received_at")


@dataclass(frozen=True, slots=True)
class Feature:
    """One input column.

    low, high: the accepted range in `unit` (numeric and integer), inclusive; None means no limit.
    categories: the accepted values of a categorical column, in encoding order.
    importance: share of the model's decision that rests on it, 0 to 1; None where not measured.
    """

    name: str
    kind: ColumnKind
    unit: str = ""
    low: float | None = None
    high: float | None = None
    categories: tuple[str, ...] = ()
    importance: float | None = None


@dataclass(frozen=True, slots=True)
class InputSchema:
    """What goes in and what comes out of a model.

    classes: the class names in the order of the score columns (classification only).
    unit: the unit of prediction and label (regression only).
    """

    task: Task
    features: tuple[Feature, ...]
    classes: tuple[str, ...] = ()
    unit: str = ""

    @property
    def feature_names(self) -> tuple[str, ...]:
        return tuple(feature.name for feature in self.features)

    @property
    def score_columns(self) -> tuple[str, ...]:
        """`score_<class>` for each class; none for a regression."""
        return tuple(f"score_{name}" for name in self.classes)

    def to_json(self) -> dict[str, Any]:
        """A plain dictionary, ready for json.dumps."""
        return {
            "task": self.task.value,
            "classes": list(self.classes),
            "unit": self.unit,
            "features": [
                {
                    "name": f.name,
                    "kind": f.kind.value,
                    "unit": f.unit,
                    "low": f.low,
                    "high": f.high,
                    "categories": list(f.categories),
                    "importance": f.importance,
                }
                for f in self.features
            ],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> InputSchema:
        """Read what `to_json` wrote.

        Raises:
            UserError: if a field is missing or of the wrong type.
        """
        try:
            features = tuple(
                Feature(
                    name=str(f["name"]),
                    kind=ColumnKind(f["kind"]),
                    unit=str(f.get("unit", "")),
                    low=_number(f.get("low")),
                    high=_number(f.get("high")),
                    categories=tuple(str(c) for c in f.get("categories", ())),
                    importance=_number(f.get("importance")),
                )
                for f in data["features"]
            )
            schema = cls(
                task=Task(data["task"]),
                features=features,
                classes=tuple(str(c) for c in data.get("classes", ())),
                unit=str(data.get("unit", "")),
            )
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise UserError(f"The input schema cannot be read: {error!r}; build the bundle again.") from error
        if timed := [f.name for f in schema.features if f.kind is ColumnKind.TIMESTAMP]:
            raise UserError(f"The feature {timed[0]!r} is a time, which no model can take; give it as a number.")
        if len(set(schema.feature_names)) != len(schema.features):
            raise UserError("The input schema names a feature twice; give each feature its own name.")
        return schema


def _number(value: Any) -> float | None:
    return None if value is None else float(value)
