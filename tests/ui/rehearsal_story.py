"""Made-up rehearsals for the window's tests and pictures."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np

from aiqu_desktop.core.words import CheckKind
from aiqu_desktop.services.views import RehearsalRow
from tests.ui.fake_rows import NOW

SETTINGS = {
    CheckKind.PERFORMANCE: {
        "metric": "accuracy", "limit": 0.873034, "window_days": 28.0, "min_labels": 30, "false_alarm_years": 10.0,
        "on_delay": 1, "off_delay": 2, "costs": "SEK: Ethanol>Acetone 900; Acetone>Ethanol 150",
    },
    CheckKind.DRIFT: {"window_days": 28.0, "min_rows": 60, "share_limit": 0.3, "on_delay": 2, "off_delay": 2,
                      "segment_by": ["recipe", "line"], "compare_like": "", "shift_starts": [], "shift_zone": "UTC"},
}  # fmt: skip
_DAY = 86_400.0


def _figure(kind: CheckKind) -> tuple[np.ndarray, np.ndarray]:
    """Thirty months of daily answers, with a silence of two months and two declines."""
    start = (NOW - timedelta(days=900)).timestamp()
    days = np.arange(28, 900)
    days = days[(days < 400) | (days > 460)]
    rng = np.random.default_rng(5)
    fall = np.clip((days - 240) / 60, 0, 1) * (days < 330) + np.clip((days - 640) / 90, 0, 1) * (days < 745)
    noise = np.convolve(rng.normal(0, 1, len(days)), np.ones(9) / 9, mode="same")
    if kind is CheckKind.DRIFT:
        return start + days * _DAY, np.clip(0.03 + 0.55 * fall + 0.04 * noise, 0, 1)
    return start + days * _DAY, np.clip(0.965 - 0.17 * fall + 0.02 * noise, 0, 1)


def make_rehearsal(
    number: int = 3, kind: CheckKind = CheckKind.PERFORMANCE, changes: dict[str, float] | None = None,
    before: dict[str, object] | None = None, at: datetime = NOW, by: str = "M. Ek", model: str = "gas-classifier",
) -> RehearsalRow:  # fmt: skip
    """A rehearsal with two alarms, one of which still stood at its version's end, and four planted changes."""
    before = dict(SETTINGS[kind] if before is None else before)
    after = {**before, **(changes or {})}
    times, values = _figure(kind)
    limit = float(after["share_limit" if kind is CheckKind.DRIFT else "limit"])
    start, end = (NOW - timedelta(days=900)).timestamp(), NOW.timestamp()
    drift = kind is CheckKind.DRIFT
    planted = "the six weightiest features shift by {} spreads" if drift else "accuracy goes from 0.962 to {}"
    sizes = (0.25, 0.5, 1.0) if drift else (0.853, 0.823, 0.773, 0.673)
    found = (0.18, 0.62, 1.0) if drift else (0.12, 0.55, 0.95, 1.0)
    days = ((None, None), (31.0, None), (9.0, 15.0)) if drift else ((None, None), (51.0, None), (25.0, 44.0), (8.5, 14))
    sentence = (
        "Replayed from 2007-09-26 to 2010-03-14: 2 alarms (0.81 a year); 61 of 872 checks lack data. In 18.4 "
        "undisturbed years made from 4,004 labelled observations of version 2 outside its alarms it rang falsely "
        "0.054 times a year. With 8.46 labels a day, a change in which accuracy goes from 0.962 to 0.853 shows within "
        "60 days in only 12% of the trials."
    )
    rehearsal = {
        "kind": kind.value, "settings": after, "start": start, "end": end, "asked": 872, "unanswered": 61,
        "alarms": [
            {"version": 1, "at": start + 290 * _DAY, "cleared_at": start + 332 * _DAY, "value": 0.842},
            {"version": 2, "at": start + 700 * _DAY, "cleared_at": None, "value": 0.851},
        ],
        "times": times.tolist(), "values": values.tolist(), "limit": limit, "false_alarms_a_year": 0.054,
        "years_tried": 18.4, "material": "4,004 labelled observations of version 2 outside its alarms",
        "rows_a_day": 8.46,
        "detections": [
            {"planted": planted.format(size), "value": size, "trials": 60, "found": share, "median_days": median,
             "late_days": late, "horizon_days": 60.0}
            for size, share, (median, late) in zip(sizes, found, days, strict=True)
        ],
        "segments": ["0" * 64], "sentence": sentence, "notes": [], "alarms_a_year": 0.81,
    }  # fmt: skip
    return RehearsalRow(number, model, kind, at, by, before, rehearsal, "ab" * 32, sentence)
