"""A release under way and its end: each step as it is committed, then the line's proof or the reason for the return."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from aiqu_desktop.core.words import ReleaseState
from aiqu_desktop.ui.formatting import digest, duration
from aiqu_desktop.ui.release.steps import START, Step, StepState, advance, fail
from aiqu_desktop.ui.states import Look
from aiqu_desktop.ui.theme import Theme, set_state
from aiqu_desktop.ui.widgets.errors import headline_of, sentence_of
from aiqu_desktop.ui.widgets.facts import Fact, Facts
from aiqu_desktop.ui.widgets.labels import IconLabel, StateLabel, make_label

if TYPE_CHECKING:
    from aiqu_desktop.lifecycle.release import ReleaseOutcome

LOOKS = {
    StepState.WAITING: Look("waits", "good", "ink_faint"),
    StepState.RUNNING: Look("under way", "heartbeat", "accent"),
    StepState.DONE: Look("done", "verified", "good"),
    StepState.FAILED: Look("failed", "cross", "alarm"),
}
_STANDS_STILL = Look("Stopped and proven", "halt", "alarm")
_LIVE = Look("Live and proven", "verified", "good")
_RETURNED = Look("Not released", "back", "warning")
_UNSURE = Look("Not proven", "unknown", "alarm")


class ProgressView(QWidget):
    """`report` is called for each step on the main thread; `finish` or `break_off` once."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("progress")
        self._theme = theme
        self.steps: tuple[Step, ...] = START
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(10)
        self._grid.setColumnStretch(1, 1)
        self._rows: list[tuple[IconLabel, QWidget, QWidget]] = []
        self.verdict = StateLabel(theme, "heading", 24, "verdict")
        self.sentence = make_label("", name="outcome", wrap=True)
        self.sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.facts = Facts("proof")
        for part in (self.verdict, self.sentence, self.facts):
            part.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(12)
        column.addLayout(self._grid)
        column.addSpacing(4)
        column.addWidget(self.verdict)
        column.addWidget(self.sentence)
        column.addWidget(self.facts)
        column.addStretch(1)
        self._draw()

    def begin(self, steps: tuple[Step, ...]) -> None:
        """Show other steps than those of a version that goes live."""
        self.steps = steps
        self._draw()

    def report(self, name: str, detail: str = "") -> None:
        """A step was reported by the lifecycle."""
        self.steps = advance(self.steps, name, detail)
        self._draw()

    def finish(self, outcome: ReleaseOutcome) -> None:
        """Show how it ended, with the line's own answer."""
        completed = _STANDS_STILL if outcome.stopped else _LIVE
        ends = {ReleaseState.COMPLETED: completed, ReleaseState.REVERTED: _RETURNED}
        self._end(ends.get(outcome.state, _UNSURE), self._headline(outcome), outcome.sentence)
        self.facts.show_facts(_proof(outcome))
        self.facts.show()

    def break_off(self, error: Exception) -> None:
        """It could not be carried out: say why, in the error's own sentence."""
        self.steps = fail(self.steps, "")
        self._draw()
        self._end(_RETURNED, headline_of(error), sentence_of(error))

    def _end(self, look: Look, headline: str, sentence: str) -> None:
        self.verdict.set_look(look, headline)
        self.sentence.setText(sentence)
        self.sentence.setAccessibleName(sentence)
        self.verdict.show()
        self.sentence.show()

    def _headline(self, outcome: ReleaseOutcome) -> str:
        if outcome.stopped:
            if outcome.state is ReleaseState.UNKNOWN:
                return "It shall stand still, but that is not proven: go and look"
            return "Stopped and proven: nothing answers" if outcome.done else "It stays stopped: nothing answers"
        if outcome.done:
            return f"Version {outcome.to_version} is live and proven"
        former = "No version" if outcome.from_version is None else f"Version {outcome.from_version}"
        if outcome.state is ReleaseState.REVERTED:
            return f"{former} is live, as before"
        return f"{former} shall be live, but that is not proven"

    def _draw(self) -> None:
        while len(self._rows) < len(self.steps):
            icon, title = IconLabel(self._theme, size=20), make_label("", "strong")
            detail = make_label("", "caption", wrap=True)
            row = 2 * len(self._rows)
            self._grid.addWidget(icon, row, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(title, row, 1)
            self._grid.addWidget(detail, row + 1, 1)
            self._rows.append((icon, title, detail))
        for k, (icon, title, detail) in enumerate(self._rows):
            step = self.steps[k] if k < len(self.steps) else None
            for part in (icon, title, detail):
                part.setVisible(step is not None)
            if step is not None:
                look = LOOKS[step.state]
                icon.set_icon(look.icon, look.token)
                title.setText(f"{step.title}: {look.word}")
                set_state(title, health="alarm" if step.state is StepState.FAILED else "")
                detail.setText(step.detail)
                detail.setVisible(bool(step.detail))


def _proof(outcome: ReleaseOutcome) -> list[Fact]:
    proof = outcome.proof
    facts = []
    serving = proof.get("serving")
    if serving:
        facts.append(
            Fact("The line answers with", f"version {serving['version']}, {digest(serving['digest'])}…", mono=True)
        )
    golden = proof.get("golden")
    if golden and golden.get("total"):
        facts.append(Fact("Golden cases passed on the target", f"{golden['passed']} of {golden['total']}"))
    if outcome.wall_seconds is not None:
        begun = "press" if outcome.stopped else "intent"
        facts.append(Fact(f"From {begun} to proof", duration(outcome.wall_seconds)))
    if proof.get("refusal"):
        facts.append(Fact("The line's own reason", str(proof["refusal"]), "alarm"))
    facts.append(Fact("Release", outcome.release, mono=True))
    return facts
