"""What the screens and the commands are given to show: frozen snapshots, no database, no Qt."""

from aiqu_desktop.services.views.model import (
    ActionState,
    HeatMap,
    Mark,
    ModelPage,
    ReleaseRow,
    Series,
    ServedSpan,
    VersionRow,
)
from aiqu_desktop.services.views.rows import AlarmRow, AuditRow, CheckRunRow, IngestRow, ScheduleRow
from aiqu_desktop.services.views.site import ModelTile, Overview, SchedulerView

__all__ = [
    "ActionState",
    "AlarmRow",
    "AuditRow",
    "CheckRunRow",
    "HeatMap",
    "IngestRow",
    "Mark",
    "ModelPage",
    "ModelTile",
    "Overview",
    "ReleaseRow",
    "ScheduleRow",
    "SchedulerView",
    "Series",
    "ServedSpan",
    "VersionRow",
]
