"""The alarm system's own figures over a period, from the alarm journal (ISA-18.2, clause 16; EEMUA 191)."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta

import numpy as np
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.core.words import AlarmEvent, AlarmState, Priority, Suppression
from aiqu_desktop.monitoring import alarm_figures as pure
from aiqu_desktop.monitoring.alarm_records import RECORDS
from aiqu_desktop.registry import Registry
from aiqu_desktop.registry.tables import Alarm, AlarmJournal, AlarmSuppression, Model, Site
from aiqu_desktop.services.views import (
    AlarmFigures,
    Benchmark,
    ChatteringAlarm,
    Flood,
    FrequentAlarm,
    PriorityShare,
    StaleAlarm,
)

USUAL_PERIOD = timedelta(days=30)
_MOST_FREQUENT = 10
_TELLS = (AlarmEvent.ACTIVATED, AlarmEvent.UNSHELVED, AlarmEvent.UNSUPPRESSED, AlarmEvent.RESTORED)
_Place = tuple[str, str, str]  # model, its title, key


def alarm_figures(registry: Registry, start: datetime | None = None, end: datetime | None = None) -> AlarmFigures:
    """Every figure of the period; without bounds, the last 30 days, or since the site was made.

    Raises:
        UserError: if the period ends before it begins.
    """
    with registry.read() as session:
        made = session.scalars(select(Site.created_at)).one()
        end = end or registry.clock.now()
        start = max(start or end - USUAL_PERIOD, made)
        if end < start:
            raise UserError("The period ends before it begins, or before the site was made; give another one.")
        told = session.execute(
            select(AlarmJournal.at, AlarmJournal.priority, Model.name, Model.title, AlarmJournal.key)
            .join(Model, Model.id == AlarmJournal.model_id)
            .where(
                AlarmJournal.at >= start,
                AlarmJournal.at <= end,
                AlarmJournal.after == AlarmState.UNACKNOWLEDGED,
                AlarmJournal.event.in_(_TELLS),
            )
            .order_by(AlarmJournal.at, AlarmJournal.id)
        ).all()
        stale = _stale(session, end)
        held = Counter(session.scalars(select(AlarmSuppression.kind).where(AlarmSuppression.ended_at.is_(None))))
    times = np.array([row.at.timestamp() for row in told], dtype=np.float64)
    spans = pure.floods(times, end.timestamp())
    seconds = (end - start).total_seconds()
    places: dict[_Place, list[float]] = defaultdict(list)
    for row in told:
        places[row.name, row.title, row.key].append(row.at.timestamp())
    average = len(told) / (seconds / pure.TEN_MINUTES) if seconds else None
    peak = pure.most_within(times, pure.TEN_MINUTES)
    flooded = pure.flood_share(spans, start.timestamp(), end.timestamp())
    chattering = _chattering(places)
    return AlarmFigures(
        start=start,
        end=end,
        annunciated=len(told),
        average_per_10_min=average,
        peak_in_10_min=peak,
        flood_share=flooded,
        floods=tuple(Flood(_instant(s.start), _instant(s.end), s.alarms) for s in spans),
        stale=stale,
        chattering=chattering,
        most_frequent=_most_frequent(places, len(told)),
        priorities=_shares(Counter(row.priority for row in told)),
        shelved_now=held[Suppression.SHELVED],
        suppressed_now=held[Suppression.BY_DESIGN],
        out_of_service_now=held[Suppression.OUT_OF_SERVICE],
        per_day=_per_day([row.at for row in told], start, end),
        benchmarks=_benchmarks(
            average_per_10_min=average,
            peak_in_10_min=peak,
            flood_share=flooded,
            stale=len(stale),
            chattering=len(chattering),
        ),
    )


def _stale(session: Session, end: datetime) -> tuple[StaleAlarm, ...]:
    """Alarms that were told, and whose condition had lasted for more than a day, at the end of the period."""
    rows = session.execute(
        select(Alarm, Model.name, Model.title)
        .join(Model, Model.id == Alarm.model_id)
        .where(
            Alarm.activated_at < end - timedelta(seconds=pure.STALE_AFTER),
            or_(Alarm.returned_at.is_(None), Alarm.returned_at > end),
            Alarm.state.not_in([state for state in AlarmState if state.suppressed]),
        )
        .order_by(Alarm.activated_at, Alarm.id)
    )
    return tuple(
        StaleAlarm(alarm.id, name, title, _title(alarm.key), alarm.priority, alarm.activated_at)
        for alarm, name, title in rows
    )


def _benchmarks(**values: float | None) -> tuple[Benchmark, ...]:
    return tuple(
        Benchmark(name, value, pure.AT_MOST[name], None if value is None else value <= pure.AT_MOST[name])
        for name, value in values.items()
    )


def _chattering(places: dict[_Place, list[float]]) -> tuple[ChatteringAlarm, ...]:
    found = []
    for (model, title, key), times in places.items():
        most = pure.most_within(np.array(times, dtype=np.float64), 60.0)
        if most >= pure.CHATTERS_FROM:
            found.append(ChatteringAlarm(model, title, key, _title(key), most))
    return tuple(sorted(found, key=lambda alarm: (-alarm.most_in_a_minute, alarm.model, alarm.key)))


def _most_frequent(places: dict[_Place, list[float]], total: int) -> tuple[FrequentAlarm, ...]:
    ranked = sorted(places.items(), key=lambda item: (-len(item[1]), item[0]))[:_MOST_FREQUENT]
    return tuple(
        FrequentAlarm(model, title, key, _title(key), len(times), len(times) / total)
        for (model, title, key), times in ranked
    )


def _shares(counts: Counter[Priority | None]) -> tuple[PriorityShare, ...]:
    total = counts.total()
    shares = []
    for priorities, recommended in pure.RECOMMENDED:
        count = sum(counts[priority] for priority in priorities)
        shares.append(PriorityShare(priorities, count, count / total if total else None, recommended))
    return tuple(shares)


def _per_day(instants: list[datetime], start: datetime, end: datetime) -> tuple[tuple[datetime, int], ...]:
    counts = Counter(instant.date() for instant in instants)
    days = (end.date() - start.date()).days + 1
    each = [start.date() + timedelta(days=k) for k in range(days)]
    return tuple((datetime(day.year, day.month, day.day, tzinfo=UTC), counts[day]) for day in each)


def _title(key: str) -> str:
    return RECORDS[key].title if key in RECORDS else key


def _instant(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
