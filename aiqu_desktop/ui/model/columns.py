"""The columns of a model's tables: versions, alarms, releases, check runs."""

from __future__ import annotations

from collections.abc import Mapping

from aiqu_desktop.core.words import FlowState, ReleaseKind, ReleaseState, VersionState
from aiqu_desktop.services.views import CheckRunRow, ReleaseRow, VersionRow
from aiqu_desktop.ui import formatting as fmt
from aiqu_desktop.ui.alarms.columns import COLUMNS as ALARM_COLUMNS
from aiqu_desktop.ui.states import RUN, VERDICT, Look, metric_title
from aiqu_desktop.ui.tables.record_model import Column

VERSION_STATE = {
    VersionState.CHAMPION: Look("Champion", "verified", "accent"),
    VersionState.CANDIDATE: Look("Candidate", "model", "ink"),
    VersionState.RETIRED: Look("Retired", "good", "ink_faint"),
    VersionState.WITHDRAWN: Look("Withdrawn", "cross", "alarm"),
}
FLOW_STATE = {
    FlowState.WAITING: Look("Waiting", "schedules", "ink_muted"),
    FlowState.RUNNING: Look("Running", "heartbeat", "accent"),
    FlowState.READY: Look("Ready for approval", "verified", "good"),
    FlowState.AWAITING_ROWS: Look("Waiting for rows", "schedules", "ink_muted"),
    FlowState.NOT_READY: Look("Not ready", "cross", "alarm"),
    FlowState.CANCELLED: Look("Stopped", "stop", "unknown"),
    FlowState.FAILED: Look("Broke off", "unknown", "unknown"),
}
NOT_TESTED = Look("Not tested", "unknown", "ink_faint")
STEP = {True: "passed", False: "NOT PASSED", None: "advice"}
RELEASE_STATE = {
    ReleaseState.INTENDED: Look("Under way", "heartbeat", "accent"),
    ReleaseState.STAGED: Look("Under way", "heartbeat", "accent"),
    ReleaseState.SWITCHED: Look("Under way", "heartbeat", "accent"),
    ReleaseState.COMPLETED: Look("Completed", "verified", "good"),
    ReleaseState.REVERTED: Look("Reverted", "back", "warning"),
    ReleaseState.UNKNOWN: Look("Not proven", "unknown", "alarm"),
}
RELEASE_KIND = {kind: kind.value.capitalize() for kind in ReleaseKind}

ALARMS = tuple(column for column in ALARM_COLUMNS if column.name != "model")


def versions(metrics: tuple[str, ...]) -> tuple[Column, ...]:
    """Columns of the versions table, with one for each of `metrics` so that versions stand side by side."""
    return (
        Column("number", "Version", lambda r: f"{r.number}", 76, sort=lambda r: r.number),
        Column("state", "State", lambda r: VERSION_STATE[r.state].word, 122, look=lambda r: VERSION_STATE[r.state]),
        Column(
            "good", "Way back", lambda r: "last known good" if r.is_last_known_good else "", 136,
            tooltip=lambda r: "A rollback goes to this version." if r.is_last_known_good else "",
        ),
        Column("tests", "Tests", _tests_word, 184, look=_tests_look, tooltip=_tests_told),
        Column("shadow", "Shadow", _shadow_word, 250, tooltip=_shadow_told),
        *(_metric(name) for name in metrics),
        Column("notes", "Notes", lambda r: r.notes, stretch=True),
        Column("author", "Author", lambda r: r.author, 150),
        Column(
            "imported", "Imported", lambda r: fmt.instant(r.imported_at), 152, sort=lambda r: r.imported_at,
            tooltip=lambda r: f"{fmt.instant_full(r.imported_at)} by {r.imported_by}",
        ),
        Column("digest", "Digest", lambda r: fmt.digest(r.digest), 128, tooltip=lambda r: r.digest),
    )  # fmt: skip


def _tests_look(row: VersionRow) -> Look:
    return NOT_TESTED if row.tests is None else FLOW_STATE[row.tests.state]


def _tests_word(row: VersionRow) -> str:
    word = _tests_look(row).word
    if row.tests is None or not row.tests.state.open:
        return word
    return f"{word}, {len(row.tests.steps)} of {row.tests.total}"


