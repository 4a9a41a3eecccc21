"""`aiqu monitor`: schedule the site's checks without a window."""

from __future__ import annotations

import signal
import threading
from functools import partial
from pathlib import Path

import click

from aiqu_desktop.cli.options import json_option, site_option
from aiqu_desktop.cli.output import print_json
from aiqu_desktop.core.errors import EnvironmentFault
from aiqu_desktop.registry import Registry
from aiqu_desktop.scheduling import Monitor
from aiqu_desktop.services.automatic import write_report
from aiqu_desktop.services.opening import open_site
from aiqu_desktop.services.runs import list_runs


@click.command()
@click.option("--once", is_flag=True, help="Take in what has arrived, run what is due, and end.")
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True, help="Checks at once.")
@click.option(
    "--jobs", type=click.IntRange(1, 64), default=1, show_default=True, help="Threads for one check's columns."
)
@click.option(
    "--settle-seconds",
    type=click.FloatRange(0.0, 3600.0),
    default=2.0,
    show_default=True,
    help="Read a file once it was left alone for so long; 0 where writers rename finished files into place.",
)
@site_option
@json_option
def monitor(once: bool, workers: int, jobs: int, settle_seconds: float, site: Path, as_json: bool) -> int:
    """Schedule the checks of the site until told to stop (SIGTERM or Ctrl-C); one process a site does.

    With --once, exit status 2 when another process schedules or a check did not end in time; --json lists the
    newest runs.
    """
    registry = open_site(site)
    watcher = Monitor(
        registry,
        "monitor",
        workers=workers,
        jobs=jobs,
        settle_seconds=settle_seconds,
        on_fault=lambda sentence: click.echo(f"aiqu: {sentence}", err=True),
        on_acted=partial(write_report, registry),
    )
    try:
        if once:
            return _once(registry, watcher, as_json)
        stop = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: stop.set())
        watcher.start()
        click.echo(f"The monitor watches {site}; stop it with Ctrl-C.", err=True)
        stop.wait()
        return 0
    finally:
        watcher.stop()
        registry.close()


def _once(registry: Registry, watcher: Monitor, as_json: bool) -> int:
    idle = watcher.run_until_idle()
    if not watcher.holds_lease:
        raise EnvironmentFault("Another process schedules on this site; leave it to that one, or stop it first.")
    if not idle:
        raise EnvironmentFault(
            "Some checks did not end in time and were stopped; run 'aiqu monitor' to go on with them."
        )
    if as_json:
        print_json(list_runs(registry, limit=100))
    else:
        click.echo("Everything that was due has run.")
    return 0
