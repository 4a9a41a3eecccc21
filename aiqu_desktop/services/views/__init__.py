"""What the screens and the commands are given to show: frozen snapshots, no database, no Qt."""

from aiqu_desktop.services.views.alarms import (
    AlarmFigures,
    AlarmTypeRow,
    ChatteringAlarm,
    Flood,
    FrequentAlarm,
    JournalRow,
    PlantRow,
    PriorityShare,
    StaleAlarm,
    SuppressionRow,
)
from aiqu_desktop.services.views.model import (
    ActionState,
    CostRow,
    FlowStepRow,
    FlowView,
    HeatMap,
    Mark,
    ModelPage,
    ReleaseRow,
    Series,
    ServedSpan,
    VersionRow,
)
from aiqu_desktop.services.views.people import PersonRow, RequestRow, SignedIn
from aiqu_desktop.services.views.rehearsal import RehearsalRow
from aiqu_desktop.services.views.rows import AlarmRow, AuditRow, CheckRunRow, IngestRow, ScheduleRow
from aiqu_desktop.services.views.site import ModelTile, Overview, SchedulerView
from aiqu_desktop.services.views.why import DistributionView, ReasonRow, WhyView

__all__ = [
    "ActionState",
    "AlarmFigures",
    "AlarmRow",
    "AlarmTypeRow",
    "AuditRow",
    "ChatteringAlarm",
    "CheckRunRow",
    "CostRow",
    "DistributionView",
    "Flood",
    "FlowStepRow",
    "FlowView",
    "FrequentAlarm",
    "HeatMap",
    "IngestRow",
    "JournalRow",
    "Mark",
    "ModelPage",
    "ModelTile",
    "Overview",
    "PersonRow",
    "PlantRow",
    "PriorityShare",
    "ReasonRow",
    "RehearsalRow",
    "ReleaseRow",
    "RequestRow",
    "ScheduleRow",
    "SchedulerView",
    "Series",
    "ServedSpan",
    "SignedIn",
    "StaleAlarm",
    "SuppressionRow",
    "VersionRow",
    "WhyView",
]
