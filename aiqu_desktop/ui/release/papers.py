"""What a sheet is opened with, gathered off the main thread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiqu_desktop.services.views import PersonRow, RequestRow, SignedIn
from aiqu_desktop.ui.desk import Desk

if TYPE_CHECKING:
    from aiqu_desktop.lifecycle.preview import Preview


@dataclass(frozen=True, slots=True)
class Papers:
    """preview: what would change. title: the model's, for people. people: every account.

    demo_password: everybody's on a demo site, empty elsewhere. signed_in: who is at the desk.
    request: the open request for the same version, for the approver's sheet.
    """

    preview: Preview
    title: str
    people: tuple[PersonRow, ...]
    demo_password: str
    signed_in: SignedIn | None
    request: RequestRow | None = None


def gather(desk: Desk, preview: Preview, title: str) -> Papers:
    """Blocks; call it on a worker."""
    waiting = None
    if preview.requested is not None:
        rows = desk.list_requests(preview.model)
        waiting = next((row for row in rows if row.version == preview.requested), None)
    return Papers(preview, title, desk.people(), desk.demo_password(), desk.signed_in(), waiting)
