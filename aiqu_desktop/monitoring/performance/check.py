"""Realised performance: what the serving version achieved on the observations whose labels have come."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np

from aiqu_desktop.core.words import Task, Verdict
from aiqu_desktop.drift import Estimate, classification_metrics, onset, regression_metrics
from aiqu_desktop.drift.performance import CostMatrix, ErrorCosts
from aiqu_desktop.drift.performance.metrics import summary as summary_of
from aiqu_desktop.drift.performance.primary import primary_estimate
from aiqu_desktop.ingest import Window
from aiqu_desktop.monitoring.alarm_records import RECORDS
from aiqu_desktop.monitoring.context import CheckContext
from aiqu_desktop.monitoring.outcome import CheckOutcome, Condition, MetricValue
from aiqu_desktop.monitoring.performance.anytime import anytime_band
from aiqu_desktop.monitoring.performance.challenger import Challenger, beside_the_champion
from aiqu_desktop.monitoring.performance.costs import COST, cost_sentence, currency_of, per_thousand, read_costs
from aiqu_desktop.monitoring.performance.guess import Guess, estimate_window
from aiqu_desktop.monitoring.performance.history import labelled_rows
from aiqu_desktop.monitoring.performance.judgement import Judge, Judgement, LabelledRows, healthy_level
from aiqu_desktop.monitoring.performance.losses import bounded_losses
from aiqu_desktop.monitoring.settings import PerformanceSettings

# Evidence and onset are sought over a longer stretch than the check's own window: a slow decline begins before it.
# To begin the evidence later than the version did can only make it weaker, so the budget of false alarms holds.
_EVIDENCE_DAYS = 180.0
_IN_MONEY = ("cost_per_decision", "total_cost", COST)


def answer(settings: PerformanceSettings, context: CheckContext) -> CheckOutcome:
    """Estimate every metric with its interval; the primary one is held against its limit, with evidence."""
    start = context.now - timedelta(days=settings.window_days)
    past = _labelled(context, context.now - timedelta(days=max(_EVIDENCE_DAYS, settings.window_days)))
    window = _since(past, start)
    coverage = _coverage(context, start)
    guess = estimate_window(settings, context, start)
    challenger = beside_the_champion(settings, context, start)
    context.report(0.3)
    primary = primary_estimate(settings.metric, window.columns["label"], window.columns["prediction"])
    if primary is None or window.rows < settings.min_labels:
        return _unknown(settings, context, window, coverage, guess, challenger)
    costs = read_costs(settings.costs, context.schema)
    estimates = _estimates(context, window, costs) | {primary.name: primary}
    cost = per_thousand(estimates)
    if cost is not None:
        estimates[cost.name] = cost
    context.report(0.6)
    history = labelled_rows(past, context.schema)
    accepted = healthy_level(settings, context.accepted)
    judgement = Judge(history, settings, accepted).judge(primary, context.now.timestamp())
    bad = judgement.verdict is Verdict.BAD
    declined_since = _onset(history, settings.metric, accepted) if judgement.declined else None
    bad_since = _onset(history, settings.metric, settings.limit) if bad else None
    said = cost_sentence(cost, currency_of(settings.costs))
    summary = f"{_sentence(primary, settings, context, judgement, accepted)} {said}".strip()
    promise = guarantee(settings, accepted)
    return CheckOutcome(
        judgement.verdict,
        summary,
        rows=window.rows,
        window_from=start,
        window_to=context.now,
        metrics=(
            *(_metric(estimate, settings) for estimate in estimates.values() if estimate.name not in _IN_MONEY),
            *_cost_metric(cost, settings),
            _evidence_metric(judgement, history.rows),
            *_anytime_metric(settings, history, start),
            coverage,
            *guess.metrics,
            *challenger.metrics(settings.metric),
        ),
        conditions=(
            _condition(settings, bad, summary, bad_since, promise),
            _decline(settings, judgement.declined, summary, declined_since, promise),
            guess.condition(settings, labels_tell=True),
        ),
        result={
            "estimates": summary_of(estimates),
            "currency": currency_of(settings.costs),
            "guarantee": promise,
            "without_labels": guess.to_json(),
            "shadow": challenger.to_json(),
        },
    )


def _labelled(context: CheckContext, start: datetime) -> Window:
    columns = ("prediction", *context.schema.score_columns)
    return context.store.window(
        context.model, start, context.now, columns=columns, served_digest=context.digest, labelled_only=True
    )


def _since(window: Window, start: datetime) -> Window:
    """The later part of a window, which is in the order of the events."""
    first = int(np.searchsorted(window.columns["event_time"], np.datetime64(start.replace(tzinfo=None), "us")))
    return replace(window, start=start, columns={name: values[first:] for name, values in window.columns.items()})


def _coverage(context: CheckContext, start: datetime) -> MetricValue:
    observations, labelled = context.store.counts(context.model, start, context.now)
    share = labelled / observations if observations else None
    return MetricValue("label.coverage", share, n=observations)


def _estimates(context: CheckContext, window: Window, costs: CostMatrix | ErrorCosts | None) -> dict[str, Estimate]:
    labels, predictions = window.columns["label"], window.columns["prediction"]
    if context.schema.task is Task.REGRESSION:
        of_errors = costs if isinstance(costs, ErrorCosts) else None
        return regression_metrics(labels.astype(np.float64), predictions.astype(np.float64), costs=of_errors)
    scores = np.column_stack([window.columns[name] for name in context.schema.score_columns])
    of_answers = costs if isinstance(costs, CostMatrix) else None
    return classification_metrics(labels, predictions, scores, context.schema.classes, costs=of_answers)


def _onset(history: LabelledRows, metric: str, level: float) -> datetime | None:
    """When the loss rose above what a level of the metric allows, as event time; None where no label shows it."""
    order = np.argsort(history.event_time, kind="stable")
    losses = bounded_losses(metric, level, history.labels[order], history.predictions[order], history.classes)
    row = onset(losses.values, expected=losses.tolerated)
    return datetime.fromtimestamp(float(history.event_time[order][row]), UTC) if row < history.rows else None


def _evidence_metric(judgement: Judgement, labels: int) -> MetricValue:
    """In powers of ten: the e-value, and what the budget asks for as its limit."""
    finite = judgement.evidence if math.isfinite(judgement.evidence) else 0.0
    return MetricValue("performance.evidence", finite / math.log(10), n=labels, limit=judgement.needed / math.log(10))


def _anytime_metric(settings: PerformanceSettings, history: LabelledRows, start: datetime) -> tuple[MetricValue, ...]:
    band = anytime_band(settings.metric, history, start.timestamp())
    if band is None:
        return ()
    return (MetricValue(f"anytime.{settings.metric}", band.value, band.n, low=band.low, high=band.high),)


def guarantee(settings: PerformanceSettings, accepted: float) -> str:
    """What an alarm of this check promises, in one sentence."""
    name = settings.metric.replace("_", " ")
    return (
        f"While the model does as well as it was accepted to ({name} {_short(accepted)}), it rings at most once in "
        f"{settings.false_alarm_years:g} years on average, however often it is looked at "
        "(Shiryaev-Roberts e-detector)."
    )


def _metric(estimate: Estimate, settings: PerformanceSettings) -> MetricValue:
    return MetricValue(
        f"performance.{estimate.name}",
        estimate.value,
        n=estimate.n,
        low=estimate.low,
        high=estimate.high,
        limit=settings.limit if estimate.name == settings.metric else None,
    )


def _cost_metric(cost: Estimate | None, settings: PerformanceSettings) -> tuple[MetricValue, ...]:
    """In the site's money; the currency stands in place of a feature, so that two are never drawn as one curve."""
    if cost is None:
        return ()
    currency = currency_of(settings.costs)
    return (MetricValue(f"performance.{COST}", cost.value, cost.n, feature=currency, low=cost.low, high=cost.high),)


