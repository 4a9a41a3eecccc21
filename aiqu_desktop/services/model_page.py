"""One model in depth, for one range of time."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from aiqu_desktop.core.words import CheckKind, ReleaseKind, ReleaseState, RunState, Task, VersionState
from aiqu_desktop.lifecycle.facts import champion_of, model_named
from aiqu_desktop.lifecycle.history import spans_of
from aiqu_desktop.lifecycle.last_good import healthy_champions, why_no_way_back
from aiqu_desktop.monitoring.drift_check import standing_limits
from aiqu_desktop.monitoring.performance.costs import COST, currency_of
from aiqu_desktop.registry import Registry
from aiqu_desktop.registry.tables import Alarm, Check, CheckRun, Model, Release, ReleaseAuthority, Segment, Version
from aiqu_desktop.services.alarms import alarm_rows
from aiqu_desktop.services.automatic_rows import automatic_view
from aiqu_desktop.services.lookup import version_numbers
from aiqu_desktop.services.requests import request_rows
from aiqu_desktop.services.runs import run_rows
from aiqu_desktop.services.series import heat_map, metric_series, newest_feature, volume_series
from aiqu_desktop.services.stopped import card_of_model
from aiqu_desktop.services.tiles import tile_of
from aiqu_desktop.services.versions import version_rows
from aiqu_desktop.services.views import (
    ActionState,
    CostRow,
    Mark,
    ModelPage,
    ModelTile,
    ReleaseRow,
    Series,
    ServedSpan,
    VersionRow,
)

_SECONDARY = {
    Task.CLASSIFICATION: ("accuracy", "balanced_accuracy", "macro_f1", "roc_auc", "log_loss"),
    Task.REGRESSION: ("mae", "rmse", "bias", "r2"),
}
_IN_UNITS = ("mae", "rmse", "bias")
_COST_TITLE = "Cost per 1,000 predictions"
_RUNS_SHOWN = 50
_EMPTY_SPAN = timedelta(days=7)


def model_page(registry: Registry, model: str, start: datetime | None = None, end: datetime | None = None) -> ModelPage:
    """Everything that the model page draws; without a range, from the first release or observation to the present.

    Raises:
        UserError: if there is no such model.
    """
    now = registry.clock.now()
    with registry.read() as session:
        found = model_named(session, model)
        first = session.scalar(
            select(func.min(Segment.first_time)).where(Segment.model_id == found.id, Segment.kind == "observations")
        )
        served = spans_of(session, found.id)
        start = start or min([first or now - _EMPTY_SPAN, *(span.since for span in served[:1])])
        end = end or now
        tile = tile_of(session, registry.paths, found, now)
        numbers = version_numbers(session, found.id)
        good = next(iter(healthy_champions(session, found.id)), None)
        versions = version_rows(session, found.id, good.id if good else None)
        releases = release_rows(session, found.id, numbers)
        _, limits = standing_limits(session, found.id)
        challenger = newest_feature(session, found.id, f"shadow.{found.primary_metric}", start, end)
        asked = [row for row in request_rows(session, registry, model_id=found.id) if row.state.open]
        return ModelPage(
            tile=tile,
            owner=found.owner,
            site_now=now,
            start=start,
            end=end,
            first_data=first,
            performance=_performance(session, found, start, end, numbers),
            drift=metric_series(
                session, found.id, "drift.share", title="Drifted share, weighed by importance", unit="", start=start,
                end=end, numbers=numbers,
            ),
            volume=volume_series(session, found.id, start, end),
            coverage=metric_series(
                session, found.id, "label.coverage", title="Labelled share", unit="", start=start, end=end,
                numbers=numbers,
            ),
            heat=heat_map(session, found.id, start, end, _importance(found), limits.alpha),
            marks=_marks(session, found.id, releases, start, end),
            served=tuple(
                ServedSpan(span.number, span.since, span.until, not span.serves) for span in served
            ),
            versions=versions,
            releases=releases,
            alarms=alarm_rows(session, only_open=False, model_id=found.id, limit=200),
            runs=run_rows(session, found.id, _RUNS_SHOWN),
            promote=_promote_state(versions, releases),
            roll_back=_roll_back_state(tile, good, releases, why_no_way_back(session, found.id)),
            anytime=_optional(session, found, "anytime", "Band that holds at every look", start, end, numbers),
            request=next((row for row in asked if row.kind is ReleaseKind.PROMOTION), None),
            estimated=_optional(session, found, "estimated", "Estimated without labels", start, end, numbers),
            challenger=None if challenger is None else _optional(
                session, found, "shadow", f"Shadow, version {challenger}", start, end, numbers, feature=challenger
            ),
            automatic=automatic_view(session, registry, found),
            cost=_cost(session, found.id, champion_of(found)),
            stop=_stop_state(tile, releases),
            resume=_resume_state(tile, releases),
            resume_request=next((row for row in asked if row.kind is ReleaseKind.RESUME), None),
            card=card_of_model(session, found.id),
        )  # fmt: skip


def release_rows(session: Session, model_id: int, numbers: dict[int, int]) -> tuple[ReleaseRow, ...]:
    """Every release of a model, newest first."""
    query = (
        select(Release, ReleaseAuthority)
        .outerjoin(ReleaseAuthority, ReleaseAuthority.release_id == Release.id)
        .where(Release.model_id == model_id)
        .order_by(Release.intended_at.desc())
    )
    return tuple(
        ReleaseRow(
            id=release.id,
            kind=release.kind,
            state=release.state,
            from_version=None if release.from_version_id is None else numbers[release.from_version_id],
            to_version=numbers[release.to_version_id],
            requested_by=release.requested_by,
            reason=release.reason,
            intended_at=release.intended_at,
            finished_at=release.finished_at,
            wall_seconds=release.wall_seconds,
            outcome=release.outcome,
            approved_by=authority.approved_by if authority else "",
            override=tuple(gate["title"] for gate in authority.override.get("gates", ())) if authority else (),
        )
        for release, authority in session.execute(query)
    )


def _performance(
    session: Session, model: Model, start: datetime, end: datetime, numbers: dict[int, int]
) -> tuple[Series, ...]:
    unit = str(model.input_schema.get("unit", ""))
    names = sorted(_SECONDARY[model.task], key=lambda name: name != model.primary_metric)
    series = [
        metric_series(
            session,
            model.id,
            f"performance.{name}",
            title=name.replace("_", " ").capitalize() if name not in ("mae", "rmse", "r2") else name.upper(),
            unit=unit if name in _IN_UNITS else "",
            start=start,
            end=end,
            numbers=numbers,
        )
        for name in names
    ]
    currency = _currency(session, model.id)
    if currency:
        series.append(
            metric_series(
                session, model.id, f"performance.{COST}", title=_COST_TITLE, unit=currency, start=start, end=end,
                numbers=numbers, feature=currency,
            )
        )  # fmt: skip
    return tuple(one for index, one in enumerate(series) if index == 0 or one.times.size)


def _optional(
    session: Session,
    model: Model,
    kind: str,
    title: str,
    start: datetime,
    end: datetime,
    numbers: dict[int, int],
    *,
    feature: str = "",
) -> Series | None:
    """A further series of the primary metric; None where nothing was ever computed in the range."""
    unit = str(model.input_schema.get("unit", "")) if model.primary_metric in _IN_UNITS else ""
    name = f"{kind}.{model.primary_metric}"
    series = metric_series(
        session, model.id, name, title=title, unit=unit, start=start, end=end, numbers=numbers, feature=feature
    )
    return series if series.times.size else None


def _cost(session: Session, model_id: int, champion: Version | None) -> CostRow | None:
    """What the serving version's newest answer says about costs; None where it says nothing."""
    run = session.scalars(
        select(CheckRun)
        .where(
            CheckRun.model_id == model_id, CheckRun.kind == CheckKind.PERFORMANCE, CheckRun.state == RunState.DONE,
        )
        .order_by(CheckRun.scheduled_for.desc())
        .limit(1)
    ).one_or_none()  # fmt: skip
    if run is None or champion is None or run.version_id != champion.id:
        return None
    result = run.result or {}
    found = result.get("estimates", {}).get(COST)
    if found is None:
        return None
    return CostRow(found["value"], found["low"], found["high"], found["n"], str(result["currency"]))


