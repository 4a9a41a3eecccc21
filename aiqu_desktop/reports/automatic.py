"""An automatic rollback as the report prints it: times from onset to proof, evidence, and on whose word."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from aiqu_desktop.reports.history import AutomaticEntry
from aiqu_desktop.reports.numerals import NONE, duration, instant, short_hash


def automatic_facts(entry: AutomaticEntry) -> dict[str, Any]:
    """A heading and rows of label and text."""
    change = entry.change[:1].upper() + entry.change[1:]
    facts = [
        ["Trigger", f"{entry.trigger}. {entry.alarm}"],
        ["Guarantee", entry.guarantee or "A plain fact; it has none."],
        ["Estimated onset", _at(entry.onset)],
        ["Alarm raised", _after(entry.raised, entry.onset, "the onset")],
        ["Due", _at(entry.due)],
        ["Carried out", _after(entry.acted, entry.raised, "the alarm")],
        ["Press to proof", NONE if entry.seconds is None else duration(timedelta(seconds=entry.seconds))],
        ["Ended", f"{_at(entry.ended)}. {entry.end}" if entry.ended else NONE],
        ["Policy", f"Policy {entry.policy}, signed beforehand by {entry.signers}" if entry.policy else NONE],
        ["Model files", " → ".join(short_hash(each) for each in (entry.from_digest, entry.to_digest) if each)],
        ["Evidence", " ".join(entry.evidence) or NONE],
    ]
    if entry.obstacle:
        facts.append(["Why not by itself", entry.obstacle])
    return {"title": f"{change}: {entry.state}, {instant(entry.noted)}", "facts": facts}


def _at(moment: datetime | None) -> str:
    return NONE if moment is None else instant(moment)


def _after(moment: datetime | None, start: datetime | None, what: str) -> str:
    if moment is None or start is None:
        return _at(moment)
    return f"{instant(moment)}, {duration(moment - start)} after {what}"
