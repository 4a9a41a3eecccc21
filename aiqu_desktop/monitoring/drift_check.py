"""Drift: did the input or the prediction change against what the serving version was accepted on?"""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import numpy.typing as npt
from sqlalchemy import select

from aiqu_desktop.core.words import Priority, Verdict
from aiqu_desktop.drift import DriftLimits, DriftResult, ReferenceProfile, compare
from aiqu_desktop.ingest import Window
from aiqu_desktop.monitoring.context import CheckContext
from aiqu_desktop.monitoring.outcome import CheckOutcome, Condition, MetricValue
from aiqu_desktop.monitoring.settings import DriftSettings
from aiqu_desktop.registry import ArtifactStore
from aiqu_desktop.registry.tables import ReferenceProfileRecord

PREDICTION = "prediction"


def answer(settings: DriftSettings, context: CheckContext) -> CheckOutcome:
    """Compare every feature and the prediction with the reference profile, with false-discovery control."""
    start = context.now - timedelta(days=settings.window_days)
    columns = (*context.schema.feature_names, PREDICTION, "served_digest")
    window = context.store.window(context.model, start, context.now, columns=columns)
    context.report(0.3)
    profile = _profile(context)
    if profile is None or window.rows < settings.min_rows:
        return _unknown(settings, context, window.rows, profile is not None)
    importance = {f.name: f.importance for f in context.schema.features if f.importance is not None}
    current = {name: window.columns[name] for name in context.schema.feature_names}
    current[PREDICTION] = _own_predictions(context, window)
    limits = DriftLimits(min_share=settings.share_limit, min_weighted_share=settings.share_limit)
    result = compare(profile, current, limits=limits, importance=importance, jobs=context.jobs)
    context.report(0.8)
    summary = _sentence(result)
    return CheckOutcome(
        Verdict.WARNING if result.drifted else Verdict.GOOD,
        summary,
        rows=window.rows,
        window_from=start,
        window_to=context.now,
        metrics=_metrics(result, settings, window.rows),
        conditions=(_condition(settings, result.drifted if result.enough_data else None, summary),),
        result=result.to_json(),
    )


def _profile(context: CheckContext) -> ReferenceProfile | None:
    if context.version_id is None:
        return None
    with context.registry.read() as session:
        digest = session.scalars(
            select(ReferenceProfileRecord.sha256).where(ReferenceProfileRecord.version_id == context.version_id)
        ).one()
    data = ArtifactStore(context.registry.paths.artifacts, context.registry.clock).get(digest)
    return ReferenceProfile.from_bytes(data)


def _own_predictions(context: CheckContext, window: Window) -> npt.NDArray[np.generic]:
    """The serving version's own predictions; those of a former version say nothing about it and count as missing."""
    predictions = window.columns[PREDICTION].copy()
    foreign = np.array([digest not in (None, context.digest) for digest in window.columns["served_digest"]], dtype=bool)
    predictions[foreign] = None if predictions.dtype == object else np.nan
    return predictions


def _metrics(result: DriftResult, settings: DriftSettings, rows: int) -> tuple[MetricValue, ...]:
    share = result.share if result.weighted_share is None else result.weighted_share
    return (
        MetricValue("drift.share", share, n=rows, limit=settings.share_limit),
        *(
            MetricValue(
                "drift.effect", column.effect, n=column.n_current, feature=column.name, limit=column.limit,
                p_value=column.q_value,
            )
            for column in result.columns
        ),
    )  # fmt: skip


def _sentence(result: DriftResult) -> str:
    named = ", ".join(result.drifted_columns[:3])
    more = len(result.drifted_columns) - 3
    which = "" if not named else f": {named}" + (f" and {more} more" if more > 0 else "")
    share = result.share if result.weighted_share is None else result.weighted_share
    weight = "" if result.weighted_share is None else f", carrying {share:.0%} of the decision"
    return f"{len(result.drifted_columns)} of {len(result.columns)} columns drifted{weight}{which}."


def _condition(settings: DriftSettings, bad: bool | None, message: str) -> Condition:
    return Condition(
        key="drift",
        bad=bad,
        priority=Priority.LOW,
        message=message,
        response="Nothing to do on the line yet: watch the performance, and tell the engineer which columns moved.",
        on_delay=settings.on_delay,
        off_delay=settings.off_delay,
        of_version=True,
    )


def _unknown(settings: DriftSettings, context: CheckContext, rows: int, serves: bool) -> CheckOutcome:
    summary = (
        f"Only {rows} observations in {settings.window_days:g} days; {settings.min_rows} are needed."
        if serves
        else "No version serves, so there is no reference to compare with."
    )
    return CheckOutcome(
        Verdict.UNKNOWN,
        summary,
        rows=rows,
        window_to=context.now,
        metrics=(MetricValue("drift.share", None, n=rows, limit=settings.share_limit),),
        conditions=(_condition(settings, None, summary),),
    )