def _currency(session: Session, model_id: int) -> str:
    """What the performance check counts costs in; "" where it has none."""
    query = select(Check).where(Check.model_id == model_id, Check.kind == CheckKind.PERFORMANCE)
    check = session.scalars(query).one_or_none()
    return "" if check is None else currency_of(str(check.settings.get("costs", "")))


def _importance(model: Model) -> dict[str, float]:
    return {f["name"]: f["importance"] or 0.0 for f in model.input_schema["features"]}


def _marks(
    session: Session, model_id: int, releases: tuple[ReleaseRow, ...], start: datetime, end: datetime
) -> tuple[Mark, ...]:
    marks = []
    for release in releases:
        if release.finished_at is None:
            continue
        reverted = release.state is not ReleaseState.COMPLETED
        way = f"v{release.from_version or '–'} → v{release.to_version}"
        verb = release.kind.value.capitalize()
        if release.kind is ReleaseKind.STOP:
            reverted, way = False, f"of v{release.to_version}"
        kind = "reverted" if reverted else release.kind.value
        approved = f", approved by {release.approved_by}" if release.approved_by else ""
        people = f"{release.requested_by}{approved}"
        against = f" AGAINST failed gates ({', '.join(release.override)})" if release.override else ""
        sentence = f"{verb} {way}{against} by {people}: {release.reason} {release.outcome}".strip()
        label = "stop" if release.kind is ReleaseKind.STOP else f"v{release.to_version}"
        marks.append(Mark(release.finished_at, kind, label, sentence))
    for alarm in session.scalars(select(Alarm).where(Alarm.model_id == model_id, Alarm.key == "performance")):
        marks.append(Mark(alarm.activated_at, "alarm", "alarm", alarm.message))
        if alarm.onset_at is not None:
            marks.append(Mark(alarm.onset_at, "onset", "onset", f"Estimated onset of: {alarm.message}"))
    return tuple(sorted((mark for mark in marks if start <= mark.at <= end), key=lambda mark: mark.at))


