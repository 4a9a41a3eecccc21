"""What a report plots: points with their uncertainty and sample size, and a heat map of features over time.

Plain data. All instants are aware; a report prints them in UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Quantity:
    """What a number is, so that a page can print it.

    name: as a reader says it, "accuracy".
    unit: "ppmv"; "" for a pure number. Ignored where `is_share`.
    is_share: the value is a share, 0 to 1, and is printed in per cent.
    higher_is_better: on which side of a limit trouble lies.
    in_money: the unit is a currency.
    """

    name: str
    unit: str = ""
    is_share: bool = False
    higher_is_better: bool = True
    in_money: bool = False


@dataclass(frozen=True, slots=True)
class PerformancePoint:
    """The performance in one window.

    time: the end of the window (event time).
    value: None where it could not be computed; it is drawn as a gap.
    low, high: the band around `value`; None where there is none.
    n: labelled rows behind a realised value, rows behind an estimated one.
    estimated: computed without labels.
    """

    time: datetime
    value: float | None
    low: float | None = None
    high: float | None = None
    n: int = 0
    estimated: bool = False


@dataclass(frozen=True, slots=True)
class PerformanceSeries:
    """One metric of one model over the period.

    limit: where the metric becomes an alarm; None when nobody set one.
    acceptance: the value on the held-out data that the live version was accepted on.
    band: what the band is, "95 % confidence sequence".
    cadence: the usual distance between points; a longer silence is drawn as a gap. None: never.
    """

    quantity: Quantity
    points: tuple[PerformancePoint, ...] = ()
    limit: float | None = None
    acceptance: float | None = None
    band: str = "95 % interval"
    cadence: timedelta | None = None


@dataclass(frozen=True, slots=True)
class DriftPoint:
    """The share (0 to 1) of a model's features that drifted in one window; n is the window's row count."""

    time: datetime
    share: float | None
    n: int = 0


@dataclass(frozen=True, slots=True)
class DriftSeries:
    """Drifted features over the period, out of `features` that are watched; `limit` is a share, 0 to 1.

    weighted: a feature counts by its importance to the model, so the share is of the decision and not of the count.
    """

    features: int = 0
    points: tuple[DriftPoint, ...] = ()
    limit: float | None = None
    cadence: timedelta | None = None
    weighted: bool = False


@dataclass(frozen=True, slots=True)
class FeatureDrift:
    """One feature in the newest window.

    effect, limit: the effect size and where it begins to matter, in the measure's own unit.
    p_value, q_value: evidence before and after false-discovery control; None where not tested.
    drifted: the verdict by effect and evidence together.
    importance: share of the model's decision that rests on it, 0 to 1; None where not measured.
    """

    name: str
    effect: float
    limit: float
    drifted: bool
    measure: str = ""
    p_value: float | None = None
    q_value: float | None = None
    importance: float | None = None


@dataclass(frozen=True, slots=True)
class HeatMap:
    """Effect divided by its limit, a row for each feature and a column for each window end; None: not computed.

    Raises:
        ValueError: if `ratios` is not len(features) rows of len(times) values.
    """

    features: tuple[str, ...] = ()
    times: tuple[datetime, ...] = ()
    ratios: tuple[tuple[float | None, ...], ...] = ()

    def __post_init__(self) -> None:
        if len(self.ratios) != len(self.features) or any(len(row) != len(self.times) for row in self.ratios):
            raise ValueError(
                f"a heat map of {len(self.features)} features and {len(self.times)} windows needs that many ratios"
            )
