"""The audit list and the verification of the chain."""

from __future__ import annotations

from sqlalchemy import or_, select

from aiqu_desktop.registry import Registry
from aiqu_desktop.registry.tables import AuditRecord
from aiqu_desktop.security import audit
from aiqu_desktop.security.audit import ChainVerdict
from aiqu_desktop.services.views import AuditRow


def list_audit(
    registry: Registry, *, before: int | None = None, limit: int = 200, text: str = ""
) -> tuple[AuditRow, ...]:
    """The newest records first; `before` pages on, `text` is sought in actor, action, subject and reason."""
    query = select(AuditRecord).order_by(AuditRecord.sequence.desc()).limit(limit)
    if before is not None:
        query = query.where(AuditRecord.sequence < before)
    if text.strip():
        columns = (AuditRecord.actor, AuditRecord.action, AuditRecord.subject, AuditRecord.reason)
        query = query.where(or_(*(column.icontains(text.strip(), autoescape=True) for column in columns)))
    with registry.read() as session:
        return tuple(
            AuditRow(
                sequence=record.sequence,
                at=record.at,
                actor=record.actor,
                action=record.action,
                subject=record.subject,
                old=record.old,
                new=record.new,
                reason=record.reason,
                hash=record.hash,
            )
            for record in session.scalars(query)
        )


def verify_chain(registry: Registry) -> ChainVerdict:
    """Re-compute the whole chain and name the first broken record."""
    with registry.read() as session:
        return audit.verify(session)
