"""Make a model's report: gather, print, keep the file in the site, and note it in the audit chain."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from aiqu_desktop.core.errors import EnvironmentFault, UserError
from aiqu_desktop.core.files import sha256_bytes, write_atomically
from aiqu_desktop.registry import Registry
from aiqu_desktop.reports.render import render_model_report
from aiqu_desktop.security import audit
from aiqu_desktop.services.report_data import gather


def write_model_report(
    registry: Registry,
    model: str,
    start: datetime | None = None,
    end: datetime | None = None,
    *,
    by: str,
    path: Path | None = None,
) -> Path:
    """Write the PDF report of one model and period; without a period, from its first observation to the present.

    Returns:
        Where the report is: `path`, or a file named after model and period in the site's reports folder.

    Raises:
        UserError: if there is no such model, the period is empty, or no name is given.
        EnvironmentFault: if the file cannot be written.
    """
    if not by.strip():
        raise UserError("A report needs the name of the person who makes it; give one.")
    if start is not None and end is not None and start >= end:
        raise UserError(f"The report's period is empty: it would begin at {start} and end at {end}.")
    data = gather(registry, model, start, end, by=by.strip())
    now = registry.clock.now()
    pdf = render_model_report(data, made_at=now)
    period = f"{data.title.period_start:%Y%m%d}-{data.title.period_end:%Y%m%d}"
    target = path or registry.paths.reports / f"{model}-{period}-{now:%Y%m%dT%H%M%S}.pdf"
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(target, pdf)
    except OSError as error:
        raise EnvironmentFault(
            f"The report {target} cannot be written ({error.strerror}); name another file."
        ) from error
    with registry.write() as session:
        audit.record(
            session,
            at=now,
            actor=by.strip(),
            action="report.made",
            subject=f"model {model}",
            new={"file": target.name, "sha256": sha256_bytes(pdf), "period": period},
        )
    return target
