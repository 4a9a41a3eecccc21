"""`aiqu audit verify` and `aiqu audit list`."""

from __future__ import annotations

from pathlib import Path

import click

from aiqu_desktop.cli.options import json_option, site_option
from aiqu_desktop.cli.output import print_json, print_table
from aiqu_desktop.core.clock import iso
from aiqu_desktop.services.audit import list_audit, verify_chain
from aiqu_desktop.services.opening import opened_site


@click.group()
def audit() -> None:
    """The audit chain: verify it, or list its newest records."""


@audit.command()
@site_option
@json_option
def verify(site: Path, as_json: bool) -> int:
    """Re-compute the chain and name the first broken record; exit status 1 when there is one."""
    with opened_site(site) as registry:
        verdict = verify_chain(registry)
    if as_json:
        print_json({"intact": verdict.intact, "records": verdict.records, "head": verdict.head,
                    "broken_at": verdict.broken_at, "finding": verdict.finding})  # fmt: skip
    else:
        word = "intact" if verdict.intact else "BROKEN"
        click.echo(f"The audit chain is {word}. {verdict.finding} Head {verdict.head}")
    return 0 if verdict.intact else 1


@audit.command("list")
@click.option("--limit", type=click.IntRange(1, 100_000), default=50, show_default=True)
@click.option("--text", default="", help="Only records with this in actor, action, subject or reason.")
@site_option
@json_option
def list_(limit: int, text: str, site: Path, as_json: bool) -> int:
    """List the newest records."""
    with opened_site(site) as registry:
        rows = list_audit(registry, limit=limit, text=text)
    if as_json:
        print_json(rows)
    else:
        print_table(
            "",
            ("no.", "at", "who", "what", "on", "why"),
            [(str(r.sequence), iso(r.at), r.actor, r.action, r.subject, r.reason) for r in rows],
        )
    return 0
