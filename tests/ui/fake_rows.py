"""Made-up rows for the window's tests and pictures: any number of models in every state, the same each time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np

from aiqu_desktop.core.words import (
    AlarmState,
    CheckKind,
    Health,
    Priority,
    ReleaseKind,
    ReleaseState,
    RunState,
    Task,
    Verdict,
    VersionState,
)
from aiqu_desktop.services.views import (
    ActionState,
    AlarmRow,
    AuditRow,
    CheckRunRow,
    CostRow,
    HeatMap,
    IngestRow,
    Mark,
    ModelPage,
    ModelTile,
    ReleaseRow,
    ScheduleRow,
    Series,
    ServedSpan,
    VersionRow,
)

NOW = datetime(2026, 3, 12, 14, 32, 8, tzinfo=UTC)

# name, title, task, metric, unit, value, half-width, limit, higher is better, health, reason, drift share
_MODELS = [
    ("gas-classifier", "Gas classifier", Task.CLASSIFICATION, "accuracy", "", 0.712, 0.035, 0.90, True, Health.ALARM,
     "Accuracy is below its limit of 0.90 since 9 Mar; 61 of 128 features drifted.", 0.48),
    ("weld-seam-camera", "Weld seam camera", Task.CLASSIFICATION, "recall", "", 0.931, 0.018, 0.95, True, Health.ALARM,
     "Recall fell below its limit of 0.95 six hours ago.", 0.09),
    ("gas-concentration", "Gas concentration", Task.REGRESSION, "mae", "ppmv", 18.4, 2.1, 22.0, False, Health.WARNING,
     "37 of 128 features drifted; the error is still inside its limit.", 0.29),
    ("kiln-temperature", "Kiln temperature forecast", Task.REGRESSION, "mae", "°C", 6.8, 0.9, 8.0, False,
     Health.WARNING, "Three features drifted after the change of burner on 11 Mar.", 0.17),
    ("bearing-vibration", "Bearing vibration, hall 3", Task.CLASSIFICATION, "f1", "", None, None, 0.85, True,
     Health.UNKNOWN, "No observations for 26 h; data was due every 15 min.", None),
    ("compressor-surge", "Compressor surge", Task.CLASSIFICATION, "recall", "", 0.948, 0.051, 0.90, True,
     Health.UNKNOWN, "No labels for 12 d; the last known value may not hold any more.", 0.02),
    ("machine-failure", "Machine failure", Task.CLASSIFICATION, "accuracy", "", 0.981, 0.008, 0.95, True, Health.GOOD,
     "All checks answered in time and found nothing.", 0.0),
    ("bottle-fill-level", "Bottle fill level", Task.REGRESSION, "mae", "mm", 0.42, 0.03, 0.60, False, Health.GOOD,
     "All checks answered in time and found nothing.", 0.02),
    ("label-reader", "Label reader, line 2", Task.CLASSIFICATION, "accuracy", "", 0.9964, 0.0011, 0.99, True,
     Health.GOOD, "All checks answered in time and found nothing.", 0.01),
    ("paint-defects", "Paint defects", Task.CLASSIFICATION, "f1", "", 0.913, 0.021, 0.85, True, Health.GOOD,
     "All checks answered in time and found nothing.", 0.04),
    ("steam-demand", "Steam demand, next 24 h", Task.REGRESSION, "mae", "t/h", 1.83, 0.14, 2.5, False, Health.GOOD,
     "All checks answered in time and found nothing.", 0.0),
    ("pump-cavitation", "Pump cavitation", Task.CLASSIFICATION, "recall", "", 0.967, 0.019, 0.92, True, Health.GOOD,
     "All checks answered in time and found nothing.", 0.03),
]  # fmt: skip


def _trend(index: int, row: tuple, points: int = 48) -> tuple[tuple[datetime, float | None], ...]:
    """A wandering line that ends at the row's value, falling late for those in alarm, with a gap for the unknown."""
    value, half, limit, higher, health = row[5], row[6], row[7], row[8], row[9]
    rng = np.random.default_rng(index)
    end = value if value is not None else limit * (1.06 if higher else 0.8)
    spread = half if half is not None else abs(limit) * 0.02
    start = limit + (end - limit) if health is not Health.ALARM else limit * (1.05 if higher else 0.8)
    ramp = np.linspace(0, 1, points) ** (6 if health is Health.ALARM else 1)
    values = start + (end - start) * ramp + rng.normal(0, spread * 0.35, points)
    values[-1] = end
    times = [NOW - timedelta(hours=12 * (points - 1 - k)) for k in range(points)]
    gap = range(points - 9, points) if row[5] is None else ([20, 21, 22] if index % 5 == 3 else [])
    return tuple((at, None if k in gap else float(v)) for k, (at, v) in enumerate(zip(times, values, strict=True)))


