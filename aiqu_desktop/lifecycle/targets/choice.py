"""Which target a model has: the newest one that was chosen for it, or the site's folder target."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import Session

from aiqu_desktop.core.paths import SitePaths
from aiqu_desktop.lifecycle.facts import model_named
from aiqu_desktop.lifecycle.targets.folder import folder_target
from aiqu_desktop.lifecycle.targets.hook import HookTarget
from aiqu_desktop.lifecycle.targets.setting import (
    FolderSetting,
    HookSetting,
    MLflowSetting,
    Setting,
    fingerprint,
    from_json,
)
from aiqu_desktop.lifecycle.targets.target import Target
from aiqu_desktop.registry import Registry
from aiqu_desktop.registry.tables import TargetRecord


def record_of(session: Session, model_id: int) -> TargetRecord | None:
    """The choice that counts; None where nobody ever chose, so that the model has the folder target."""
    return session.scalars(
        select(TargetRecord).where(TargetRecord.model_id == model_id).order_by(TargetRecord.id.desc()).limit(1)
    ).one_or_none()


def setting_of(session: Session, model_id: int) -> Setting:
    """How the model's target is set.

    Raises:
        UserError: if what is stored cannot be read by this version.
    """
    record = record_of(session, model_id)
    return FolderSetting() if record is None else from_json(record.kind, record.settings)


def chosen_target(session: Session, model_id: int) -> str:
    """The fingerprint of the model's target: a release is bound to the one that its preview was made with."""
    return fingerprint(setting_of(session, model_id))


def target_of(registry: Registry, model: str) -> Target:
    """The target of the model with this name.

    Raises:
        UserError: if there is no such model, or its target cannot be used as it is set.
        EnvironmentFault: if the target's own folder cannot be made.
    """
    with registry.read() as session:
        setting = setting_of(session, model_named(session, model).id)
    return build(registry.paths, model, setting)


def targets_of(registry: Registry) -> Callable[[str], Target]:
    """`target_of` for the models of one site, as settling releases needs it."""
    return lambda model: target_of(registry, model)


def build(paths: SitePaths, model: str, setting: Setting) -> Target:
    """A target as it is set. No connection is made, and what makes connections is not even loaded, for a folder."""
    if isinstance(setting, FolderSetting):
        return folder_target(paths, model)
    if isinstance(setting, HookSetting):
        return HookTarget(paths, model, setting)
    if isinstance(setting, MLflowSetting):
        from aiqu_desktop.lifecycle.targets.mlflow import MLflowTarget

        return MLflowTarget(paths, model, setting)
    from aiqu_desktop.lifecycle.targets.repository_v2 import RepositoryTarget

    return RepositoryTarget(paths, model, setting)
