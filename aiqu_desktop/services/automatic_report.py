"""The automatic rollbacks of a report's period."""

from __future__ import annotations

from aiqu_desktop.reports.history import AutomaticEntry
from aiqu_desktop.services.views import AutomaticRow, ModelPage


def automatic_entries(page: ModelPage) -> tuple[AutomaticEntry, ...]:
    """What was advised, due or done in the page's period, the newest first."""
    view = page.automatic
    if view is None:
        return ()
    rows = [*([view.pending] if view.pending is not None else []), *view.past]
    return tuple(_entry(row) for row in rows if page.start <= row.noted_at <= page.end)


def _entry(row: AutomaticRow) -> AutomaticEntry:
    to = f" → version {row.to_version}" if row.to_version is not None else ", nowhere to go"
    return AutomaticEntry(
        change=f"version {row.from_version}{to}",
        state=row.state.value,
        trigger=row.trigger.value.replace("-", " ").capitalize(),
        alarm=row.alarm_message,
        guarantee=row.guarantee,
        noted=row.noted_at,
        raised=row.alarm_at,
        onset=row.onset_at,
        due=row.due_at,
        acted=row.acted_at,
        ended=row.ended_at,
        end=row.ended,
        seconds=row.seconds_to_proof,
        policy=row.policy,
        signers=row.signed_by,
        from_digest=row.from_digest,
        to_digest=row.to_digest,
        evidence=row.findings,
        obstacle=row.obstacle,
    )