def _tests_told(row: VersionRow) -> str:
    """Each step with what it found; the reader may lie over the word to learn why."""
    if row.tests is None:
        return "This version came before imports were tested."
    steps = [f"{step.title}, {STEP[step.passed]}: {step.finding}" for step in row.tests.steps]
    return "\n\n".join([row.tests.sentence or _tests_word(row), *steps])


def _shadow_word(row: VersionRow) -> str:
    if row.shadow is None:
        return ""
    word = "Runs" if row.shadow.runs else "Ended"
    return f"{word}, {row.shadow.difference}" if row.shadow.difference else word


def _shadow_told(row: VersionRow) -> str:
    """Since when on whose word, and how it compares with the champion."""
    shadow = row.shadow
    if shadow is None:
        return ""
    return f"{shadow.sentence}\n\nBegun {fmt.instant_full(shadow.begun_at)} by {shadow.begun_by}: {shadow.reason}"


def _metric(name: str) -> Column:
    def found(row: VersionRow) -> Mapping[str, float] | None:
        return row.metrics.get(name)

    def text(row: VersionRow) -> str:
        value = found(row)
        return fmt.NOTHING if value is None else fmt.estimate(value["value"], value.get("low"), value.get("high"))

    def long(row: VersionRow) -> str:
        value = found(row)
        return "" if value is None else f"{text(row)}, {fmt.sample(int(value.get('n', 0)))}, when accepted"

    return Column(
        f"metric_{name}", metric_title(name), text, 168, sort=lambda r: (found(r) or {}).get("value"), tooltip=long
    )


def _way(row: ReleaseRow) -> str:
    if row.kind is ReleaseKind.STOP:
        return f"v{row.to_version} → –"
    if row.kind is ReleaseKind.RESUME:
        return f"– → v{row.to_version}"
    return f"{'–' if row.from_version is None else f'v{row.from_version}'} → v{row.to_version}"


RELEASES = (
    Column("when", "When", lambda r: fmt.instant(r.intended_at), 152, sort=lambda r: r.intended_at,
           tooltip=lambda r: fmt.instant_full(r.intended_at)),
    Column("kind", "Kind", lambda r: RELEASE_KIND[r.kind], 96),
    Column("way", "Version", _way, 86),
    Column("state", "State", lambda r: RELEASE_STATE[r.state].word, 122, look=lambda r: RELEASE_STATE[r.state]),
    Column("by", "By", lambda r: r.requested_by, 110),
    Column("approved", "Approved by", lambda r: r.approved_by or fmt.NOTHING, 110),
    Column("reason", "Reason", lambda r: r.reason, 240),
    Column("override", "Against gates", lambda r: ", ".join(r.override) or fmt.NOTHING, 110),
    Column("outcome", "Outcome", lambda r: r.outcome, stretch=True),
    Column("seconds", "Took", lambda r: fmt.duration(r.wall_seconds), 70, sort=lambda r: r.wall_seconds, right=True),
)  # fmt: skip


def _run_word(row: CheckRunRow) -> str:
    return VERDICT[row.verdict].word if row.state.value == "done" else RUN[row.state].word


def _run_look(row: CheckRunRow) -> Look:
    return VERDICT[row.verdict] if row.state.value == "done" else RUN[row.state]


RUNS = (
    Column("when", "Due", lambda r: fmt.instant(r.scheduled_for), 152, sort=lambda r: r.scheduled_for,
           tooltip=lambda r: fmt.instant_full(r.scheduled_for)),
    Column("kind", "Check", lambda r: r.kind.value.capitalize(), 112),
    Column("verdict", "Answer", _run_word, 118, look=_run_look),
    Column("summary", "Summary", lambda r: r.summary, stretch=True),
    Column("version", "Version", lambda r: fmt.NOTHING if r.version is None else f"v{r.version}", 70),
    Column("rows", "Rows", lambda r: fmt.number(r.rows, 0), 80, sort=lambda r: r.rows, right=True),
    Column("seconds", "Took", lambda r: fmt.duration(r.wall_seconds), 70, sort=lambda r: r.wall_seconds, right=True),
)  # fmt: skip
