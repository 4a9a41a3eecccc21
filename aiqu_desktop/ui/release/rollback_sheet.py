"""The sheet of a rollback: one person, one reason, a hold of a second."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from aiqu_desktop.core.words import Meaning
from aiqu_desktop.security.permissions import roles_for
from aiqu_desktop.ui.desk import Desk
from aiqu_desktop.ui.release.alone_sheet import AloneSheet
from aiqu_desktop.ui.release.papers import Papers
from aiqu_desktop.ui.tasks import Tasks
from aiqu_desktop.ui.theme import Theme


class RollbackSheet(AloneSheet):
    """Who is signed in and may roll back gives a reason only; anybody else an account and its password as well."""

    def __init__(self, desk: Desk, tasks: Tasks, theme: Theme, papers: Papers, parent: QWidget | None = None) -> None:
        super().__init__(desk, tasks, theme, papers, _words(papers), roles_for(Meaning.ROLLED_BACK), parent)

    def go(self) -> None:
        preview, reason, by = self.preview, self.reason.text().strip(), self.signer()
        on_step = self.tasks.relay(self.report)
        desk = self.desk
        self.begin(lambda: desk.roll_back(preview, by, reason, on_step), self.released)


def _words(papers: Papers) -> tuple[str, str, str]:
    """(heading, one sentence, text of the button)."""
    new = papers.preview.to_version
    if new is None:
        return f"Roll back {papers.title}", "There is no version to go back to.", "Hold to roll back"
    return (
        f"Roll back {papers.title} to version {new.number}",
        f"The line serves version {new.number} again within seconds; the present version is withdrawn."
        f"{' This ends the stop.' if papers.preview.stopped is not None else ''}",
        f"Hold to roll back to version {new.number}",
    )
