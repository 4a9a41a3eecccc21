"""Whether there is a version that is healthy enough to go back to without a person asking; with its evidence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from aiqu_desktop.core.errors import AiquError
from aiqu_desktop.core.words import Trigger
from aiqu_desktop.lifecycle.automatic.comparison import Rivals, no_worse_since
from aiqu_desktop.lifecycle.gates.gate import GateResult
from aiqu_desktop.lifecycle.preview import Preview, preview_rollback
from aiqu_desktop.lifecycle.standby import lay_ready
from aiqu_desktop.lifecycle.targets.target import Target
from aiqu_desktop.registry import ArtifactStore, Registry
from aiqu_desktop.registry.tables import Alarm

# Without an estimated onset the rows of these days before the alarm are looked at.
_RECENT = timedelta(days=28)


@dataclass(frozen=True, slots=True)
class Fitness:
    """preview: what the rollback would do, its gates among it. findings: what is asked beyond those."""

    preview: Preview
    findings: tuple[GateResult, ...]

    @property
    def obstacle(self) -> str:
        """Why nothing may be rolled back by itself; empty where something may."""
        if self.preview.blocked:
            return self.preview.blocking
        return next((finding.finding for finding in self.findings if finding.blocks), "")

    @property
    def sentence(self) -> str:
        """What speaks for the version to go back to; the obstacle where there is none."""
        if self.obstacle or self.preview.to_version is None:
            return self.obstacle
        return " ".join(finding.finding for finding in self.findings)


def examine(
    registry: Registry, target_for: Callable[[str], Target], model: str, alarm: Alarm, now: datetime
) -> Fitness:
    """Look at the last known good: its gates, whether it lies ready on the target, its own alarms, the rows since.

    It is laid ready on the target anew, which repairs it there; nothing is switched.

    Raises:
        UserError: if there is no such model.
    """
    preview = preview_rollback(registry, model, target=target_for(model))
    back, served = preview.to_version, preview.from_version
    if preview.blocked or back is None or served is None:
        return Fitness(preview, ())
    store = ArtifactStore(registry.paths.artifacts, registry.clock)
    fault = lay_ready(store, lambda: target_for(model), back)
    ready = f"Version {back.number} lies ready on the target, its files and golden cases verified just now."
    findings = [
        GateResult("standby", "Pre-staged and verified", not fault, fault or ready, {"digest": back.digest}),
        _own_alarms(registry, alarm.model_id, back.version_id, back.number),
    ]
    since = alarm.onset_at or alarm.activated_at - _RECENT
    rivals = Rivals(model, preview.primary_metric, served, back)
    try:
        findings.append(no_worse_since(registry, rivals, since, now, needed=alarm.key == Trigger.PERFORMANCE.value))
    except AiquError as error:
        findings.append(GateResult("since-onset", "No worse on the rows since the onset", False, str(error), {}))
    return Fitness(preview, tuple(findings))


def _own_alarms(registry: Registry, model_id: int, version_id: int, number: int) -> GateResult:
    keys = [trigger.value for trigger in Trigger]
    query = select(Alarm.id, Alarm.key).where(
        Alarm.model_id == model_id,
        Alarm.version_id == version_id,
        Alarm.key.in_(keys),
        Alarm.returned_at.is_(None),
    )
    with registry.read() as session:
        found = session.execute(query).all()
    finding = (
        f"Version {number} has itself an alarm that is not over ({', '.join(row.key for row in found)})."
        if found
        else f"Version {number} has no alarm of its own."
    )
    return GateResult("own-alarms", "No alarm of its own", not found, finding, {"alarms": [row.id for row in found]})
