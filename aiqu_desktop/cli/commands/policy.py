"""`aiqu policy`: what the releases of a model are held to; and `aiqu holdout`: the rows that the site kept aside."""

from __future__ import annotations

from pathlib import Path

import click

from aiqu_desktop.cli.options import by_option, json_option, site_option
from aiqu_desktop.cli.output import print_json, print_table
from aiqu_desktop.core.clock import iso
from aiqu_desktop.services.opening import opened_site
from aiqu_desktop.services.policies import check_policy, holdout_sets, set_holdout, show_policy


@click.group()
def policy() -> None:
    """Show or check what the releases of a model are held to."""


@policy.command("show")
@click.argument("model")
@site_option
@json_option
def show(model: str, site: Path, as_json: bool) -> int:
    """Print the policy of MODEL in full, as the TOML file that would state it; exit status 1 if its file is faulty."""
    with opened_site(site) as registry:
        view = show_policy(registry, model)
    if as_json:
        print_json(view)
    else:
        source = view.file if view.from_file else f"the defaults; {view.file} would change them"
        click.echo(f"# {view.model}: {source}\n# digest {view.digest}")
        click.echo(
            f"# FAULTY, so nothing can be promoted: {view.fault}" if view.fault else view.text, nl=bool(view.fault)
        )
    return 1 if view.fault else 0


@policy.command("check")
@click.argument("model")
@click.argument("file", type=click.Path(path_type=Path), required=False)
@site_option
@json_option
def check(model: str, file: Path | None, site: Path, as_json: bool) -> int:
    """Read FILE, or else the policy of MODEL, and say what it changes; nothing is put in force by it."""
    with opened_site(site) as registry:
        view = check_policy(registry, model, file)
    if as_json:
        print_json(view)
    else:
        click.echo(f"{view.file} can be used." if view.from_file else f"There is no {view.file}: the defaults hold.")
        for change in view.changes:
            click.echo(f"  {change}")
    return 0


@click.group()
def holdout() -> None:
    """Show or set the held-out set of a model: labelled rows of the site's own, on which versions are judged."""


@holdout.command("set")
@click.argument("model")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--reason", default="", help="Where it comes from.")
@by_option
@site_option
@json_option
def set_(model: str, file: Path, reason: str, by: str, site: Path, as_json: bool) -> int:
    """Make FILE (CSV or Parquet: every feature, and label) the held-out set of MODEL."""
    with opened_site(site) as registry:
        facts = set_holdout(registry, model, file, by=by, reason=reason)
    if as_json:
        print_json(facts)
    else:
        click.echo(f"{facts.file_name} is the held-out set of {model}: {facts.rows:,} rows, {facts.sha256[:12]}…")
    return 0


@holdout.command("show")
@click.argument("model")
@site_option
@json_option
def list_(model: str, site: Path, as_json: bool) -> int:
    """List the held-out sets of MODEL, the one that stands first."""
    with opened_site(site) as registry:
        rows = holdout_sets(registry, model)
    if as_json:
        print_json(rows)
    elif not rows:
        click.echo(f"{model} has no held-out set; 'aiqu holdout set {model} FILE' gives it one.")
    else:
        print_table(
            "",
            ("set at", "by", "file", "rows", "digest", "reason"),
            [(iso(r.at), r.by, r.file_name, f"{r.rows:,}", f"{r.sha256[:12]}…", r.reason) for r in rows],
        )
    return 0
