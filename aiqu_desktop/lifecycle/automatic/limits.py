"""How often, and between which versions, a model may be rolled back automatically; counted from what was done."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from aiqu_desktop.core.words import AutomaticState
from aiqu_desktop.lifecycle.automatic.policy import WITHIN, AutomaticPolicy
from aiqu_desktop.registry.tables import AutomaticRollback

ACTED = (AutomaticState.ACTING, AutomaticState.DONE, AutomaticState.FAILED)


def beyond_limits(
    session: Session, policy: AutomaticPolicy, model_id: int, from_version: int, to_version: int, now: datetime
) -> str:
    """Why the policy's limits allow no automatic rollback between these two version ids; empty where they do."""
    done = select(func.count()).where(
        AutomaticRollback.model_id == model_id,
        AutomaticRollback.state.in_(ACTED),
        AutomaticRollback.acted_at > now - WITHIN,
    )
    count = session.scalar(done) or 0
    if count >= policy.at_most:
        return (
            f"{count} automatic rollback{'s were' if count > 1 else ' was'} made in the last seven days, and the "
            f"policy allows {policy.at_most}."
        )
    pair = (from_version, to_version)
    between = select(AutomaticRollback.id).where(
        AutomaticRollback.model_id == model_id,
        AutomaticRollback.state.in_(ACTED),
        AutomaticRollback.from_version_id.in_(pair),
        AutomaticRollback.to_version_id.in_(pair),
    )
    if session.scalars(between.limit(1)).first() is not None:
        return "It was rolled back automatically between just these two versions before, so people must decide."
    return ""
