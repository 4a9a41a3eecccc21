"""`aiqu rehearse`: replay the site's own past under proposed limits, and save them with their rehearsal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from aiqu_desktop.cli.options import by_option, json_option, site_option
from aiqu_desktop.cli.output import print_json, print_table, progress_bar
from aiqu_desktop.core.words import CheckKind
from aiqu_desktop.services.opening import opened_site
from aiqu_desktop.services.rehearsing import rehearse, save_limits
from aiqu_desktop.services.views import RehearsalRow


@click.command("rehearse")
@click.argument("model")
@click.option("--check", "kind", type=click.Choice(["performance", "drift"]), default="performance", show_default=True)
@click.option("--limit", type=float, help="The metric's limit (performance) or the drifted share (drift).")
@click.option("--window-days", type=float, help="How far back each look reaches.")
@click.option("--years", type=float, help="Budget: at most one false alarm in so many years (performance).")
@click.option("--on-delay", type=click.IntRange(1, 100), help="So many bad answers in a row ring.")
@click.option("--off-delay", type=click.IntRange(1, 100), help="So many good answers in a row clear it.")
@click.option("--costs", metavar="TEXT", help="'SEK: label>prediction 400; …' or 'SEK: over 2; under 5' (performance).")
@click.option(
    "--segment-by", multiple=True, metavar="FEATURE", help="Judge each of its values, too; '' for none (drift)."
)
@click.option("--compare-like", metavar="FEATURE", help="Compare only rows with the same value; '' for none (drift).")
@click.option(
    "--shift-start", multiple=True, metavar="HH:MM", help="Compare shift with same shift; '' for none (drift)."
)
@click.option("--shift-zone", metavar="ZONE", help="Whose clock the shifts follow, such as Europe/Stockholm.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Replay from this day on; all by default.")
@click.option(
    "--plant",
    "planted",
    type=float,
    multiple=True,
    metavar="SIZE",
    help="A value that the metric goes to, or a shift in spreads of the reference; may be repeated.",
)
@click.option("--save", is_flag=True, help="Make the proposed limits the check's own; needs --reason.")
@click.option("--reason", default="", help="Why they are saved.")
@by_option
@site_option
@json_option
def rehearse_command(
    model: str,
    kind: str,
    limit: float | None,
    window_days: float | None,
    years: float | None,
    on_delay: int | None,
    off_delay: int | None,
    costs: str | None,
    segment_by: tuple[str, ...],
    compare_like: str | None,
    shift_start: tuple[str, ...],
    shift_zone: str | None,
    since: datetime | None,
    planted: tuple[float, ...],
    save: bool,
    reason: str,
    by: str,
    site: Path,
    as_json: bool,
) -> int:
    """Replay the past of MODEL under proposed limits, count the alarms, plant changes and see how soon they ring."""
    check = CheckKind(kind)
    proposed = {
        "limit" if check is CheckKind.PERFORMANCE else "share_limit": limit,
        "window_days": window_days,
        "false_alarm_years": years,
        "on_delay": on_delay,
        "off_delay": off_delay,
        "costs": costs,
        "segment_by": _named(segment_by),
        "compare_like": compare_like,
        "shift_starts": _named(shift_start),
        "shift_zone": shift_zone,
    }
    if save and not reason.strip():
        raise click.UsageError("Saving limits needs a reason; give one with --reason.")
    with opened_site(site) as registry:
        with progress_bar(f"rehearsing {model}") as bar:
            row = rehearse(
                registry,
                model,
                check,
                {name: value for name, value in proposed.items() if value is not None},
                by=by,
                since=since.replace(tzinfo=UTC) if since else None,
                planted=planted,
                on_progress=lambda fraction, what: bar.update(fraction, 1.0, what),
            )
        if save:
            save_limits(registry, row.id, by=by, reason=reason)
    if as_json:
        print_json({"saved": save, "rehearsal": row})
    else:
        _show(row, save)
    return 0


def _named(values: tuple[str, ...]) -> list[str] | None:
    """None where the option was not given; an empty list where it was given as ''."""
    return [value for value in values if value] if values else None


def _show(row: RehearsalRow, saved: bool) -> None:
    answer = row.rehearsal
    click.echo(row.sentence)
    if answer["alarms"]:
        click.echo("")
        print_table(
            "Alarms that would have rung",
            ("version", "from", "to", "figure"),
            [
                (str(alarm["version"]), _day(alarm["at"]), _day(alarm["cleared_at"]), f"{alarm['value']:.3g}")
                for alarm in answer["alarms"]
            ],
        )
    if answer["detections"]:
        click.echo("")
        print_table(
            "Planted changes",
            ("change", "found", "median days", "slowest tenth"),
            [_detection(found) for found in answer["detections"]],
        )
    click.echo("")
    click.echo(
        f"The limits of rehearsal {row.id} are now the check's own."
        if saved
        else f"Nothing was changed. Rehearsal {row.id} is kept; --save makes its limits the check's own."
    )


def _detection(found: Mapping[str, Any]) -> tuple[str, str, str, str]:
    return (
        found["planted"],
        f"{found['found']:.0%} within {found['horizon_days']:g} days",
        "–" if found["median_days"] is None else f"{found['median_days']:.1f}",
        "–" if found["late_days"] is None else f"{found['late_days']:.1f}",
    )


def _day(instant: float | None) -> str:
    return "still" if instant is None else datetime.fromtimestamp(instant, UTC).strftime("%Y-%m-%d")
