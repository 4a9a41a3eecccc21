"""Integrity: are the champion's files and the stored segments still what they were when they were written?"""

from __future__ import annotations

from sqlalchemy import select

from aiqu_desktop.core.errors import EnvironmentFault
from aiqu_desktop.core.words import Verdict
from aiqu_desktop.ingest import Ingest
from aiqu_desktop.monitoring.alarm_records import RECORDS
from aiqu_desktop.monitoring.context import CheckContext
from aiqu_desktop.monitoring.outcome import CheckOutcome, Condition, MetricValue
from aiqu_desktop.monitoring.settings import IntegritySettings
from aiqu_desktop.registry import ArtifactStore
from aiqu_desktop.registry.tables import VersionFile


def answer(_settings: IntegritySettings, context: CheckContext) -> CheckOutcome:
    """Read every file of the serving version and every segment of the model, and compare the digests."""
    with context.registry.read() as session:
        digests = session.scalars(select(VersionFile.sha256).where(VersionFile.version_id == context.version_id)).all()
    artifacts = ArtifactStore(context.registry.paths.artifacts, context.registry.clock)
    findings = []
    for done, digest in enumerate(digests):
        context.report(0.5 * done / len(digests))
        try:
            artifacts.get(digest)
        except EnvironmentFault as fault:
            findings.append(str(fault))
    context.report(0.5)
    findings.extend(Ingest(context.registry).verify(context.model))
    message = " ".join(findings[:3]) if findings else f"All {len(digests)} files of the version and all segments fit."
    return CheckOutcome(
        Verdict.BAD if findings else Verdict.GOOD,
        message,
        rows=len(digests),
        window_to=context.now,
        metrics=(MetricValue("integrity.faults", float(len(findings)), n=len(digests), limit=0.0),),
        conditions=(
            Condition(
                key="integrity",
                bad=bool(findings),
                priority=RECORDS["integrity"].priority,
                message=message,
                response=RECORDS["integrity"].response,
            ),
        ),
    )
