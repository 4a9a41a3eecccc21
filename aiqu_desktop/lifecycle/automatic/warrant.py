"""What entitles an automatic rollback: a policy that two people signed beforehand, and its trigger; spent once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from aiqu_desktop.core.errors import Refused
from aiqu_desktop.core.words import AutomaticState, ReleaseKind
from aiqu_desktop.lifecycle.approvals.warrant import Authority
from aiqu_desktop.lifecycle.automatic.lapse import lapse_of
from aiqu_desktop.lifecycle.automatic.limits import beyond_limits
from aiqu_desktop.lifecycle.automatic.standing import standing
from aiqu_desktop.lifecycle.preview import Preview
from aiqu_desktop.registry.tables import AutomaticRollback, Model


class Lapsed(Refused):
    """The rollback is not to be done (any more), whoever asks and however often."""


@dataclass(frozen=True, slots=True)
class SignedBeforehand:
    """Entitles to the one rollback that waited for its time, while policy, alarm and champion are what they were."""

    automatic_id: int

    def spend(self, session: Session, preview: Preview, now: datetime) -> Authority:
        row = session.get(AutomaticRollback, self.automatic_id)
        if row is None or row.state is not AutomaticState.WAITING or row.due_at is None:
            raise Lapsed("There is no automatic rollback that waits; it was done, vetoed or cancelled.")
        if now < row.due_at:
            raise Refused("The countdown of the automatic rollback still runs.")
        lapse = lapse_of(session, row, now)
        if lapse:
            raise Lapsed(lapse)
        stands = standing(session, session.get_one(Model, row.model_id), now)
        if not stands.acts or stands.policy is None or stands.proposed is None or stands.approved is None:
            raise Lapsed(stands.why)
        if row.trigger not in stands.policy.triggers:
            raise Lapsed(f"Policy {stands.number} does not name the trigger {row.trigger.value}.")
        former, wanted = preview.from_version, preview.to_version
        if (
            preview.kind is not ReleaseKind.ROLLBACK
            or preview.blocked
            or former is None
            or wanted is None
            or (former.version_id, wanted.version_id) != (row.from_version_id, row.to_version_id)
        ):
            raise Lapsed(preview.blocking or "What would be rolled back is not what the countdown was about.")
        limit = beyond_limits(session, stands.policy, row.model_id, former.version_id, wanted.version_id, now)
        if limit:
            raise Lapsed(limit)
        row.state, row.acted_at = AutomaticState.ACTING, now
        return Authority(
            f"Automatic rollback, policy {stands.number}",
            f"{stands.proposed.full_name} and {stands.approved.full_name}, beforehand",
            row.sentence,
            automatic_id=row.id,
        )
