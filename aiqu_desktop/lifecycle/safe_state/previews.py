"""What a stop or a resumption would do: all that a person sees before deciding, as the preview of a release."""

from __future__ import annotations

from aiqu_desktop.core.clock import iso
from aiqu_desktop.core.words import ReleaseKind
from aiqu_desktop.lifecycle.facts import champion_of, facts_of, model_named
from aiqu_desktop.lifecycle.gates.site import alarms_advice, target_answers
from aiqu_desktop.lifecycle.gates.version import files_intact, golden_cases_pass
from aiqu_desktop.lifecycle.last_good import healthy_champions
from aiqu_desktop.lifecycle.preview import Preview, first_failure
from aiqu_desktop.lifecycle.safe_state.cards import card_of
from aiqu_desktop.lifecycle.safe_state.hold import stopped
from aiqu_desktop.lifecycle.targets.choice import chosen_target, target_of
from aiqu_desktop.lifecycle.targets.target import Target
from aiqu_desktop.registry import ArtifactStore, Registry


def preview_stop(registry: Registry, model_name: str) -> Preview:
    """What stopping the model would do. No gate holds a stop up; without a fallback card it goes ahead, too.

    Raises:
        UserError: if there is no such model.
    """
    with registry.read() as session:
        model = model_named(session, model_name)
        live, standing, card = champion_of(model), stopped(session, model.id), card_of(session, model.id)
        champion, metric = facts_of(live) if live else None, model.primary_metric
        good = next(iter(healthy_champions(session, model.id)), None)
        back = f"roll back to version {good.number}, which ends the stop" if good else ""
    blocking = ""
    if champion is None:
        blocking = f"{model_name} has no champion, so there is nothing to stop."
    elif standing is not None and standing.proven:
        blocking = f"{model_name} is stopped already, since {iso(standing.since)} by {standing.by}."
    way_back = "The same version serves again when two people sign for it" + (
        f"; one person can {back}." if back else "."
    )
    return Preview(
        ReleaseKind.STOP,
        model_name,
        metric,
        champion,
        None,
        (),
        blocking,
        way_back,
        None,
        stopped=standing,
        fallback=card,
    )


def preview_resume(registry: Registry, model_name: str, *, target: Target | None = None) -> Preview:
    """What it would take to let the champion serve again after a stop.

    Raises:
        UserError: if there is no such model.
    """
    store = ArtifactStore(registry.paths.artifacts, registry.clock)
    with registry.read() as session:
        model = model_named(session, model_name)
        live, standing, metric = champion_of(model), stopped(session, model.id), model.primary_metric
        champion = facts_of(live) if live else None
        chosen, alarms = chosen_target(session, model.id), alarms_advice(session, model.id)
    if champion is None or standing is None:
        why = f"{model_name} is not stopped, so there is nothing to resume."
        return Preview(ReleaseKind.RESUME, model_name, metric, champion, None, (), why, "", None)
    gates = (
        files_intact(store, champion),
        golden_cases_pass(store, champion),
        target_answers(target or target_of(registry, model_name), chosen),
        alarms,
    )
    return Preview(
        ReleaseKind.RESUME,
        model_name,
        metric,
        champion,
        champion,
        gates,
        first_failure(gates),
        "One person can stop it again with one reason.",
        champion.number,
        stopped=standing,
    )
