"""The list of files that arrived, and what became of each."""

from __future__ import annotations

from sqlalchemy import select

from aiqu_desktop.lifecycle.facts import model_named
from aiqu_desktop.registry import Registry
from aiqu_desktop.registry.tables import IngestFile, Model
from aiqu_desktop.services.views import IngestRow


def list_files(
    registry: Registry, *, model: str | None = None, only_quarantined: bool = False, limit: int = 200
) -> tuple[IngestRow, ...]:
    """The newest files first.

    Raises:
        UserError: if there is no such model.
    """
    query = (
        select(IngestFile, Model.name)
        .join(Model, Model.id == IngestFile.model_id)
        .order_by(IngestFile.id.desc())
        .limit(limit)
    )
    if only_quarantined:
        query = query.where(IngestFile.outcome == "quarantined")
    with registry.read() as session:
        if model is not None:
            query = query.where(IngestFile.model_id == model_named(session, model).id)
        return tuple(
            IngestRow(
                at=file.at,
                model=name,
                name=file.name,
                kind=file.kind,
                outcome=file.outcome,
                rows_read=file.rows_read,
                rows_added=file.rows_added,
                rows_known=file.rows_known,
                rows_conflicting=file.rows_conflicting,
                reason=file.reason,
            )
            for file, name in session.execute(query)
        )
