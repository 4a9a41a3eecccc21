"""The product's own record of every alarm type. A site may change what `type_changes` lets it."""

from __future__ import annotations

from datetime import timedelta

from aiqu_desktop.core.words import CheckKind, Consequence, PlantState
from aiqu_desktop.monitoring.alarm_types import AlarmType

_HOUR, _SHIFT = timedelta(hours=1), timedelta(hours=8)
_DAY, _WEEK = timedelta(days=1), timedelta(days=7)
_NOT_AS_USUAL = (PlantState.CHANGEOVER, PlantState.CLEANING)
_NO_PRODUCT = (PlantState.CLEANING, PlantState.STOPPED)

_RECORDS = (
    AlarmType(
        "performance",
        "Performance beyond its limit",
        "The version that serves is wrong more often, or by more, than its limit allows.",
        "Wrong predictions reach the line: faulty product passes, or good product is thrown away.",
        Consequence.MAJOR,
        _SHIFT,
        "Roll back to the last known good version, or promote a newer one that the gates let through.",
        rehearsed=True,
    ),
    AlarmType(
        "decline",
        "Worse than accepted",
        "The version that serves does worse than when it was accepted, and is still within its limit.",
        "If it goes on, the limit is reached with no successor at hand.",
        Consequence.MODERATE,
        _WEEK,
        "Ask for a version that is trained on newer data; the evidence goes with the report.",
        rehearsed=True,
    ),
    AlarmType(
        "estimate",
        "Estimated performance beyond its limit",
        "No labels come, and the scores let expect more errors than the limit allows.",
        "Wrong predictions may reach the line, and no label will show it.",
        Consequence.MODERATE,
        _SHIFT,
        "See to it that labels come soon: an estimate is no proof. Have a former version at hand.",
    ),
    AlarmType(
        "drift",
        "Input changed",
        "Many features are no longer distributed as in the reference.",
        "None by itself; the performance may follow.",
        Consequence.MINOR,
        _WEEK,
        "Nothing to do on the line yet: watch the performance, and tell the engineer which columns moved.",
        rehearsed=True,
        suppressed_in=_NOT_AS_USUAL,
    ),
    AlarmType(
        "quality",
        "Faulty values",
        "A sensor or a data source gives missing, infinite, impossible or unknown values.",
        "The model predicts from values that mean nothing.",
        Consequence.MODERATE,
        _SHIFT,
        "See to the sensor or data source that is named; do not trust predictions made from such values.",
        deadband=0.1,
        suppressed_in=_NOT_AS_USUAL,
    ),
    AlarmType(
        "freshness-data",
        "No new data",
        "The line stands still, or its files no longer arrive.",
        "Nobody knows how the model does; damage goes unseen.",
        Consequence.MODERATE,
        _SHIFT,
        "See whether the line stands still or its files no longer arrive; until then the model is unknown.",
        suppressed_in=_NO_PRODUCT,
    ),
    AlarmType(
        "freshness-labels",
        "No new labels",
        "The laboratory or the inspection sends no results.",
        "Errors are only estimated, not seen.",
        Consequence.MODERATE,
        _SHIFT,
        "See whether the line stands still or its files no longer arrive; until then the model is unknown.",
        suppressed_in=(PlantState.STOPPED,),
    ),
    AlarmType(
        "quarantine",
        "File turned away",
        "A file in the drop folder does not fit the model's columns or cannot be read.",
        "Its observations or labels are missing from every figure.",
        Consequence.MODERATE,
        _SHIFT,
        "Correct the file at its source and drop it again; the rest of the data was taken in.",
    ),
    AlarmType(
        "integrity",
        "Files changed",
        "A file of the live version or a stored segment is not what was written.",
        "What serves, or what it is judged by, may be forged or damaged.",
        Consequence.SEVERE,
        _HOUR,
        "Promote nothing; restore the named files from the newest backup and find out who wrote.",
        latching=True,
    ),
    AlarmType(
        "standby",
        "Last known good not ready",
        "The version to go back to does not lie whole on the target.",
        "A rollback would fail when it is needed.",
        Consequence.MAJOR,
        _DAY,
        "Import the version's bundle again, or make its target writable; until then count on no rollback.",
    ),
    AlarmType(
        "drill",
        "Drill failed",
        "Going back on a shadow of the target failed or took too long.",
        "A rollback would fail, or come late, when it is needed.",
        Consequence.MAJOR,
        _DAY,
        "See whether the line runs and what it says of the version; until then count on no rollback.",
        deadband=0.1,
    ),
    AlarmType(
        "target",
        "Another version serves",
        "Someone switched by hand, or the target started anew with something else.",
        "What nobody has approved makes the predictions.",
        Consequence.MAJOR,
        _HOUR,
        "Find out who switched, or what started anew; then promote or roll back, so that both agree again.",
    ),
    AlarmType(
        "target-silent",
        "Target does not answer",
        "The target is stopped, or cannot be reached.",
        "Nobody knows what serves, and nothing can be switched.",
        Consequence.MODERATE,
        _HOUR,
        "See whether the target runs and can be reached; until then nobody knows what serves.",
    ),
    AlarmType(
        "release",
        "Release not taken",
        "The target did not prove a release, which was undone or ended unknown (then its priority is high).",
        "The model serves another version than was decided.",
        Consequence.MODERATE,
        _SHIFT,
        "Read why the version was not taken; see on the target what serves, then promote again or leave it.",
    ),
    *(
        AlarmType(
            f"check-{kind.value}",
            f"No answer from the {kind.value} check",
            "The check failed or ran out of time.",
            f"What the {kind.value} check would find goes unseen.",
            Consequence.MODERATE,
            _SHIFT,
            "Open Schedules, read why, and run the check again; until it answers, the model's state is unknown.",
        )
        for kind in CheckKind
    ),
)
RECORDS = {record.key: record for record in _RECORDS}
