"""The site at a glance, worst first."""

from __future__ import annotations

from sqlalchemy import select

from aiqu_desktop.core.words import Health, Priority
from aiqu_desktop.monitoring.alarm_life import is_active
from aiqu_desktop.registry import Registry
from aiqu_desktop.registry.tables import Model, Site
from aiqu_desktop.scheduling.lease import holder
from aiqu_desktop.services.alarms import alarm_rows
from aiqu_desktop.services.automatic_rows import countdown_rows
from aiqu_desktop.services.tiles import tile_of
from aiqu_desktop.services.views import AlarmRow, Overview, SchedulerView

_WORST_FIRST = {health: rank for rank, health in enumerate(Health)}
_PRIORITIES = list(Priority)


def _urgency(alarm: AlarmRow) -> tuple[int, bool]:
    """The priority counts first: a high alarm that came back by itself still wants to be seen before a low one."""
    return _PRIORITIES.index(alarm.priority), not is_active(alarm.state)


def overview(registry: Registry) -> Overview:
    """Everything that the overview and the banner show, from one consistent view of the registry."""
    now = registry.clock.now()
    with registry.read() as session:
        site = session.scalars(select(Site)).one()
        models = session.scalars(select(Model).order_by(Model.title)).all()
        tiles = sorted(
            (tile_of(session, registry.paths, model, now) for model in models),
            key=lambda tile: (_WORST_FIRST[tile.health], -tile.unacknowledged_alarms, tile.title),
        )
        alarms = alarm_rows(session, only_open=True)
        unseen = [alarm for alarm in alarms if alarm.needs_acknowledgement]
        held = holder(session)
        running = countdown_rows(session, registry)
    ages = [tile.data_as_of for tile in tiles if tile.data_as_of is not None]
    return Overview(
        site=site.name,
        is_demo=site.is_demo,
        site_now=now,
        data_as_of=max(ages, default=None),
        scheduler=SchedulerView(
            role=held.role if held else "",
            pid=held.pid if held else None,
            alive=held.alive if held else False,
            beat_age_seconds=held.age_seconds if held else None,
        ),
        tiles=tuple(tiles),
        worst_alarm=min(unseen, key=_urgency, default=None),
        open_alarms=len(alarms),
        unacknowledged_alarms=len(unseen),
        countdowns=running,
        waiting=tuple((alarm.id, alarm.priority) for alarm in unseen),
    )
