"""The evidence file that travels inside the PDF: the report's data, whole and machine-readable.

Keys are the field names of `ModelReport`; instants are ISO 8601 in UTC, durations seconds, a number that is not
finite is null. The same data gives the same bytes.
"""

from __future__ import annotations

import dataclasses
import json
import math
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from aiqu_desktop import __version__
from aiqu_desktop.core.clock import iso
from aiqu_desktop.reports.model_report import ModelReport

FORMAT = "aiqu-model-report-1"


def evidence_json(report: ModelReport, made_at: datetime) -> bytes:
    """The evidence file: UTF-8 JSON, keys sorted, indented for the person who opens it."""
    whole = {"format": FORMAT, "product": __version__, "made_at": iso(made_at), "report": plain(report)}
    text = json.dumps(whole, sort_keys=True, indent=1, ensure_ascii=False, allow_nan=False)
    # A lone surrogate (a file name that was no UTF-8) has no bytes: write its escape, which JSON reads back.
    return "".join(f"\\u{ord(c):04x}" if "\ud800" <= c <= "\udfff" else c for c in text).encode() + b"\n"


def plain(value: Any) -> Any:
    """`value` out of dictionaries, lists, strings, numbers, booleans and None only."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
