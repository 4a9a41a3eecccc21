"""Reports to print in tests: a rich one from a plant's two years, an empty one, a long one, one with hostile names."""

from __future__ import annotations

import dataclasses
import math
from datetime import UTC, datetime, timedelta

from aiqu_desktop.core.words import CheckKind, Priority, ReleaseKind, ReleaseState, Task, Verdict
from aiqu_desktop.reports.data_facts import CheckCount, DataSummary, LabelSummary, QualityIssue
from aiqu_desktop.reports.history import AlarmEntry, AuditHead, ReleaseEntry, Response
from aiqu_desktop.reports.model_report import ModelReport, ReportVerdict, TitleFacts
from aiqu_desktop.reports.series import (
    DriftPoint,
    DriftSeries,
    FeatureDrift,
    HeatMap,
    PerformancePoint,
    PerformanceSeries,
    Quantity,
)

MADE_AT = datetime(2009, 7, 1, 6, 0, tzinfo=UTC)
START, END = datetime(2008, 1, 1, tzinfo=UTC), datetime(2009, 7, 1, tzinfo=UTC)
DIGEST = "9c1f0e6ab2d84753a1f7c3de5b60924818ffca07d3e94b65a2c07e11d48b3f92"
ACCURACY = Quantity("accuracy", is_share=True)
ERROR = Quantity("mean absolute error", unit="ppmv", higher_is_better=False)

HOSTILE = r'#eval("1+1") $x^2$ [a] *b* _c_ `d` <e> @f \ // & "quote" {{g}} #{1/0} </svg>'


