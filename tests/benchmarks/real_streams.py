"""Error streams of frozen models on real data: shuffled with a change put in, and in time order.

Gas sensors and the milling machine are in resources/demo; Elec2 (New South Wales electricity market) is taken by path.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np

from aiqu_desktop.drift.values import Floats, Ints
from tests.benchmarks.frozen_models import GaussianClassifier, Neighbours, confidence_groups
from tests.benchmarks.streams import ErrorStream, flip

PLANT = Path(__file__).resolve().parents[2] / "resources" / "demo" / "plant"
LONGEST = 20_000  # rows of a shuffled stream
LEAST_RISE = 0.02

Injection = Callable[[Floats, Ints, Floats, np.random.Generator], tuple[Floats, Ints]]


@dataclass(frozen=True, slots=True)
class Dataset:
    """Rows in time order; `fitted` of them (shuffled streams: any of them) make the model, the rest the stream."""

    name: str
    x: Floats
    y: Ints
    fitted: int
    linear: bool  # a linear discriminant; else nearest neighbours


def datasets(elec2: Path | None) -> list[Dataset]:
    """The real data at hand."""
    gas = _columns(f"SELECT * EXCLUDE (id, concentration_ppmv) FROM '{PLANT / 'gas.parquet'}' ORDER BY event_time, id")
    machine = _columns(
        f"SELECT * EXCLUDE (id) REPLACE (CASE Type WHEN 'L' THEN 0 WHEN 'M' THEN 1 ELSE 2 END AS Type)"
        f" FROM '{PLANT / 'machine.parquet'}' ORDER BY event_time, id"
    )
    found = [
        _dataset("gas", gas, "gas", 1_500, linear=True),
        _dataset("machine", machine, "Machine_failure", 2_000, linear=True),
    ]
    if elec2 is not None:
        rows = _columns(f"SELECT * FROM read_csv('{elec2 / 'elec2.csv'}', header = true)")
        found.append(_dataset("elec2", rows, "class", 4_000, linear=False))
    return found


def _columns(query: str) -> dict[str, np.ndarray]:
    with duckdb.connect() as connection:
        return connection.execute(query).fetchnumpy()


def _dataset(name: str, columns: dict[str, np.ndarray], label: str, fitted: int, *, linear: bool) -> Dataset:
    y = np.unique(np.asarray(columns.pop(label)).astype(str), return_inverse=True)[1]
    columns.pop("event_time", None)
    x = np.column_stack([np.asarray(values, dtype=np.float64) for values in columns.values()])
    return Dataset(name, x, y.astype(np.int64), fitted, linear)


def columns_rotated(x: Floats, y: Ints, spread: Floats, random: np.random.Generator) -> tuple[Floats, Ints]:
    """An eighth of the columns arrive in each other's place (scaled to the place's range): a wiring fault."""
    chosen = random.choice(x.shape[1], max(2, x.shape[1] // 8), replace=False)
    moved = x.copy()
    centre = x.mean(axis=0)
    source = np.roll(chosen, 1)
    moved[:, chosen] = (x[:, source] - centre[source]) / spread[source] * spread[chosen] + centre[chosen]
    return moved, y


def sensors_offset(x: Floats, y: Ints, spread: Floats, random: np.random.Generator) -> tuple[Floats, Ints]:
    """An eighth of the columns read two standard deviations too much or too little."""
    chosen = random.choice(x.shape[1], max(2, x.shape[1] // 8), replace=False)
    moved = x.copy()
    moved[:, chosen] += 2.0 * spread[chosen] * random.choice([-1.0, 1.0], chosen.size)
    return moved, y


def labels_turned(x: Floats, y: Ints, spread: Floats, random: np.random.Generator) -> tuple[Floats, Ints]:
    """The classes mean something else in the upper quarter of one column: the concept itself moved there."""
    column = int(random.integers(x.shape[1]))
    turned = x[:, column] > np.quantile(x[:, column], 0.75)
    return x, np.where(turned, (y + 1) % (int(y.max()) + 1), y)


def tenth_flipped(x: Floats, y: Ints, spread: Floats, random: np.random.Generator) -> tuple[Floats, Ints]:
    """One label in ten is wrong."""
    return x, flip(y, 0.1, 0, random)


INJECTIONS: dict[str, Injection] = {
    "columns rotated": columns_rotated,
    "sensors offset": sensors_offset,
    "labels turned": labels_turned,
}


def shuffled(data: Dataset, seed: int, injection: tuple[str, Injection] | None) -> ErrorStream:
    """The errors on rows in random order, with a change put in half-way (or none)."""
    kind, inject = injection or ("none", None)
    random = np.random.default_rng([seed, *data.name.encode(), *kind.encode()])
    order = random.permutation(data.y.size)
    fit, rest = order[: data.fitted], order[data.fitted : data.fitted + LONGEST]
    x, y = data.x[rest], data.y[rest]
    change = y.size // 2
    if inject is not None:
        new_x, new_y = inject(x[change:], y[change:], data.x[fit].std(axis=0) + 1e-9, random)
        x, y = np.vstack([x[:change], new_x]), np.concatenate([y[:change], new_y])
    losses, groups = _errors(data, data.x[fit], data.y[fit], x, y)
    return ErrorStream(data.name, kind, losses, groups, None if inject is None else change)


def in_time_order(data: Dataset) -> ErrorStream:
    """The errors of a model fitted on the first rows, as they came; nobody knows when what changed."""
    head, tail = slice(data.fitted), slice(data.fitted, None)
    losses, groups = _errors(data, data.x[head], data.y[head], data.x[tail], data.y[tail])
    return ErrorStream(data.name, "time order", losses, groups, None)


def _errors(data: Dataset, x: Floats, y: Ints, new_x: Floats, new_y: Ints) -> tuple[Floats, Ints]:
    """Losses and groups of new rows under a model of the first four fifths of `x`, groups by the rest."""
    held = x.shape[0] * 4 // 5
    model: GaussianClassifier | Neighbours
    if data.linear:
        model = GaussianClassifier.fit(x[:held], y[:held], shared=True, naive=False)
    else:
        model = Neighbours.fit(x[:held], y[:held])
    predicted, confidence = model.predict(new_x)
    groups = confidence_groups(model.predict(x[held:]), (predicted, confidence), int(data.y.max()) + 1)
    return (predicted != new_y).astype(np.float64), groups


def injected_streams(seeds: range, data: list[Dataset]) -> Iterator[ErrorStream]:
    """Every injection into every data set, where the error rises by two points or more: else nothing is to be found."""
    for each in data:
        for injection in INJECTIONS.items():
            for seed in seeds:
                found = shuffled(each, seed, injection)
                if np.mean(found.losses[found.change :]) - np.mean(found.losses[: found.change]) >= LEAST_RISE:
                    yield found


def flipped_real_streams(seeds: range, data: list[Dataset]) -> Iterator[ErrorStream]:
    """A tenth of the labels flipped in every data set."""
    for each in data:
        for seed in seeds:
            yield shuffled(each, seed, ("flips", tenth_flipped))


def still_real_streams(seeds: range, data: list[Dataset]) -> Iterator[ErrorStream]:
    """Shuffled rows and nothing else."""
    for each in data:
        for seed in seeds:
            yield shuffled(each, seed, None)
