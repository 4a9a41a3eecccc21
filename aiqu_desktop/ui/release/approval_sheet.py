"""The approver's sheet: the same evidence, who asked and why, a signature, and a hold that promotes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from aiqu_desktop.core.words import Meaning, ReleaseKind, RequestState
from aiqu_desktop.security.permissions import roles_for
from aiqu_desktop.ui.desk import Desk
from aiqu_desktop.ui.formatting import instant
from aiqu_desktop.ui.people.sign_form import SignForm
from aiqu_desktop.ui.release.held_sheet import HeldSheet
from aiqu_desktop.ui.release.papers import Papers
from aiqu_desktop.ui.tasks import Tasks
from aiqu_desktop.ui.theme import Theme
from aiqu_desktop.ui.widgets.buttons import explain, make_button
from aiqu_desktop.ui.widgets.labels import make_label

if TYPE_CHECKING:
    from aiqu_desktop.services.views import RequestRow


class ApprovalSheet(HeldSheet):
    """Opened with papers that hold an open request. One that was approved before is only carried out."""

    def __init__(self, desk: Desk, tasks: Tasks, theme: Theme, papers: Papers, parent: QWidget | None = None) -> None:
        assert papers.request is not None, "there is nothing to approve without a request"
        self.request: RequestRow = papers.request
        self.pending = self.request.state is RequestState.PENDING
        self.papers_stopped = papers.preview.stopped is not None
        super().__init__(desk, tasks, theme, papers, self._words(papers.title), danger=False, parent=parent)
        self.column.insertWidget(self.column.indexOf(self.pages), self._asked())
        self.decline = make_button("Decline", "decline", "quiet", self._decline)
        self.buttons.insertWidget(self.buttons.indexOf(self.no), self.decline)
        needed = "needed" if self.request.override else "needed to decline"
        self.ask_reason(f"What you say to it ({needed})", "It is kept in the audit trail for good")
        form = SignForm(
            papers.people, roles_for(self._meaning()), title="Who approves", demo_password=papers.demo_password
        )
        form.leave_out(self.request.requested_name)
        if papers.signed_in is not None:
            form.choose(papers.signed_in.name)
        self.ask_signature(form)
        for part in (self.form, self.decline):
            part.setVisible(self.pending)
        self.check()
        self.reason.setFocus()
        self.fit(780)

    def lacking(self) -> str:
        if self.preview.blocked and not (self.request.override and self.preview.overridable):
            return "A gate has failed since it was asked for, so it cannot be approved."
        if self.pending and self.request.override and not self.reason.text().strip():
            return "To override a gate, both people give their reason; give yours."
        return super().lacking()

    def check(self) -> None:
        super().check()
        why = super(HeldSheet, self).lacking()
        explain(self.decline, why or ("" if self.reason.text().strip() else "Say why you decline."))

    def go(self) -> None:
        desk, preview, request, reason = self.desk, self.preview, self.request.id, self.reason.text().strip()
        by = self.sign.credentials() if self.pending and self.sign is not None else None
        on_step = self.tasks.relay(self.report)
        self.begin(lambda: desk.approve_and_promote(request, by, reason, preview, on_step), self.released)

    def set_gesture(self, on: bool) -> None:
        super().set_gesture(on)
        if not on:
            self.decline.setEnabled(False)

    def hide_gesture(self) -> None:
        super().hide_gesture()
        self.decline.hide()

    def _decline(self) -> None:
        if self.sign is None:
            return
        desk, request, reason, by = self.desk, self.request.id, self.reason.text().strip(), self.sign.credentials()
        self.begin(lambda: desk.decline(request, by, reason), self._declined)

    def _declined(self, _nothing: object) -> None:
        self.form.hide()
        self.hide_gesture()
        self.stop(None)
        self.why_not.setText(f"Request {self.request.id} is declined; nothing was changed.")

    def _asked(self) -> QFrame:
        """Who asked, why, until when, and against which gates."""
        request, frame = self.request, QFrame()
        frame.setObjectName("asked")
        frame.setProperty("surface", "card")
        column = QVBoxLayout(frame)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(2)
        until = f"until {instant(request.expires_at)}"
        said = f"Asked for by {request.requested_by}, {instant(request.requested_at)}; {until}"
        column.addWidget(make_label(said, "caption", "asked_by", wrap=True))
        column.addWidget(make_label(request.reason, "strong", "asked_why", wrap=True))
        if request.override:
            against = f"Goes ahead AGAINST failed gates: {', '.join(request.override)}"
            label = make_label(against, "strong", "asked_override", wrap=True)
            label.setProperty("health", "alarm")
            column.addWidget(label)
        return frame

    def _words(self, title: str) -> tuple[str, str, str]:
        number = self.request.version
        resume = self.request.kind is ReleaseKind.RESUME
        act = "resume" if resume else "promote"
        verb = f"approve and {act}" if self.pending else act
        restored = "it stays stopped" if resume or self.papers_stopped else "the present one is restored"
        return (
            f"{'Approve' if self.pending else 'Carry out'} {'that ' if resume else ''}version {number} of {title}"
            f"{' serves again' if resume else ''}",
            f"The line is told to serve this version and must prove it; if it does not, {restored}.",
            f"Hold to {verb} version {number}",
        )

    def _meaning(self) -> Meaning:
        return Meaning.APPROVED_RESUME if self.request.kind is ReleaseKind.RESUME else Meaning.APPROVED
