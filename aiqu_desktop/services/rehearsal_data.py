"""Bring a model's past from the registry and the observation store into the forms that a rehearsal replays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import select

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.core.schema import InputSchema
from aiqu_desktop.core.words import CheckKind
from aiqu_desktop.ingest import ObservationStore
from aiqu_desktop.lifecycle.facts import VersionFacts, facts_of, model_named
from aiqu_desktop.lifecycle.history import Span, spans_of
from aiqu_desktop.monitoring.drift_reference import drift_reference, window_columns
from aiqu_desktop.monitoring.performance.history import as_seconds, labelled_rows
from aiqu_desktop.monitoring.rehearsal.drift import Inputs, Reference
from aiqu_desktop.monitoring.rehearsal.performance import Served
from aiqu_desktop.monitoring.settings import DriftSettings
from aiqu_desktop.registry import Registry
from aiqu_desktop.registry.tables import Check, Version

PREDICTION = "prediction"


@dataclass(frozen=True)
class Subject:
    """The check that is rehearsed, and the model's time under each champion, cut to the replayed range."""

    model: str
    check_id: int
    settings: dict[str, Any]
    every: float
    schema: InputSchema
    spans: tuple[Span, ...]
    versions: Mapping[int, VersionFacts]
    start: datetime
    end: datetime


def subject_of(registry: Registry, model: str, kind: CheckKind, since: datetime | None) -> Subject:
    """What to rehearse.

    Raises:
        UserError: if there is no such model or check, or no version has served since `since`.
    """
    now = registry.clock.now()
    with registry.read() as session:
        found = model_named(session, model)
        check = session.scalar(select(Check).where(Check.model_id == found.id, Check.kind == kind))
        if check is None:
            raise UserError(f"The model {model} has no {kind.value} check.")
        spans = tuple(
            span
            for span in spans_of(session, found.id)
            if span.serves and (since is None or span.until is None or span.until > since)
        )
        if not spans or (since is not None and since >= now):
            raise UserError(f"No version of {model} has served in that time, so there is nothing to replay.")
        versions = session.scalars(select(Version).where(Version.model_id == found.id))
        return Subject(
            model=model,
            check_id=check.id,
            settings=dict(check.settings),
            every=float(check.schedule.every_seconds),
            schema=InputSchema.from_json(found.input_schema),
            spans=spans,
            versions={version.id: facts_of(version) for version in versions},
            start=max(spans[0].since, since) if since else spans[0].since,
            end=now,
        )


def served(registry: Registry, subject: Subject) -> tuple[tuple[Served, ...], tuple[str, ...]]:
    """Each champion's time with its own labelled rows, and the digests of the segments that were read."""
    store, found = ObservationStore(registry), []
    segments: set[str] = set()
    for span in subject.spans:
        version = subject.versions[span.version_id]
        window = store.window(
            subject.model,
            span.since,
            subject.end,
            columns=(PREDICTION,),
            served_digest=version.digest,
            labelled_only=True,
        )
        segments.update(window.segments)
        since = max(span.since, subject.start)
        rows = labelled_rows(window, subject.schema)
        accepted = {name: metric.to_json() for name, metric in version.metrics.items()}
        found.append(Served(span.number, since.timestamp(), (span.until or subject.end).timestamp(), rows, accepted))
    return tuple(found), tuple(sorted(segments))


def inputs(registry: Registry, subject: Subject, settings: DriftSettings) -> tuple[Inputs, tuple[str, ...]]:
    """All that came in, in time order: what the settings compare."""
    columns = (*subject.schema.feature_names, PREDICTION)
    window = ObservationStore(registry).window(subject.model, subject.start, subject.end, columns=columns)
    times = as_seconds(window.columns["event_time"])
    compared = window_columns(settings, window.columns, window.columns[PREDICTION], subject.schema)
    return Inputs(times, compared), window.segments


def references(
    registry: Registry, subject: Subject, settings: DriftSettings
) -> tuple[tuple[Reference, ...], tuple[str, ...]]:
    """Each champion's time and its reference, as the settings divide it; and what is left out, a sentence each.

    Raises:
        UserError: if the newest champion's reference cannot be divided so. A former one's time is left out then.
    """
    newest = subject.spans[-1].version_id
    divided, notes = {newest: drift_reference(registry, newest, subject.schema, settings)}, []
    for version_id in {span.version_id: span for span in subject.spans if span.version_id != newest}:
        try:
            divided[version_id] = drift_reference(registry, version_id, subject.schema, settings)
        except UserError as problem:
            notes.append(f"The time of version {subject.versions[version_id].number} is left out. {problem}")
    found = tuple(
        Reference(
            span.number,
            max(span.since, subject.start).timestamp(),
            (span.until or subject.end).timestamp(),
            divided[span.version_id],
        )
        for span in subject.spans
        if span.version_id in divided
    )
    return found, tuple(notes)


def rows_a_day(times: npt.NDArray[np.float64]) -> float:
    """Observations a day over their whole span; 0 for fewer than two."""
    if times.size < 2:
        return 0.0
    return float(times.size / max((times[-1] - times[0]) / 86_400.0, 1.0))
