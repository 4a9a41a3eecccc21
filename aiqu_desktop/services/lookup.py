"""Find a model or a version by the name a person typed, or say in one sentence what there is instead."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.core.words import VersionState
from aiqu_desktop.registry.tables import Model, Version


def find_model(session: Session, name: str) -> Model:
    """The model of that name.

    Raises:
        UserError: if there is none; the sentence lists those that there are.
    """
    model = session.scalars(select(Model).where(Model.name == name)).one_or_none()
    if model is None:
        names = ", ".join(session.scalars(select(Model.name).order_by(Model.name))) or "none yet"
        raise UserError(f"There is no model {name!r} on this site; there are: {names}.")
    return model


def champion_of(session: Session, model_id: int) -> Version | None:
    """The version that the registry says is live; None where nothing was ever promoted."""
    return session.scalars(
        select(Version).where(Version.model_id == model_id, Version.state == VersionState.CHAMPION)
    ).one_or_none()


def version_numbers(session: Session, model_id: int) -> dict[int, int]:
    """version id → its number, for one model."""
    return dict(session.execute(select(Version.id, Version.number).where(Version.model_id == model_id)).tuples())
