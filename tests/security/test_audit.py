"""The audit chain: whatever is changed, removed, added or swapped is found, and the first broken record is named."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from aiqu_desktop.core.clock import SystemClock
from aiqu_desktop.core.paths import SitePaths
from aiqu_desktop.registry import Registry
from aiqu_desktop.registry.tables import AuditRecord
from aiqu_desktop.security import audit

RECORDS = 12


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[Registry]:
    registry = Registry.create(SitePaths(tmp_path), SystemClock())
    with registry.write() as session:
        for index in range(RECORDS):
            audit.record(
                session,
                at=registry.clock.now(),
                actor="åsa",
                action="alarm.acknowledged",
                subject=f"alarm {index}",
                old={"state": "unacknowledged", "value": index / 7},
                new={"state": "acknowledged"},
                reason="known «sensor» fault",
            )
    yield registry
    registry.close()


def _tamper(registry: Registry, *statements: str) -> None:
    """Change the file as its owner could: without the triggers."""
    with registry.write() as session:
        session.execute(text("DROP TRIGGER audit_records_no_update"))
        session.execute(text("DROP TRIGGER audit_records_no_delete"))
        for statement in statements:
            session.execute(text(statement))


def test_an_untouched_chain_is_intact_and_ends_in_its_head(registry: Registry) -> None:
    with registry.read() as session:
        verdict = audit.verify(session)
        head = session.get_one(AuditRecord, RECORDS).hash
    assert verdict.intact
    assert (verdict.records, verdict.head) == (RECORDS, head)


@pytest.mark.parametrize(
    "column", ["at", "actor", "action", "subject", "old", "new", "reason", "previous_hash", "hash"]
)
def test_a_change_of_any_field_is_found_at_its_record(registry: Registry, column: str) -> None:
    value = {"at": "'2001-01-01 00:00:00.000000'", "old": "'{}'", "new": "'{}'"}.get(column, "'x'")
    _tamper(registry, f"UPDATE audit_records SET {column} = {value} WHERE sequence = 5")
    with registry.read() as session:
        verdict = audit.verify(session)
    assert verdict.broken_at == 5
    assert "5" in verdict.finding


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(number=st.integers(1, RECORDS - 1))
def test_a_removed_record_is_found(tmp_path_factory: pytest.TempPathFactory, number: int) -> None:
    registry = Registry.create(SitePaths(tmp_path_factory.mktemp("site")), SystemClock())
    with registry.write() as session:
        for index in range(RECORDS):
            audit.record(session, at=registry.clock.now(), actor="a", action="b.c", subject=str(index))
    _tamper(registry, f"DELETE FROM audit_records WHERE sequence = {number}")
    with registry.read() as session:
        assert audit.verify(session).broken_at == number
    registry.close()


def test_two_swapped_records_are_found(registry: Registry) -> None:
    _tamper(
        registry,
        "UPDATE audit_records SET sequence = 100 WHERE sequence = 3",
        "UPDATE audit_records SET sequence = 3 WHERE sequence = 4",
        "UPDATE audit_records SET sequence = 4 WHERE sequence = 100",
    )
    with registry.read() as session:
        assert audit.verify(session).broken_at == 3


def test_a_record_is_not_kept_when_its_transaction_fails(registry: Registry) -> None:
    with pytest.raises(RuntimeError, match="disk"), registry.write() as session:
        audit.record(session, at=registry.clock.now(), actor="a", action="b.c", subject="never")
        raise RuntimeError("disk")
    with registry.read() as session:
        assert audit.verify(session).records == RECORDS
