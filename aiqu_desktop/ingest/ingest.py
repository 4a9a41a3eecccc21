"""Take in what lies in a model's drop folder: each file on its own, exactly once, the bad ones aside with a reason."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from aiqu_desktop.core.files import sha256_bytes, sha256_file
from aiqu_desktop.ingest.drop import DONE, QUARANTINE, Waiting, drop_folder, put_away, waiting_files
from aiqu_desktop.ingest.faults import BadFile, shown
from aiqu_desktop.ingest.ledger import ModelFacts, find_model, was_taken
from aiqu_desktop.ingest.reading import read_batch
from aiqu_desktop.ingest.site_box import site_box
from aiqu_desktop.ingest.store import ACTOR, Store
from aiqu_desktop.ingest.upkeep import sweep_again, sweep_once, verify_segments
from aiqu_desktop.registry import Registry
from aiqu_desktop.registry.tables import IngestFile
from aiqu_desktop.security import audit

TAKEN, REPEATED, QUARANTINED = "taken", "repeated", "quarantined"


@dataclass(frozen=True, slots=True)
class FileOutcome:
    """What became of one file.

    outcome: "taken", "repeated" (this very content was taken before) or "quarantined".
    reason: why it was quarantined, in one sentence; for a taken file a note (conflicting rows, extra columns) or "".
    first_time, last_time: the range of the new rows' event times, for labels of their labelling times.
    path: where the file is now; None if its writer had replaced or removed it meanwhile.
    """

    name: str
    kind: str
    outcome: str
    rows_read: int = 0
    rows_added: int = 0
    rows_known: int = 0
    rows_conflicting: int = 0
    reason: str = ""
    first_time: datetime | None = None
    last_time: datetime | None = None
    path: Path | None = None


@dataclass(frozen=True, slots=True)
class IngestReport:
    """One scan. waiting: names of files that are still being written, left for the next scan."""

    files: tuple[FileOutcome, ...]
    waiting: tuple[str, ...] = ()

    @property
    def rows_added(self) -> int:
        return sum(file.rows_added for file in self.files)


class Ingest:
    """Scans drop folders. Any number of processes may scan the same folder; every row is still taken once.

    settle_seconds: a file that was written to more recently than this is left for the next scan.
    """

    def __init__(self, registry: Registry, settle_seconds: float = 2.0) -> None:
        self._registry = registry
        self._settle_seconds = settle_seconds

    def scan(self, model_name: str) -> IngestReport:
        """Take in every waiting file, in name order; a bad file goes to quarantine and does not stop the others.

        Raises:
            UserError: if there is no such model.
            EnvironmentFault: if the disk or the registry stands in the way; files judged so far stay judged.
        """
        model = find_model(self._registry, model_name)
        folder = drop_folder(self._registry, model.name)
        found = waiting_files(folder)
        if not found:
            return IngestReport(())
        sweep_once(self._registry, model)
        store = Store(self._registry, site_box(self._registry), model)
        outcomes: list[FileOutcome] = []
        waiting: list[str] = []
        for file in found:
            try:
                outcome = self._take(model, store, file) if file.settled(self._settle_seconds) else None
            except BaseException:
                sweep_again(self._registry)  # a segment may have got its name without being recorded
                raise
            if outcome is not None:
                outcomes.append(outcome)
            elif os.path.lexists(file.path):
                waiting.append(_printable(file.path.name))
        return IngestReport(tuple(outcomes), tuple(waiting))

    def verify(self, model_name: str) -> tuple[str, ...]:
        """Re-check the digest of every segment of a model; a sentence for each one that is damaged.

        Raises:
            UserError: if there is no such model.
        """
        return verify_segments(self._registry, find_model(self._registry, model_name))

    def _take(self, model: ModelFacts, store: Store, file: Waiting) -> FileOutcome | None:
        """Judge one file; None if it is gone or was changed while it was read."""
        name = _printable(file.path.name)
        try:
            if not file.regular:
                raise BadFile(f"{name}: expected a regular file, found a link or a special file.")
            sha256 = sha256_file(file.path)
            with self._registry.read() as session:
                repeated = was_taken(session, model.id, sha256)
            if repeated:
                return self._repeat(model, file, sha256) if file.unchanged() else None
            batch = read_batch(site_box(self._registry), file.path, model.schema, self._registry.clock.now())
        except FileNotFoundError:
            return None
        except PermissionError:
            bad = BadFile(f"{name}: cannot be opened (no permission); expected a file that may be read.")
            return self._quarantine(model, file, bad)
        except BadFile as bad:
            return self._quarantine(model, file, bad)
        if not file.unchanged():
            return None
        added = store.add(batch, name, sha256)
        if added is None:
            return self._repeat(model, file, sha256)
        return FileOutcome(
            name=name,
            kind=batch.kind,
            outcome=TAKEN,
            rows_read=added.counts.rows_read,
            rows_added=added.counts.rows_added,
            rows_known=added.counts.rows_known,
            rows_conflicting=added.counts.rows_conflicting,
            reason=added.note,
            first_time=added.first_time,
            last_time=added.last_time,
            path=put_away(file, DONE, sha256),
        )

    def _repeat(self, model: ModelFacts, file: Waiting, sha256: str) -> FileOutcome | None:
        """The content is known: note that and put the file away. Silent if whoever took it is putting it away too."""
        path = put_away(file, DONE, sha256)
        if path is None:
            return None
        name, now = _printable(file.path.name), self._registry.clock.now()
        with self._registry.write() as session:
            session.add(
                IngestFile(model_id=model.id, name=name, sha256=sha256, kind="", outcome=REPEATED, at=now)
            )  # fmt: skip
            audit.record(
                session, at=now, actor=ACTOR, action="file.repeated", subject=f"model {model.name}",
                new={"file": name, "sha256": sha256},
            )  # fmt: skip
        return FileOutcome(name, "", REPEATED, path=path)

    def _quarantine(self, model: ModelFacts, file: Waiting, bad: BadFile) -> FileOutcome | None:
        """Record why, then put the file aside. The record comes first: a file never vanishes without a reason."""
        if not file.unchanged():
            return None
        name, reason = _printable(file.path.name), str(bad)
        sha256 = _digest(file)
        now = self._registry.clock.now()
        with self._registry.write() as session:
            session.add(
                IngestFile(
                    model_id=model.id, name=name, sha256=sha256, kind=bad.kind, outcome=QUARANTINED, reason=reason,
                    at=now,
                )
            )  # fmt: skip
            audit.record(
                session, at=now, actor=ACTOR, action="file.quarantined", subject=f"model {model.name}",
                new={"file": name, "sha256": sha256}, reason=reason,
            )  # fmt: skip
        return FileOutcome(name, bad.kind, QUARANTINED, reason=reason, path=put_away(file, QUARANTINE, sha256, reason))


def _digest(file: Waiting) -> str:
    """The digest of what may be read; of nothing for a link or an unreadable file."""
    try:
        return sha256_file(file.path) if file.regular else sha256_bytes(b"")
    except OSError:
        return sha256_bytes(b"")


def _printable(name: str) -> str:
    """A file name as the registry and sentences can hold it."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return shown(name).strip('"')
    return name
