"""Made-up people and requests, for the tests and pictures of signing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from aiqu_desktop.core.words import RequestState, Role
from aiqu_desktop.lifecycle.preview import Preview
from aiqu_desktop.services.views import PersonRow, RequestRow

PASSWORD = "demo-plant-2009"
_SINCE = datetime(2010, 1, 4, 8, tzinfo=UTC)


def _person(name: str, full_name: str, *roles: Role, disabled: bool = False) -> PersonRow:
    return PersonRow(name, full_name, roles, _SINCE, "Karin Holm", False, _SINCE if disabled else None)


STAFF = (
    _person("elin", "Elin Sandberg", Role.OPERATOR),
    _person("jonas", "Jonas Lindqvist", Role.ENGINEER),
    _person("maria", "Maria Ek", Role.APPROVER),
    _person("sara", "Sara Berg", Role.ENGINEER, Role.APPROVER),
    _person("henrik", "Henrik Åberg", Role.AUDITOR),
    _person("karin", "Karin Holm", Role.ADMINISTRATOR),
    _person("gone", "Per Gone", Role.APPROVER, disabled=True),
)


def make_request(
    now: datetime, name: str, reason: str, preview: Preview, *, override: bool = False, approved: bool = False
) -> RequestRow:
    """An open request for the previewed version."""
    person = next(row for row in STAFF if row.name == name)
    assert preview.requested is not None
    return RequestRow(
        id=7, model=preview.model, model_title="Gas classifier", version=preview.requested,
        state=RequestState.APPROVED if approved else RequestState.PENDING, requested_by=person.full_name,
        requested_name=name, reason=reason, override=tuple(g.title for g in preview.failed) if override else (),
        requested_at=now, expires_at=now + timedelta(hours=8), decided_by="Maria Ek" if approved else "",
        decided_at=now if approved else None, decision_reason="", ended="", kind=preview.kind,
    )  # fmt: skip
