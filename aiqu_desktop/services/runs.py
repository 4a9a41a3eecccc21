"""The list of check runs."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from aiqu_desktop.lifecycle.facts import model_named
from aiqu_desktop.registry import Registry
from aiqu_desktop.registry.tables import CheckRun, Model, Version
from aiqu_desktop.services.views import CheckRunRow


def list_runs(registry: Registry, *, model: str | None = None, limit: int = 200) -> tuple[CheckRunRow, ...]:
    """The newest runs first.

    Raises:
        UserError: if there is no such model.
    """
    with registry.read() as session:
        return run_rows(session, None if model is None else model_named(session, model).id, limit)


def run_rows(session: Session, model_id: int | None, limit: int) -> tuple[CheckRunRow, ...]:
    """The rows of `list_runs` inside a session that is already open."""
    query = (
        select(CheckRun, Model.name, Version.number)
        .join(Model, Model.id == CheckRun.model_id)
        .outerjoin(Version, Version.id == CheckRun.version_id)
        .order_by(CheckRun.id.desc())
        .limit(limit)
    )
    if model_id is not None:
        query = query.where(CheckRun.model_id == model_id)
    return tuple(
        CheckRunRow(
            id=run.id,
            model=name,
            kind=run.kind,
            version=number,
            scheduled_for=run.scheduled_for,
            finished_at=run.finished_at,
            state=run.state,
            verdict=run.verdict,
            summary=run.summary,
            rows=run.rows,
            wall_seconds=run.wall_seconds,
        )
        for run, name, number in session.execute(query)
    )
