"""The people of the demo: they see alarms, acknowledge them and act, through the same services as everybody."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from aiqu_desktop.core.words import Trigger, VersionState
from aiqu_desktop.demo.people import credentials
from aiqu_desktop.demo.story import DemoModel, Story
from aiqu_desktop.lifecycle.automatic.policy import AutomaticPolicy
from aiqu_desktop.lifecycle.facts import champion_of, model_named
from aiqu_desktop.lifecycle.last_good import healthy_champions
from aiqu_desktop.monitoring.alarm_life import is_active
from aiqu_desktop.registry import Registry
from aiqu_desktop.registry.tables import Model, Release, Version
from aiqu_desktop.services import automatic, releases
from aiqu_desktop.services.alarms import acknowledge, list_alarms
from aiqu_desktop.services.requests import list_requests
from aiqu_desktop.services.views import AlarmRow

# A version that went live so recently and already rings is taken back; an older one has aged and wants a successor.
_YOUNG = timedelta(days=60)
_A_DAY = timedelta(days=1)
_NOTES = {
    "performance": "Seen; looking for a version that copes with the sensors as they are now.",
    "decline": "Seen; still within its limit. Asked for a version trained on newer samples.",
    "estimate": "Seen; asked the laboratory when labels come.",
    "automatic": "Read its report; told the data scientists.",
    "drift": "Seen; the sensors age. Watching the accuracy.",
    "freshness-data": "Seen; the line stands still, no measurements are planned.",
    "freshness-labels": "Seen; the laboratory has no samples while the line stands still.",
    "quality": "Seen; told the maintenance crew which sensor it is.",
}


class ScriptedOperator:
    """Does each day what a careful shift would do with what the product shows; nothing is decided in advance."""

    def __init__(self, registry: Registry, story: Story) -> None:
        self._registry = registry
        self._story = story

    def act(self) -> None:
        """Look at the open alarms: acknowledge what is new, answer what hurts."""
        for alarm in list_alarms(self._registry):
            if alarm.needs_acknowledgement:
                note = _NOTES.get(alarm.key, "Seen; being looked into.")
                acknowledge(self._registry, [alarm.id], by=self._story.operator, note=note)
            if alarm.key == "performance" and is_active(alarm.state):
                self._answer(alarm)

    def make_the_mistake(self) -> None:
        """Promote the wrong version, in good faith and through every gate; nothing where that is done already."""
        mistake = self._story.mistake
        with self._registry.read() as session:
            champion = champion_of(model_named(session, mistake.model))
        if champion is not None and champion.number == mistake.version:
            return  # this day was begun before, and cut off
        self._promote(mistake.model, mistake.version, mistake.reason, mistake.by)

    def sign_the_policy(self) -> None:
        """Two people sign that the model may be rolled back automatically; nothing where that is done already."""
        plan = self._story.automatic
        if automatic.show(self._registry, plan.model).policy is not None:
            return  # this day was begun before, and cut off
        policy = AutomaticPolicy(
            (Trigger.PERFORMANCE,), int(plan.countdown.total_seconds()), self._story.end + _A_DAY, plan.at_most
        )
        automatic.propose(self._registry, plan.model, policy, credentials(self._story.engineer), plan.reason)
        automatic.approve(self._registry, plan.model, credentials(self._story.approver))

    def promote_first(self, model: DemoModel) -> None:
        """The first version of a model goes live."""
        reason = "First version of the model, accepted on site."
        self._promote(model.name, model.first_version, reason, self._story.engineer)

    def _answer(self, alarm: AlarmRow) -> None:
        now = self._registry.clock.now()
        with self._registry.read() as session:
            model = session.scalars(select(Model).where(Model.name == alarm.model)).one()
            champion = champion_of(model)
            if champion is None or champion.number != alarm.version:
                return  # answered already: another version serves since
            good = next(iter(healthy_champions(session, model.id)), None)
            live_since = _live_since(session.scalars(select(Release).where(Release.to_version_id == champion.id)).all())
            newer = session.scalars(
                select(Version.number)
                .where(
                    Version.model_id == model.id,
                    Version.state == VersionState.CANDIDATE,
                    Version.number > champion.number,
                )
                .order_by(Version.number.desc())
            ).first()
        if good is not None and live_since is not None and now - live_since < _YOUNG:
            preview = releases.preview_rollback(self._registry, alarm.model)
            reason = self._story.mistake.rollback_reason
            releases.roll_back(self._registry, preview, credentials(self._story.operator), reason)
        elif newer is not None:
            self._promote(alarm.model, newer, self._story.model(alarm.model).reason, self._story.engineer)

    def _promote(self, model: str, number: int, reason: str, by: str) -> None:
        """The engineer asks, the approver reads and approves: two people, as everywhere."""
        engineer, approver = credentials(by), credentials(self._story.approver)
        for left in list_requests(self._registry, model=model):
            if left.version == number:
                releases.decline(self._registry, left.id, engineer, "The replay was cut off; asked for anew.")
        preview = releases.preview_promotion(self._registry, model, number)
        request = releases.request_release(self._registry, preview, engineer, reason)
        releases.approve(self._registry, request.id, approver)
        releases.promote(self._registry, request.id)


def _live_since(into: Sequence[Release]) -> datetime | None:
    return max((release.finished_at for release in into if release.finished_at), default=None)