def _condition(
    settings: PerformanceSettings, bad: bool | None, message: str, began: datetime | None, promise: str = ""
) -> Condition:
    return Condition(
        key="performance",
        bad=bad,
        priority=RECORDS["performance"].priority,
        message=message,
        response=RECORDS["performance"].response,
        on_delay=settings.on_delay,
        off_delay=settings.off_delay,
        onset=began,
        of_version=True,
        guarantee=promise,
    )


def _decline(
    settings: PerformanceSettings, declined: bool | None, message: str, began: datetime | None, promise: str = ""
) -> Condition:
    """Worse than accepted, whether or not beyond the limit: there is time to prepare a successor."""
    return Condition(
        key="decline",
        bad=declined,
        priority=RECORDS["decline"].priority,
        message=message,
        response=RECORDS["decline"].response,
        off_delay=settings.off_delay,
        onset=began,
        of_version=True,
        guarantee=promise,
    )


def _sentence(
    primary: Estimate,
    settings: PerformanceSettings,
    context: CheckContext,
    judgement: Judgement,
    accepted: float,
) -> str:
    unit = f" {context.schema.unit}" if settings.metric in ("mae", "rmse") and context.schema.unit else ""
    name = settings.metric.replace("_", " ")
    limit = f"its limit {_short(settings.limit)}{unit}"
    where = f"is beyond {limit}" if judgement.beyond else f"is within {limit}"
    fallen = f"worse than the {_short(accepted)}{unit} that it was accepted with"
    more = {
        (True, True): "",
        (True, False): ", which may yet be chance",
        (False, True): f", but surely {fallen}",
        (False, False): "",
    }[judgement.beyond, judgement.declined]
    return (
        f"Version {context.version}: {name} {_short(primary.value)} "
        f"[{_short(primary.low)} to {_short(primary.high)}]{unit} "
        f"on {primary.n} labelled observations {where}{more}."
    )


def _short(value: float) -> str:
    return f"{value:.3g}" if abs(value) >= 1 else f"{value:.3f}"


def _unknown(
    settings: PerformanceSettings,
    context: CheckContext,
    window: Window,
    coverage: MetricValue,
    guess: Guess,
    challenger: Challenger,
) -> CheckOutcome:
    """Too few labels to tell: unknown, unless the estimate gives reason to worry. It never makes a model good."""
    if context.version is None:
        summary = "No version serves, so there is nothing to measure."
    else:
        summary = (
            f"Version {context.version} has only {window.rows} labelled observations "
            f"in {settings.window_days:g} days; {settings.min_labels} are needed. {guess.sentence(settings)}"
        ).strip()
    return CheckOutcome(
        Verdict.WARNING if guess.worrying else Verdict.UNKNOWN,
        summary,
        rows=window.rows,
        window_to=context.now,
        metrics=(
            MetricValue(f"performance.{settings.metric}", None, n=window.rows, limit=settings.limit),
            coverage,
            *guess.metrics,
            *challenger.metrics(settings.metric),
        ),
        conditions=(
            _condition(settings, None, summary, None),
            _decline(settings, None, summary, None),
            guess.condition(settings, labels_tell=False),
        ),
        result={"without_labels": guess.to_json(), "shadow": challenger.to_json()},
    )
