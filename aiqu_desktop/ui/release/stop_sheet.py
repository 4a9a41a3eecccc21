"""The sheet of a stop: one person, one reason, a hold of a second; the fallback card before and after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from aiqu_desktop.core.words import Meaning
from aiqu_desktop.security.permissions import roles_for
from aiqu_desktop.ui.desk import Desk
from aiqu_desktop.ui.release.alone_sheet import AloneSheet
from aiqu_desktop.ui.release.papers import Papers
from aiqu_desktop.ui.release.preview_view import card_frame
from aiqu_desktop.ui.release.steps import STOP
from aiqu_desktop.ui.tasks import Tasks
from aiqu_desktop.ui.theme import Theme

if TYPE_CHECKING:
    from aiqu_desktop.lifecycle.release import ReleaseOutcome


class StopSheet(AloneSheet):
    """Who is signed in and may stop gives a reason only; anybody else an account and its password as well."""

    def __init__(self, desk: Desk, tasks: Tasks, theme: Theme, papers: Papers, parent: QWidget | None = None) -> None:
        super().__init__(desk, tasks, theme, papers, _words(papers), roles_for(Meaning.STOPPED), parent)
        self.progress.begin(STOP)

    def go(self) -> None:
        preview, reason, by = self.preview, self.reason.text().strip(), self.signer()
        on_step = self.tasks.relay(self.report)
        desk = self.desk
        self.begin(lambda: desk.stop_model(preview, by, reason, on_step), self.released)

    def released(self, outcome: ReleaseOutcome) -> None:
        super().released(outcome)
        card = card_frame(self.preview)
        self.column.insertWidget(self.column.indexOf(self.form), card)
        card.show()
        self.grow(card.sizeHint().height())


def _words(papers: Papers) -> tuple[str, str, str]:
    """(heading, one sentence, text of the button)."""
    live = papers.preview.from_version
    number = "–" if live is None else live.number
    return (
        f"Stop {papers.title} to the safe state",
        f"Version {number} answers nothing from then on, and no other version does: the plant works by the card below. "
        "Rows that come meanwhile are set aside, not answered later.",
        "Hold to stop",
    )
