"""The columns of the alarm list."""

from __future__ import annotations

from datetime import datetime

from aiqu_desktop.services.views import AlarmRow
from aiqu_desktop.ui import formatting as fmt
from aiqu_desktop.ui.states import ALARM_LOOK, ALARM_STATE, ALARM_STATE_SHORT, FIRST_OUT, PRIORITY, PRIORITY_ORDER
from aiqu_desktop.ui.tables.record_model import Column


def _when(name: str, title: str, attribute: str, optional: int) -> Column:
    def at(row: AlarmRow) -> datetime | None:
        return getattr(row, attribute)

    return Column(
        name, title, lambda r: fmt.instant(at(r)), 152,
        figures=True, optional=optional, sort=at, tooltip=lambda r: fmt.instant_full(at(r)),
    )  # fmt: skip


COLUMNS = (
    Column("priority", "Priority", lambda r: PRIORITY[r.priority].word, 100, look=lambda r: PRIORITY[r.priority],
           sort=lambda r: PRIORITY_ORDER[r.priority]),
    Column("state", "State", lambda r: ALARM_STATE_SHORT[r.state], 160, look=lambda r: ALARM_LOOK[r.state],
           tooltip=lambda r: f"{ALARM_STATE[r.state]} {r.held}".strip()),
    Column("model", "Model", lambda r: f"1st · {r.model_title}" if r.first_out else r.model_title, 160,
           look=lambda r: FIRST_OUT if r.first_out else None,
           tooltip=lambda r: f"{r.model_title}: first out, it came first of the open alarms of this model."
           if r.first_out else r.model_title),
    Column("message", "Message", lambda r: r.message, stretch=True),
    _when("activated", "Activated", "activated_at", 1),
    _when("onset", "Estimated onset", "onset_at", 4),
    Column("by", "Acknowledged by", lambda r: r.acknowledged_by or fmt.NOTHING, 130, optional=2,
           tooltip=lambda r: f"{fmt.instant_full(r.acknowledged_at)} {r.note}".strip()),
    _when("returned", "Returned", "returned_at", 3),
)  # fmt: skip
