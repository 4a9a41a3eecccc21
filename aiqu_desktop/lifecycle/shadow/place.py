"""Where a shadow can run at all: beside a line that answers out of the site's own folder."""

from __future__ import annotations

from sqlalchemy.orm import Session

from aiqu_desktop.lifecycle.targets.choice import setting_of
from aiqu_desktop.lifecycle.targets.setting import FolderSetting, place_of


def why_no_shadow(session: Session, model_id: int) -> str:
    """Why the model's target cannot run a shadow, in one sentence; empty where it can."""
    setting = setting_of(session, model_id)
    if isinstance(setting, FolderSetting):
        return ""
    return f"The target ({place_of(setting)}) cannot run a shadow; the comparison on the site's stored rows remains."
