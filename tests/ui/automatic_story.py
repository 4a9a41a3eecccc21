"""Made-up policies and automatic rollbacks, for the tests and pictures of the window."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from aiqu_desktop.core.words import AutomaticMode, AutomaticState, Trigger
from aiqu_desktop.services.views import AutomaticRow, AutomaticTerms, AutomaticView
from tests.ui.fake_rows import NOW

_GUARANTEE = (
    "While the model does as well as it was accepted to (accuracy 0.985), it rings at most once in 10 years on "
    "average, however often it is looked at (Shiryaev-Roberts e-detector)."
)


def make_terms(number: int = 1, *, approved: bool = True, now: datetime = NOW) -> AutomaticTerms:
    return AutomaticTerms(
        number=number, triggers=(Trigger.PERFORMANCE, Trigger.GOLDEN), countdown_seconds=7200, at_most=1,
        valid_until=now + timedelta(days=80), latency_ms=None,
        reason="A wrong gas is dear, and at night nobody watches.", proposed_by="Jonas Lindqvist",
        proposed_at=now - timedelta(days=10), approved_by="Maria Ek" if approved else "",
        approved_at=now - timedelta(days=9) if approved else None, until=now + timedelta(days=80),
    )  # fmt: skip


def make_row(state: AutomaticState = AutomaticState.WAITING, *, now: datetime = NOW, **changes: Any) -> AutomaticRow:
    over = not state.open
    fields: dict[str, Any] = {
        "id": 3, "model": "gas-classifier", "model_title": "Gas classifier", "trigger": Trigger.PERFORMANCE,
        "alarm_id": 11, "state": state, "from_version": 3, "to_version": 2, "from_digest": "c3" * 32,
        "to_digest": "b2" * 32,
        "sentence": "Roll back to version 2. Version 2 lies ready on the target, its files and golden cases verified "
        "just now. Version 2 has no alarm of its own. On the 32 labelled rows since 2009-02-03 version 2 has accuracy "
        "0.906 beside 0.688 of what version 3 answered, +0.219 (95 % +0.0328 to +0.395).",
        "obstacle": "", "alarm_message": "Version 3: accuracy 0.688 [0.514 to 0.820] on 32 labelled observations is "
        "beyond its limit 0.873.", "guarantee": _GUARANTEE, "onset_at": now - timedelta(days=15),
        "alarm_at": now - timedelta(minutes=3), "noted_at": now - timedelta(minutes=3),
        "due_at": now + timedelta(hours=1, minutes=57), "acted_at": None,
        "ended_at": now if over else None, "ended": "Version 2 is live: the line answers." if over else "",
        "findings": (), "policy": 1, "signed_by": "Jonas Lindqvist and Maria Ek", "release": "", "report": None,
        "seconds_to_proof": None,
    }  # fmt: skip
    return AutomaticRow(**fields | changes)


def make_view(*, acts: bool = False, proposed: bool = False, pending: AutomaticRow | None = None) -> AutomaticView:
    """By default nobody signed anything."""
    vetoed = make_row(AutomaticState.VETOED, id=1, ended="Vetoed by Elin Sandberg: the sensors were just cleaned.")
    return AutomaticView(
        model="gas-classifier",
        model_title="Gas classifier",
        mode=AutomaticMode.ACT if acts else AutomaticMode.ADVISE,
        why="" if acts else "No policy is signed, so it advises only.",
        site_now=NOW,
        policy=make_terms() if acts else None,
        proposal=make_terms(2, approved=False) if proposed else None,
        pending=pending,
        past=(make_row(AutomaticState.DONE, id=2), vetoed) if acts else (),
    )
