"""The words of the blueprint as enumerations: the same in code, on screen and in files."""

from __future__ import annotations

from enum import StrEnum


class Task(StrEnum):
    CLASSIFICATION = "classification"
    REGRESSION = "regression"


class ColumnKind(StrEnum):
    """How a column's values are read, stored and compared. TIMESTAMP is for tables; no model takes it as a feature."""

    NUMERIC = "numeric"
    INTEGER = "integer"
    CATEGORICAL = "categorical"
    BOOLEAN = "boolean"
    TIMESTAMP = "timestamp"


class CheckKind(StrEnum):
    DRIFT = "drift"
    PERFORMANCE = "performance"
    QUALITY = "quality"
    FRESHNESS = "freshness"
    INTEGRITY = "integrity"
    STANDBY = "standby"
    DRILL = "drill"
    TARGET = "target"


class TargetKind(StrEnum):
    """Where a version runs. FOLDER is the site's own line; the others are switched on by name."""

    FOLDER = "folder"
    TRITON = "triton"
    MLSERVER = "mlserver"
    MLFLOW = "mlflow"
    HOOK = "hook"


class RunState(StrEnum):
    """The life of one check run. MISSED and INTERRUPTED are visible outcomes, not silences."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    TIMED_OUT = "timed-out"
    CANCELLED = "cancelled"
    MISSED = "missed"
    INTERRUPTED = "interrupted"


class Verdict(StrEnum):
    """What one check run says of its model. UNKNOWN is never green."""

    GOOD = "good"
    WARNING = "warning"
    BAD = "bad"
    UNKNOWN = "unknown"


class AlarmState(StrEnum):
    """The states of ANSI/ISA-18.2-2016 (IEC 62682), figure "Alarm state transition diagram"."""

    UNACKNOWLEDGED = "unacknowledged"
    ACKNOWLEDGED = "acknowledged"
    RETURNED_UNACKNOWLEDGED = "returned-unacknowledged"
    LATCHED_UNACKNOWLEDGED = "latched-unacknowledged"
    LATCHED_ACKNOWLEDGED = "latched-acknowledged"
    SHELVED = "shelved"
    SUPPRESSED_BY_DESIGN = "suppressed-by-design"
    OUT_OF_SERVICE = "out-of-service"
    NORMAL = "normal"

    @property
    def suppressed(self) -> bool:
        """Not told to the operator: held back by a person or by design."""
        return self in (AlarmState.SHELVED, AlarmState.SUPPRESSED_BY_DESIGN, AlarmState.OUT_OF_SERVICE)

    @property
    def needs_acknowledgement(self) -> bool:
        return self in (
            AlarmState.UNACKNOWLEDGED,
            AlarmState.RETURNED_UNACKNOWLEDGED,
            AlarmState.LATCHED_UNACKNOWLEDGED,
        )


class Suppression(StrEnum):
    """Why an alarm is held back; where several hold, the first of these names the state."""

    OUT_OF_SERVICE = "out-of-service"
    BY_DESIGN = "by-design"
    SHELVED = "shelved"


class AlarmEvent(StrEnum):
    """What can happen to an alarm; the alarm journal has one row for each."""

    ACTIVATED = "activated"
    RETURNED = "returned"
    ACKNOWLEDGED = "acknowledged"
    RESET = "reset"
    SUPERSEDED = "superseded"
    SHELVED = "shelved"
    UNSHELVED = "unshelved"
    SUPPRESSED = "suppressed"
    UNSUPPRESSED = "unsuppressed"
    REMOVED = "removed-from-service"
    RESTORED = "returned-to-service"


class ShelfTime(StrEnum):
    """The fixed times for which an alarm may be shelved."""

    TEN_MINUTES = "10min"
    ONE_HOUR = "1h"
    EIGHT_HOURS = "8h"
    END_OF_SHIFT = "shift"


class Consequence(StrEnum):
    """How bad it is if nobody responds to an alarm, worst first."""

    SEVERE = "severe"
    MAJOR = "major"
    MODERATE = "moderate"
    MINOR = "minor"


class PlantState(StrEnum):
    """What the plant, or the part that a model watches, is doing."""

    RUNNING = "running"
    CHANGEOVER = "changeover"
    CLEANING = "cleaning"
    STOPPED = "stopped"


class Priority(StrEnum):
    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Health(StrEnum):
    """The state of a model on the overview; the order is worst first. STOPPED: taken out of service by a person."""

    STOPPED = "stopped"
    ALARM = "alarm"
    WARNING = "warning"
    UNKNOWN = "unknown"
    GOOD = "good"


class ReleaseKind(StrEnum):
    """What a release does. STOP takes the model out of service, RESUME puts the same champion back.

    Any of the others ends a stop once it is completed; none but a stop begins one.
    """

    PROMOTION = "promotion"
    ROLLBACK = "rollback"
    STOP = "stop"
    RESUME = "resume"


class ReleaseState(StrEnum):
    """INTENDED, STAGED and SWITCHED are unfinished; a start of the product settles any release found there."""

    INTENDED = "intended"
    STAGED = "staged"
    SWITCHED = "switched"
    COMPLETED = "completed"
    REVERTED = "reverted"
    UNKNOWN = "unknown"

    @property
    def unfinished(self) -> bool:
        return self in (ReleaseState.INTENDED, ReleaseState.STAGED, ReleaseState.SWITCHED)


class VersionState(StrEnum):
    CANDIDATE = "candidate"
    CHAMPION = "champion"
    RETIRED = "retired"
    WITHDRAWN = "withdrawn"  # rolled back from: never a last known good


class Role(StrEnum):
    """What a person may do; `security.permissions` says what each may sign."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    ENGINEER = "engineer"
    APPROVER = "approver"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