def make_tiles(count: int = 12) -> tuple[ModelTile, ...]:
    """`count` tiles, worst first; beyond twelve the healthy ones repeat as further lines of the plant."""
    rows = list(_MODELS[:count])
    while len(rows) < count:
        base = _MODELS[6 + len(rows) % 6]
        line = 2 + (len(rows) - 12) // 6
        rows.append((f"{base[0]}-{line}", f"{base[1]} · {line}", *base[2:]))
    tiles = []
    for index, row in enumerate(rows):
        name, title, task, metric, unit, value, half, limit, higher, health, reason, drift = row
        stale = health is Health.UNKNOWN and value is None
        tiles.append(
            ModelTile(
                name=name, title=title, task=task, health=health, reason=reason, champion=2 + index % 5,
                serving_proven=index != 3, metric=metric, unit=unit, value=value,
                low=None if half is None else value - half, high=None if half is None else min(value + half, 1.0)
                if task is Task.CLASSIFICATION else value + half,
                n=0 if value is None else 180 + 211 * (index % 9), limit=limit, higher_is_better=higher,
                trend=_trend(index, row), drift_share=drift,
                data_as_of=NOW - (timedelta(hours=26) if stale else timedelta(minutes=4 + index)),
                last_check_at=NOW - timedelta(minutes=1 + 3 * (index % 6)),
                open_alarms={Health.ALARM: 2, Health.WARNING: 1, Health.UNKNOWN: 1}.get(health, 0),
                unacknowledged_alarms={Health.ALARM: 1, Health.UNKNOWN: 1}.get(health, 0),
            )
        )  # fmt: skip
    order = list(Health)
    return tuple(sorted(tiles, key=lambda tile: order.index(tile.health)))


PROMISE = (
    "While the model does as well as it was accepted to (accuracy 0.950), it rings at most once in 10 years on "
    "average, however often it is looked at (Shiryaev-Roberts e-detector)."
)


