"""Take in what lies in a drop folder; raise or clear the alarm on files turned away; follow the plant's state."""

from __future__ import annotations

from aiqu_desktop.ingest import Ingest, IngestReport
from aiqu_desktop.monitoring.alarm_records import RECORDS
from aiqu_desktop.monitoring.alarms import apply_condition
from aiqu_desktop.monitoring.outcome import Condition
from aiqu_desktop.monitoring.plant_state import follow_column
from aiqu_desktop.registry import Registry
from aiqu_desktop.registry.tables import Model

KEY = "quarantine"


def take_in(registry: Registry, model: str, *, settle_seconds: float) -> IngestReport:
    """Ingest every waiting file of one model; files are judged in order, so that the last word is the newest file's."""
    report = Ingest(registry, settle_seconds=settle_seconds).scan(model)
    if not report.files:
        return report
    with registry.write() as session:
        model_id = session.query(Model.id).filter(Model.name == model).scalar()
        for file in report.files:
            quarantined = file.outcome == "quarantined"
            apply_condition(
                session,
                Condition(
                    key=KEY,
                    bad=quarantined,
                    priority=RECORDS[KEY].priority,
                    message=f"A file was put into quarantine. {file.reason}",
                    response=RECORDS[KEY].response,
                ),
                model_id=model_id,
                version_id=None,
                run_id=None,
                now=registry.clock.now(),
            )
    follow_column(registry, model)
    return report
