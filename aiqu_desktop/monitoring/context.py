"""What a check is given: the model, the serving version, its data and a way to say how far it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.core.schema import InputSchema
from aiqu_desktop.core.words import VersionState
from aiqu_desktop.ingest import ObservationStore
from aiqu_desktop.registry import Registry
from aiqu_desktop.registry.tables import Model, Version


class RunCancelled(Exception):
    """Raised inside a check when its run was cancelled or timed out; never an error."""


@dataclass(frozen=True, slots=True)
class CheckContext:
    """The inputs of one check run.

    version, digest: the champion, None where nothing serves.
    accepted: the champion's metrics as measured when it was accepted.
    report: called with a fraction from 0 to 1; raises RunCancelled once the run is to stop.
    every_seconds: how often the check is asked: what a budget for a year is divided by.
    """

    registry: Registry
    store: ObservationStore
    model: str
    model_id: int
    schema: InputSchema
    version: int | None
    version_id: int | None
    digest: str | None
    accepted: dict[str, dict[str, float]]
    now: datetime
    report: Callable[[float], None]
    jobs: int = 1
    every_seconds: float = 86_400.0


def make_context(
    registry: Registry,
    model_id: int,
    now: datetime,
    report: Callable[[float], None],
    jobs: int = 1,
    every_seconds: float = 86_400.0,
) -> CheckContext:
    """Read the model and its champion, and hand them to a check.

    Raises:
        UserError: if there is no such model.
    """
    with registry.read() as session:
        model = session.get(Model, model_id)
        if model is None:
            raise UserError(f"There is no model with the number {model_id} on this site.")
        champion = session.scalars(
            select(Version).where(Version.model_id == model_id, Version.state == VersionState.CHAMPION)
        ).one_or_none()
        return CheckContext(
            registry=registry,
            store=ObservationStore(registry),
            model=model.name,
            model_id=model_id,
            schema=InputSchema.from_json(champion.input_schema if champion else model.input_schema),
            version=champion.number if champion else None,
            version_id=champion.id if champion else None,
            digest=champion.digest if champion else None,
            accepted=champion.metrics if champion else {},
            now=now,
            report=report,
            jobs=jobs,
            every_seconds=every_seconds,
        )
