"""Error streams of frozen models on synthetic concepts whose change is known: what change detectors are held against.

A concept draws rows under a mixing level for each row: 0 is the concept the model was fitted on, 1 the changed one.
Sudden changes jump from 0 to 1; gradual ones mix both concepts row by row with a rising share; incremental ones move
the concept itself. Sources: SEA (Street & Kim, KDD 2001), Agrawal (TKDE 5, 1993), LED (Breiman et al., 1984), STAGGER
(Schlimmer & Granger, 1986), sine and mixed (Gama et al., SBIA 2004), hyperplane (Hulten et al., KDD 2001).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from aiqu_desktop.drift.values import Floats, Ints
from tests.benchmarks.frozen_models import GaussianClassifier, confidence_groups

Draw = Callable[[np.random.Generator, Floats], tuple[Floats, Ints]]

TRAINING_ROWS = 2_000
CHANGE_AT = 5_000
ROWS = 10_000
TRANSITION = 500
KINDS = ("sudden", "gradual", "incremental")


@dataclass(frozen=True, slots=True)
class ErrorStream:
    """0/1 losses [rows] of a frozen model, a small group number for each row that is known before its label
    (predicted class by confidence), and the row of the change (None where there is none)."""

    name: str
    kind: str
    losses: Floats
    groups: Ints
    change: int | None


def sea(before: float, after: float) -> Draw:
    """Two of three numbers add up to a threshold or less; one label in ten is wrong."""

    def draw(random: np.random.Generator, level: Floats) -> tuple[Floats, Ints]:
        x = random.uniform(0.0, 10.0, (level.size, 3))
        label = x[:, 0] + x[:, 1] <= before + level * (after - before)
        return x, (label ^ (random.random(level.size) < 0.1)).astype(np.int64)

    return draw


def agrawal(before: int, after: int) -> Draw:
    """Loans by one of ten rules; in an incremental change the new rule spreads from the young to the old."""

    def draw(random: np.random.Generator, level: Floats) -> tuple[Floats, Ints]:
        n = level.size
        salary = random.uniform(20_000, 150_000, n)
        commission = np.where(salary >= 75_000, 0.0, random.uniform(10_000, 85_000, n))
        age = random.integers(20, 81, n).astype(np.float64)
        education = random.integers(0, 5, n).astype(np.float64)
        car, zipcode = random.integers(1, 21, n), random.integers(0, 9, n)
        value = (8 - zipcode) * 100_000 * random.uniform(0.5, 1.5, n)
        years = random.integers(1, 31, n)
        loan = random.uniform(0, 500_000, n)
        old = _agrawal_rule(before, salary, commission, age, education, loan)
        new = _agrawal_rule(after, salary, commission, age, education, loan)
        label = np.where((age - 20) / 61 < level, new, old)
        x = np.column_stack([salary, commission, age, education, car, zipcode, value, years, loan])
        return x, (label ^ (random.random(n) < 0.05)).astype(np.int64)

    return draw


def _agrawal_rule(
    rule: int, salary: Floats, commission: Floats, age: Floats, education: Floats, loan: Floats
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    def by_age(values: Floats, *ranges: tuple[float, float]) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        inside = [(values >= low) & (values <= high) for low, high in ranges]
        return np.where(age < 40, inside[0], np.where(age < 60, inside[1], inside[2]))

    income = salary + commission
    if rule == 0:
        return (age < 40) | (age >= 60)
    if rule == 1:
        return by_age(salary, (50_000, 100_000), (75_000, 125_000), (25_000, 75_000))
    if rule == 2:
        return by_age(education, (0, 1), (1, 3), (2, 4))
    if rule == 5:
        return by_age(income, (50_000, 100_000), (75_000, 125_000), (25_000, 75_000))
    spendable = 2 * income / 3 - 20_000
    if rule == 6:
        return spendable - loan / 5 <= 1
    if rule == 7:
        return spendable - 5_000 * education <= 1
    if rule == 8:
        return spendable + 10_000 - 5_000 * education - loan / 5 <= 1
    raise ValueError(f"rule {rule} of Agrawal is not here")


_DIGITS = ("1110111", "0010010", "1011101", "1011011", "0111010", "1101011", "1101111", "1010010", "1111111", "1111011")
_SEGMENTS = np.array([[int(bit) for bit in digit] for digit in _DIGITS])


def led(swapped: int) -> Draw:
    """Digits on seven segments, each wrong one time in ten, beside 17 random bits; the change swaps some of both."""

    def draw(random: np.random.Generator, level: Floats) -> tuple[Floats, Ints]:
        digit = random.integers(0, 10, level.size)
        segments = _SEGMENTS[digit] ^ (random.random((level.size, 7)) < 0.1)
        x = np.hstack([segments, random.integers(0, 2, (level.size, 17))]).astype(np.float64)
        for i in range(swapped):
            moved = np.flatnonzero(np.round(level * swapped) > i)
            x[moved, i], x[moved, 7 + i] = x[moved, 7 + i].copy(), x[moved, i].copy()
        return x, digit

    return draw


def mean_shift(deviations: float) -> Draw:
    """Three Gaussian classes in five dimensions; the change moves all of them by so many standard deviations."""
    centres = np.array([[0.0] * 5, [1.2] * 5, [0.0, 1.2, 2.4, 1.2, 0.0]])
    direction = np.ones(5) / np.sqrt(5.0)

    def draw(random: np.random.Generator, level: Floats) -> tuple[Floats, Ints]:
        label = random.integers(0, 3, level.size)
        moved = (level * deviations)[:, np.newaxis] * direction
        return centres[label] + moved + random.normal(size=(level.size, 5)), label

    return draw


def stagger(before: int, after: int) -> Draw:
    """Size, colour and shape of three values each, by one of three rules; one label in twenty is wrong."""

    def rule(which: int, x: Ints) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        size, colour, shape = x.T
        return ((size == 0) & (colour == 0), (colour == 1) | (shape == 1), size > 0)[which]

    def draw(random: np.random.Generator, level: Floats) -> tuple[Floats, Ints]:
        x = random.integers(0, 3, (level.size, 3))
        label = np.where(random.random(level.size) < level, rule(after, x), rule(before, x))
        return x.astype(np.float64), (label ^ (random.random(level.size) < 0.05)).astype(np.int64)

    return draw


def sine(moved: float) -> Draw:
    """A point below a sine curve; the change moves the curve sideways."""

    def draw(random: np.random.Generator, level: Floats) -> tuple[Floats, Ints]:
        x = random.random((level.size, 4))
        label = x[:, 1] < 0.5 + 0.3 * np.sin(3 * np.pi * (x[:, 0] + moved * level))
        return x, (label ^ (random.random(level.size) < 0.05)).astype(np.int64)

    return draw


def mixed(turned: float) -> Draw:
    """Two flags and a curve, two of three must hold; the change turns the answer round in a part of the rows."""

    def draw(random: np.random.Generator, level: Floats) -> tuple[Floats, Ints]:
        flags = random.random((level.size, 2)) < 0.5
        x = random.random((level.size, 2))
        votes = flags.sum(axis=1) + (x[:, 1] < 0.5 + 0.3 * np.sin(3 * np.pi * x[:, 0]))
        label = (votes >= 2) ^ (x[:, 0] < turned * level)
        noisy = label ^ (random.random(level.size) < 0.05)
        return np.hstack([flags.astype(np.float64), x]), noisy.astype(np.int64)

    return draw


def hyperplane(turned: float) -> Draw:
    """A plane through the middle of ten numbers; the change turns its weights towards another draw of them."""
    first, second = np.random.default_rng(5).random((2, 10))

    def draw(random: np.random.Generator, level: Floats) -> tuple[Floats, Ints]:
        x = random.random((level.size, 10))
        weights = first + turned * level[:, np.newaxis] * (second - first)
        label = np.sum(weights * (x - 0.5), axis=1) > 0.0
        return x, (label ^ (random.random(level.size) < 0.05)).astype(np.int64)

    return draw


# The four that the issue names, each in several sizes of change, and four more.
NAMED: dict[str, Draw] = {
    "SEA 8 to 9": sea(8.0, 9.0),
    "SEA 9 to 7": sea(9.0, 7.0),
    "SEA 7 to 9.5": sea(7.0, 9.5),
    "Agrawal 0 to 2": agrawal(0, 2),
    "Agrawal 1 to 5": agrawal(1, 5),
    "Agrawal 2 to 1": agrawal(2, 1),
    "Agrawal 7 to 6": agrawal(7, 6),
    "LED 1": led(1),
    "LED 3": led(3),
    "LED 5": led(5),
    "mean shift 1.5": mean_shift(1.5),
    "mean shift 1": mean_shift(1.0),
    "mean shift 2": mean_shift(2.0),
}
FURTHER: dict[str, Draw] = {
    "STAGGER 0 to 1": stagger(0, 1),
    "STAGGER 1 to 2": stagger(1, 2),
    "sine": sine(0.25),
    "mixed": mixed(0.3),
    "hyperplane": hyperplane(1.0),
}


def levels(kind: str, rows: int, change: int, random: np.random.Generator) -> Floats:
    """Mixing level of each row: 0 before `change`, 1 once the change is complete."""
    ramp = np.clip((np.arange(rows) - change) / TRANSITION, 0.0, 1.0)
    if kind == "sudden":
        return (np.arange(rows) >= change).astype(np.float64)
    if kind == "gradual":
        return (random.random(rows) < ramp).astype(np.float64)
    return ramp


def stream(name: str, draw: Draw, kind: str, seed: int, *, flipped: float = 0.0, rows: int = ROWS) -> ErrorStream:
    """The errors of a Gaussian classifier fitted on the first rows; `kind` "none" is a stream without change, "flips"
    one where a share of the labels turns wrong at the change."""
    random = np.random.default_rng([seed, *name.encode(), *kind.encode()])
    x, y = draw(random, np.zeros(TRAINING_ROWS))
    model = GaussianClassifier.fit(x, y, shared=False, naive=True)
    still = kind in ("none", "flips")
    level = np.zeros(rows) if still else levels(kind, rows, CHANGE_AT, random)
    x_new, y_new = draw(random, level)
    if kind == "flips":
        y_new = flip(y_new, flipped, CHANGE_AT, random)
    predicted, confidence = model.predict(x_new)
    groups = confidence_groups(model.predict(x), (predicted, confidence), int(y.max()) + 1)
    losses = (predicted != y_new).astype(np.float64)
    return ErrorStream(name, kind, losses, groups, None if kind == "none" else CHANGE_AT)


def flip(labels: Ints, share: float, change: int, random: np.random.Generator) -> Ints:
    """`labels` where from `change` on so large a share is replaced by another class at random."""
    classes = int(labels.max()) + 1
    wrong = (labels + random.integers(1, classes, labels.size)) % classes
    hit = (random.random(labels.size) < share) & (np.arange(labels.size) >= change)
    return np.where(hit, wrong, labels)


def changed_streams(seeds: range, concepts: dict[str, Draw]) -> Iterator[ErrorStream]:
    """Every concept with every kind of change."""
    for name, draw in concepts.items():
        for kind in KINDS:
            for seed in seeds:
                yield stream(name, draw, kind, seed)


def flipped_streams(seeds: range, share: float = 0.1) -> Iterator[ErrorStream]:
    """One of each family, where from the change on a tenth of the labels is wrong."""
    for name in ("SEA 8 to 9", "Agrawal 1 to 5", "Agrawal 7 to 6", "LED 1", "mean shift 1", "hyperplane"):
        for seed in seeds:
            yield stream(name, {**NAMED, **FURTHER}[name], "flips", seed, flipped=share)


def still_streams(seeds: range, rows: int) -> Iterator[ErrorStream]:
    """Streams without change, of all concepts."""
    for name, draw in {**NAMED, **FURTHER}.items():
        for seed in seeds:
            yield stream(name, draw, "none", seed, rows=rows)
