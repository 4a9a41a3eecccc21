"""How well a classifier does while its labels are still out: confidence-based performance estimation.

If a score of 0.9 comes true nine times in ten, then the scores of a window tell how often its answers will turn out
right (J. Białek and others, "Estimating model performance under covariate shift without labels", 2024). The scores are
first calibrated on the labelled reference. It holds while the scores mean what they meant: when what the features say
about the label changes, as when a sensor ages, the scores are confidently wrong and so is the estimate. So judge it by
`estimator_error` when labels come.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import special

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.drift.estimation.calibrators import KINDS, Calibrator, fit_calibrator
from aiqu_desktop.drift.estimation.expected import Judged
from aiqu_desktop.drift.estimation.folds import numbered_folds
from aiqu_desktop.drift.evidence.autocorrelation import integrated_time
from aiqu_desktop.drift.intervals import CONFIDENCE, Estimate
from aiqu_desktop.drift.performance.confusion import ConfusionMatrix
from aiqu_desktop.drift.performance.cost import CostMatrix
from aiqu_desktop.drift.values import Floats, Ints, as_categories

FORMAT = 1.0
LEAST_ROWS = 50
_FOLDS = 10
_MOST_TAUGHT = 20_000  # more rows hardly move a calibrator, and cross-validation fits it ten times
_SINGLE = ("identity", "scaling", "isotonic")
_LEAST_CHANCE = 1e-4  # so that one surprise does not decide which calibrator is chosen
_LEAST_FOLDS = 3
_SPREAD_OF = "spread_"
_UNBOUNDED = frozenset({"log_loss", "brier", "cost_per_decision"})


@dataclass(frozen=True, slots=True)
class CbpeCalibration:
    """What a reference teaches about a model's scores. Plain numbers: to_arrays and from_arrays keep it.

    classes: the model's. calibrator: chosen by cross-validated log loss among `log_losses` (nats, by kind). time: the
    integrated autocorrelation time of what the calibrated scores leave unexplained, in rows. spread: by figure, how
    far it strayed from its estimate between the folds beyond what chance explains, as a standard deviation: the
    calibrator's own uncertainty and the unrest of the reference together. folds: how many there were. n: labelled rows.
    """

    classes: tuple[str, ...]
    calibrator: Calibrator
    log_losses: Mapping[str, float]
    time: float
    spread: Mapping[str, float]
    folds: int
    n: int

    def to_arrays(self) -> dict[str, Floats]:
        """Named arrays of float64, without the names of the classes; a reference profile keeps them as a section."""
        return {
            "format": np.array(FORMAT),
            **self.calibrator.to_arrays(),
            "log_losses": np.array([self.log_losses[kind] for kind in KINDS]),
            "numbers": np.array([self.time, self.folds, self.n], dtype=np.float64),
            **{f"{_SPREAD_OF}{name}": np.array(value) for name, value in self.spread.items()},
        }

    @classmethod
    def from_arrays(cls, data: Mapping[str, NDArray[Any]], classes: Sequence[str]) -> CbpeCalibration:
        """Read what `to_arrays` gave, for a model with these classes.

        Raises:
            UserError: if it is not that.
        """
        try:
            if float(data["format"]) != FORMAT:
                raise ValueError(f"its format is {data['format']}")
            time, folds, n = (float(value) for value in data["numbers"])
            return cls(
                tuple(map(str, classes)),
                Calibrator.from_arrays(data, len(classes)),
                dict(zip(KINDS, (float(loss) for loss in data["log_losses"]), strict=True)),
                time,
                {
                    name.removeprefix(_SPREAD_OF): float(value)
                    for name, value in data.items()
                    if name.startswith(_SPREAD_OF)
                },
                int(folds),
                int(n),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise UserError(f"The calibration cannot be read ({error!r}); fit it again on the reference.") from error


def fit_cbpe(
    scores: Floats,
    predictions: NDArray[Any],
    labels: NDArray[Any],
    classes: Sequence[str],
    groups: NDArray[Any] | None = None,
) -> CbpeCalibration:
    """Calibrate the scores on labelled reference rows, held out from training, in time order if they have one.

    scores: [rows, classes] in the order of `classes`. predictions, labels: class names [rows]. Rows without a label,
    with a label that is no class, or with a missing score are left out. groups: [rows] which rows belong together
    (batches, days); cross-validation never parts them. Without it, ten blocks of neighbouring rows are taken.
    Raises:
        UserError: if the shapes do not fit, or fewer than 50 rows can be used.
    """
    given, answers, usable = _coded(scores, predictions, classes)
    truth, _, _ = _coded_names(labels, classes)
    if truth.size != usable.size:
        raise UserError(f"There are {truth.size} labels and {usable.size} rows of scores; give one label a row.")
    kept = usable & (truth < len(classes))
    given, answers, truth = given[kept], answers[kept], truth[kept]
    if truth.size < LEAST_ROWS:
        raise UserError(f"Only {truth.size} labelled rows with scores; calibrating takes at least {LEAST_ROWS}.")
    folds = numbered_folds(truth.size, _FOLDS, None if groups is None else np.asarray(groups)[kept])
    outside = _out_of_fold(given, truth, folds)
    own = np.arange(truth.size)
    losses = {
        kind: float(-np.log(np.maximum(chances[own, truth], _LEAST_CHANCE)).mean()) for kind, chances in outside.items()
    }
    # One is chosen. A mean weighted by likelihood (pseudo-BMA) came 1 to 3 % closer on 40 data sets that the benchmark
    # does not have, and no closer on the benchmark's.
    chosen = min(KINDS, key=lambda kind: losses[kind])
    chances = outside[chosen]
    right = answers == truth
    answered = np.minimum(answers, len(classes) - 1)
    time = integrated_time(right - np.where(answers < len(classes), chances[own, answered], 0.0))
    return CbpeCalibration(
        tuple(map(str, classes)),
        fit_calibrator(chosen, given, truth),
        losses,
        time,
        _spread(given, answers, truth, chances, folds, time),
        int(folds.max()) + 1,
        truth.size,
    )


def estimate_classification(
    calibration: CbpeCalibration, scores: Floats, predictions: NDArray[Any], *, costs: CostMatrix | None = None
) -> dict[str, Estimate]:
    """Every figure of `classification_metrics` but the calibration error, as it is to be expected without labels.

    scores: [rows, classes]. predictions: class names [rows]; a missing one counts as wrong. Rows with a missing score
    are left out. The band is 95 % for the figure that the labels will show once they are all there: the chance of the
    draw of the labels (a Poisson binomial, widened by the autocorrelation time of the reference) and the spread of the
    estimator itself. Returns nothing for no usable row.
    Raises:
        UserError: if the shapes do not fit.
    """
    given, answers, usable = _coded(scores, predictions, calibration.classes)
    if costs is not None and costs.classes != calibration.classes:
        raise UserError("The cost matrix has other classes than the model; name the model's, in their order.")
    if not usable.any():
        return {}
    judged = Judged(given[usable], answers[usable], costs)
    chances = calibration.calibrator.apply(judged.scores)
    deviations = judged.deviations(chances)
    z = float(special.ndtri(0.5 + CONFIDENCE / 2))
    t = float(special.stdtrit(max(1, calibration.folds - 1), 0.5 + CONFIDENCE / 2))
    result = {}
    for name, value in judged.figures(chances).items():
        spread = calibration.spread.get(name, 0.0)
        half = math.sqrt((z * deviations[name]) ** 2 * calibration.time + (t * spread) ** 2)
        low, high = value - half, value + half
        if name != "cost_per_decision":
            low = max(0.0, low)
        result[name] = Estimate(name, value, low, high if name in _UNBOUNDED else min(1.0, high), judged.rows)
    return result


def expected_confusion(calibration: CbpeCalibration, scores: Floats, predictions: NDArray[Any]) -> ConfusionMatrix:
    """The confusion matrix that is to be expected; its counts are not whole. Arguments as `estimate_classification`."""
    given, answers, usable = _coded(scores, predictions, calibration.classes)
    judged = Judged(given[usable], answers[usable])
    counts = judged.table(calibration.calibrator.apply(judged.scores)) if judged.rows else np.zeros(
        (judged.size + 1, judged.size + 1)
    )  # fmt: skip
    return ConfusionMatrix(calibration.classes, counts[:-1])


def _coded(scores: Floats, predictions: NDArray[Any], classes: Sequence[str]) -> tuple[Floats, Ints, NDArray[np.bool_]]:
    given = np.asarray(scores, dtype=np.float64)
    if len(classes) < 2 or given.ndim != 2 or given.shape[1] != len(classes):
        raise UserError(f"The scores have shape {given.shape}; give rows by the model's {len(classes)} classes.")
    answers, known, missing = _coded_names(predictions, classes)
    if answers.size != given.shape[0]:
        raise UserError(f"There are {given.shape[0]} rows of scores and {answers.size} predictions; give one each.")
    if not (known | missing).all():
        raise UserError("A prediction is none of the model's classes; name every class.")
    usable: NDArray[np.bool_] = np.asarray(np.isfinite(given).all(axis=1))
    return given, answers, usable


def _coded_names(values: NDArray[Any], classes: Sequence[str]) -> tuple[Ints, NDArray[np.bool_], NDArray[np.bool_]]:
    places = {str(name): index for index, name in enumerate(classes)}
    names = as_categories(values)
    codes = np.array([places.get(name, len(places)) if name is not None else len(places) for name in names], dtype=int)
    return codes, codes < len(places), np.array([name is None for name in names], dtype=bool)


def _out_of_fold(scores: Floats, labels: Ints, folds: Ints) -> dict[str, Floats]:
    """What each kind says of the rows that it was not fitted on, [rows, classes] by kind."""
    found = {kind: np.empty_like(scores) for kind in KINDS}
    for fold in range(int(folds.max()) + 1):
        inside = folds == fold
        taught = np.flatnonzero(~inside)
        if taught.size > _MOST_TAUGHT:
            taught = taught[(np.arange(_MOST_TAUGHT) * taught.size) // _MOST_TAUGHT]
        for kind in _SINGLE:
            found[kind][inside] = fit_calibrator(kind, scores[taught], labels[taught]).apply(scores[inside])
    found["blend"] = (found["scaling"] + found["isotonic"]) / 2.0
    return found


def _spread(scores: Floats, answers: Ints, labels: Ints, chances: Floats, folds: Ints, time: float) -> dict[str, float]:
    """By figure, the square root of the mean over the folds of squared error less the variance that chance explains."""
    surplus: dict[str, list[float]] = {}
    happened = np.zeros_like(scores)
    happened[np.arange(labels.size), labels] = 1.0
    for fold in range(int(folds.max()) + 1):
        inside = folds == fold
        judged = Judged(scores[inside], answers[inside])
        expected, realised = judged.figures(chances[inside]), judged.figures(happened[inside])
        for name, deviation in judged.deviations(chances[inside]).items():
            if name in expected and name in realised:
                surplus.setdefault(name, []).append((expected[name] - realised[name]) ** 2 - time * deviation**2)
    return {
        name: math.sqrt(max(0.0, float(np.mean(values))))
        for name, values in surplus.items()
        if len(values) >= _LEAST_FOLDS
    }
