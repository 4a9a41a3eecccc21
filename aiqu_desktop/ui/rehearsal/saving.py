"""Saving rehearsed limits: when it cannot be done, and what is asked before. No Qt."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from aiqu_desktop.services.views import RehearsalRow
from aiqu_desktop.ui import formatting as fmt
from aiqu_desktop.ui.rehearsal.proposal import differences
from aiqu_desktop.ui.widgets.dialogs import Question


def why_not_saved(row: RehearsalRow | None, present: Mapping[str, Any], now: datetime, valid_for: timedelta) -> str:
    """Why `row` cannot be saved, "" when it can; the service refuses by the same rules, whatever the screen says."""
    if row is None:
        return "Rehearse first: a limit is saved only together with its rehearsal."
    proposed = row.rehearsal["settings"]
    if not differences(row.kind, present, {**present, **proposed}):
        return "The check has these limits already."
    if differences(row.kind, present, {**present, **row.before}):
        return "The check was changed since this rehearsal; rehearse again."
    if now - row.at > valid_for:
        return f"This rehearsal is older than {valid_for.days} days; rehearse again."
    return ""


def question_for(row: RehearsalRow, title: str) -> Question:
    """What is asked before the limits of `row` become the check's own."""
    after = row.rehearsal["settings"]
    changes = differences(row.kind, {**after, **row.before}, after)
    false = row.rehearsal["false_alarms_a_year"]
    rang = len(row.rehearsal["alarms"])
    found = f"rang {fmt.plural(rang, 'time')} in the past" if rang else "never rang in the past"
    if false is not None:
        found += f", and falsely {fmt.number(false, 2 if false else 0)} times a year"
    return Question(
        title="Save limits",
        verb="Save limits",
        lines=(
            f"{row.kind.value.capitalize()} check of {title}",
            *(f"{name}: {old} → {new}" for name, old, new in changes),
        ),
        consequence=f"From its next run on the check decides by these. In rehearsal {row.id} they {found}.",
        way_back="The former limits come back the same way: rehearse them, then save. Both stay in the audit trail.",
        note_title="Why the limits change",
    )
