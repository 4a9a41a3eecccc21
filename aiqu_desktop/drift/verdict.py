"""A whole window against a reference: effects, evidence after false-discovery control, and the model's verdict."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.core.words import ColumnKind
from aiqu_desktop.drift.evidence.columns import Evidence, gather_evidence
from aiqu_desktop.drift.evidence.multiple import benjamini_hochberg
from aiqu_desktop.drift.profiles.profile import (
    CategoricalProfile,
    ColumnProfile,
    NumericProfile,
    ReferenceProfile,
    build_profile,
)
from aiqu_desktop.drift.results import ColumnDrift, DriftLimits, DriftResult
from aiqu_desktop.drift.sharing import shared
from aiqu_desktop.drift.univariate.measure import (
    NOT_ENOUGH,
    Measured,
    NumericTask,
    measure_categorical,
    measure_numeric,
)
from aiqu_desktop.drift.univariate.window import WindowCounter
from aiqu_desktop.drift.values import Column, Floats, as_categories, as_numbers

_DEFAULT = DriftLimits()


def compare(
    profile: ReferenceProfile,
    columns: Mapping[str, Column],
    *,
    limits: DriftLimits = _DEFAULT,
    jobs: int = 1,
    importance: Mapping[str, float] | None = None,
) -> DriftResult:
    """Compare a window with the reference, column by column.

    columns: the window, in time order, as in `build_profile`; columns that the profile does not know are ignored.
    jobs: threads that share the columns. importance: weight of each column in the model's decision, by name.
    Sample sizes are divided by the larger of the autocorrelation times of reference and window, and p-values widened by
    how well that time is known: see `evidence.columns` and `evidence.dependence`.
    Raises:
        UserError: if a column is missing, has another length, or holds what its kind cannot.
    """
    return _compare(profile, columns, {}, limits, jobs, importance)


def compare_samples(
    reference: Mapping[str, Column],
    current: Mapping[str, Column],
    kinds: Mapping[str, ColumnKind],
    *,
    limits: DriftLimits = _DEFAULT,
    jobs: int = 1,
    importance: Mapping[str, float] | None = None,
) -> DriftResult:
    """`compare`, exactly: numeric effects come from the raw reference sample and not from its profile."""
    return _compare(build_profile(reference, kinds), current, reference, limits, jobs, importance)


def compare_counted(
    window: WindowCounter, *, limits: DriftLimits = _DEFAULT, importance: Mapping[str, float] | None = None
) -> DriftResult:
    """`compare`, for a window that was counted block by block.

    Raises:
        UserError: if the window's columns have different numbers of rows.
    """
    rows = window.rows
    measured = window.measure(min_rows=limits.min_rows)
    evidence = gather_evidence(measured, window.latest_numbers, window.latest_categories)
    return summarise(_judge([(measured, evidence)], limits), limits, importance, window.profile.rows, rows)


def _compare(
    profile: ReferenceProfile,
    columns: Mapping[str, Column],
    raw: Mapping[str, Column],
    limits: DriftLimits,
    jobs: int,
    importance: Mapping[str, float] | None,
) -> DriftResult:
    rows = _row_count(profile, columns)
    share = -(-len(profile.columns) // max(1, jobs))
    groups = [profile.columns[i : i + share] for i in range(0, len(profile.columns), max(1, share))]
    parts = shared(lambda group: _measure(group, columns, raw, limits), groups, jobs)
    judged = _judge(parts, limits)
    return summarise(judged, limits, importance, profile.rows, rows)


def _row_count(profile: ReferenceProfile, columns: Mapping[str, Column]) -> int:
    absent = [name for name in profile.names if name not in columns]
    if absent:
        raise UserError(f"The window has no column {absent[0]!r}, which the reference has; add it or rename it back.")
    lengths = {len(columns[name]) for name in profile.names}
    if len(lengths) > 1:
        raise UserError(f"The window's columns have different lengths {sorted(lengths)}; give one value a row.")
    return lengths.pop() if lengths else 0


def _measure(
    profiles: tuple[ColumnProfile, ...], columns: Mapping[str, Column], raw: Mapping[str, Column], limits: DriftLimits
) -> tuple[list[Measured], Evidence]:
    """Measure some columns, and gather the evidence for each."""
    found: dict[int, Measured] = {}
    tasks: dict[int, NumericTask] = {}
    categorical: dict[int, list[str | None]] = {}
    for index, column in enumerate(profiles):
        name = column.name
        if isinstance(column, NumericProfile):
            sample = as_numbers(name, raw[name]) if raw else None
            tasks[index] = NumericTask(column, as_numbers(name, columns[name]), sample)
        else:
            categorical[index] = as_categories(columns[name], column.kind)
            found[index] = measure_categorical(column, categorical[index], min_rows=limits.min_rows)
    found.update(zip(tasks, measure_numeric(list(tasks.values()), min_rows=limits.min_rows), strict=True))
    measured = [found[index] for index in range(len(profiles))]
    return measured, gather_evidence(measured, {i: task.numbers for i, task in tasks.items()}, categorical)


def _judge(parts: list[tuple[list[Measured], Evidence]], limits: DriftLimits) -> list[ColumnDrift]:
    p_values = np.concatenate([evidence.p_values for _, evidence in parts]) if parts else np.ones(0)
    tested = ~np.isnan(p_values)
    q_values = np.full(p_values.size, np.nan)
    q_values[tested] = benjamini_hochberg(p_values[tested])
    judged: list[ColumnDrift] = []
    for measured, evidence in parts:
        for i, m in enumerate(measured):
            p, q = float(evidence.p_values[i]), float(q_values[len(judged)])
            judged.append(_column(m, limits, float(evidence.dependence.times[i]), evidence.effective[i], p, q))
    return judged


def _column(m: Measured, limits: DriftLimits, time: float, effective: Floats, p: float, q: float) -> ColumnDrift:
    enough = m.method != NOT_ENOUGH
    effect_name, limit = _judged_effect(m.profile, limits)
    effect = m.effects[effect_name] if enough else None
    return ColumnDrift(
        name=m.profile.name,
        kind=m.profile.kind,
        n_reference=m.profile.usable,
        n_current=m.n_current,
        missing_reference=m.profile.missing / max(1, m.profile.rows),
        missing_current=m.missing_current,
        autocorrelation=time,
        effective_reference=float(effective[0]),
        effective_current=float(effective[1]),
        effects=m.effects,
        effect_name=effect_name,
        effect=effect,
        limit=limit,
        p_value=p if enough else None,
        q_value=q if enough else None,
        drifted=effect is not None and effect >= limit and q <= limits.alpha,
        method=m.method,
        note=m.note,
        unseen=m.unseen,
        vanished=m.vanished,
    )


def _judged_effect(profile: ColumnProfile, limits: DriftLimits) -> tuple[str, float]:
    if isinstance(profile, CategoricalProfile):
        name, limit = limits.categorical_effect, limits.categorical_limit
    elif profile.constant:
        name, limit = "ks", limits.constant_limit
    else:
        name, limit = limits.numeric_effect, limits.numeric_limit
    return name, limits.column_limits.get(profile.name, limit)


def summarise(
    columns: list[ColumnDrift],
    limits: DriftLimits,
    importance: Mapping[str, float] | None,
    n_reference: int,
    n_current: int,
) -> DriftResult:
    compared = [column for column in columns if column.enough_data]
    moved = [column for column in compared if column.drifted]
    share = len(moved) / len(compared) if compared else 0.0
    weights = {column.name: max(0.0, (importance or {}).get(column.name, 0.0)) for column in compared}
    total = sum(weights.values())
    weighted = sum(weights[column.name] for column in moved) / total if total > 0 else None
    if weighted is not None:
        drifted = bool(moved) and weighted >= limits.min_weighted_share - 1e-12
        rule = f"drifted columns carry at least {limits.min_weighted_share:.0%} of the importance"
    else:
        drifted = share > limits.min_share
        rule = f"more than {limits.min_share:.0%} of the columns drifted" if limits.min_share else "any column drifted"
    return DriftResult(
        columns=tuple(columns),
        drifted=drifted,
        drifted_columns=tuple(column.name for column in moved),
        compared=len(compared),
        share=share,
        weighted_share=weighted,
        n_reference=n_reference,
        n_current=n_current,
        rule=rule,
    )
