"""The columns of the alarm list."""

from __future__ import annotations

from datetime import datetime

from aiqu_desktop.services.views import AlarmRow
from aiqu_desktop.ui import formatting as fmt
from aiqu_desktop.ui.states import ALARM_STATE, PRIORITY, PRIORITY_ORDER
from aiqu_desktop.ui.tables.record_model import Column


def _when(name: str, title: str, attribute: str) -> Column:
    def at(row: AlarmRow) -> datetime | None:
        return getattr(row, attribute)

    return Column(
        name, title, lambda r: fmt.instant(at(r)), 134,
        sort=at, tooltip=lambda r: fmt.instant_full(at(r)),
    )  # fmt: skip


COLUMNS = (
    Column("priority", "Priority", lambda r: PRIORITY[r.priority].word, 106, look=lambda r: PRIORITY[r.priority],
           sort=lambda r: PRIORITY_ORDER[r.priority]),
    Column("state", "State", lambda r: ALARM_STATE[r.state], 186),
    Column("model", "Model", lambda r: r.model_title, 170),
    Column("message", "Message", lambda r: r.message, stretch=True),
    _when("activated", "Activated", "activated_at"),
    _when("onset", "Estimated onset", "onset_at"),
    Column("by", "Acknowledged by", lambda r: r.acknowledged_by or fmt.NOTHING, 130,
           tooltip=lambda r: f"{fmt.instant_full(r.acknowledged_at)} {r.note}".strip()),
    _when("returned", "Returned", "returned_at"),
)  # fmt: skip
