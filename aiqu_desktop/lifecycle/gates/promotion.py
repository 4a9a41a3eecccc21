"""All gates of a promotion, in the order in which they are shown: the version, the data, the rules, the site."""

from __future__ import annotations

from sqlalchemy.orm import Session

from aiqu_desktop.lifecycle.evaluation.candidacy import Candidacy
from aiqu_desktop.lifecycle.gates.budget import within_budget
from aiqu_desktop.lifecycle.gates.data import data_gates, decided_by_data
from aiqu_desktop.lifecycle.gates.gate import GateResult
from aiqu_desktop.lifecycle.gates.rules import not_frozen, policy_stands, reference_is_young
from aiqu_desktop.lifecycle.gates.shadow import shadow_compared
from aiqu_desktop.lifecycle.gates.site import alarms_are_quiet, no_unfinished_release, not_withdrawn, target_answers
from aiqu_desktop.lifecycle.gates.version import files_intact, golden_cases_pass, not_worse_on_paper, schema_fits
from aiqu_desktop.lifecycle.targets.choice import chosen_target
from aiqu_desktop.lifecycle.targets.target import Target


def promotion_gates(asked: Candidacy, session: Session, target: Target) -> tuple[GateResult, ...]:
    """Ask every gate. `session` reads only, and is not held while the version is measured."""
    policy = asked.standing.policy
    rules = (policy_stands(session, asked), not_frozen(asked), reference_is_young(asked))
    site = (
        alarms_are_quiet(session, asked.model_id, policy.alarms.block),
        no_unfinished_release(session, asked.model_id),
        not_withdrawn(session, asked.version),
    )
    chosen = chosen_target(session, asked.model_id)
    session.rollback()  # what follows takes time, and writes what it measured
    measured = data_gates(asked)
    paper = not_worse_on_paper(
        asked.version, asked.champion, asked.metric, policy.paper, decides=not decided_by_data(measured)
    )
    return (
        files_intact(asked.store, asked.version),
        schema_fits(asked.version, asked.champion),
        golden_cases_pass(asked.store, asked.version),
        *measured,
        shadow_compared(asked),
        paper,
        within_budget(asked),
        *rules,
        target_answers(target, chosen),
        *site,
    )
