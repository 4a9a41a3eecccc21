"""Which function answers which kind of check."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from aiqu_desktop.core.words import CheckKind
from aiqu_desktop.monitoring import (
    drift_check,
    drill_check,
    freshness_check,
    integrity_check,
    quality_check,
    standby_check,
    target_check,
)
from aiqu_desktop.monitoring.context import CheckContext
from aiqu_desktop.monitoring.outcome import CheckOutcome
from aiqu_desktop.monitoring.performance import check as performance_check
from aiqu_desktop.monitoring.settings import from_json

_ANSWER: dict[CheckKind, Callable[[Any, CheckContext], CheckOutcome]] = {
    CheckKind.DRIFT: drift_check.answer,
    CheckKind.PERFORMANCE: performance_check.answer,
    CheckKind.QUALITY: quality_check.answer,
    CheckKind.FRESHNESS: freshness_check.answer,
    CheckKind.INTEGRITY: integrity_check.answer,
    CheckKind.STANDBY: standby_check.answer,
    CheckKind.DRILL: drill_check.answer,
    CheckKind.TARGET: target_check.answer,
}


def run(kind: CheckKind, settings: Mapping[str, Any], context: CheckContext) -> CheckOutcome:
    """Answer one check.

    Raises:
        UserError: if its settings cannot be read.
        RunCancelled: if the run was told to stop.
    """
    return _ANSWER[kind](from_json(kind, settings), context)
