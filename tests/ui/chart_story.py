"""A made-up but lifelike model page: twenty months of a gas classifier that decays, is renewed, mistaken and saved."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np

from aiqu_desktop.core.words import (
    AlarmState,
    CheckKind,
    FlowState,
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
    CheckRunRow,
    FlowStepRow,
    FlowView,
    HeatMap,
    Mark,
    ModelPage,
    ModelTile,
    ReleaseRow,
    Series,
    ServedSpan,
    ShadowRow,
    VersionRow,
)

DAY = 86_400.0
BEGIN = datetime(2008, 11, 1, tzinfo=UTC)
NOW = datetime(2010, 6, 28, 6, 0, tzinfo=UTC)
PROMOTE_2 = datetime(2009, 8, 19, 9, 12, tzinfo=UTC)
PROMOTE_3 = datetime(2010, 1, 11, 10, 2, tzinfo=UTC)
ROLL_BACK = datetime(2010, 1, 16, 3, 40, tzinfo=UTC)
PROMOTE_4 = datetime(2010, 4, 6, 13, 30, tzinfo=UTC)
ONSET = datetime(2009, 7, 28, tzinfo=UTC)
ALARM = datetime(2009, 8, 14, 6, 0, tzinfo=UTC)
ALARM_2 = datetime(2010, 1, 14, 6, 0, tzinfo=UTC)
SILENCE = (datetime(2009, 12, 22, tzinfo=UTC), datetime(2010, 1, 4, tzinfo=UTC))
UNLABELLED = (datetime(2009, 4, 20, tzinfo=UTC), datetime(2009, 5, 12, tzinfo=UTC))
LIMIT = 0.85
FEATURES = tuple(
    f"sensor{s:02d}_{kind}"
    for s in range(1, 17)
    for kind in (
        "dR",
        "dR_norm",
        "ema_rise_0.001",
        "ema_rise_0.01",
        "ema_rise_0.1",
        "ema_decay_0.001",
        "ema_decay_0.01",
        "ema_decay_0.1",
    )
)


def series(name: str, title: str, unit: str, times, values, **columns) -> Series:
    """A Series with NaN where a column is not given."""
    times, values = np.asarray(times, float), np.asarray(values, float)
    blank = np.full(len(times), np.nan)
    given = {
        key: np.broadcast_to(np.asarray(columns.get(key, blank), float), times.shape).copy()
        for key in ("low", "high", "limit", "n", "version")
    }
    return Series(name, title, unit, times, values, **given)


def served_version(moment: datetime) -> int:
    if moment < PROMOTE_2:
        return 1
    if moment < PROMOTE_3:
        return 2
    if moment < ROLL_BACK:
        return 3
    return 2 if moment < PROMOTE_4 else 4


def _between(moment: datetime, span: tuple[datetime, datetime]) -> bool:
    return span[0] <= moment < span[1]


def story_page(*, health: Health = Health.GOOD, now: datetime = NOW) -> ModelPage:
    """The whole story up to `now`."""
    rng = np.random.default_rng(7)
    days = [BEGIN + timedelta(days=k) for k in range(int((now - BEGIN).total_seconds() // DAY))]
    times = np.array([d.timestamp() for d in days])
    version = np.array([served_version(d) for d in days], float)
    truth = np.empty(len(days))
    for k, moment in enumerate(days):
        if version[k] == 1:
            age = max(0.0, (moment - datetime(2009, 5, 20, tzinfo=UTC)) / timedelta(days=90))
            truth[k] = 0.962 - 0.15 * age**1.5
        elif version[k] == 3:
            truth[k] = 0.61
        elif version[k] == 4:
            truth[k] = 0.957
        else:
            truth[k] = 0.951 - 0.05 * max(0.0, (moment - PROMOTE_2) / timedelta(days=230)) ** 2
    volume = rng.poisson(520 + 90 * np.sin(np.arange(len(days)) / 7 * 2 * np.pi), len(days)).astype(float)
    silent = np.array([_between(d, SILENCE) for d in days])
    unlabelled = np.array([_between(d, UNLABELLED) for d in days])
    coverage = np.clip(rng.normal(0.34, 0.05, len(days)), 0.05, 0.9)
    coverage[unlabelled] = 0.0
    volume[silent] = 0.0
    coverage[silent] = np.nan
    n = np.round(volume * coverage)
    n_week = np.convolve(np.nan_to_num(n), np.ones(7), mode="full")[: len(days)]
    spread = np.sqrt(truth * (1 - truth) / np.maximum(n_week, 1))
    values = truth + rng.normal(0, 1, len(days)) * spread * 1.2
    values[silent | unlabelled] = np.nan
    low, high = values - 3.1 * spread, np.minimum(values + 2.9 * spread, 1.0)
    heat = _heat(rng, days, version, silent)
    share = np.where(silent, np.nan, heat.drifted.mean(axis=0))
    return ModelPage(
        tile=_tile(health, values, low, high, n_week, now),
        owner="Process analytics, building 4",
        site_now=now,
        start=BEGIN,
        end=now,
        first_data=BEGIN,
        performance=(
            series(
                "accuracy", "Accuracy", "", times, values, low=low, high=high, limit=LIMIT, n=n_week, version=version
            ),
            series(
                "macro_f1",
                "Macro F1",
                "",
                times,
                values - 0.013,
                low=low - 0.013,
                high=high - 0.013,
                n=n_week,
                version=version,
            ),
        ),
        drift=series(
            "drift_share", "Drifted features", "", heat.times, share, limit=0.25, n=np.full(len(heat.times), 128.0)
        ),
        volume=series("volume", "Observations a day", "", times, volume),
        coverage=series("coverage", "Labelled", "", times, coverage),
        heat=heat,
        marks=tuple(mark for mark in _marks() if mark.at <= now),
        served=_served(now),
        versions=_versions(),
        releases=_releases(),
        alarms=_alarms(),
        runs=_runs(now),
        promote=ActionState(False, "No candidate has arrived since version 4; import a bundle first."),
        roll_back=ActionState(True, "", (2, 1)),
    )


def estimated_page() -> ModelPage:
    """The story with an estimate of the accuracy that needs no labels: it goes on where they are missing."""
    page = story_page()
    real = page.performance[0]
    rng = np.random.default_rng(11)
    volume = page.volume.values
    known = np.isfinite(real.values)
    truth = np.interp(real.times, real.times[known], real.values[known])
    smooth = np.convolve(np.pad(truth, 4, mode="edge"), np.ones(9) / 9, mode="valid")
    guess = np.clip(0.75 * smooth + 0.24 + rng.normal(0, 0.004, len(smooth)), 0, 1)
    guess[volume == 0] = np.nan
    return replace(
        page,
        estimated=series(
            "estimated.accuracy", "Accuracy", "", real.times, guess,
            low=guess - 0.03, high=np.minimum(guess + 0.03, 1.0), n=np.maximum(volume, 1) * 7, version=real.version,
        ),
    )  # fmt: skip


def shadowed_page() -> ModelPage:
    """The story with version 3 beside the champion for the last weeks: charted, and told in the table."""
    page = story_page()
    real = page.performance[0]
    late = real.times > (NOW - timedelta(days=45)).timestamp()
    values = np.clip(real.values[late] - 0.05, 0, 1)
    beside = series(
        "shadow.accuracy", "Shadow, version 3", "", real.times[late], values,
        low=values - 0.02, high=np.minimum(values + 0.02, 1.0), n=np.full(values.size, 180.0),
        version=real.version[late],
    )  # fmt: skip
    shadow = ShadowRow(
        "s-1", 3, NOW - timedelta(days=45), "Jonas Lindqvist", "Trained on December only.", None, "", "",
        "Runs beside the champion. On 1,204 rows that both answered: the same answer in 93.1 % (95 % 91.5 to 94.4). "
        "On 180 labelled ones its accuracy is 0.907 beside 0.957: -0.05 (95 % -0.09 to -0.01).",
        "-0.05 (95 % -0.09 to -0.01)",
    )  # fmt: skip
    rows = tuple(replace(row, shadow=shadow) if row.number == 3 else row for row in page.versions)
    return replace(page, challenger=beside, versions=rows)


def short_page() -> ModelPage:
    """Two days of hourly answers, a young model, no limit crossed."""
    page = story_page()
    begin = NOW - timedelta(days=2)
    times = begin.timestamp() + np.arange(48) * 3600.0
    rng = np.random.default_rng(3)
    values = 0.955 + rng.normal(0, 0.006, 48)
    n = np.arange(1, 49) * 14.0
    half = 1.2 / np.sqrt(n + 20) / 2
    keep = times < (NOW - timedelta(hours=1)).timestamp()
    effects = np.abs(rng.normal(0.25, 0.15, (128, 48)))
    return replace(
        page,
        performance=(
            series(
                "accuracy",
                "Accuracy",
                "",
                times[keep],
                values[keep],
                low=(values - half)[keep],
                high=np.minimum(values + half, 1)[keep],
                limit=LIMIT,
                n=n[keep],
                version=4,
            ),
        ),
        drift=series("drift_share", "Drifted features", "", times, np.zeros(48), limit=0.25, n=np.full(48, 128.0)),
        volume=series("volume", "Observations a day", "", [begin.timestamp(), begin.timestamp() + DAY], [480, 505]),
        coverage=series("coverage", "Labelled", "", [begin.timestamp(), begin.timestamp() + DAY], [0.4, 0.3]),
        heat=HeatMap(page.heat.features, times, effects, np.zeros((128, 48), bool)),
        marks=(Mark(begin + timedelta(hours=3), "promotion", "v4 live", "Version 4 was promoted by A. Lind."),),
        served=(
            ServedSpan(2, begin - timedelta(days=4), begin + timedelta(hours=3)),
            ServedSpan(4, begin + timedelta(hours=3), None),
        ),
        first_data=begin,
    )


def empty_page() -> ModelPage:
    """A model that was imported and has not seen one observation."""
    page = story_page(health=Health.UNKNOWN)
    nothing = series("accuracy", "Accuracy", "", [], [])
    tile = replace(
        page.tile,
        reason="No observations have arrived yet; check the line's drop folder.",
        champion=None,
        serving_proven=False,
        value=None,
        low=None,
        high=None,
        n=0,
        trend=(),
        drift_share=None,
        data_as_of=None,
        last_check_at=None,
        open_alarms=0,
        unacknowledged_alarms=0,
    )
    return replace(
        page,
        tile=tile,
        first_data=None,
        performance=(nothing,),
        drift=series("drift_share", "Drifted features", "", [], []),
        volume=series("volume", "Observations a day", "", [], []),
        coverage=series("coverage", "Labelled", "", [], []),
        heat=HeatMap((), np.empty(0), np.empty((0, 0)), np.empty((0, 0), bool)),
        marks=(),
        served=(),
        versions=(),
        releases=(),
        alarms=(),
        runs=(),
        promote=ActionState(False, "No version has been imported yet."),
        roll_back=ActionState(False, "Nothing has been live before, so there is nothing to go back to."),
    )


def _heat(rng, days, version, silent) -> HeatMap:
    times = np.array([d.timestamp() for d in days]) + DAY / 4
    k = np.arange(len(days))
    base = np.abs(rng.normal(0.22, 0.1, (128, len(days))))
    order = np.linspace(1.0, 0.05, 128) ** 1.6
    age = np.zeros(len(days))
    since = 0.0
    for i in range(len(days)):
        since = (
            0.0
            if i and version[i] != version[i - 1] and version[i] in (2.0, 4.0) and version[i - 1] != 3.0
            else since + 1
        )
        age[i] = since
    slow = np.clip((age - 120) / 150, 0, 2.2)
    seasonal = 0.35 * (1 + np.sin(k / 365 * 2 * np.pi)) * rng.random((128, 1))
    effects = base + order[:, None] * slow[None, :] * (0.6 + 0.9 * rng.random((128, 1))) * 2.2 + seasonal * 0.6
    effects[:, version == 3.0] += order[:, None] * 1.8
    effects[:, silent] = np.nan
    drifted = np.nan_to_num(effects) > 1.05
    drifted &= rng.random(drifted.shape) > 0.03
    return HeatMap(FEATURES, times, effects, drifted)


def _tile(health, values, low, high, n, now) -> ModelTile:
    newest = int(np.flatnonzero(np.isfinite(values))[-1])
    reason = {
        Health.GOOD: "Accuracy is above its limit, every answer is fresh, and no alarm is open.",
        Health.ALARM: "Accuracy 0.79 is below its limit of 0.85 since 28 July; onset 17 days before the alarm.",
        Health.WARNING: "41 % of the features have drifted, above the limit of 25 %; accuracy still holds.",
        Health.UNKNOWN: "No labels have arrived for 22 days; nobody knows how accurate the model is.",
    }[health]
    return ModelTile(
        name="gas-classifier",
        title="Gas classifier",
        task=Task.CLASSIFICATION,
        health=health,
        reason=reason,
        champion=4,
        serving_proven=health is not Health.UNKNOWN,
        metric="accuracy",
        unit="",
        value=float(values[newest]),
        low=float(low[newest]),
        high=float(high[newest]),
        n=int(n[newest]),
        limit=LIMIT,
        higher_is_better=True,
        trend=(),
        drift_share=0.02,
        data_as_of=now - timedelta(hours=5),
        last_check_at=now - timedelta(minutes=20),
        open_alarms=0 if health is Health.GOOD else 1,
        unacknowledged_alarms=0 if health is Health.GOOD else 1,
    )


def _marks() -> tuple[Mark, ...]:
    return (
        Mark(BEGIN, "promotion", "v1 live", "Version 1 was promoted by A. Lind: first model of the line."),
        Mark(ONSET, "onset", "onset", "Accuracy began to fall on 28 July 2009 (estimated by the change detector)."),
        Mark(
            ALARM, "alarm", "accuracy", "Accuracy 0.79 fell below its limit of 0.85; 17 days after the estimated onset."
        ),
        Mark(PROMOTE_2, "promotion", "v2 live", "Version 2 was promoted by A. Lind: trained on months 1 to 10."),
        Mark(PROMOTE_3, "promotion", "v3 live", "Version 3 was promoted by J. Berg: looked good on its own data."),
        Mark(ALARM_2 - timedelta(days=2), "onset", "onset", "Accuracy began to fall on 12 January 2010."),
        Mark(
            ALARM_2,
            "alarm",
            "accuracy",
            "Accuracy 0.61 fell below its limit of 0.85; 2 days after the estimated onset.",
        ),
        Mark(
            ROLL_BACK, "rollback", "back to v2", "Shift operator M. Ek rolled back to version 2 in 1.4 s: wrong gases."
        ),
        Mark(
            PROMOTE_4 - timedelta(hours=3),
            "reverted",
            "v4 reverted",
            "Version 4 did not pass its golden cases on the line; version 2 stayed live.",
        ),
        Mark(
            PROMOTE_4,
            "promotion",
            "v4 live",
            "Version 4 was promoted by A. Lind: trained on everything up to month 17.",
        ),
    )


def _served(now: datetime) -> tuple[ServedSpan, ...]:
    spans = (
        ServedSpan(1, BEGIN, PROMOTE_2),
        ServedSpan(2, PROMOTE_2, PROMOTE_3),
        ServedSpan(3, PROMOTE_3, ROLL_BACK),
        ServedSpan(2, ROLL_BACK, PROMOTE_4),
        ServedSpan(4, PROMOTE_4, None),
    )
    return tuple(
        ServedSpan(s.version, s.start, None if s.end is None or s.end > now else s.end) for s in spans if s.start < now
    )


def _versions() -> tuple[VersionRow, ...]:
    facts = (
        (
            4,
            VersionState.CHAMPION,
            0.957,
            0.941,
            0.97,
            640,
            "Trained on everything up to month 17; 6 gases.",
            PROMOTE_4,
        ),
        (
            3,
            VersionState.WITHDRAWN,
            0.981,
            0.966,
            0.991,
            210,
            "Retrained on December only; smaller and faster.",
            PROMOTE_3,
        ),
        (2, VersionState.RETIRED, 0.951, 0.934, 0.965, 512, "Trained on months 1 to 10.", PROMOTE_2),
        (1, VersionState.RETIRED, 0.962, 0.944, 0.976, 445, "First model of the line.", BEGIN),
    )
    return tuple(
        VersionRow(
            number,
            state,
            f"{number}a7c3e91d20b4f6{number}" * 4,
            {
                "accuracy": {"value": value, "low": low, "high": high, "n": n},
                "macro_f1": {"value": value - 0.013, "low": low - 0.015, "high": high - 0.01, "n": n},
            },
            notes,
            "Data science, Luleå",
            at - timedelta(days=6),
            at - timedelta(days=1),
            "A. Lind",
            number == 2,
            _tested(number, at),
        )
        for number, state, value, low, high, n, notes, at in facts
    )


def _tested(number: int, at: datetime) -> FlowView | None:
    """The newest version is in the middle of its tests, one failed them, the first came before there were any."""
    if number == 1:
        return None
    state = {4: FlowState.RUNNING, 3: FlowState.NOT_READY}.get(number, FlowState.READY)
    worse = "Version 3 on 214 labelled observations: worse by more than the 0.05 allowed."
    steps = (
        FlowStepRow("verify", "Verified", True, "All 5 files have the digests of their import.", at, 0.1),
        FlowStepRow("golden", "Golden cases", True, "All 24 golden cases pass, within 0.0001.", at, 0.2),
        FlowStepRow("evaluation", "Evaluated on own data", number != 3, worse if number == 3 else "Well.", at, 1),
    )
    sentence = {
        FlowState.RUNNING: "",
        FlowState.NOT_READY: "Not ready: Evaluated on the site's data did not pass.",
        FlowState.READY: "Ready for approval: 5 steps passed.",
    }[state]
    shown = steps[:2] if state is FlowState.RUNNING else steps
    return FlowView(state, sentence, "A. Lind", at, None if state is FlowState.RUNNING else at, shown, 5)


def _releases() -> tuple[ReleaseRow, ...]:
    kinds = ReleaseKind
    return (
        ReleaseRow(
            "r-0006",
            kinds.PROMOTION,
            ReleaseState.COMPLETED,
            2,
            4,
            "A. Lind",
            "Beats v2 on the plant's own data.",
            PROMOTE_4,
            PROMOTE_4 + timedelta(seconds=2),
            1.9,
            "The line answers with version 4; 24 of 24 golden cases.",
        ),
        ReleaseRow(
            "r-0005",
            kinds.PROMOTION,
            ReleaseState.REVERTED,
            2,
            4,
            "A. Lind",
            "Beats v2 on the plant's own data.",
            PROMOTE_4 - timedelta(hours=3),
            PROMOTE_4 - timedelta(hours=3) + timedelta(seconds=9),
            9.2,
            "Golden case 7 differed by 0.31; version 2 stayed live.",
        ),
        ReleaseRow(
            "r-0004",
            kinds.ROLLBACK,
            ReleaseState.COMPLETED,
            3,
            2,
            "M. Ek",
            "Wrong gases since Monday.",
            ROLL_BACK,
            ROLL_BACK + timedelta(seconds=1.4),
            1.4,
            "The line answers with version 2; 24 of 24 golden cases.",
        ),
        ReleaseRow(
            "r-0003",
            kinds.PROMOTION,
            ReleaseState.COMPLETED,
            2,
            3,
            "J. Berg",
            "Better on its own held-out data.",
            PROMOTE_3,
            PROMOTE_3 + timedelta(seconds=2),
            2.1,
            "The line answers with version 3; 24 of 24 golden cases.",
        ),
        ReleaseRow(
            "r-0002",
            kinds.PROMOTION,
            ReleaseState.COMPLETED,
            1,
            2,
            "A. Lind",
            "Version 1 decayed.",
            PROMOTE_2,
            PROMOTE_2 + timedelta(seconds=2),
            2.0,
            "The line answers with version 2; 24 of 24 golden cases.",
        ),
    )


def _alarms() -> tuple[AlarmRow, ...]:
    return (
        AlarmRow(
            12,
            "gas-classifier",
            "Gas classifier",
            "performance",
            Priority.HIGH,
            AlarmState.NORMAL,
            "Accuracy 0.61 is below its limit of 0.85.",
            "Roll back to the last known good version.",
            3,
            ALARM_2 - timedelta(days=2),
            ALARM_2,
            ALARM_2 + timedelta(hours=2),
            "M. Ek",
            "Rolling back.",
            ROLL_BACK + timedelta(days=6),
        ),
        AlarmRow(
            7,
            "gas-classifier",
            "Gas classifier",
            "performance",
            Priority.HIGH,
            AlarmState.UNACKNOWLEDGED,
            "Accuracy 0.79 is below its limit of 0.85.",
            "Ask for a renewed version.",
            1,
            ONSET,
            ALARM,
            None,
            "",
            "",
            None,
        ),
    )


def _runs(now: datetime) -> tuple[CheckRunRow, ...]:
    kinds = (CheckKind.PERFORMANCE, CheckKind.DRIFT, CheckKind.QUALITY, CheckKind.FRESHNESS, CheckKind.INTEGRITY)
    summaries = (
        "Accuracy 0.957 on 1,240 labelled observations",
        "2 of 128 features drifted",
        "0 of 520 rows quarantined",
        "Newest observation is 5 h old",
        "Artifact digest matches",
    )
    return tuple(
        CheckRunRow(
            900 - k,
            "gas-classifier",
            kinds[k % 5],
            4,
            now - timedelta(hours=6 * k),
            now - timedelta(hours=6 * k),
            RunState.DONE if k != 3 else RunState.MISSED,
            Verdict.GOOD if k != 3 else Verdict.UNKNOWN,
            summaries[k % 5],
            1240 - 13 * k,
            0.31 + 0.02 * k,
        )
        for k in range(20)
    )
