"""Realised performance: what the serving version achieved on the observations whose labels have come."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import numpy.typing as npt

from aiqu_desktop.bundles import higher_is_better
from aiqu_desktop.core.errors import UserError
from aiqu_desktop.core.words import Priority, Task, Verdict
from aiqu_desktop.drift import Estimate, classification_metrics, onset, regression_metrics
from aiqu_desktop.drift.performance.metrics import summary as summary_of
from aiqu_desktop.ingest import Window
from aiqu_desktop.monitoring.context import CheckContext
from aiqu_desktop.monitoring.outcome import CheckOutcome, Condition, MetricValue
from aiqu_desktop.monitoring.settings import PerformanceSettings

# The onset is sought over a longer stretch than the check's own window: it may lie before it.
_ONSET_DAYS = 180.0


def answer(settings: PerformanceSettings, context: CheckContext) -> CheckOutcome:
    """Estimate every metric with its interval; the primary one is held against its limit.

    The answer is bad only when the whole interval lies beyond the limit: a small sample cannot ring by chance alone.
    """
    start = context.now - timedelta(days=settings.window_days)
    window = _labelled(context, start)
    coverage = _coverage(context, start)
    context.report(0.3)
    if window.rows < settings.min_labels:
        return _unknown(settings, context, window, coverage)
    estimates = _estimates(context, window)
    context.report(0.7)
    if settings.metric not in estimates:
        raise UserError(
            f"The check's metric {settings.metric!r} cannot be measured; use one of {', '.join(estimates)}."
        )
    primary = estimates[settings.metric]
    verdict = _judge(primary, settings)
    began = _onset(context, settings) if verdict is Verdict.BAD else None
    summary = _sentence(primary, settings, context, verdict)
    return CheckOutcome(
        verdict,
        summary,
        rows=window.rows,
        window_from=start,
        window_to=context.now,
        metrics=(*(_metric(estimate, settings) for estimate in estimates.values()), coverage),
        conditions=(_condition(settings, verdict is Verdict.BAD, summary, began),),
        result={"estimates": summary_of(estimates)},
    )


def _labelled(context: CheckContext, start: datetime) -> Window:
    columns = ("prediction", *context.schema.score_columns)
    return context.store.window(
        context.model, start, context.now, columns=columns, served_digest=context.digest, labelled_only=True
    )


def _coverage(context: CheckContext, start: datetime) -> MetricValue:
    observations, labelled = context.store.counts(context.model, start, context.now)
    share = labelled / observations if observations else None
    return MetricValue("label.coverage", share, n=observations)


def _estimates(context: CheckContext, window: Window) -> dict[str, Estimate]:
    labels, predictions = window.columns["label"], window.columns["prediction"]
    if context.schema.task is Task.REGRESSION:
        return regression_metrics(labels.astype(np.float64), predictions.astype(np.float64))
    scores = np.column_stack([window.columns[name] for name in context.schema.score_columns])
    return classification_metrics(labels, predictions, scores, context.schema.classes)


def _judge(primary: Estimate, settings: PerformanceSettings) -> Verdict:
    if higher_is_better(settings.metric):
        beyond, surely = primary.value < settings.limit, primary.high < settings.limit
    else:
        beyond, surely = primary.value > settings.limit, primary.low > settings.limit
    return Verdict.BAD if surely else Verdict.WARNING if beyond else Verdict.GOOD


def _onset(context: CheckContext, settings: PerformanceSettings) -> datetime | None:
    """When the loss rose above what the limit allows, as event time; None where the labels do not show it."""
    history = _labelled(context, context.now - timedelta(days=_ONSET_DAYS))
    if history.rows == 0:
        return None
    losses, allowed = _losses(context, history, settings)
    row = onset(losses, expected=allowed)
    if row >= history.rows:
        return None
    instant = history.columns["event_time"][row].astype("datetime64[us]").astype(np.int64)
    return datetime.fromtimestamp(float(instant) / 1e6, UTC)


def _losses(
    context: CheckContext, window: Window, settings: PerformanceSettings
) -> tuple[npt.NDArray[np.float64], float]:
    """The loss of each row, and the mean loss that the limit allows."""
    labels, predictions = window.columns["label"], window.columns["prediction"]
    if context.schema.task is Task.REGRESSION:
        return np.abs(labels.astype(np.float64) - predictions.astype(np.float64)), settings.limit
    allowed = 1.0 - settings.limit if higher_is_better(settings.metric) else settings.limit
    return (labels != predictions).astype(np.float64), allowed


def _metric(estimate: Estimate, settings: PerformanceSettings) -> MetricValue:
    return MetricValue(
        f"performance.{estimate.name}",
        estimate.value,
        n=estimate.n,
        low=estimate.low,
        high=estimate.high,
        limit=settings.limit if estimate.name == settings.metric else None,
    )


def _condition(settings: PerformanceSettings, bad: bool | None, message: str, began: datetime | None) -> Condition:
    return Condition(
        key="performance",
        bad=bad,
        priority=Priority.HIGH,
        message=message,
        response="Roll back to the last known good version, or promote a newer one that the gates let through.",
        on_delay=settings.on_delay,
        off_delay=settings.off_delay,
        onset=began,
        of_version=True,
    )


def _sentence(primary: Estimate, settings: PerformanceSettings, context: CheckContext, verdict: Verdict) -> str:
    words = {Verdict.BAD: "is beyond", Verdict.WARNING: "may be beyond", Verdict.GOOD: "is within"}
    unit = f" {context.schema.unit}" if settings.metric in ("mae", "rmse") and context.schema.unit else ""
    name = settings.metric.replace("_", " ")
    return (
        f"Version {context.version}: {name} {_short(primary.value)} "
        f"[{_short(primary.low)} to {_short(primary.high)}]{unit} "
        f"on {primary.n} labelled observations {words.get(verdict, 'cannot be held against')} its limit "
        f"{_short(settings.limit)}{unit}."
    )


def _short(value: float) -> str:
    return f"{value:.3g}" if abs(value) >= 1 else f"{value:.3f}"


def _unknown(
    settings: PerformanceSettings, context: CheckContext, window: Window, coverage: MetricValue
) -> CheckOutcome:
    summary = (
        "No version serves, so there is nothing to measure."
        if context.version is None
        else f"Version {context.version} has only {window.rows} labelled observations "
        f"in {settings.window_days:g} days; {settings.min_labels} are needed."
    )
    return CheckOutcome(
        Verdict.UNKNOWN,
        summary,
        rows=window.rows,
        window_to=context.now,
        metrics=(
            MetricValue(f"performance.{settings.metric}", None, n=window.rows, limit=settings.limit),
            coverage,
        ),
        conditions=(_condition(settings, None, summary, None),),
    )
