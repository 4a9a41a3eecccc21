"""The columns of the rehearsal's tables: planted changes, and earlier rehearsals."""

from __future__ import annotations

from typing import Any

from aiqu_desktop.services.views import RehearsalRow
from aiqu_desktop.ui import formatting as fmt
from aiqu_desktop.ui.rehearsal.proposal import change_words
from aiqu_desktop.ui.states import Look
from aiqu_desktop.ui.tables.record_model import Column

Planted = dict[str, Any]
FOUND = Look("", "good", "good")
SOMETIMES = Look("", "warning", "warning")
MISSED = Look("", "unknown", "unknown")


def _look(row: Planted) -> Look:
    """Nine of ten is what a limit is trusted with; below half it is luck."""
    return FOUND if row["found"] >= 0.9 else SOMETIMES if row["found"] >= 0.5 else MISSED


def _days(row: Planted, name: str) -> str:
    value = row[name]
    return f"> {row['horizon_days']:g} d" if value is None else f"{fmt.number(value, 0 if value >= 10 else 1)} d"


def _planted(row: Planted) -> str:
    """A sentence begins with a capital; the name of a feature keeps its own spelling."""
    text = str(row["planted"])
    return text if "_" in text.split(" ")[0] or " goes from " not in text else text[:1].upper() + text[1:]


PLANTED = (
    Column("planted", "Planted change", _planted, stretch=True),
    Column("found", "Found", lambda r: f"{fmt.percent(r['found'])} of {r['trials']}", 132, look=_look,
           sort=lambda r: r["found"],
           tooltip=lambda r: f"It rang within {r['horizon_days']:g} days in {fmt.percent(r['found'])} "
                             f"of {r['trials']} trials."),
    Column("median", "Half within", lambda r: _days(r, "median_days"), 96, right=True,
           sort=lambda r: r["median_days"] if r["median_days"] is not None else float("inf"),
           tooltip=lambda _r: "From the change to the alarm, in the middle of the trials."),
    Column("late", "Nine of ten within", lambda r: _days(r, "late_days"), 140, right=True,
           sort=lambda r: r["late_days"] if r["late_days"] is not None else float("inf"),
           tooltip=lambda _r: "From the change to the alarm; the slowest tenth of the trials took longer."),
)  # fmt: skip

EARLIER = (
    Column("when", "When", lambda r: fmt.instant(r.at), 150, sort=lambda r: r.at,
           tooltip=lambda r: f"{fmt.instant_full(r.at)} by {r.by}"),
    Column("change", "Proposed", lambda r: change_of(r), stretch=True, tooltip=lambda r: r.sentence),
)  # fmt: skip


def change_of(row: RehearsalRow) -> str:
    """What a rehearsal would change, from and to."""
    after = row.rehearsal["settings"]
    return change_words(row.kind, {**after, **row.before}, after)
