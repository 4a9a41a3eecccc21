"""What the screens and the commands are given to show: frozen snapshots, no database, no Qt."""

from aiqu_desktop.services.views.alarms import (
    AlarmBackground,
    AlarmFigures,
    AlarmTypeRow,
    Benchmark,
    ChatteringAlarm,
    Flood,
    FrequentAlarm,
    JournalRow,
    PlantRow,
    PriorityShare,
    StaleAlarm,
    SuppressionRow,
)
from aiqu_desktop.services.views.automatic import AutomaticRow, AutomaticTerms, AutomaticView
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
from aiqu_desktop.services.views.shadow import ShadowAtWork, ShadowRow, ShadowView
from aiqu_desktop.services.views.site import ModelTile, Overview, SchedulerView
from aiqu_desktop.services.views.stop import CardView, StopView
from aiqu_desktop.services.views.why import DistributionView, ReasonRow, WhyView

__all__ = [
    "ActionState",
    "AlarmBackground",
    "AlarmFigures",
    "AlarmRow",
    "AlarmTypeRow",
    "AuditRow",
    "AutomaticRow",
    "AutomaticTerms",
    "AutomaticView",
    "Benchmark",
    "CardView",
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
    "ShadowAtWork",
    "ShadowRow",
    "ShadowView",
    "SignedIn",
    "StaleAlarm",
    "StopView",
    "SuppressionRow",
    "VersionRow",
    "WhyView",
]
