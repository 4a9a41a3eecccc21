"""The two sets of labelled rows that a site has of its own: its recent observations and its held-out set."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aiqu_desktop.bundles.manifest import REFERENCE_FILE
from aiqu_desktop.bundles.reference import read_reference
from aiqu_desktop.core.clock import iso
from aiqu_desktop.core.files import canonical_json, sha256_bytes
from aiqu_desktop.core.schema import InputSchema
from aiqu_desktop.core.words import ColumnKind
from aiqu_desktop.ingest import ObservationStore
from aiqu_desktop.lifecycle.evaluation.candidacy import Candidacy
from aiqu_desktop.lifecycle.evaluation.comparing import compare_on, segment_features
from aiqu_desktop.lifecycle.evaluation.holdout import LABEL, HoldoutFacts, read_holdout
from aiqu_desktop.lifecycle.evaluation.kept import kept

Columns = Mapping[str, NDArray[Any]]


def measure_recent(asked: Candidacy) -> dict[str, Any]:
    """Both versions on the labelled observations of the last days, as these were known when the site's day began.

    Only rows that the champion was not made from count, and of these only such as are younger than the candidate
    are surely new to it. Where these are too few, all are compared, and `unseen_only` is False: such rows may flatter
    the candidate, so they can speak against it and not for it.
    Returns `rows`, `unseen`, `unseen_only` and `comparison`, which is None where all rows are too few.
    Raises:
        UserError, EnvironmentFault: if a version or the data cannot be read.
    """
    rules, start = asked.standing.policy.recent, asked.window_start
    store = ObservationStore(asked.registry)
    contents = store.contents(asked.model, start, asked.as_of, asked.as_of)
    inputs = _inputs(asked) | {
        "from": iso(start),
        "until": iso(asked.as_of),
        "data": sha256_bytes(canonical_json(contents)),
        "created": [iso(version.created_at) for version in (asked.champion, asked.version) if version],
        "rules": [rules.min_rows, rules.max_rows],
    }

    def compute() -> dict[str, Any]:
        window = store.window(
            asked.model,
            start,
            asked.as_of,
            columns=asked.version.schema.feature_names,
            labelled_only=True,
            known_by=asked.as_of,
        ).columns
        times = window["event_time"]
        fair = np.ones(times.size, dtype=np.bool_)
        if asked.champion is not None:
            fair = times >= _datetime64(iso(asked.champion.created_at))
        unseen = fair & (times >= _datetime64(iso(asked.version.created_at)))
        unseen_only = int(unseen.sum()) >= rules.min_rows
        places = np.flatnonzero(unseen if unseen_only else fair)[-rules.max_rows :]
        found: dict[str, Any] = {
            "rows": int(places.size),
            "unseen": int(unseen.sum()),
            "unseen_only": unseen_only,
            "comparison": None,
        }
        if places.size >= rules.min_rows:
            kept_rows = {name: values[places] for name, values in window.items()}
            found["comparison"] = _compare(asked, kept_rows, kept_rows[LABEL])
        return found

    return kept(asked.registry, "recent", inputs, compute)


def measure_holdout(asked: Candidacy, holdout: HoldoutFacts) -> dict[str, Any]:
    """Both versions on the held-out set, without the rows that the candidate's bundle carries in its reference.

    Returns `rows`, `carried` (how many were left out) and `comparison`, None where no row is left.
    Raises:
        UserError, EnvironmentFault: if a version or the set cannot be read.
    """
    version = asked.version
    inputs = _inputs(asked) | {"holdout": holdout.sha256, "reference": version.files[REFERENCE_FILE]}

    def compute() -> dict[str, Any]:
        columns = read_holdout(asked.store.get(holdout.sha256), holdout.file_name, version.schema)
        reference = read_reference(asked.store.get(version.files[REFERENCE_FILE]), version.schema)
        carried = set(_row_keys(reference, version.schema))
        places = np.array(
            [row for row, key in enumerate(_row_keys(columns, version.schema)) if key not in carried], dtype=np.intp
        )
        left = {name: values[places] for name, values in columns.items()}
        total = int(columns[LABEL].size)
        found: dict[str, Any] = {"rows": int(places.size), "carried": total - int(places.size), "comparison": None}
        if places.size:
            found["comparison"] = _compare(asked, left, left[LABEL])
        return found

    return kept(asked.registry, "holdout", inputs, compute)


def _inputs(asked: Candidacy) -> dict[str, Any]:
    rules = asked.standing.policy.segments
    return {
        "model": asked.model,
        "metric": asked.metric,
        "challenger": asked.version.digest,
        "champion": asked.champion.digest if asked.champion else None,
        "segments": [list(segment_features(asked.version.schema, rules.columns)), rules.min_rows],
    }


def _compare(asked: Candidacy, columns: Columns, labels: NDArray[Any]) -> dict[str, Any]:
    rules = asked.standing.policy.segments
    return compare_on(
        asked.store,
        asked.metric,
        asked.version,
        asked.champion,
        columns,
        labels,
        cut_by=segment_features(asked.version.schema, rules.columns),
        min_rows=rules.min_rows,
    )


def _row_keys(columns: Columns, schema: InputSchema) -> list[tuple[bytes, ...]]:
    """One key a row for all its features; numbers as the float32 that models take, so that CSV and Parquet agree."""
    texts = [f.name for f in schema.features if f.kind is ColumnKind.CATEGORICAL]
    numbers = [f.name for f in schema.features if f.kind is not ColumnKind.CATEGORICAL]
    count = int(next(iter(columns.values())).size)
    matrix = np.empty((count, len(numbers)), dtype=np.float32)
    with np.errstate(over="ignore"):
        for place, name in enumerate(numbers):
            matrix[:, place] = columns[name]
    named = [columns[name].tolist() for name in texts]
    return [(matrix[row].tobytes(), *(str(values[row]).encode() for values in named)) for row in range(count)]


def _datetime64(text: str) -> np.datetime64:
    return np.datetime64(text.removesuffix("Z"), "us")
