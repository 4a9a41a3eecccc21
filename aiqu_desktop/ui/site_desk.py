"""The Desk of a real site: hands every question to the service that answers it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from aiqu_desktop.core.errors import Refused
from aiqu_desktop.core.words import CheckKind, PlantState, ShelfTime, Suppression
from aiqu_desktop.lifecycle.automatic.policy import AutomaticPolicy
from aiqu_desktop.lifecycle.preview import Preview
from aiqu_desktop.registry import Registry
from aiqu_desktop.scheduling import Monitor
from aiqu_desktop.security import sessions
from aiqu_desktop.security.audit import ChainVerdict
from aiqu_desktop.security.identity import Credentials
from aiqu_desktop.services import (
    alarm_figures,
    alarm_holding,
    alarm_types,
    alarms,
    audit,
    automatic,
    imports,
    ingest,
    model_page,
    overview,
    people,
    plant,
    rehearsing,
    releases,
    reporting,
    requests,
    retraining,
    runs,
    safe_state,
    shadow,
    versions,
    why,
)
from aiqu_desktop.services import schedules as schedule_services
from aiqu_desktop.services.changes import ChangeWatcher
from aiqu_desktop.services.opening import ReplayedSiteClock, close_site, open_site
from aiqu_desktop.services.views import (
    AlarmBackground,
    AlarmFigures,
    AlarmRow,
    AuditRow,
    AutomaticRow,
    AutomaticView,
    CheckRunRow,
    DistributionView,
    IngestRow,
    ModelPage,
    Overview,
    PersonRow,
    PlantRow,
    RehearsalRow,
    RequestRow,
    ScheduleRow,
    SignedIn,
    SuppressionRow,
    WhyView,
)

StepCallback = Callable[[str, str], None]
_log = logging.getLogger("aiqu.ui")


class SiteDesk:
    """One open site. Made and closed off the main thread, like everything that it is asked."""

    def __init__(self, registry: Registry) -> None:
        self.root: Path = registry.paths.root
        self._registry = registry
        self._monitor: Monitor | None = None
        self._watcher: ChangeWatcher | None = None
        self._session: sessions.DeskSession | None = None

    @classmethod
    def open(cls, root: Path, *, create: bool = False) -> SiteDesk:
        """Open the site in `root`, or make it.

        Raises:
            UserError: if there is no site and `create` is False.
            EnvironmentFault: if the folder or the registry cannot be used.
        """
        return cls(open_site(root, create=create))

    # what the screens show

    def now(self) -> datetime:
        return self._registry.clock.now()

    def overview(self) -> Overview:
        return overview.overview(self._registry)

    def model_page(self, model: str, start: datetime | None, end: datetime | None) -> ModelPage:
        return model_page.model_page(self._registry, model, start, end)

    def list_alarms(
        self, *, only_open: bool = True, model: str | None = None, limit: int = 500
    ) -> tuple[AlarmRow, ...]:
        return alarms.list_alarms(self._registry, only_open=only_open, model=model, limit=limit)

    def list_suppressed(self) -> tuple[SuppressionRow, ...]:
        return alarm_holding.list_suppressed(self._registry)

    def alarm_background(self, alarm_id: int) -> AlarmBackground:
        return alarm_types.alarm_background(self._registry, alarm_id)

    def alarm_figures(self, start: datetime | None, end: datetime | None) -> AlarmFigures:
        return alarm_figures.alarm_figures(self._registry, start, end)

    def plant_states(self) -> tuple[PlantRow, ...]:
        return plant.plant_states(self._registry)

    def list_schedules(self) -> tuple[ScheduleRow, ...]:
        return schedule_services.list_schedules(self._registry, progress=self.progress())

    def list_runs(self, *, model: str | None = None, limit: int = 200) -> tuple[CheckRunRow, ...]:
        return runs.list_runs(self._registry, model=model, limit=limit)

    def list_files(
        self, *, model: str | None = None, only_quarantined: bool = False, limit: int = 200
    ) -> tuple[IngestRow, ...]:
        return ingest.list_files(self._registry, model=model, only_quarantined=only_quarantined, limit=limit)

    def list_audit(self, *, before: int | None = None, limit: int = 200, text: str = "") -> tuple[AuditRow, ...]:
        return audit.list_audit(self._registry, before=before, limit=limit, text=text)

    def verify_chain(self) -> ChainVerdict:
        return audit.verify_chain(self._registry)

    # what a button does

    def acknowledge(self, ids: Sequence[int], *, by: str, note: str) -> tuple[AlarmRow, ...]:
        return alarms.acknowledge(self._registry, ids, by=by, note=note)

    def reset_alarms(self, ids: Sequence[int], *, by: str, note: str) -> tuple[AlarmRow, ...]:
        return alarms.reset(self._registry, ids, by=by, note=note)

    def shelve(self, ids: Sequence[int], time: ShelfTime, *, by: str, reason: str) -> None:
        alarm_holding.shelve(self._registry, ids, time, by=by, reason=reason)

    def take_out_of_service(self, model: str, key: str, *, by: str, reason: str) -> None:
        alarm_holding.take_out_of_service(self._registry, model, key, by=by, reason=reason)

    def end_suppression(self, model: str, key: str, kind: Suppression, *, by: str, reason: str) -> None:
        alarm_holding.end_suppression(self._registry, model, key, kind, by=by, reason=reason)

    def set_plant_state(self, state: PlantState, *, model: str | None, by: str, reason: str) -> None:
        plant.set_plant_state(self._registry, state, model=model, by=by, reason=reason)

    def pause(self, check_id: int, *, by: str, reason: str) -> None:
        schedule_services.pause(self._registry, check_id, by=by, reason=reason)

    def resume(self, check_id: int, *, by: str) -> None:
        schedule_services.resume(self._registry, check_id, by=by)

    def run_now(self, check_id: int, *, by: str) -> None:
        schedule_services.run_now(self._registry, check_id, by=by)

    def cancel(self, check_id: int) -> None:
        if self._monitor is not None:
            self._monitor.cancel(check_id)

    def progress(self) -> Mapping[int, float]:
        return {} if self._monitor is None else self._monitor.progress()

    # people

    def people(self) -> tuple[PersonRow, ...]:
        return people.list_people(self._registry)

    def demo_password(self) -> str:
        return people.demo_password(self._registry)

    def signed_in(self) -> SignedIn | None:
        desk = self._session
        if desk is None or not desk.alive:
            return None
        return SignedIn(desk.identity.name, desk.identity.full_name, desk.identity.roles)

    def sign_in(self, by: Credentials) -> SignedIn:
        former, self._session = self._session, sessions.sign_in(self._registry, by)
        if former is not None and former.alive:
            sessions.sign_out(self._registry, former)
        identity = self._session.identity
        return SignedIn(identity.name, identity.full_name, identity.roles)

    def sign_out(self) -> None:
        former, self._session = self._session, None
        if former is not None:
            sessions.sign_out(self._registry, former)

    def _present(self) -> sessions.DeskSession:
        if self._session is None:
            raise Refused("Nobody is signed in at this desk; sign in, or give name and password.")
        return self._session

    # limits and their rehearsals

    rehearsal_valid_for = rehearsing.VALID_FOR

    def check_settings(self, model: str, kind: CheckKind) -> dict[str, Any]:
        return rehearsing.check_settings(self._registry, model, kind)

    def list_rehearsals(self, model: str) -> tuple[RehearsalRow, ...]:
        return rehearsing.list_rehearsals(self._registry, model, limit=40)

    def rehearse(
        self,
        model: str,
        kind: CheckKind,
        changes: Mapping[str, Any],
        *,
        by: str,
        planted: Sequence[float],
        on_progress: Callable[[float, str], None],
    ) -> RehearsalRow:
        return rehearsing.rehearse(
            self._registry, model, kind, changes, by=by, planted=planted, on_progress=on_progress
        )

    def save_limits(self, rehearsal_id: int, *, by: str, reason: str) -> None:
        rehearsing.save_limits(self._registry, rehearsal_id, by=by, reason=reason)

    # why it drifted

    def explain_model(self, model: str) -> WhyView:
        return why.explain_model(self._registry, model, language="en")  # the window's one language so far

    def distribution(self, model: str, feature: str) -> DistributionView:
        return why.distribution(self._registry, model, feature)

    # releases, reports, versions

    def preview_promotion(self, model: str, number: int) -> Preview:
        return releases.preview_promotion(self._registry, model, number)

    def preview_rollback(self, model: str, number: int | None = None) -> Preview:
        return releases.preview_rollback(self._registry, model, number)

    def list_requests(self, model: str | None = None) -> tuple[RequestRow, ...]:
        return requests.list_requests(self._registry, model=model)

    def request_release(self, preview: Preview, by: Credentials, reason: str, *, override: bool) -> RequestRow:
        made = releases.request_release(self._registry, preview, by, reason, override=override)
        return next(row for row in self.list_requests(preview.model) if row.id == made.id)

    def decline(self, request_id: int, by: Credentials, reason: str) -> None:
        releases.decline(self._registry, request_id, by, reason)

    def approve_and_promote(
        self, request_id: int, by: Credentials | None, reason: str, shown: Preview, on_step: StepCallback | None = None
    ) -> Any:
        if by is not None:
            releases.approve(self._registry, request_id, by, reason, shown=shown)
        return releases.promote(self._registry, request_id, on_step=on_step)

    def roll_back(
        self, preview: Preview, by: Credentials | None, reason: str, on_step: StepCallback | None = None
    ) -> Any:
        return releases.roll_back(self._registry, preview, by or self._present(), reason, on_step=on_step)

    def preview_stop(self, model: str) -> Preview:
        return safe_state.preview_stop(self._registry, model)

    def preview_resume(self, model: str) -> Preview:
        return safe_state.preview_resume(self._registry, model)

    def stop_model(
        self, preview: Preview, by: Credentials | None, reason: str, on_step: StepCallback | None = None
    ) -> Any:
        return safe_state.stop(self._registry, preview, by or self._present(), reason, on_step=on_step)

    def write_card(self, model: str, fields: Mapping[str, Any], by: Credentials, reason: str) -> Any:
        return safe_state.write_card(self._registry, model, safe_state.card_from(fields), by, reason)

    def automatic(self, model: str) -> AutomaticView:
        return automatic.show(self._registry, model)

    def propose_automatic(self, model: str, policy: AutomaticPolicy, by: Credentials, reason: str) -> int:
        return automatic.propose(self._registry, model, policy, by, reason)

    def approve_automatic(self, model: str, number: int, by: Credentials, reason: str) -> int:
        return automatic.approve(self._registry, model, by, reason, shown=number)

    def advise_only(self, model: str, by: Credentials | None, reason: str) -> int:
        return automatic.advise_only(self._registry, model, by or self._present(), reason)

    def veto(self, model: str, by: Credentials | None, reason: str) -> AutomaticRow:
        return automatic.veto(self._registry, model, by or self._present(), reason)

    def write_model_report(self, model: str, start: datetime | None, end: datetime | None, *, by: str) -> Path:
        return reporting.write_model_report(self._registry, model, start, end, by=by)

    def import_version(self, folder: Path, *, by: str) -> Any:
        return imports.import_version(self._registry, folder, by=by)

    def ask_again(self, model: str, number: int, *, by: str) -> None:
        versions.ask_again(self._registry, model, number, by=by)

    def stop_tests(self, model: str, number: int, *, by: str) -> None:
        versions.stop_tests(self._registry, model, number, by=by)

    def begin_shadow(self, model: str, number: int, by: Credentials, reason: str) -> Any:
        return shadow.begin_shadow(self._registry, model, number, by, reason)

    def end_shadow(self, model: str, by: Credentials, reason: str) -> int:
        return shadow.end_shadow(self._registry, model, by, reason)

    def retraining_features(self, model: str) -> tuple[tuple[str, bool], ...]:
        return retraining.features_of(self._registry, model)

    def request_retraining(
        self, model: str, output: Path, *, by: str, wishes: str, without: Sequence[str]
    ) -> retraining.RetrainingRequest:
        return retraining.request_retraining(self._registry, model, output, by=by, wishes=wishes, without=without)

    # life

    def watch(self, on_change: Callable[[], None]) -> Callable[[], None]:
        watcher = ChangeWatcher(self._registry, on_change)
        watcher.start()
        self._watcher = watcher
        return watcher.stop

    def start_monitor(self) -> None:
        """Watch from this window when nobody else does; a replayed site is driven by its own replay only."""
        if isinstance(self._registry.clock, ReplayedSiteClock):
            return
        # One check at a time beside a window: the main thread wants a core, and its share of the interpreter.
        self._monitor = Monitor(
            self._registry,
            "window",
            workers=1,
            on_fault=lambda sentence: _log.error("%s", sentence),
            on_acted=partial(automatic.write_report, self._registry),
        )
        self._monitor.start()

    def close(self) -> None:
        if self._monitor is not None:
            self._monitor.stop()
            self._monitor = None
        if self.signed_in() is not None:
            self.sign_out()
        close_site(self._registry)
