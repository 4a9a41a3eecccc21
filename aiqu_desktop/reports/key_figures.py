"""The figures of page one, six and the cost where one is known: each with its unit, and beneath it what it rests on."""

from __future__ import annotations

import math
from datetime import timedelta
from statistics import median

from aiqu_desktop.reports.charts.runs import has_value
from aiqu_desktop.reports.model_report import ModelReport
from aiqu_desktop.reports.numerals import NONE, amount, day, duration, interval, percent, whole

Figure = dict[str, str]


def key_figures(report: ModelReport) -> list[Figure]:
    """Label, value and note of each figure; a dash where there is none, with the reason as its note."""
    return [
        _performance(report),
        *_cost(report),
        _drift(report),
        _alarms(report),
        _observations(report),
        _labels(report),
        _response(report),
    ]


def _figure(label: str, value: str, note: str) -> Figure:
    return {"label": label, "value": value, "note": note}


def _performance(report: ModelReport) -> Figure:
    if not report.performance:
        return _figure("Performance", NONE, "no metric was computed in this period")
    series = report.performance[0]
    known = [p for p in series.points if has_value(p)]
    realised = [p for p in known if not p.estimated]
    name = series.quantity.name[:1].upper() + series.quantity.name[1:]
    if not known:
        return _figure(name, NONE, "no value in this period")
    last = max(realised or known, key=lambda p: p.time)
    band = interval(last.low, last.high, series.quantity)
    kind = "" if realised else "estimated, no labels; "
    note = f"{kind}{band + ', ' if band else ''}n = {whole(last.n)}, window to {day(last.time)}"
    return _figure(f"{name}, newest", amount(last.value, series.quantity), note)


def _cost(report: ModelReport) -> list[Figure]:
    """None where the performance check was not told what answers cost."""
    for series in report.performance[1:]:
        known = [point for point in series.points if has_value(point)]
        if series.quantity.in_money and known:
            last = max(known, key=lambda point: point.time)
            note = f"{interval(last.low, last.high, series.quantity)}, n = {whole(last.n)}, window to {day(last.time)}"
            return [_figure("Cost per 1,000, newest", amount(last.value, series.quantity), note)]
    return []


def _drift(report: ModelReport) -> Figure:
    known = [p for p in report.drift.points if p.share is not None and math.isfinite(p.share)]
    if not known:
        return _figure("Drifted features", NONE, "drift was not computed in this period")
    last = max(known, key=lambda p: p.time)
    share = last.share or 0.0
    limit = f", limit {percent(report.drift.limit)}" if report.drift.limit is not None else ""
    name = "Drift, by importance" if report.drift.weighted else "Drifted features, newest"
    return _figure(name, percent(share), f"of {whole(report.drift.features)} columns{limit}, n = {whole(last.n)}")


def _alarms(report: ModelReport) -> Figure:
    standing = sum(a.returned is None for a in report.alarms)
    waiting = sum(a.acknowledged is None for a in report.alarms)
    note = f"{standing} standing, {waiting} not acknowledged" if report.alarms else "no alarm in this period"
    return _figure("Alarms", whole(len(report.alarms)), note)


def _observations(report: ModelReport) -> Figure:
    data = report.data
    newest = f", newest {day(data.newest)}" if data.newest else ""
    return _figure("Observations", whole(data.observations), f"{whole(data.quarantined)} rows quarantined{newest}")


def _labels(report: ModelReport) -> Figure:
    labels, total = report.labels, report.data.observations
    if not total:
        return _figure("Labelled", NONE, "no observation to label")
    delay = f", median delay {duration(labels.delay_median)}" if labels.delay_median is not None else ""
    return _figure("Labelled", percent(labels.labelled / total), f"{whole(labels.labelled)} of {whole(total)}{delay}")


def _response(report: ModelReport) -> Figure:
    label = "Onset to alarm, median"
    if not report.responses:
        return _figure(label, NONE, "no degradation was detected in this period")
    middle = timedelta(seconds=median((r.detected - r.onset).total_seconds() for r in report.responses))
    rollbacks = [r.rollback for r in report.responses if r.rollback is not None]
    slowest = f", slowest rollback {duration(max(rollbacks))}" if rollbacks else ""
    return _figure(label, duration(middle), f"n = {len(report.responses)}{slowest}")
