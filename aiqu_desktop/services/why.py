"""Why a model drifted: its features ranked, the segment where it hurts, one feature's distributions side by side."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.core.schema import InputSchema
from aiqu_desktop.core.words import ColumnKind, Task
from aiqu_desktop.drift import DriftLimits, ReferenceProfile
from aiqu_desktop.drift.explain import Movement, Reason, explain, side_by_side
from aiqu_desktop.drift.explain.sentences import number, percent
from aiqu_desktop.drift.segments import SegmentLoss, compare_divided, worst_segment
from aiqu_desktop.ingest import ObservationStore
from aiqu_desktop.lifecycle.facts import champion_of, model_named
from aiqu_desktop.monitoring.accepted import reference_profile
from aiqu_desktop.monitoring.drift_check import own_predictions, standing_limits
from aiqu_desktop.monitoring.drift_reference import drift_reference, window_columns
from aiqu_desktop.monitoring.drift_words import segment_sentence
from aiqu_desktop.monitoring.settings import DriftSettings
from aiqu_desktop.registry import Registry
from aiqu_desktop.services.views import DistributionView, ReasonRow, WhyView

_MOST_SEGMENTS = 20  # a column with more values is no segment, it is a name
_SEGMENT_DAYS = 90.0


@dataclass(frozen=True)
class _Subject:
    """The model's serving version and its newest window, as the drift check sees them."""

    model: str
    schema: InputSchema
    version: int
    version_id: int
    digest: str
    profile: ReferenceProfile
    settings: DriftSettings
    limits: DriftLimits
    start: datetime
    end: datetime


def explain_model(registry: Registry, model: str, *, language: str = "en") -> WhyView:
    """Compare the drift check's window, as it is now, with the serving version's reference, and say what changed.

    Raises:
        UserError: if there is no such model.
        ValueError: for a language other than "en" and "sv".
    """
    subject = _subject(registry, model)
    if subject is None:
        return WhyView(model, None, None, False, "No version serves, so there is nothing to compare with.", "", ())
    window = _window(registry, subject, (*subject.schema.feature_names, "prediction", "served_digest"))
    columns = window_columns(subject.settings, window, own_predictions(window, subject.digest), subject.schema)
    reference = drift_reference(registry, subject.version_id, subject.schema, subject.settings)
    importance = {f.name: f.importance for f in subject.schema.features if f.importance is not None}
    divided = compare_divided(reference, columns, limits=subject.limits, importance=importance)
    result = divided.result
    hurt = _hurt(registry, subject)
    told = explain(
        result,
        importance,
        profile=subject.profile,
        window=columns,
        segment_column=hurt[0] if hurt else "",
        segment=hurt[1] if hurt else None,
    )
    units = {feature.name: feature.unit for feature in subject.schema.features}
    total = sum(reason.weight for reason in told.reasons)
    return WhyView(
        model=model,
        version=subject.version,
        at=subject.end,
        drifted=divided.drifted,
        sentence=told.sentence(language),
        worst=segment_sentence(divided),
        segment=f"{told.segment.column} = {told.segment.name}" if told.segment else "",
        reasons=tuple(_row(reason, units.get(reason.feature, ""), total) for reason in told.reasons),
    )


def distribution(registry: Registry, model: str, feature: str) -> DistributionView:
    """One feature of the serving version's reference beside the drift check's window.

    Raises:
        UserError: if there is no such model or feature, or no version serves.
    """
    subject = _subject(registry, model)
    if subject is None:
        raise UserError(f"No version of {model} serves, so there is no reference to show.")
    column = next((one for one in subject.profile.columns if one.name == feature), None)
    if column is None:
        raise UserError(f"The model {model} has no feature {feature!r}.")
    values = (
        _own_predictions(registry, subject)
        if feature == "prediction"
        else _window(registry, subject, (feature,))[feature]
    )
    found = side_by_side(column, values)
    unit = next((f.unit for f in subject.schema.features if f.name == feature), "")
    rows = int(values.size)
    return DistributionView(
        feature=feature,
        unit=unit if feature != "prediction" else subject.schema.unit,
        edges=found.edges,
        names=tuple("others" if name is None else name for name in found.categories),
        reference=found.reference,
        window=found.window,
        outside_reference=max(0.0, 1.0 - float(found.reference.sum())) if column.usable else 0.0,
        outside_window=max(0.0, 1.0 - float(found.window.sum())) if rows else 0.0,
        n_reference=column.usable,
        n_window=round(rows * (1.0 - found.window_missing)),
        missing_reference=found.reference_missing,
        missing_window=found.window_missing,
    )


