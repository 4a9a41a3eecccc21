"""The columns together: a change that no single column shows, such as two sensors that no longer move as one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.core.schema import InputSchema
from aiqu_desktop.drift.multivariate import JointLimits, JointResult, MultivariateReference, compare_jointly
from aiqu_desktop.monitoring.drift_reference import accepted_columns, like_column
from aiqu_desktop.monitoring.settings import DriftSettings
from aiqu_desktop.registry import Registry

Columns = Mapping[str, npt.NDArray[Any]]

_Key = tuple[int, str, tuple[str, ...], str]
_EVERYTHING = ""
# Fitted once a process, version and division; a version never changes. Only what has enough reference rows is in it.
_FITTED: WeakKeyDictionary[Registry, dict[_Key, dict[str, MultivariateReference]]] = WeakKeyDictionary()


@dataclass(frozen=True)
class JointLook:
    """like: the segment in which the columns were compared together; "" for the whole window."""

    like: str
    result: JointResult


def look_jointly(
    registry: Registry, version_id: int, schema: InputSchema, settings: DriftSettings, columns: Columns, alpha: float
) -> JointLook | None:
    """Compare a window's features together with the reference's, like with like; None where the reference is too small.

    columns: as `drift_reference.window_columns` gives them. Where like is compared with like, this is the segment with
    the smallest p-value, times the number of segments that were compared (Bonferroni).
    """
    fitted = _references(registry, version_id, schema, settings)
    if not fitted:
        return None
    like, share = like_column(settings), alpha / len(fitted)
    found = []
    for segment, reference in fitted.items():
        own = columns if segment == _EVERYTHING else _of(columns, columns[like] == segment)
        found.append(JointLook(segment, compare_jointly(reference, own, limits=JointLimits(alpha=share))))
    clearest = min(found, key=lambda one: (not one.result.drifted, _chance(one.result)))
    return replace(clearest, result=replace(clearest.result, p_value=_times(clearest.result.p_value, len(fitted))))


def _references(
    registry: Registry, version_id: int, schema: InputSchema, settings: DriftSettings
) -> dict[str, MultivariateReference]:
    known = _FITTED.setdefault(registry, {})
    key = (version_id, settings.compare_like, settings.shift_starts, settings.shift_zone)
    if key not in known:
        rows, like = accepted_columns(registry, version_id, schema, settings), like_column(settings)
        kinds = {feature.name: feature.kind for feature in schema.features if feature.name != like}
        parts = {_EVERYTHING: rows}
        if like:
            parts = {name: _of(rows, rows[like] == name) for name in sorted(set(rows[like].tolist()) - {None})}
        known[key] = {}
        for segment, own in parts.items():
            try:
                known[key][segment] = MultivariateReference.fit({name: own[name] for name in kinds}, kinds)
            except UserError:
                continue  # too few rows of it: it is not compared
    return known[key]


def _of(columns: Columns, there: npt.NDArray[np.bool_]) -> dict[str, npt.NDArray[Any]]:
    return {name: values[there] for name, values in columns.items()}


def _chance(result: JointResult) -> float:
    return 1.0 if result.p_value is None else result.p_value


def _times(p_value: float | None, count: int) -> float | None:
    return None if p_value is None else min(1.0, p_value * count)
