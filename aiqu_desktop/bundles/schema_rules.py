"""Which input schemas a bundle may carry, and when a version's schema fits its model's."""

from __future__ import annotations

import math
from collections.abc import Iterable

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.core.schema import OWN_COLUMNS, Feature, InputSchema
from aiqu_desktop.core.words import ColumnKind, Task

# Names that observation and label files use themselves, and DuckDB's name for the place of a row in a Parquet file.
_TAKEN = frozenset(name.casefold() for name in (*OWN_COLUMNS, "file_row_number"))
_SCORE = "score_"


def checked_schema(schema: InputSchema) -> InputSchema:
    """`schema` itself, if a model can be run and watched with it.

    Raises:
        UserError: on the first thing that does not hold together.
    """
    if not schema.features:
        raise UserError("The input schema has no features; name at least one.")
    for feature in schema.features:
        _check(feature)
    if pair := _same_but_for_case(schema.feature_names):
        raise UserError(f"The features {pair[0]!r} and {pair[1]!r} differ by case only; rename one of them.")
    classes = schema.classes
    if schema.task is Task.CLASSIFICATION and (len(classes) < 2 or len(set(classes)) != len(classes) or "" in classes):
        raise UserError("The input schema of a classifier names its classes, two or more, each once; correct them.")
    if pair := _same_but_for_case(classes):
        raise UserError(f"The classes {pair[0]!r} and {pair[1]!r} differ by case only; rename one of them.")
    if schema.task is Task.REGRESSION and classes:
        raise UserError("The input schema of a regression names classes; leave them out or change the task.")
    return schema


def _check(feature: Feature) -> None:
    name = feature.name
    if not name.strip() or not name.isprintable() or len(name) > 200:
        raise UserError(f"{name[:40]!r} cannot be a feature's name; use 1 to 200 printable characters.")
    if name.casefold() in _TAKEN or name.casefold().startswith(_SCORE):
        raise UserError(f"{name!r} cannot be a feature's name, because observation files use it; rename the feature.")
    categorical = feature.kind is ColumnKind.CATEGORICAL
    if bool(feature.categories) != categorical or len(set(feature.categories)) != len(feature.categories):
        wanted = "names its categories, each once" if categorical else "has no categories"
        raise UserError(f"A {feature.kind} feature {wanted}; correct {name!r} in the input schema.")
    low, high = feature.low, feature.high
    if any(limit is not None and not math.isfinite(limit) for limit in (low, high)) or (
        low is not None and high is not None and low > high
    ):
        raise UserError(f"The accepted range of {name!r} is {low} to {high}; correct it in the input schema.")
    if feature.importance is not None and not 0 <= feature.importance <= 1:
        raise UserError(f"The importance of {name!r} is {feature.importance:g}; it is a share between 0 and 1.")


def _same_but_for_case(names: Iterable[str]) -> tuple[str, str] | None:
    """The first two names that a reader which ignores case, as DuckDB does, takes for one column."""
    seen: dict[str, str] = {}
    for name in names:
        other = seen.setdefault(name.casefold(), name)
        if other != name:
            return other, name
    return None


def difference(model: InputSchema, version: InputSchema) -> str:
    """The first thing in which a version's schema does not fit its model's, in words; empty when it fits.

    The order of features and classes is the version's own affair (columns are found by name), and so are accepted
    ranges, categories and importances. Names, kinds, units, the task and the set of classes are the model's contract.
    """
    if model.task is not version.task:
        return f"the task is {version.task}, the model's is {model.task}"
    known, given = ({f.name: f for f in schema.features} for schema in (model, version))
    if lacking := [name for name in known if name not in given]:
        return f"the feature {_some(lacking)} is missing"
    if extra := [name for name in given if name not in known]:
        return f"the feature {_some(extra)} is not one of the model's"
    for name, feature in given.items():
        if feature.kind is not known[name].kind:
            return f"the feature {name!r} is {feature.kind}, the model's is {known[name].kind}"
        if feature.unit != known[name].unit:
            return f"the feature {name!r} is in {feature.unit or 'no unit'}, the model's is in {known[name].unit!r}"
    if odd := sorted(set(model.classes) ^ set(version.classes)):
        side = "missing" if odd[0] in model.classes else "not one of the model's"
        return f"the class {_some(odd[:1])} is {side}"
    if model.unit != version.unit:
        return f"the prediction is in {version.unit or 'no unit'}, the model's is in {model.unit or 'no unit'}"
    return ""


def _some(names: Iterable[str]) -> str:
    first, *others = names
    return f"{first!r} (and {len(others)} more)" if others else repr(first)
