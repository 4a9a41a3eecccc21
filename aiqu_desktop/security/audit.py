"""The audit chain: every state change, chained by SHA-256 in the same transaction as the change itself."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from aiqu_desktop.core.clock import iso
from aiqu_desktop.core.files import canonical_json
from aiqu_desktop.registry.tables import AuditRecord

GENESIS = "0" * 64


def record(
    session: Session,
    *,
    at: datetime,
    actor: str,
    action: str,
    subject: str,
    old: Mapping[str, Any] | None = None,
    new: Mapping[str, Any] | None = None,
    reason: str = "",
) -> AuditRecord:
    """Append one record inside the caller's write transaction.

    The transaction holds SQLite's write lock, so the head that is read here is the head when it commits.

    Args:
        at: the site's instant. Order is by sequence, never by time.
        actor: a person's name, or "monitor", "line" and so on for the product's own acts.
        action: a dotted verb such as "release.intended" or "alarm.acknowledged".
        subject: what was changed, for example "model gas-classifier".
    """
    session.flush()
    head = session.execute(
        select(AuditRecord.sequence, AuditRecord.hash).order_by(AuditRecord.sequence.desc()).limit(1)
    ).first()
    sequence, previous = (head.sequence + 1, head.hash) if head else (1, GENESIS)
    entry = AuditRecord(
        sequence=sequence,
        at=at,
        actor=actor,
        action=action,
        subject=subject,
        old=None if old is None else dict(old),
        new=None if new is None else dict(new),
        reason=reason,
        previous_hash=previous,
        hash="",
    )
    entry.hash = hash_of(entry)
    session.add(entry)
    session.flush()
    return entry


def hash_of(entry: AuditRecord) -> str:
    """SHA-256 over the canonical JSON of every field of the record but its own hash."""
    content = {
        "sequence": entry.sequence,
        "at": iso(entry.at),
        "actor": entry.actor,
        "action": entry.action,
        "subject": entry.subject,
        "old": entry.old,
        "new": entry.new,
        "reason": entry.reason,
        "previous_hash": entry.previous_hash,
    }
    return hashlib.sha256(canonical_json(content)).hexdigest()


@dataclass(frozen=True, slots=True)
class ChainVerdict:
    """What a verification found.

    broken_at: the sequence number of the first record that is missing or does not fit; None when the chain is whole.
    """

    records: int
    head: str
    broken_at: int | None
    finding: str

    @property
    def intact(self) -> bool:
        return self.broken_at is None


def verify(session: Session) -> ChainVerdict:
    """Re-compute the whole chain from the first record and name the first that is broken."""
    previous, expected = GENESIS, 1
    for entry in session.scalars(select(AuditRecord).order_by(AuditRecord.sequence).execution_options(yield_per=1000)):
        finding = _fault(entry, expected, previous)
        if finding:
            return ChainVerdict(expected - 1, previous, expected, finding)
        previous, expected = entry.hash, expected + 1
        session.expunge(entry)
    return ChainVerdict(expected - 1, previous, None, f"All {expected - 1} records fit.")


def _fault(entry: AuditRecord, expected: int, previous: str) -> str:
    if entry.sequence != expected:
        return f"Record {expected} is missing: record {entry.sequence} follows record {expected - 1}."
    if entry.previous_hash != previous:
        return f"Record {expected} does not continue record {expected - 1}: one of the two was replaced."
    if hash_of(entry) != entry.hash:
        return f"Record {expected} ({entry.action}, {entry.subject}) was changed after it was written."
    return ""
