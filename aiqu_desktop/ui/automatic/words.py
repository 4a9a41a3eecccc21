"""How automatic rollback is told on the screen."""

from __future__ import annotations

from aiqu_desktop.core.words import AutomaticMode, AutomaticState, Trigger
from aiqu_desktop.services.views import AutomaticRow, AutomaticTerms, AutomaticView
from aiqu_desktop.ui import formatting as fmt
from aiqu_desktop.ui.states import Look

TRIGGERS = {
    Trigger.PERFORMANCE: "Performance alarm: realised on labels, with its guarantee",
    Trigger.GOLDEN: "Golden cases fail on the target",
    Trigger.ERRORS: "The target serves the version and gives no answers",
    Trigger.LATENCY: "The golden cases take longer on the target than",
}
STATES = {
    AutomaticState.ADVISED: Look("Advised", "warning", "warning"),
    AutomaticState.WAITING: Look("Counts down", "warning", "warning"),
    AutomaticState.ACTING: Look("Being done", "heartbeat", "accent"),
    AutomaticState.DONE: Look("Done", "verified", "good"),
    AutomaticState.FAILED: Look("Failed", "cross", "alarm"),
    AutomaticState.VETOED: Look("Vetoed", "stop", "unknown"),
    AutomaticState.CANCELLED: Look("Cancelled", "cross", "ink_muted"),
}
_ADVISES = Look("Automatic rollback: advises only", "pause", "ink_muted")
_ACTS = Look("Automatic rollback: acts", "play", "accent")


def mode_look(view: AutomaticView) -> tuple[Look, str]:
    """The state in the head of the model page, and the whole of it for the mouse."""
    if view.mode is AutomaticMode.ADVISE or view.policy is None:
        waits = f" Policy {view.proposal.number} waits for an approver." if view.proposal is not None else ""
        return _ADVISES, f"{view.why}{waits}"
    terms = view.policy
    text = f"{_ACTS.word}, {fmt.duration(terms.countdown_seconds)} to veto, until {fmt.day(terms.valid_until)}"
    return Look(text, _ACTS.icon, _ACTS.token), "\n".join(terms_lines(terms))


def terms_lines(terms: AutomaticTerms) -> list[str]:
    """A policy in a few lines."""
    budget = "" if terms.latency_ms is None else f" {fmt.number(terms.latency_ms)} ms"
    triggers = "; ".join(
        f"{TRIGGERS[trigger]}{budget if trigger is Trigger.LATENCY else ''}" for trigger in terms.triggers
    )
    signed = f"Proposed by {terms.proposed_by}, {fmt.instant(terms.proposed_at)}: {terms.reason}"
    if terms.approved_by:
        signed += f"\nApproved by {terms.approved_by}, {fmt.instant(terms.approved_at)}"
    often = fmt.plural(terms.at_most, "automatic rollback", "automatic rollbacks")
    return [
        f"Triggers: {triggers}.",
        f"{fmt.duration(terms.countdown_seconds)} to veto; at most {often} in seven days; until "
        f"{fmt.day(terms.valid_until)}.",
        signed,
    ]


def row_words(row: AutomaticRow) -> str:
    """One row in a sentence or two."""
    to = "" if row.to_version is None else f" → {row.to_version}"
    obstacle = row.obstacle if row.obstacle and row.obstacle not in row.sentence else ""
    end = row.ended or obstacle
    return f"Version {row.from_version}{to}, {fmt.instant(row.noted_at)}. {row.sentence} {end}".strip()
