"""Made-up rows of alarm management: what is held back, records, journals, figures, and the plant's state."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from aiqu_desktop.core.words import AlarmEvent, AlarmState, Consequence, PlantState, Priority, Suppression
from aiqu_desktop.services.views import (
    AlarmBackground,
    AlarmFigures,
    AlarmRow,
    AlarmTypeRow,
    Benchmark,
    ChatteringAlarm,
    Flood,
    FrequentAlarm,
    JournalRow,
    ModelTile,
    PlantRow,
    PriorityShare,
    StaleAlarm,
    SuppressionRow,
)
from tests.ui.fake_rows import NOW

HOUR = timedelta(hours=1)


def make_suppressed() -> tuple[SuppressionRow, ...]:
    """One of each kind."""
    return (
        SuppressionRow(
            1, "bearing-vibration", "Bearing vibration, hall 3", "quality", "Faulty values", Suppression.SHELVED,
            NOW - HOUR, NOW + 7 * HOUR, "K. Lindqvist", "The logger is being rewired until the evening.", True,
            "acceleration_z: 14.0% missing; the limit is 5%.", 3, 2,
        ),
        SuppressionRow(
            2, "weld-seam-camera", "Weld seam camera", "freshness-data", "No new data", Suppression.OUT_OF_SERVICE,
            NOW - 60 * HOUR, None, "Eva Holm", "Camera 4 is at the workshop; back in week 12.", True,
            "No observation has come for 2.4 days (limit 1).", 1, 1,
        ),
        SuppressionRow(
            3, "gas-classifier", "Gas classifier", "drift", "Input changed", Suppression.BY_DESIGN, NOW - HOUR, None,
            "monitor", "the state of the plant is changeover", False, "", 0, 5,
        ),
    )  # fmt: skip


_IN_FLOOD = 14  # alarms


def make_background(alarm: AlarmRow) -> AlarmBackground:
    record = AlarmTypeRow(
        alarm.key, "Performance beyond its limit", alarm.priority,
        "The version that serves is wrong more often, or by more, than its limit allows.",
        "Wrong predictions reach the line: faulty product passes, or good product is thrown away.",
        Consequence.MAJOR, 480, alarm.response, None, None, 0.0, False, (PlantState.CLEANING,), "", None, "",
    )  # fmt: skip
    steps = [
        JournalRow(
            alarm.activated_at, AlarmEvent.ACTIVATED, AlarmState.NORMAL, AlarmState.UNACKNOWLEDGED, "monitor", ""
        )
    ]
    if alarm.acknowledged_at is not None:
        steps.append(
            JournalRow(
                alarm.acknowledged_at, AlarmEvent.ACKNOWLEDGED, AlarmState.UNACKNOWLEDGED, AlarmState.ACKNOWLEDGED,
                alarm.acknowledged_by, alarm.note,
            )
        )  # fmt: skip
    return AlarmBackground(record, tuple(steps))


def make_plant(tiles: Sequence[ModelTile], state: PlantState) -> tuple[PlantRow, ...]:
    since = None if state is PlantState.RUNNING else NOW - HOUR
    by, reason = ("", "") if since is None else ("Elin Sandberg", "New mould in press 2.")
    return tuple(PlantRow(tile.name, tile.title, state, since, by, reason, True, "", ()) for tile in tiles)


def _days(start: datetime, end: datetime, total: int) -> tuple[tuple[datetime, int], ...]:
    """`total` alarms over the days: all of the flood on its day, the others as evenly as they go."""
    count = (end.date() - start.date()).days + 1
    first = start.replace(hour=0, minute=0, second=0, microsecond=0)
    if not total or count < 2:
        return tuple((first + timedelta(days=k), total // count) for k in range(count))
    flood = max(0, (_flood(end).start.date() - first.date()).days)
    each, more = divmod(total - _IN_FLOOD, count - 1)
    others = iter([each + (k < more) for k in range(count - 1)])
    return tuple((first + timedelta(days=k), _IN_FLOOD if k == flood else next(others)) for k in range(count))


def _flood(end: datetime) -> Flood:
    return Flood(end - 90 * HOUR, end - 89 * HOUR, _IN_FLOOD)


def make_figures(start: datetime | None, end: datetime | None, *, empty: bool = False) -> AlarmFigures:
    end = end or NOW
    start = start or end - timedelta(days=30)
    counts = (0, 0, 0) if empty else (9, 31, 54)
    total = sum(counts)
    groups = ((Priority.CRITICAL, Priority.HIGH), (Priority.MEDIUM,), (Priority.LOW,))
    places = (
        ("gas-classifier", "Gas classifier", "drift", "Input changed", 31),
        ("bearing-vibration", "Bearing vibration, hall 3", "quality", "Faulty values", 22),
        ("weld-seam-camera", "Weld seam camera", "freshness-data", "No new data", 12),
        ("gas-classifier", "Gas classifier", "performance", "Performance beyond its limit", 6),
    )
    return AlarmFigures(
        start=start,
        end=end,
        annunciated=total,
        average_per_10_min=total / ((end - start) / timedelta(minutes=10)),
        peak_in_10_min=0 if empty else 13,
        flood_share=0.0 if empty else 0.0004,
        floods=() if empty else (_flood(end),),
        stale=()
        if empty
        else (
            StaleAlarm(37, "compressor-surge", "Compressor surge", "No new labels", Priority.LOW, NOW - 96 * HOUR),
            StaleAlarm(33, "gas-concentration", "Gas concentration", "Input changed", Priority.LOW, NOW - 71 * HOUR),
            StaleAlarm(39, "gas-classifier", "Gas classifier", "Input changed", Priority.MEDIUM, NOW - 53 * HOUR),
        ),
        chattering=()
        if empty
        else (ChatteringAlarm("bearing-vibration", "Bearing vibration, hall 3", "quality", "Faulty values", 4),),
        most_frequent=() if empty else tuple(FrequentAlarm(*place, place[4] / total) for place in places),
        priorities=tuple(
            PriorityShare(group, count, count / total if total else None, recommended)
            for group, count, recommended in zip(groups, counts, (0.05, 0.15, 0.8), strict=True)
        ),
        shelved_now=0 if empty else 1,
        suppressed_now=0 if empty else 1,
        out_of_service_now=0 if empty else 1,
        per_day=_days(start, end, total),
        benchmarks=(
            Benchmark("average_per_10_min", total / 4320, 1.0, True),
            Benchmark("peak_in_10_min", 0 if empty else 13, 10.0, empty),
            Benchmark("flood_share", 0.0 if empty else 0.0004, 0.01, True),
            Benchmark("stale", 0 if empty else 3, 5.0, True),
            Benchmark("chattering", 0 if empty else 1, 0.0, empty),
        ),
    )
