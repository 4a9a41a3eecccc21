"""The p-values of measured columns: several looks at each, all of them aware that rows depend on each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from aiqu_desktop.drift.evidence.autocorrelation import cautious_times, dependence_of_categories
from aiqu_desktop.drift.evidence.dependence import Dependence, fisher_tail, reconcile, settle, student, student_tail
from aiqu_desktop.drift.evidence.levels import without_change
from aiqu_desktop.drift.evidence.ranks import RankScores, rank_scores
from aiqu_desktop.drift.profiles.profile import NumericProfile
from aiqu_desktop.drift.univariate.measure import NOT_ENOUGH, Measured
from aiqu_desktop.drift.univariate.significance import kolmogorov_smirnov_p
from aiqu_desktop.drift.values import Floats

TIME_ROWS = 4096  # the window's autocorrelation time, its level and its spread are taken from its latest rows
_REFERENCE_ROWS = 1 << 17  # rows behind a profile's autocorrelation time


@dataclass(frozen=True)
class Evidence:
    """p_values: [columns], NaN where there is not enough data. dependence: what they were corrected for.

    effective: rows of the reference and of the window, each divided by the autocorrelation time, [columns, 2].
    """

    p_values: Floats
    dependence: Dependence
    effective: Floats


def gather_evidence(
    measured: Sequence[Measured], numeric: Mapping[int, Floats], categorical: Mapping[int, list[str | None]]
) -> Evidence:
    """Evidence for `measured`; numeric and categorical hold each window in time order, by index in `measured`.

    A numeric column is looked at three times: Kolmogorov-Smirnov, the mean rank and the mean distance of ranks from
    the middle. The smallest p-value counts, times the number of looks (Bonferroni: whatever their dependence).
    """
    windows = [numeric[index][-TIME_ROWS:] for index in numeric]
    profiles = [_numeric_profile(measured[index]) for index in numeric]
    scores = rank_scores(profiles, windows)
    dependence, unevenness = _dependence(measured, list(numeric), scores, categorical)
    sizes = np.array([(m.profile.usable, m.n_current) for m in measured], dtype=np.float64).reshape(-1, 2)
    effective = sizes / dependence.times[:, np.newaxis]
    statistics = np.array([m.statistic for m in measured])
    p_values = np.full(len(measured), np.nan)
    which = np.array([i for i, m in enumerate(measured) if m.method == "chi-squared"], dtype=np.intp)
    uneven = 1.0 + unevenness[which]
    degrees = np.array([m.degrees for m in measured], dtype=np.float64)[which] / uneven
    corrected = statistics[which] / (dependence.times[which] * uneven)
    p_values[which] = fisher_tail(corrected, degrees, dependence.freedom[which])
    places = np.array([p for p, i in enumerate(numeric) if measured[i].method != NOT_ENOUGH], dtype=np.intp)
    if places.size:
        which = np.array(list(numeric), dtype=np.intp)[places]
        shape = kolmogorov_smirnov_p(statistics[which], effective[which, 0], effective[which, 1])
        freedom, times = dependence.freedom[which], dependence.times[which]
        # An infinite or missing tail of the window may leave none among the latest rows: then the shape alone counts.
        rows = np.where(scores.rows[places] > 0, scores.rows[places], np.nan)
        error = np.sqrt(times * (1.0 / sizes[which, 0] + 1.0 / rows))
        looks = np.vstack([
            student(shape, freedom),
            student_tail(scores.level[places] / error, freedom),
            student_tail(scores.spread[places] / error, freedom),
        ])  # fmt: skip
        p_values[which] = np.minimum(1.0, np.nanmin(looks, axis=0) * np.sum(~np.isnan(looks), axis=0))
    return Evidence(p_values, dependence, effective)


def _dependence(
    measured: Sequence[Measured],
    numeric: list[int],
    scores: RankScores,
    categorical: Mapping[int, list[str | None]],
) -> tuple[Dependence, Floats]:
    """The dependence of each column, and how uneven that of a categorical one is, [columns]."""
    of_reference = np.array([m.profile.autocorrelation for m in measured])
    reference_rows = np.array([min(m.profile.rows, _REFERENCE_ROWS) for m in measured], dtype=np.float64)
    of_window, settled, window_rows = (np.ones(len(measured)) for _ in range(3))
    unevenness, unevenness_settled = np.zeros(len(measured)), np.zeros(len(measured))
    if numeric:
        of_window[numeric], window_rows[numeric] = cautious_times(scores.centred), scores.rows
        settled[numeric] = cautious_times(without_change(scores.centred))
    for index, names in categorical.items():
        latest = names[-TIME_ROWS:]
        of_window[index], unevenness[index] = dependence_of_categories(latest)
        settled[index], unevenness_settled[index] = dependence_of_categories(latest, settled=True)
        window_rows[index] = len(latest)
    chosen = settle(of_reference, reference_rows, of_window, settled, window_rows)
    unevenness = np.where(chosen < of_window, unevenness_settled, unevenness)
    return reconcile(of_reference, reference_rows, chosen, window_rows), unevenness


def _numeric_profile(measured: Measured) -> NumericProfile:
    assert isinstance(measured.profile, NumericProfile)
    return measured.profile
