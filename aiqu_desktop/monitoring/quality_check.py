"""Data quality: missing, infinite, out-of-range, unseen and wrongly typed values in the newest window."""

from __future__ import annotations

from datetime import timedelta

from aiqu_desktop.core.words import Verdict
from aiqu_desktop.drift import FeatureQuality, count_quality
from aiqu_desktop.monitoring.alarm_records import RECORDS
from aiqu_desktop.monitoring.context import CheckContext
from aiqu_desktop.monitoring.outcome import CheckOutcome, Condition, MetricValue, margin_below
from aiqu_desktop.monitoring.settings import QualitySettings


def answer(settings: QualitySettings, context: CheckContext) -> CheckOutcome:
    """Count the faulty values of each feature; the worst feature decides."""
    start = context.now - timedelta(days=settings.window_days)
    window = context.store.window(context.model, start, context.now, columns=context.schema.feature_names)
    context.report(0.5)
    if window.rows < settings.min_rows:
        return _unknown(settings, context, window.rows)
    result = count_quality(window.columns, context.schema)
    faulty = sorted((f for f in result.features if f.rate > settings.rate_limit), key=lambda f: -f.rate)
    highest = max((feature.rate for feature in result.features), default=0.0)
    bad = bool(faulty)
    if bad:
        others = f" (and {len(faulty) - 1} more features)" if len(faulty) > 1 else ""
        summary = f"{faulty[0].name}: {_faults(faulty[0])}{others}; the limit is {settings.rate_limit:.0%}."
    else:
        summary = f"All {len(result.features)} features are fit: at most {highest:.1%} faulty values in one."
    return CheckOutcome(
        Verdict.BAD if bad else Verdict.GOOD,
        summary,
        rows=window.rows,
        window_from=start,
        window_to=context.now,
        metrics=(
            MetricValue("quality.worst_rate", highest, n=window.rows, limit=settings.rate_limit),
            *(
                MetricValue("quality.rate", feature.rate, n=window.rows, feature=feature.name)
                for feature in result.features
                if feature.faulty
            ),
        ),
        conditions=(_condition(settings, bad, summary, highest),),
        result=result.to_json(),
    )


def _faults(feature: FeatureQuality) -> str:
    """The faults of a feature in words, the most frequent first."""
    if feature.absent:
        return "the whole column is missing"
    counts = {
        "missing": feature.missing,
        "infinite": feature.infinite,
        "out of range": feature.out_of_range,
        "not whole numbers": feature.non_integer,
        "unknown categories": feature.unseen_category,
    }
    named = sorted(((count, fault) for fault, count in counts.items() if count), reverse=True)
    return ", ".join(f"{count / feature.rows:.1%} {fault}" for count, fault in named)


def _condition(settings: QualitySettings, bad: bool | None, message: str, highest: float | None = None) -> Condition:
    return Condition(
        key="quality",
        bad=bad,
        priority=RECORDS["quality"].priority,
        message=message,
        response=RECORDS["quality"].response,
        on_delay=settings.on_delay,
        off_delay=settings.off_delay,
        margin=margin_below(highest, settings.rate_limit),
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