def _subject(registry: Registry, model: str) -> _Subject | None:
    now = registry.clock.now()
    with registry.read() as session:
        found = model_named(session, model)
        champion = champion_of(found)
        if champion is None:
            return None
        settings, limits = standing_limits(session, found.id)
        schema = InputSchema.from_json(champion.input_schema)
        version_id, number, digest = champion.id, champion.number, champion.digest
    return _Subject(
        model=model,
        schema=schema,
        version=number,
        version_id=version_id,
        digest=digest,
        profile=reference_profile(registry, version_id),
        settings=settings,
        limits=limits,
        start=now - timedelta(days=settings.window_days),
        end=now,
    )


def _window(registry: Registry, subject: _Subject, columns: tuple[str, ...]) -> dict[str, npt.NDArray[Any]]:
    return ObservationStore(registry).window(subject.model, subject.start, subject.end, columns=columns).columns


def _own_predictions(registry: Registry, subject: _Subject) -> npt.NDArray[Any]:
    return own_predictions(_window(registry, subject, ("prediction", "served_digest")), subject.digest)


def _hurt(registry: Registry, subject: _Subject) -> tuple[str, SegmentLoss] | None:
    """The segment with the largest excess loss among the categorical features, if any is surely worse."""
    kinds = (ColumnKind.CATEGORICAL, ColumnKind.BOOLEAN)
    names = [f.name for f in subject.schema.features if f.kind in kinds and len(f.categories) <= _MOST_SEGMENTS]
    if not names:
        return None
    window = (
        ObservationStore(registry)
        .window(
            subject.model,
            subject.end - timedelta(days=_SEGMENT_DAYS),
            subject.end,
            columns=("prediction", *names),
            served_digest=subject.digest,
            labelled_only=True,
        )
        .columns
    )
    if subject.schema.task is Task.REGRESSION:
        losses = np.abs(window["label"].astype(np.float64) - window["prediction"].astype(np.float64))
    else:
        losses = (window["label"] != window["prediction"]).astype(np.float64)
    # One family of questions over all columns: each gets its share of the 5 %.
    confidence = 1.0 - 0.05 / len(names)
    found = [(name, worst_segment(losses, window[name], confidence=confidence)) for name in names]
    worse = [(name, segment) for name, segment in found if segment is not None]
    return max(worse, key=lambda one: one[1].excess, default=None)


def _row(reason: Reason, unit: str, total: float) -> ReasonRow:
    return ReasonRow(
        feature=reason.feature,
        unit=unit,
        effect_name=reason.effect_name,
        effect=reason.effect,
        limit=reason.limit,
        importance=reason.importance,
        weight=reason.weight / total if total > 0 else 0.0,
        moved=_moved(reason.moved, unit),
        drifted=True,
    )


def _moved(moved: Movement, unit: str) -> str:
    """What the values did, in a few words: "up 0.12 to 0.34 bar"."""
    if moved.before is None or moved.after is None:
        return {"missing": "missing more often"}.get(moved.way, "distributed otherwise")
    if moved.way in ("missing", "more", "unseen"):
        shares = f"{percent(moved.before, 'en')} to {percent(moved.after, 'en')}"
        what = {"missing": "missing", "more": f"more “{moved.category}”", "unseen": f"new “{moved.category}”"}
        return f"{what[moved.way]}, {shares}"
    words = {"up": "up, median", "down": "down, median", "wider": "wider, range", "narrower": "narrower, range"}
    figures = f"{number(moved.before, 'en')} to {number(moved.after, 'en')}"
    return f"{words.get(moved.way, 'distributed otherwise,')} {figures} {unit}".strip()
