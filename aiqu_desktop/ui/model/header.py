"""The head of the model page: how the model is, what serves, and the guarded acts with their reasons."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QVBoxLayout, QWidget

from aiqu_desktop.core.words import AutomaticState, RequestState, VersionState
from aiqu_desktop.services.views import ActionState, AutomaticView, CostRow, ModelPage, ModelTile, RequestRow
from aiqu_desktop.ui import formatting as fmt
from aiqu_desktop.ui.automatic.words import mode_look
from aiqu_desktop.ui.states import HEALTH, Look, metric_title
from aiqu_desktop.ui.theme import Theme
from aiqu_desktop.ui.widgets.buttons import explain, make_button
from aiqu_desktop.ui.widgets.labels import ElidedLabel, StateLabel, make_label

PROVEN = Look("serving proven", "verified", "good")
REVERTED = Look("reverted, serving proven", "warning", "warning")
NOT_PROVEN = Look("serving not proven", "unknown", "unknown")
STANDS_STILL = Look("stands still, proven", "halt", "alarm")
STOP_UNPROVEN = Look("standing still not proven", "unknown", "alarm")
READING = Look("Reading", "unknown", "ink_muted")
WAITING = Look("waits for an approver", "pause", "accent")
PENDING = RequestState.PENDING
NOTHING_LIVE = Look("nothing live", "unknown", "unknown")
_FORMER = (VersionState.RETIRED, VersionState.WITHDRAWN)


class ModelHeader(QWidget):
    """Draws a page's head; the page acts."""

    promote_asked = Signal(int)  # a version: to be requested, or decided about where its request is open
    roll_back_asked = Signal()
    stop_asked = Signal()
    card_asked = Signal()
    report_asked = Signal()
    limits_asked = Signal()
    retraining_asked = Signal()
    automatic_asked = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("model-header")
        self.title = make_label("", "title", "model_title")
        self.health = StateLabel(theme, "heading", 20, "model_health")
        self.reason = ElidedLabel("", "body", "model_reason")
        self.value = ElidedLabel("", "strong", "model_value")
        self.cost = ElidedLabel("", "body", "model_cost")
        self.champion = make_label("", "strong", "model_champion")
        self.serving = StateLabel(theme, "caption", 14, "model_serving")
        self.owner = ElidedLabel("", "caption", "model_owner")
        self.promote = make_button("Promote…", "promote")
        self.promote.clicked.connect(self._ask_promotion)
        self.roll_back = make_button("Roll back…", "roll_back", on_click=self.roll_back_asked.emit)
        self.stop = make_button("Stop…", "stop", "quiet", self.stop_asked.emit)
        self.card = make_button("Fallback card…", "card", "link", self.card_asked.emit)
        self.card.setToolTip("How the plant works while this model is stopped")
        self.report = make_button("Report…", "report", "quiet", self.report_asked.emit)
        self.retraining = make_button("Retraining…", "retraining", "quiet", self.retraining_asked.emit)
        self.limits = make_button("Limits…", "limits", "quiet", self.limits_asked.emit)
        self.limits.setToolTip("See the limits of this model's checks, and rehearse others on its past (Ctrl+L)")
        self.automatic = StateLabel(theme, "body", 14, "automatic_state")
        self.advice = ElidedLabel("", "body", "automatic_advice")
        self.policy = make_button("Automatic rollback…", "automatic", "link", self.automatic_asked.emit)
        self.waiting = StateLabel(theme, "strong", 16, "request_waiting")
        self.why_not = make_label("", "caption", "why_not", wrap=True)
        self.why_not.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        self._choices: tuple[int, ...] = ()
        self._states: dict[int, VersionState] = {}
        self._preparing = ""
        self._request: RequestRow | None = None
        self._lay_out()
        self.start_reading("")

    def start_reading(self, name: str) -> None:
        """Another model is asked for: until its page comes, nothing of the former one is shown or can be acted on."""
        self._choices = ()
        self._preparing = ""
        self._request = None
        self.waiting.hide()
        self.third.hide()
        self.title.setText(name)
        self.health.set_look(READING)
        self.reason.set_text("The model is being read.")
        self.reason.show()
        self.value.set_text("")
        self.cost.hide()
        self.champion.setText("")
        self.serving.hide()
        self.owner.set_text("")
        self._say_why_not("")
        for button in (self.promote, self.roll_back, self.stop, self.card, self.report, self.retraining):
            explain(button, "The model is being read.")

    def show_page(self, page: ModelPage) -> None:
        """Draw one answer."""
        tile = page.tile
        self.title.setText(tile.title)
        self.health.set_look(HEALTH[tile.health])
        self.reason.set_text(tile.reason)
        self.reason.setVisible(tile.stop is None)  # the panel below says it, and more
        value = fmt.estimate(tile.value, tile.low, tile.high, tile.unit, tile.n if tile.value is not None else None)
        side = "≥" if tile.higher_is_better else "≤"
        limit = "" if tile.limit is None else f", limit {side}\u00a0{fmt.number(tile.limit)}"
        known = tile.value is not None
        self.value.set_text(
            f"{metric_title(tile.metric)} {value}{limit}"
            if known
            else f"{metric_title(tile.metric)} unknown{_newest_estimate(page)}"
        )
        self.cost.setVisible(page.cost is not None)
        if page.cost is not None:
            self.cost.set_text(_cost_words(page.cost))
        self.champion.setText(_live(tile))
        self.serving.show()
        self.serving.set_look(_serving_look(tile))
        self.serving.setToolTip(tile.serving_sentence)
        as_of = "no data yet" if tile.data_as_of is None else f"data as of {fmt.instant(tile.data_as_of)}"
        target = f", target: {tile.target}" if tile.target else ""
        self.owner.set_text(f"Owner: {page.owner}{target}, {as_of}")
        data = page.first_data is not None
        report = ActionState(data, "There is no data to report on yet.")
        explain(self.retraining, "" if data else "There is no data to retrain on yet.")
        self._states = {version.number: version.state for version in page.versions}
        self._choices = _promotable(page)
        self._show_automatic(page.automatic)
        self._show_request(page.request)
        self._show_actions(page.promote, page.roll_back, report)
        stopped = page.tile.stop is not None
        self.stop.setText("Stop again…" if stopped else "Stop…")
        self.stop.setAccessibleName(f"{self.stop.text().rstrip('…')} to the safe state…")
        self.stop.setVisible(page.stop.enabled or not stopped)
        explain(self.stop, self._preparing if page.stop.enabled else page.stop.why_not)
        if self.stop.isEnabled():
            self.stop.setToolTip("To the safe state: nothing answers, and the plant works by the fallback card")
        explain(self.card, "")

    def show_error(self, sentence: str) -> None:
        """Say in place of the health why the page could not be read."""
        self.health.set_look(Look("Not read", "unknown", "unknown"))
        self.reason.set_text(sentence)

    def set_preparing(self, why: str) -> None:
        """Switch the acts off while a preview is prepared, over every refresh; "" frees them with the next page."""
        self._preparing = why
        if why:
            for button in (self.promote, self.roll_back, self.stop):
                explain(button, why)
            self._say_why_not(why)

    def _show_actions(self, promote: ActionState, roll_back: ActionState, report: ActionState) -> None:
        acts = (
            (self.promote, promote, "Promote"),
            (self.roll_back, roll_back, "Roll back"),
            (self.report, report, "Report"),
        )
        reasons = []
        for button, state, name in acts:
            busy = self._preparing if state.enabled and button is not self.report else ""
            explain(button, busy if state.enabled else state.why_not)
            if not state.enabled:
                reasons.append(f"{name}: {state.why_not}")
        back = roll_back.versions[0] if roll_back.enabled and roll_back.versions else None
        self.roll_back.setText("Roll back…" if back is None else f"Roll back to {back}…")
        self.roll_back.setAccessibleName(self.roll_back.text())
        only = self._only_choice() if promote.enabled else None
        verb = "Promote" if self._request is None else "Approve" if self._request.state is PENDING else "Carry out"
        self.promote.setText(f"{verb}…" if only is None else f"{verb} {only}…")
        self.promote.setAccessibleName(self.promote.text())
        self._say_why_not(self._preparing or "\n".join(reasons))

    def _show_request(self, request: RequestRow | None) -> None:
        """A promotion that was asked for stands out until somebody decides about it."""
        self._request = request
        self.waiting.setVisible(request is not None)
        if request is not None:
            state = "waits for an approver" if request.state is PENDING else "is approved and waits to be carried out"
            until = fmt.instant(request.expires_at)
            self.waiting.set_look(WAITING, f"Version {request.version} {state}, until {until}")
            self.waiting.setToolTip(f"Asked for by {request.requested_by}: {request.reason}")

    def _show_automatic(self, view: AutomaticView | None) -> None:
        """Whether it may be rolled back by itself; and, while an alarm stands, what is advised."""
        self.third.setVisible(view is not None)
        if view is None:
            return
        look, more = mode_look(view)
        self.automatic.set_look(look)
        self.automatic.setToolTip(more)
        advised = view.pending is not None and view.pending.state is AutomaticState.ADVISED
        self.advice.set_text(f"Advice: {view.pending.sentence}" if view.pending is not None and advised else "")

    def _only_choice(self) -> int | None:
        """The one version that waits; one that was live before is never put forward without being named as such."""
        if self._request is not None:
            return self._request.version
        waits = len(self._choices) == 1 and self._states.get(self._choices[0]) not in _FORMER
        return self._choices[0] if waits else None

    def _ask_promotion(self) -> None:
        only = self._only_choice()
        if only is not None:
            self.promote_asked.emit(only)
        elif self._choices:
            menu = QMenu(self)
            menu.setObjectName("promote_choices")
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            for number in self._choices:
                state = self._states.get(number)
                was = f", {state.value}" if state in _FORMER else ""
                menu.addAction(f"Version {number}{was}", lambda chosen=number: self.promote_asked.emit(chosen))
            menu.popup(self.promote.mapToGlobal(self.promote.rect().bottomLeft()))

    def _say_why_not(self, text: str) -> None:
        self.why_not.setText(text)
        self.why_not.setVisible(bool(text))

    def _lay_out(self) -> None:
        first, second = QHBoxLayout(), QHBoxLayout()
        for row in (first, second):
            row.setSpacing(12)
        first.addWidget(self.title)
        first.addWidget(self.health)
        # Far from the rollback: the two are never pressed one for the other.
        first.addWidget(self.stop)
        first.addStretch(1)
        for part in (self.champion, self.serving, _rule()):
            second.addWidget(part)
        second.addWidget(self.value, 5)
        second.addWidget(self.owner, 4)
        self.card.setStyleSheet("min-height: 0; padding: 0;")  # a link in a line of text is no higher than the line
        second.addWidget(self.card)
        for fixed in (self.health, self.serving):
            fixed.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        for button in (self.limits, self.retraining, self.report, self.promote, self.roll_back):
            first.addWidget(button)
        # Only the title shares its row with the buttons: the sentences need the whole width.
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(3)
        whole.addLayout(first)
        whole.addWidget(self.why_not)
        whole.addWidget(self.reason)
        whole.addLayout(second)
        whole.addWidget(self.cost)
        self.third = QWidget()
        third = QHBoxLayout(self.third)
        third.setContentsMargins(0, 0, 0, 0)
        third.setSpacing(12)
        self.automatic.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        third.addWidget(self.automatic)
        third.addWidget(self.advice, 1)
        third.addWidget(self.policy)
        whole.addWidget(self.third)
        whole.addWidget(self.waiting)


