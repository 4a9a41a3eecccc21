"""The versions of a model with their tests: listed, tested again, stopped."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.lifecycle.facts import model_named, version_numbered
from aiqu_desktop.lifecycle.flow import STEPS, ask_for_tests, cancel_tests
from aiqu_desktop.lifecycle.last_good import healthy_champions
from aiqu_desktop.registry import Registry
from aiqu_desktop.registry.tables import FlowRun, Model, Version
from aiqu_desktop.services.shadow import shadow_rows
from aiqu_desktop.services.views import FlowStepRow, FlowView, VersionRow


def list_versions(registry: Registry, model: str) -> tuple[VersionRow, ...]:
    """Every version of a model, newest first.

    Raises:
        UserError: if there is no such model.
    """
    with registry.read() as session:
        found = model_named(session, model)
        good = next(iter(healthy_champions(session, found.id)), None)
        return version_rows(session, found.id, good.id if good else None)


def ask_again(registry: Registry, model: str, number: int, *, by: str) -> None:
    """Have a version tested once more; the monitor or the window does it.

    Raises:
        UserError: if there is no such model or version, or no name.
        Refused: if it is being tested already.
    """
    _needs_name(by)
    with registry.write() as session:
        ask_for_tests(session, registry, version_numbered(model_named(session, model), number), by=by.strip())


def stop_tests(registry: Registry, model: str, number: int, *, by: str) -> None:
    """Stop the tests of a version, after the step that runs.

    Raises:
        UserError: if there is no such model or version, or no name.
        Refused: if it is not being tested.
    """
    _needs_name(by)
    with registry.write() as session:
        cancel_tests(session, registry, version_numbered(model_named(session, model), number), by=by.strip())


def version_rows(session: Session, model_id: int, good_id: int | None) -> tuple[VersionRow, ...]:
    """The rows of `list_versions` inside a session that is already open."""
    query = select(Version).where(Version.model_id == model_id).order_by(Version.number.desc())
    versions = session.scalars(query).all()
    flows = _newest_flows(session, model_id)
    shadows = shadow_rows(session, session.get_one(Model, model_id))
    return tuple(
        VersionRow(
            number=version.number,
            state=version.state,
            digest=version.digest,
            metrics=version.metrics,
            notes=version.notes,
            author=version.author,
            created_at=version.created_at,
            imported_at=version.imported_at,
            imported_by=version.imported_by,
            is_last_known_good=version.id == good_id,
            tests=flows.get(version.id),
            shadow=shadows.get(version.id),
        )
        for version in versions
    )


def _newest_flows(session: Session, model_id: int) -> dict[int, FlowView]:
    newest = (
        select(func.max(FlowRun.id))
        .join(Version, Version.id == FlowRun.version_id)
        .where(Version.model_id == model_id)
        .group_by(FlowRun.version_id)
    )
    query = select(FlowRun).where(FlowRun.id.in_(newest)).options(selectinload(FlowRun.steps))
    return {run.version_id: _view(run) for run in session.scalars(query)}


def _view(run: FlowRun) -> FlowView:
    last = {step.step: step for step in run.steps}  # one that waited for rows was asked more than once
    steps = tuple(
        FlowStepRow(step.step, step.title, step.passed, step.finding, step.at, step.wall_seconds)
        for step in last.values()
    )
    total = max(len(STEPS), len(steps))
    return FlowView(run.state, run.sentence, run.asked_by, run.asked_at, run.finished_at, steps, total)


def _needs_name(by: str) -> None:
    if not by.strip():
        raise UserError("Tests are asked for by name; give one.")