class Meaning(StrEnum):
    """What a signature means (21 CFR 11.50(a)(3)); it is part of what is signed."""

    REQUESTED = "requested"
    REQUESTED_OVERRIDE = "requested-override"
    APPROVED = "approved"
    APPROVED_OVERRIDE = "approved-override"
    DECLINED = "declined"
    ROLLED_BACK = "rolled-back"
    TARGET_CHOSEN = "target-chosen"
    TARGET_APPROVED = "target-approved"
    SHADOW_BEGUN = "shadow-begun"
    SHADOW_ENDED = "shadow-ended"
    STOPPED = "stopped"
    REQUESTED_RESUME = "requested-resume"
    APPROVED_RESUME = "approved-resume"
    DECLINED_RESUME = "declined-resume"
    WROTE_FALLBACK = "wrote-fallback"
    PROPOSED_AUTOMATIC = "proposed-automatic"
    APPROVED_AUTOMATIC = "approved-automatic"
    ADVISED_ONLY = "advised-only"
    VETOED = "vetoed"
    ADMINISTERED = "administered"
    WITNESSED = "witnessed"


class RequestState(StrEnum):
    """The life of a request for promotion or resumption. PENDING and APPROVED are open; the others are final."""

    PENDING = "pending"
    APPROVED = "approved"
    DECLINED = "declined"
    EXPIRED = "expired"
    VOID = "void"
    USED = "used"

    @property
    def open(self) -> bool:
        return self in (RequestState.PENDING, RequestState.APPROVED)


class AutomaticMode(StrEnum):
    """Whether the product may roll back by itself. ADVISE is how every model begins."""

    ADVISE = "advise"
    ACT = "act"


class Trigger(StrEnum):
    """What may call for an automatic rollback; each is the key of the alarm that says it."""

    PERFORMANCE = "performance"
    GOLDEN = "golden"
    ERRORS = "target-errors"
    LATENCY = "target-latency"


class AutomaticState(StrEnum):
    """The life of one automatic rollback. ADVISED, WAITING and ACTING are open; the others are final."""

    ADVISED = "advised"
    WAITING = "waiting"
    ACTING = "acting"
    DONE = "done"
    FAILED = "failed"
    VETOED = "vetoed"
    CANCELLED = "cancelled"

    @property
    def open(self) -> bool:
        return self in (AutomaticState.ADVISED, AutomaticState.WAITING, AutomaticState.ACTING)


class FlowState(StrEnum):
    """How far the tests of an imported version are. READY: for approval; NOT_READY: a step says no.

    AWAITING_ROWS: all is well so far, and its shadow has not yet answered as many rows as the policy asks for.
    """

    WAITING = "waiting"
    RUNNING = "running"
    READY = "ready"
    AWAITING_ROWS = "awaiting-rows"
    NOT_READY = "not-ready"
    CANCELLED = "cancelled"
    FAILED = "failed"

    @property
    def open(self) -> bool:
        return self in (FlowState.WAITING, FlowState.RUNNING)
