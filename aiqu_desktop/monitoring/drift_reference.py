"""What the drift check compares a window with: the serving version's reference, divided as the settings say."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from aiqu_desktop.bundles.reference import profiled_kinds
from aiqu_desktop.core.errors import UserError
from aiqu_desktop.core.schema import InputSchema
from aiqu_desktop.core.words import ColumnKind
from aiqu_desktop.drift.segments import DividedReference
from aiqu_desktop.monitoring.accepted import accepted_rows, reference_profile
from aiqu_desktop.monitoring.settings import DriftSettings
from aiqu_desktop.monitoring.shifts import SHIFT, shifts_of
from aiqu_desktop.registry import Registry

PREDICTION = "prediction"
LEAST_ROWS = 50  # of a segment in the reference; with fewer it is not judged
_MOST_SEGMENTS = 20  # a column with more values is no segment, it is a name
_KEPT = 4  # divided references, the ones used last; each is a profile a segment
_LOCK = threading.Lock()  # checks run in several threads
_Key = tuple[int, tuple[str, ...], str, tuple[str, ...], str]
_DIVIDED: WeakKeyDictionary[Registry, OrderedDict[_Key, DividedReference]] = WeakKeyDictionary()

Columns = Mapping[str, npt.NDArray[Any]]


def like_column(settings: DriftSettings) -> str:
    """The column whose values alone are comparable; "" where all rows are."""
    return SHIFT if settings.shift_starts else settings.compare_like


def require_fit(settings: DriftSettings, schema: InputSchema) -> None:
    """Refuse settings that divide by what the model does not have.

    Raises:
        UserError: if a named feature is absent or not categorical, or has too many values.
    """
    usable = {f.name: f for f in schema.features if f.kind is ColumnKind.CATEGORICAL}
    for name in (*settings.segment_by, settings.compare_like):
        if name and name not in usable:
            there = f"it has {', '.join(usable)}" if usable else "it has none"
            raise UserError(f"The model has no categorical feature {name!r} to divide its data by; {there}.")
        if name and len(usable[name].categories) > _MOST_SEGMENTS:
            raise UserError(
                f"The feature {name!r} has {len(usable[name].categories)} values; "
                f"data can be divided by at most {_MOST_SEGMENTS}."
            )
    if settings.shift_starts and SHIFT in schema.feature_names:
        raise UserError(f"The model has a feature {SHIFT!r} of its own; compare like with like by that.")


def with_shift(settings: DriftSettings, columns: Columns, event_time: npt.NDArray[Any]) -> dict[str, npt.NDArray[Any]]:
    """The columns, and the shift of each row where the settings compare by it."""
    if not settings.shift_starts:
        return dict(columns)
    return {**columns, SHIFT: shifts_of(event_time, settings.shift_starts, settings.shift_zone)}


def accepted_columns(
    registry: Registry, version_id: int, schema: InputSchema, settings: DriftSettings
) -> dict[str, npt.NDArray[Any]]:
    """The reference rows of a version, with the shift of each where the settings compare by it.

    Raises:
        UserError: if shifts are asked for and the reference does not say when its rows were made.
    """
    rows = accepted_rows(registry, version_id, schema)
    times = rows.get("event_time", np.empty(0, dtype="datetime64[us]"))
    if settings.shift_starts and not times.size:
        raise UserError(
            "The reference of the serving version has no event_time, so its rows have no shift; "
            "ask the bundle's author for one that has, or compare like with like by a feature."
        )
    return with_shift(settings, rows, times)


def drift_reference(
    registry: Registry, version_id: int, schema: InputSchema, settings: DriftSettings
) -> DividedReference:
    """A version's reference as the settings divide it; made once a process, version and division.

    Raises:
        UserError: as `require_fit` and `accepted_columns`, or if no like group has enough reference rows.
    """
    profile, like = reference_profile(registry, version_id), like_column(settings)
    if not like and not settings.segment_by:
        return DividedReference(profile)
    key = (version_id, settings.segment_by, settings.compare_like, settings.shift_starts, settings.shift_zone)
    with _LOCK:
        kept = _DIVIDED.setdefault(registry, OrderedDict())
        if key in kept:
            kept.move_to_end(key)
            return kept[key]
    require_fit(settings, schema)
    rows = accepted_columns(registry, version_id, schema, settings)
    kinds = profiled_kinds(schema)
    wanted = {name: rows[name] for name in dict.fromkeys((*kinds, *((like,) if like else ())))}
    found = DividedReference.build(
        profile, wanted, kinds, segment_by=settings.segment_by, like=like, min_rows=LEAST_ROWS
    )
    if found.like is not None and not found.like.profiles:
        raise UserError(
            f"The reference has fewer than {LEAST_ROWS} rows of every {like}, so like cannot be compared with like; "
            "divide by something coarser."
        )
    with _LOCK:
        kept[key] = found
        while len(kept) > _KEPT:
            kept.popitem(last=False)
    return found


def window_columns(
    settings: DriftSettings, columns: Columns, predictions: npt.NDArray[Any], schema: InputSchema
) -> dict[str, npt.NDArray[Any]]:
    """A window as it is compared: the features, the version's own predictions, and the shift where it is asked for."""
    features = {name: columns[name] for name in schema.feature_names}
    return with_shift(settings, {**features, PREDICTION: predictions}, columns["event_time"])
