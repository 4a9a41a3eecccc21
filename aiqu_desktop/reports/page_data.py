"""The report as the template takes it: strings, rows and charts. Nothing in it is markup."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from aiqu_desktop import __version__
from aiqu_desktop.core.files import sha256_bytes
from aiqu_desktop.reports import tables
from aiqu_desktop.reports.automatic import automatic_facts
from aiqu_desktop.reports.charts import (
    MOST_FEATURES,
    STATE_WORDS,
    Chart,
    heat_map_chart,
    state_symbol,
    time_chart,
)
from aiqu_desktop.reports.charts.svg import shortened
from aiqu_desktop.reports.key_figures import key_figures
from aiqu_desktop.reports.model_report import ModelReport
from aiqu_desktop.reports.numerals import NONE, duration, instant, percent, period, short_hash, whole
from aiqu_desktop.reports.series import DriftSeries, PerformancePoint, PerformanceSeries, Quantity

PageData = dict[str, Any]


def page_data(report: ModelReport, made_at: datetime, evidence: bytes) -> PageData:
    """Everything that the template prints; `report` must be a printable copy."""
    facts = report.title
    return {
        "title": facts.title or facts.model,
        "model": facts.model,
        "site": facts.site,
        "header": {"site": shortened(facts.site, 7.5, 130), "title": shortened(facts.title or facts.model, 7.5, 170)},
        "period": period(facts.period_start, facts.period_end),
        "author": facts.made_by,
        "facts": _facts(report, made_at),
        "verdict": {
            "word": STATE_WORDS[report.verdict.state],
            "state": report.verdict.state.value,
            "sentence": report.verdict.sentence,
            "reasons": list(report.verdict.reasons),
            "symbol": _picture(state_symbol(report.verdict.state)),
        },
        "figures": key_figures(report),
        "performance": [_performance(report, series, first) for first, series in _numbered(report.performance)],
        "windows": tables.newest_window_rows(report),
        "drift": _drift(report),
        "alarms": tables.alarm_rows(report.alarms),
        "responses": tables.response_rows(report.responses),
        "releases": tables.release_rows(report.releases),
        "fallback": _fallback(report),
        "automatic": [automatic_facts(entry) for entry in report.automatic],
        "data": _data(report),
        "issues": tables.issue_rows(report),
        "checks": tables.check_rows(report),
        "audit": _audit(report),
        "evidence": {"name": "evidence.json", "sha256": sha256_bytes(evidence), "size": whole(len(evidence))},
        "product": f"AiQu Desktop {__version__}",
    }


def _facts(report: ModelReport, made_at: datetime) -> list[list[str]]:
    facts = report.title
    live = NONE if facts.version is None else f"v{facts.version}"
    if facts.stopped:
        live = f"none: {live} is stopped"
    return [
        ["Model", facts.model],
        ["Version live", f"{live}, model file {short_hash(facts.digest)}" if facts.digest else live],
        ["Task", facts.task.value],
        ["Owner", facts.owner or NONE],
        ["Period", period(facts.period_start, facts.period_end)],
        ["Made", instant(made_at) + (f" by {facts.made_by}" if facts.made_by else "")],
    ]


def _numbered(series: tuple[PerformanceSeries, ...]) -> list[tuple[bool, PerformanceSeries]]:
    return [(index == 0, one) for index, one in enumerate(series)]


def _performance(report: ModelReport, series: PerformanceSeries, primary: bool) -> PageData:
    """The primary metric's chart is taller and carries the events; the others repeat only the releases."""
    facts = report.title
    chart = time_chart(
        series,
        facts.period_start,
        facts.period_end,
        report.releases,
        report.alarms if primary else (),
        height=168.0 if primary else 84.0,
    )
    return {"name": series.quantity.name, "chart": _picture(chart)}


def _drift(report: ModelReport) -> PageData:
    facts, heat_map = report.title, report.heat_map
    series = _drift_as_series(report.drift)
    chart = time_chart(
        series, facts.period_start, facts.period_end, report.releases, height=92.0, rows="rows in window"
    )
    shown = min(len(heat_map.features), MOST_FEATURES)
    return {
        "chart": _picture(chart) if report.drift.points else None,
        "heat": _picture(heat_map_chart(heat_map)) if heat_map.times and heat_map.features else None,
        "heat_note": f"{shown} of {len(heat_map.features)} features, the most often beyond their limits on top",
        "rows": tables.drift_rows(report.top_drifted),
        "measure": tables.common_measure(report.top_drifted),
        "window": instant(report.drift_time) if report.drift_time else "",
    }


def _drift_as_series(drift: DriftSeries) -> PerformanceSeries:
    """The share of drifted features is drawn like any other metric whose low values are good."""
    return PerformanceSeries(
        Quantity(
            "drifted share, by importance" if drift.weighted else "share of drifted features",
            is_share=True,
            higher_is_better=False,
        ),
        tuple(PerformancePoint(p.time, p.share, n=p.n) for p in drift.points),
        limit=drift.limit,
        cadence=drift.cadence,
    )


def _data(report: ModelReport) -> PageData:
    data, labels = report.data, report.labels
    coverage = percent(labels.labelled / data.observations) if data.observations else NONE
    return {
        "rows": [
            ["Observations", whole(data.observations)],
            ["Rows quarantined", whole(data.quarantined)],
            ["Duplicates, counted once", whole(data.duplicates)],
            ["Files", whole(data.files)],
            ["Files quarantined", whole(data.files_quarantined)],
            ["Newest observation", instant(data.newest)],
        ],
        "labels": [
            ["Labelled", whole(labels.labelled)],
            ["Not labelled", whole(max(0, data.observations - labels.labelled))],
            ["Coverage", coverage],
            ["Delay, median", duration(labels.delay_median)],
            ["Delay, 95th percentile", duration(labels.delay_p95)],
            ["Newest label", instant(labels.newest)],
        ],
    }


def _fallback(report: ModelReport) -> PageData | None:
    card = report.fallback
    if card is None:
        return None
    return {
        "rows": [list(line) for line in card.lines],
        "written": f"Card {card.number}, written by {card.by}, {instant(card.written)}.",
    }


def _audit(report: ModelReport) -> PageData | None:
    head = report.audit
    if head is None:
        return None
    state = {True: "whole", False: "broken", None: "unchecked"}[head.verified]
    word = {"whole": "Chain verified, whole", "broken": "Chain broken", "unchecked": "Chain not checked"}[state]
    return {
        "sequence": whole(head.sequence),
        "digest": head.digest,
        "short": short_hash(head.digest),
        "recorded": instant(head.recorded),
        "state": state,
        "word": word,
        "finding": head.finding,
    }


def _picture(chart: Chart) -> dict[str, str]:
    return {"svg": chart.svg, "alt": chart.alternative}
