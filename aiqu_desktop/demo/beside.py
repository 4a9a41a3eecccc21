"""The demo's figure of an automatic rollback, from onset to proof, beside two that are told of others.

The two are those of the product's brief: a public measurement behind either was looked for and not found.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import numpy as np

from aiqu_desktop.core.clock import as_utc
from aiqu_desktop.core.words import AutomaticState
from aiqu_desktop.ingest import ObservationStore
from aiqu_desktop.registry import Registry
from aiqu_desktop.services.automatic_rows import automatic_rows
from aiqu_desktop.services.views import AutomaticRow

_DAY, _HOUR = 86_400.0, 3_600.0
WITHOUT_MONITORING_DAYS = 122.0  # "four months"
BEST_PRACTICE_DAYS = 9.0
SOURCE = "both figures are the product brief's; no public measurement behind them was found"


def automatic_figures(registry: Registry) -> dict[str, Any]:
    """Every automatic rollback of the run with its times, and the two figures that it is held beside."""
    with registry.read() as session:
        done = automatic_rows(session, registry, states=(AutomaticState.DONE,))
    return {
        "rollbacks": [_figures(registry, row) for row in sorted(done, key=lambda row: row.noted_at)],
        "beside": {
            "without_monitoring_days": WITHOUT_MONITORING_DAYS,
            "best_practice_days": BEST_PRACTICE_DAYS,
            "source": SOURCE,
        },
    }


def sentences(figures: dict[str, Any]) -> list[str]:
    """The same in words, one paragraph a rollback."""
    return [_sentence(one, figures["beside"]) for one in figures["rollbacks"]]


def _figures(registry: Registry, row: AutomaticRow) -> dict[str, Any]:
    """true_onset: when the first row was measured that the bad version answered; the story knows, the product not."""
    truth = _first_answer(registry, row)
    onset, acted = row.onset_at or row.alarm_at, row.acted_at or row.noted_at
    return {
        "model": row.model,
        "from": row.from_version,
        "to": row.to_version,
        "policy": row.policy,
        "signed_beforehand_by": row.signed_by,
        "guarantee": row.guarantee,
        "true_onset": truth,
        "onset": onset,
        "alarm": row.alarm_at,
        "due": row.due_at,
        "acted": acted,
        "days_from_onset_to_alarm": _days(onset, row.alarm_at),
        "hours_from_alarm_to_rollback": round((acted - row.alarm_at).total_seconds() / _HOUR, 2),
        "seconds_to_proof": row.seconds_to_proof,
        "days_from_onset_to_rollback": _days(onset, acted),
        "days_from_true_onset_to_rollback": _days(truth, acted),
        "labels_by_then": _labels(registry, row, acted),
        "report": row.report,
    }


def _first_answer(registry: Registry, row: AutomaticRow) -> datetime:
    times = _answered(registry, row, row.acted_at or row.noted_at, labelled_only=False)
    return as_utc(times.min().astype("datetime64[us]").astype(datetime)) if times.size else row.alarm_at


def _labels(registry: Registry, row: AutomaticRow, until: datetime) -> int:
    return int(_answered(registry, row, until, labelled_only=True).size)


def _answered(registry: Registry, row: AutomaticRow, until: datetime, *, labelled_only: bool) -> Any:
    """Event times of what the bad version answered, as known at `until`."""
    window = ObservationStore(registry).window(
        row.model,
        datetime(1970, 1, 1),
        until,
        columns=(),
        served_digest=row.from_digest,
        labelled_only=labelled_only,
        known_by=until,
    )
    times: np.ndarray[Any, np.dtype[np.datetime64]] = window.columns["event_time"]
    return times


def _days(start: datetime, end: datetime) -> float:
    return round((end - start).total_seconds() / _DAY, 2)


def _sentence(one: dict[str, Any], beside: dict[str, Any]) -> str:
    days = one["days_from_onset_to_rollback"]
    without, best = beside["without_monitoring_days"], beside["best_practice_days"]
    return (
        f"{one['model']}: version {one['from']} was rolled back to {one['to']} automatically, under policy "
        f"{one['policy']} of {one['signed_beforehand_by']}. True onset {one['true_onset']:%Y-%m-%d %H:%M}, estimated "
        f"{one['onset']:%Y-%m-%d %H:%M}; alarm after {one['days_from_onset_to_alarm']:g} days, rollback "
        f"{one['hours_from_alarm_to_rollback']:g} hours later, proven {one['seconds_to_proof']:.2f} s after that: "
        f"{days:g} days from onset to rollback, in which {one['labels_by_then']} labels came. Beside it: four months "
        f"({without:g} days) without monitoring, {_held(days, without)}; nine days as best practice, "
        f"{_held(days, best)} ({beside['source']})."
    )


def _held(days: float, other: float) -> str:
    return f"{abs(other - days):.1f} days {'sooner' if days < other else 'later'} here"
