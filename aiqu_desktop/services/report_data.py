"""Gather what a model report says from the registry: the same views that the model page draws, for one period."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from aiqu_desktop.bundles import higher_is_better
from aiqu_desktop.core.words import CheckKind, RunState
from aiqu_desktop.ingest import ObservationStore
from aiqu_desktop.lifecycle.facts import model_named
from aiqu_desktop.monitoring.performance.costs import COST
from aiqu_desktop.registry import Registry
from aiqu_desktop.registry.tables import CheckRun, IngestFile, Model, Site
from aiqu_desktop.reports.data_facts import DataSummary, LabelSummary, QualityIssue
from aiqu_desktop.reports.model_report import ModelReport, TitleFacts
from aiqu_desktop.reports.series import (
    DriftPoint,
    DriftSeries,
    FeatureDrift,
    HeatMap,
    PerformancePoint,
    PerformanceSeries,
    Quantity,
)
from aiqu_desktop.services.automatic_report import automatic_entries
from aiqu_desktop.services.model_page import model_page
from aiqu_desktop.services.report_past import (
    alarm_entry,
    audit_head,
    check_counts,
    fallback_at_end,
    release_entries,
    responses,
    stopped_at_end,
    told_by_end,
    touches,
    verdict_at_end,
)
from aiqu_desktop.services.views import ModelPage, Series, VersionRow

_SHARES = ("accuracy", "balanced_accuracy", "macro_f1")
_TOP_FEATURES = 25
_HEAT_FEATURES = 32


def gather(registry: Registry, model: str, start: datetime | None, end: datetime | None, *, by: str) -> ModelReport:
    """Everything that the report of one model and period says.

    Raises:
        UserError: if there is no such model.
    """
    page = model_page(registry, model, start, end)
    with registry.read() as session:
        row = model_named(session, model)
        page = told_by_end(session, page)
        site = session.scalars(select(Site)).one().name
        live = _live_at(page)
        drift_run = _newest_run(session, row.id, CheckKind.DRIFT, page.end)
        return ModelReport(
            title=TitleFacts(
                site=site,
                model=model,
                title=page.tile.title,
                task=page.tile.task,
                owner=page.owner,
                period_start=page.start,
                period_end=page.end,
                version=live.number if live else None,
                digest=live.digest if live else "",
                made_by=by,
                stopped=stopped_at_end(page) is not None,
            ),
            verdict=verdict_at_end(session, row.id, page),
            performance=tuple(_performance(series, live) for series in page.performance),
            drift=_drift(page.drift, row, len(page.heat.features)),
            top_drifted=_top_drifted(drift_run, row),
            drift_time=drift_run.window_to if drift_run else None,
            heat_map=_heat(page),
            data=_data(session, registry, row, page),
            labels=_labels(registry, page),
            alarms=tuple(alarm_entry(alarm) for alarm in page.alarms if touches(alarm, page.start, page.end)),
            releases=release_entries(session, row.id, page),
            automatic=automatic_entries(page),
            responses=responses(page),
            checks=check_counts(session, row.id, page.start, page.end),
            audit=audit_head(session),
            fallback=fallback_at_end(session, row.id, page.end),
        )


def _live_at(page: ModelPage) -> VersionRow | None:
    """The version that served at the end of the period."""
    for span in reversed(page.served):
        if span.start <= page.end and (span.end is None or span.end > page.end):
            return next(version for version in page.versions if version.number == span.version)
    return None


def _performance(series: Series, live: VersionRow | None) -> PerformanceSeries:
    name = series.name.removeprefix("performance.")
    accepted = live.metrics.get(name) if live else None
    limits = series.limit[~np.isnan(series.limit)]
    higher = name != "bias" and higher_is_better(name)  # bias has no better way
    return PerformanceSeries(
        quantity=Quantity(series.title.lower() if series.title.istitle() else series.title, series.unit,
                          is_share=name in _SHARES, higher_is_better=higher, in_money=name == COST),
        points=tuple(
            PerformancePoint(_instant(at), _number(value), _number(low), _number(high), int(n))
            for at, value, low, high, n in zip(
                series.times, series.values, series.low, series.high, series.n, strict=True
            )
        ),
        limit=float(limits[-1]) if limits.size else None,
        acceptance=accepted["value"] if accepted else None,
        cadence=_cadence(series.times),
    )  # fmt: skip


def _drift(series: Series, model: Model, features: int) -> DriftSeries:
    limits = series.limit[~np.isnan(series.limit)]
    return DriftSeries(
        features=features,
        weighted=any(feature["importance"] for feature in model.input_schema["features"]),
        points=tuple(
            DriftPoint(_instant(at), _number(value), int(n))
            for at, value, n in zip(series.times, series.values, series.n, strict=True)
        ),
        limit=float(limits[-1]) if limits.size else None,
        cadence=_cadence(series.times),
    )


def _top_drifted(run: CheckRun | None, model: Model) -> tuple[FeatureDrift, ...]:
    if run is None or "columns" not in run.result:
        return ()
    importance = {f["name"]: f["importance"] for f in model.input_schema["features"]}
    judged = [column for column in run.result["columns"] if column["effect"] is not None]
    judged.sort(key=lambda column: (not column["drifted"], -column["effect"] / column["limit"]))
    return tuple(
        FeatureDrift(
            name=column["name"],
            effect=column["effect"],
            limit=column["limit"],
            drifted=column["drifted"],
            measure=column["effect_name"],
            p_value=column["p_value"],
            q_value=column["q_value"],
            importance=importance.get(column["name"]),
        )
        for column in judged[:_TOP_FEATURES]
    )


def _heat(page: ModelPage) -> HeatMap:
    heat = page.heat
    return HeatMap(
        features=heat.features[:_HEAT_FEATURES],
        times=tuple(_instant(at) for at in heat.times),
        ratios=tuple(tuple(_number(value) for value in row) for row in heat.effects[:_HEAT_FEATURES]),
    )


def _newest_run(session: Session, model_id: int, kind: CheckKind, end: datetime) -> CheckRun | None:
    return session.scalars(
        select(CheckRun)
        .where(
            CheckRun.model_id == model_id,
            CheckRun.kind == kind,
            CheckRun.state == RunState.DONE,
            CheckRun.window_from.is_not(None),
            CheckRun.window_to <= end,
        )
        .order_by(CheckRun.window_to.desc())
        .limit(1)
    ).one_or_none()


def _data(session: Session, registry: Registry, model: Model, page: ModelPage) -> DataSummary:
    files = select(IngestFile).where(
        IngestFile.model_id == model.id, IngestFile.at >= page.start, IngestFile.at <= page.end
    )
    observed, quarantined, duplicates, count, bad = 0, 0, 0, 0, 0
    for file in session.scalars(files):
        count += 1
        bad += file.outcome == "quarantined"
        duplicates += file.rows_known
        quarantined += file.rows_read if file.outcome == "quarantined" else file.rows_conflicting
    observed, _ = ObservationStore(registry).counts(model.name, page.start, page.end)
    return DataSummary(
        observations=observed,
        quarantined=quarantined,
        duplicates=duplicates,
        files=count,
        files_quarantined=bad,
        newest=page.tile.data_as_of,
        issues=_quality_issues(_newest_run(session, model.id, CheckKind.QUALITY, page.end)),
    )


def _quality_issues(run: CheckRun | None) -> tuple[QualityIssue, ...]:
    faults = ("missing", "infinite", "out_of_range", "non_integer", "unseen_category")
    features = run.result.get("features", []) if run else []
    issues = [
        QualityIssue(feature["name"], fault.replace("_", " "), feature[fault])
        for feature in features
        for fault in faults
        if feature[fault]
    ]
    return tuple(sorted(issues, key=lambda issue: -issue.rows))


def _labels(registry: Registry, page: ModelPage) -> LabelSummary:
    window = ObservationStore(registry).window(
        page.tile.name, page.start, page.end, columns=("labelled_at",), labelled_only=True
    )
    if window.rows == 0:
        return LabelSummary()
    delays = (window.columns["labelled_at"] - window.columns["event_time"]).astype("timedelta64[s]").astype(np.float64)
    newest = window.columns["labelled_at"].max().astype("datetime64[s]").astype(np.int64)
    return LabelSummary(
        labelled=window.rows,
        delay_median=timedelta(seconds=float(np.median(delays))),
        delay_p95=timedelta(seconds=float(np.percentile(delays, 95))),
        newest=_instant(float(newest)),
    )


def _instant(seconds: float) -> datetime:
    return datetime.fromtimestamp(float(seconds), UTC)


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _cadence(times: np.ndarray[tuple[int], np.dtype[np.float64]]) -> timedelta | None:
    return timedelta(seconds=float(np.median(np.diff(times)))) if times.size > 1 else None