def _live(tile: ModelTile) -> str:
    """Nothing is called live unless the target has proven it."""
    if tile.champion is None:
        return "No version is live"
    if tile.stop is not None:
        return f"Version {tile.champion} is stopped"
    known = "is live" if tile.serving_proven else "is not proven live"
    return f"Version {tile.champion} {known}"


def _serving_look(tile: ModelTile) -> Look:
    if tile.champion is None:
        return NOTHING_LIVE
    if tile.stop is not None:
        return STANDS_STILL if tile.stop.proven else STOP_UNPROVEN
    if not tile.serving_proven:
        return NOT_PROVEN
    return REVERTED if tile.reverted else PROVEN


def _promotable(page: ModelPage) -> tuple[int, ...]:
    """The versions that wait; those that were live before only where none waits, and in the table of versions."""
    former = {version.number for version in page.versions if version.state in _FORMER}
    waiting = tuple(number for number in page.promote.versions if number not in former)
    return waiting or page.promote.versions


def _newest_estimate(page: ModelPage) -> str:
    """What stands in for a metric that no label has proven; "" where nothing estimates it."""
    series = page.estimated
    if series is None or not np.isfinite(series.values).any():
        return ""
    at = int(np.flatnonzero(np.isfinite(series.values))[-1])
    text = fmt.estimate(float(series.values[at]), float(series.low[at]), float(series.high[at]), page.tile.unit)
    return f", estimated without labels {text}"


def _cost_words(cost: CostRow) -> str:
    """ "A thousand predictions cost 412 SEK [380-450], n = 455"."""
    return f"A thousand predictions cost {fmt.estimate(cost.value, cost.low, cost.high, cost.currency, cost.n)}"


def _rule() -> QWidget:
    rule = QWidget()
    rule.setProperty("surface", "sunken")
    rule.setFixedSize(1, 14)
    return rule