def at(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


def months(count: int) -> list[datetime]:
    return [datetime(2008 + m // 12, m % 12 + 1, 1, tzinfo=UTC) for m in range(1, count + 1)]


def rich_report() -> ModelReport:
    return ModelReport(
        title=TitleFacts(
            site="Västerås pilot plant",
            model="gas-classifier",
            title="Gas classifier",
            task=Task.CLASSIFICATION,
            owner="Process analytics, K. Lindqvist",
            period_start=START,
            period_end=END,
            version=4,
            digest=DIGEST,
            made_by="Amira Haddad",
        ),
        verdict=ReportVerdict(
            Verdict.WARNING,
            "The model works as accepted, but a quarter of its inputs have drifted since version 4 was accepted.",
            (
                "Accuracy 96.2 % is above its limit of 85.0 % on 253 labelled rows.",
                "31 of 128 features are beyond their drift limits; the limit for the model is 20 %.",
                "Labels arrive 3 days after the prediction; the last three days are estimated.",
            ),
        ),
        performance=(accuracy_series(), error_series()),
        drift=drift_series(),
        top_drifted=drifted_features(12),
        drift_time=END,
        heat_map=heat_map(40, 18),
        data=DataSummary(
            observations=8_421,
            quarantined=133,
            duplicates=57,
            files=546,
            files_quarantined=2,
            newest=at(2009, 6, 30, 23, 40),
            issues=(
                QualityIssue("sensor_07_dR", "value outside 0 to 70 000 Ω", 78),
                QualityIssue("sensor_13_emaU01", "value missing", 41),
                QualityIssue("", "column sensor_09_dR renamed", 14),
            ),
        ),
        labels=LabelSummary(7_903, timedelta(days=3, hours=4), timedelta(days=9), at(2009, 6, 27, 12, 0)),
        alarms=alarms(),
        releases=releases(),
        responses=(
            Response(
                "Accuracy fell after the sensors aged",
                at(2008, 8, 20, 4),
                at(2008, 8, 26, 5, 10),
                at(2008, 9, 3, 9, 30),
                "Version 2 promoted",
            ),
            Response(
                "Accuracy of version 3 on the plant",
                at(2008, 12, 2, 7),
                at(2008, 12, 3, 22, 5),
                at(2008, 12, 3, 22, 19),
                "Rolled back to version 2",
                timedelta(seconds=1.84),
            ),
        ),
        checks=(
            CheckCount(CheckKind.DRIFT, 546, 1, 0, END),
            CheckCount(CheckKind.PERFORMANCE, 540, 0, 6, END),
            CheckCount(CheckKind.QUALITY, 546, 0, 0, END),
            CheckCount(CheckKind.FRESHNESS, 13_104, 0, 22, END),
            CheckCount(CheckKind.INTEGRITY, 78, 0, 0, at(2009, 6, 29, 2, 0)),
        ),
        audit=AuditHead(
            1_284,
            "3fa91c0de25b7846af013c99d27e5b1840c6f2ae7d93515b06e8a4f7c21d9b30",
            at(2009, 7, 1, 5, 58),
            True,
            "1 284 records checked from the first to the newest.",
        ),
    )


def accuracy_series() -> PerformanceSeries:
    values = [
        0.972, 0.968, 0.965, 0.959, 0.951, 0.938, 0.902, 0.811, 0.958, 0.949, None, 0.742, 0.936, 0.921, 0.967, 0.965,
        0.964, 0.962,
    ]  # fmt: skip
    points = []
    for k, (time, value) in enumerate(zip(months(18), values, strict=True)):
        n = 460 - 23 * (k * 7 % 11)
        if value is None:
            points.append(PerformancePoint(time, None, n=0))
            continue
        half = 1.96 * math.sqrt(value * (1 - value) / n) + 0.006
        points.append(PerformancePoint(time, value, value - half, min(1, value + half), n))
        if k >= 15:
            points.append(PerformancePoint(time, value - 0.012, value - 0.05, value + 0.02, n + 60, estimated=True))
    return PerformanceSeries(
        ACCURACY,
        tuple(points),
        limit=0.85,
        acceptance=0.97,
        band="95 % confidence sequence",
        cadence=timedelta(days=31),
    )


def error_series() -> PerformanceSeries:
    points = tuple(
        PerformancePoint(
            time, 12.0 + 9 * math.sin(k / 3) ** 2, 10.0 + 8 * math.sin(k / 3) ** 2, 15 + 9 * math.sin(k / 3) ** 2, 300
        )
        for k, time in enumerate(months(18))
    )
    return PerformanceSeries(ERROR, points, limit=22.0, acceptance=11.4)


def drift_series() -> DriftSeries:
    shares = [0.01, 0.02, 0.04, 0.05, 0.09, 0.13, 0.22, 0.31, 0.05, 0.07, 0.1, 0.16, 0.19, 0.24, 0.08, 0.14, 0.2, 0.242]
    points = tuple(DriftPoint(t, s, 420 + 13 * k) for k, (t, s) in enumerate(zip(months(18), shares, strict=True)))
    return DriftSeries(128, points, 0.2, timedelta(days=31))


def drifted_features(count: int) -> tuple[FeatureDrift, ...]:
    return tuple(
        FeatureDrift(
            name=f"sensor_{k % 16 + 1:02d}_{('dR', 'dR_norm', 'emaU001', 'emaD1')[k % 4]}",
            effect=0.42 * 0.9**k,
            limit=0.1 if k % 3 else 0.15,
            drifted=k < 7,
            measure="Wasserstein / reference spread",
            p_value=min(0.9, 10.0 ** (-9 + 0.8 * k)),
            q_value=min(1.0, 10.0 ** (-8 + 0.8 * k)),
            importance=0.08 / (k + 1) if k % 5 else None,
        )
        for k in range(count)
    )


def heat_map(features: int, windows: int) -> HeatMap:
    names = tuple(
        f"sensor_{k % 16 + 1:02d}_{('dR', 'dR_norm', 'emaU001', 'emaD1')[k // 16 % 4]}" for k in range(features)
    )
    rows = tuple(
        tuple(
            None if w == 10 and f % 9 == 0 else abs(math.sin(f * 1.7)) * (0.3 + (w % 8) * (0.28 if f % 4 else 0.1))
            for w in range(windows)
        )
        for f in range(features)
    )
    return HeatMap(names, tuple(months(windows)), rows)


def alarms() -> tuple[AlarmEntry, ...]:
    return (
        AlarmEntry(
            Priority.HIGH,
            "Accuracy of version 1 fell below 85 %",
            at(2008, 8, 26, 5, 10),
            at(2008, 8, 20, 4),
            at(2008, 8, 26, 6, 2),
            "Jonas Berg",
            "Sensor bank B has aged; asked for a new version",
            at(2008, 9, 4, 3, 0),
        ),
        AlarmEntry(
            Priority.MEDIUM,
            "No labels for 26 days",
            at(2008, 11, 3, 1, 0),
            at(2008, 10, 8, 1, 0),
            at(2008, 11, 3, 7, 40),
            "Jonas Berg",
            "Laboratory closed for moving",
            at(2008, 12, 1, 9, 0),
        ),
        AlarmEntry(
            Priority.CRITICAL,
            "Accuracy of version 3 is far below what it was accepted with",
            at(2008, 12, 3, 22, 5),
            at(2008, 12, 2, 7, 0),
            at(2008, 12, 3, 22, 8),
            "Elin Sand",
            "Rolled back",
            at(2008, 12, 10, 0, 0),
        ),
        AlarmEntry(
            Priority.LOW, "Drift: 31 of 128 features beyond their limits", at(2009, 6, 30, 2, 0), at(2009, 5, 29, 2, 0)
        ),
    )


def releases() -> tuple[ReleaseEntry, ...]:
    def promotion(to: int, when: datetime, reason: str, source: int | None, **more: object) -> ReleaseEntry:
        entry = ReleaseEntry(
            ReleaseKind.PROMOTION,
            to,
            when,
            ReleaseState.COMPLETED,
            source,
            "Amira Haddad",
            "Karin Lindqvist",
            reason,
            when + timedelta(seconds=2.4),
            2.4,
            DIGEST,
            24,
            24,
        )
        return dataclasses.replace(entry, **more)  # type: ignore[arg-type]

    return (
        promotion(1, at(2008, 1, 4, 9, 12), "First version, accepted on the start-up data", None),
        promotion(2, at(2008, 9, 3, 9, 30), "Trained on months 1 to 8; 4.1 points better on the plant's own data", 1),
        promotion(3, at(2008, 12, 1, 13, 5), "Smaller model, same held-out accuracy", 2),
        ReleaseEntry(
            ReleaseKind.ROLLBACK,
            2,
            at(2008, 12, 3, 22, 19),
            ReleaseState.COMPLETED,
            3,
            "Elin Sand",
            "",
            "Version 3 calls everything Ethanol since Tuesday",
            at(2008, 12, 3, 22, 20),
            1.84,
            DIGEST[::-1],
            24,
            24,
        ),
        promotion(
            4,
            at(2009, 2, 26, 9, 0),
            "File damaged on the way",
            2,
            state=ReleaseState.REVERTED,
            golden_passed=0,
            digest="",
        ),
        promotion(4, at(2009, 3, 2, 10, 45), "Trained on months 1 to 14", 2),
    )


def empty_report() -> ModelReport:
    return ModelReport(
        title=TitleFacts(
            "North site", "pump-forecast", "Pump forecast", Task.REGRESSION, "", START, START + timedelta(days=7)
        ),
        verdict=ReportVerdict(Verdict.UNKNOWN, "Nothing is known: no data came in this period."),
    )


def long_report(rows: int = 200) -> ModelReport:
    start, end = at(2009, 1, 1), at(2009, 7, 1)
    hours = int((end - start) / timedelta(hours=1))
    points = tuple(
        PerformancePoint(
            start + timedelta(hours=h),
            None if 1000 < h < 1200 else 0.93 + 0.03 * math.sin(h / 200) - (0.12 if 2500 < h < 2600 else 0),
            0.90 + 0.03 * math.sin(h / 200) - (0.12 if 2500 < h < 2600 else 0),
            0.96 + 0.03 * math.sin(h / 200) - (0.12 if 2500 < h < 2600 else 0),
            40 + h % 24,
        )
        for h in range(0, hours, 4)
    )
    word = "a-very-long-feature-name-that-somebody-generated-with-a-script_"
    return dataclasses.replace(
        rich_report(),
        title=dataclasses.replace(
            rich_report().title,
            title="Cap inspection on filling line 7, camera 2, behind the labelling machine, night shift settings",
            model="x" * 90,
            period_start=start,
            period_end=end,
        ),
        verdict=ReportVerdict(Verdict.BAD, "Accuracy is below its limit on realised labels; roll back to version 3."),
        performance=(PerformanceSeries(ACCURACY, points, 0.85, 0.97, cadence=timedelta(hours=4)),),
        top_drifted=tuple(dataclasses.replace(f, name=word * 2 + str(k)) for k, f in enumerate(drifted_features(rows))),
        heat_map=heat_map(300, 400),
        alarms=tuple(
            AlarmEntry(
                list(Priority)[k % 4],
                f"Alarm number {k} of the night shift with a message that takes its room",
                start + timedelta(hours=20 * k),
                start + timedelta(hours=20 * k - 7),
                start + timedelta(hours=20 * k + 1) if k % 5 else None,
                "Jonas Berg",
                "looked at it " * (k % 7),
                start + timedelta(hours=20 * k + 11) if k % 3 else None,
            )
            for k in range(rows)
        ),
    )


def hostile_report(text: str = HOSTILE) -> ModelReport:
    """`text` in every place where a person or a file may put a name."""
    rich = rich_report()
    replace = dataclasses.replace
    return replace(
        rich,
        title=replace(rich.title, site=text, model=text, title=text, owner=text, made_by=text),
        verdict=ReportVerdict(Verdict.BAD, text, (text, text)),
        performance=(replace(rich.performance[0], quantity=Quantity(text, unit=text), band=text),),
        top_drifted=tuple(replace(f, name=text, measure=text) for f in rich.top_drifted),
        heat_map=replace(rich.heat_map, features=(text,) * len(rich.heat_map.features)),
        data=replace(rich.data, issues=(QualityIssue(text, text, 3),)),
        alarms=tuple(replace(a, message=text, acknowledged_by=text, note=text) for a in rich.alarms),
        releases=tuple(replace(r, reason=text, requested_by=text, approved_by=text) for r in rich.releases),
        responses=tuple(replace(r, what=text, action=text) for r in rich.responses),
        audit=AuditHead(7, DIGEST, START, False, text),
    )
