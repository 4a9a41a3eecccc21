"""Query the observation store by window: a span of event time, or the newest n."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import func, select

from aiqu_desktop.core.clock import as_utc
from aiqu_desktop.core.errors import UserError
from aiqu_desktop.ingest.columns import (
    LABELS,
    OBSERVATIONS,
    SHADOW,
    Column,
    Form,
    label_columns,
    observation_columns,
    shadow_columns,
)
from aiqu_desktop.ingest.joins import join_labels, pair_answers
from aiqu_desktop.ingest.ledger import ModelFacts, find_model
from aiqu_desktop.ingest.segment_cache import SegmentFile, site_cache
from aiqu_desktop.ingest.segments import as_instant
from aiqu_desktop.registry import Registry
from aiqu_desktop.registry.tables import Segment

_TICK = timedelta(microseconds=1)
_LABEL_NAMES = ("label", "labelled_at")


@dataclass(frozen=True, slots=True)
class Window:
    """Observations with start <= event_time < end, ordered by event_time and then id.

    columns: `id` (object), `event_time` (datetime64[us], UTC) and the wanted ones. Numbers, integers and booleans (0/1)
        are float64 with NaN for missing; texts are object arrays with None. `label` is None or NaN and `labelled_at`
        is NaT where no label has come.
    segments: SHA-256 of every observation segment that was read: the evidence of what the window looked at.
    """

    model: str
    start: datetime
    end: datetime
    columns: dict[str, NDArray[Any]]
    segments: tuple[str, ...]

    @property
    def rows(self) -> int:
        return int(self.columns["id"].size)


class ObservationStore:
    """Reads the observations and labels of a site. Instances are cheap; what they read is shared by the registry.

    Raises (every method):
        UserError: if there is no such model, or it has no such column.
        EnvironmentFault: if a segment is missing or damaged.
    """

    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    def window(
        self,
        model_name: str,
        start: datetime,
        end: datetime,
        *,
        columns: Sequence[str] | None = None,
        served_digest: str | None = None,
        labelled_only: bool = False,
        known_by: datetime | None = None,
    ) -> Window:
        """The observations from `start` (included) to `end` (excluded) by event time.

        Args:
            columns: names of the wanted columns beside id and event_time, `label` and `labelled_at` among them;
                None for all. `labelled_only` brings the label columns as well.
            served_digest: only what this model file answered.
            labelled_only: only observations whose label has come.
            known_by: only what the site had taken in before this instant, observations and labels: a window of the
                past that later arrivals do not change.
        """
        model = find_model(self._registry, model_name)
        start, end = as_utc(start), as_utc(end)
        stored = observation_columns(model.schema)
        names = _names(model, stored, columns, labelled_only)
        segments = self._segments(model, OBSERVATIONS, start, end, known_by)
        wanted = [c for c in stored if c.name in names or (c.name == "served_digest" and served_digest is not None)]
        parts = [
            _cut(part, wanted, start, end, served_digest)
            for part in site_cache(self._registry).read(segments, stored, wanted)
        ]
        held = {column.name: _join([part[column.name] for part in parts], column.form) for column in wanted}
        order = _order(held["event_time"], held["id"])
        held = {name: values[order] for name, values in held.items()}
        if labelled_only or not names.isdisjoint(_LABEL_NAMES):
            held.update(self._labels(model, held["id"], start, known_by))
            if labelled_only:
                has = ~np.isnat(held["labelled_at"])
                held = {name: values[has] for name, values in held.items()}
        held = {name: values for name, values in held.items() if name in names}
        return Window(model.name, start, end, held, tuple(segment.sha256 for segment in segments))

    def last_n(
        self,
        model_name: str,
        n: int,
        *,
        columns: Sequence[str] | None = None,
        served_digest: str | None = None,
        labelled_only: bool = False,
    ) -> Window:
        """The newest `n` observations (fewer if there are not as many), oldest first; arguments as for `window`."""
        newest = self.newest_event_time(model_name)
        if newest is None or n < 1:
            epoch = datetime(1970, 1, 1, tzinfo=UTC)
            return self.window(model_name, epoch, epoch, columns=columns, labelled_only=labelled_only)
        end, wanted = newest + _TICK, n
        while True:
            start = self._start_of_newest(model_name, wanted)
            window = self.window(
                model_name,
                start or datetime(1, 1, 1, tzinfo=UTC),
                end,
                columns=columns,
                served_digest=served_digest,
                labelled_only=labelled_only,
            )
            if window.rows >= n or start is None:
                kept = {name: values[-n:] for name, values in window.columns.items()}
                first = as_instant(kept["event_time"][0]) if window.rows else window.start
                return Window(window.model, first, end, kept, window.segments)
            wanted *= 4

    def newest_event_time(self, model_name: str) -> datetime | None:
        """When the newest observation was made; None without any."""
        return self._newest(model_name, OBSERVATIONS)

    def newest_label_time(self, model_name: str) -> datetime | None:
        """When the newest label was given; None without any."""
        return self._newest(model_name, LABELS)

    def counts(self, model_name: str, start: datetime, end: datetime) -> tuple[int, int]:
        """How many observations lie in a window, and for how many of them a label has come."""
        window = self.window(model_name, start, end, columns=("labelled_at",))
        return window.rows, int((~np.isnat(window.columns["labelled_at"])).sum())

    def beside(
        self,
        model_name: str,
        start: datetime,
        end: datetime,
        *,
        champion: str,
        challenger: str,
        known_by: datetime | None = None,
    ) -> Window:
        """The observations that one version served and another answered too, as its shadow: a window with labels.

        Args:
            champion, challenger: digests of the two. known_by: as for `window`.
        Returns:
            `prediction` is the champion's and `shadow_prediction` the challenger's answer to the same row.
        """
        model = find_model(self._registry, model_name)
        names = ("prediction", *_LABEL_NAMES)
        window = self.window(model_name, start, end, columns=names, served_digest=champion, known_by=known_by)
        stored = shadow_columns(model.schema)
        segments = self._segments(model, SHADOW, window.start, window.end, known_by) if window.rows else []
        parts = site_cache(self._registry).read(segments, stored, stored)
        places, answers = pair_answers(window.columns["id"], parts, challenger)
        held = {name: values[places] for name, values in window.columns.items()} | {"shadow_prediction": answers}
        read = (*window.segments, *(segment.sha256 for segment in segments))
        return Window(model.name, window.start, window.end, held, read)

    def contents(
        self, model_name: str, start: datetime, end: datetime, known_by: datetime, *, shadow: bool = False
    ) -> tuple[str, ...]:
        """SHA-256 of every segment that a window with labels is made of: while these are the same, so is the window.

        shadow: of one with the answers of a shadow, see `beside`.
        """
        model = find_model(self._registry, model_name)
        start, end = as_utc(start), as_utc(end)
        observed = self._segments(model, OBSERVATIONS, start, end, known_by)
        labelled = self._segments(model, LABELS, start, known_by=known_by)
        answered = self._segments(model, SHADOW, start, end, known_by) if shadow else []
        return tuple(segment.sha256 for segment in (*observed, *labelled, *answered))

    def _newest(self, model_name: str, kind: str) -> datetime | None:
        model = find_model(self._registry, model_name)
        query = select(func.max(Segment.last_time)).where(Segment.model_id == model.id, Segment.kind == kind)
        with self._registry.read() as session:
            newest = session.scalar(query)
        return None if newest is None else as_utc(newest)

    def _segments(
        self,
        model: ModelFacts,
        kind: str,
        start: datetime,
        end: datetime | None = None,
        known_by: datetime | None = None,
    ) -> list[SegmentFile]:
        """The segments that may hold something of [start, end)."""
        query = select(Segment.id, Segment.path, Segment.sha256, Segment.rows).where(
            Segment.model_id == model.id, Segment.kind == kind, Segment.last_time >= start
        )
        if end is not None:
            query = query.where(Segment.first_time < end)
        if known_by is not None:
            query = query.where(Segment.created_at < as_utc(known_by))
        root = self._registry.paths.observations.resolve()
        with self._registry.read() as session:
            found = session.execute(query.order_by(Segment.first_time, Segment.id)).all()
        return [SegmentFile(row.id, root / row.path, row.sha256, row.rows) for row in found]

    def _labels(
        self, model: ModelFacts, ids: NDArray[Any], start: datetime, known_by: datetime | None
    ) -> dict[str, NDArray[Any]]:
        """A label comes after its observation was made: segments received before the window began hold none of it."""
        stored = label_columns(model.schema)
        segments = self._segments(model, LABELS, start, known_by=known_by) if ids.size else []
        parts = site_cache(self._registry).read(segments, stored, stored)
        return join_labels(ids, parts, stored[1].form)

    def _start_of_newest(self, model_name: str, n: int) -> datetime | None:
        """An instant from which on there are at least `n` observations for sure; None for the very beginning."""
        model = find_model(self._registry, model_name)
        query = (
            select(Segment.first_time, Segment.rows)
            .where(Segment.model_id == model.id, Segment.kind == OBSERVATIONS)
            .order_by(Segment.first_time.desc())
        )
        rows = 0
        with self._registry.read() as session:
            for segment in session.execute(query):
                rows += segment.rows
                if rows >= n:
                    return as_utc(segment.first_time)
        return None


def _names(model: ModelFacts, stored: Sequence[Column], columns: Sequence[str] | None, labelled_only: bool) -> set[str]:
    possible = {column.name for column in stored} | set(_LABEL_NAMES)
    if columns is None:
        return possible
    names = {"id", "event_time", *columns}
    unknown = sorted(names - possible)
    if unknown:
        raise UserError(f"The model {model.name} has no column {unknown[0]!r}; see the input schema for its names.")
    return names | set(_LABEL_NAMES) if labelled_only else names


def _cut(
    part: dict[str, NDArray[Any]], wanted: Sequence[Column], start: datetime, end: datetime, digest: str | None
) -> dict[str, NDArray[Any]]:
    """The wanted columns and rows of one segment."""
    times = part["event_time"]
    inside = (times >= np.datetime64(start.replace(tzinfo=None), "us")) & (
        times < np.datetime64(end.replace(tzinfo=None), "us")
    )
    if digest is not None:
        inside &= part["served_digest"] == digest
    if inside.all():
        return {column.name: part[column.name] for column in wanted}
    return {column.name: part[column.name][inside] for column in wanted}


def _join(parts: list[NDArray[Any]], form: Form) -> NDArray[Any]:
    if parts:
        return np.concatenate(parts)
    kinds = {Form.TEXT: np.dtype(object), Form.INSTANT: np.dtype("datetime64[us]")}
    return np.empty(0, dtype=kinds.get(form, np.dtype(np.float64)))


def _order(times: NDArray[Any], ids: NDArray[Any]) -> NDArray[np.intp]:
    """The rows by time; only where times are equal are the ids compared, which are Python strings and slow."""
    order = np.argsort(times, kind="stable")
    ordered = times[order]
    if ordered.size < 2 or not (ordered[1:] == ordered[:-1]).any():
        return order
    keys = list(zip(times.tolist(), ids.tolist(), strict=True))
    return np.array(sorted(range(len(keys)), key=keys.__getitem__), dtype=np.intp)
