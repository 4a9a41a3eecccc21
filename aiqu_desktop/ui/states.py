"""How each state looks: a word, a shape and the property that the stylesheet colours it by. Never colour alone."""

from __future__ import annotations

from dataclasses import dataclass

from aiqu_desktop.core.words import AlarmState, Health, PlantState, Priority, RunState, Suppression, Verdict


@dataclass(frozen=True, slots=True)
class Look:
    """word: as shown; icon: file in resources/ui/icons; token: palette colour, and value of the `health` property."""

    word: str
    icon: str
    token: str


HEALTH = {
    Health.STOPPED: Look("Stopped", "halt", "alarm"),
    Health.ALARM: Look("Alarm", "alarm", "alarm"),
    Health.WARNING: Look("Warning", "warning", "warning"),
    Health.UNKNOWN: Look("Unknown", "unknown", "unknown"),
    Health.GOOD: Look("Good", "good", "good"),
}
PRIORITY = {
    Priority.CRITICAL: Look("Critical", "priority-critical", "alarm"),
    Priority.HIGH: Look("High", "priority-high", "alarm"),
    Priority.MEDIUM: Look("Medium", "priority-medium", "warning"),
    Priority.LOW: Look("Low", "priority-low", "ink_muted"),
}
VERDICT = {
    Verdict.GOOD: Look("Good", "good", "good"),
    Verdict.WARNING: Look("Warning", "warning", "warning"),
    Verdict.BAD: Look("Bad", "alarm", "alarm"),
    Verdict.UNKNOWN: Look("Unknown", "unknown", "unknown"),
}
RUN = {
    RunState.RUNNING: Look("Running", "heartbeat", "accent"),
    RunState.DONE: Look("Done", "good", "good"),
    RunState.FAILED: Look("Failed", "cross", "alarm"),
    RunState.TIMED_OUT: Look("Timed out", "unknown", "unknown"),
    RunState.CANCELLED: Look("Cancelled", "stop", "unknown"),
    RunState.MISSED: Look("Missed", "unknown", "unknown"),
    RunState.INTERRUPTED: Look("Interrupted", "unknown", "unknown"),
}
ALARM_LOOK = {
    AlarmState.UNACKNOWLEDGED: Look("Unacknowledged", "state-unacknowledged", "ink"),
    AlarmState.ACKNOWLEDGED: Look("Acknowledged", "state-acknowledged", "ink_muted"),
    AlarmState.RETURNED_UNACKNOWLEDGED: Look("Returned, unacknowledged", "state-returned", "ink"),
    AlarmState.LATCHED_UNACKNOWLEDGED: Look("Latched, unacknowledged", "state-latched", "ink"),
    AlarmState.LATCHED_ACKNOWLEDGED: Look("Latched, acknowledged", "state-latched", "ink_muted"),
    AlarmState.SHELVED: Look("Shelved", "state-shelved", "ink_muted"),
    AlarmState.SUPPRESSED_BY_DESIGN: Look("Suppressed by design", "state-suppressed", "ink_muted"),
    AlarmState.OUT_OF_SERVICE: Look("Out of service", "state-out-of-service", "ink_muted"),
    AlarmState.NORMAL: Look("Closed", "good", "ink_muted"),
}
ALARM_STATE = {state: look.word for state, look in ALARM_LOOK.items()}
ALARM_STATE_SHORT = ALARM_STATE | {
    AlarmState.RETURNED_UNACKNOWLEDGED: "Returned, unack.",
    AlarmState.LATCHED_UNACKNOWLEDGED: "Latched, unack.",
    AlarmState.LATCHED_ACKNOWLEDGED: "Latched, ack.",
    AlarmState.SUPPRESSED_BY_DESIGN: "Suppressed",
}
SUPPRESSION = {
    Suppression.SHELVED: ALARM_LOOK[AlarmState.SHELVED],
    Suppression.BY_DESIGN: ALARM_LOOK[AlarmState.SUPPRESSED_BY_DESIGN],
    Suppression.OUT_OF_SERVICE: ALARM_LOOK[AlarmState.OUT_OF_SERVICE],
}
FIRST_OUT = Look("First out", "first-out", "ink")
PLANT = {
    PlantState.RUNNING: "Running",
    PlantState.CHANGEOVER: "Changeover",
    PlantState.CLEANING: "Cleaning",
    PlantState.STOPPED: "Stopped",
}
PRIORITY_ORDER = {priority: rank for rank, priority in enumerate(Priority)}
METRIC_TITLES = {
    "accuracy": "Accuracy",
    "balanced_accuracy": "Balanced accuracy",
    "f1": "F1",
    "macro_f1": "Macro F1",
    "auc": "ROC AUC",
    "mae": "Mean absolute error",
    "rmse": "Root mean square error",
    "recall": "Recall",
    "precision": "Precision",
}


_METRIC_SHORT = {"mae": "MAE", "rmse": "RMSE", "balanced_accuracy": "Bal. acc.", "auc": "AUC"}


def metric_title(name: str) -> str:
    """A metric's name as people write it."""
    return METRIC_TITLES.get(name, name.replace("_", " ").capitalize())


def metric_short(name: str) -> str:
    """The same where space is scarce: the abbreviation that the field uses."""
    return _METRIC_SHORT.get(name, metric_title(name))
