"""`aiqu versions`: the versions of a model and how their tests went."""

from __future__ import annotations

from pathlib import Path

import click

from aiqu_desktop.cli.options import by_option, json_option, site_option
from aiqu_desktop.cli.output import print_json, print_table
from aiqu_desktop.core.clock import iso
from aiqu_desktop.core.words import FlowState
from aiqu_desktop.services.opening import opened_site
from aiqu_desktop.services.versions import ask_again, list_versions, stop_tests
from aiqu_desktop.services.views import VersionRow

_SIGNS = {True: "pass  ", False: "FAIL  ", None: "advice"}


@click.command()
@click.argument("model")
@click.option("--steps", is_flag=True, help="Also what each step of the tests found.")
@click.option("--test", "again", type=int, metavar="VERSION", help="Have this version tested again.")
@click.option("--stop", type=int, metavar="VERSION", help="Stop the tests of this version.")
@by_option
@site_option
@json_option
def versions(model: str, steps: bool, again: int | None, stop: int | None, by: str, site: Path, as_json: bool) -> int:
    """List the versions of MODEL, newest first, and how far their tests are.

    After its import a version is tested by the monitor or the window. Exit status 1 when the newest one is not ready.
    """
    with opened_site(site) as registry:
        if again is not None:
            ask_again(registry, model, again, by=by)
        if stop is not None:
            stop_tests(registry, model, stop, by=by)
        rows = list_versions(registry, model)
    if as_json:
        print_json(rows)
    else:
        print_table(
            "",
            ("version", "state", "imported", "by", "tests", "notes"),
            [(str(r.number), r.state.value, iso(r.imported_at), r.imported_by, _tests(r), r.notes) for r in rows],
        )
        if steps:
            _show_steps(rows)
    newest = rows[0].tests if rows else None
    return 1 if newest is not None and newest.state in (FlowState.NOT_READY, FlowState.FAILED) else 0


def _tests(row: VersionRow) -> str:
    if row.tests is None:
        return "none"
    if row.tests.state.open:
        return f"{row.tests.state.value}, {len(row.tests.steps)} of {row.tests.total} steps"
    return row.tests.sentence


def _show_steps(rows: tuple[VersionRow, ...]) -> None:
    for row in rows:
        click.echo(f"\nVersion {row.number}")
        for step in row.tests.steps if row.tests else ():
            click.echo(f"  {_SIGNS[step.passed]} {step.title}: {step.finding}")
