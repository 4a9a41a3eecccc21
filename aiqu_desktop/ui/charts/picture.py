"""A model page made ready to draw: gaps broken, wedges cut, silent and stale spans found. Pure; runs on a worker."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from aiqu_desktop.core.words import VersionState
from aiqu_desktop.services.views import HeatMap, Mark, ModelPage, Series
from aiqu_desktop.ui.charts import gaps

Floats = npt.NDArray[np.float64]
_LOWER_IS_BETTER = frozenset({"mae", "mse", "rmse", "mape", "bias", "brier", "error_rate", "cost_per_thousand"})


@dataclass(frozen=True, slots=True)
class Curve:
    """One metric with its gaps broken by NaN samples; arrays of one shape (k,).

    wedge: (x, limit, curve) where the curve is on the wrong side of its limit, NaN elsewhere.
    limit_line: (x, y) of the limit as a staircase that runs on through gaps up to now.
    above: True where values above the limit are the bad ones.
    """

    title: str
    unit: str
    times: Floats
    values: Floats
    low: Floats
    high: Floats
    limit: Floats
    n: Floats
    version: Floats
    wedge: tuple[Floats, Floats, Floats]
    limit_line: tuple[Floats, Floats]
    above: bool

    @property
    def wrong(self) -> npt.NDArray[np.bool_]:
        """Samples beyond the limit, shape (k,)."""
        with np.errstate(invalid="ignore"):
            return self.values > self.limit if self.above else self.values < self.limit


@dataclass(frozen=True, slots=True)
class Level:
    """The accuracy that a version was accepted with, for as long as it served."""

    start: float
    end: float
    value: float
    version: int


@dataclass(frozen=True, slots=True)
class Span:
    """A version's time as champion, in seconds; `withdrawn` when it was rolled back from."""

    version: int
    start: float
    end: float
    withdrawn: bool
    stopped: bool = False  # nothing served in that time


