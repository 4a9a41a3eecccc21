"""`aiqu monitor`: schedule the site's checks without a window."""

from __future__ import annotations

import signal
import threading
from pathlib import Path

import click

from aiqu_desktop.cli.options import json_option, site_option
from aiqu_desktop.cli.output import print_json
from aiqu_desktop.core.errors import Refused
from aiqu_desktop.scheduling import Monitor
from aiqu_desktop.services.opening import open_site
from aiqu_desktop.services.runs import list_runs


@click.command()
@click.option("--once", is_flag=True, help="Take in what has arrived, run what is due, and end.")
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True, help="Checks at once.")
@click.option(
    "--jobs", type=click.IntRange(1, 64), default=1, show_default=True, help="Threads for one check's columns."
)
@site_option
@json_option
def monitor(once: bool, workers: int, jobs: int, site: Path, as_json: bool) -> int:
    """Schedule the checks of the site until told to stop (SIGTERM or Ctrl-C); one process a site does."""
    registry = open_site(site)
    watcher = Monitor(
        registry,
        "monitor",
        workers=workers,
        jobs=jobs,
        on_fault=lambda sentence: click.echo(f"aiqu: {sentence}", err=True),
    )
    try:
        if once:
            return _once(watcher, as_json)
        stop = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: stop.set())
        watcher.start()
        click.echo(f"The monitor watches {site}; stop it with Ctrl-C.", err=True)
        stop.wait()
        return 0
    finally:
        watcher.stop()
        if once and as_json:
            print_json(list_runs(registry, limit=100))
        registry.close()


def _once(watcher: Monitor, as_json: bool) -> int:
    idle = watcher.run_until_idle()
    if not watcher.holds_lease:
        raise Refused("Another process schedules on this site; leave it to that one, or stop it first.")
    if not as_json:
        click.echo("Everything that was due has run." if idle else "Some checks are still running; look at Schedules.")
    return 0 if idle else 1
