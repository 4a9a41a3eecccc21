"""What a registry has on record: read back for a test to look at."""

from __future__ import annotations

from sqlalchemy import select

from aiqu_desktop.registry import Registry
from aiqu_desktop.registry.tables import AuditRecord, FlowRun
from aiqu_desktop.security import audit


def newest_flow(registry: Registry) -> FlowRun:
    """The newest run of the tests of a version, with its steps."""
    with registry.read() as session:
        run = session.scalars(select(FlowRun).order_by(FlowRun.id.desc()).limit(1)).one()
        assert run.steps is not None  # loads them
        return run


def audited(registry: Registry, room: str) -> list[str]:
    """The actions "room.…" of an intact audit chain, in their order."""
    with registry.read() as session:
        assert audit.verify(session).intact
        query = select(AuditRecord.action).where(AuditRecord.action.startswith(f"{room}."))
        return list(session.scalars(query.order_by(AuditRecord.sequence)))
