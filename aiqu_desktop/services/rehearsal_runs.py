"""The two rehearsals from start to end: replay the past, try undisturbed futures, plant changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from aiqu_desktop.monitoring.drift_reference import accepted_columns, require_fit
from aiqu_desktop.monitoring.performance.costs import read_costs
from aiqu_desktop.monitoring.rehearsal import drift, performance
from aiqu_desktop.monitoring.rehearsal.replay import Replayed
from aiqu_desktop.monitoring.rehearsal.results import Detection, Rehearsal
from aiqu_desktop.monitoring.settings import DriftSettings, PerformanceSettings, to_json
from aiqu_desktop.registry import Registry
from aiqu_desktop.services.rehearsal_data import Subject, inputs, references, rows_a_day, served

Progress = Callable[[float, str], None]


def rehearse_performance(
    registry: Registry, subject: Subject, settings: PerformanceSettings, planted: Sequence[float], report: Progress
) -> Rehearsal:
    """The performance check; `planted` are values that the metric goes to."""
    read_costs(settings.costs, subject.schema)  # a cost that cannot be read must not be saved
    report(0.0, "reading labels")
    past, segments = served(registry, subject)
    replayed = performance.replay_served(past, settings, subject.every, lambda f: report(0.4 * f, "replaying"))
    healthy = performance.healthy_past(past, replayed.alarms, settings)
    detections: list[Detection] = []
    quiet = None
    if healthy is not None:
        report(0.4, "undisturbed trials")
        quiet = performance.quiet_trials(healthy, settings, subject.every)
        targets = tuple(planted) or performance.default_targets(settings)
        for place, target in enumerate(targets):
            report(0.6 + 0.4 * place / len(targets), "planting changes")
            detections.append(performance.plant(healthy, settings, subject.every, target))
    report(1.0, "done")
    labels = sum(one.rows.rows for one in past)
    days = (subject.end - subject.start).total_seconds() / 86_400.0
    return _answer(
        subject,
        settings,
        replayed,
        limit=settings.limit,
        quiet=quiet,
        material=healthy.words if healthy else "",
        pace=labels / max(days, 1.0),
        detections=detections,
        segments=segments,
    )


def rehearse_drift(
    registry: Registry, subject: Subject, settings: DriftSettings, planted: Sequence[float], report: Progress
) -> Rehearsal:
    """The drift check; `planted` are shifts in spreads of the reference."""
    require_fit(settings, subject.schema)
    report(0.0, "reading observations")
    importance = {f.name: f.importance for f in subject.schema.features if f.importance is not None}
    past, notes = references(registry, subject, settings)
    came, segments = inputs(registry, subject, settings)
    replayed = drift.replay_references(
        past, came, settings, subject.every, importance, lambda f: report(0.02 + 0.6 * f, "replaying")
    )
    pace = rows_a_day(came.event_time)
    detections: list[Detection] = []
    quiet, words = None, ""
    if pace > 0:
        newest = past[-1]
        profile = newest.reference.profile
        accepted = accepted_columns(registry, subject.spans[-1].version_id, subject.schema, settings)
        source = drift.material(newest.reference, {name: accepted[name] for name in came.columns}, pace)
        words = f"the {profile.rows} rows that version {newest.version} was accepted on"
        report(0.65, "undisturbed trials")
        quiet = drift.quiet_trial(source, settings, subject.every, importance)
        features = drift.features_that_decide(profile, importance, settings.share_limit)
        shifts = tuple(planted) or drift.default_shifts()
        for place, shift in enumerate(shifts):
            report(0.7 + 0.3 * place / len(shifts), "planting changes")
            detections.append(drift.plant(source, settings, subject.every, importance, shift, features))
    report(1.0, "done")
    return _answer(
        replace(subject, start=datetime.fromtimestamp(past[0].since, UTC)),
        settings,
        replayed,
        limit=settings.share_limit,
        quiet=quiet,
        material=words,
        pace=pace,
        detections=detections,
        segments=segments,
        notes=notes,
    )


def _answer(
    subject: Subject,
    settings: PerformanceSettings | DriftSettings,
    replayed: Replayed,
    *,
    limit: float,
    quiet: tuple[float, float] | None,
    material: str,
    pace: float,
    detections: Sequence[Detection],
    segments: tuple[str, ...],
    notes: tuple[str, ...] = (),
) -> Rehearsal:
    """quiet: false alarms a year of the undisturbed trials, and the years that were tried; None without trials."""
    return Rehearsal(
        kind=settings.kind.value,
        settings=to_json(settings),
        start=subject.start.timestamp(),
        end=subject.end.timestamp(),
        asked=replayed.asked,
        unanswered=replayed.unanswered,
        alarms=replayed.alarms,
        times=tuple(replayed.times.tolist()),
        values=tuple(replayed.values.tolist()),
        limit=limit,
        false_alarms_a_year=None if quiet is None else quiet[0],
        years_tried=0.0 if quiet is None else quiet[1],
        material=material,
        rows_a_day=pace,
        detections=tuple(detections),
        segments=segments,
        notes=notes,
    )
