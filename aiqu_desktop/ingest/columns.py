"""The columns of a model's observations and labels, in the order in which segments store them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.core.schema import OWN_COLUMNS, InputSchema
from aiqu_desktop.core.words import ColumnKind, Task

OBSERVATIONS = "observations"
LABELS = "labels"
SHADOW = "shadow"  # what a challenger answered beside the champion


class Form(StrEnum):
    """How a column is held: in memory as float64 (numbers, 0/1), object text or datetime64[us]."""

    NUMBER = "number"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    TEXT = "text"
    INSTANT = "instant"


_FORMS = {
    ColumnKind.NUMERIC: Form.NUMBER,
    ColumnKind.INTEGER: Form.INTEGER,
    ColumnKind.BOOLEAN: Form.BOOLEAN,
    ColumnKind.CATEGORICAL: Form.TEXT,
}


@dataclass(frozen=True, slots=True)
class Column:
    """One stored column.

    optional: the file may leave the whole column out.
    nullable: single values may be missing.
    choices: the only accepted texts; empty means any.
    share: numbers lie between 0 and 1.
    finite: numbers may not be infinite.
    """

    name: str
    form: Form
    optional: bool = False
    nullable: bool = True
    choices: tuple[str, ...] = ()
    share: bool = False
    finite: bool = False


def _answer(name: str, schema: InputSchema) -> Column:
    if schema.task is Task.CLASSIFICATION:
        return Column(name, Form.TEXT, nullable=False, choices=schema.classes)
    return Column(name, Form.NUMBER, nullable=False, finite=True)


@lru_cache(maxsize=64)
def observation_columns(schema: InputSchema) -> tuple[Column, ...]:
    """What an observation file carries and an observation segment stores.

    Raises:
        UserError: if feature names clash with each other or with the product's own columns (case does not count:
            Parquet readers, DuckDB among them, take "A" and "a" for one column).
    """
    columns = (
        Column("id", Form.TEXT, nullable=False),
        Column("event_time", Form.INSTANT, nullable=False),
        *(Column(feature.name, _FORMS[feature.kind]) for feature in schema.features),
        _answer("prediction", schema),
        *(Column(name, Form.NUMBER, nullable=False, share=True, finite=True) for name in schema.score_columns),
        Column("served_digest", Form.TEXT, optional=True),
    )
    seen = {name.casefold() for name in OWN_COLUMNS} - {"id", "event_time", "prediction", "served_digest"}
    for column in columns:
        if column.name.casefold() in seen:
            raise UserError(
                f'The input schema cannot be stored: the column "{column.name}" clashes with another of the same '
                "spelling; rename the feature."
            )
        seen.add(column.name.casefold())
    return columns


@lru_cache(maxsize=64)
def label_columns(schema: InputSchema) -> tuple[Column, ...]:
    """What a label file carries; segments add `received_at`, when the site took the label in."""
    return (
        Column("id", Form.TEXT, nullable=False),
        _answer("label", schema),
        Column("labelled_at", Form.INSTANT, optional=True),
    )


@lru_cache(maxsize=64)
def shadow_columns(schema: InputSchema) -> tuple[Column, ...]:
    """What a file of a shadow's answers carries: the features are in the champion's observations of the same ids."""
    return (
        Column("id", Form.TEXT, nullable=False),
        Column("event_time", Form.INSTANT, nullable=False),
        _answer("shadow_prediction", schema),
        Column("shadow_digest", Form.TEXT, nullable=False),
    )


RECEIVED_AT = Column("received_at", Form.INSTANT, nullable=False)


def columns_of(kind: str, schema: InputSchema) -> tuple[Column, ...]:
    """The columns of a file of `kind`: OBSERVATIONS, LABELS or SHADOW."""
    return {OBSERVATIONS: observation_columns, LABELS: label_columns, SHADOW: shadow_columns}[kind](schema)