def make_alarms() -> tuple[AlarmRow, ...]:
    """Alarms in all four ISA-18.2 states and all four priorities."""

    def row(
        id: int, model: str, title: str, key: str, priority: Priority, state: AlarmState, message: str, response: str,
        hours: float, by: str = "", note: str = "", returned: float | None = None,
    ) -> AlarmRow:  # fmt: skip
        activated = NOW - timedelta(hours=hours)
        return AlarmRow(
            id=id, model=model, model_title=title, key=key, priority=priority, state=state, message=message,
            response=response, version=2, onset_at=activated - timedelta(hours=31), activated_at=activated,
            acknowledged_at=activated + timedelta(minutes=22) if by else None, acknowledged_by=by, note=note,
            returned_at=None if returned is None else NOW - timedelta(hours=returned),
            guarantee=PROMISE if key == "performance" else "",
        )  # fmt: skip

    state, priority = AlarmState, Priority
    return (
        row(41, "gas-classifier", "Gas classifier", "performance", priority.CRITICAL, state.UNACKNOWLEDGED,
            "Accuracy 0.712 is below its limit of 0.90 on 312 labelled observations.",
            "Roll back to version 1, the last known good; if the alarm stays, switch the line to manual sorting.", 6.2),
        row(40, "weld-seam-camera", "Weld seam camera", "performance", priority.HIGH, state.UNACKNOWLEDGED,
            "Recall 0.931 is below its limit of 0.95 on 1 204 labelled observations.",
            "Inspect the camera's lens and light of cell 4, then roll back if the recall does not return.", 6.0),
        row(38, "bearing-vibration", "Bearing vibration, hall 3", "freshness", priority.MEDIUM, state.UNACKNOWLEDGED,
            "No observations for 26 h; they were due every 15 min.",
            "See whether the data logger in hall 3 has power and whether its share is mounted.", 25.7),
        row(39, "gas-classifier", "Gas classifier", "drift", priority.MEDIUM, state.ACKNOWLEDGED,
            "61 of 128 features drifted; share of importance 48 %, limit 25 %.",
            "Have the sensor array calibrated; send the drifted data to the data scientist.", 53.0,
            "K. Lindqvist", "Calibration ordered for Friday."),
        row(37, "compressor-surge", "Compressor surge", "labels", priority.LOW, state.UNACKNOWLEDGED,
            "No labels for 12 d; performance is only estimated since then.",
            "Ask the laboratory for the results of weeks 9 and 10.", 96.0),
        row(35, "kiln-temperature", "Kiln temperature forecast", "drift", priority.LOW,
            state.RETURNED_UNACKNOWLEDGED, "Three features drifted after the change of burner.",
            "Compare with the log of maintenance; no act on the model is needed yet.", 30.0, returned=4.0),
        row(33, "gas-concentration", "Gas concentration", "drift", priority.LOW, state.ACKNOWLEDGED,
            "37 of 128 features drifted; share of importance 29 %, limit 25 %.",
            "Have the sensor array calibrated.", 71.0, "K. Lindqvist", "Same array as the gas classifier."),
        row(21, "paint-defects", "Paint defects", "quality", priority.MEDIUM, state.NORMAL,
            "12 % of the rows lacked the column film_thickness.", "See the logger's settings.", 400.0,
            "J. Åberg", "Logger restarted.", 396.0),
    )  # fmt: skip


def make_schedules(tiles: Sequence[ModelTile]) -> tuple[ScheduleRow, ...]:
    """Five checks a model; one paused, one running, one failed, one overdue."""
    rows = []
    intervals = {
        CheckKind.DRIFT: 3600, CheckKind.PERFORMANCE: 3600, CheckKind.QUALITY: 900, CheckKind.FRESHNESS: 300,
        CheckKind.INTEGRITY: 86400,
    }  # fmt: skip
    for tile in tiles:
        for kind, seconds in intervals.items():
            check_id = len(rows) + 1
            late = check_id == 21
            bad = tile.health is Health.ALARM and kind is CheckKind.PERFORMANCE
            warn = tile.health in (Health.WARNING, Health.ALARM) and kind is CheckKind.DRIFT
            blind = tile.health is Health.UNKNOWN and kind in (CheckKind.PERFORMANCE, CheckKind.FRESHNESS)
            verdict = Verdict.BAD if bad else Verdict.WARNING if warn else Verdict.UNKNOWN if blind else Verdict.GOOD
            rows.append(
                ScheduleRow(
                    check_id=check_id, model=tile.name, model_title=tile.title, kind=kind, every_seconds=seconds,
                    next_due=NOW + timedelta(seconds=-780 if late else (seconds * 0.37 + 41 * check_id) % seconds),
                    paused=check_id == 12, paused_by="K. Lindqvist" if check_id == 12 else "",
                    paused_reason="Camera under maintenance until 16:00." if check_id == 12 else "",
                    last_run_id=900 + check_id,
                    last_state=RunState.FAILED if check_id == 18 else RunState.DONE, last_verdict=verdict,
                    last_summary="The file of the reference profile could not be read." if check_id == 18
                    else tile.reason if verdict is not Verdict.GOOD else "Nothing abnormal was found.",
                    last_finished_at=NOW - timedelta(seconds=(seconds * 0.6) % seconds),
                    last_wall_seconds=0.08 + 0.23 * (check_id % 7), running=check_id == 6,
                    progress=0.42 if check_id == 6 else None, overdue=late,
                )
            )  # fmt: skip
    return tuple(rows)