@dataclass(frozen=True, slots=True)
class Volume:
    """Observations a day and the labelled part of them; `coverage` is that part as a share. Shapes (k,)."""

    times: Floats
    total: Floats
    labelled: Floats
    coverage: Floats
    step: float


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything that the chart column draws."""

    metrics: tuple[Curve, ...]
    drift: Curve
    volume: Volume
    heat: HeatMap
    marks: tuple[Mark, ...]
    mark_times: Floats
    served: tuple[Span, ...]
    accepted: tuple[Level, ...]
    unlabelled: tuple[gaps.Span, ...]
    stale: gaps.Span | None
    first: float
    now: float
    estimated: Curve | None = None  # the first metric as it would be without labels
    challenger: Curve | None = None  # the first metric of a version that ran beside the champion
    anytime: Curve | None = None  # the first metric with the band that holds at every look
    standing: tuple[gaps.Span, ...] = ()  # while an alarm stands

    @property
    def empty(self) -> bool:
        """True when there is not one value to draw."""
        curves = (*self.metrics, *self.estimates, *self.challengers)
        return not (self.volume.times.size or self.heat.times.size or any(c.times.size for c in curves))

    @property
    def estimates(self) -> tuple[Curve, ...]:
        """The estimated curve, or none."""
        return () if self.estimated is None else (self.estimated,)

    @property
    def challengers(self) -> tuple[Curve, ...]:
        """The curve of the version beside the champion, or none."""
        return () if self.challenger is None else (self.challenger,)

    @property
    def bounds(self) -> tuple[Curve, ...]:
        """The curve with the band that holds at every look, or none."""
        return () if self.anytime is None else (self.anytime,)


def looks_like(new: Picture, old: Picture, window_width: float) -> bool:
    """True when `new` would be drawn the same as `old`: same data, and the clock moved by less than half a pixel."""
    if abs(new.now - old.now) > window_width / 4_000 or (new.stale is None) != (old.stale is None):
        return False
    if (new.marks, new.served, new.accepted, new.heat.features) != (
        old.marks,
        old.served,
        old.accepted,
        old.heat.features,
    ):
        return False
    if _counts(new) != _counts(old):
        return False
    return all(np.array_equal(a, b, equal_nan=True) for a, b in zip(_drawn(new), _drawn(old), strict=True))


def _counts(picture: Picture) -> tuple[int, ...]:
    """How many curves of each kind there are."""
    kinds = (picture.metrics, picture.estimates, picture.challengers, picture.bounds)
    return tuple(len(curves) for curves in kinds)


def _drawn(picture: Picture) -> list[Floats]:
    """The arrays that decide what is drawn, apart from now."""
    arrays = [
        picture.volume.times,
        picture.volume.total,
        picture.volume.labelled,
        picture.heat.times,
        picture.heat.effects,
    ]
    for curve in (*picture.metrics, picture.drift, *picture.estimates, *picture.challengers, *picture.bounds):
        arrays += [curve.times, curve.values, curve.low, curve.high, curve.limit]
    return arrays


def prepare(page: ModelPage) -> Picture:
    """Make `page` ready to draw."""
    now = page.site_now.timestamp()
    performance = page.performance
    primary = performance[0] if performance else None
    metrics = tuple(_curve(s, now, above=not _higher_is_better(page, s)) for s in performance)
    served = _served(page, now)
    guessed = tuple(series for series in (page.estimated, page.challenger) if series is not None)
    starts = [s.times[0] for s in (*performance, *guessed, page.drift, page.volume) if len(s.times)]
    starts += [page.heat.times[0]] if len(page.heat.times) else []
    empty = np.empty(0)
    answers = (primary.times, primary.values) if primary else (empty, empty)
    return Picture(
        metrics=metrics,
        drift=_curve(page.drift, now, above=True),
        volume=_volume(page),
        heat=page.heat,
        marks=page.marks,
        mark_times=np.array([mark.at.timestamp() for mark in page.marks]),
        served=served,
        accepted=_accepted(page, served),
        unlabelled=gaps.unlabelled_spans(page.volume.times, page.volume.values, *answers),
        stale=gaps.stale_span(page.volume.times, page.volume.values, now),
        first=float(min(starts, default=now - 86_400.0)),
        now=now,
        estimated=_like_primary(page, page.estimated, now),
        challenger=_like_primary(page, page.challenger, now),
        anytime=_like_primary(page, page.anytime, now),
    )


def _like_primary(page: ModelPage, series: Series | None, now: float) -> Curve | None:
    """A further curve of the primary metric."""
    return None if series is None else _curve(series, now, above=not page.tile.higher_is_better)


def _higher_is_better(page: ModelPage, series: Series) -> bool:
    """The tile says it for the primary metric; the names of errors and losses say it for the others."""
    if page.performance and series is page.performance[0]:
        return page.tile.higher_is_better
    return not lower_is_better(series.name.rpartition(".")[2])


def lower_is_better(metric: str) -> bool:
    """Whether a metric is an error or a loss, by its name ("mae", "log_loss", "median_relative_error")."""
    return metric in _LOWER_IS_BETTER or metric.endswith(("_error", "_loss"))


def _curve(series: Series, now: float, *, above: bool) -> Curve:
    times, values, low, high, limit, n, version = gaps.break_gaps(
        series.times, series.values, series.low, series.high, series.limit, series.n, series.version
    )
    wedge = gaps.beyond(times, values, limit, above=above)
    limit_line = _staircase(series.times, series.limit, now)
    return Curve(series.title, series.unit, times, values, low, high, limit, n, version, wedge, limit_line, above)


def _staircase(times: Floats, limit: Floats, now: float) -> tuple[Floats, Floats]:
    """Only the corners of a limit that seldom changes: (x, y), each value held until the next known one."""
    known = np.isfinite(limit)
    times, limit = times[known], limit[known]
    if not len(times):
        return times, limit
    corners = np.flatnonzero(np.diff(limit, prepend=np.nan) != 0)
    x = np.append(np.repeat(times[corners], 2)[1:], max(now, float(times[-1])))
    return x, np.repeat(limit[corners], 2)


def _volume(page: ModelPage) -> Volume:
    """Each day takes the labelled share that the next check told, be it a week away; beyond one period nobody knows."""
    times, total = page.volume.times, np.nan_to_num(page.volume.values)
    coverage = np.full(len(times), np.nan)
    period = max(gaps.median_step(times), gaps.median_step(page.coverage.times), 1.0)
    if len(page.coverage.times) and len(times):
        nearest = np.clip(np.searchsorted(page.coverage.times, times), 0, len(page.coverage.times) - 1)
        near = np.abs(page.coverage.times[nearest] - times) <= period
        coverage[near] = page.coverage.values[nearest[near]]
    return Volume(times, total, total * np.nan_to_num(coverage), coverage, gaps.median_step(times) or 86_400.0)


def _served(page: ModelPage, now: float) -> tuple[Span, ...]:
    states = {version.number: version.state for version in page.versions}
    return tuple(
        Span(
            span.version,
            span.start.timestamp(),
            now if span.end is None else span.end.timestamp(),
            states.get(span.version) is VersionState.WITHDRAWN and not span.stopped,
            span.stopped,
        )
        for span in page.served
    )


def _accepted(page: ModelPage, served: tuple[Span, ...]) -> tuple[Level, ...]:
    values = {v.number: v.metrics.get(page.tile.metric, {}).get("value") for v in page.versions}
    return tuple(
        Level(span.start, span.end, float(value), span.version)
        for span in served
        if not span.stopped and (value := values.get(span.version)) is not None
    )
