"""`aiqu demo`: a plant of real data, its history made by the product itself; then the window, or the result."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import click

from aiqu_desktop.cli.options import json_option
from aiqu_desktop.cli.output import print_json, print_table, progress_bar
from aiqu_desktop.core.clock import iso
from aiqu_desktop.core.paths import default_site
from aiqu_desktop.demo.beside import sentences
from aiqu_desktop.demo.run import make_history, replay_live, run_headless


@click.command()
@click.option(
    "--site",
    type=click.Path(path_type=Path, file_okay=False),
    default=lambda: default_site().parent / "demo",
    show_default="a demo folder beside the user's own site",
    help="The demo site's folder; it is made if it is not there.",
)
@click.option("--headless", is_flag=True, help="Play the whole story without a window and print what it came to.")
@click.option(
    "--seconds-a-day",
    type=click.FloatRange(0.0, 60.0),
    default=2.0,
    show_default=True,
    help="How long a replayed day takes at least while the window is open.",
)
@json_option
def demo(site: Path, headless: bool, seconds_a_day: float, as_json: bool) -> int:
    """Make the demo site and open the window on it while the remaining months replay."""
    if headless:
        with progress_bar("setting the stage") as bar:
            result = run_headless(site, bar.update)
        if as_json:
            print_json(result)
        else:
            _print(result)
        return 0 if result["audit"]["intact"] else 1
    with progress_bar("setting the stage") as bar:
        make_history(site, bar.update)
    return _with_window(site, seconds_a_day)


def _with_window(site: Path, seconds_a_day: float) -> int:
    """The replay runs here and the window in a process of its own, as on a site with `aiqu monitor`."""
    stopped = False

    def stop(*_: object) -> None:
        nonlocal stopped
        stopped = True

    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, stop)
    window = subprocess.Popen([sys.executable, "-m", "aiqu_desktop.ui.main", "--site", str(site), "--view-only"])
    try:
        replay_live(site, seconds_a_day, lambda: not stopped and window.poll() is None)
    finally:
        if window.poll() is None:
            window.terminate()
        status = window.wait()
    return 0 if stopped else status


def _print(result: dict[str, object]) -> None:
    models = result["models"]
    assert isinstance(models, list)
    print_table(
        "",
        ("model", "live", "versions", "observations", "labels", "alarms", "releases"),
        [
            (
                model["name"],
                f"version {model['champion']}",
                ", ".join(map(str, model["versions"])),
                f"{model['observations']:,}",
                f"{model['labels']:,}",
                str(len(model["alarms"])),
                str(len(model["releases"])),
            )
            for model in models
        ],
    )
    for model in models:
        for alarm in model["alarms"]:
            if alarm["key"] == "performance":
                acted = "no action" if alarm["action"] is None else f"acted after {alarm['days_to_act']} days"
                found = f"alarm after {alarm['days_to_detect']} days"
                click.echo(f"{model['name']}: onset {iso(alarm['onset'])}, {found}, {acted}.")
    detection, audit = result["detection"], result["audit"]
    assert isinstance(detection, dict)
    assert isinstance(audit, dict)
    automatic = result["automatic"]
    assert isinstance(automatic, dict)
    click.echo(f"Median from onset to alarm: {detection['median_days_from_onset_to_alarm']} days.")
    click.echo(f"Rollbacks, from press to proof: {detection['rollback_seconds_to_proof']} seconds.")
    for sentence in sentences(automatic):
        click.echo(sentence)
    click.echo(f"Audit chain: {audit['finding']}")
    click.echo(f"Report: {result['report']} ({result['wall_seconds']} s in all)")
