"""Drift: did the input or the prediction change against what the serving version was accepted on?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import select
from sqlalchemy.orm import Session

from aiqu_desktop.core.words import CheckKind, Priority, Verdict
from aiqu_desktop.drift import DriftLimits, DriftResult, compare
from aiqu_desktop.drift.evidence import AlarmBudget
from aiqu_desktop.drift.multivariate import JointLimits, JointResult, compare_jointly
from aiqu_desktop.monitoring.accepted import reference_profile
from aiqu_desktop.monitoring.context import CheckContext
from aiqu_desktop.monitoring.joint import joint_reference
from aiqu_desktop.monitoring.outcome import CheckOutcome, Condition, MetricValue
from aiqu_desktop.monitoring.settings import DriftSettings, from_json
from aiqu_desktop.registry.tables import Check

PREDICTION = "prediction"
_YEAR_SECONDS = 365.25 * 86_400.0


def answer(settings: DriftSettings, context: CheckContext) -> CheckOutcome:
    """Compare every feature and the prediction with the reference profile, with false-discovery control."""
    start = context.now - timedelta(days=settings.window_days)
    columns = (*context.schema.feature_names, PREDICTION, "served_digest")
    window = context.store.window(context.model, start, context.now, columns=columns)
    context.report(0.3)
    profile = None if context.version_id is None else reference_profile(context.registry, context.version_id)
    if profile is None or window.rows < settings.min_rows:
        return _unknown(settings, context, window.rows, profile is not None)
    importance = {f.name: f.importance for f in context.schema.features if f.importance is not None}
    current = {name: window.columns[name] for name in context.schema.feature_names}
    current[PREDICTION] = own_predictions(window.columns, context.digest)
    limits = limits_of(settings, context.every_seconds)
    result = compare(profile, current, limits=limits, importance=importance, jobs=context.jobs)
    context.report(0.6)
    joint = _together(context, current, limits.alpha)
    context.report(0.8)
    drifted = result.drifted or (joint is not None and joint.drifted and not result.drifted_columns)
    summary = _sentence(result, joint)
    return CheckOutcome(
        Verdict.WARNING if drifted else Verdict.GOOD,
        summary,
        rows=window.rows,
        window_from=start,
        window_to=context.now,
        metrics=(*_metrics(result, settings, window.rows), *_joint_metrics(joint)),
        conditions=(_condition(settings, drifted if result.enough_data else None, summary),),
        result=result.to_json() | {"joint": None if joint is None else joint.to_json(), "alpha": limits.alpha},
    )


def limits_of(settings: DriftSettings, every_seconds: float) -> DriftLimits:
    """What one look is asked with: the level that keeps the budget of a year at so many looks.

    Half of it is for the columns one by one, half for all of them together.
    """
    budget = AlarmBudget(settings.false_calls_a_year, checks_per_year=_YEAR_SECONDS / every_seconds)
    return DriftLimits(alpha=budget.level / 2, min_share=settings.share_limit, min_weighted_share=settings.share_limit)


def _together(context: CheckContext, current: dict[str, npt.NDArray[Any]], alpha: float) -> JointResult | None:
    assert context.version_id is not None, "a profile belongs to a version"
    reference = joint_reference(context.registry, context.version_id, context.schema)
    if reference is None:
        return None
    return compare_jointly(reference, current, limits=JointLimits(alpha=alpha))


def _joint_metrics(joint: JointResult | None) -> tuple[MetricValue, ...]:
    if joint is None or joint.separation is None:
        return ()
    limit = JointLimits().separation
    return (MetricValue("drift.joint", joint.separation, joint.rows, limit=limit, p_value=joint.p_value),)


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


def _sentence(result: DriftResult, joint: JointResult | None) -> str:
    if not result.drifted_columns and joint is not None and joint.drifted:
        return (
            f"None of the {len(result.columns)} columns drifted by itself, but together they do: "
            f"a classifier tells window and reference apart with an AUC of {joint.separation:.2f}."
        )
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
        guarantee=(
            f"While nothing changes, any column is called drifted at most {settings.false_calls_a_year:g} times a year "
            "on average, over all looks and all columns together."
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