def make_files(tiles: Sequence[ModelTile]) -> tuple[IngestRow, ...]:
    rows = []
    for k in range(60):
        tile = tiles[k % len(tiles)]
        at = NOW - timedelta(minutes=7 * k + 2)
        stamp = at.strftime("%Y%m%dT%H%M")
        quarantined = k in (1, 9, 23)
        reason = {
            1: "The column sensor_07 is missing; ask whoever writes this file to send all 128 features.",
            9: "The file ends in the middle of row 4 118; send it again whole.",
            23: "Row 12 says temperature 8 812 °C, outside the accepted range of −40 to 1 400 °C.",
        }.get(k, "")
        labels = k % 4 == 3
        rows.append(
            IngestRow(
                at=at, model=tile.name, name=f"{'labels' if labels else 'obs'}-{stamp}.csv",
                kind="labels" if labels else "observations", outcome="quarantined" if quarantined else "ingested",
                rows_read=400 + 13 * k, rows_added=0 if quarantined else 400 + 13 * k - (k % 3),
                rows_known=0 if quarantined else k % 3, rows_conflicting=0, reason=reason,
            )
        )  # fmt: skip
    return tuple(rows)


def make_audit() -> tuple[AuditRow, ...]:
    entries = [
        ("K. Lindqvist", "alarm.acknowledged", "model gas-classifier", {"state": "unacknowledged"},
         {"state": "acknowledged", "note": "Calibration ordered for Friday."}, "Calibration ordered for Friday."),
        ("monitor", "alarm.activated", "model weld-seam-camera", None, {"key": "performance", "priority": "high"}, ""),
        ("monitor", "alarm.activated", "model gas-classifier", None, {"key": "performance", "priority": "critical"},
         ""),
        ("K. Lindqvist", "check.paused", "check 12 of weld-seam-camera", {"paused": False}, {"paused": True},
         "Camera under maintenance until 16:00."),
        ("J. Åberg", "release.intended", "model gas-classifier", {"champion": 1},
         {"champion": 2, "digest": "9f2c71d0a4b8" + "0" * 52}, "Trained on the new array; 4 points better."),
        ("line", "release.completed", "model gas-classifier", {"state": "switched"},
         {"state": "completed", "golden": "12 of 12"}, ""),
        ("J. Åberg", "version.imported", "model gas-classifier", None, {"version": 2, "author": "D. Okafor"}, ""),
    ]  # fmt: skip
    total = 184
    return tuple(
        AuditRow(
            sequence=total - k, at=NOW - timedelta(hours=5 * k + 1), actor=entry[0], action=entry[1],
            subject=entry[2], old=entry[3], new=entry[4], reason=entry[5], hash=f"{(total - k) * 7919:064x}",
        )
        for k, entry in ((k, entries[k % len(entries)]) for k in range(60))
    )  # fmt: skip


def make_runs(tiles: Sequence[ModelTile], model: str | None) -> tuple[CheckRunRow, ...]:
    rows = []
    for k in range(50):
        tile = tiles[k % len(tiles)]
        if model is not None and tile.name != model:
            continue
        verdict = Verdict.GOOD if tile.health is Health.GOOD else Verdict(
            {Health.ALARM: "bad", Health.WARNING: "warning", Health.UNKNOWN: "unknown", Health.STOPPED: "unknown"}[
                tile.health
            ]
        )  # fmt: skip
        rows.append(
            CheckRunRow(
                id=900 - k, model=tile.name, kind=list(CheckKind)[k % 5], version=tile.champion,
                scheduled_for=NOW - timedelta(minutes=15 * k), finished_at=NOW - timedelta(minutes=15 * k - 1),
                state=RunState.DONE, verdict=verdict, summary=tile.reason, rows=312, wall_seconds=0.2 + 0.03 * k,
            )
        )  # fmt: skip
    return tuple(rows)


