"""A made-up site for the window's tests and pictures; its rows are in fake_rows.py."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from aiqu_desktop.core.errors import Refused, UserError
from aiqu_desktop.core.words import (
    AlarmState,
    CheckKind,
    Health,
    PlantState,
    Priority,
    ReleaseKind,
    RunState,
    ShelfTime,
    Suppression,
)
from aiqu_desktop.lifecycle.automatic.policy import AutomaticPolicy
from aiqu_desktop.lifecycle.preview import Preview
from aiqu_desktop.security.audit import ChainVerdict
from aiqu_desktop.security.identity import NOT_PROVEN, Credentials
from aiqu_desktop.services.retraining import RetrainingRequest
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
    SchedulerView,
    SignedIn,
    SuppressionRow,
    WhyView,
)
from tests.ui.alarm_story import make_background, make_figures, make_plant, make_suppressed
from tests.ui.automatic_story import make_view
from tests.ui.fake_rows import (
    NOW,
    make_alarms,
    make_audit,
    make_files,
    make_page,
    make_runs,
    make_schedules,
    make_tiles,
)
from tests.ui.people_story import PASSWORD, STAFF, make_request
from tests.ui.rehearsal_story import SETTINGS, make_rehearsal
from tests.ui.release_story import BACK, FORWARD, outcome, promotion, rollback
from tests.ui.stop_story import resume, stop, stop_outcome, stopped_tile, with_stop
from tests.ui.why_story import make_distribution, make_why

StepCallback = Callable[[str, str], None]


class FakeDesk:
    """A Desk without a site. Acts change its rows and tell whoever watches, like the real one."""

    def __init__(self, count: int = 12, *, healthy: bool = False, demo: bool = False, alive: bool = True) -> None:
        self.root = Path("fake-site")
        tiles = make_tiles(count) if count else ()
        if healthy:
            tiles = make_tiles(count + 6)[6:]
        self.tiles = tiles
        names = {tile.name for tile in tiles}
        self.alarms = tuple(a for a in make_alarms() if a.model in names and not (healthy and a.is_open))
        self.suppressed = make_suppressed() if tiles and not healthy else ()
        self.plant = PlantState.RUNNING
        self.schedules = make_schedules(tiles)
        self.files = make_files(tiles) if tiles else ()
        self.audit = make_audit() if tiles else ()
        self.demo = demo
        self.alive = alive
        self.now_is = NOW
        self.calls: list[tuple[str, object]] = []
        self.threads: set[str] = set()
        self.error: Exception | None = None
        self.chain_intact = True
        self.monitor_started = False
        self.closed = False
        self.automatic_view = make_view()
        self.countdowns: tuple[AutomaticRow, ...] = ()
        self.settings = {kind: dict(held) for kind, held in SETTINGS.items()}
        self.rehearsals: tuple[RehearsalRow, ...] = ()
        self.rehearsal_may_end = threading.Event()
        self.rehearsal_may_end.set()
        self.person: SignedIn | None = None
        self.requests: tuple[RequestRow, ...] = ()
        self.gate_fails = False
        self.line_proves = True
        self.line_fault: Exception | None = None
        self.switched = False
        self.has_card = True
        self.cards: list[Mapping[str, object]] = []
        self.release_may_end = threading.Event()
        self.release_may_end.set()
        self._watchers: list[Callable[[], None]] = []

    def _note(self, name: str, detail: object = None) -> None:
        self.threads.add(threading.current_thread().name)
        self.calls.append((name, detail))
        if self.error is not None:
            raise self.error

    def announce(self) -> None:
        """Say that the site changed, as the change watcher's thread does."""
        for watcher in tuple(self._watchers):
            watcher()

    # what the screens show

    def now(self) -> datetime:
        return self.now_is

    def overview(self) -> Overview:
        self._note("overview")
        waiting = [a for a in self.alarms if a.needs_acknowledgement]
        order = list(Priority)
        waiting.sort(key=lambda a: order.index(a.priority))
        role = "demo" if self.demo else "window"
        return Overview(
            site="Plant Nord", is_demo=self.demo, site_now=self.now_is,
            data_as_of=self.now_is - timedelta(minutes=4) if self.tiles else None,
            scheduler=SchedulerView(role if self.alive else "", 4711 if self.alive else None, self.alive,
                                    2.0 if self.alive else 372.0),
            tiles=self.tiles, worst_alarm=waiting[0] if waiting else None,
            open_alarms=sum(a.is_open for a in self.alarms), unacknowledged_alarms=len(waiting),
            countdowns=self.countdowns,
            waiting=tuple((alarm.id, alarm.priority) for alarm in waiting),
        )  # fmt: skip

    def list_alarms(
        self, *, only_open: bool = True, model: str | None = None, limit: int = 500
    ) -> tuple[AlarmRow, ...]:
        self._note("list_alarms", only_open)
        told = [a for a in self.alarms if not only_open or (a.is_open and not a.state.suppressed)]
        rows = (a for a in told if model is None or a.model == model)
        return tuple(rows)[:limit]

    def list_suppressed(self) -> tuple[SuppressionRow, ...]:
        self._note("list_suppressed")
        return self.suppressed

    def alarm_background(self, alarm_id: int) -> AlarmBackground:
        self._note("alarm_background", alarm_id)
        return make_background(next(a for a in self.alarms if a.id == alarm_id))

    def alarm_figures(self, start: datetime | None, end: datetime | None) -> AlarmFigures:
        self._note("alarm_figures", (start, end))
        return make_figures(start, end, empty=not self.alarms)

    def plant_states(self) -> tuple[PlantRow, ...]:
        self._note("plant_states")
        return make_plant(self.tiles, self.plant)

    def list_schedules(self) -> tuple[ScheduleRow, ...]:
        self._note("list_schedules")
        return self.schedules

    def list_runs(self, *, model: str | None = None, limit: int = 200) -> tuple[CheckRunRow, ...]:
        self._note("list_runs")
        return make_runs(self.tiles, model)[:limit]

    def list_files(
        self, *, model: str | None = None, only_quarantined: bool = False, limit: int = 200
    ) -> tuple[IngestRow, ...]:
        self._note("list_files")
        rows = (f for f in self.files if (model is None or f.model == model))
        return tuple(f for f in rows if not only_quarantined or f.outcome == "quarantined")[:limit]

    def list_audit(self, *, before: int | None = None, limit: int = 200, text: str = "") -> tuple[AuditRow, ...]:
        self._note("list_audit", text)
        rows = (r for r in self.audit if before is None or r.sequence < before)
        wanted = text.casefold()
        return tuple(r for r in rows if wanted in f"{r.actor} {r.action} {r.subject} {r.reason}".casefold())[:limit]

    def verify_chain(self) -> ChainVerdict:
        self._note("verify_chain")
        if self.chain_intact:
            return ChainVerdict(184, "9c41" * 16, None, "All 184 records fit.")
        finding = "Record 97 (alarm.acknowledged, model gas-classifier) was changed after it was written."
        return ChainVerdict(96, "9c41" * 16, 97, finding)

    # what a button does

    def acknowledge(self, ids: Sequence[int], *, by: str, note: str) -> tuple[AlarmRow, ...]:
        self._note("acknowledge", (tuple(ids), by, note))
        changed = []
        for row in self.alarms:
            if row.id in ids:
                returned = row.state is AlarmState.RETURNED_UNACKNOWLEDGED
                state = AlarmState.NORMAL if returned else AlarmState.ACKNOWLEDGED
                changed.append(replace(row, state=state, acknowledged_by=by, note=note, acknowledged_at=self.now_is))
        fresh = {row.id: row for row in changed}
        self.alarms = tuple(fresh.get(row.id, row) for row in self.alarms)
        self.announce()
        return tuple(changed)

    def reset_alarms(self, ids: Sequence[int], *, by: str, note: str) -> tuple[AlarmRow, ...]:
        self._note("reset_alarms", (tuple(ids), by, note))
        self.alarms = tuple(replace(a, state=AlarmState.NORMAL) if a.id in ids else a for a in self.alarms)
        self.announce()
        return tuple(a for a in self.alarms if a.id in ids)

    def shelve(self, ids: Sequence[int], time: ShelfTime, *, by: str, reason: str) -> None:
        self._note("shelve", (tuple(ids), time, by, reason))
        self.alarms = tuple(replace(a, state=AlarmState.SHELVED) if a.id in ids else a for a in self.alarms)
        self.announce()

    def take_out_of_service(self, model: str, key: str, *, by: str, reason: str) -> None:
        self._note("take_out_of_service", (model, key, by, reason))

    def end_suppression(self, model: str, key: str, kind: Suppression, *, by: str, reason: str) -> None:
        self._note("end_suppression", (model, key, kind, by, reason))
        self.suppressed = tuple(r for r in self.suppressed if (r.model, r.key, r.kind) != (model, key, kind))

    def set_plant_state(self, state: PlantState, *, model: str | None, by: str, reason: str) -> None:
        self._note("set_plant_state", (state, model, by, reason))
        self.plant = state

    def _reschedule(self, check_id: int, **changes: object) -> None:
        self.schedules = tuple(replace(r, **changes) if r.check_id == check_id else r for r in self.schedules)
        self.announce()

    def pause(self, check_id: int, *, by: str, reason: str) -> None:
        self._note("pause", (check_id, by, reason))
        self._reschedule(check_id, paused=True, paused_by=by, paused_reason=reason)

    def resume(self, check_id: int, *, by: str) -> None:
        self._note("resume", (check_id, by))
        self._reschedule(check_id, paused=False, paused_by="", paused_reason="")

    def run_now(self, check_id: int, *, by: str) -> None:
        self._note("run_now", (check_id, by))
        self._reschedule(check_id, next_due=self.now_is)

    def cancel(self, check_id: int) -> None:
        self._note("cancel", check_id)
        self._reschedule(check_id, running=False, progress=None, last_state=RunState.CANCELLED)

    def progress(self) -> dict[int, float]:
        return {r.check_id: r.progress for r in self.schedules if r.running and r.progress is not None}

    # limits and their rehearsals

    rehearsal_valid_for = timedelta(days=7)

    def check_settings(self, model: str, kind: CheckKind) -> dict[str, object]:
        self._note("check_settings", (model, kind))
        return dict(self.settings[kind])

    def list_rehearsals(self, model: str) -> tuple[RehearsalRow, ...]:
        self._note("list_rehearsals", model)
        return tuple(row for row in self.rehearsals if row.model == model)

    def rehearse(
        self, model: str, kind: CheckKind, changes: Mapping[str, float], *, by: str, planted: Sequence[float],
        on_progress: Callable[[float, str], None],
    ) -> RehearsalRow:  # fmt: skip
        self._note("rehearse", (model, kind, dict(changes), by, tuple(planted)))
        on_progress(0.0, "reading labels")
        while not self.rehearsal_may_end.wait(0.005):
            on_progress(0.4, "replaying")
        on_progress(1.0, "done")
        before = self.settings[kind]
        row = make_rehearsal(len(self.rehearsals) + 1, kind, dict(changes), before, self.now_is, by, model)
        self.rehearsals = (row, *self.rehearsals)
        return row

    def save_limits(self, rehearsal_id: int, *, by: str, reason: str) -> None:
        self._note("save_limits", (rehearsal_id, by, reason))
        row = next(row for row in self.rehearsals if row.id == rehearsal_id)
        self.settings[row.kind] = dict(row.rehearsal["settings"])
        self.announce()

    # why it drifted

    def explain_model(self, model: str) -> WhyView:
        self._note("explain_model", model)
        return make_why(model, self.now_is)

    def distribution(self, model: str, feature: str) -> DistributionView:
        self._note("distribution", (model, feature))
        return make_distribution(feature)

    # one model

    def model_page(self, model: str, start: datetime | None, end: datetime | None) -> ModelPage:
        self._note("model_page", model)
        tile = next((t for t in self.tiles if t.name == model), None)
        if tile is None:
            raise UserError(f"There is no model called {model}; the overview lists those of this site.")
        page = make_page(tile, tuple(a for a in self.alarms if a.model == model), start, end)
        asked = {row.kind: row for row in self.list_requests(model)}
        page = with_stop(page, card=self.has_card)
        return replace(
            page,
            request=asked.get(ReleaseKind.PROMOTION),
            resume_request=asked.get(ReleaseKind.RESUME),
            automatic=replace(self.automatic_view, model=model, model_title=tile.title),
        )

    def stop_now(self, model: str, *, proven: bool = True) -> None:
        """Let a model be stopped from now on."""
        tiles = [stopped_tile(t, proven=proven) if t.name == model else t for t in self.tiles]
        self.tiles = tuple(sorted(tiles, key=lambda tile: tile.health is not Health.STOPPED))

    # automatic rollback

    def automatic(self, model: str) -> AutomaticView:
        self._note("automatic", model)
        return replace(self.automatic_view, model=model)

    def propose_automatic(self, model: str, policy: AutomaticPolicy, by: Credentials, reason: str) -> int:
        self._note("propose_automatic", (by.name, reason, policy))
        self._prove(by)
        return 1

    def approve_automatic(self, model: str, number: int, by: Credentials, reason: str) -> int:
        self._note("approve_automatic", (by.name, number))
        self._prove(by)
        return number

    def advise_only(self, model: str, by: Credentials | None, reason: str) -> int:
        self._note("advise_only", (by.name if by else "", reason))
        return 2

    def veto(self, model: str, by: Credentials | None, reason: str) -> AutomaticRow:
        self._note("veto", (by.name if by else "", reason))
        if by is not None:
            self._prove(by)
        (row,) = self.countdowns
        self.countdowns = ()
        self.announce()
        return row

    # releases

    def preview_promotion(self, model: str, number: int) -> Preview:
        self._note("preview_promotion", (model, number))
        return replace(promotion(blocked=self.gate_fails, overridable=self.gate_fails), model=model, requested=number)

    def preview_rollback(self, model: str, number: int | None = None) -> Preview:
        self._note("preview_rollback", model)
        return replace(rollback(), model=model)

    def list_requests(self, model: str | None = None) -> tuple[RequestRow, ...]:
        return tuple(row for row in self.requests if row.state.open and model in (None, row.model))

    def request_release(self, preview: Preview, by: Credentials, reason: str, *, override: bool) -> RequestRow:
        self._note("request_release", (by.name, reason, override))
        self._prove(by)
        row = make_request(self.now_is, by.name, reason, preview, override=override)
        self.requests = (row, *self.requests)
        self.announce()
        return row

    def decline(self, request_id: int, by: Credentials, reason: str) -> None:
        self._note("decline", (request_id, by.name, reason))
        self._prove(by)
        self.requests = ()

    def approve_and_promote(
        self, request_id: int, by: Credentials | None, reason: str, shown: Preview, on_step: StepCallback
    ) -> object:
        self._note("approve_and_promote", (request_id, by.name if by else "", reason))
        if by is not None:
            self._prove(by)
        return self._release(shown, on_step)

    def roll_back(self, preview: Preview, by: Credentials | None, reason: str, on_step: StepCallback) -> object:
        self._note("roll_back", (by.name if by else "", reason))
        if by is not None:
            self._prove(by)
        return self._release(preview, on_step)

    def preview_stop(self, model: str) -> Preview:
        self._note("preview_stop", model)
        return replace(stop(card=self.has_card), model=model)

    def preview_resume(self, model: str) -> Preview:
        self._note("preview_resume", model)
        return replace(resume(), model=model)

    def stop_model(self, preview: Preview, by: Credentials | None, reason: str, on_step: StepCallback) -> object:
        self._note("stop_model", (by.name if by else "", reason))
        if by is not None:
            self._prove(by)
        self.switched = True
        end = ("proven", "completed") if self.line_proves else ("unknown",)
        for step in ("intended", "pointed", "switched", *end):
            on_step(step, f"{step}: said by the line")
        self.stop_now(preview.model, proven=self.line_proves)
        self.announce()
        return stop_outcome(preview, done=self.line_proves)

    def write_card(self, model: str, fields: Mapping[str, object], by: Credentials, reason: str) -> object:
        self._note("write_card", (model, by.name, reason))
        self._prove(by)
        self.cards.append(dict(fields))
        return None

    def _release(self, preview: Preview, on_step: StepCallback) -> object:
        self.switched = True
        for step in FORWARD if self.line_proves else BACK:
            on_step(step, f"{step}: said by the line")
        assert self.release_may_end.wait(10)
        if self.line_fault is not None:
            raise self.line_fault
        return outcome(preview, done=self.line_proves)

    # people

    def people(self) -> tuple[PersonRow, ...]:
        return STAFF

    def demo_password(self) -> str:
        return PASSWORD if self.demo else ""

    def signed_in(self) -> SignedIn | None:
        return self.person

    def sign_in(self, by: Credentials) -> SignedIn:
        self._note("sign_in", by.name)
        self._prove(by)
        row = next(row for row in STAFF if row.name == by.name)
        self.person = SignedIn(row.name, row.full_name, row.roles)
        return self.person

    def sign_out(self) -> None:
        self._note("sign_out")
        self.person = None

    def _prove(self, by: Credentials) -> None:
        if by.password != PASSWORD:
            raise Refused(NOT_PROVEN)

    def write_model_report(self, model: str, start: datetime | None, end: datetime | None, *, by: str) -> Path:
        raise Refused("The made-up site writes no report.")

    def import_version(self, folder: Path, *, by: str) -> object:
        raise UserError(f"{folder} holds no manifest.json; choose the folder of a bundle.")

    def ask_again(self, model: str, number: int, *, by: str) -> None:
        self._note("ask_again", (model, number, by))

    def stop_tests(self, model: str, number: int, *, by: str) -> None:
        self._note("stop_tests", (model, number, by))

    def begin_shadow(self, model: str, number: int, by: Credentials, reason: str) -> None:
        self._note("begin_shadow", (model, number, by.name, reason))
        if by.password != PASSWORD:
            raise Refused("The name and the password do not fit together.")

    def end_shadow(self, model: str, by: Credentials, reason: str) -> int:
        self._note("end_shadow", (model, by.name, reason))
        return 4

    def retraining_features(self, model: str) -> tuple[tuple[str, bool], ...]:
        self._note("retraining_features", model)
        return (("sensor01_dR", False), ("sensor02_dR", False), ("recipe_code", True))

    def request_retraining(
        self, model: str, output: Path, *, by: str, wishes: str, without: Sequence[str]
    ) -> RetrainingRequest:
        self._note("request_retraining", (model, output, by, wishes, tuple(without)))
        return RetrainingRequest(model, output, NOW - timedelta(days=90), NOW, 1240, 880, 1 + len(without), "ab" * 32)

    # life

    def watch(self, on_change: Callable[[], None]) -> Callable[[], None]:
        self._watchers.append(on_change)
        return lambda: self._watchers.remove(on_change)

    def start_monitor(self) -> None:
        self.monitor_started = True

    def close(self) -> None:
        self.closed = True
