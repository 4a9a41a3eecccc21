"""`aiqu automatic`: the policy for automatic rollbacks of a model, what waits, and what came of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import click

from aiqu_desktop.cli.options import by_option, json_option, site_option
from aiqu_desktop.cli.output import print_json
from aiqu_desktop.cli.passwords import credentials, password_option
from aiqu_desktop.core.clock import as_utc, iso
from aiqu_desktop.core.errors import UserError
from aiqu_desktop.core.words import AutomaticState, Trigger
from aiqu_desktop.lifecycle.automatic.policy import AutomaticPolicy
from aiqu_desktop.registry import Registry
from aiqu_desktop.services import automatic as service
from aiqu_desktop.services.opening import opened_site
from aiqu_desktop.services.views import AutomaticRow, AutomaticTerms, AutomaticView

_VALID = timedelta(days=90)


@click.command()
@click.argument("model")
@click.option("--propose", "act", flag_value="propose", help="Propose a policy; another person must approve it.")
@click.option("--approve", "act", flag_value="approve", help="Put the proposed policy in force.")
@click.option("--advise", "act", flag_value="advise", help="Back to advice at once; one person does that.")
@click.option("--veto", metavar="REASON", default="", help="Stop the rollback whose countdown runs.")
@click.option(
    "--trigger",
    "triggers",
    multiple=True,
    type=click.Choice([trigger.value for trigger in Trigger]),
    help="What may call for it; may be given several times. Without it: performance.",
)
@click.option("--countdown", type=int, default=600, show_default=True, help="Seconds in which anyone may veto.")
@click.option("--at-most", type=int, default=1, show_default=True, help="Automatic rollbacks in seven days.")
@click.option(
    "--valid-until",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DAY",
    show_default="90 days from now",
    help="The day on which it ends.",
)
@click.option("--latency-ms", type=float, help="For target-latency: what the golden cases may take there together.")
@click.option("--reason", default="", help="Why; needed to propose and for --advise.")
@password_option
@by_option
@site_option
@json_option
def automatic(
    model: str,
    act: str | None,
    veto: str,
    triggers: tuple[str, ...],
    countdown: int,
    at_most: int,
    valid_until: datetime | None,
    latency_ms: float | None,
    reason: str,
    password: Path | None,
    by: str,
    site: Path,
    as_json: bool,
) -> int:  # fmt: skip
    """Show MODEL's policy for automatic rollbacks, what waits and what was done; or sign, end or veto it."""
    with opened_site(site) as registry:
        if veto and act:
            raise UserError("A veto is given alone; leave the other options out.")
        service.show(registry, model)  # an unknown model is said before a password is asked for
        if veto:
            service.veto(registry, model, credentials(by, password), veto)
        elif act == "propose":
            until = as_utc(valid_until) if valid_until else registry.clock.now() + _VALID
            named = tuple(Trigger(name) for name in triggers) or (Trigger.PERFORMANCE,)
            policy = AutomaticPolicy(named, countdown, until.replace(microsecond=0), at_most, latency_ms)
            _need(reason, "propose a policy")
            policy.check(registry.clock.now())
            service.propose(registry, model, policy, credentials(by, password), reason)
        elif act == "approve":
            _approve(registry, model, by, password, reason, as_json)
        elif act == "advise":
            _need(reason, "switch to advice")
            service.advise_only(registry, model, credentials(by, password), reason)
        view = service.show(registry, model)
    if as_json:
        print_json(view)
    else:
        _show(view)
    return 0


def _approve(registry: Registry, model: str, by: str, password: Path | None, reason: str, as_json: bool) -> None:
    waits = service.show(registry, model).proposal
    if waits is None:
        raise UserError(f"No policy of {model} waits for an approver; propose one: aiqu automatic {model} --propose.")
    if not as_json:
        _show_terms("To be approved", waits)
    service.approve(registry, model, credentials(by, password), reason, shown=waits.number)


def _show(view: AutomaticView) -> None:
    click.echo(f"{view.model}: {view.mode.value}{'. ' + view.why if view.why else ''}")
    if view.policy is not None:
        _show_terms("In force", view.policy)
    if view.proposal is not None:
        _show_terms("Waits for an approver", view.proposal)
    if view.pending is not None:
        _show_row(view.pending)
    for row in view.past:
        _show_row(row)


def _show_terms(title: str, terms: AutomaticTerms) -> None:
    triggers = ", ".join(trigger.value for trigger in terms.triggers)
    budget = f", golden cases within {terms.latency_ms:g} ms" if terms.latency_ms is not None else ""
    click.echo(f"{title}: policy {terms.number}, proposed by {terms.proposed_by}: {terms.reason}")
    if terms.approved_by:
        click.echo(f"  approved by {terms.approved_by} at {iso(terms.approved_at or terms.proposed_at)}")
    click.echo(f"  triggers: {triggers}{budget}")
    click.echo(f"  countdown {terms.countdown_seconds} s, at most {terms.at_most} in seven days")
    click.echo(f"  valid until {iso(terms.valid_until)}")


def _show_row(row: AutomaticRow) -> None:
    to = f" → {row.to_version}" if row.to_version is not None else ""
    click.echo(f"{row.id}  {row.state.value}  version {row.from_version}{to}, {row.trigger.value} alarm {row.alarm_id}")
    click.echo(f"  {row.sentence}")
    if row.obstacle and row.obstacle not in row.sentence:
        click.echo(f"  not by itself: {row.obstacle}")
    if row.state is AutomaticState.WAITING and row.due_at is not None:
        click.echo(f"  due at {iso(row.due_at)}; to stop it: aiqu automatic {row.model} --veto REASON --by NAME")
    if row.ended:
        click.echo(f"  {row.ended}")
    if row.report is not None:
        click.echo(f"  report: {row.report}")


def _need(reason: str, what: str) -> None:
    if not reason.strip():
        raise UserError(f"To {what} needs a reason; give one with --reason.")
