"""Data quality: missing, infinite, out-of-range, unseen and wrongly typed values in the newest window."""

from __future__ import annotations

from datetime import timedelta

from aiqu_desktop.core.words import Priority, Verdict
from aiqu_desktop.drift import data_quality
from aiqu_desktop.monitoring.context import CheckContext
from aiqu_desktop.monitoring.outcome import CheckOutcome, Condition, MetricValue
from aiqu_desktop.monitoring.settings import QualitySettings


def answer(settings: QualitySettings, context: CheckContext) -> CheckOutcome:
    """Count the faulty values of each feature; the worst feature decides."""
    start = context.now - timedelta(days=settings.window_days)
    window = context.store.window(context.model, start, context.now, columns=context.schema.feature_names)
    context.report(0.5)
    if window.rows < settings.min_rows:
        return _unknown(settings, context, window.rows)
    result = data_quality(window.columns, context.schema)
    worst = max(result.features, key=lambda feature: feature.fault_rate)
    bad = worst.fault_rate > settings.rate_limit
    faulty = [feature for feature in result.features if feature.fault_rate > settings.rate_limit]
    if bad:
        others = f" (and {len(faulty) - 1} more)" if len(faulty) > 1 else ""
        summary = (
            f"{worst.fault_rate:.1%} of {worst.name!r} is {worst.worst_fault}{others}, limit {settings.rate_limit:.0%}."
        )
    else:
        summary = f"All {len(result.features)} features are fit: at most {worst.fault_rate:.1%} faulty values in one."
    return CheckOutcome(
        Verdict.BAD if bad else Verdict.GOOD,
        summary,
        rows=window.rows,
        window_from=start,
        window_to=context.now,
        metrics=(
            MetricValue("quality.worst_rate", worst.fault_rate, n=window.rows, limit=settings.rate_limit),
            *(
                MetricValue("quality.rate", feature.fault_rate, n=window.rows, feature=feature.name)
                for feature in result.features
                if feature.fault_rate > 0
            ),
        ),
        conditions=(_condition(settings, bad, summary),),
        result=result.to_json(),
    )


def _condition(settings: QualitySettings, bad: bool | None, message: str) -> Condition:
    return Condition(
        key="quality",
        bad=bad,
        priority=Priority.MEDIUM,
        message=message,
        response="See to the sensor or the data source that is named; predictions made from such values are not to be trusted.",
        on_delay=settings.on_delay,
        off_delay=settings.off_delay,
    )


def _unknown(settings: QualitySettings, context: CheckContext, rows: int) -> CheckOutcome:
    summary = f"Only {rows} observations in {settings.window_days:g} days; {settings.min_rows} are needed."
    return CheckOutcome(
        Verdict.UNKNOWN,
        summary,
        rows=rows,
        window_to=context.now,
        metrics=(MetricValue("quality.worst_rate", None, n=rows, limit=settings.rate_limit),),
        conditions=(_condition(settings, None, summary),),
    )
