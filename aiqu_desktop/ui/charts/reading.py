"""What every chart says at one instant: the values behind the crosshair. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from aiqu_desktop.ui.charts import gaps
from aiqu_desktop.ui.charts.heat_image import cell_step
from aiqu_desktop.ui.charts.picture import Curve, Picture

Floats = npt.NDArray[np.float64]


class Standing(StrEnum):
    """How much the metric's value at an instant is worth."""

    REALISED = "realised"
    UNLABELLED = "unlabelled"
    STALE = "stale"
    NOTHING = "no data"


@dataclass(frozen=True, slots=True)
class Point:
    """One curve at one instant; NaN where it does not say."""

    at: float
    value: float
    low: float
    high: float
    limit: float
    n: float
    wrong: bool


@dataclass(frozen=True, slots=True)
class FeatureReading:
    """One heat map cell; `effect` is a multiple of the feature's limit. `of_row`: asked for by the cursor's row."""

    name: str
    effect: float
    drifted: bool
    drifted_count: int
    of_row: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """All values at instant `at` (seconds since 1970); None where that chart has nothing there."""

    at: float
    standing: Standing
    version: int | None
    metric: Point | None
    drift: Point | None
    feature: FeatureReading | None
    volume: float | None
    coverage: float | None
    estimated: Point | None = None
    challenger: Point | None = None


def read_at(picture: Picture, metric: int, at: float, row: int | None = None) -> Reading:
    """Read every chart at `at`; `row` is the heat map row under the cursor, None for the worst feature."""
    curve = picture.metrics[metric] if picture.metrics else None
    point = None if curve is None else _point(curve, at)
    volume, coverage = _volume(picture, at)
    return Reading(
        at=at,
        standing=_standing(picture, point, volume, at),
        version=_version_at(picture, at),
        metric=point,
        drift=_point(picture.drift, at),
        feature=_feature(picture, at, row),
        volume=volume,
        coverage=coverage,
        estimated=_beside(picture.estimated, metric, at),
        challenger=_beside(picture.challenger, metric, at),
    )


def read_newest(picture: Picture, metric: int) -> Reading:
    """The newest answer of each chart, which need not be of one instant; `at` is the newest of all."""
    curve = picture.metrics[metric] if picture.metrics else None
    beside = (picture.estimated, picture.challenger) if metric == 0 else (None, None)
    points = [None if c is None else _point(c, _last(c)) for c in (curve, picture.drift, *beside)]
    heat, volume = picture.heat, picture.volume
    known = heat.times[np.isfinite(heat.effects).any(axis=0)] if heat.times.size else heat.times
    counted, coverage = _volume(picture, float(volume.times[-1])) if volume.times.size else (None, None)
    instants = [p.at for p in points if p is not None] + [
        float(times[-1]) for times in (known, volume.times) if len(times)
    ]
    at = max(instants, default=picture.now)
    return Reading(
        at=at,
        standing=_standing(picture, points[0], counted, at),
        version=picture.served[-1].version if picture.served and not picture.served[-1].stopped else None,
        metric=points[0],
        drift=points[1],
        feature=_feature(picture, float(known[-1]), None) if len(known) else None,
        volume=counted,
        coverage=coverage,
        estimated=points[2],
        challenger=points[3],
    )


def _version_at(picture: Picture, at: float) -> int | None:
    """What served then; None before the first version and while the model was stopped."""
    span = next((s for s in reversed(picture.served) if s.start <= at < s.end or at == s.end), None)
    return None if span is None or span.stopped else span.version


def _beside(curve: Curve | None, metric: int, at: float) -> Point | None:
    """Only the first metric has further curves."""
    return None if curve is None or metric else _point(curve, at)


def _last(curve: Curve) -> float:
    """When the curve's newest known value was; NaN-safe: minus infinity when it has none."""
    known = curve.times[np.isfinite(curve.values)]
    return float(known[-1]) if known.size else -np.inf


def snap(picture: Picture, metric: int, at: float) -> float:
    """The nearest instant that has an answer of the metric, else of the drift check; `at` itself in a silence."""
    further = (*picture.estimates, *picture.challengers) if metric == 0 else ()
    curves = (*picture.metrics[metric : metric + 1], *further, picture.drift)
    for curve in curves:
        point = _point(curve, at)
        if point is not None:
            return point.at
    return at


def nearest(times: Floats, at: float, reach: float) -> int | None:
    """Index of the sample nearest to `at`, if within `reach` seconds."""
    if not len(times):
        return None
    after = int(np.clip(np.searchsorted(times, at), 1, max(len(times) - 1, 1)))
    after = min(after, len(times) - 1)
    best = min(max(after - 1, 0), after, key=lambda i: abs(times[i] - at))
    return best if abs(times[best] - at) <= reach else None


def _point(curve: Curve, at: float) -> Point | None:
    index = nearest(curve.times, at, max(gaps.median_step(curve.times), 1.0))
    if index is None or not np.isfinite(curve.values[index]):
        return None
    columns = (curve.times, curve.values, curve.low, curve.high, curve.limit, curve.n)
    return Point(*(float(c[index]) for c in columns), wrong=bool(curve.wrong[index]))


def _volume(picture: Picture, at: float) -> tuple[float | None, float | None]:
    volume = picture.volume
    index = nearest(volume.times, at, volume.step)
    if index is None:
        return None, None
    coverage = float(volume.coverage[index])
    return float(volume.total[index]), coverage if np.isfinite(coverage) else None


def _standing(picture: Picture, point: Point | None, volume: float | None, at: float) -> Standing:
    if point is not None:
        return Standing.REALISED
    if picture.stale is not None and picture.stale[0] < at <= picture.stale[1]:
        return Standing.STALE
    return Standing.UNLABELLED if volume else Standing.NOTHING


def _feature(picture: Picture, at: float, row: int | None) -> FeatureReading | None:
    heat = picture.heat
    column = nearest(heat.times, at, cell_step(heat.times) / 2 * 1.001)
    if column is None or not heat.features:
        return None
    effects = heat.effects[:, column]
    if row is not None and not 0 <= row < len(heat.features):
        row = None
    if row is None and not np.isfinite(effects).any():
        return None
    flags = heat.drifted[:, column]
    # A large effect without evidence is no drift: the worst is looked for among those that drifted, if any did.
    proven = flags & np.isfinite(effects)
    worst = np.where(proven, effects, np.nan) if proven.any() else effects
    chosen = int(np.nanargmax(worst)) if row is None else row
    return FeatureReading(
        heat.features[chosen], float(effects[chosen]), bool(flags[chosen]), int(flags.sum()), row is not None
    )
