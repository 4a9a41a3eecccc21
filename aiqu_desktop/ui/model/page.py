"""The page of one model: head, charts, tables; asks the desk off the main thread and draws what comes back."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from aiqu_desktop.core.words import ReleaseKind
from aiqu_desktop.services.views import AutomaticView, Mark, ModelPage, PersonRow, WhyView
from aiqu_desktop.ui.alarms.acknowledge import ask_and_acknowledge
from aiqu_desktop.ui.automatic import PolicySheet
from aiqu_desktop.ui.automatic.sign_dialog import Signers, gather_signers
from aiqu_desktop.ui.charts import ChartColumn, Picture, prepare
from aiqu_desktop.ui.desk import Desk
from aiqu_desktop.ui.model.card_dialog import CardDialog
from aiqu_desktop.ui.model.header import ModelHeader
from aiqu_desktop.ui.model.report_dialog import ReportDialog
from aiqu_desktop.ui.model.retraining_dialog import RetrainingDialog
from aiqu_desktop.ui.model.shadow_dialog import ShadowDialog
from aiqu_desktop.ui.model.stop_panel import StopPanel
from aiqu_desktop.ui.model.tabs import ModelTabs
from aiqu_desktop.ui.release import ApprovalSheet, Papers, RequestSheet, RollbackSheet, StopSheet, gather
from aiqu_desktop.ui.tasks import Tasks
from aiqu_desktop.ui.theme import Theme
from aiqu_desktop.ui.widgets.dialogs import as_person
from aiqu_desktop.ui.widgets.errors import ErrorDialog, sentence_of

if TYPE_CHECKING:
    from aiqu_desktop.lifecycle.preview import Preview

ROOMY = 800  # pixels of height from which charts and tables both have room
_SHEETS: dict[ReleaseKind, type[RequestSheet] | type[RollbackSheet] | type[StopSheet]] = {
    ReleaseKind.PROMOTION: RequestSheet,
    ReleaseKind.RESUME: RequestSheet,
    ReleaseKind.ROLLBACK: RollbackSheet,
    ReleaseKind.STOP: StopSheet,
}
WHY_ROOMY = 940  # the same for charts and the reasons of a drift, or the card of a model that is stopped


class ModelPageWidget(QWidget):
    """Show a model with `show_model`; `site_changed` refreshes it while it is seen.

    open_alarm: show this alarm on the alarms page; site_acted: an act of this page changed the site;
    limits_asked: the reader wants this model's limits.
    """

    open_alarm = Signal(int)
    site_acted = Signal()
    limits_asked = Signal()

    def __init__(self, desk: Desk, tasks: Tasks, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("model_page")
        self.desk, self.tasks, self.theme = desk, tasks, theme
        self.model = ""
        self.shown: ModelPage | None = None
        self._stale = False
        self._preparing = ""
        self.header = ModelHeader(theme)
        self.stop_panel = StopPanel(theme)
        self.charts = ChartColumn(theme)
        self.tabs = ModelTabs(theme)
        self.splitter = QSplitter(Qt.Orientation.Vertical)
        self.splitter.setObjectName("model-splitter")
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setHandleWidth(8)
        self.splitter.addWidget(self.charts)
        self.splitter.addWidget(self.tabs)
        self.splitter.setStretchFactor(0, 3)
        self.splitter.setStretchFactor(1, 1)
        self.tabs.folded_changed.connect(self._share_height)
        self.tabs.currentChanged.connect(self._turn)
        self.tabs.why.feature_chosen.connect(self._ask_distribution)
        self._explained: tuple[object, ...] = ()  # what the shown reasons are of
        self._folded_by_size: bool | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 8, 16, 8)
        column.setSpacing(8)
        column.addWidget(self.header)
        column.addWidget(self.stop_panel)
        column.addWidget(self.splitter, 1)
        self.header.promote_asked.connect(self.ask_promotion)
        self.header.roll_back_asked.connect(self.ask_rollback)
        self.header.stop_asked.connect(self.ask_stop)
        self.header.card_asked.connect(self.ask_card)
        self.stop_panel.resume_asked.connect(self.ask_resume)
        self.header.report_asked.connect(self.ask_report)
        self.header.limits_asked.connect(self.limits_asked)
        self.header.retraining_asked.connect(self.ask_retraining)
        self.header.automatic_asked.connect(self.ask_automatic)
        self.charts.alarm_asked.connect(self._find_alarm)
        self.tabs.promote_asked.connect(self.ask_promotion)
        self.tabs.test_asked.connect(lambda number: self._ask_tests("Test again", self.desk.ask_again, number))
        self.tabs.stop_asked.connect(lambda number: self._ask_tests("Stop tests", self.desk.stop_tests, number))
        self.tabs.shadow_asked.connect(lambda number: self._ask_shadow(number, ends=False))
        self.tabs.unshadow_asked.connect(lambda number: self._ask_shadow(number, ends=True))
        self.tabs.acknowledge_asked.connect(self._acknowledge)
        self.tabs.alarm_opened.connect(self.open_alarm)

    def show_model(self, name: str) -> None:
        """Turn to a model; the charts of another one stay until the answer comes, its buttons do not."""
        if name != self.model:
            self.model = name
            self.shown = None
            self.header.start_reading(name)
            self.stop_panel.hide()
            self._explained = ()
            self.tabs.why.start_reading()
        self.refresh()

    def site_changed(self) -> None:
        """Refresh now when seen, else when next seen."""
        self._stale = True
        if self.isVisible():
            self.refresh()

    def refresh(self) -> None:
        """Ask the desk for the whole page; charts are prepared on the worker as well."""
        if not self.model:
            return
        self._stale = False
        name, desk = self.model, self.desk

        def work() -> tuple[ModelPage, Picture]:
            page = desk.model_page(name, None, None)
            return page, prepare(page)

        self.tasks.latest("model-page", work, self._show, self._not_read, subject=name)

    def show_why(self) -> None:
        """Bring the reasons of the drift to the front."""
        self.tabs.open_tab(self.tabs.why)
        if self.tabs.folded:
            self.tabs.fold(False)
        self.tabs.why.focus_first()

    def ask_promotion(self, number: int) -> None:
        """Preview a promotion, then open the sheet of its request, or of its approval where it was asked for."""
        model = self.model
        self._prepare(lambda: self.desk.preview_promotion(model, number))

    def ask_rollback(self) -> None:
        """Preview a rollback to the last known good version, then open its sheet."""
        model = self.model
        self._prepare(lambda: self.desk.preview_rollback(model))

    def ask_stop(self) -> None:
        """Preview a stop to the safe state, then open its sheet."""
        model = self.model
        self._prepare(lambda: self.desk.preview_stop(model))

    def ask_resume(self) -> None:
        """Preview a resumption, then open the sheet of its request, or of its approval where it was asked for."""
        model = self.model
        self._prepare(lambda: self.desk.preview_resume(model))

    def ask_card(self) -> None:
        """Show the fallback card, to be changed by an engineer."""
        page, desk = self.shown, self.desk
        if page is None:
            return

        def opened(who: tuple[tuple[PersonRow, ...], str]) -> None:
            dialog = CardDialog(desk, self.tasks, page, *who, self)
            dialog.accepted.connect(lambda: self._acted(None))
            dialog.open()

        self.tasks.run(lambda: (desk.people(), desk.demo_password()), opened)

    def ask_report(self) -> None:
        """Ask for a report's period."""
        if self.shown is not None:
            ReportDialog(self.desk, self.tasks, self.shown, self).open()

    def ask_retraining(self) -> None:
        """Ask what a retraining request shall hold, once it is known which features stay here."""
        page, desk = self.shown, self.desk
        if page is not None:
            self.tasks.run(
                lambda: desk.retraining_features(page.tile.name),
                lambda features: RetrainingDialog(desk, self.tasks, page, features, self).open(),
            )

    def ask_automatic(self) -> None:
        """Show the policy for automatic rollbacks, with what was done under it, once it is known who could sign."""
        desk, model = self.desk, self.model
        self.tasks.run(lambda: (desk.automatic(model), gather_signers(desk)), self._open_policy)

    def _open_policy(self, answer: tuple[AutomaticView, Signers]) -> None:
        view, signers = answer
        sheet = PolicySheet(self.desk, self.tasks, self.theme, view, signers, self)
        sheet.acted.connect(self._acted)
        sheet.open()

    def _ask_tests(self, verb: str, act: Callable[..., None], number: int) -> None:
        model = self.model
        as_person(
            f"{verb} of version {number}",
            verb,
            lambda by: self.tasks.run(lambda: act(model, number, by=by), self._acted),
            self,
        )

    def _ask_shadow(self, number: int, *, ends: bool) -> None:
        """Open the sheet of a shadow once it is known who may sign it."""
        page, desk = self.shown, self.desk
        if page is None:
            return

        def opened(found: tuple[tuple[PersonRow, ...], str]) -> None:
            sheet = ShadowDialog(desk, self.tasks, page.tile, number, *found, ends=ends, parent=self)
            sheet.acted.connect(lambda: self._acted(None))
            sheet.open()

        self.tasks.run(lambda: (desk.people(), desk.demo_password()), opened)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._stale:
            self.refresh()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _show(self, answer: tuple[ModelPage, Picture]) -> None:
        page, picture = answer
        if page.tile.name != self.model:
            return
        fresh = self.shown is None
        self.shown = page
        self._show_head(page)
        self.tabs.show_page(page)
        self.charts.show_picture(picture, new_model=fresh)
        self._ask_why()

    def _ask_why(self) -> None:
        """Ask for the reasons once for each drift answer, and only while somebody looks at them: it takes a moment."""
        page = self.shown
        if page is None or not self.tabs.shows_why:
            return
        times, name, desk = page.drift.times, self.model, self.desk
        subject = (name, page.tile.champion, float(times[-1]) if len(times) else None)
        if subject != self._explained:
            self._explained = subject
            self.tasks.latest("why", lambda: desk.explain_model(name), self._show_why, self._no_why, subject=name)

    def _show_why(self, view: WhyView) -> None:
        if view.model == self.model:
            self.tabs.why.show_why(view)

    def _no_why(self, error: Exception) -> None:
        self._explained = ()
        self.tabs.why.show_error(sentence_of(error))

    def _ask_distribution(self, feature: str) -> None:
        name, desk, why = self.model, self.desk, self.tabs.why
        self.tasks.latest(
            "distribution",
            lambda: desk.distribution(name, feature),
            why.show_distribution,
            lambda error: why.show_no_distribution(sentence_of(error)),
            subject=(name, feature),
        )

    def _not_read(self, error: Exception) -> None:
        self.header.show_error(sentence_of(error))

    def _prepare(self, look: Callable[[], Preview]) -> None:
        """Gather what a sheet needs off the main thread, then open it."""
        if self.shown is None:
            return
        desk, title = self.desk, self.shown.tile.title
        self._preparing = "The preview is being prepared."
        self.header.set_preparing(self._preparing)
        self.stop_panel.show_page(self.shown, self._preparing)
        self.tasks.run(lambda: gather(desk, look(), title), self._open_sheet, self._no_preview)

    def _open_sheet(self, papers: Papers) -> None:
        if self.shown is None or papers.preview.model != self.model:
            return
        self._prepared()
        kind = _SHEETS[papers.preview.kind]
        if papers.request is not None:
            kind = ApprovalSheet
        sheet = kind(self.desk, self.tasks, self.theme, papers, self)
        if isinstance(sheet, RequestSheet):
            resumes = papers.preview.kind is ReleaseKind.RESUME
            sheet.review_asked.connect(self.ask_resume if resumes else self.ask_promotion)
        sheet.ended.connect(self._acted)
        sheet.open()

    def _no_preview(self, error: Exception) -> None:
        self._prepared()
        ErrorDialog(self.theme, error, self).open()

    def _prepared(self) -> None:
        self._preparing = ""
        self.header.set_preparing("")
        if self.shown is not None:
            self._show_head(self.shown)

    def _show_head(self, page: ModelPage) -> None:
        self.header.show_page(page)
        stood = self.stop_panel.isVisibleTo(self)
        self.stop_panel.show_page(page, self._preparing)
        stands = self.stop_panel.isVisibleTo(self)
        if stood != stands:  # on a low screen the card and the tables take the room of the charts
            low = self.height() < WHY_ROOMY
            self.tabs.fold(low and not stands and self.height() < ROOMY)
            self._share_height(self.tabs.folded)

    def _acted(self, _result: object) -> None:
        self.refresh()
        self.site_acted.emit()

    def _acknowledge(self, alarms: object) -> None:
        ask_and_acknowledge(self, self.desk, self.tasks, alarms, self._acted)

    def _find_alarm(self, mark: Mark) -> None:
        """The alarm that a flag stands for, found by the instant of its activation."""
        alarms = () if self.shown is None else self.shown.alarms
        found = min(alarms, key=lambda alarm: abs(alarm.activated_at - mark.at), default=None)
        if found is not None:
            self.open_alarm.emit(found.id)

    def _arrange(self) -> None:
        """On a low screen the tables start folded away; the reader's own choice holds until the size class changes."""
        low = self.height() < ROOMY
        if low != self._folded_by_size:
            self._folded_by_size = low
            self.tabs.fold(low)

            self._share_height(low)

    def _turn(self) -> None:
        self._share_height(self.tabs.folded)

    def _share_height(self, folded: bool) -> None:
        """The reasons of a drift want more room than a table; on a low screen they get all of it."""
        why = self.tabs.shows_why
        stopped = self.shown is not None and self.shown.tile.stop is not None
        self.charts.setVisible(not (why or stopped) or self.height() >= WHY_ROOMY)
        upper = 1.0 if folded else 0.46 if why else 0.68
        height = max(self.splitter.height(), 1_000)
        self.splitter.setSizes([round(upper * height), round((1 - upper) * height) + 1])
        self._ask_why()
