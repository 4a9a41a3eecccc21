"""Which versions the demo has, what each was trained on, and how: the settings that README.md's table follows from.

A version is trained on months that lie before the day it becomes available. As in life some time passes in between,
which gives the gates rows that the version has not seen; the mistake, version 3 of the classifier, takes only a day.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Recipe:
    """One version: trained on the plant's months `first` to `last`, ready on `available` (a date, 08:00 UTC)."""

    model: str
    version: int
    first: int
    last: int
    available: str
    author: str
    notes: str
    scaling: str = "robust"  # "standard": mean and deviation; "robust": median and quartiles
    penalty: float = 20.0  # C of the support vector machine
    gamma: float = 1 / 256


CLASSIFIER, CONCENTRATION, MACHINE = "gas-classifier", "gas-concentration", "machine-failure"
TITLES = {
    CLASSIFIER: "Gas classifier",
    CONCENTRATION: "Gas concentration",
    MACHINE: "Milling machine failure",
}
OWNERS = {
    CLASSIFIER: "Process laboratory",
    CONCENTRATION: "Process laboratory",
    MACHINE: "Maintenance",
}
GASES = ("Acetaldehyde", "Acetone", "Ammonia", "Ethanol", "Ethylene", "Toluene")

_FIRST = "First version, trained on commissioning (months 1-2)."
_SARA, _DAVID = "Sara Nyström, data science", "David Okafor, data science"

RECIPES = (
    Recipe(CLASSIFIER, 1, 1, 2, "2008-03-01", _SARA, _FIRST, "standard", 10.0, 1 / 128),
    Recipe(CLASSIFIER, 2, 1, 10, "2008-11-17", _SARA, "Trained on months 1-10; scaling by median and quartiles."),
    Recipe(CLASSIFIER, 3, 13, 13, "2009-02-02", _DAVID, "Trained on the latest month only, to fit today's sensors."),
    Recipe(CLASSIFIER, 4, 1, 17, "2009-06-08", _SARA, "Trained on months 1-17, with May 2009's drifted sensors."),
    Recipe(CLASSIFIER, 5, 1, 24, "2010-01-11", _SARA, "Trained on months 1-24."),
    Recipe(CONCENTRATION, 1, 1, 2, "2008-03-01", _SARA, _FIRST, "standard", 2.0),
    Recipe(CONCENTRATION, 2, 1, 11, "2008-12-15", _SARA, "Trained on months 1-11.", "standard", 2.0),
    Recipe(CONCENTRATION, 3, 1, 17, "2009-06-15", _SARA, "Trained on months 1-17.", "standard", 2.0),
    Recipe(CONCENTRATION, 4, 1, 24, "2010-01-11", _SARA, "Trained on months 1-24.", "standard", 2.0),
    Recipe(MACHINE, 1, 1, 2, "2008-03-01", _DAVID, "First version, trained on the commissioning run (months 1-2)."),
    Recipe(MACHINE, 2, 1, 12, "2009-01-19", _DAVID, "Trained on months 1-12; a candidate, no need was seen for it."),
)  # fmt: skip
