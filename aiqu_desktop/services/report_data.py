"""Gather what a model report says from the registry: the same views that the model page draws, for one period."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from aiqu_desktop.core.words import CheckKind, Health, ReleaseKind, ReleaseState, RunState, Task, Verdict
from aiqu_desktop.ingest import ObservationStore
from aiqu_desktop.lifecycle.facts import model_named
from aiqu_desktop.registry import Registry
from aiqu_desktop.registry.tables import AuditRecord, CheckRun, IngestFile, Model, Release, Site, Version
from aiqu_desktop.reports.data_facts import CheckCount, DataSummary, LabelSummary, QualityIssue
from aiqu_desktop.reports.history import AlarmEntry, AuditHead, ReleaseEntry, Response
from aiqu_desktop.reports.model_report import ModelReport, ReportVerdict, TitleFacts
from aiqu_desktop.reports.series import (
    DriftPoint,
    DriftSeries,
    FeatureDrift,
    HeatMap,
    PerformancePoint,
    PerformanceSeries,
    Quantity,
)
from aiqu_desktop.security import audit
from aiqu_desktop.services.lookup import version_numbers
from aiqu_desktop.services.model_page import model_page
from aiqu_desktop.services.views import AlarmRow, ModelPage, ReleaseRow, Series, VersionRow

_SHARES = ("accuracy", "balanced_accuracy", "macro_f1")
_VERDICTS = {
    Health.ALARM: Verdict.BAD,
    Health.WARNING: Verdict.WARNING,
    Health.UNKNOWN: Verdict.UNKNOWN,
    Health.GOOD: Verdict.GOOD,
}
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
            ),
            verdict=_verdict(page),
            performance=tuple(_performance(series, page, live) for series in page.performance),
            drift=_drift(page.drift, row, len(page.heat.features)),
            top_drifted=_top_drifted(drift_run, row),
            drift_time=drift_run.window_to if drift_run else None,
            heat_map=_heat(page),
            data=_data(session, registry, row, page),
            labels=_labels(registry, page),
            alarms=tuple(_alarm(alarm) for alarm in page.alarms if _touches(alarm, page.start, page.end)),
            releases=_releases(session, row.id, page),
            responses=_responses(page),
            checks=_checks(session, row.id, page.start, page.end),
            audit=_audit_head(session),
        )


def _live_at(page: ModelPage) -> VersionRow | None:
    """The version that served at the end of the period."""
    for span in reversed(page.served):
        if span.start <= page.end and (span.end is None or span.end > page.end):
            return next(version for version in page.versions if version.number == span.version)
    return None


def _verdict(page: ModelPage) -> ReportVerdict:
    reasons = [alarm.message for alarm in page.alarms if alarm.is_open and alarm.message != page.tile.reason]
    return ReportVerdict(_VERDICTS[page.tile.health], page.tile.reason, tuple(reasons[:4]))


def _performance(series: Series, page: ModelPage, live: VersionRow | None) -> PerformanceSeries:
    name = series.name.removeprefix("performance.")
    accepted = live.metrics.get(name) if live else None
    limits = series.limit[~np.isnan(series.limit)]
    higher = page.tile.higher_is_better if name == page.tile.metric else name not in ("mae", "rmse", "log_loss")
    return PerformanceSeries(
        quantity=Quantity(series.title.lower() if series.title.istitle() else series.title, series.unit,
                          is_share=name in _SHARES, higher_is_better=higher),
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


def _alarm(alarm: AlarmRow) -> AlarmEntry:
    return AlarmEntry(
        priority=alarm.priority,
        message=alarm.message,
        activated=alarm.activated_at,
        onset=alarm.onset_at,
        acknowledged=alarm.acknowledged_at,
        acknowledged_by=alarm.acknowledged_by,
        note=alarm.note,
        returned=alarm.returned_at,
    )


def _touches(alarm: AlarmRow, start: datetime, end: datetime) -> bool:
    return alarm.activated_at <= end and (alarm.returned_at is None or alarm.returned_at >= start)


def _releases(session: Session, model_id: int, page: ModelPage) -> tuple[ReleaseEntry, ...]:
    numbers = version_numbers(session, model_id)
    versions = session.scalars(select(Version).where(Version.model_id == model_id))
    digests = {version.id: version.digest for version in versions}
    query = (
        select(Release)
        .where(Release.model_id == model_id, Release.intended_at >= page.start, Release.intended_at <= page.end)
        .order_by(Release.intended_at)
    )
    entries = []
    for release in session.scalars(query):
        golden = release.proof.get("golden", {})
        done = release.state is ReleaseState.COMPLETED
        entries.append(
            ReleaseEntry(
                kind=release.kind,
                to_version=numbers[release.to_version_id],
                started=release.intended_at,
                state=release.state,
                from_version=None if release.from_version_id is None else numbers[release.from_version_id],
                requested_by=release.requested_by,
                reason=release.reason,
                finished=release.finished_at,
                seconds=release.wall_seconds,
                digest=digests[release.to_version_id] if done else "",
                golden_passed=golden.get("passed", 0),
                golden_total=golden.get("total", 0),
            )
        )
    return tuple(entries)


def _responses(page: ModelPage) -> tuple[Response, ...]:
    """For each performance alarm: when it began, when it was noticed, and the release that answered it."""
    found = []
    for alarm in page.alarms:
        if alarm.key != "performance" or alarm.onset_at is None or not _touches(alarm, page.start, page.end):
            continue
        answer = answering_release(alarm, page.releases)
        found.append(
            Response(
                what=f"Version {alarm.version} lost {page.tile.metric.replace('_', ' ')}"
                if page.tile.task is Task.CLASSIFICATION
                else f"The error of version {alarm.version} grew",
                onset=alarm.onset_at,
                detected=alarm.activated_at,
                acted=answer.finished_at if answer else None,
                action=f"{answer.kind.value} to version {answer.to_version}" if answer else "",
                rollback=_rollback_time(answer),
            )
        )
    return tuple(sorted(found, key=lambda response: response.detected))


def _rollback_time(answer: ReleaseRow | None) -> timedelta | None:
    if answer is None or answer.kind is not ReleaseKind.ROLLBACK or answer.wall_seconds is None:
        return None
    return timedelta(seconds=answer.wall_seconds)


def answering_release(alarm: AlarmRow, releases: tuple[ReleaseRow, ...]) -> ReleaseRow | None:
    """The first completed release that took the alarmed version off the target after the alarm had rung."""
    answers = [
        release
        for release in releases
        if release.state is ReleaseState.COMPLETED
        and release.from_version == alarm.version
        and release.finished_at is not None
        and release.finished_at >= alarm.activated_at
    ]
    return min(answers, key=lambda release: release.finished_at or alarm.activated_at, default=None)


def _checks(session: Session, model_id: int, start: datetime, end: datetime) -> tuple[CheckCount, ...]:
    rows = session.execute(
        select(CheckRun.kind, CheckRun.state, func.count(), func.max(CheckRun.finished_at))
        .where(CheckRun.model_id == model_id, CheckRun.scheduled_for >= start, CheckRun.scheduled_for <= end)
        .group_by(CheckRun.kind, CheckRun.state)
    ).all()
    counts = []
    for kind in CheckKind:
        states = {state: (number, newest) for found, state, number, newest in rows if found is kind}
        done, newest = states.get(RunState.DONE, (0, None))
        missed = states.get(RunState.MISSED, (0, None))[0]
        ended_badly = (RunState.FAILED, RunState.TIMED_OUT, RunState.CANCELLED, RunState.INTERRUPTED)
        failed = sum(states.get(state, (0, None))[0] for state in ended_badly)
        if done or failed or missed:
            counts.append(CheckCount(kind, done=done, failed=failed, missed=missed, newest=newest))
    return tuple(counts)


def _audit_head(session: Session) -> AuditHead | None:
    head = session.scalars(select(AuditRecord).order_by(AuditRecord.sequence.desc()).limit(1)).one_or_none()
    if head is None:
        return None
    chain = audit.verify(session)
    return AuditHead(head.sequence, head.hash, head.at, chain.intact, chain.finding)


def _instant(seconds: float) -> datetime:
    return datetime.fromtimestamp(float(seconds), UTC)


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _cadence(times: np.ndarray[tuple[int], np.dtype[np.float64]]) -> timedelta | None:
    return timedelta(seconds=float(np.median(np.diff(times)))) if times.size > 1 else None
