"""What a version that runs beside the champion achieved on the same labelled rows, as figures to be charted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from aiqu_desktop.lifecycle.shadow.comparing import compare_answers
from aiqu_desktop.lifecycle.shadow.record import open_shadow
from aiqu_desktop.monitoring.context import CheckContext
from aiqu_desktop.monitoring.outcome import MetricValue
from aiqu_desktop.monitoring.settings import PerformanceSettings
from aiqu_desktop.registry.tables import Version


@dataclass(frozen=True, slots=True)
class Challenger:
    """The comparison of a shadow's answers with the champion's; `version` None where no shadow runs.

    compared: see `lifecycle.shadow.comparing.compare_answers`.
    """

    version: int | None = None
    compared: Mapping[str, Any] = field(default_factory=dict)

    def metrics(self, metric: str) -> tuple[MetricValue, ...]:
        """Its realised metric and how often it agrees; its version stands in place of a feature."""
        if self.version is None:
            return ()
        named = {f"shadow.{metric}": self.compared["challenger"], "shadow.agreement": self.compared["agreement"]}
        return tuple(
            MetricValue(name, one["value"], one["n"], feature=str(self.version), low=one["low"], high=one["high"])
            for name, one in named.items()
            if one is not None
        )

    def to_json(self) -> dict[str, Any] | None:
        """A plain dictionary, ready for json.dumps; None where no shadow runs."""
        return None if self.version is None else {"version": self.version, **self.compared}


def beside_the_champion(settings: PerformanceSettings, context: CheckContext, start: datetime) -> Challenger:
    """The shadow's answers since an instant, or since it was begun."""
    with context.registry.read() as session:
        row = open_shadow(session, context.model_id)
        if row is None or context.digest is None:
            return Challenger()
        version = session.get_one(Version, row.version_id)
        number, digest, since = version.number, version.digest, max(start, row.begun_at)
    window = context.store.beside(
        context.model, since, max(since, context.now), champion=context.digest, challenger=digest
    )
    return Challenger(number, compare_answers(context.schema.task, settings.metric, window))
