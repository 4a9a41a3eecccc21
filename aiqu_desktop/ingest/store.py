"""Add a batch to the observation store exactly once: the segment, the ledger and the audit record in one transaction.

The work is done before the transaction begins: known ids are looked up and the segment is written under a temporary
name. If another process adds one of the same ids meanwhile, the ledger's primary key refuses ours, and the work is
done again. The write lock is held for a rename and some inserts, never for a file's reading.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from aiqu_desktop.core.clock import as_utc
from aiqu_desktop.core.errors import EnvironmentFault
from aiqu_desktop.ingest.batch import Batch
from aiqu_desktop.ingest.box import Box
from aiqu_desktop.ingest.columns import LABELS, RECEIVED_AT, Column, Form, columns_of
from aiqu_desktop.ingest.digests import row_digests
from aiqu_desktop.ingest.faults import shown
from aiqu_desktop.ingest.ledger import ModelFacts, id_column, known_digests, row_keys, was_taken
from aiqu_desktop.ingest.segments import Draft, as_instant, write_draft
from aiqu_desktop.registry import Registry
from aiqu_desktop.registry.tables import IngestFile, Segment
from aiqu_desktop.security import audit

_ATTEMPTS = 20
ACTOR = "ingest"


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of a file's rows: new, known already with the same content, or known with other content."""

    rows_read: int
    rows_added: int
    rows_known: int
    rows_conflicting: int


@dataclass(frozen=True, slots=True)
class Added:
    """What a batch changed; `note` is empty or tells of conflicts and of columns that were left out.

    first_time, last_time: the range of the new rows' event times (observations) or labelling times; None without any.
    """

    counts: Counts
    note: str
    first_time: datetime | None
    last_time: datetime | None


@dataclass(frozen=True, slots=True)
class _Work:
    """One attempt: the new rows' keys, their digests, and the segment that holds them."""

    keys: list[str]
    digests: list[bytes]
    added: Added
    draft: Draft | None


class Store:
    """Writes the observations, labels and shadow answers of one model.

    Raises (every method):
        EnvironmentFault: if the disk does not take the segment, or other processes keep interfering.
    """

    def __init__(self, registry: Registry, box: Box, model: ModelFacts) -> None:
        self._registry = registry
        self._box = box
        self._model = model
        self._folder = registry.paths.observations.resolve() / model.name

    def add(self, batch: Batch, name: str, sha256: str) -> Added | None:
        """Add the rows that the ledger does not have yet and record the file `name` with the content `sha256`.

        Returns:
            What changed; None if another process took a file with this very content meanwhile.
        """
        columns = columns_of(batch.kind, self._model.schema)
        digests = row_digests(batch, columns)
        keys = row_keys(batch)
        for attempt in range(_ATTEMPTS):
            with self._registry.read() as session:
                if attempt and was_taken(session, self._model.id, sha256):
                    return None
                known = known_digests(session, self._model.id, batch.kind, keys)
            work = self._prepare(batch, columns, keys, digests, known)
            try:
                with self._registry.write() as session:
                    self._record(session, batch, name, sha256, work)
                return work.added
            except (IntegrityError, FileNotFoundError):
                continue  # another process was faster with an id or with the file, or swept the draft: look again
            finally:
                if work.draft is not None:
                    work.draft.discard()
        raise EnvironmentFault(f"{name} could not be taken in, because other processes keep interfering; try later.")

    def _prepare(
        self, batch: Batch, columns: Sequence[Column], keys: list[str], digests: list[bytes], known: dict[str, bytes]
    ) -> _Work:
        """Tell new rows from known and conflicting ones, and write the new ones to a draft segment."""
        seen = dict(known)
        fresh: list[int] = []
        conflicts: list[str] = []
        for row, (key, digest) in enumerate(zip(keys, digests, strict=True)):
            earlier = seen.get(key)
            if earlier is None:
                seen[key] = digest
                fresh.append(row)
            elif earlier != digest:
                conflicts.append(batch.columns["id"][row])
        counts = Counts(batch.rows, len(fresh), batch.rows - len(fresh) - len(conflicts), len(conflicts))
        draft = self._draft(batch, columns, fresh) if fresh else None
        first, last = (draft.first, draft.last) if draft is not None else (None, None)
        added = Added(counts, _note(batch, conflicts), first, last)
        return _Work([keys[row] for row in fresh], [digests[row] for row in fresh], added, draft)

    def _draft(self, batch: Batch, columns: Sequence[Column], fresh: list[int]) -> Draft:
        taken: slice | list[int] = slice(None) if len(fresh) == batch.rows else fresh
        values = {column.name: _values(batch, column, len(fresh), taken) for column in columns}
        if batch.kind == LABELS:
            now = np.datetime64(as_utc(self._registry.clock.now()).replace(tzinfo=None), "us")
            values[RECEIVED_AT.name] = np.full(len(fresh), now)
            given = values["labelled_at"]
            values["labelled_at"] = np.where(np.isnat(given), now, given)
            first, last = values["labelled_at"].min(), max(values["labelled_at"].max(), now)
            columns = (*columns, RECEIVED_AT)
        else:
            first, last = values["event_time"].min(), values["event_time"].max()
        return write_draft(self._box, self._folder, batch.kind, columns, values, as_instant(first), as_instant(last))

    def _record(self, session: Session, batch: Batch, name: str, sha256: str, work: _Work) -> None:
        now = self._registry.clock.now()
        counts = asdict(work.added.counts)
        file = IngestFile(
            model_id=self._model.id, name=name, sha256=sha256, kind=batch.kind, outcome="taken", at=now,
            reason=work.added.note, **counts,
        )  # fmt: skip
        session.add(file)
        session.flush()
        if work.draft is not None:
            column = id_column(batch.kind)
            session.execute(
                insert(column.class_),
                [
                    {"model_id": self._model.id, column.key: key, "row_digest": digest}
                    for key, digest in zip(work.keys, work.digests, strict=True)
                ],
            )
            session.add(self._segment(work.draft, batch.kind, file.id, now))
            work.draft.publish()  # after everything that the ledger may refuse, so that a refusal leaves no orphan
        audit.record(
            session,
            at=now,
            actor=ACTOR,
            action=f"{batch.kind}.taken",
            subject=f"model {self._model.name}",
            new={"file": name, "sha256": sha256, "segment": work.draft and work.draft.sha256, **counts},
            reason=work.added.note,
        )

    def _segment(self, draft: Draft, kind: str, file_id: int, now: datetime) -> Segment:
        return Segment(
            model_id=self._model.id,
            kind=kind,
            ingest_file_id=file_id,
            path=f"{self._model.name}/{draft.final.name}",
            sha256=draft.sha256,
            rows=draft.rows,
            first_time=draft.first,
            last_time=draft.last,
            created_at=now,
        )


def _values(batch: Batch, column: Column, rows: int, taken: slice | list[int]) -> NDArray[Any]:
    values = batch.columns.get(column.name)
    if values is not None:
        return values[taken]
    if column.form is Form.INSTANT:
        return np.full(rows, np.datetime64("NaT", "us"))
    return np.full(rows, None, dtype=object)


def _note(batch: Batch, conflicts: list[str]) -> str:
    if not conflicts:
        return batch.note
    many = len(conflicts)
    which = f"{shown(conflicts[0])}" + (f" and {many - 1} more" if many > 1 else "")
    kept = f"{many} row{'s' if many > 1 else ''} kept out: already known with other content, id {which}."
    return f"{batch.note} {kept}".strip()
