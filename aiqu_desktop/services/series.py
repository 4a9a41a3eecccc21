"""Metrics as arrays that a chart can draw."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from aiqu_desktop.registry.tables import Metric, Segment
from aiqu_desktop.services.views import HeatMap, Series


def metric_series(
    session: Session,
    model_id: int,
    name: str,
    *,
    title: str,
    unit: str,
    start: datetime,
    end: datetime,
    numbers: Mapping[int, int],
    feature: str = "",
) -> Series:
    """One metric between two instants, of a whole model or of what `feature` names; `numbers` maps version ids to
    version numbers."""
    rows = session.execute(
        select(Metric.at, Metric.value, Metric.low, Metric.high, Metric.limit, Metric.n, Metric.version_id)
        .where(
            Metric.model_id == model_id,
            Metric.name == name,
            Metric.feature == feature,
            Metric.at >= start,
            Metric.at <= end,
        )
        .order_by(Metric.at)
    ).all()
    return Series(
        name=name,
        title=title,
        unit=unit,
        times=np.array([row.at.timestamp() for row in rows], dtype=np.float64),
        values=_floats([row.value for row in rows]),
        low=_floats([row.low for row in rows]),
        high=_floats([row.high for row in rows]),
        limit=_floats([row.limit for row in rows]),
        n=_floats([row.n for row in rows]),
        version=np.array([numbers.get(row.version_id, 0) for row in rows], dtype=np.float64),
    )


def newest_feature(session: Session, model_id: int, name: str, start: datetime, end: datetime) -> str | None:
    """The feature that a metric was last computed for in a range; None where it never was."""
    query = select(Metric.feature).where(
        Metric.model_id == model_id, Metric.name == name, Metric.at >= start, Metric.at <= end
    )
    return session.scalars(query.order_by(Metric.at.desc()).limit(1)).first()


def volume_series(session: Session, model_id: int, start: datetime, end: datetime) -> Series:
    """Observations of each day with data, placed at noon; days without any are absent, and drawn as a gap.

    A file that covers several days counts on each of them with its mean per day.
    """
    rows = session.execute(
        select(Segment.first_time, Segment.last_time, Segment.rows).where(
            Segment.model_id == model_id,
            Segment.kind == "observations",
            Segment.last_time >= start,
            Segment.first_time <= end,
        )
    ).all()
    counts: dict[int, float] = {}
    for row in rows:
        covered = range(row.first_time.date().toordinal(), row.last_time.date().toordinal() + 1)
        for day in covered:
            counts[day] = counts.get(day, 0.0) + row.rows / len(covered)
    days = sorted(counts)
    noons = [datetime.combine(date.fromordinal(day), time(12), UTC).timestamp() for day in days]
    values = np.array([counts[day] for day in days], dtype=np.float64)
    unknown = np.full(len(days), np.nan)
    return Series(
        name="volume",
        title="Observations",
        unit="per day",
        times=np.array(noons, dtype=np.float64),
        values=values,
        low=unknown,
        high=unknown,
        limit=unknown,
        n=values,
        version=np.zeros(len(days)),
    )


def heat_map(
    session: Session, model_id: int, start: datetime, end: datetime, matter: Mapping[str, float], alpha: float
) -> HeatMap:
    """Drift effect of each feature over time, as a multiple of its limit; features that matter most come first.

    alpha: a q-value up to this counts as evidence.
    """
    rows = session.execute(
        select(Metric.feature, Metric.at, Metric.value, Metric.limit, Metric.p_value)
        .where(Metric.model_id == model_id, Metric.name == "drift.effect", Metric.at >= start, Metric.at <= end)
        .order_by(Metric.at)
    ).all()
    present = sorted({row.feature for row in rows}, key=lambda name: (-matter.get(name, 0.0), name))
    instants = sorted({row.at for row in rows})
    row_of = {name: index for index, name in enumerate(present)}
    column_of = {at: index for index, at in enumerate(instants)}
    effects = np.full((len(present), len(instants)), np.nan)
    drifted = np.zeros((len(present), len(instants)), dtype=np.bool_)
    for row in rows:
        if row.value is None or not row.limit:
            continue
        place = row_of[row.feature], column_of[row.at]
        effects[place] = row.value / row.limit
        drifted[place] = row.value > row.limit and row.p_value is not None and row.p_value <= alpha
    times = np.array([at.timestamp() for at in instants], dtype=np.float64)
    return HeatMap(tuple(present), times, effects, drifted)


def _floats(values: list[float | None]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)
