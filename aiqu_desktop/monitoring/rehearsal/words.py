"""A rehearsal in one paragraph, for the person who is about to sign a limit."""

from __future__ import annotations

from datetime import UTC, datetime

from aiqu_desktop.monitoring.rehearsal.results import Detection, Rehearsal


def sentence_of(rehearsal: Rehearsal) -> str:
    """What the replay and the trials showed."""
    parts = [_replay(rehearsal)]
    if rehearsal.false_alarms_a_year is None:
        parts.append("There is no healthy stretch to make trials from, so nothing can be said about detection.")
    else:
        parts.append(
            f"In {rehearsal.years_tried:.1f} undisturbed years made from {rehearsal.material} it rang falsely "
            f"{rehearsal.false_alarms_a_year:.2g} times a year."
        )
    if rehearsal.detections:
        parts.append(power_sentence(rehearsal, rehearsal.detections[0]))
    return " ".join([*parts, *rehearsal.notes])


def power_sentence(rehearsal: Rehearsal, detection: Detection) -> str:
    """With so much data, how soon a change of this size shows."""
    what = "labels" if rehearsal.kind == "performance" else "observations"
    pace = f"With {rehearsal.rows_a_day:.3g} {what} a day"
    if detection.late_days is not None:
        return (
            f"{pace}, a change in which {detection.planted} shows within {detection.late_days:.3g} days "
            f"in nine of ten trials."
        )
    return (
        f"{pace}, a change in which {detection.planted} shows within {detection.horizon_days:g} days in only "
        f"{detection.found:.0%} of the trials."
    )


def _replay(rehearsal: Rehearsal) -> str:
    first, last = (datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d") for at in (rehearsal.start, rehearsal.end))
    count = len(rehearsal.alarms)
    rate = f" ({rehearsal.alarms_a_year:.2g} a year)" if rehearsal.alarms_a_year is not None and count else ""
    rang = "no alarm" if count == 0 else f"{count} alarm{'s' if count > 1 else ''}{rate}"
    missing = f"; {rehearsal.unanswered} of {rehearsal.asked} checks lack data" if rehearsal.unanswered else ""
    return f"Replayed from {first} to {last}: {rang}{missing}."
