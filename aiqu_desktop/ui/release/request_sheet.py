"""The requester's sheet: what a promotion would change, why it is wanted, and a signature; nothing is switched."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QWidget

from aiqu_desktop.core.words import Meaning, ReleaseKind
from aiqu_desktop.security.permissions import roles_for
from aiqu_desktop.services.views import RequestRow
from aiqu_desktop.ui.desk import Desk
from aiqu_desktop.ui.formatting import instant
from aiqu_desktop.ui.people.sign_form import SignForm
from aiqu_desktop.ui.release.papers import Papers
from aiqu_desktop.ui.release.sheet import ReleaseSheet
from aiqu_desktop.ui.states import Look
from aiqu_desktop.ui.tasks import Tasks
from aiqu_desktop.ui.theme import Theme
from aiqu_desktop.ui.widgets.buttons import explain, make_button
from aiqu_desktop.ui.widgets.labels import StateLabel, make_label

_WAITS = Look("Waits for an approver", "pause", "accent")


class RequestSheet(ReleaseSheet):
    """review_asked: an approver is at hand, and goes on with the request at once."""

    review_asked = Signal(int)

    def __init__(self, desk: Desk, tasks: Tasks, theme: Theme, papers: Papers, parent: QWidget | None = None) -> None:
        heading, explanation, meaning = _words(papers)
        super().__init__(desk, tasks, theme, papers, heading, explanation, parent)
        self.request: RequestRow | None = None
        self.override = QCheckBox("Ask to go ahead against the failed gates: both people sign that, and it is reported")
        self.override.setObjectName("override")
        self.override.toggled.connect(self.check)
        if self.preview.overridable:
            self.fields.addWidget(self.override)
        self.ask_reason("Reason", "The approver reads it, and it is kept in the audit trail for good")
        self.ask_signature(
            SignForm(papers.people, roles_for(meaning), title="Who asks", demo_password=papers.demo_password)
        )
        if papers.signed_in is not None and self.sign is not None:
            self.sign.choose(papers.signed_in.name)
        self.yes = make_button("Sign the request", "yes", "primary", self._go)
        self.review = make_button("An approver is here…", "review", "primary", self._review)
        self.review.hide()
        self.buttons.addWidget(self.yes)
        self.buttons.addWidget(self.review)
        stuck = self.preview.blocked and not self.preview.overridable
        self.form.setVisible(not stuck)
        self.yes.setVisible(not stuck)
        self.check()
        if stuck:
            self.no.setText("Close")
            self.why_not.setText("Nobody can override this gate.")
        self.reason.setFocus()
        self.fit(760)

    def lacking(self) -> str:
        if self.preview.blocked and not self.override.isChecked():
            return "A gate failed; two people can go ahead against it, if you ask for that."
        if not self.reason.text().strip():
            return "Say why; the approver reads it."
        return super().lacking()

    def check(self) -> None:
        why = self.lacking()
        explain(self.yes, why)
        self.why_not.setText(why)

    def set_gesture(self, on: bool) -> None:
        self.yes.setEnabled(on)

    def hide_gesture(self) -> None:
        self.yes.hide()

    def _go(self) -> None:
        if self.lacking() or self.sign is None:
            return
        desk, preview, reason = self.desk, self.preview, self.reason.text().strip()
        by, override = self.sign.credentials(), self.override.isChecked()
        self.begin(lambda: desk.request_release(preview, by, reason, override=override), self._asked)

    def _asked(self, request: RequestRow) -> None:
        self.request = request
        self.form.hide()
        self.hide_gesture()
        waits = StateLabel(self.theme, "heading", 22, "request_state")
        waits.set_look(_WAITS, f"Version {request.version} waits for an approver, until {instant(request.expires_at)}")
        said = make_label(
            f"Request {request.id} by {request.requested_by} is signed. It is void when the version or the evidence "
            "changes.",
            wrap=True,
            name="request_said",
        )
        place = self.column.indexOf(self.form)
        self.column.insertWidget(place, waits)
        self.column.insertWidget(place + 1, said)
        self.review.show()
        self.stop(request)

    def _review(self) -> None:
        if self.request is not None:
            number = self.request.version
            self.accept()
            self.review_asked.emit(number)


def _words(papers: Papers) -> tuple[str, str, Meaning]:
    """(heading, one sentence, what the signature means)."""
    new = papers.preview.to_version
    number = "–" if new is None else new.number
    nothing = "Nothing is switched by a request. Another person, an approver, reads the same evidence and"
    if papers.preview.kind is ReleaseKind.RESUME:
        heading = f"Request that version {number} of {papers.title} serves again"
        return heading, f"{nothing} lets it serve.", Meaning.REQUESTED_RESUME
    return f"Request version {number} of {papers.title}", f"{nothing} promotes.", Meaning.REQUESTED
