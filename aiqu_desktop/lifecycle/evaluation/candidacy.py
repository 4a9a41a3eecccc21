"""What a promotion is judged from: the version, the champion, and what the site holds them to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from aiqu_desktop.lifecycle.evaluation.holdout import HoldoutFacts, standing_holdout
from aiqu_desktop.lifecycle.facts import VersionFacts, champion_of, facts_of, version_numbered
from aiqu_desktop.lifecycle.policy import StandingPolicy
from aiqu_desktop.registry import ArtifactStore, Registry
from aiqu_desktop.registry.tables import Model


@dataclass(frozen=True, slots=True)
class Candidacy:
    """metric: the model's primary one. champion: None before the first promotion. now: the site's instant.

    known_at: an instant of the day whose data decide: now, or when the promotion was asked for.
    """

    registry: Registry
    model: str
    model_id: int
    metric: str
    version: VersionFacts
    champion: VersionFacts | None
    standing: StandingPolicy
    holdout: HoldoutFacts | None
    now: datetime
    known_at: datetime

    @property
    def store(self) -> ArtifactStore:
        return ArtifactStore(self.registry.paths.artifacts, self.registry.clock)

    @property
    def as_of(self) -> datetime:
        """The data that decide are those known when that day began on the site: evidence stands still."""
        local = self.known_at.astimezone(self.standing.policy.zone)
        return local.replace(hour=0, minute=0, second=0, microsecond=0)

    @property
    def window_start(self) -> datetime:
        return self.day_before(self.standing.policy.recent.days)

    def day_before(self, days: float) -> datetime:
        """So many days before `as_of`."""
        return self.as_of - timedelta(days=days)


def candidacy_of(
    registry: Registry,
    session: Session,
    model: Model,
    number: int,
    standing: StandingPolicy,
    *,
    known_at: datetime | None = None,
) -> Candidacy:
    """Read all of it in one look.

    Args:
        known_at: see `Candidacy`; now, where it is not given.

    Raises:
        UserError: if the model has no such version.
    """
    row, live = version_numbered(model, number), champion_of(model)
    now = registry.clock.now()
    return Candidacy(
        registry=registry,
        model=model.name,
        model_id=model.id,
        metric=model.primary_metric,
        version=facts_of(row),
        champion=facts_of(live) if live is not None and live.id != row.id else None,
        standing=standing,
        holdout=standing_holdout(session, model.id),
        now=now,
        known_at=known_at or now,
    )
