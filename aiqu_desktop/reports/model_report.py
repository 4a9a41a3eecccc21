"""One model over one period, described by plain data: what the PDF prints and its evidence file holds.

No database, no clock: a service fills these in, `render.render_model_report` prints them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from aiqu_desktop.core.words import Task, Verdict
from aiqu_desktop.reports.data_facts import CheckCount, DataSummary, LabelSummary
from aiqu_desktop.reports.history import AlarmEntry, AuditHead, AutomaticEntry, FallbackFacts, ReleaseEntry, Response
from aiqu_desktop.reports.series import (
    DriftSeries,
    FeatureDrift,
    HeatMap,
    PerformanceSeries,
)


@dataclass(frozen=True, slots=True)
class TitleFacts:
    """Whose report this is.

    model: the registered name; title: what people call it.
    version: the version live at the end of the period, None when none was; digest: SHA-256 of its model file.
    stopped: at the end of the period that version was out of service, and nothing answered.
    period_start, period_end: event time, start inclusive, end exclusive.
    made_by: the person who asked for the report.
    """

    site: str
    model: str
    title: str
    task: Task
    owner: str
    period_start: datetime
    period_end: datetime
    version: int | None = None
    digest: str = ""
    made_by: str = ""
    stopped: bool = False


@dataclass(frozen=True, slots=True)
class ReportVerdict:
    """The state in one word and one plain sentence, with the reasons behind it, the weightiest first."""

    state: Verdict
    sentence: str
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ModelReport:
    """Everything one report says. Empty parts are said to be empty, never left out.

    performance: the first series is the primary metric, drawn on page one.
    fallback: the card that the plant works by while the model is stopped, as it stood at the end of the period.
    top_drifted: the newest window's features, the strongest first; the page prints all that it is given.
    drift_time: the end of that newest window.
    """

    title: TitleFacts
    verdict: ReportVerdict
    performance: tuple[PerformanceSeries, ...] = ()
    drift: DriftSeries = field(default_factory=DriftSeries)
    top_drifted: tuple[FeatureDrift, ...] = ()
    drift_time: datetime | None = None
    heat_map: HeatMap = field(default_factory=HeatMap)
    data: DataSummary = field(default_factory=DataSummary)
    labels: LabelSummary = field(default_factory=LabelSummary)
    alarms: tuple[AlarmEntry, ...] = ()
    releases: tuple[ReleaseEntry, ...] = ()
    automatic: tuple[AutomaticEntry, ...] = ()
    responses: tuple[Response, ...] = ()
    checks: tuple[CheckCount, ...] = ()
    audit: AuditHead | None = None
    fallback: FallbackFacts | None = None
