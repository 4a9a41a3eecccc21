"""Turns the overview into what the tiles write: plain text, prepared off the main thread, no Qt."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime

from aiqu_desktop.core.words import Health
from aiqu_desktop.services.views import ModelTile, Overview
from aiqu_desktop.ui import formatting as fmt
from aiqu_desktop.ui.states import HEALTH, metric_short, metric_title


@dataclass(frozen=True, slots=True)
class TileView:
    """One tile, ready to paint.

    trend: the metric, oldest first, None in a gap; span: its first and last day.
    breached: the value is beyond its limit.
    facts: five (heading, text, token) triples under the value; token "" is the quiet ink.
    """

    name: str
    title: str
    health: Health
    state: str
    reason: str
    value: str
    unit: str
    interval: str
    metric: str
    breached: bool
    trend: tuple[float | None, ...]
    limit: float | None
    span: tuple[str, str]
    facts: tuple[tuple[str, str, str], ...]
    spoken: str


@dataclass(frozen=True, slots=True)
class OverviewView:
    """What the overview page and the rail draw from one answer."""

    tiles: tuple[TileView, ...]
    counts: tuple[tuple[Health, int], ...]


def present(overview: Overview) -> OverviewView:
    """Every text of the overview, in the order of its tiles."""
    tiles = tuple(present_tile(tile, overview.site_now) for tile in overview.tiles)
    counts = tuple((health, sum(t.health is health for t in tiles)) for health in Health)
    return OverviewView(tiles, counts)


def present_tile(tile: ModelTile, now: datetime) -> TileView:
    """One tile's texts as of the site's instant `now`."""
    value, interval = fmt.estimate_parts(tile.value, tile.low, tile.high)
    word = HEALTH[tile.health].word
    return TileView(
        name=tile.name,
        title=tile.title,
        health=tile.health,
        state=word,
        reason=_reason(tile),
        value=value if tile.value is not None else "not known",
        unit=tile.unit if tile.value is not None else "",
        interval=interval,
        metric=_metric(tile),
        breached=_is_breached(tile),
        trend=tuple(v if v is not None and math.isfinite(v) else None for _, v in tile.trend),
        limit=tile.limit,
        span=(fmt.day(tile.trend[0][0]), fmt.day(tile.trend[-1][0])) if tile.trend else ("", ""),
        facts=(
            _live(tile),
            ("Drift", fmt.percent(tile.drift_share), ""),
            ("Data age", fmt.age(tile.data_as_of, now), ""),
            ("Check age", fmt.age(tile.last_check_at, now), ""),
            ("Alarms", _alarms(tile), ""),
        ),
        spoken=_spoken(tile, word, " ".join(filter(None, (value, tile.unit, interval))), now),
    )


def _reason(tile: ModelTile) -> str:
    """Of a stopped model, what the plant does meanwhile comes with it."""
    if tile.stop is None:
        return tile.reason
    sure = "" if tile.stop.proven else "NOT PROVEN, go and look. "
    instead = f" Instead: {tile.fallback}" if tile.fallback else " There is no fallback card."
    return f"{sure}{tile.stop.by}, {fmt.instant(tile.stop.since)}: {tile.stop.reason.rstrip('.')}.{instead}"


def _alarms(tile: ModelTile) -> str:
    """How many are open, and how many of them nobody has seen yet."""
    if not tile.open_alarms:
        return "none"
    new = f", {tile.unacknowledged_alarms} new" if tile.unacknowledged_alarms else ""
    return f"{tile.open_alarms}{new}"


def _metric(tile: ModelTile) -> str:
    """For example "MAE, limit ≤ 22 ppmv, n = 312"."""
    parts = [metric_short(tile.metric)] if tile.metric else []
    if tile.limit is not None:
        sign = "≥" if tile.higher_is_better else "≤"
        parts.append(f"limit {sign}\u00a0{fmt.limit(tile.limit, tile.unit)}")
    if tile.value is not None:
        parts.append(fmt.sample(tile.n))
    return ", ".join(parts)


def _is_breached(tile: ModelTile) -> bool:
    if tile.value is None or tile.limit is None:
        return False
    return tile.value < tile.limit if tile.higher_is_better else tile.value > tile.limit


def _live(tile: ModelTile) -> tuple[str, str, str]:
    """Whether what should be live is proven to be: the target itself answers with its digest."""
    if tile.champion is None:
        return ("Live", "no version", "unknown")
    if tile.stop is not None:
        return ("Live", "nothing" if tile.stop.proven else "stop unproven", "" if tile.stop.proven else "warning")
    if not tile.serving_proven:
        return ("Live", f"v{tile.champion} unproven", "warning")
    if tile.reverted:
        return ("Live", f"v{tile.champion} reverted", "warning")
    return ("Live", f"v{tile.champion} proven", "")


def _spoken(tile: ModelTile, word: str, estimate: str, now: datetime) -> str:
    """The tile as a screen reader says it."""
    known = f"{metric_title(tile.metric)} {estimate}" if tile.value is not None else "performance not known"
    live = "no version is live" if tile.champion is None else f"version {tile.champion} is live"
    if tile.stop is not None:
        live = "nothing serves" if tile.stop.proven else "that nothing serves is not proven"
    elif tile.champion is not None and not tile.serving_proven:
        live = f"whether version {tile.champion} is live is not proven"
    elif tile.reverted:
        live += " again after a release was undone"
    alarms = fmt.plural(tile.open_alarms, "open alarm")
    return f"{tile.title}: {word}. {_reason(tile)} {known}; {live}; {alarms}; data {fmt.ago(tile.data_as_of, now)}."
