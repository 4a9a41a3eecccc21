"""Every table of the registry, one file for each concern."""

from aiqu_desktop.registry.tables.alarms import (
    Alarm,
    AlarmCondition,
    AlarmJournal,
    AlarmSuppression,
    AlarmTypeChange,
)
from aiqu_desktop.registry.tables.approvals import PromotionRequest, ReleaseAuthority
from aiqu_desktop.registry.tables.audit import AuditRecord
from aiqu_desktop.registry.tables.automatic import (
    AutomaticApproval,
    AutomaticPolicyRecord,
    AutomaticRelease,
    AutomaticRollback,
)
from aiqu_desktop.registry.tables.base import Base
from aiqu_desktop.registry.tables.checks import Check, CheckRun, Metric, Schedule, SchedulerLease
from aiqu_desktop.registry.tables.data import IngestFile, LabelId, ObservationId, Segment
from aiqu_desktop.registry.tables.evidence import HoldoutSet, Measurement, PolicyRecord
from aiqu_desktop.registry.tables.flows import FlowRun, FlowStepResult
from aiqu_desktop.registry.tables.models import (
    Artifact,
    Model,
    ReferenceProfileRecord,
    Site,
    Version,
    VersionFile,
)
from aiqu_desktop.registry.tables.people import Person, PersonRole, SignatureRecord
from aiqu_desktop.registry.tables.plant import PlantStateColumn, PlantStateRecord, ShiftTimes
from aiqu_desktop.registry.tables.rehearsals import RehearsalRecord
from aiqu_desktop.registry.tables.releases import Release, ReleaseStep
from aiqu_desktop.registry.tables.safe_state import FallbackRecord, Hold
from aiqu_desktop.registry.tables.shadows import ShadowAnswerId, ShadowRecord
from aiqu_desktop.registry.tables.targets import TargetRecord

__all__ = [
    "Alarm",
    "AlarmCondition",
    "AlarmJournal",
    "AlarmSuppression",
    "AlarmTypeChange",
    "Artifact",
    "AuditRecord",
    "AutomaticApproval",
    "AutomaticPolicyRecord",
    "AutomaticRelease",
    "AutomaticRollback",
    "Base",
    "Check",
    "CheckRun",
    "FallbackRecord",
    "FlowRun",
    "FlowStepResult",
    "Hold",
    "HoldoutSet",
    "IngestFile",
    "LabelId",
    "Measurement",
    "Metric",
    "Model",
    "ObservationId",
    "Person",
    "PersonRole",
    "PlantStateColumn",
    "PlantStateRecord",
    "PolicyRecord",
    "PromotionRequest",
    "ReferenceProfileRecord",
    "RehearsalRecord",
    "Release",
    "ReleaseAuthority",
    "ReleaseStep",
    "Schedule",
    "SchedulerLease",
    "Segment",
    "ShadowAnswerId",
    "ShadowRecord",
    "ShiftTimes",
    "SignatureRecord",
    "Site",
    "TargetRecord",
    "Version",
    "VersionFile",
]