def _unfinished(releases: tuple[ReleaseRow, ...]) -> bool:
    return any(release.state.unfinished for release in releases)


def _promote_state(versions: tuple[VersionRow, ...], releases: tuple[ReleaseRow, ...]) -> ActionState:
    if _unfinished(releases):
        return ActionState(False, "A release is under way; wait until it has ended.")
    candidates = tuple(version.number for version in versions if version.state is VersionState.CANDIDATE)
    former = tuple(
        version.number
        for state in (VersionState.RETIRED, VersionState.WITHDRAWN)
        for version in versions
        if version.state is state
    )
    if not candidates and not former:
        return ActionState(False, "There is no other version; import one first.")
    return ActionState(True, "", candidates + former)


def _roll_back_state(
    tile: ModelTile, good: Version | None, releases: tuple[ReleaseRow, ...], why_none: str
) -> ActionState:
    if _unfinished(releases):
        return ActionState(False, "A release is under way; wait until it has ended.")
    if tile.champion is None:
        return ActionState(False, "No version serves, so there is nothing to roll back.")
    if good is None:
        return ActionState(False, why_none)
    return ActionState(True, "", (good.number,))


def _stop_state(tile: ModelTile, releases: tuple[ReleaseRow, ...]) -> ActionState:
    if _unfinished(releases):
        return ActionState(False, "A release is under way; wait until it has ended.")
    if tile.champion is None:
        return ActionState(False, "No version serves, so there is nothing to stop.")
    last = next((release for release in releases if release.kind is ReleaseKind.STOP), None)
    if tile.stop is not None and last is not None and last.state is ReleaseState.COMPLETED:
        return ActionState(False, "It is stopped already.")
    return ActionState(True, "", (tile.champion,))


def _resume_state(tile: ModelTile, releases: tuple[ReleaseRow, ...]) -> ActionState:
    if tile.stop is None or tile.champion is None:
        return ActionState(False, "It is not stopped.")
    if _unfinished(releases):
        return ActionState(False, "A release is under way; wait until it has ended.")
    return ActionState(True, "", (tile.champion,))
