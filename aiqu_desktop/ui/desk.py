"""What the window may ask of the site: one small interface, so that screens know neither services nor database.

Every method blocks and must be called through `Tasks`, never on the main thread. Errors are those of `core.errors`;
anything else is our own bug. `SiteDesk` answers from a real site, the tests' `FakeDesk` from made-up rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from aiqu_desktop.core.words import CheckKind, PlantState, ShelfTime, Suppression
from aiqu_desktop.services.views import (
    AlarmBackground,
    AlarmFigures,
    AlarmRow,
    AuditRow,
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

if TYPE_CHECKING:
    from aiqu_desktop.lifecycle.preview import Preview
    from aiqu_desktop.security.audit import ChainVerdict
    from aiqu_desktop.security.identity import Credentials
    from aiqu_desktop.services.retraining import RetrainingRequest

StepCallback = Callable[[str, str], None]


class Desk(Protocol):
    """One open site."""

    root: Path

    # what the screens show
    def now(self) -> datetime:
        """The site's present instant; replayed in a demonstration."""
        ...

    def overview(self) -> Overview: ...
    def model_page(self, model: str, start: datetime | None, end: datetime | None) -> ModelPage: ...
    def list_alarms(
        self, *, only_open: bool = True, model: str | None = None, limit: int = 500
    ) -> tuple[AlarmRow, ...]: ...
    def list_suppressed(self) -> tuple[SuppressionRow, ...]: ...
    def alarm_background(self, alarm_id: int) -> AlarmBackground: ...
    def alarm_figures(self, start: datetime | None, end: datetime | None) -> AlarmFigures: ...
    def plant_states(self) -> tuple[PlantRow, ...]: ...
    def list_schedules(self) -> tuple[ScheduleRow, ...]: ...
    def list_runs(self, *, model: str | None = None, limit: int = 200) -> tuple[CheckRunRow, ...]: ...
    def list_files(
        self, *, model: str | None = None, only_quarantined: bool = False, limit: int = 200
    ) -> tuple[IngestRow, ...]: ...
    def list_audit(self, *, before: int | None = None, limit: int = 200, text: str = "") -> tuple[AuditRow, ...]: ...
    def verify_chain(self) -> ChainVerdict: ...

    # what a button does
    def acknowledge(self, ids: Sequence[int], *, by: str, note: str) -> tuple[AlarmRow, ...]: ...
    def reset_alarms(self, ids: Sequence[int], *, by: str, note: str) -> tuple[AlarmRow, ...]: ...
    def shelve(self, ids: Sequence[int], time: ShelfTime, *, by: str, reason: str) -> None: ...
    def take_out_of_service(self, model: str, key: str, *, by: str, reason: str) -> None: ...
    def end_suppression(self, model: str, key: str, kind: Suppression, *, by: str, reason: str) -> None: ...
    def set_plant_state(self, state: PlantState, *, model: str | None, by: str, reason: str) -> None: ...
    def pause(self, check_id: int, *, by: str, reason: str) -> None: ...
    def resume(self, check_id: int, *, by: str) -> None: ...
    def run_now(self, check_id: int, *, by: str) -> None: ...
    def cancel(self, check_id: int) -> None:
        """Ask a check that runs in this process to stop; it obeys at its next step."""
        ...

    def progress(self) -> Mapping[int, float]:
        """Check id → 0 to 1 for what runs in this process. Quick; the one method safe on the main thread."""
        ...

    # people
    def people(self) -> tuple[PersonRow, ...]: ...
    def demo_password(self) -> str:
        """The password of everybody on a demo site; empty on any other."""
        ...

    def signed_in(self) -> SignedIn | None:
        """Who is signed in; None when nobody is, or nobody acted for long. Quick; safe on the main thread."""
        ...

    def sign_in(self, by: Credentials) -> SignedIn: ...
    def sign_out(self) -> None: ...

    # limits and their rehearsals
    rehearsal_valid_for: timedelta

    def check_settings(self, model: str, kind: CheckKind) -> dict[str, Any]: ...
    def list_rehearsals(self, model: str) -> tuple[RehearsalRow, ...]: ...
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
        """`on_progress` is called with a fraction and what is being done; what it raises ends the rehearsal."""
        ...

    def save_limits(self, rehearsal_id: int, *, by: str, reason: str) -> None: ...

    # why it drifted
    def explain_model(self, model: str) -> WhyView: ...
    def distribution(self, model: str, feature: str) -> DistributionView: ...

    # releases, reports, versions
    def preview_promotion(self, model: str, number: int) -> Preview: ...
    def preview_rollback(self, model: str, number: int | None = None) -> Preview: ...
    def list_requests(self, model: str | None = None) -> tuple[RequestRow, ...]: ...
    def request_promotion(self, preview: Preview, by: Credentials, reason: str, *, override: bool) -> RequestRow: ...
    def decline(self, request_id: int, by: Credentials, reason: str) -> None: ...
    def approve_and_promote(
        self, request_id: int, by: Credentials | None, reason: str, shown: Preview, on_step: StepCallback | None = None
    ) -> Any:
        """Sign the approval, then carry it out. `by` None: it was approved before, and is only carried out."""
        ...

    def roll_back(
        self, preview: Preview, by: Credentials | None, reason: str, on_step: StepCallback | None = None
    ) -> Any:
        """`by` None: as the person who is signed in at the desk."""
        ...

    def write_model_report(self, model: str, start: datetime | None, end: datetime | None, *, by: str) -> Path: ...
    def import_version(self, folder: Path, *, by: str) -> Any: ...
    def ask_again(self, model: str, number: int, *, by: str) -> None:
        """Have a version tested once more."""
        ...

    def stop_tests(self, model: str, number: int, *, by: str) -> None: ...
    def retraining_features(self, model: str) -> tuple[tuple[str, bool], ...]:
        """Every feature of a model with whether its policy names it confidential."""
        ...

    def request_retraining(
        self, model: str, output: Path, *, by: str, wishes: str, without: Sequence[str]
    ) -> RetrainingRequest: ...

    # life
    def watch(self, on_change: Callable[[], None]) -> Callable[[], None]:
        """Call `on_change` (from some thread) whenever another connection or process changed the site.

        Returns the function that ends it.
        """
        ...

    def start_monitor(self) -> None:
        """Schedule checks from this window when nobody else does."""
        ...

    def close(self) -> None:
        """Stop the monitor and let go of the site."""
        ...
