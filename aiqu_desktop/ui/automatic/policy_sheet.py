"""The sheet of a model's automatic rollback: what stands, what was done, and the policy to propose, sign or end."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.core.words import AutomaticMode, Meaning, Trigger
from aiqu_desktop.lifecycle.automatic.policy import AT_MOST, COUNTDOWN, LATENCY_MS, AutomaticPolicy
from aiqu_desktop.security.identity import Credentials
from aiqu_desktop.services.views import AutomaticRow, AutomaticView
from aiqu_desktop.ui.automatic.sign_dialog import SignDialog, Signers, Signing, named
from aiqu_desktop.ui.automatic.words import STATES, TRIGGERS, mode_look, row_words, terms_lines
from aiqu_desktop.ui.desk import Desk
from aiqu_desktop.ui.release.sheet import scrolling
from aiqu_desktop.ui.tasks import Tasks
from aiqu_desktop.ui.theme import Theme
from aiqu_desktop.ui.widgets.buttons import explain, make_button
from aiqu_desktop.ui.widgets.labels import StateLabel, make_label

_PAST_SHOWN = 6


class PolicySheet(QDialog):
    """Open it with `.open()`. acted: something was signed, and the page is to be read again."""

    acted = Signal(object)

    def __init__(
        self, desk: Desk, tasks: Tasks, theme: Theme, view: AutomaticView, signers: Signers,
        parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._desk, self._tasks, self._theme = desk, tasks, theme
        self.view, self._signers = view, signers
        self.setObjectName("policy-sheet")
        self.setModal(True)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        heading = f"Automatic rollback of {view.model_title}"
        self.setWindowTitle(heading)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 18, 24, 18)
        column.setSpacing(8)
        column.addWidget(make_label(heading, "title", "heading", wrap=True))
        column.addWidget(
            make_label(
                "Under a policy that two people sign beforehand, the product rolls back by itself when an alarm rings "
                "and nobody vetoes. It never goes to a version that is not shown to be fit. Without one it advises.",
                "caption",
                wrap=True,
            )
        )
        content = QWidget()
        self._lines = QVBoxLayout(content)
        self._lines.setContentsMargins(0, 0, 8, 0)
        self._lines.setSpacing(6)
        self._say_state()
        self._say_rows()
        self._lines.addStretch(1)
        column.addWidget(scrolling(content), 1)
        self.form = _PolicyForm()
        self.form.setVisible(view.proposal is None)
        column.addWidget(self.form)
        self.close_button = make_button("Close", "no", on_click=self.reject)
        self.close_button.setDefault(True)
        self.advise = make_button("Advise only…", "advise", on_click=self._ask_advice)
        self.sign = make_button(
            "Propose…" if view.proposal is None else f"Approve policy {view.proposal.number}…",
            "propose" if view.proposal is None else "approve_policy",
            "primary",
            self._ask_proposal if view.proposal is None else self._ask_approval,
        )
        nothing = view.mode is AutomaticMode.ADVISE and view.proposal is None
        explain(self.advise, "It advises only, and no policy waits." if nothing else "")
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        for button in (self.close_button, self.advise, self.sign):
            buttons.addWidget(button)
        column.addLayout(buttons)
        full = self.view.policy or self.view.proposal or self.view.pending or self.view.past
        self.resize(820, 680 if full else 440)

    def _say_state(self) -> None:
        look, _more = mode_look(self.view)
        state = StateLabel(self._theme, "strong", 16, "policy_state")
        state.set_look(look)
        self._lines.addWidget(state)
        for title, terms in (("In force", self.view.policy), ("Waits for an approver", self.view.proposal)):
            if terms is not None:
                self._lines.addWidget(make_label(f"{title}: policy {terms.number}", "strong"))
                for line in terms_lines(terms):
                    self._lines.addWidget(make_label(line, wrap=True))
        if self.view.policy is None:
            self._lines.addWidget(make_label(self.view.why, wrap=True))

    def _say_rows(self) -> None:
        rows = [*([self.view.pending] if self.view.pending else []), *self.view.past[:_PAST_SHOWN]]
        if rows:
            self._lines.addWidget(make_label("What was advised, due or done", "strong"))
        for row in rows:
            self._lines.addWidget(self._row(row))

    def _row(self, row: AutomaticRow) -> QWidget:
        line = QWidget()
        layout = QHBoxLayout(line)
        layout.setContentsMargins(0, 2, 0, 2)
        layout.setSpacing(10)
        state = StateLabel(self._theme, "body", 14)
        state.set_look(STATES[row.state])
        state.setFixedWidth(120)
        layout.addWidget(state, 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(make_label(row_words(row), wrap=True), 1)
        if row.report is not None:
            path = row.report
            button = make_button("Report", f"report_{row.id}", "link", lambda: _open_file(path))
            layout.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        return line

    def _ask_proposal(self) -> None:
        desk, model = self._desk, self.view.model
        policy = self.form.policy(self.view)
        try:
            policy.check(self.view.site_now)
        except UserError as error:
            self.form.why_not.setText(str(error))
            return
        self._ask(
            Signing(
                f"Propose automatic rollback of {self.view.model_title}",
                ("Nothing is in force before another person, an approver, has signed the same.",),
                "Sign the proposal",
                Meaning.PROPOSED_AUTOMATIC,
                lambda by, reason: desk.propose_automatic(model, policy, _given(by), reason),
            )
        )

    def _ask_approval(self) -> None:
        desk, model, waits = self._desk, self.view.model, self.view.proposal
        if waits is None:
            return
        self._ask(
            Signing(
                f"Approve policy {waits.number} of {self.view.model_title}",
                tuple(terms_lines(waits)),
                "Sign and put in force",
                Meaning.APPROVED_AUTOMATIC,
                lambda by, reason: desk.approve_automatic(model, waits.number, _given(by), reason),
                needs_reason=False,
                leave_out=named(self._signers.people, waits.proposed_by),
            )
        )

    def _ask_advice(self) -> None:
        desk, model = self._desk, self.view.model
        self._ask(
            Signing(
                f"Advise only: {self.view.model_title}",
                ("At once nothing is rolled back by itself any more; a countdown that runs ends, and a policy that "
                 "waits is void.",),
                "Advise only",
                Meaning.ADVISED_ONLY,
                lambda by, reason: desk.advise_only(model, by, reason),
            )
        )  # fmt: skip

    def _ask(self, signing: Signing) -> None:
        dialog = SignDialog(self._tasks, signing, self._signers, self)
        dialog.done_with.connect(self._signed)
        dialog.open()

    def _signed(self, result: object) -> None:
        self.accept()
        self.acted.emit(result)


class _PolicyForm(QWidget):
    """The terms of a proposal."""

    def __init__(self) -> None:
        super().__init__()
        self.boxes: dict[Trigger, QCheckBox] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(2)
        grid.addWidget(make_label("A new policy: what may trigger", "strong"), 0, 0, 1, 4)
        self.latency = _number("latency", "Milliseconds", (int(LATENCY_MS[0]), int(LATENCY_MS[1])), 2000, " ms")
        for place, (trigger, text) in enumerate(TRIGGERS.items()):
            box = QCheckBox(text)
            box.setObjectName(f"trigger_{trigger.value}")
            box.setChecked(trigger is Trigger.PERFORMANCE)
            self.boxes[trigger] = box
            grid.addWidget(box, 1 + place, 0, 1, 2 if trigger is Trigger.LATENCY else 4)
        grid.addWidget(self.latency, 4, 2)
        self.latency.setEnabled(False)
        self.boxes[Trigger.LATENCY].toggled.connect(self.latency.setEnabled)
        self.countdown = _number("countdown_seconds", "Seconds to veto", COUNTDOWN, 600, " s")
        self.at_most = _number("at_most", "Automatic rollbacks in seven days", AT_MOST, 1)
        self.days = _number("valid_days", "Days that it is valid", (1, 3650), 90, " days")
        fields: tuple[tuple[str, QSpinBox], ...] = (
            ("Time to veto", self.countdown),
            ("At most in seven days", self.at_most),
            ("Valid for", self.days),
        )
        for place, (title, field) in enumerate(fields):
            grid.addWidget(make_label(title, "caption"), 5, place)
            grid.addWidget(field, 6, place)
        self.why_not = make_label("", "caption", "policy_why_not", wrap=True)
        grid.addWidget(self.why_not, 7, 0, 1, 4)

    def policy(self, view: AutomaticView) -> AutomaticPolicy:
        """What is filled in, valid from now on."""
        triggers = tuple(trigger for trigger, box in self.boxes.items() if box.isChecked())
        return AutomaticPolicy(
            triggers,
            self.countdown.value(),
            view.site_now.replace(microsecond=0) + timedelta(days=self.days.value()),
            self.at_most.value(),
            float(self.latency.value()) if Trigger.LATENCY in triggers else None,
        )


def _number(name: str, title: str, allowed: tuple[int, int], value: int, unit: str = "") -> QSpinBox:
    field = QSpinBox()
    field.setObjectName(name)
    field.setAccessibleName(title)
    field.setRange(*allowed)
    field.setValue(value)
    field.setSuffix(unit)
    field.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
    return field


def _given(by: Credentials | None) -> Credentials:
    assert by is not None, "this takes a password, also of who is signed in"
    return by


def _open_file(path: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))