def make_page(tile: ModelTile, alarms: tuple[AlarmRow, ...], start: datetime | None, end: datetime | None) -> ModelPage:
    """A model page over 90 days: a decay, a promotion, a drift that set in before the alarm, a gap of two days."""
    end = end or NOW
    start = start or end - timedelta(days=90)
    k = 180
    times = np.linspace(start.timestamp(), end.timestamp(), k)
    rng = np.random.default_rng(7)
    limit = float(tile.limit or 0.9)
    sign = 1.0 if tile.higher_is_better else -1.0
    base = limit * (1 + sign * 0.06)
    fall = np.clip((np.arange(k) - 140) / 40, 0, 1) * (0.2 * limit) * sign
    values = base - (fall if tile.health is Health.ALARM else 0) + rng.normal(0, 0.006 * limit, k)
    values[60:64] = np.nan
    half = np.full(k, 0.03 * limit)
    n = np.full(k, 312.0)
    version = np.where(np.arange(k) < 90, 1.0, 2.0)

    def series(name: str, title: str, unit: str, values: np.ndarray, half: np.ndarray, limit: float) -> Series:
        return Series(
            name=name, title=title, unit=unit, times=times, values=values, low=values - half, high=values + half,
            limit=np.full(k, limit), n=n, version=version,
        )  # fmt: skip

    no_band = np.full(k, np.nan)
    drift = np.clip((np.arange(k) - 120) / 120, 0, 1) + rng.uniform(0, 0.03, k)
    features = tuple(f"sensor_{i:02d}" for i in range(1, 25))
    effects = np.abs(rng.normal(0.3, 0.15, (24, k))) + np.linspace(2.5, 0, 24)[:, None] * drift[None, :]
    effects[:, 60:64] = np.nan
    switched = start + (end - start) / 2
    versions = tuple(
        VersionRow(
            number=number, state=state, digest=f"{number * 131071:064x}",
            metrics={tile.metric: {"value": 0.97, "low": 0.95, "high": 0.98, "n": 312.0}}, notes=f"Months 1–{number}",
            author="D. Okafor", created_at=start, imported_at=start, imported_by="J. Åberg", is_last_known_good=known,
        )
        for number, state, known in ((3, VersionState.CANDIDATE, False), (2, VersionState.CHAMPION, False),
                                     (1, VersionState.RETIRED, True))
    )  # fmt: skip
    release = ReleaseRow(
        id="r-0001", kind=ReleaseKind.PROMOTION, state=ReleaseState.COMPLETED, from_version=1, to_version=2,
        requested_by="J. Åberg", reason="Beats version 1 by 4 points.", intended_at=switched,
        finished_at=switched + timedelta(seconds=4), wall_seconds=3.8, outcome="The line serves version 2.",
    )  # fmt: skip
    promotion = Mark(switched, "promotion", "v2", "Version 2 was promoted by J. Åberg.")
    marks = (promotion, *(Mark(a.activated_at, "alarm", a.key, a.message) for a in alarms))
    return ModelPage(
        tile=tile, owner="Process engineering", site_now=NOW, start=start, end=end, first_data=start,
        performance=(series(tile.metric, tile.metric.capitalize(), tile.unit, values, half, limit),),
        drift=series("drift", "Drifted share", "", drift, no_band, 0.25),
        volume=series("volume", "Observations a day", "", np.full(k, 1200.0), no_band, np.nan),
        coverage=series("coverage", "Labelled share", "", np.full(k, 0.4), no_band, np.nan),
        heat=HeatMap(features, times, effects, effects > 1), marks=marks,
        served=(ServedSpan(1, start, switched), ServedSpan(2, switched, None)), versions=versions,
        releases=(release,), alarms=alarms, runs=make_runs((tile,), None), promote=ActionState(True, "", (3,)),
        roll_back=ActionState(True, "", (1,)), cost=CostRow(14_380.0, 12_420.0, 16_510.0, 312, "SEK"),
    )  # fmt: skip
