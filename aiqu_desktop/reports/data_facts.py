"""What a report says of the data and of the watching itself: volumes, quality, labels, check runs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from aiqu_desktop.core.words import CheckKind


@dataclass(frozen=True, slots=True)
class QualityIssue:
    """One kind of problem in one column (or "" for a whole file), and how many rows it touched."""

    column: str
    problem: str
    rows: int


@dataclass(frozen=True, slots=True)
class DataSummary:
    """Rows of the period.

    observations: rows in the observation store. quarantined: rows set aside as unfit. duplicates: rows that came
    twice and were counted once. files, files_quarantined: files that arrived, and of those the ones set aside.
    newest: event time of the newest observation.
    """

    observations: int = 0
    quarantined: int = 0
    duplicates: int = 0
    files: int = 0
    files_quarantined: int = 0
    newest: datetime | None = None
    issues: tuple[QualityIssue, ...] = ()


@dataclass(frozen=True, slots=True)
class LabelSummary:
    """Labels of the period's observations; delays run from the prediction's event time to the label's arrival."""

    labelled: int = 0
    delay_median: timedelta | None = None
    delay_p95: timedelta | None = None
    newest: datetime | None = None


@dataclass(frozen=True, slots=True)
class CheckCount:
    """The runs of one check in the period, by outcome; failed counts time-outs and interruptions too."""

    kind: CheckKind
    done: int = 0
    failed: int = 0
    missed: int = 0
    newest: datetime | None = None
