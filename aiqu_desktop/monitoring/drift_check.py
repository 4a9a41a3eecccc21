"""Drift: did the input or the prediction change against what the serving version was accepted on?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import select
from sqlalchemy.orm import Session

from aiqu_desktop.core.words import CheckKind, Verdict
from aiqu_desktop.drift import DriftLimits, DriftResult
from aiqu_desktop.drift.evidence import AlarmBudget
from aiqu_desktop.drift.multivariate import JointLimits
from aiqu_desktop.drift.segments import DividedResult, compare_divided
from aiqu_desktop.monitoring.alarm_records import RECORDS
from aiqu_desktop.monitoring.context import CheckContext
from aiqu_desktop.monitoring.drift_reference import PREDICTION, drift_reference, window_columns
from aiqu_desktop.monitoring.drift_words import drift_sentence, segment_name, weight_of
from aiqu_desktop.monitoring.joint import JointLook, look_jointly
from aiqu_desktop.monitoring.outcome import CheckOutcome, Condition, MetricValue
from aiqu_desktop.monitoring.settings import DriftSettings, from_json
from aiqu_desktop.registry.tables import Check

_YEAR_SECONDS = 365.25 * 86_400.0


def answer(settings: DriftSettings, context: CheckContext) -> CheckOutcome:
    """Compare every feature and the prediction with the reference, as a whole, segment by segment and all together."""
    start = context.now - timedelta(days=settings.window_days)
    columns = (*context.schema.feature_names, PREDICTION, "served_digest")
    window = context.store.window(context.model, start, context.now, columns=columns)
    context.report(0.3)
    if context.version_id is None or window.rows < settings.min_rows:
        return _unknown(settings, context, window.rows, context.version_id is not None)
    reference = drift_reference(context.registry, context.version_id, context.schema, settings)
    importance = {f.name: f.importance for f in context.schema.features if f.importance is not None}
    predictions = own_predictions(window.columns, context.digest)
    current = window_columns(settings, window.columns, predictions, context.schema)
    limits = limits_of(settings, context.every_seconds)
    divided = compare_divided(reference, current, limits=limits, importance=importance, jobs=context.jobs)
    result = divided.result
    context.report(0.6)
    joint = look_jointly(context.registry, context.version_id, context.schema, settings, current, limits.alpha)
    context.report(0.8)
    alone = joint is not None and joint.result.drifted and not result.drifted_columns
    drifted = divided.drifted or alone
    summary = drift_sentence(divided, joint)
    return CheckOutcome(
        Verdict.WARNING if drifted else Verdict.GOOD if result.enough_data else Verdict.UNKNOWN,
        summary,
        rows=window.rows,
        window_from=start,
        window_to=context.now,
        metrics=(
            *_metrics(result, settings, window.rows),
            *_segment_metrics(divided, settings),
            *_joint_metrics(joint),
        ),
        conditions=(_condition(settings, drifted if result.enough_data else None, summary),),
        result=result.to_json()
        | {"joint": None if joint is None else joint.result.to_json(), "alpha": limits.alpha}
        | {"divided": divided.to_json()},
    )


def limits_of(settings: DriftSettings, every_seconds: float) -> DriftLimits:
    """What one look is asked with: the level that keeps the budget of a year at so many looks.

    Half of it is for the columns one by one, half for all of them together.
    """
    budget = AlarmBudget(settings.false_calls_a_year, checks_per_year=_YEAR_SECONDS / every_seconds)
    return DriftLimits(alpha=budget.level / 2, min_share=settings.share_limit, min_weighted_share=settings.share_limit)


def _joint_metrics(joint: JointLook | None) -> tuple[MetricValue, ...]:
    if joint is None or joint.result.separation is None:
        return ()
    found, limit = joint.result, JointLimits().separation
    return (MetricValue("drift.joint", found.separation, found.rows, limit=limit, p_value=found.p_value),)


def _segment_metrics(divided: DividedResult, settings: DriftSettings) -> tuple[MetricValue, ...]:
    """The drifted share of each segment; None for one that the reference does not know."""
    return tuple(
        MetricValue(
            "drift.segment",
            None if segment.result is None or not segment.result.enough_data else weight_of(segment.result),
            n=segment.rows,
            feature=segment_name(part.column, segment.segment),
            limit=settings.share_limit,
            p_value=segment.p_value,
        )
        for part in divided.segments
        for segment in part.segments
    )


def own_predictions(columns: Mapping[str, npt.NDArray[Any]], digest: str | None) -> npt.NDArray[Any]:
    """The serving version's own predictions; those of a former version say nothing about it and count as missing.

    columns: `prediction` and `served_digest`, [rows].
    """
    predictions = columns[PREDICTION].copy()
    foreign = np.array([served not in (None, digest) for served in columns["served_digest"]], dtype=bool)
    predictions[foreign] = np.nan if predictions.dtype == np.float64 else None
    return predictions


def standing_limits(session: Session, model_id: int) -> tuple[DriftSettings, DriftLimits]:
    """The drift check of a model as it is set now, and what one of its looks is asked with."""
    check = session.scalars(select(Check).where(Check.model_id == model_id, Check.kind == CheckKind.DRIFT)).one()
    settings = from_json(CheckKind.DRIFT, check.settings)
    assert isinstance(settings, DriftSettings)
    return settings, limits_of(settings, float(check.schedule.every_seconds))


def _metrics(result: DriftResult, settings: DriftSettings, rows: int) -> tuple[MetricValue, ...]:
    return (
        MetricValue("drift.share", weight_of(result), n=rows, limit=settings.share_limit),
        *(
            MetricValue(
                "drift.effect", column.effect, n=column.n_current, feature=column.name, limit=column.limit,
                p_value=column.q_value,
            )
            for column in result.columns
        ),
    )  # fmt: skip


def _condition(settings: DriftSettings, bad: bool | None, message: str) -> Condition:
    return Condition(
        key="drift",
        bad=bad,
        priority=RECORDS["drift"].priority,
        message=message,
        response=RECORDS["drift"].response,
        on_delay=settings.on_delay,
        off_delay=settings.off_delay,
        of_version=True,
        guarantee=(
            f"While nothing changes, any column is called drifted at most {settings.false_calls_a_year:g} times a year "
            "on average, over all looks, columns and segments together."
        ),
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
