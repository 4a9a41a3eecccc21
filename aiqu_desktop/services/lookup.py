"""Numbers by which people know versions."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from aiqu_desktop.registry.tables import Version


def version_numbers(session: Session, model_id: int) -> dict[int, int]:
    """version id → its number, for one model."""
    rows = session.execute(select(Version.id, Version.number).where(Version.model_id == model_id))
    return {row.id: row.number for row in rows}
