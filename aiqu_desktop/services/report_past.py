"""What a report tells of the past: alarms, releases, answers to alarms, check runs, and the head of the audit chain."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from aiqu_desktop.core.clock import iso
from aiqu_desktop.core.words import CheckKind, Health, Priority, ReleaseKind, ReleaseState, RunState, Task, Verdict
from aiqu_desktop.lifecycle.safe_state.cards import cards_of
from aiqu_desktop.registry.tables import AuditRecord, CheckRun, Release, ReleaseAuthority, Version
from aiqu_desktop.reports.data_facts import CheckCount
from aiqu_desktop.reports.history import AlarmEntry, AuditHead, FallbackFacts, ReleaseEntry, Response
from aiqu_desktop.reports.model_report import ReportVerdict
from aiqu_desktop.security import audit
from aiqu_desktop.services.lookup import version_numbers
from aiqu_desktop.services.views import AlarmRow, ModelPage, ReleaseRow

_OF_HEALTH = {
    Health.STOPPED: Verdict.BAD,
    Health.ALARM: Verdict.BAD,
    Health.WARNING: Verdict.WARNING,
    Health.UNKNOWN: Verdict.UNKNOWN,
    Health.GOOD: Verdict.GOOD,
}
_SEVERE = (Priority.CRITICAL, Priority.HIGH)
_REASONS = 4


def told_by_end(session: Session, page: ModelPage) -> ModelPage:
    """The page with each alarm in the words of the period.

    An alarm that stands is given the newest figures by every check. Of a period that is over, those came later: the
    report then quotes what the audit chain keeps of the moment at which it rang.
    """
    if page.end >= page.site_now:
        return page
    subjects = {f"alarm {alarm.id}": alarm.id for alarm in page.alarms}
    query = select(AuditRecord.subject, AuditRecord.new).where(
        AuditRecord.action == "alarm.activated", AuditRecord.subject.in_(subjects)
    )
    rang = {subjects[row.subject]: row.new["message"] for row in session.execute(query)}
    return replace(page, alarms=tuple(replace(alarm, message=rang[alarm.id]) for alarm in page.alarms))


def verdict_at_end(session: Session, model_id: int, page: ModelPage) -> ReportVerdict:
    """How the model was at the end of the period; for a period that ends now, what its tile says."""
    if page.end >= page.site_now:
        others = [alarm.message for alarm in page.alarms if alarm.is_open and alarm.message != page.tile.reason]
        return ReportVerdict(_OF_HEALTH[page.tile.health], page.tile.reason, tuple(others[:_REASONS]))
    active = [alarm for alarm in page.alarms if _was_active(alarm, page.end)]
    stop = stopped_at_end(page)
    if stop is not None:
        told = tuple(alarm.message for alarm in active[:_REASONS])
        by = f"Stopped since {iso(stop.finished_at or stop.intended_at)} by {stop.requested_by}: {stop.reason}"
        return ReportVerdict(Verdict.BAD, by, told)
    severe = [alarm.message for alarm in active if alarm.priority in _SEVERE]
    others = [alarm.message for alarm in active if alarm.priority not in _SEVERE]
    run = session.scalars(
        select(CheckRun)
        .where(
            CheckRun.model_id == model_id,
            CheckRun.kind == CheckKind.PERFORMANCE,
            CheckRun.state == RunState.DONE,
            CheckRun.finished_at <= page.end,
        )
        .order_by(CheckRun.finished_at.desc())
        .limit(1)
    ).one_or_none()
    if severe:
        hurts = any(alarm.key == "performance" and alarm.priority in _SEVERE for alarm in active)
        if hurts and run is not None and run.verdict is Verdict.BAD:  # the newest figures of the period come first
            severe.insert(0, run.summary)
        return ReportVerdict(Verdict.BAD, severe[0], tuple((severe[1:] + others)[:_REASONS]))
    if run is None:
        return ReportVerdict(Verdict.UNKNOWN, "Its performance was not checked before the end of the period.", ())
    verdict = Verdict.WARNING if others and run.verdict is Verdict.GOOD else run.verdict
    return ReportVerdict(verdict, run.summary, tuple(others[:_REASONS]))


def _was_active(alarm: AlarmRow, at: datetime) -> bool:
    return alarm.activated_at <= at and (alarm.returned_at is None or alarm.returned_at > at)


def alarm_entry(alarm: AlarmRow) -> AlarmEntry:
    """One alarm as the report prints it."""
    return AlarmEntry(
        priority=alarm.priority,
        message=alarm.message,
        activated=alarm.activated_at,
        onset=alarm.onset_at,
        acknowledged=alarm.acknowledged_at,
        acknowledged_by=alarm.acknowledged_by,
        note=alarm.note,
        returned=alarm.returned_at,
    )


def touches(alarm: AlarmRow, start: datetime, end: datetime) -> bool:
    """Whether the alarm was active at any time of the period."""
    return alarm.activated_at <= end and (alarm.returned_at is None or alarm.returned_at >= start)


def stopped_at_end(page: ModelPage) -> ReleaseRow | None:
    """The stop that stood at the end of the period; None where the model was in service."""
    spans = [span for span in page.served if span.start <= page.end and (span.end is None or span.end > page.end)]
    if not spans or not spans[-1].stopped:
        return None
    since = spans[-1].start
    stops = (release for release in page.releases if release.kind is ReleaseKind.STOP)
    return next((release for release in stops if release.finished_at == since), None)


def fallback_at_end(session: Session, model_id: int, end: datetime) -> FallbackFacts | None:
    """The fallback card as it stood at an instant; None where none was written by then."""
    card = next((card for card in cards_of(session, model_id) if card.at <= end), None)
    return None if card is None else FallbackFacts(card.number, card.at, card.by, card.lines)


def release_entries(session: Session, model_id: int, page: ModelPage) -> tuple[ReleaseEntry, ...]:
    """The releases of the period, oldest first."""
    numbers = version_numbers(session, model_id)
    versions = session.scalars(select(Version).where(Version.model_id == model_id))
    digests = {version.id: version.digest for version in versions}
    query = (
        select(Release, ReleaseAuthority)
        .outerjoin(ReleaseAuthority, ReleaseAuthority.release_id == Release.id)
        .where(Release.model_id == model_id, Release.intended_at >= page.start, Release.intended_at <= page.end)
        .order_by(Release.intended_at)
    )
    entries = []
    for release, authority in session.execute(query):
        golden = release.proof.get("golden", {})
        done = release.state is ReleaseState.COMPLETED
        entries.append(
            ReleaseEntry(
                kind=release.kind,
                to_version=numbers[release.to_version_id],
                started=release.intended_at,
                state=release.state,
                from_version=None if release.from_version_id is None else numbers[release.from_version_id],
                requested_by=release.requested_by,
                approved_by=authority.approved_by if authority else "",
                overridden=tuple(gate["title"] for gate in authority.override.get("gates", ())) if authority else (),
                reason=release.reason,
                finished=release.finished_at,
                seconds=release.wall_seconds,
                digest=digests[release.to_version_id] if done else "",
                golden_passed=golden.get("passed", 0),
                golden_total=golden.get("total", 0),
            )
        )
    return tuple(entries)


def responses(page: ModelPage) -> tuple[Response, ...]:
    """For each performance alarm: when it began, when it was noticed, and the release that answered it."""
    found = []
    for alarm in page.alarms:
        if alarm.key != "performance" or alarm.onset_at is None or not touches(alarm, page.start, page.end):
            continue
        answer = answering_release(alarm, page.releases)
        found.append(
            Response(
                what=f"Version {alarm.version} lost {page.tile.metric.replace('_', ' ')}"
                if page.tile.task is Task.CLASSIFICATION
                else f"The error of version {alarm.version} grew",
                onset=alarm.onset_at,
                detected=alarm.activated_at,
                acted=answer.finished_at if answer else None,
                action=_action(answer),
                rollback=_rollback_time(answer),
            )
        )
    return tuple(sorted(found, key=lambda response: response.detected))


def _action(answer: ReleaseRow | None) -> str:
    if answer is None:
        return ""
    link = "of" if answer.kind is ReleaseKind.STOP else "to"
    return f"{answer.kind.value} {link} version {answer.to_version}"


def _rollback_time(answer: ReleaseRow | None) -> timedelta | None:
    if answer is None or answer.kind is not ReleaseKind.ROLLBACK or answer.wall_seconds is None:
        return None
    return timedelta(seconds=answer.wall_seconds)


def answering_release(alarm: AlarmRow, releases: tuple[ReleaseRow, ...]) -> ReleaseRow | None:
    """The first completed release that took the alarmed version off the target after the alarm had rung."""
    answers = [
        release
        for release in releases
        if release.state is ReleaseState.COMPLETED
        and release.from_version == alarm.version
        and release.finished_at is not None
        and release.finished_at >= alarm.activated_at
    ]
    return min(answers, key=lambda release: release.finished_at or alarm.activated_at, default=None)


def check_counts(session: Session, model_id: int, start: datetime, end: datetime) -> tuple[CheckCount, ...]:
    """How the runs of each kind of check ended in the period."""
    rows = session.execute(
        select(CheckRun.kind, CheckRun.state, func.count(), func.max(CheckRun.finished_at))
        .where(CheckRun.model_id == model_id, CheckRun.scheduled_for >= start, CheckRun.scheduled_for <= end)
        .group_by(CheckRun.kind, CheckRun.state)
    ).all()
    counts = []
    for kind in CheckKind:
        states = {state: (number, newest) for found, state, number, newest in rows if found is kind}
        done, newest = states.get(RunState.DONE, (0, None))
        missed = states.get(RunState.MISSED, (0, None))[0]
        ended_badly = (RunState.FAILED, RunState.TIMED_OUT, RunState.CANCELLED, RunState.INTERRUPTED)
        failed = sum(states.get(state, (0, None))[0] for state in ended_badly)
        if done or failed or missed:
            counts.append(CheckCount(kind, done=done, failed=failed, missed=missed, newest=newest))
    return tuple(counts)


def audit_head(session: Session) -> AuditHead | None:
    """The newest record of the chain, and what re-computing all of it gave."""
    head = session.scalars(select(AuditRecord).order_by(AuditRecord.sequence.desc()).limit(1)).one_or_none()
    if head is None:
        return None
    chain = audit.verify(session)
    return AuditHead(head.sequence, head.hash, head.at, chain.intact, chain.finding)
